"""Writing the project: its files are templates, filled in from an architecture's layout."""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
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
from zoo.data.registry import dataset_names
from zoo.data.tabular import Field
from zoo.inspection.source_code import definitions
from zoo.models.registry import list_models, spec
from zoo.models.spec import TensorSpec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import list_recipes
from zoo.scaffold.example import example_table
from zoo.scaffold.layout import Layout, example_layout, table_layout
from zoo.scaffold.python import Call, Name, written
from zoo.scaffold.sizes import base_recipe

TEMPLATES = Path(__file__).parent / "templates"
BATCH = 32  # the most rows a step, as a table may be short
# What a recipe of the zoo says of its own data alone.
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
        columns: TensorSpec -> columns of the table, where names alone do not tell.
        arguments: Builder arguments that differ from the recipe's.

    Returns:
        The files written, relative to `folder`.

    Raises:
        ProjectError: the folder is there, or its name cannot be a package's.
        UnknownNameError: no such architecture, or `columns` names no port of it.
        BuildError: an architecture or size that a table cannot feed.
        DataError: the table does not fit; file, line and column are named.
    """
    package = _package_name(folder)
    entry = spec(source)
    if table is None:
        if columns:
            raise ProjectError("--columns names the columns of a table: give it with --csv FILE")
        layout = example_layout(entry, arguments or {})
        text = example_table(layout)
    else:
        layout = table_layout(entry, table, columns or {}, arguments or {})
        text = table.read_text(encoding="utf-8-sig")
    origin = f"`{table.name}`, copied by `zoo new`" if table else "made up by `zoo new`"
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
        raise ProjectError(f"{folder} is there already; choose another name, or remove it")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ProjectError(
            f"{folder.name!r} is no name for a package: small letters, digits and _, a letter first"
        )
    known = {alias for each in list_models() for alias in (each, *spec(each).aliases)}
    if name in known | set(list_recipes()) | set(dataset_names()):
        raise ProjectError(f"the zoo has a {name!r} of its own; choose another name")
    if name == "tests" or importlib.util.find_spec(name):
        raise ProjectError(f"there is a Python module {name!r} already; choose another name")
    return name


def _filled(package: str, title: str, layout: Layout, origin: str) -> dict[str, str]:
    """File name -> content, for every template."""
    entry = layout.entry
    recipe = _recipe(package, layout)
    fields = _fields_source(layout)
    flat = not any(field.shape for field in layout.fields.values() if not field.target)
    values = {
        "origin": origin,
        "package": package,
        "title": title,
        "source": entry.name,
        "document": "; ".join(f"{each.key}: {each.title}" for each in entry.documents),
        "count": f"{layout.count:,}",
        "model": _model_source(package, layout),
        "fields": fields,
        "number_fields": ", number_fields" if "number_fields(" in fields else "",
        "sizes": written(layout.sizes, before=len("SIZES: dict[str, str] = ")),
        "recipe": _recipe_source(recipe),
        "columns": _columns_page(layout),
        "predict": f"zoo predict {package} --csv {package}/table/table.csv\n" if flat else "",
        "some_column": layout.columns[0],
    }
    return {
        path.relative_to(TEMPLATES)
        .as_posix()
        .replace("PACKAGE", package)
        .removesuffix(".template"): Template(path.read_text(encoding="utf-8")).substitute(values)
        for path in sorted(TEMPLATES.rglob("*.template"))
    }


def _model_source(package: str, layout: Layout) -> str:
    """The module with the builder: its imports, what it uses, its registration, itself."""
    entry = layout.entry
    imports, doors, texts = definitions(entry, package)
    *helpers, builder = texts
    before, _, after = builder.rpartition(f'name="{entry.name}"')  # a port may have that name too
    builder = f'{before}name="{package}"{after}'
    builder = with_defaults(builder, layout.arguments)
    card: dict[str, Any] = {
        "documents": tuple(document.key for document in entry.documents),
        "inputs": tuple(map(_port, layout.inputs)),
        "outputs": tuple(map(_port, layout.outputs)),
        "count": layout.count,
        "concepts": entry.concepts,
        "recipe": package,
    }
    register = written(Call("@register", named=card))
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
    blocks = ["\n".join(head), *helpers, f"{register}\n{builder}"]
    return "\n\n\n".join(blocks) + "\n"


def with_defaults(function: str, values: Mapping[str, Any]) -> str:
    """The source of a function with other default values for some of its arguments."""
    (node,) = ast.parse(function).body
    assert isinstance(node, ast.FunctionDef)
    with_default = node.args.args[len(node.args.args) - len(node.args.defaults) :]
    pairs = [*zip(with_default, node.args.defaults, strict=True)]
    pairs += [
        (argument, default)
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    ]
    lines = function.splitlines()
    for argument, default in sorted(pairs, key=lambda each: each[1].lineno, reverse=True):
        if argument.arg not in values:
            continue
        row, end = default.lineno - 1, default.end_lineno
        assert end == default.lineno, f"{argument.arg}: a default on several lines"
        line = lines[row].encode()  # the parser counts bytes
        text = written(values[argument.arg]).encode()
        lines[row] = (line[: default.col_offset] + text + line[default.end_col_offset :]).decode()
        shift = len(text) - ((default.end_col_offset or 0) - default.col_offset)
        for _, other in pairs:  # what follows on the same line moves
            if other.lineno == default.lineno and other.col_offset > default.col_offset:
                other.col_offset += shift
                other.end_col_offset = (other.end_col_offset or 0) + shift
    return "\n".join(lines)


def _port(port: TensorSpec) -> Call:
    changed = {
        field.name: getattr(port, field.name)
        for field in dataclasses.fields(port)
        if field.name not in ("name", "shape") and getattr(port, field.name) != field.default
    }
    return Call("TensorSpec", (port.name, port.shape), changed)


def _dataset_columns(layout: Layout) -> dict[str, tuple[str, ...]]:
    """Port -> arrays of the dataset side by side, for ports that are not an array of that name."""
    return {
        port: field.columns
        for port, field in layout.fields.items()
        if not field.shape and field.columns != (port,)
    }


def _recipe(package: str, layout: Layout) -> Recipe:
    """The source's recipe, for this table."""
    entry = layout.entry
    base = base_recipe(entry)
    own = {
        "name": package,
        "architecture": package,
        "dataset": package,
        "summary": f"what {entry.name} was, learned from a table of one's own",
        "columns": _dataset_columns(layout),
        "arguments": {},  # they are the builder's defaults here
        "loss": layout.losses,
    }
    if base is None:
        metrics = {port: _metrics(loss) for port, loss in layout.losses.items()}
        return Recipe(**own, metrics=metrics, learning_rate=0.01, engine="resident")
    engine = "resident" if base.engine == "resident-xla" else base.engine  # short runs: no XLA
    batch = min(base.batch_size, BATCH)
    return dataclasses.replace(base, **own, **_DROPPED, engine=engine, batch_size=batch)


def _metrics(loss: str) -> tuple[str, ...]:
    return ("accuracy", "log_loss") if loss.endswith("crossentropy") else ("mae",)


def _recipe_source(recipe: Recipe) -> str:
    """A call of Recipe with the fields that differ from its defaults."""
    blank = Recipe("", "", "", "", {}, {})
    named = {
        field.name: getattr(recipe, field.name)
        for field in dataclasses.fields(recipe)
        if getattr(recipe, field.name) != getattr(blank, field.name)
    }
    if recipe.columns:
        named["columns"] = {port: _names(columns) for port, columns in recipe.columns.items()}
    return written(Call("Recipe", named=named), indent=4)


def _fields_source(layout: Layout) -> str:
    """The loader's table of arrays."""
    entries: dict[Any, Any] = {}
    for port, field in layout.fields.items():
        if field.shape:
            entries[port] = _field(field)
        elif field.kind == "number" and len(field.columns) > 1:
            names = _names(field.columns)
            given = (
                (Name(names.text.replace("tuple(", "*(", 1)),) if isinstance(names, Name) else names
            )
            named = {"target": True} if field.target else {}
            entries[Call("**number_fields", tuple(given), named)] = None
        else:
            for column in field.columns:
                entries[column] = _field(dataclasses.replace(field, columns=(column,)))
    return written(entries)


def _names(columns: Sequence[str]) -> Any:
    """Column names as a tuple, or as the expression that counts them off."""
    stem = columns[0].removesuffix("0")
    counted = tuple(f"{stem}{at}" for at in range(len(columns)))
    if len(columns) > 4 and tuple(columns) == counted:
        return Name(f'tuple(f"{stem}{{at}}" for at in range({len(columns)}))')
    return tuple(columns)


def _field(field: Field) -> Call:
    named = {
        each.name: getattr(field, each.name)
        for each in dataclasses.fields(field)
        if each.name != "columns" and getattr(field, each.name) != each.default
    }
    return Call("Field", (_names(field.columns),), named)


def _columns_page(layout: Layout) -> str:
    """The card's table of columns."""
    lines = ["| column | kind | what |", "|---|---|---|"]
    ports = {port.name: port for port in (*layout.inputs, *layout.outputs)}
    for name, field in layout.fields.items():
        first, last = field.columns[0], field.columns[-1]
        columns = (
            f"`{first}`" if first == last else f"`{first}` ... `{last}` ({len(field.columns)})"
        )
        side = "target" if field.target else "input"
        unit = f" [{ports[name].unit}]" if ports[name].unit and field.kind == "number" else ""
        meaning = ports[name].meaning or "-"
        if field.length:
            steps = "characters" if field.kind == "characters" else "words"
            meaning = f"text; its first {field.length} {steps} are read"
        lines.append(f"| {columns} | {side}, {field.kind} | {meaning}{unit} |")
    return "\n".join(lines)
