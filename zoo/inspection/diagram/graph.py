"""A Keras model's graph as plain records: which layer is called on what, and how often.

Names are stable: a name that Keras made up, such as `conv2d_57`, depends on everything the
process built before, so such names are renumbered within each model.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zoo._keras import keras
from zoo.models.spec import Shape


@dataclass(frozen=True)
class Tensor:
    """What flows along an edge: output `index` of call `call`, its shape without the batch axis."""

    call: int
    index: int
    shape: Shape
    dtype: str


@dataclass(frozen=True, eq=False)
class Call:
    """One of the `of` calls that this graph makes of one layer, model or bare operation.

    Attributes:
        model: The model that the operation is or, through wrappers, applies; None for others.
        held: What holds the operation's weights.
        wraps: The layers inside a wrapper.
    """

    operation: Any
    name: str
    of: int
    sources: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    model: Any
    held: Any
    wraps: tuple[Any, ...]


@dataclass(frozen=True)
class Graph:
    """The calls that lead from a model's inputs to its outputs, every call after its sources."""

    name: str
    calls: tuple[Call, ...]
    inputs: tuple[int, ...]
    outputs: tuple[Tensor, ...]


def is_graph_model(operation: Any) -> bool:
    """Whether `operation` is a functional or a built Sequential model."""
    if isinstance(operation, keras.Sequential):
        return operation.built and hasattr(operation, "inputs")
    return isinstance(operation, keras.Function)


def wrapped(operation: Any) -> tuple[Any, ...]:
    """The layers inside a wrapper such as TimeDistributed or Bidirectional; () for others."""
    if isinstance(operation, keras.layers.Bidirectional):
        return operation.forward_layer, operation.backward_layer
    if isinstance(operation, keras.layers.Wrapper):
        return (operation.layer,)
    return ()


def interior(operation: Any) -> Any | None:
    """The model that `operation` is or, through wrappers, applies; None where there is none."""
    if is_graph_model(operation):
        return operation
    inner = wrapped(operation)
    return interior(inner[0]) if len(inner) == 1 else None


def trace(model: Any) -> Graph:
    """Read the graph of a model; a subclassed model, which has none, is one call."""
    name = stable_names([model])[0]
    if not is_graph_model(model):
        return Graph(name, (Call(model, name, 1, (), (), None, model, ()),), (0,), ())
    found = nodes(model.inputs, model.outputs)
    place = {id(node): index for index, node in enumerate(found)}
    operations = list({id(node.operation): node.operation for node in found}.values())
    names = dict(zip(map(id, operations), stable_names(operations), strict=True))

    times = Counter(id(node.operation) for node in found)

    def tensor(symbolic: Any) -> Tensor:
        index = symbolic._keras_history.tensor_index
        shape, dtype = tuple(symbolic.shape[1:]), str(symbolic.dtype)
        return Tensor(place[id(_producer(symbolic))], index, shape, dtype)

    calls = tuple(
        Call(
            operation=node.operation,
            name=names[id(node.operation)],
            of=times[id(node.operation)],
            sources=tuple(map(tensor, node.input_tensors)),
            outputs=tuple(map(tensor, node.outputs)),
            model=interior(node.operation),
            held=holder(node.operation),
            wraps=wrapped(node.operation),
        )
        for node in found
    )
    inputs = tuple(tensor(symbolic).call for symbolic in model.inputs)
    return Graph(name, calls, inputs, tuple(map(tensor, model.outputs)))


def holder(operation: Any) -> Any:
    """What holds the weights: a wrapper without its own weights is replaced by what it wraps."""
    inner = wrapped(operation)
    if len(inner) != 1 or len(inner[0].weights) < len(operation.weights):
        return operation
    return holder(inner[0])


def uses(graph: Graph) -> Counter[int]:
    """How often each layer is called, however deep, by the id of what holds its weights."""
    found: Counter[int] = Counter()
    graphs = [graph]
    while graphs:
        for call in graphs.pop().calls:
            found[id(call.held)] += 1
            if call.model is not None and found[id(call.held)] == 1:
                graphs.append(trace(call.model))
    return found


def stable_names(operations: Sequence[Any]) -> list[str]:
    """Names of the layers of one model, the ones that Keras made up numbered from 1."""
    automatic: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    names = [operation.name for operation in operations]
    for index, operation in enumerate(operations):
        stem = _snake_case(type(operation).__name__)
        match = re.fullmatch(
            rf"((?:forward_|backward_)?{stem}|keras_tensor)(?:_(\d+))?(?:CLONE)?", operation.name
        )
        if match:
            automatic[match[1]].append((int(match[2] or 0), index))
    for stem, found in automatic.items():
        for number, (_, index) in enumerate(sorted(found), start=1):
            names[index] = f"{stem}_{number}" if len(found) > 1 else stem
    return names


def is_automatic(call: Call) -> bool:
    """Whether Keras made up the name of the call's layer, or might have."""
    stem = _snake_case(type(call.operation).__name__)
    return re.fullmatch(rf"{stem}(?:_\d+)?", call.name) is not None


def _snake_case(name: str) -> str:
    """The stem of the names that Keras makes up for a class, as keras.src.utils.naming does."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def nodes(inputs: Iterable[Any], outputs: Iterable[Any]) -> list[Any]:
    """The Keras nodes between inputs and outputs: inputs first, then each after its sources.

    Depth first from the outputs in order, so that a branch stays together and the first
    argument of a merge comes first. Written without recursion: networks can be deep.
    """
    given = {id(tensor) for tensor in inputs}
    found = {id(node): node for node in map(_producer, inputs)}  # a dict keeps the order
    stack = [(_producer(tensor), False) for tensor in reversed(list(outputs))]
    while stack:
        node, expanded = stack.pop()
        if id(node) in found:
            continue
        if expanded:
            found[id(node)] = node
            continue
        stack.append((node, True))
        sources = [tensor for tensor in node.input_tensors if id(tensor) not in given]
        stack += [(_producer(tensor), False) for tensor in reversed(sources)]
    return list(found.values())


def _producer(tensor: Any) -> Any:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]
