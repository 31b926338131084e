"""What the user asks `zoo new` for, and the command line that asks for it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Wanted:
    """The arguments of `zoo new`.

    Attributes:
        folder: The project's folder.
        source: A registered architecture.
        table: A CSV table; without one an example is made up.
        targets: Columns to predict.
        kinds: Column -> kind, where the guess is wrong.
        dropped: Columns to leave out.
        columns: Input or output of the architecture -> columns.
        group, time: A column that decides the split.
        arguments: Arguments of the builder.
    """

    folder: Path
    source: str
    table: Path | None = None
    targets: Sequence[str] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    dropped: Sequence[str] = ()
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    group: str = ""
    time: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of_a_plan(self) -> list[str]:
        """The options given that only a plan of columns to predict can follow."""
        options = {
            "--kind": self.kinds,
            "--drop": self.dropped,
            "--group": self.group,
            "--time": self.time,
        }
        return [option for option, value in options.items() if value]

    def command(self, **changes: Any) -> str:
        """The command line, with some of the attributes changed."""
        asked = replace(self, **changes)
        words = ["zoo", "new", str(asked.folder), "--from", asked.source]
        words += ["--csv", str(asked.table)] if asked.table else []
        for option, values in (
            ("--target", asked.targets),
            ("--kind", [f"{column}={kind}" for column, kind in asked.kinds.items()]),
            ("--drop", asked.dropped),
            ("--columns", [f"{port}={','.join(names)}" for port, names in asked.columns.items()]),
            ("--group", [asked.group] if asked.group else []),
            ("--time", [asked.time] if asked.time else []),
            ("--set", [f"{key}={value}" for key, value in asked.arguments.items()]),
        ):
            for value in values:
                words += [option, value]
        return shlex.join(words)
