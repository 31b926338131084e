"""Keras layers as PyTorch modules with the same weights."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch_twin import Unsupported

CONVOLUTION = {1: nn.Conv1d, 2: nn.Conv2d}
MAX_POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d}
AVERAGE_POOL = {1: nn.AvgPool1d, 2: nn.AvgPool2d}
RECURRENT = {"LSTM": nn.LSTM, "GRU": nn.GRU, "SimpleRNN": nn.RNN}
GRU_ORDER = (1, 0, 2)  # Keras: update, reset, candidate; PyTorch: reset, update, candidate

Shape = Sequence[int | None]


def linear(layer: Any) -> nn.Module:
    """Dense without its activation."""
    kernel = _array(layer.kernel)
    module = nn.Linear(*kernel.shape, bias=layer.use_bias)
    _set(module.weight, kernel.T)
    if layer.use_bias:
        _set(module.bias, _array(layer.bias))
    return module


def convolution(layer: Any, shape: Shape) -> nn.Module:
    """Conv1D or Conv2D without its activation; `shape` is the input's in Keras."""
    kernel = _array(layer.kernel)  # places, channels in, channels out
    n = kernel.ndim - 2
    pad, padding = _padding(layer, shape)
    module = CONVOLUTION[n](
        kernel.shape[-2] * layer.groups,
        kernel.shape[-1],
        layer.kernel_size,
        stride=layer.strides,
        padding=padding,
        dilation=layer.dilation_rate,
        groups=layer.groups,
        bias=layer.use_bias,
    )
    _set(module.weight, np.moveaxis(kernel, (-1, -2), (0, 1)))
    if layer.use_bias:
        _set(module.bias, _array(layer.bias))
    return _padded(pad, module)


def separable(layer: Any, shape: Shape) -> nn.Module:
    """A convolution of each channel alone, then, in SeparableConv, one of size 1 across them."""
    pointwise = type(layer).__name__.startswith("Separable")
    kernel = _array(layer.depthwise_kernel if pointwise else layer.kernel)
    n, channels, made = kernel.ndim - 2, kernel.shape[-2], kernel.shape[-2] * kernel.shape[-1]
    pad, padding = _padding(layer, shape)
    depthwise = CONVOLUTION[n](
        channels,
        made,
        layer.kernel_size,
        stride=layer.strides,
        padding=padding,
        dilation=layer.dilation_rate,
        groups=channels,
        bias=layer.use_bias and not pointwise,
    )
    weight = np.moveaxis(kernel, (-2, -1), (0, 1))
    _set(depthwise.weight, weight.reshape(made, 1, *layer.kernel_size))
    last = depthwise
    modules = [depthwise]
    if pointwise:
        across = _array(layer.pointwise_kernel)
        last = CONVOLUTION[n](made, across.shape[-1], 1, bias=layer.use_bias)
        _set(last.weight, np.moveaxis(across, (-1, -2), (0, 1)))
        modules.append(last)
    if layer.use_bias:
        _set(last.bias, _array(layer.bias))
    return _padded(pad, *modules)


def pool(layer: Any, shape: Shape, *, largest: bool) -> nn.Module:
    """Max or average of windows; a padded place counts in neither."""
    n = len(shape) - 2
    size, stride = _sizes(layer.pool_size, n), _sizes(layer.strides, n)
    before, odd = [0] * n, [0] * n
    if layer.padding == "same":
        pads = [_same(length, k, s) for length, k, s in zip(shape[1:-1], size, stride, strict=True)]
        if None in pads:
            raise Unsupported(f"pool {layer.name} on maps of any size")
        before = [pad[0] for pad in pads if pad]
        # With a stride of 1 rounding up adds no window, so that an uneven pad must be real.
        odd = [pad[1] - pad[0] if s == 1 else 0 for pad, s in zip(pads, stride, strict=True) if pad]
    up = layer.padding == "same"
    if not largest:
        if any(odd):
            raise Unsupported(f"average pool {layer.name} with an uneven pad and a stride of 1")
        return AVERAGE_POOL[n](size, stride, tuple(before), ceil_mode=up, count_include_pad=False)
    module = MAX_POOL[n](size, stride, tuple(before), ceil_mode=up)
    if not any(odd):
        return module
    edges = [edge for extra in reversed(odd) for edge in (0, extra)]
    return nn.Sequential(Pad(edges, -torch.inf), module)


def batch_normalisation(layer: Any) -> nn.Module:
    """Batch normalisation of the channels; PyTorch's momentum is what Keras's leaves."""
    rank = layer.input_spec.ndim
    if layer.axis not in (-1, rank - 1):
        raise Unsupported(f"batch normalisation {layer.name} on axis {layer.axis}")
    if not layer.trainable:
        raise Unsupported(f"batch normalisation {layer.name}, which is frozen")
    mean = _array(layer.moving_mean)
    kind = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d}[rank]
    module = kind(len(mean), eps=layer.epsilon, momentum=1 - layer.momentum)
    _set(module.running_mean, mean)
    _set(module.running_var, _array(layer.moving_variance))
    if layer.scale:
        _set(module.weight, _array(layer.gamma))
    if layer.center:
        _set(module.bias, _array(layer.beta))
    module.weight.requires_grad_(bool(layer.scale))
    module.bias.requires_grad_(bool(layer.center))
    return module


def recurrent(layer: Any) -> nn.Module:
    """LSTM, GRU or SimpleRNN, or two of them, one in each direction.

    PyTorch's modules have two biases, of the input and of the state, where Keras's LSTM has one:
    the second begins at 0.
    """
    both = type(layer).__name__ == "Bidirectional"
    cells = [layer.forward_layer, layer.backward_layer] if both else [layer]
    first = cells[0]
    kind = type(first).__name__
    for cell in cells:
        _check_recurrent(cell, kind)
    extra = {"nonlinearity": first.activation.__name__} if kind == "SimpleRNN" else {}
    kernel = _array(first.cell.kernel)
    module = RECURRENT[kind](
        len(kernel),
        first.units,
        bias=first.use_bias,
        batch_first=True,
        bidirectional=both,
        **extra,
    )
    for cell, suffix in zip(cells, ("", "_reverse"), strict=False):
        _set(getattr(module, f"weight_ih_l0{suffix}"), _gates(cell, _array(cell.cell.kernel)).T)
        state = _array(cell.cell.recurrent_kernel)
        _set(getattr(module, f"weight_hh_l0{suffix}"), _gates(cell, state).T)
        if first.use_bias:
            bias = _gates(cell, _array(cell.cell.bias))
            pair = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
            _set(getattr(module, f"bias_ih_l0{suffix}"), pair[0])
            _set(getattr(module, f"bias_hh_l0{suffix}"), pair[1])
    return module


def _check_recurrent(cell: Any, kind: str) -> None:
    if kind not in RECURRENT:
        raise Unsupported(f"{kind} {cell.name}")
    allowed = ("tanh", "relu") if kind == "SimpleRNN" else ("tanh",)
    gate = getattr(cell, "recurrent_activation", None)
    if cell.activation.__name__ not in allowed or (gate and gate.__name__ != "sigmoid"):
        raise Unsupported(f"{kind} {cell.name} with other activations than PyTorch's")
    if kind == "GRU" and not cell.reset_after:
        raise Unsupported(f"GRU {cell.name} with reset_after=False")
    if cell.dropout or cell.recurrent_dropout:
        raise Unsupported(f"{kind} {cell.name} with dropout between its steps")
    if cell.stateful or cell.return_state:
        raise Unsupported(f"{kind} {cell.name} with a state that is kept or returned")


def _gates(cell: Any, array: np.ndarray) -> np.ndarray:
    """Columns by gate, in PyTorch's order."""
    if type(cell).__name__ != "GRU":
        return array
    parts = np.split(array, 3, axis=-1)
    return np.concatenate([parts[i] for i in GRU_ORDER], axis=-1)


def embedding(layer: Any) -> nn.Module:
    table = _array(layer.embeddings)
    module = nn.Embedding(*table.shape)
    _set(module.weight, table)
    return module


def layer_normalisation(layer: Any) -> nn.Module:
    if layer.axis not in (-1, [-1]):
        raise Unsupported(f"layer normalisation {layer.name} on axis {layer.axis}")
    if not (layer.scale and layer.center):
        raise Unsupported(f"layer normalisation {layer.name} without scale or centre")
    gamma = _array(layer.gamma)
    module = nn.LayerNorm(len(gamma), eps=layer.epsilon)
    _set(module.weight, gamma)
    _set(module.bias, _array(layer.beta))
    return module


def dropout(layer: Any) -> nn.Module:
    if layer.noise_shape is not None:
        raise Unsupported(f"dropout {layer.name} with a noise shape")
    return nn.Dropout(layer.rate)


def relu(layer: Any) -> nn.Module:
    if layer.max_value is not None or layer.threshold:
        raise Unsupported(f"relu {layer.name} with a threshold or a largest value")
    return nn.LeakyReLU(float(layer.negative_slope)) if layer.negative_slope else nn.ReLU()


def zero_padding(layer: Any) -> nn.Module:
    pairs = layer.padding if isinstance(layer.padding[0], list | tuple) else [layer.padding]
    return Pad([0, 0] + [int(edge) for pair in reversed(pairs) for edge in pair])


class Encoding(nn.Module):
    """CategoryEncoding: ids as rows of zeros and ones, or of counts."""

    def __init__(self, size: int, mode: str) -> None:
        super().__init__()
        self.size, self.mode = size, mode

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        if self.mode == "one_hot" and ids.ndim > 1 and ids.shape[-1] == 1:
            ids = ids[..., 0]
        ones = functional.one_hot(ids.long(), self.size).float()
        if self.mode == "one_hot":
            return ones
        return ones.amax(-2) if self.mode == "multi_hot" else ones.sum(-2)


class Pad(nn.Module):
    """Fixed padding: last axis first, before and after in turn."""

    def __init__(self, edges: Sequence[int], value: float = 0.0) -> None:
        super().__init__()
        self.edges, self.value = list(edges), value

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.pad(x, self.edges, value=self.value)


class SamePad(nn.Module):
    """Zeros around maps whose size is known at the call alone, as `padding="same"` has them."""

    def __init__(self, sizes: Sequence[int], strides: Sequence[int]) -> None:
        super().__init__()
        self.windows = list(zip(sizes, strides, strict=True))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        lengths = x.shape[2:]
        pads = [
            _same(length, *window) for length, window in zip(lengths, self.windows, strict=True)
        ]
        return functional.pad(x, [edge for pad in reversed(pads) if pad for edge in pad])


SIMPLE: dict[str, Callable[[Any], nn.Module]] = {
    "CategoryEncoding": lambda layer: Encoding(layer.num_tokens, layer.output_mode),
    "Dropout": dropout,
    "ELU": lambda layer: nn.ELU(float(layer.alpha)),
    "Embedding": embedding,
    "LayerNormalization": layer_normalisation,
    "LeakyReLU": lambda layer: nn.LeakyReLU(float(layer.negative_slope)),
    "ReLU": relu,
    "ZeroPadding1D": zero_padding,
    "ZeroPadding2D": zero_padding,
}

# Keras attribute -> PyTorch parameter that the penalty or constraint is on
_PENALISED = {
    "kernel": "weight",
    "bias": "bias",
    "embeddings": "weight",
    "gamma": "weight",
    "beta": "bias",
}


def decays(layer: Any) -> dict[str, float]:
    """Parameter -> weight decay, which gives the gradient of the layer's L2 penalty: 2 l2 w."""
    found: dict[str, float] = {}
    for name in dir(layer):
        kind = name.rpartition("_")[2]
        if kind not in ("regularizer", "constraint") or getattr(layer, name) is None:
            continue
        value, of = getattr(layer, name), name.removesuffix(f"_{kind}")
        strength = float(getattr(value, "l2", 0.0))
        if kind == "constraint" or of not in _PENALISED or getattr(value, "l1", 0.0):
            raise Unsupported(f"{layer.name} with {name}")
        if type(value).__name__ not in ("L2", "L1L2"):
            raise Unsupported(f"{layer.name} with a {type(value).__name__} penalty")
        found[_PENALISED[of]] = 2 * strength
    return found


def _padding(layer: Any, shape: Shape) -> tuple[nn.Module | None, Any]:
    """What pads before the convolution, if anything must, and the convolution's own padding."""
    if layer.padding == "causal":
        edge = layer.dilation_rate[0] * (layer.kernel_size[0] - 1)
        return Pad([edge, 0]), 0
    if layer.padding == "valid" or max(layer.kernel_size) == 1:
        return None, 0
    reach = [(k - 1) * d + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
    pads = [_same(*each) for each in zip(shape[1:-1], reach, layer.strides, strict=True)]
    if None in pads or (max(layer.strides) > 1 and len(layer._inbound_nodes) > 1):
        return SamePad(reach, layer.strides), 0
    if all(pad and pad[0] == pad[1] for pad in pads):
        return None, tuple(pad[0] for pad in pads if pad)
    return Pad([edge for pad in reversed(pads) if pad for edge in pad]), 0


def _same(length: int | None, window: int, stride: int) -> tuple[int, int] | None:
    """Zeros before and after an axis so that its length is divided by the stride, rounding up."""
    if length is None and stride > 1:
        return None  # it depends on what remains of the length after the last whole stride
    length = length or window
    total = max((-(-length // stride) - 1) * stride + window - length, 0)
    return total // 2, total - total // 2


def _sizes(sizes: Any, n: int) -> tuple[int, ...]:
    return (sizes,) * n if isinstance(sizes, int) else tuple(sizes)


def _padded(pad: nn.Module | None, *modules: nn.Module) -> nn.Module:
    every = [*([pad] if pad else []), *modules]
    return every[0] if len(every) == 1 else nn.Sequential(*every)


def _array(variable: Any) -> np.ndarray:
    return variable.numpy()


def _set(tensor: Any, array: np.ndarray) -> None:
    """Copy an array into a parameter or buffer of the same shape."""
    with torch.no_grad():
        if tuple(tensor.shape) != array.shape:
            raise ValueError(f"{tuple(tensor.shape)} is not {array.shape}")
        tensor.copy_(torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)))
