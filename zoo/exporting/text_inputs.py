"""Ids in place of text, for runtimes that cannot look words up themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.exporting import serving
from zoo.exporting.formats import Arrays, ExportError

LOOKUPS = ("StringLookup", "TextVectorization")  # layers that turn text into ids


@dataclass(frozen=True)
class WithIds:
    """A model of which some inputs take ids where the original takes text.

    Attributes:
        model: The model; the original one where no input had to change.
        lookups: Input -> the layer that gave its ids.
    """

    model: keras.Model
    lookups: dict[str, Any]

    def rows(self, rows: Arrays) -> Arrays:
        """The original's rows as this model takes them."""
        return {
            name: np.asarray(self.lookups[name](tf.constant(array)), np.int32)
            if name in self.lookups
            else array
            for name, array in rows.items()
        }

    def words(self) -> dict[str, list[str]]:
        """Input -> its words in the order of their ids."""
        return {name: layer.get_vocabulary() for name, layer in self.lookups.items()}


def with_ids(model: keras.Model, held: Collection[str]) -> WithIds:
    """Put an input of ids where a layer looks up words that the format cannot hold.

    Args:
        model: A functional model.
        held: Classes of `LOOKUPS` that the format can hold.

    Raises:
        ExportError: another layer reads the text, or the ids are an output of the model.
    """
    if not any(tensor.dtype == "string" for tensor in model.inputs):
        return WithIds(model, {})
    original, model = model, type(model).from_config(model.get_config())
    model.set_weights(original.get_weights())  # a copy: new uses of a layer stay in its record
    lookups = {}
    for name, tensor in serving.inputs_of(model).items():
        if tensor.dtype != "string":
            continue
        readers = [layer for layer in model.layers if _reads(layer, tensor)]
        if len(readers) != 1 or type(readers[0]).__name__ not in LOOKUPS:
            raise ExportError(f"input {name} is text that no lookup of words reads")
        if type(readers[0]).__name__ not in held:
            lookups[name] = readers[0]
    if not lookups:
        return WithIds(original, {})
    if any(each is layer.output for each in model.outputs for layer in lookups.values()):
        raise ExportError(
            f"{model.name} gives back the ids of its text, which the format cannot hold"
        )
    inner = keras.Model(
        [lookups[t.name].output if t.name in lookups else t for t in model.inputs], model.outputs
    )
    inputs = [
        keras.Input(lookups[t.name].output.shape[1:], dtype="int32", name=t.name)
        if t.name in lookups
        else keras.Input(t.shape[1:], dtype=t.dtype, name=t.name)
        for t in model.inputs
    ]
    outputs: Any = inner(inputs)
    listed: Sequence[Any] = outputs if isinstance(outputs, list | tuple) else [outputs]
    named = dict(zip(serving.outputs_of(model), listed, strict=True))
    return WithIds(keras.Model(inputs, named, name=model.name), lookups)


def _reads(layer: Any, tensor: Any) -> bool:
    return any(each is tensor for node in layer._inbound_nodes for each in node.input_tensors)
