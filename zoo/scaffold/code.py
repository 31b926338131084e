"""Python source of a project's model: the builder, what it uses, and its registration.

Nothing in it comes from the table.
"""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from zoo.inspection.source_code import definitions
from zoo.models.spec import TensorSpec
from zoo.scaffold.layout import Layout


def model_source(package: str, layout: Layout) -> str:
    """The module with the builder: its imports, what it uses, its registration, itself."""
    entry = layout.entry
    imports, doors, texts = definitions(entry, package)
    *helpers, builder = texts
    before, _, after = builder.rpartition(f'name="{entry.name}"')  # a tensor may have that name too
    builder = with_defaults(f'{before}name="{package}"{after}', layout.arguments)
    values = {**entry.defaults, **layout.arguments}
    register = [
        "@register(",
        f"    documents={literal(tuple(each.key for each in entry.documents))},",
        f"    inputs=({_tensors(entry.inputs, values)}\n    ),",
        f"    outputs=({_tensors(entry.outputs, values)}\n    ),",
        f"    count={layout.count:_},",
        f"    concepts={literal(entry.concepts)},",
        f'    recipe="{package}",',
        ")",
    ]
    head = [
        f'"""The model and its card. Started from `{entry.name}` of the zoo."""',
        "",
        "from __future__ import annotations",
        "",
        *sorted(imports),
        *([""] if imports else []),
        f"from zoo._keras import {', '.join(sorted({'keras', *doors}))}",
        "from zoo.models.registry import register",
        "from zoo.models.spec import TensorSpec",
    ]
    return "\n\n\n".join(["\n".join(head), *helpers, "\n".join([*register, builder])]) + "\n"


def _tensors(tensors: Sequence[TensorSpec], values: Mapping[str, Any]) -> str:
    """The calls that describe inputs or outputs; a size that is computed becomes a number."""
    calls = []
    for tensor in tensors:
        if any(map(callable, tensor.shape)):
            sized = dataclasses.replace(tensor, when="").resolved(values)
            assert sized
            tensor = dataclasses.replace(tensor, shape=sized.shape)
        tensor = dataclasses.replace(tensor, least=tensor.least_at(values))
        parts = [literal(tensor.name), literal(tensor.shape)]
        changed = changed_fields(tensor, TensorSpec(tensor.name, tensor.shape))
        parts += [f"{name}={literal(value)}" for name, value in changed.items()]
        lines = "".join(f"\n            {part}," for part in parts)
        calls.append(f"\n        TensorSpec({lines}\n        ),")
    return "".join(calls)


def literal(value: Any) -> str:
    """`value` as Python source, with double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def with_defaults(function: str, values: Mapping[str, Any]) -> str:
    """The source of a function with other default values for some of its arguments."""
    (node,) = ast.parse(function).body
    assert isinstance(node, ast.FunctionDef)
    known = node.args
    with_default = known.args[len(known.args) - len(known.defaults) :]
    pairs = [*zip(with_default, known.defaults, strict=True)]
    pairs += [*zip(known.kwonlyargs, known.kw_defaults, strict=True)]
    lines = function.splitlines()
    for argument, default in reversed(pairs):  # what stands before one stays where it is
        if default is None or argument.arg not in values:
            continue
        row = default.lineno - 1
        assert default.end_lineno == default.lineno, f"{argument.arg}: a default on several lines"
        line = lines[row].encode()  # the parser counts bytes
        before, after = line[: default.col_offset], line[default.end_col_offset :]
        lines[row] = (before + literal(values[argument.arg]).encode() + after).decode()
    return "\n".join(lines)


def changed_fields(entry: Any, blank: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from another's."""
    values = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}
    return {name: value for name, value in values.items() if value != getattr(blank, name)}
