"""Refusals of `zoo new` that end in a command line that goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from zoo.core.columns import safe_names
from zoo.core.errors import BuildError, DataError, UnknownNameError
from zoo.data.csv import damage
from zoo.data.kinds import KINDS
from zoo.scaffold.wanted import Wanted


@contextmanager
def adding(way_on: Callable[[], str]) -> Iterator[None]:
    """Add to a refusal of the block how to go on, unless it says so itself."""
    try:
        yield
    except (BuildError, DataError) as error:
        more = "" if "zoo new " in str(error) else way_on()
        if not more:
            raise
        raise type(error)(f"{error}; {more}") from error


def check_name(
    kind: str, name: str, known: Iterable[str], wanted: Wanted, **changes: Callable[[str], Any]
) -> None:
    """Refuse a name that is not known, with the whole command line where one is near.

    Args:
        kind: What has the name, for the message.
        name: As the user wrote it.
        known: The names that there are.
        wanted: What the user asked for.
        **changes: Attribute of `Wanted` -> a function of the nearest name that gives it, or of ""
            where none is near.

    Raises:
        UnknownNameError: it is not known.
    """
    names = sorted(known)
    if name in names:
        return
    error = UnknownNameError(kind, name, names)
    near = next(iter(get_close_matches(name, names, n=1, cutoff=0.5)), "")
    right = {key: change(near) for key, change in changes.items()}
    how = " The whole command" if near else "; for example"
    error.args = (f"{error}{how}: {wanted.command(**right)}",)
    raise error


def renamed(values: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """A mapping with another key in an entry's place; without the entry, if that is empty."""
    pairs = ((new if key == old else key, value) for key, value in values.items())
    return {key: value for key, value in pairs if key}


def check_titles(wanted: Wanted, header: Sequence[str]) -> None:
    """Refuse columns that the table does not have, with the whole command line set right.

    Raises:
        DataError: a column is not there, or is named twice.
        UnknownNameError: no such kind of column.
    """
    assert wanted.table is not None
    titles = [
        *wanted.targets,
        *wanted.kinds,
        *wanted.dropped,
        *(title for names in wanted.columns.values() for title in names),
        *(title for title in (wanted.group, wanted.time) if title),
    ]
    for place, names in (("--target", wanted.targets), *wanted.columns.items()):
        for title in names:
            if names.count(title) > 1:
                raise damage(wanted.table, f"{place} names this column twice", 1, title)
    wrong = [title for title in dict.fromkeys(titles) if title not in header]
    right = {title: near for title in wrong if (near := _nearest(title, header))}
    if len(right) == len(wrong):
        kinds = {right.get(title, title): kind for title, kind in wanted.kinds.items()}
        meant = replace(
            wanted,
            targets=[right.get(title, title) for title in wanted.targets],
            kinds=kinds,
            dropped=[right.get(title, title) for title in wanted.dropped],
            columns={
                port: [right.get(title, title) for title in names]
                for port, names in wanted.columns.items()
            },
            group=right.get(wanted.group, wanted.group),
            time=right.get(wanted.time, wanted.time),
        )
    else:
        meant = wanted
    for column, kind in meant.kinds.items():
        if not wrong:
            others = {title: other for title, other in meant.kinds.items() if title != column}
            changed = {
                "kinds": lambda near, column=column, others=others: (
                    {**others, column: near} if near else others
                )
            }
            check_name("kind of column", kind, KINDS, meant, **changed)
    if wrong and meant is not wanted:
        several = len(wrong) > 1
        told = f"no column{'s' * several} {', '.join(map(repr, wrong))}"
        near = f"the nearest {'are' if several else 'is'} {', '.join(map(repr, right.values()))}"
        problem = f"{told}; {near}; the whole command: {meant.command()}"
        raise damage(wanted.table, problem, 1)


def _nearest(title: str, header: Sequence[str]) -> str:
    """The title that is meant: the same but for case and marks, or one that is spelled alike."""
    plain = {name: title for title, name in safe_names(list(dict.fromkeys(header))).items()}
    (own,) = safe_names([title]).values()
    near = get_close_matches(own, [*plain], n=1, cutoff=0.6)
    return plain[near[0]] if near else ""
