"""LSTM layers that multiply their inputs by the kernel once, before the loop over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

from zoo._keras import keras, ops


@contextmanager
def fused_lstm_inputs(model: keras.Model) -> Iterator[None]:
    """Within the block, LSTM layers anywhere in `model` that are called project their inputs first.

    Keras multiplies each step's input by the kernel inside the loop over time. Doing that for all
    steps at once leaves one small product a step: the same weights and, but for rounding, the
    same outputs. Meant for the time of tracing a function. Layers with dropout draw a mask per
    step and are left as they are.
    """
    with ExitStack() as undone:
        for layer in model._flatten_layers():
            if type(layer) is keras.layers.LSTM and not (layer.dropout or layer.recurrent_dropout):
                # past Keras's own __setattr__, which would track the function as state
                object.__setattr__(layer, "inner_loop", _fused_loop(layer))
                undone.callback(object.__delattr__, layer, "inner_loop")
        yield


def _fused_loop(layer: Any) -> Callable[..., Any]:
    cell = layer.cell

    def step(projected: Any, states: Any, **_: Any) -> tuple[Any, list[Any]]:
        h, c = states
        z = ops.split(projected + ops.matmul(h, cell.recurrent_kernel), 4, axis=1)
        c, o = cell._compute_carry_and_output_fused(z, c)
        h = o * cell.activation(c)
        return h, [h, c]

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        projected = ops.matmul(sequences, cell.kernel)
        if cell.use_bias:
            projected += cell.bias
        stand_in = SimpleNamespace(
            cell=step,
            go_backwards=layer.go_backwards,
            unroll=layer.unroll,
            zero_output_for_mask=layer.zero_output_for_mask,
            return_sequences=layer.return_sequences,
            stateful=layer.stateful,
        )
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        return keras.layers.RNN.inner_loop(stand_in, projected, initial_state, mask, training)

    return inner_loop
