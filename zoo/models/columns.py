"""From a table's columns to an architecture and on to its targets: plain Keras layers.

A model made of these saves, loads and exports without the zoo. What the layers learned from the
training rows (means, deviations, vocabularies) is in their configuration, so that a copy of the
model, an ensemble and a resumed run have it too. Names of layers have a hyphen, which no name
of a column has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from zoo._keras import keras, layers, ops
from zoo.core.columns import DAYS, NUMBERS, Column, inputs_of, targets_of
from zoo.models.spec import Shape, TensorSpec

Tensor = Any  # a symbolic tensor: Keras's own hints are too loose to call it a KerasTensor

MOST_WIDE = 16  # numbers in a category's vector
TEXT_WIDE = 16  # numbers in the vector of a word
YEAR, WEEK = 365.2425, 7.0  # days
UNITS = {"date": DAYS, "picture": "0-1", "text": "text"}  # of inputs


def tensors(columns: Sequence[Column]) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    """The inputs and outputs of a model of these columns, as its registration lists them."""
    inputs = tuple(
        TensorSpec(
            column.name,
            _shape(column),
            _meaning(column),
            UNITS.get(column.kind, ""),
            "string" if column.kind in ("category", "text") else "float32",
            header=column.header,
            missing=column.missing,
            picture=(0.0, 1.0) if column.kind == "picture" else None,
            format=column.format,
        )
        for column in inputs_of(columns)
    )
    outputs = tuple(
        TensorSpec(
            column.name,
            (_classes(column.name),),
            "" if column.kind == "number" else "probability of each class",
            "" if column.kind == "number" else "probability",
            vocabulary="" if column.kind == "number" else column.name,
        )
        for column in targets_of(columns)
    )
    return inputs, outputs


def _shape(column: Column) -> Shape:
    return column.shape if column.kind == "picture" else (len(column.mean),)


def _meaning(column: Column) -> str:
    if column.kind == "category":
        known = [word for word in column.words if word]
        more = f" and {len(known) - 6} more" if len(known) > 6 else ""
        left_out = ", or left out" if column.missing else ""
        return f"one of {', '.join(known[:6])}{more}{left_out}"
    return "may be left out" if column.missing else ""


def _classes(name: str) -> Any:
    def count(columns: Sequence[Column], **_: object) -> Shape:
        (column,) = (each for each in columns if each.name == name)
        return (len(column.words) if column.kind == "class" else 1,)

    return count


def column_inputs(columns: Sequence[Column]) -> dict[str, Tensor]:
    """Column -> the model's input: numbers float32 (1), words a string (1), pictures (h, w, c)."""
    return {
        column.name: keras.Input(
            _shape(column),
            dtype="string" if column.kind in ("category", "text") else "float32",
            name=column.name,
        )
        for column in inputs_of(columns)
    }


def vector(columns: Sequence[Column], inputs: Mapping[str, Tensor], port: str) -> Tensor:
    """All columns of a port as one vector (n).

    Numbers and dates have mean 0 and deviation 1 in the training rows; one that is missing is
    0, and a flag says so. A date also gives its place in the year and in the week. A category
    becomes a vector of its own, as an unknown one does; a text the mean of its words' vectors.
    """
    mine = [column for column in inputs_of(columns) if column.port == port]
    numbers = [column for column in mine if column.kind in NUMBERS]
    parts = []
    if numbers:
        parts += _scaled(numbers, inputs, port)
    for column in mine:
        name, tensor = column.name, inputs[column.name]
        if column.kind == "date":
            for what, days in (("year", YEAR), ("week", WEEK)):
                turn = layers.Rescaling(math.tau / days, name=f"{name}-{what}")(tensor)
                turn = ops.nan_to_num(turn, nan=0.0)
                parts += [ops.sin(turn), ops.cos(turn)]
        elif column.kind == "category":
            parts.append(_category(column, tensor))
        elif column.kind == "text":
            parts.append(_mean_of_words(column, tensor))
    return _side_by_side(parts, f"{port}-columns")


def _scaled(numbers: Sequence[Column], inputs: Mapping[str, Tensor], port: str) -> list[Tensor]:
    """The numbers side by side and scaled (n), and a flag for each that may be missing."""
    x = _side_by_side([inputs[column.name] for column in numbers], f"{port}-numbers")
    mean = [value for column in numbers for value in column.mean]
    variance = [value**2 for column in numbers for value in column.std]
    x = layers.Normalization(mean=mean, variance=variance, name=f"{port}-scaled")(x)
    gaps = [inputs[column.name] for column in numbers if column.missing]
    if not gaps:
        return [x]
    gap = ops.isnan(_side_by_side(gaps, f"{port}-gaps"))
    return [ops.nan_to_num(x, nan=0.0), ops.cast(gap, "float32")]


def _category(column: Column, tensor: Tensor) -> Tensor:
    """A vector for every known word; all unknown ones share the one of id 0."""
    count = len(column.words) + 1
    width = min(MOST_WIDE, (count + 1) // 2)
    x = layers.StringLookup(vocabulary=list(column.words), name=f"{column.name}-id")(tensor)
    x = layers.Embedding(count, width, name=f"{column.name}-table")(x)  # (1, width)
    return layers.Reshape((width,), name=f"{column.name}-vector")(x)


def word_ids(column: Column, tensor: Tensor) -> Tensor:
    """The ids (length) of a text's words, the last word first: 0 is padding, 1 any unknown word.

    Padding then comes first, and a recurrent layer ends on words.
    """
    return ops.flip(_ids(column, tensor), axis=1)


def _ids(column: Column, tensor: Tensor) -> Tensor:
    """The ids (length) of a text's words, in their order, and padding after them."""
    return layers.TextVectorization(
        vocabulary=list(column.words),
        output_sequence_length=column.length,
        name=f"{column.name}-ids",
    )(tensor)


def vocabulary_size(column: Column) -> int:
    """How many different ids `word_ids` gives."""
    return len(column.words) + 2


def _mean_of_words(column: Column, tensor: Tensor) -> Tensor:
    """The mean (16) of the vectors of a text's words; zeros for a text without any."""
    ids = _ids(column, tensor)
    x = layers.Embedding(vocabulary_size(column), TEXT_WIDE, name=f"{column.name}-table")(ids)
    used = ops.cast(ops.not_equal(ids, 0), "float32")  # (length)
    total = ops.sum(x * ops.expand_dims(used, -1), axis=1)
    return total / ops.maximum(ops.sum(used, axis=1, keepdims=True), 1.0)


def _side_by_side(parts: Sequence[Tensor], name: str) -> Tensor:
    return layers.Concatenate(name=name)(parts) if len(parts) > 1 else parts[0]


def port_column(columns: Sequence[Column], port: str) -> Column:
    """The one column of a port that reads a text or a picture."""
    (column,) = (column for column in columns if column.port == port)
    return column


def without_head(model: keras.Model, outputs: Sequence[str]) -> keras.Model:
    """The model up to what its output layers read: a layer of a larger model, named after it."""
    read = [model.get_layer(output).input for output in outputs]
    return keras.Model(model.inputs, read, name=f"{model.name}-network")


def heads(columns: Sequence[Column], read: Tensor | Sequence[Tensor]) -> list[Tensor]:
    """One output for each target, named after it.

    A number is predicted in its own unit: the layer before predicts it with mean 0 and deviation
    1. Two classes have one sigmoid unit, more have a softmax unit each.

    Args:
        columns: The table's columns.
        read: What the heads read (n): one tensor for each, else the first is for all.
    """
    known = list(read) if isinstance(read, list | tuple) else [read]
    targets = targets_of(columns)
    if len(known) != len(targets):
        known = [known[0]] * len(targets)
    outputs = []
    for column, x in zip(targets, known, strict=True):
        if column.kind == "number":
            x = layers.Dense(1, name=f"{column.name}-scaled")(x)
            x = layers.Rescaling(column.std[0], column.mean[0], name=column.name)(x)
        elif column.kind == "flag":
            x = layers.Dense(1, activation="sigmoid", name=column.name)(x)
        else:
            x = layers.Dense(len(column.words), activation="softmax", name=column.name)(x)
        outputs.append(x)
    return outputs
