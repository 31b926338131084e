"""Ensembles: several trained models as one, which is saved, scored and exported like any other.

    >>> run = zoo.ensemble("mlp", members=3, weights="validation")

`members` trains or finds the models, `combine` joins them into one Keras model, `shares` learns
how much each one counts, `build` does all of it and writes the run folder.
"""

from zoo.ensembling.build import ensemble as ensemble
