"""LSTM layers that multiply their inputs by the kernel once, before the loop over time.

Keras multiplies each step's input by the kernel inside the loop. Layers with dropout draw a mask
per step and are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from zoo._keras import keras, ops
from zoo.training.lstm import lstm


def has_loop(layer: Any) -> bool:
    """Whether `fused_loop` can stand in for the layer's loop."""
    if type(layer) is not keras.layers.LSTM or type(layer.cell) is not keras.layers.LSTMCell:
        return False
    return not (layer.dropout or layer.recurrent_dropout)


def fused_loop(layer: Any) -> Callable[..., Any]:
    """An `inner_loop` for an LSTM: the last output, the outputs and the states, as Keras's."""
    cell = layer.cell
    usual = keras.activations.tanh, keras.activations.sigmoid
    has_usual_gates = (cell.activation, cell.recurrent_activation) == usual

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        if mask is None and has_usual_gates and not layer.unroll:
            return _own_loop(layer, sequences, initial_state)
        projected = ops.matmul(sequences, cell.kernel)
        if cell.use_bias:
            projected += cell.bias
        return keras.layers.RNN.inner_loop(
            _projected(layer), projected, initial_state, mask, training
        )

    return inner_loop


def _own_loop(layer: Any, sequences: Any, initial_state: Any) -> Any:
    cell, dtype = layer.cell, sequences.dtype
    series = ops.swapaxes(sequences, 0, 1)
    if layer.go_backwards:
        series = ops.flip(series, 0)
    bias = cell.bias if cell.use_bias else ops.zeros(4 * cell.units)
    weights = (ops.cast(each, dtype) for each in (cell.kernel, bias, cell.recurrent_kernel))
    outputs, carry = lstm(series, *weights, *(ops.transpose(each) for each in initial_state))
    last = ops.transpose(outputs[-1])
    return last, ops.transpose(outputs, (2, 0, 1)), [last, ops.transpose(carry)]


def _projected(layer: Any) -> Any:
    """What Keras's loop needs of a layer whose inputs have been multiplied."""
    cell = layer.cell

    def step(projected: Any, states: Any, **_: Any) -> tuple[Any, list[Any]]:
        h, c = states
        z = ops.split(projected + ops.matmul(h, cell.recurrent_kernel), 4, axis=1)
        c, o = cell._compute_carry_and_output_fused(z, c)
        h = o * cell.activation(c)
        return h, [h, c]

    names = "go_backwards", "unroll", "zero_output_for_mask", "return_sequences", "stateful"
    return SimpleNamespace(cell=step, **{name: getattr(layer, name) for name in names})
