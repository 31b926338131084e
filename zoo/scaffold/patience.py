"""How long to train on few rows: an epoch of a small table has few steps."""

from __future__ import annotations

import math
from dataclasses import replace

from zoo.recipes.recipe import Recipe

# Training must not end before the layers have settled. The averages of batch normalization need
# 60 to 75 steps (measured, momentum 0.9): until then a model may guess on the validation rows that
# is right on all training rows, and its first epoch has the lowest validation loss.
PATIENT, LONG = 100, 400  # steps, at least, without improvement, and in all


def patient(recipe: Recipe, rows: int) -> Recipe:
    """The recipe with more epochs and patience, if so many training rows make few steps."""
    steps = math.ceil(rows / recipe.batch_size)  # in an epoch
    patience, epochs = math.ceil(PATIENT / steps), math.ceil(LONG / steps)
    stops = recipe.early_stopping > 0 or epochs > recipe.epochs  # few rows are soon known by heart
    return replace(
        recipe,
        epochs=max(recipe.epochs, epochs),
        early_stopping=max(recipe.early_stopping, patience) if stops else 0,
        reduce_lr=recipe.reduce_lr and max(recipe.reduce_lr, patience // 2),
    )
