"""Where a layer's parameters come from: a formula with the layer's numbers filled in.

A formula is built from the shapes of the weights and then evaluated, so that its result can be
compared with what Keras counts. Layers that no rule knows get the plain products of their
weights' shapes.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Shapes = dict[str, tuple[int, ...]]  # a weight's name -> its shape

# class -> its rule in words, as `Explanation` prints it below the table
RULES = {
    "Dense": "(inputs + 1) x units",
    "Conv": "(kernel x input channels + 1) x filters",
    "DepthwiseConv": "(kernel + 1) x channels",
    "SeparableConv": "kernel x channels + (channels + 1) x filters",
    "Embedding": "rows x width",
    "LSTM": "4 x (inputs x units + units^2 + units)",
    "GRU": "3 x (inputs x units + units^2 + 2 x units)",
    "SimpleRNN": "inputs x units + units^2 + units",
    "BatchNormalization": "gamma and beta are trained, the moving mean and variance are not",
}


@dataclass(frozen=True)
class Term:
    """Some of a layer's weights: their names, and the formula that counts them."""

    weights: tuple[str, ...]
    formula: str
    count: int
    trainable: bool


def rule(layer: Any) -> str | None:
    """The key of `RULES` that counts this layer; None for one counted by plain products."""
    name = type(layer).__name__.removesuffix("Transpose")
    stem = name[:-2] if name[-2:] in ("1D", "2D", "3D") else name
    known = stem in RULES and set(_shapes(layer)) in _WEIGHTS.get(stem, ())
    return stem if known else None


def terms(layer: Any, weights: Sequence[Any] | None = None) -> list[Term]:
    """The terms whose counts add up to the layer's parameters.

    Args:
        layer: A built layer.
        weights: Its own weights, where some belong to layers inside it; None for all.
    """
    key = rule(layer) if weights is None else None
    if key is not None and key != "BatchNormalization":
        formula = _FORMULAS[key](layer, _shapes(layer))
        trainable = all(weight.trainable for weight in layer.weights)
        return [Term(tuple(_shapes(layer)), formula, evaluate(formula), trainable)]
    counted = layer.weights if weights is None else weights
    return [
        _product_term([weight for weight in counted if weight.trainable is trained], trained)
        for trained in (True, False)
        if any(weight.trainable is trained for weight in counted)
    ]


def evaluate(formula: str) -> int:
    """Evaluate a formula of whole numbers, `+`, `x`, `^` and brackets."""
    python = formula.replace(",", "").replace(" x ", " * ").replace("^", "**")
    return _value(ast.parse(python, mode="eval").body)


_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}


def _value(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    raise ValueError(f"not a formula: {ast.unparse(node)}")


def _shapes(layer: Any) -> Shapes:
    return {weight.name: tuple(weight.shape) for weight in layer.weights}


def _times(factors: Sequence[int]) -> str:
    return " x ".join(f"{factor:,}" for factor in factors) or "1"


def _product_term(weights: Sequence[Any], trainable: bool) -> Term:
    """The sum of the products of the weights' shapes, equal ones taken together."""
    shapes = [tuple(weight.shape) for weight in weights]
    products = []
    for shape in dict.fromkeys(shapes):
        times = shapes.count(shape)
        products.append(f"{times} x {_times(shape)}" if times > 1 else _times(shape))
    formula = " + ".join(products)
    return Term(tuple(weight.name for weight in weights), formula, evaluate(formula), trainable)


def _dense(_: Any, shapes: Shapes) -> str:
    inputs, units = shapes["kernel"]
    return f"({inputs:,} + 1) x {units:,}" if "bias" in shapes else f"{inputs:,} x {units:,}"


def _convolution(layer: Any, shapes: Shapes) -> str:
    *window, channels, filters = shapes["kernel"]
    if type(layer).__name__.endswith("Transpose"):  # its kernel names filters first
        channels, filters = filters, channels
    reach = _times([*window, channels])
    return f"({reach} + 1) x {filters:,}" if "bias" in shapes else f"{reach} x {filters:,}"


def _depthwise(_: Any, shapes: Shapes) -> str:
    *window, channels, multiplier = shapes["kernel"]
    outputs = _times([channels, multiplier] if multiplier > 1 else [channels])
    return (
        f"({_times(window)} + 1) x {outputs}"
        if "bias" in shapes
        else f"{_times(window)} x {outputs}"
    )


def _separable(_: Any, shapes: Shapes) -> str:
    *window, channels, multiplier = shapes["depthwise_kernel"]
    filters = shapes["pointwise_kernel"][-1]
    outputs = _times([channels, multiplier] if multiplier > 1 else [channels])
    pointwise = f"({outputs} + 1)" if "bias" in shapes else outputs
    return f"{_times(window)} x {outputs} + {pointwise} x {filters:,}"


def _embedding(_: Any, shapes: Shapes) -> str:
    return _times(shapes["embeddings"])


def _recurrent(gates: int) -> Callable[[Any, Shapes], str]:
    def formula(_: Any, shapes: Shapes) -> str:
        inputs, units = shapes["kernel"][0], shapes["recurrent_kernel"][0]
        parts = [f"{inputs:,} x {units:,}", f"{units:,}^2"]
        if "bias" in shapes:
            biases = math.prod(shapes["bias"]) // (gates * units)  # 2 for a GRU in Keras 3
            parts.append(f"{biases} x {units:,}" if biases > 1 else f"{units:,}")
        return f"{gates} x ({' + '.join(parts)})" if gates > 1 else " + ".join(parts)

    return formula


_FORMULAS: dict[str, Callable[[Any, Shapes], str]] = {
    "Dense": _dense,
    "Conv": _convolution,
    "DepthwiseConv": _depthwise,
    "SeparableConv": _separable,
    "Embedding": _embedding,
    "LSTM": _recurrent(4),
    "GRU": _recurrent(3),
    "SimpleRNN": _recurrent(1),
}

# The weights that a rule knows; a layer with others (LoRA, quantization) is not counted by it.
_KERNEL = ({"kernel"}, {"kernel", "bias"})
_SEPARABLE = {"depthwise_kernel", "pointwise_kernel"}
_RECURRENT = {"kernel", "recurrent_kernel"}
_MOVING = {"moving_mean", "moving_variance"}
_WEIGHTS: dict[str, tuple[set[str], ...]] = {
    "Dense": _KERNEL,
    "Conv": _KERNEL,
    "DepthwiseConv": _KERNEL,
    "SeparableConv": (_SEPARABLE, {*_SEPARABLE, "bias"}),
    "Embedding": ({"embeddings"},),
    "LSTM": (_RECURRENT, {*_RECURRENT, "bias"}),
    "GRU": (_RECURRENT, {*_RECURRENT, "bias"}),
    "SimpleRNN": (_RECURRENT, {*_RECURRENT, "bias"}),
    "BatchNormalization": (
        _MOVING,
        {*_MOVING, "gamma"},
        {*_MOVING, "beta"},
        {*_MOVING, "gamma", "beta"},
    ),
}
