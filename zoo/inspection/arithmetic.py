"""Where a layer's parameters come from: a formula with the layer's numbers filled in.

A formula is built from the shapes of the weights and then evaluated, so that its result can be
compared with what Keras counts. Layers that no rule knows get the plain products of their
weights' shapes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Shapes = dict[str, tuple[int, ...]]  # a weight's name -> its shape


@dataclass(frozen=True)
class Rule:
    """How the layers of a class are counted.

    Attributes:
        words: The rule as `Explanation` prints it below the table.
        weights: What such a layer has, besides `OPTIONAL` ones; one with others, such as LoRA's
            or a quantized one, is not counted by the rule.
        formula: Made from the weights' shapes; None for plain products.
    """

    words: str
    weights: set[str]
    formula: Callable[[Shapes], str] | None


OPTIONAL = {"bias", "gamma", "beta"}


def rule(layer: Any) -> str | None:
    """The key of `RULES` that counts this layer; None for one counted by plain products."""
    stem = re.sub(r"([123]D)?(Transpose)?$", "", type(layer).__name__)
    names = set(_shapes(layer))
    known = stem in RULES and RULES[stem].weights <= names <= RULES[stem].weights | OPTIONAL
    return stem if known else None


def terms(layer: Any, weights: Sequence[Any] | None = None) -> list[tuple[str, list[Any]]]:
    """Formulas that add up to the layer's parameters, each with the weights that it counts.

    Args:
        layer: A built layer.
        weights: Its own weights, where some belong to layers inside it; None for all.
    """
    key = rule(layer) if weights is None else None
    formula = RULES[key].formula if key else None
    if formula:
        return [(formula(_shapes(layer)), list(layer.weights))]
    counted = layer.weights if weights is None else weights
    groups = [[each for each in counted if each.trainable is trained] for trained in (True, False)]
    return [(_products(group), group) for group in groups if group]


def evaluate(formula: str) -> int:
    """Evaluate a formula of whole numbers, `+`, `x`, `^` and brackets."""
    if not re.fullmatch(r"[\d, +x^()]+", formula):
        raise ValueError(f"not a formula: {formula}")
    return eval(formula.replace(",", "").replace("x", "*").replace("^", "**"))


def _shapes(layer: Any) -> Shapes:
    shapes = {weight.name: tuple(weight.shape) for weight in layer.weights}
    if "kernel" in shapes and type(layer).__name__.endswith("Transpose"):  # it names filters first
        *window, filters, channels = shapes["kernel"]
        shapes["kernel"] = (*window, channels, filters)
    return shapes


def _times(factors: Sequence[int]) -> str:
    return " x ".join(f"{factor:,}" for factor in factors) or "1"


def _products(weights: Sequence[Any]) -> str:
    """The sum of the products of the weights' shapes, equal ones taken together."""
    shapes = [tuple(weight.shape) for weight in weights]
    products = []
    for shape in dict.fromkeys(shapes):
        times = shapes.count(shape)
        products.append(f"{times} x {_times(shape)}" if times > 1 else _times(shape))
    return " + ".join(products)


def _each(inputs: str, outputs: str, shapes: Shapes) -> str:
    """Every output's weights, one of them a bias if there is any."""
    return f"({inputs} + 1) x {outputs}" if "bias" in shapes else f"{inputs} x {outputs}"


def _kernel(shapes: Shapes) -> str:
    *reach, outputs = shapes["kernel"]
    return _each(_times(reach), f"{outputs:,}", shapes)


def _by_channel(kernel: Sequence[int]) -> tuple[str, str]:
    """Of a kernel that sees one channel at a time, its window and its outputs."""
    *window, channels, multiplier = kernel
    return _times(window), _times([channels, multiplier] if multiplier > 1 else [channels])


def _depthwise(shapes: Shapes) -> str:
    return _each(*_by_channel(shapes["kernel"]), shapes)


def _separable(shapes: Shapes) -> str:
    window, outputs = _by_channel(shapes["depthwise_kernel"])
    filters = f"{shapes['pointwise_kernel'][-1]:,}"
    return f"{window} x {outputs} + {_each(outputs, filters, shapes)}"


def _recurrent(gates: int) -> Callable[[Shapes], str]:
    def formula(shapes: Shapes) -> str:
        inputs, units = shapes["kernel"][0], shapes["recurrent_kernel"][0]
        parts = [f"{inputs:,} x {units:,}", f"{units:,}^2"]
        if "bias" in shapes:
            biases = math.prod(shapes["bias"]) // (gates * units)  # 2 for a GRU in Keras 3
            parts.append(f"{biases} x {units:,}" if biases > 1 else f"{units:,}")
        return f"{gates} x ({' + '.join(parts)})" if gates > 1 else " + ".join(parts)

    return formula


_RECURRENT = {"kernel", "recurrent_kernel"}
RULES = {
    "Dense": Rule("(inputs + 1) x units", {"kernel"}, _kernel),
    "Conv": Rule("(kernel x input channels + 1) x filters", {"kernel"}, _kernel),
    "DepthwiseConv": Rule("(kernel + 1) x channels", {"kernel"}, _depthwise),
    "SeparableConv": Rule(
        "kernel x channels + (channels + 1) x filters",
        {"depthwise_kernel", "pointwise_kernel"},
        _separable,
    ),
    "Embedding": Rule("rows x width", {"embeddings"}, lambda shapes: _times(shapes["embeddings"])),
    "LSTM": Rule("4 x (inputs x units + units^2 + units)", _RECURRENT, _recurrent(4)),
    "GRU": Rule("3 x (inputs x units + units^2 + 2 x units)", _RECURRENT, _recurrent(3)),
    "SimpleRNN": Rule("inputs x units + units^2 + units", _RECURRENT, _recurrent(1)),
    "BatchNormalization": Rule(
        "gamma and beta are trained, the moving mean and variance are not",
        {"moving_mean", "moving_variance"},
        None,
    ),
}
