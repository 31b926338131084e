"""Another call of `zoo new` that the table allows, for one that it does not."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zoo.core.errors import ZooError
from zoo.data.csv import read_csv
from zoo.models.registry import spec
from zoo.models.spec import ModelSpec
from zoo.scaffold.plan import plan_for
from zoo.scaffold.ports import ports_of
from zoo.scaffold.slots import base_recipe
from zoo.scaffold.wanted import Wanted

SOURCES = ("mlp", "cnn", "lstm_classifier")  # for columns side by side, for pictures, for a text
MOST_TARGETS = 3  # columns that are tried as the one to predict


def way_on(wanted: Wanted, entry: ModelSpec) -> str:
    """What else to call, verified against the table; empty if nothing is known to work."""
    if wanted.table is None:
        return f"for example: {wanted.command(source=SOURCES[0], arguments={})}"
    try:
        header = read_csv(wanted.table).header
    except ZooError:
        return ""
    own = [each.name for each in entry.outputs if each.name in header]
    likely = [
        [title] for title in dict.fromkeys([*own, *reversed(header)]) if title not in wanted.targets
    ][:MOST_TARGETS]
    if not wanted.targets:
        for asked in (wanted, *(fewer for _, fewer in _fewer(wanted))):
            if command := _working(asked, likely):
                return f"or say what to predict: {command}"
        return ""
    if command := _working(wanted, [wanted.targets]):
        same = command == wanted.command(columns={})
        how = "without --columns" if same else "let another model take the columns as they are"
        return f"or {how}: {command}"
    for option, fewer in _fewer(wanted):
        if command := _working(fewer, [wanted.targets], (wanted.source,)):
            return f"or without {option}: {command}"
    command = _working(wanted, likely)
    return f"or predict another column: {command}" if command else ""


def usual_source(wanted: Wanted) -> str:
    """An architecture that takes the table, or the one that most tables fit."""
    if wanted.table is not None and wanted.targets:
        for source in SOURCES:
            if _working(wanted, [wanted.targets], (source,)):
                return source
    return SOURCES[0]


def _fewer(wanted: Wanted) -> Iterator[tuple[str, Wanted]]:
    """Each option that may be the wrong one, as it is written, and the call without it."""
    for title, kind in wanted.kinds.items():
        kinds = {other: value for other, value in wanted.kinds.items() if other != title}
        yield shlex.join(["--kind", f"{title}={kind}"]), replace(wanted, kinds=kinds)
    for title in wanted.dropped:
        dropped = [other for other in wanted.dropped if other != title]
        yield shlex.join(["--drop", title]), replace(wanted, dropped=dropped)
    if wanted.group:
        yield "--group", replace(wanted, group="")
    if wanted.time:
        yield "--time", replace(wanted, time="")


def _working(wanted: Wanted, targets: Iterable[Sequence[str]], sources: Sequence[str] = ()) -> str:
    """The first command line whose columns fit, of the architecture itself or of another."""
    for titles in targets:
        for source in sources or dict.fromkeys((wanted.source, *SOURCES)):
            kept = wanted.arguments if source == wanted.source else {}
            asked = replace(wanted, source=source, targets=titles, columns={}, arguments=kept)
            entry = spec(source)
            recipe = base_recipe(entry)
            arguments = {**(recipe.arguments if recipe else {}), **kept}
            try:
                if plan_for(asked, entry, ports_of(entry, arguments)):
                    return asked.command()
            except ZooError:
                continue
    return ""
