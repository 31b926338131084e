"""Layers that compute the same in fewer or shorter operations, while a function is traced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from zoo._keras import keras
from zoo.training.fused_batch_norm import fused_batch_norm, is_fusible
from zoo.training.fused_lstm import fused_loop, has_loop
from zoo.training.stand_in import stand_in


@contextmanager
def faster_layers(
    model: keras.Model, *, lstm: bool = True, normalization: bool = False
) -> Iterator[None]:
    """Within the block, layers anywhere in `model` that are called take a faster way.

    The weights are the same and, but for rounding, the outputs.

    Args:
        model: Any model.
        lstm: Whether LSTMs do.
        normalization: Whether batch normalizations of maps do.
    """
    with ExitStack() as undone:
        for layer in model._flatten_layers():
            if lstm and has_loop(layer):
                undone.enter_context(stand_in(layer, inner_loop=fused_loop(layer)))
            elif normalization and is_fusible(layer):
                undone.enter_context(stand_in(layer, call=fused_batch_norm(layer)))
        yield
