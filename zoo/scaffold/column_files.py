"""Files of a project whose model takes the columns of a table as they are."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.core.columns import Columns, inputs_of, targets_of, to_json
from zoo.core.toml import toml_text
from zoo.data.csv import some
from zoo.data.kinds import known_cells
from zoo.data.tabular import Field
from zoo.inspection.source_code import definitions
from zoo.models.spec import ModelSpec
from zoo.scaffold.assembling import assembled, calls
from zoo.scaffold.code import changed_fields, literal
from zoo.scaffold.column_recipe import column_recipe
from zoo.scaffold.filling import as_code, filled
from zoo.scaffold.plan import Plan, arguments_of
from zoo.scaffold.ports import Port
from zoo.scaffold.slots import base_recipe, vocabulary_argument


def column_files(package: str, title: str, plan: Plan, origin: str) -> dict[str, str]:
    """File name -> content of every file but the table and its pictures.

    Raises:
        BuildError: the architecture cannot be built for these columns.
    """
    entry = plan.entry
    columns = plan.columns
    recipe = base_recipe(entry)
    arguments = {
        **(recipe.arguments if recipe else {}),
        **plan.wanted.arguments,
        **arguments_of(plan),
    }
    count = assembled(plan, columns, arguments).count_params()
    values = {
        "origin": origin,
        "package": package,
        "title": title,
        "source": entry.name,
        "document": "; ".join(f"{each.key}: {each.title}" for each in entry.documents),
        "count": f"{count:,}",
        "model": _model_source(package, plan, columns, arguments, count),
        "arrays": toml_text(_description(plan)).lstrip("\n"),
        "recipe": toml_text(column_recipe(package, entry, columns, plan.rows)),
        "columns": _columns_page(plan),
        "targets": some([each.name for each in targets_of(columns)]),
        "predict": _example(package, plan, columns),
    }
    files = filled("columns", package, values)
    files[f"{package}/table/columns.json"] = to_json(columns)
    return files


def pictures_of(plan: Plan) -> dict[str, Path]:
    """Path in the table -> file, for every picture that the table names."""
    folder = plan.table.path.parent
    columns = {field.columns[0] for field in plan.fields.values() if field.kind == "picture"}
    return {
        cell: folder / cell for column in columns for cell in known_cells(plan.table.texts(column))
    }


def _model_source(
    package: str, plan: Plan, columns: Columns, arguments: Mapping[str, Any], count: int
) -> str:
    """The module with the architecture, and the builder around it."""
    entry = plan.entry
    imports, doors, texts = definitions(entry, entry.name)
    kinds = {port.kind for port in plan.ports}
    blocks = {"column_inputs", "heads", "tensors", "without_head"}
    blocks |= {"vector"} if "vector" in kinds else set()
    if kinds & {"text", "picture"}:
        blocks.add("port_column")
    if "text" in kinds:
        blocks |= {"vocabulary_size", "word_ids"}
    head = [
        f'"""The model and its card. Started from `{entry.name}` of the zoo."""',
        "",
        "from __future__ import annotations",
        "",
        *sorted({*imports, "from pathlib import Path"}),
        "",
        f"from zoo._keras import {', '.join(sorted({'keras', *doors}))}",
        "from zoo.core.columns import Columns, read_columns",
        *_import("zoo.models.columns", sorted(blocks)),
        "from zoo.models.registry import register",
        "",
        "# What the training rows of the table say of its columns. Every run finds it anew.",
        'COLUMNS = read_columns(Path(__file__).parent / "table" / "columns.json")',
        "INPUTS, OUTPUTS = tensors(COLUMNS)",
    ]
    concepts = [*entry.concepts, "model-as-layer"]
    concepts += ["multi-input"] if len(inputs_of(columns)) > 1 else []
    concepts += ["multi-output"] if len(targets_of(columns)) > 1 else []
    concepts += [
        "embedding" for column in columns if column.kind in ("category", "text") and column.port
    ]
    register = [
        "@register(",
        f"    documents={literal(tuple(each.key for each in entry.documents))},",
        "    inputs=INPUTS,",
        "    outputs=OUTPUTS,",
        f"    count={count:_},",
        *_wrapped("    concepts=", tuple(dict.fromkeys(concepts))),
        f'    recipe="{package}",',
        ")",
    ]
    builder = "\n".join([*register, *_builder(package, plan, arguments)])
    return "\n\n\n".join(["\n".join(head), *texts, builder]) + "\n"


def _import(module: str, names: Sequence[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 100:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _wrapped(before: str, values: tuple[str, ...]) -> list[str]:
    line = f"{before}{literal(values)},"
    if len(line) <= 100:
        return [line]
    return [f"{before}(", *(f"        {literal(each)}," for each in values), "    ),"]


def _builder(package: str, plan: Plan, arguments: Mapping[str, Any]) -> list[str]:
    """The function that puts columns, architecture and heads together."""
    entry = plan.entry
    kept = free_arguments(plan)
    declared = inspect.signature(entry.builder).parameters
    parameters = ["columns: Columns = COLUMNS"]
    for name in kept:
        annotation = declared[name].annotation
        told = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
        default = literal(arguments.get(name, entry.defaults[name]))
        parameters.append(f"{name}: {told} = {default}")
    line = f"def {package}({', '.join(parameters)}) -> keras.Model:"
    opening = [line]
    if len(line) > 100:
        inner = f"    {', '.join(parameters)}"
        several = [inner] if len(inner) <= 100 else [f"    {each}," for each in parameters]
        opening = [f"def {package}(", *several, ") -> keras.Model:"]
    given = ", ".join(f"`{name}`" for name in kept)
    call = [f"{name}={value}" for name, value in calls(plan).items()]
    call += [f"{name}={literal(value)}" for name, value in arguments_of(plan).items()]
    call += [f"{name}={literal(arguments[name])}" for name in _of_heads(entry) if name in arguments]
    call += [f"{name}={name}" for name in kept]
    whole = [f"    whole = {entry.name}({', '.join(call)})"]
    if len(whole[0]) > 100:
        whole = [f"    whole = {entry.name}(", *(f"        {each}," for each in call), "    )"]
    outputs = literal(tuple(head_names(entry, arguments)))
    return [
        *opening,
        f'    """`{entry.name}` between the columns of a table and what it predicts.',
        "",
        "    Args:",
        "        columns: Names and kinds of the columns, and what the training rows say of them.",
        *([f"        {', '.join(kept)}: As in `{entry.name}`."] if given else []),
        '    """',
        "    inputs = column_inputs(columns)",
        "",
        *(line for port in plan.ports for line in _reading(port)),
        "",
        *whole,
        f"    network = without_head(whole, {outputs})",
        f"    read = network([{', '.join(port.name for port in plan.ports)}])",
        "",
        f'    return keras.Model(list(inputs.values()), heads(columns, read), name="{package}")',
    ]


def _reading(port: Port) -> list[str]:
    """The lines that make what a port of the architecture reads."""
    if port.kind == "vector":
        return [f'    {port.name} = vector(columns, inputs, "{port.name}")']
    column = f'port_column(columns, "{port.name}")'
    if port.kind == "picture":
        return [f"    {port.name} = inputs[{column}.name]"]
    own = f"{port.name}_column"
    return [f"    {own} = {column}", f"    {port.name} = word_ids({own}, inputs[{own}.name])"]


def free_arguments(plan: Plan) -> list[str]:
    """Arguments of the architecture that neither the table nor a head decides."""
    used = {port.name for port in plan.ports}
    idle = [tensor for tensor in plan.entry.inputs if tensor.name not in used]
    decided = {size for port in plan.ports for size in (*port.sizes, port.switch)}
    decided |= set(_of_heads(plan.entry))
    decided |= {
        axis
        for tensor in (*plan.entry.outputs, *idle)
        for axis in (*tensor.shape, vocabulary_argument(plan.entry, tensor) if tensor.text else "")
        if isinstance(axis, str)
    }
    return [name for name in plan.entry.defaults if name not in decided]


def _of_heads(entry: ModelSpec) -> list[str]:
    """Arguments that list the architecture's own outputs, such as `heads`."""
    switches = (tensor.when.removeprefix("not ") for tensor in entry.outputs)
    return [name for name in dict.fromkeys(switches) if name in entry.defaults]


def head_names(entry: ModelSpec, arguments: Mapping[str, Any]) -> list[str]:
    """The output layers of the architecture, which new heads replace."""
    values = {**entry.defaults, **arguments}
    return [sized.name for tensor in entry.outputs if (sized := tensor.resolved(values))]


def _description(plan: Plan) -> dict[str, Any]:
    """The table's description, as `zoo.data.tabular.read_description` reads it."""
    arrays = [
        {"name": name, **changed_fields(field, Field(()))} for name, field in plan.fields.items()
    ]
    split = {name: value for name, value in vars(plan.split).items() if value}
    return {"arrays": arrays, **({"split": split} if split else {})}


def _columns_page(plan: Plan) -> str:
    """The table of columns in the data's README."""
    lines = ["| column | name | kind | missing values |", "|---|---|---|---|"]
    known = {guess.title: guess for guess in plan.guesses}
    for name, field in plan.fields.items():
        first, last = as_code(field.columns[0]), as_code(field.columns[-1])
        shown = first if first == last else f"{first} ... {last} ({len(field.columns)})"
        kind = {"label": "class", "flag": "two classes"}.get(field.kind, field.kind)
        side = f"target, {kind}" if field.target else kind
        gaps = known[field.columns[0]].missing
        lines.append(f"| {shown} | `{name}` | {side} | {gaps or '-'} |")
    left = [guess for guess in plan.guesses if not guess.kind and guess.note.startswith("left")]
    if left:
        lines += ["", "Left out:", ""]
        lines += [
            f"- {as_code(guess.title)}: {guess.note.removeprefix('left out: ')}" for guess in left
        ]
    return "\n".join(lines)


def _example(package: str, plan: Plan, columns: Columns) -> str:
    """A command that predicts for the first row of the table, if its options are few and short."""
    words = []
    for column in inputs_of(columns):
        field = plan.fields[column.name]
        cell = " ".join(plan.table.texts(field.columns[0])[0].split())
        if len(field.columns) > 1 or column.kind == "picture" or not cell.isprintable():
            words = []
            break
        if column.missing and not known_cells([cell]):
            continue
        words += [f"--{column.name.rstrip('_').replace('_', '-')}", shlex.quote(cell)]
    line = " ".join(["zoo predict", package, *words])
    table = f"zoo predict {package} --csv {package}/table/table.csv"
    return line if words and len(line) <= 200 and "`" not in line else table
