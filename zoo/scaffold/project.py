"""Writing the project: its files are templates, filled in from an architecture's layout."""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import json
import keyword
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from zoo.core.errors import ZooError
from zoo.core.files import write_text
from zoo.core.toml import toml_text
from zoo.data.csv import read_text
from zoo.data.registry import dataset_names
from zoo.data.tabular import Field
from zoo.inspection.source_code import definitions
from zoo.models.registry import list_models, spec
from zoo.models.spec import TensorSpec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import list_recipes
from zoo.scaffold.example import example_table
from zoo.scaffold.layout import Layout, example_layout, table_layout
from zoo.scaffold.slots import base_recipe

TEMPLATES = Path(__file__).parent / "templates"
BATCH = 32  # the most rows a step, as a table may be short
# What a recipe of the zoo says about its own data only.
_DROPPED: dict[str, Any] = {
    "dataset_options": {},
    "stacked_on": "",
    "report": "",
    "expect": {},
    "seconds": {},
    "note": "",
    "limit": "",
    "by_source": {},
}


class ProjectError(ZooError, ValueError):
    """A project cannot be written under that name or in that place."""


def create(
    folder: Path,
    source: str,
    *,
    table: Path | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Write a project that starts from architecture `source`.

    Args:
        folder: The project's folder, which must not be there yet; its name is the project's.
        source: A registered architecture.
        table: A CSV table to copy into the project; without one an example is made.
        columns: Input or output -> columns of the table, where their names do not match.
        arguments: Builder arguments that differ from the recipe's.

    Returns:
        The files written, relative to `folder`.

    Raises:
        ProjectError: the folder is there, or its name cannot be a package's.
        UnknownNameError: no such architecture, or `columns` names no input or output of it.
        BuildError: an architecture or size that a table cannot feed.
        DataError: the table does not fit; file, line and column are named.
    """
    package = _package_name(folder)
    entry = spec(source)
    if table is None:
        if columns:
            raise ProjectError("--columns needs a table: add --csv FILE")
        layout = example_layout(entry, arguments or {})
        text = example_table(layout)
    else:
        layout = table_layout(entry, table, columns or {}, arguments or {})
        text = read_text(table)
    origin = f"{_code(table.name)}, copied by `zoo new`" if table else "made up by `zoo new`"
    files = {**_filled(package, folder.name, layout, origin), f"{package}/table/table.csv": text}
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            write_text(partial / name, content)
        partial.chmod(0o755)
        partial.rename(folder)  # the whole project at once, or none of it
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return [Path(name) for name in files]


def _package_name(folder: Path) -> str:
    """The Python package of a project in this folder."""
    name = folder.name.replace("-", "_")
    if folder.exists() or folder.is_symlink():
        raise ProjectError(f"{folder} already exists; choose another name or remove it")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ProjectError(
            f"{folder.name!r} cannot name a package; use lower-case letters, digits and _"
        )
    known = {alias for each in list_models() for alias in (each, *spec(each).aliases)}
    if name in known | set(list_recipes()) | set(dataset_names()):
        raise ProjectError(f"the zoo already has a {name!r}; choose another name")
    if name == "tests" or importlib.util.find_spec(name):
        raise ProjectError(f"a Python module {name!r} already exists; choose another name")
    return name


def _filled(package: str, title: str, layout: Layout, origin: str) -> dict[str, str]:
    """File name -> content, for every template."""
    entry = layout.entry
    flat = not any(field.shape for field in layout.fields.values() if not field.target)
    values = {
        "origin": origin,
        "package": package,
        "title": title,
        "source": entry.name,
        "document": "; ".join(f"{each.key}: {each.title}" for each in entry.documents),
        "count": f"{layout.count:,}",
        "model": _model_source(package, layout),
        "arrays": toml_text(_arrays(layout)).lstrip("\n"),
        "recipe": toml_text(_recipe(package, layout)),
        "columns": _columns_page(layout),
        "predict": f"zoo predict {package} --csv {package}/table/table.csv\n" if flat else "",
    }
    return {
        path.relative_to(TEMPLATES)
        .as_posix()
        .replace("PACKAGE", package)
        .removesuffix(".template"): Template(path.read_text(encoding="utf-8")).substitute(values)
        for path in sorted(TEMPLATES.rglob("*.template"))
    }


def _model_source(package: str, layout: Layout) -> str:
    """The module with the builder: its imports, what it uses, its registration, itself.

    Nothing in it comes from the table.
    """
    entry = layout.entry
    imports, doors, texts = definitions(entry, package)
    *helpers, builder = texts
    before, _, after = builder.rpartition(f'name="{entry.name}"')  # a tensor may have that name too
    builder = with_defaults(f'{before}name="{package}"{after}', layout.arguments)
    values = {**entry.defaults, **layout.arguments}
    register = [
        "@register(",
        f"    documents={_literal(tuple(each.key for each in entry.documents))},",
        f"    inputs=({_tensors(entry.inputs, values)}\n    ),",
        f"    outputs=({_tensors(entry.outputs, values)}\n    ),",
        f"    count={layout.count:_},",
        f"    concepts={_literal(entry.concepts)},",
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
        parts = [_literal(tensor.name), _literal(tensor.shape)]
        changed = _changed(tensor, TensorSpec(tensor.name, tensor.shape))
        parts += [f"{name}={_literal(value)}" for name, value in changed.items()]
        lines = "".join(f"\n            {part}," for part in parts)
        calls.append(f"\n        TensorSpec({lines}\n        ),")
    return "".join(calls)


def _literal(value: Any) -> str:
    """`value` as Python source, with double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        inner = ", ".join(map(_literal, value))
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
        lines[row] = (before + _literal(values[argument.arg]).encode() + after).decode()
    return "\n".join(lines)


def _changed(entry: Any, blank: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from another's."""
    values = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}
    return {name: value for name, value in values.items() if value != getattr(blank, name)}


def _recipe(package: str, layout: Layout) -> dict[str, Any]:
    """The fields of the source's recipe, for this table, that differ from their defaults."""
    entry = layout.entry
    base = base_recipe(entry)
    losses = {slot.name: slot.loss for slot in layout.slots if slot.loss}
    own = {
        "name": package,
        "architecture": package,
        "dataset": package,
        "summary": f"{entry.name} trained on a table of your own",
        # for tensors that are not one array of their own name
        "columns": {
            name: field.columns
            for name, field in layout.fields.items()
            if not field.shape and field.columns != (name,)
        },
        "arguments": {},  # they are the builder's defaults here
        "loss": losses,
    }
    if base is None:
        metrics = {name: _metrics(loss) for name, loss in losses.items()}
        recipe = Recipe(**own, metrics=metrics, learning_rate=0.01, engine="resident")
    else:  # short runs: no XLA
        engine = "resident" if base.engine == "resident-xla" else base.engine
        batch = min(base.batch_size, BATCH)
        recipe = dataclasses.replace(base, **own, **_DROPPED, engine=engine, batch_size=batch)
    changed = _changed(recipe, Recipe("blank", "blank", "blank", "", {}, {}))
    return {**changed, "metrics": recipe.metrics}


def _metrics(loss: str) -> tuple[str, ...]:
    return ("accuracy", "log_loss") if loss.endswith("crossentropy") else ("mae",)


def _arrays(layout: Layout) -> dict[str, Any]:
    """The table's description, as `zoo.data.tabular.read_description` reads it."""
    arrays = [
        {**({"name": name} if field.shape else {}), **_changed(field, Field(()))}
        for name, field in layout.fields.items()
    ]
    return {"arrays": arrays, "sizes": layout.sizes}


def _columns_page(layout: Layout) -> str:
    """The table of columns in the data's README."""
    lines = ["| column | kind | what |", "|---|---|---|"]
    for slot in layout.slots:
        field = layout.fields[slot.name]
        first, last = _code(field.columns[0]), _code(field.columns[-1])
        columns = first if first == last else f"{first} ... {last} ({len(field.columns)})"
        side = "target" if field.target else "input"
        unit = f" [{slot.spec.unit}]" if slot.spec.unit and field.kind == "number" else ""
        meaning = slot.spec.meaning or "-"
        if field.length:
            steps = "characters" if field.kind == "characters" else "words"
            meaning = f"text; its first {field.length} {steps} are read"
        lines.append(f"| {columns} | {side}, {field.kind} | {meaning}{unit} |")
    return "\n".join(lines)


def _code(name: str) -> str:
    """A name out of a table, or of a file, as Markdown shows it: in one line, as it is."""
    plain = " ".join(name.split())
    if not re.search(r"[`|\\]", plain):
        return f"`{plain}`"
    return re.sub(r"[^\w\s]", lambda match: f"&#{ord(match[0])};", plain)
