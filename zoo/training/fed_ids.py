"""The rows that reach a model's embeddings as they are, as far as the graph of its layers tells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from zoo._keras import keras

_MADE = object()  # a tensor that a layer makes


class Untold(Exception):
    """The model is not a graph of layers, or the rows are not what it takes."""


def extremes(model: keras.Model, rows: Any) -> dict[int, tuple[int, int]]:
    """`id` of an embedding -> the least and the largest id that it gets, without running it.

    Embeddings that get what another layer makes are left out.

    Args:
        model: Built.
        rows: Inputs with the rows on axis 0, as the model takes them.

    Raises:
        Untold: nothing can be said of any embedding.
    """
    found: dict[int, tuple[int, int]] = {}
    unknown: set[int] = set()
    for layer, array in _reached(model, rows):
        pair = _pair(layer, array)
        if pair is None:
            unknown.add(id(layer))
            continue
        least, most = found.get(id(layer), pair)
        found[id(layer)] = min(least, pair[0]), max(most, pair[1])
    return {key: pair for key, pair in found.items() if key not in unknown}


def _pair(layer: Any, array: Any) -> tuple[int, int] | None:
    """The least and the largest of an array of ids; None where the layer may get others."""
    if not (isinstance(array, np.ndarray) and array.dtype.kind in "biuf" and array.size):
        return None
    if type(layer).call is not keras.layers.Embedding.call:
        return None
    least, most = array.min(), array.max()
    if not (math.isfinite(least) and math.isfinite(most)):
        return None
    return int(least), int(most)


def _reached(model: Any, given: Any) -> Iterator[tuple[Any, Any]]:
    """Every call of an embedding, and what it is called on."""
    graph = getattr(model, "_functional", None) or model
    own_call = not type(model).call.__module__.startswith("keras.")
    if own_call or not isinstance(graph, keras.Function):
        raise Untold
    known = {
        id(tensor): _as_input(array, tensor)
        for tensor, array in zip(graph.inputs, _in_order(graph, given), strict=True)
    }
    for nodes in graph._nodes_by_depth.values():
        for node in nodes:
            inner = node.operation
            if isinstance(inner, keras.layers.Embedding):
                yield inner, known.get(id(node.input_tensors[0]), _MADE)
            elif isinstance(inner, keras.layers.Layer) and (held := embeddings(inner)):
                args, kwargs = node.arguments.args, node.arguments.kwargs
                try:
                    if not args and "inputs" not in kwargs:
                        raise Untold
                    given = keras.tree.map_structure(
                        lambda tensor: known.get(id(tensor), _MADE),
                        args[0] if args else kwargs["inputs"],
                    )
                    yield from _reached(inner, given)
                except Untold:  # such as a wrapper
                    yield from ((each, _MADE) for each in held)


def _as_input(array: Any, tensor: Any) -> Any:
    """An array, or _MADE where the input's type cannot hold its numbers: Keras would cast them."""
    kind = np.dtype(tensor.dtype) if tensor.dtype not in ("string", "bfloat16") else None
    if not isinstance(array, np.ndarray) or kind is None or kind.kind not in "iu":
        return array
    if not array.size or array.dtype.kind not in "iuf":
        return array
    limits = np.iinfo(kind)
    return array if limits.min <= array.min() and array.max() <= limits.max else _MADE


def _in_order(graph: Any, given: Any) -> list[Any]:
    """What is given, in the order of the graph's inputs."""
    if isinstance(given, Mapping) and not isinstance(graph._inputs_struct, Mapping):
        if not all(tensor.name in given for tensor in graph.inputs):
            raise Untold
        return [given[tensor.name] for tensor in graph.inputs]
    if isinstance(given, Mapping) and set(given) != set(graph._inputs_struct):
        raise Untold
    flat = keras.tree.flatten(given)
    if len(flat) != len(graph.inputs):
        raise Untold
    return flat


def embeddings(layer: Any) -> list[Any]:
    """The embeddings of a model or layer, however deep."""
    return [each for each in layer._flatten_layers() if isinstance(each, keras.layers.Embedding)]
