"""Grouped convolutions in a form that every runtime takes.

On a CPU Keras compiles a convolution of several groups with XLA, as TensorFlow alone cannot run
it there: a call that no other runtime knows. Written as TensorFlow's own operation it converts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from zoo._keras import keras, ops, tf


@contextmanager
def plain_groups(model: keras.Model) -> Iterator[None]:
    """Trace the grouped convolutions of `model` without XLA while the block runs.

    Those of other classes than Keras's own three, and with channels first, are left alone.
    """
    kinds = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)
    with ExitStack() as undone:
        for layer in model._flatten_layers():
            if type(layer) in kinds and layer.groups > 1 and layer.data_format == "channels_last":
                # past Keras's own __setattr__, which would track the function as state
                object.__setattr__(layer, "call", _call(layer))
                undone.callback(object.__delattr__, layer, "call")
        yield


def _call(layer: Any) -> Callable[[Any], Any]:
    """What `layer.call` computes."""

    def call(inputs: Any) -> Any:
        padding = layer.padding
        if padding == "causal":
            inputs, padding = ops.pad(inputs, layer._compute_causal_padding()), "valid"
        kernel = ops.convert_to_tensor(layer.kernel)
        pairs = [(inputs, kernel)]
        if layer.rank == 3:  # no converter writes groups of these: one convolution for each
            parts = ops.split(inputs, layer.groups, axis=-1)
            pairs = list(zip(parts, ops.split(kernel, layer.groups, axis=-1), strict=True))
        made = [
            tf.nn.convolution(
                one,
                filters,
                strides=list(layer.strides),
                padding=padding.upper(),
                dilations=list(layer.dilation_rate),
            )
            for one, filters in pairs
        ]
        outputs = made[0] if len(made) == 1 else ops.concatenate(made, axis=-1)
        if layer.use_bias:
            outputs = ops.add(outputs, layer.bias)
        return outputs if layer.activation is None else layer.activation(outputs)

    return call
