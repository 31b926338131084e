"""The tensors that flow out of a diagram's boxes, as outputs that a model can be given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zoo._keras import keras
from zoo.inspection.diagram.drawing import compose
from zoo.inspection.diagram.graph import is_graph_model, nodes, trace

LARGEST = 65_536  # numbers in a tensor that is still worth looking at


@dataclass(frozen=True)
class Flow:
    """What one call of a box gives.

    Attributes:
        box: The id of the box in the diagram.
        call: Which call of the model around the box it belongs to, from 1.
        of: How many calls there are.
        layer: Class of the layer that gives the tensor.
        tensor: Symbolic; it depends on the inputs of the whole model.
    """

    box: str
    call: int
    of: int
    layer: str
    tensor: Any


@dataclass(frozen=True)
class Opened:
    """A model called once more, layer by layer, its nested models opened.

    Attributes:
        inputs: The model's own.
        outputs: In the model's order.
        flows: What flows out of the boxes on the way.
    """

    inputs: list[Any]
    outputs: list[Any]
    flows: list[Flow]


def opened(model: Any) -> Opened:
    """Call a functional model layer by layer, and note what flows out of every box of its diagram.

    Boxes of models inside a wrapper, such as TimeDistributed, are left out, as are tensors of
    more than 65,536 numbers a row. A box that stands for several layers gives what its last one
    gives.

    Example:
        >>> import zoo
        >>> [(flow.box, flow.call, flow.of) for flow in opened(zoo.build("tiny_dense")).flows]
        [('a', 1, 1), ('b', 1, 1)]
    """
    boxes = {frame.id: frame.boxes for frame in compose(model)}
    gathered: dict[str, list[tuple[str, Any]]] = {}

    def call(inner: Any, frame: str, lead: str, inputs: Sequence[Any]) -> list[Any]:
        graph, made = trace(inner), nodes(inner.inputs, inner.outputs)
        known = dict(zip(map(id, inner.inputs), inputs, strict=True))
        for told, node in zip(graph.calls, made, strict=True):
            if not node.input_tensors:
                continue
            args, kwargs = node.arguments.fill_in(known)
            if is_graph_model(node.operation):
                within = f"{lead}{told.name}"
                read = [known[id(tensor)] for tensor in node.input_tensors]
                given = call(node.operation, within, f"{within}/", read)
            else:
                given = keras.tree.flatten(node.operation(*args, **kwargs))
            known.update(zip(map(id, node.outputs), given, strict=True))
        for box in boxes.get(frame, ()):
            tensor = known[id(made[box.closing].outputs[0])]
            kind = type(graph.calls[box.closing].operation).__name__
            if math.prod(size or 1 for size in tensor.shape[1:]) <= LARGEST:
                gathered.setdefault(box.id, []).append((kind, tensor))
        return [known[id(tensor)] for tensor in inner.outputs]

    outputs = call(model, trace(model).name, "", model.inputs)
    found = [
        Flow(box, number, len(times), kind, tensor)
        for box, times in gathered.items()
        for number, (kind, tensor) in enumerate(times, start=1)
    ]
    return Opened(list(model.inputs), outputs, found)
