"""A project: checked first, then written, the whole of it or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zoo.core.errors import ProjectError
from zoo.core.files import write_text
from zoo.data.csv import read_csv, read_text
from zoo.data.table_splits import check_rows
from zoo.models.registry import list_models, spec
from zoo.models.spec import ModelSpec
from zoo.scaffold.advice import adding, check_name, check_titles, renamed
from zoo.scaffold.array_files import array_files
from zoo.scaffold.column_files import column_files, pictures_of
from zoo.scaffold.example import example_table
from zoo.scaffold.filling import as_code
from zoo.scaffold.layout import (
    check_names,
    check_usable,
    example_layout,
    found_columns,
    table_layout,
)
from zoo.scaffold.names import package_name
from zoo.scaffold.others import usual_source, way_on
from zoo.scaffold.plan import Plan, plan_for
from zoo.scaffold.ports import ports_of
from zoo.scaffold.slots import base_recipe, slots_of
from zoo.scaffold.wanted import Wanted


@dataclass(frozen=True)
class Proposal:
    """A project that can be written.

    Attributes:
        wanted: What the user asked for.
        package: The name of the project's package.
        entry: The architecture.
        plan: Which columns go where, if the model takes columns as they are.
        columns: Otherwise input or output -> columns, if there is a table.
        notes: One line each: how the table was read.
    """

    wanted: Wanted
    package: str
    entry: ModelSpec
    plan: Plan | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()


def propose(wanted: Wanted) -> Proposal:
    """Check all that can be checked without TensorFlow; nothing is written.

    Raises:
        ProjectError: the folder is there, or its name cannot be a package's; an option needs
            another one.
        UnknownNameError: no such architecture, or no such input, output or kind of column.
        BuildError: an architecture that a table cannot feed.
        DataError: the table does not fit; file, line and column are named.
    """
    package = package_name(wanted)
    entry = _architecture(wanted)
    with adding(lambda: way_on(wanted, entry)):
        check_usable(entry)
    for name in wanted.arguments:
        arguments = {"arguments": lambda near, old=name: renamed(wanted.arguments, old, near)}
        check_name(f"argument of {entry.name}", name, entry.defaults, wanted, **arguments)
    if wanted.table is None:
        named = ["--columns"] * bool(wanted.columns) + ["--target"] * bool(wanted.targets)
        if given := [*named, *wanted.of_a_plan]:
            command = wanted.command(table=Path("FILE"))
            raise ProjectError(f"{given[0]} needs a table, with --csv FILE: {command}")
        return Proposal(wanted, package, entry)
    table = read_csv(wanted.table)
    check_rows(table)
    check_titles(wanted, table.header)
    if not wanted.targets:
        if given := wanted.of_a_plan:
            more = way_on(wanted, entry).removeprefix("or say what to predict: ")
            told = f"{given[0]} needs --target COLUMN, the column to predict"
            raise ProjectError(f"{told}{f': {more}' if more else ''}")
        return replace(_side_by_side(wanted, package, entry), notes=table.notes)
    recipe = base_recipe(entry)
    arguments = {**(recipe.arguments if recipe else {}), **wanted.arguments}
    check_names(entry, wanted.arguments)
    with adding(lambda: way_on(wanted, entry)):
        plan = plan_for(wanted, entry, ports_of(entry, arguments))
    if plan:
        return Proposal(wanted, package, entry, plan, notes=(*table.notes, *plan.notes))
    columns = _with_targets(wanted, entry, arguments)
    made = _side_by_side(replace(wanted, columns=columns), package, entry)
    return replace(made, notes=table.notes)


def _architecture(wanted: Wanted) -> ModelSpec:
    known = [alias for name in list_models() for alias in (name, *spec(name).aliases)]
    check_name(
        "architecture",
        wanted.source,
        known,
        wanted,
        source=lambda near: near or usual_source(wanted),
    )
    return spec(wanted.source)


def _side_by_side(wanted: Wanted, package: str, entry: ModelSpec) -> Proposal:
    """For a model that reads arrays made of columns, as its architecture does."""
    with adding(lambda: way_on(wanted, entry)):
        *_, found = found_columns(entry, wanted, wanted.arguments)
    return Proposal(wanted, package, entry, columns=found)


def _with_targets(
    wanted: Wanted, entry: ModelSpec, arguments: Mapping[str, Any]
) -> dict[str, Sequence[str]]:
    """Inputs and outputs -> columns, the targets taken for the outputs in order."""
    outputs = [slot.name for slot in slots_of(entry, arguments) if slot.loss]
    open_ = [name for name in outputs if name not in wanted.columns]
    if len(open_) != len(wanted.targets):
        more = way_on(wanted, entry)
        raise ProjectError(
            f"{entry.name} predicts {', '.join(open_)}: give {len(open_)} columns with --target, "
            f"not {len(wanted.targets)}{f'; {more}' if more else ''}"
        )
    given = {name: (title,) for name, title in zip(open_, wanted.targets, strict=True)}
    return {**wanted.columns, **given}


def write(proposal: Proposal, say: Callable[[str], None] = lambda line: None) -> list[Path]:
    """Write the project; its files, relative to its folder.

    Args:
        proposal: What `propose` has checked.
        say: Is told which columns are left out.

    Raises:
        BuildError, DataError: as `propose`, where only the built model shows it.
    """
    wanted, package, entry = proposal.wanted, proposal.package, proposal.entry
    title, table = wanted.folder.name, wanted.table
    origin = f"{as_code(table.name)}, copied by `zoo new`" if table else "made up by `zoo new`"
    copied: dict[str, Path] = {}
    if proposal.plan:
        files = column_files(package, title, proposal.plan, origin)
        copied = {
            f"{package}/table/{name}": path for name, path in pictures_of(proposal.plan).items()
        }
    else:
        with adding(lambda: way_on(wanted, entry) if table else ""):
            layout = (
                table_layout(entry, wanted, wanted.arguments)
                if table
                else example_layout(entry, wanted.arguments)
            )
        for column, why in layout.left_out.items():
            say(f"note: column {column!r} {why}")
        files = array_files(package, title, layout, origin)
        if not table:
            files[f"{package}/table/table.csv"] = example_table(layout)
    if table:
        files[f"{package}/table/table.csv"] = read_text(table)
    _write_all(wanted.folder, files, copied)
    return [Path(name) for name in (*files, *copied)]


def _write_all(folder: Path, files: Mapping[str, str], copied: Mapping[str, Path]) -> None:
    """The whole project at once, or none of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            write_text(partial / name, content)
        for name, path in copied.items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, partial / name)
        partial.chmod(0o755)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def create(folder: Path, source: str, **options: Any) -> list[Path]:
    """Write a project that starts from architecture `source`.

    Args:
        folder: The project's folder, which must not be there yet; its name is the project's.
        source: A registered architecture.
        **options: Other attributes of `Wanted`.

    Returns:
        The files written, relative to `folder`.

    Raises:
        ProjectError, UnknownNameError, BuildError, DataError: as `propose` and `write`.
    """
    return write(propose(Wanted(folder, source, **options)))
