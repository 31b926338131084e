"""Shared training utilities; they see models and data only as arguments.

`fit` trains any compiled Keras model with any of the engines and takes what `keras.Model.fit`
takes; `engine_for` says which of the engines fits the data into memory.
"""

from zoo.training.engine import engine_for as engine_for
from zoo.training.engine import fit as fit
