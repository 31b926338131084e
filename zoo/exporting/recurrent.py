"""Recurrent layers in a form that every runtime takes.

Keras keeps the steps of an LSTM in TensorFlow's tensor lists, and on a GPU calls cuDNN. LiteRT
has tensor lists only for a batch of fixed size, and a cuDNN call runs on no other machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from zoo._keras import keras, tf


@contextmanager
def portable(model: keras.Model, *, tensor_lists: bool) -> Iterator[None]:
    """Trace the recurrent layers of `model` without cuDNN while the block runs.

    With `tensor_lists` False their loops are replaced too, by ones that hold no lists. Layers of
    other recurrent classes than Keras's own three, and RNN around any cell, are left alone.
    """
    kinds = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)
    found = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, kinds) or type(layer) is keras.layers.RNN
    ]
    chosen = [(layer, layer.use_cudnn) for layer in found if getattr(layer, "use_cudnn", None)]
    try:
        for layer, _ in chosen:  # GRU and LSTM alone have it
            layer.use_cudnn = False
        for layer in () if tensor_lists else found:
            layer.inner_loop = _loop(layer)
        yield
    finally:
        for layer, before in chosen:
            layer.use_cudnn = before
        for layer in found:
            vars(layer).pop("inner_loop", None)


def _loop(layer: Any) -> Callable[..., Any]:
    """What `layer.inner_loop` computes in evaluation mode, as a loop over plain tensors.

    A sequence of outputs grows by one step per turn, which copies what there is of it.
    """

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        states = tf.nest.flatten(initial_state)
        masks = tf.nest.flatten(mask)
        mask = masks[0] if masks and masks[0] is not None else None
        if layer.go_backwards:
            sequences = tf.reverse(sequences, [1])
            mask = None if mask is None else tf.reverse(mask, [1])
        rows, steps = tf.shape(sequences)[0], tf.shape(sequences)[1]
        width = getattr(layer.cell, "output_size", None) or layer.cell.units
        nothing = tf.zeros((rows, width), sequences.dtype)

        def step(at: Any, last: Any, outputs: Any, *states: Any) -> tuple[Any, ...]:
            before = tf.nest.pack_sequence_as(initial_state, states)
            output, after = layer.cell(tf.gather(sequences, at, axis=1), before, training=False)
            after = tf.nest.flatten(after)
            if mask is not None:
                seen = tf.gather(mask, at, axis=1)[:, tf.newaxis]
                kept = nothing if layer.zero_output_for_mask else last
                output = tf.where(seen, output, kept)
                after = [tf.where(seen, *pair) for pair in zip(after, states, strict=True)]
            if layer.return_sequences:
                outputs = tf.concat([outputs, output[:, tf.newaxis]], axis=1)
            return (at + 1, output, outputs, *after)

        shapes = (
            tf.TensorShape([]),
            tf.TensorShape([None, width]),
            tf.TensorShape([None, None, width]),
            *(tf.TensorShape([None, *state.shape[1:]]) for state in states),
        )
        _, last, outputs, *states = tf.while_loop(
            lambda at, *_: at < steps,
            step,
            (0, nothing, tf.zeros((rows, 0, width), sequences.dtype), *states),
            shape_invariants=shapes,
        )
        if layer.return_sequences and sequences.shape[1] is not None:  # what the loop has forgotten
            outputs = tf.reshape(outputs, (-1, sequences.shape[1], width))
        return last, outputs, tf.nest.pack_sequence_as(initial_state, states)

    return inner_loop
