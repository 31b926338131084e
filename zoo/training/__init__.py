"""Shared training utilities; they see models and data only as arguments.

`fit` trains any compiled Keras model with any of the engines; `engine_for` says which of them
fits the data into memory.
"""

from zoo.training.engine import engine_for as engine_for
from zoo.training.engine import fit as fit
