"""Another call of `zoo new` that the table allows, for one that it does not."""

from __future__ import annotations

from collections.abc import Sequence
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
    if wanted.targets:
        command = _working(wanted, [wanted.targets])
        same = command == wanted.command(columns={})
        how = "without --columns" if same else "let another model take the columns as they are"
        return f"or {how}: {command}" if command else ""
    assert wanted.table is not None
    try:
        header = read_csv(wanted.table).header
    except ZooError:
        return ""
    own = [each.name for each in entry.outputs if each.name in header]
    likely = list(dict.fromkeys([*own, *reversed(header)]))[:MOST_TARGETS]
    command = _working(wanted, [[title] for title in likely])
    return f"or say what to predict: {command}" if command else ""


def _working(wanted: Wanted, targets: Sequence[Sequence[str]]) -> str:
    """The first command line whose columns fit, of the architecture itself or of another."""
    for titles in targets:
        for source in dict.fromkeys((wanted.source, *SOURCES)):
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
