"""A layer in a few words: its kind, its settings, its shape and its number of parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zoo.inspection.diagram.graph import Tensor
from zoo.models.spec import shape_text

# Fragments of class names; the first kind with one decides (ConvLSTM2D, SpatialDropout1D).
KINDS = {
    "input": "InputLayer",
    "regularize": "Dropout|Noise|Normalization",
    "embedding": "Embedding",
    "recurrent": "LSTM|GRU|RNN|Bidirectional",
    "convolution": "Conv",
    "shape": "Pooling|Flatten|Reshape|Permute|RepeatVector|Padding|Cropping|UpSampling",
    "merge": "Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Dot",
    "dense": "Dense",
}
CONVOLUTIONS = {"Depthwise": "depthwise ", "Separable": "separable ", "Transpose": "transposed "}
POOLINGS = {"Max": "max pool", "Average": "average pool"}


@dataclass(frozen=True)
class Show:
    """What a drawing says, as the arguments of `keras.utils.plot_model` choose it.

    Attributes:
        names: The layers' names; without them a box begins with the layer's class.
        shapes: Shapes of tensors, without the batch axis.
        dtypes: Types of tensors; None for those that are not floats, beside their shapes.
        activations: Activations of layers; None for those that are not the usual ones.
        trainable: Whether a layer with weights is trained.
    """

    names: bool = True
    shapes: bool = True
    dtypes: bool | None = None
    activations: bool | None = None
    trainable: bool = False


ALL = Show()


def kind(operation: Any) -> str:
    """The family a layer is colored by; "other" for what no rule knows."""
    name = type(operation).__name__
    return next((kind for kind, fragments in KINDS.items() if re.search(fragments, name)), "other")


def settings(operation: Any, show: Show = ALL) -> str:
    """Class and salient settings, such as `Conv2D 32, 3×3, stride 2, same, relu`."""
    name = type(operation).__name__
    if name == "InputLayer":
        return "input"
    if name == "Activation":
        return f"Activation {activation(operation, show)}".rstrip()
    size, window = _size(operation), _window(operation)
    if not size:
        size, window = window, ""
    words = [f"{name} {size}".rstrip(), window, _stride_words(operation)]
    if set(_tuple(getattr(operation, "dilation_rate", None) or 1)) != {1}:
        words.append(f"dilation {_by(operation.dilation_rate)}")
    if (groups := getattr(operation, "groups", None) or 1) != 1:
        words.append(f"{groups} groups")
    if (multiplier := getattr(operation, "depth_multiplier", None) or 1) != 1:
        words.append(f"depth × {multiplier}")
    if (padding := getattr(operation, "padding", "valid")) != "valid":
        words.append(padding if isinstance(padding, str) else f"padding {padding}")
    if target := getattr(operation, "target_shape", None):
        words.append(f"to {shape_text(target)}")
    if getattr(operation, "use_bias", True) is False:
        words.append("no bias")
    if function := activation(operation, show):
        words.append(function)
    if getattr(operation, "return_sequences", False):
        words.append("every step")
    if kind(operation) == "merge" and getattr(operation, "axis", -1) != -1:
        words.append(f"axis {operation.axis}")
    return ", ".join(filter(None, words))


def brief(operation: Any) -> str:
    """A step inside a block in the shortest words: `3×3 64`, `max pool 3×3/2`; may be empty."""
    name = type(operation).__name__
    if kind(operation) in ("regularize", "merge", "input") or name in ("Activation", "ReLU"):
        return ""
    if kind(operation) == "convolution" and hasattr(operation, "kernel_size"):
        prefix = next((word for start, word in CONVOLUTIONS.items() if start in name), "")
        filters = getattr(operation, "filters", None) or ""
        window = f"{prefix}{_by(operation.kernel_size)}{_slash_stride(operation)}"
        return f"{window} {filters}".rstrip()
    if "Pooling" in name:
        word = next((word for start, word in POOLINGS.items() if start in name), "pool")
        if not hasattr(operation, "pool_size"):
            return f"global {word}"
        return f"{word} {_by(operation.pool_size)}{_slash_stride(operation)}"
    return settings(operation).partition(",")[0]


def activation(operation: Any, show: Show = ALL) -> str:
    """The name of the layer's activation; unusual is what is not the identity or an LSTM's tanh."""
    function = getattr(operation, "activation", None)
    if function is None or show.activations is False:
        return ""
    name = getattr(function, "__name__", None) or getattr(function, "name", str(function))
    usual = "tanh" if kind(operation) == "recurrent" else "linear"
    told = show.activations or name != usual or type(operation).__name__ == "Activation"
    return name if told else ""


def tensor(value: Tensor, show: Show = ALL) -> str:
    """Shape and type of a tensor, as far as they are shown."""
    typed = show.shapes and "float" not in value.dtype if show.dtypes is None else show.dtypes
    shape, dtype = shape_text(value.shape) if show.shapes else "", value.dtype if typed else ""
    return f"{shape} {dtype}".strip()


def parameters(count: int) -> str:
    """`10,888 parameters`, or nothing for a layer without."""
    return f"{count:,} parameter{'' if count == 1 else 's'}" if count else ""


def trained(operations: Iterable[Any]) -> str:
    """`trainable`, `non-trainable` or `partly trainable`; nothing where there are no weights."""
    flags: set[bool] = set()
    for operation in operations:
        if getattr(operation, "weights", None):
            parts = [part for part in operation._flatten_layers() if part.weights]
            leaves = [part for part in parts if not part._layers]  # a model may hold a frozen layer
            flags |= {part.trainable for part in leaves or [operation]}
    if len(flags) > 1:
        return "partly trainable"
    return "".join("trainable" if flag else "non-trainable" for flag in flags)


def parameter_count(operation: Any) -> int:
    """Parameters of a layer; 0 for a bare operation, and for a layer not built yet."""
    return operation.count_params() if getattr(operation, "built", False) else 0


def _size(operation: Any) -> str:
    """The number that says how large a layer is: units, filters, rows × width, rate."""
    if hasattr(operation, "input_dim") and hasattr(operation, "output_dim"):
        return f"{operation.input_dim:,} × {operation.output_dim:,}"
    for attribute in ("filters", "units", "rate", "n"):
        value = getattr(operation, attribute, None)
        if isinstance(value, int):
            return f"{value:,}"
        if isinstance(value, float):
            return f"{value:g}"
    return ""


def _window(operation: Any) -> str:
    """The kernel or the window of a pool."""
    if kernel := getattr(operation, "kernel_size", None):
        return _by(kernel) if len(_tuple(kernel)) > 1 else f"kernel {_by(kernel)}"
    window = getattr(operation, "pool_size", None) or getattr(operation, "size", None)
    return _by(window) if window else ""


def _stride(operation: Any) -> str:
    """The stride where it is worth a word: not 1, and for a pool not the size of the pool."""
    strides = _tuple(getattr(operation, "strides", None) or 1)
    usual = _tuple(getattr(operation, "pool_size", None) or 1)
    if set(strides) == set(usual) or strides == usual:
        return ""
    return str(strides[0]) if len(set(strides)) == 1 else _by(strides)


def _stride_words(operation: Any) -> str:
    stride = _stride(operation)
    return f"stride {stride}" if stride else ""


def _slash_stride(operation: Any) -> str:
    stride = _stride(operation)
    return f"/{stride}" if stride not in ("", "1") else ""


def _by(window: Any) -> str:
    return "×".join(map(str, _tuple(window)))


def _tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)
