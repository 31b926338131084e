"""How large a model's files are."""

from __future__ import annotations

import math
from typing import Any

from zoo._keras import keras, tf

SPARE = 256 * 1024  # bytes of names, settings and the formats' own


def file_size(model: keras.Model) -> int:
    """Bytes that a file of the model takes at most: its weights, and its optimizer's."""
    optimizer = getattr(model, "optimizer", None)  # a model that was never compiled has none
    variables: list[Any] = [*model.variables, *getattr(optimizer, "variables", ())]
    once = {id(each): each for each in variables}.values()
    return SPARE + sum(math.prod(each.shape) * tf.as_dtype(each.dtype).size for each in once)
