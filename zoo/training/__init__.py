"""Shared training utilities; they see models and data only as arguments.

`fit` trains any compiled Keras model with any of the engines and takes what `keras.Model.fit`
takes.
"""

from zoo.training.engine import fit as fit
from zoo.training.mapped import open_arrays as open_arrays
from zoo.training.mapped import write_arrays as write_arrays
