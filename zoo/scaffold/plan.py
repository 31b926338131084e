"""Which columns of a table go where, decided before anything is built or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zoo.core.columns import Columns, safe_names
from zoo.core.errors import BuildError
from zoo.data.csv import Table, damage, read_csv, some
from zoo.data.kinds import KINDS, Guess, guesses, series, target_kind
from zoo.data.learned import learned
from zoo.data.table_splits import SPLIT, SplitBy, times
from zoo.data.tabular import Field, read_splits, with_targets
from zoo.models.spec import ModelSpec
from zoo.scaffold.advice import adding, check_name, renamed
from zoo.scaffold.colors import colors_lost, form
from zoo.scaffold.ports import Port
from zoo.scaffold.wanted import Wanted

TAKES = {  # kind of port -> kinds of columns
    "vector": ("number", "category", "date", "text"),
    "text": ("text", "category"),
    "picture": ("picture",),
}


BY_TIME = "decides the split too (--time)"  # of a column that the model reads as well


@dataclass(frozen=True)
class Plan:
    """A table fitted to an architecture that takes its columns as they are.

    Attributes:
        wanted: What the user asked for.
        entry: The architecture.
        table: Its rows that have every target.
        guesses: What every column of the table holds, and what becomes of it.
        fields: Input or target -> how it is read; inputs first.
        ports: The inputs of the architecture that are used.
        split: What decides the split.
        notes: One line each: what was left out.
        columns: What the training rows say of the inputs and targets.
        rows: Training rows.
    """

    wanted: Wanted
    entry: ModelSpec
    table: Table
    guesses: Sequence[Guess]
    fields: Mapping[str, Field]
    ports: Sequence[Port]
    split: SplitBy
    notes: Sequence[str]
    columns: Columns
    rows: int


def planned(wanted: Wanted, entry: ModelSpec, ports: Sequence[Port], table: Table) -> Plan:
    """The plan; nothing is built for it.

    Raises:
        DataError: a column is missing, cannot be predicted, or no input of the architecture can
            read what there is; the message has a command line that goes on.
        UnknownNameError: a kind of column or an input that is not there.
    """
    guessed = _guessed(wanted, table)
    targets = {}
    for title in wanted.targets:
        (guess,) = (each for each in guessed if each.title == title)
        kind, note = target_kind(table, guess, wanted.kinds.get(title, ""))
        targets[title] = kind
        guessed = [
            replace(each, kind="number" if kind == "number" else "category", note=note)
            if each is guess
            else each
            for each in guessed
        ]
    taken, left = _assigned(wanted, entry, ports, guessed)
    guessed = [replace(each, **left.get(each.title, {})) for each in guessed]
    used = _used_ports(entry, ports, taken, wanted)
    fields = _fields(table, guessed, taken, used, targets)
    kept, notes = with_targets(table, fields)
    split = SplitBy(wanted.group, wanted.time)
    if wanted.time:
        with adding(lambda: f"or split the rows at random: {wanted.command(time='')}"):
            times(kept, wanted.time)
    splits, labels = read_splits(kept, fields, 0, split)
    columns = learned(fields, splits["train"], labels)
    rows = len(next(iter(splits["train"].values())))
    notes = [*notes, *colors_lost(wanted, entry, used, kept, fields)]
    return Plan(wanted, entry, kept, guessed, fields, used, split, notes, columns, rows)


def _guessed(wanted: Wanted, table: Table) -> list[Guess]:
    """The kinds of all columns; columns that the user names are there."""
    named = [*wanted.targets, *(name for names in wanted.columns.values() for name in names)]
    deciding = [name for name in (wanted.group, wanted.time) if name]
    for name in (*named, *wanted.dropped, *deciding):
        table.place(name)
    if wanted.group and wanted.time:
        raise damage(table.path, "--group and --time cannot both decide the split", 1, wanted.time)
    if deciding and SPLIT in table.header:
        problem = f"the column {SPLIT!r} already decides the split; leave out --group and --time"
        raise damage(table.path, problem, 1, SPLIT)
    for name in wanted.dropped:
        if name in named:
            raise damage(table.path, "--drop names a column that another option uses", 1, name)
    found = []
    for guess in guesses(table, wanted.kinds, named):
        if guess.title in wanted.dropped:
            guess = replace(guess, kind="", note="left out: --drop")
        elif wanted.group and guess.title == wanted.group:
            guess = replace(guess, kind="", note="left out: its rows stay in one split (--group)")
        elif wanted.time and guess.title == wanted.time:
            guess = replace(guess, note=BY_TIME)
        found.append(guess)
    return found


def _assigned(
    wanted: Wanted, entry: ModelSpec, ports: Sequence[Port], guessed: Sequence[Guess]
) -> tuple[dict[str, list[str]], dict[str, dict[str, str]]]:
    """Port -> titles of its columns, and for columns that no port takes what the table says."""
    known = {port.name: port for port in ports}
    kinds = {guess.title: guess.kind for guess in guessed}
    path = wanted.table
    assert path is not None
    taken: dict[str, list[str]] = {}
    for name, titles in wanted.columns.items():
        ports_ = {"columns": lambda near, old=name: renamed(wanted.columns, old, near)}
        check_name(f"input of {entry.name}", name, known, wanted, **ports_)
        for title in titles:
            if title in wanted.targets:
                raise damage(path, "it is a target, and cannot be an input too", 1, title)
            if kinds[title] not in TAKES[known[name].kind]:
                problem = f"input {name!r} does not take a {kinds[title]}"
                raise damage(path, f"{problem}; give it another --kind", 1, title)
        taken[name] = list(dict.fromkeys(titles))
    free = [each.title for each in guessed if each.kind and each.title not in wanted.targets]

    def open_(kind: str) -> list[str]:
        return [port.name for port in ports if port.kind == kind and port.name not in taken]

    def fitting(kinds_: Sequence[str]) -> list[str]:
        used = {title for titles in taken.values() for title in titles}
        return [title for title in free if kinds[title] in kinds_ and title not in used]

    pictures, texts = fitting(("picture",)), fitting(("text",))
    if pictures:  # one picture may be read twice, at two sizes
        last = len(pictures) - 1
        taken |= {name: [pictures[min(at, last)]] for at, name in enumerate(open_("picture"))}
    taken |= {name: [title] for name, title in zip(open_("text"), texts, strict=False)}
    vectors, rest = open_("vector"), fitting(TAKES["vector"])
    if len(vectors) > 1 and rest:
        raise damage(path, _which(wanted, vectors, rest), 1)
    if vectors and rest:
        taken[vectors[0]] = rest
    free = fitting(KINDS)
    named = {kind for port in ports if port.name in wanted.columns for kind in TAKES[port.kind]}
    why = {
        title: "--columns does not name it"
        if kinds[title] in named
        else f"{entry.name} has no input for a {kinds[title]}"
        for title in free
    }
    return taken, {title: {"kind": "", "note": f"left out: {why[title]}"} for title in free}


def _which(wanted: Wanted, ports: Sequence[str], titles: Sequence[str]) -> str:
    """The refusal to guess which columns belong to which of several inputs."""
    half = -(-len(titles) // len(ports))
    parts = {
        port: list(titles[at * half : (at + 1) * half]) or [titles[-1]]
        for at, port in enumerate(ports)
    }
    columns = {**wanted.columns, **parts}
    return (
        f"which columns belong to which input, {' or '.join(ports)}? say so, for example: "
        f"{wanted.command(columns=columns)}"
    )


def _used_ports(
    entry: ModelSpec, ports: Sequence[Port], taken: Mapping[str, Sequence[str]], wanted: Wanted
) -> list[Port]:
    """The ports that have columns; one without must be one that the builder can leave out."""
    used = [port for port in ports if taken.get(port.name)]
    for port in ports:
        if port in used or (port.switch and used):
            continue
        wants = {"vector": "numbers", "text": "text", "picture": "paths of pictures"}[port.kind]
        hint = "--kind COLUMN=text makes one a text" if port.kind == "text" else "see --kind"
        raise damage(
            wanted.table or wanted.folder,
            f"no column of {wants} for input {port.name!r} of {entry.name}; {hint}",
            1,
        )
    return used


def _fields(
    table: Table,
    guessed: Sequence[Guess],
    taken: Mapping[str, Sequence[str]],
    ports: Sequence[Port],
    targets: Mapping[str, str],
) -> dict[str, Field]:
    """Name of each input and target -> how it is read."""
    names = safe_names(table.header)
    known = {guess.title: guess for guess in guessed}
    fields: dict[str, Field] = {}
    for port in ports:
        titles = list(taken[port.name])
        plain = [
            title for title in titles if known[title].kind == "number" and not known[title].missing
        ]
        groups = series(plain) if port.kind == "vector" else {}
        grouped = {title: name for name, group in groups.items() for title in group}
        for title in titles:
            if title in grouped:
                columns = groups[grouped[title]]
                (name,) = safe_names([grouped[title]]).values()
                fields.setdefault(name, Field(columns, "number", port=port.name))
                continue
            guess = known[title]
            name = names[title] if names[title] not in fields else f"{names[title]}_{port.name}"
            # a category may go where a text is read, as one of few words
            kind = {"text": "text", "picture": "picture"}.get(port.kind, guess.kind)
            fields[name] = Field(
                (title,),
                kind,
                port.shape if kind == "picture" else (),
                length=port.least if port.kind == "text" else 0,
                port=port.name,
                missing=bool(guess.missing) and kind != "picture",
                format=guess.format,
            )
    for title, kind in targets.items():
        name = names[title] if names[title] not in fields else f"{names[title]}_target"
        vocabulary = name if kind == "label" else ""
        fields[name] = Field((title,), kind, vocabulary=vocabulary, target=True, missing=True)
    return fields


def plan_for(wanted: Wanted, entry: ModelSpec, ports: Sequence[Port] | None) -> Plan | None:
    """The plan, if the architecture can take the columns as they are; else None.

    Raises:
        DataError, UnknownNameError: as `planned`.
        BuildError: options that only such a plan knows, for an architecture that has none.
    """
    assert wanted.table is not None
    table = read_csv(wanted.table)
    if ports and not _by_columns(wanted, ports, table):
        return planned(wanted, entry, ports, table)
    if given := wanted.of_a_plan:
        raise BuildError(f"{entry.name} reads columns side by side, and takes no {given[0]}")
    return None


def _by_columns(wanted: Wanted, ports: Sequence[Port], table: Table) -> bool:
    """Whether the pictures are columns of pixels, as there is no column of paths."""
    if not any(port.kind == "picture" and not port.switch for port in ports):
        return False
    return not any(
        guess.kind == "picture" for guess in guesses(table, wanted.kinds, wanted.targets)
    )


def table_of(plan: Plan) -> list[tuple[str, ...]]:
    """What is shown before anything is written: a row for every column, or numbered series."""
    rows = []
    grouped = {
        title: field.columns
        for field in plan.fields.values()
        if len(field.columns) > 1
        for title in field.columns
    }
    for guess in plan.guesses:
        columns = grouped.get(guess.title)
        if columns and guess.title != columns[0]:
            continue
        title = f"{columns[0]} ... {columns[-1]}" if columns else guess.title
        names = [name for name, each in plan.fields.items() if guess.title in each.columns]
        ports = [plan.fields[name].port for name in names]
        note = guess.note
        if len(plan.ports) > 1 and (not note or note == BY_TIME):
            place = f"input {some([port for port in ports if port])}"
            note = f"{place}; {note}" if note else place
        forms = [form(plan.fields[name]) for name in names if guess.kind == "picture"]
        if forms:
            note = "; ".join(part for part in (*forms, note) if part)
        if columns:
            note = "; ".join(part for part in (f"{len(columns)} columns", note) if part)
        rows.append(
            (
                " ".join(title.split()) or "(no title)",
                guess.kind or "-",
                f"{guess.distinct:,}",
                f"{guess.missing:,}" if guess.missing else "-",
                guess.example,
                note,
            )
        )
    return rows


def arguments_of(plan: Plan) -> dict[str, Any]:
    """Builder arguments that the plan decides: which inputs to build."""
    return {
        port.switch: tuple(each.name for each in plan.ports) for port in plan.ports if port.switch
    }
