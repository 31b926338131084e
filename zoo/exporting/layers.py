"""A model that also gives what flows out of the boxes of its diagram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from zoo._keras import keras
from zoo.exporting import serving
from zoo.inspection.diagram.flow import opened
from zoo.inspection.diagram.graph import nodes

NAME = "zoo_layer_{}"


def with_layers(model: keras.Model) -> tuple[keras.Model, list[dict[str, Any]]]:
    """The model with a further output for each box, as float32, and which box each is of.

    Args:
        model: A functional model.

    Returns:
        A model that shares the layers, with the outputs as a mapping by name; and for each call of
        a box `box`, `call`, `of`, `layer` (its class), `shape` without the batch axis, and
        `output` or `input`: the name of the tensor that holds it.

    Example:
        >>> import zoo
        >>> model, boxes = with_layers(zoo.build("mlp"))
        >>> boxes[1]["box"], boxes[1]["output"], boxes[1]["shape"]
        ('hidden_1', 'zoo_layer_1', [10])
    """
    given = {id(tensor): name for name, tensor in serving.inputs_of(model).items()}
    again = opened(model)  # its nested models opened: each weight is used once a call
    outputs: dict[str, Any] = dict(zip(serving.outputs_of(model), again.outputs, strict=True))
    made = {id(tensor): name for name, tensor in outputs.items()}
    boxes = []
    for number, flow in enumerate(again.flows):
        key = id(flow.tensor)
        entry: dict[str, Any] = {
            "box": flow.box,
            "call": flow.call,
            "of": flow.of,
            "layer": flow.layer,
            "shape": list(flow.tensor.shape[1:]),
        }
        if key in given:
            entry["input"] = given[key]
        elif key in made:
            entry["output"] = made[key]
        else:
            entry["output"] = NAME.format(number)
            outputs[entry["output"]] = keras.ops.cast(flow.tensor, "float32")
        boxes.append(entry)
    with _own_names([*model.inputs, *outputs.values()]):
        return keras.Model(model.inputs, outputs, name=model.name), boxes


@contextmanager
def _own_names(tensors: Sequence[Any]) -> Iterator[None]:
    """Give layers of one name, from several nested models, names of their own in the block.

    Keras wants one name a layer where it makes a model, and does not look at them later.
    """
    operations = {id(each.operation): each.operation for each in nodes((), tensors)}.values()
    names = Counter[str]()
    before = [(operation, operation.name) for operation in operations]
    try:
        for operation, name in before:
            names[name] += 1
            if names[name] > 1:
                operation.name = f"{name}_{names[name]}_of_one_name"
        yield
    finally:
        for operation, name in before:
            operation.name = name
