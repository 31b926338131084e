"""The rows that reach a model's embeddings as they are, as far as the graph of its layers tells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from zoo._keras import keras

_MADE = object()  # a tensor that a layer makes


class Untold(Exception):
    """The graph does not tell what reaches the embeddings."""


def extremes(model: keras.Model, rows: Any) -> dict[int, tuple[int, int]]:
    """`id` of an embedding -> the least and the largest id that it gets, without running it.

    Args:
        model: Built.
        rows: Inputs with the rows on axis 0, as the model takes them.

    Raises:
        Untold: an embedding gets what another layer makes, or the model is not a graph of layers.
    """
    found: dict[int, tuple[int, int]] = {}
    for layer, array in _reached(model, rows):
        if not (isinstance(array, np.ndarray) and array.dtype.kind in "biuf"):
            raise Untold
        if not array.size:
            continue
        pair = array.min(), array.max()
        if not all(map(math.isfinite, pair)):
            raise Untold
        least, most = found.get(id(layer), pair)
        found[id(layer)] = int(min(least, pair[0])), int(max(most, pair[1]))
    return found


def _reached(model: Any, given: Any) -> Iterator[tuple[Any, Any]]:
    """Every call of an embedding, and what it is called on."""
    graph = getattr(model, "_functional", None) or model
    own_call = not type(model).call.__module__.startswith("keras.")
    if own_call or not isinstance(graph, keras.Function):
        raise Untold
    known = dict(zip(map(id, graph.inputs), _in_order(graph, given), strict=True))
    for nodes in graph._nodes_by_depth.values():
        for node in nodes:
            inner = node.operation
            if isinstance(inner, keras.layers.Embedding):
                yield inner, known.get(id(node.input_tensors[0]), _MADE)
            elif isinstance(inner, keras.Model) and _embeddings(inner):
                taken = keras.tree.map_structure(
                    lambda tensor: known.get(id(tensor), _MADE), node.arguments.args[0]
                )
                yield from _reached(inner, taken)
            elif isinstance(inner, keras.layers.Layer) and _embeddings(inner):
                raise Untold  # such as a wrapper


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


def _embeddings(layer: Any) -> bool:
    return any(isinstance(each, keras.layers.Embedding) for each in layer._flatten_layers())
