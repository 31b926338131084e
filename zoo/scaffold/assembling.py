"""The model that a project's builder makes, to count its parameters and to find what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zoo._keras import keras
from zoo.core.columns import Columns
from zoo.models.abstract_build import abstract_build
from zoo.models.columns import (
    column_inputs,
    heads,
    port_column,
    vector,
    vocabulary_size,
    without_head,
    word_ids,
)
from zoo.models.registry import build
from zoo.scaffold.plan import Plan


def calls(plan: Plan) -> dict[str, str]:
    """Builder argument that a port decides -> the expression that gives it."""
    found = {}
    for port in plan.ports:
        first, *others = port.sizes
        column = f"{port.name}_column"
        if port.kind == "vector":
            found[first] = f"{port.name}.shape[-1]"
        elif port.kind == "picture":
            found[first] = f"{port.name}.shape[1:]"
        else:
            found[first] = f"vocabulary_size({column})"
            found |= dict.fromkeys(others, f"{column}.length")
    return found


def assembled(plan: Plan, columns: Columns, arguments: Mapping[str, Any]) -> keras.Model:
    """The project's model, without memory for weights.

    Raises:
        BuildError: the architecture cannot be built with these sizes and arguments.
    """
    with abstract_build():
        inputs = column_inputs(columns)
        read, sizes = {}, {}
        for port in plan.ports:
            first, *others = port.sizes
            if port.kind == "vector":
                read[port.name] = vector(columns, inputs, port.name)
                sizes[first] = read[port.name].shape[-1]
                continue
            column = port_column(columns, port.name)
            read[port.name] = inputs[column.name]
            sizes[first] = column.shape
            if port.kind == "text":
                read[port.name] = word_ids(column, inputs[column.name])
                sizes |= {first: vocabulary_size(column), **dict.fromkeys(others, column.length)}
        whole = build(plan.entry.name, **{**arguments, **sizes})
        known = {**plan.entry.defaults, **arguments}
        outputs = [sized.name for each in plan.entry.outputs if (sized := each.resolved(known))]
        network = without_head(whole, outputs)
        return keras.Model(list(inputs.values()), heads(columns, network(list(read.values()))))
