"""All runs below a folder, and what differs between some of them. Loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from zoo.core.console import score_text
from zoo.core.errors import TrainingError, not_found
from zoo.experiments import runs
from zoo.experiments.evaluation import without_repetition
from zoo.experiments.record import RunRecord
from zoo.recipes.expectations import main_metric, more_is_better
from zoo.recipes.fields import SAID
from zoo.tensorboard.events import flattened

# Runs, and those that only served another one: an ensemble's members, what a stacked model reads.
PLACES = ("*/*", "*/members/*", "*/upstream/*")


@dataclass(frozen=True)
class Row:
    """One run of the list.

    Attributes:
        name: `RECIPE/RUN`, as commands take it.
        record: None if run.json is damaged.
        error: What is wrong with it then.
        metric: The test metric to compare it by; empty if it has none yet.
    """

    folder: Path
    name: str
    record: RunRecord | None
    error: str = ""
    metric: str = ""

    @property
    def value(self) -> float | None:
        """Of the metric, on the test rows."""
        scores = self.record.metrics.get("test", {}) if self.record else {}
        return scores.get(self.metric)

    @property
    def epochs(self) -> int:
        """Epochs that were run, so far."""
        run = self.record.epochs_run if self.record else 0
        return run or max(0, runs.epochs_run(self.folder))

    @property
    def seconds(self) -> float | None:
        """Of the whole command, if it has ended."""
        return self.record.seconds.get("total") if self.record else None

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data, for JSON."""
        held = self.record
        return {
            "run": self.name,
            "folder": str(self.folder),
            "status": held.status if held else "damaged",
            "recipe": held.recipe.name if held else None,
            "data": held.data.source if held else None,
            "seed": held.seed if held else None,
            "started": held.started if held else None,
            "epochs": self.epochs,
            "seconds": self.seconds,
            "metric": self.metric or None,
            "value": self.value,
            "metrics": held.metrics if held else {},
            "error": self.error or (held.error if held else ""),
        }


def listed(logdir: Path, pattern: str = "*") -> list[Row]:
    """The runs below `logdir` whose recipe, or `RECIPE/RUN`, matches a wildcard.

    Raises:
        TrainingError: no such folder, or no run matches; the message gives the nearest.
    """
    if not logdir.is_dir():
        raise TrainingError(
            f"there is no folder {logdir}: train a recipe first, or name another with --logdir DIR"
        )
    found = [_row(folder, logdir) for each in PLACES for folder in runs.folders(logdir, each)]
    known = {row.name.partition("/")[0] for row in found}
    chosen = [
        row
        for row in found
        if fnmatchcase(row.name, pattern) or fnmatchcase(row.name.partition("/")[0], pattern)
    ]
    if not chosen and pattern != "*":
        raise TrainingError(f"{not_found('run', pattern, known)} (looked in {logdir})")
    return chosen


def row_of(run: str, logdir: Path) -> Row:
    """The run of that name, finished or not.

    Raises:
        TrainingError: no such run.
    """
    return _row(runs.find(run, logdir, finished=False), logdir)


def _row(folder: Path, logdir: Path) -> Row:
    inside = folder.is_relative_to(logdir)
    name = folder.relative_to(logdir).as_posix() if inside else str(folder)
    try:
        held = RunRecord.read(folder)
    except TrainingError as error:
        return Row(folder, name, None, str(error))
    scores = held.metrics.get("test", {})
    return Row(folder, name, held, metric=main_metric(held.recipe, held.data.source, scores))


def ordered(rows: Iterable[Row], by: str = "best") -> list[Row]:
    """The runs in order; of equals the newest first.

    Args:
        rows: In any order.
        by: `best`: by recipe and source of the data, the best score first. `newest`, or fewest
            `seconds` or `epochs`, without regard to the recipe. Runs without one come last.
    """
    newest = sorted(rows, key=lambda row: row.folder.name, reverse=True)
    if by == "newest":
        return newest
    if by == "best":
        return sorted(newest, key=_rank)
    return sorted(newest, key=lambda row: _last(getattr(row, by)))


def _rank(row: Row) -> tuple[str, str, bool, str, float]:
    recipe = row.name.partition("/")[0]
    source = row.record.data.source if row.record else "~"  # the damaged ones last
    value = row.value
    if value is not None and more_is_better(row.metric):
        value = -value
    return recipe, source, value is None, row.metric, value or 0.0


def _last(value: float | None) -> tuple[bool, float]:
    """A key that puts None behind all numbers."""
    return value is None, value or 0.0


def differences(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Setting, then its value in each run, of the settings that are not the same in all."""
    held = [_settings(row.record) if row.record else {} for row in rows]
    keys = dict.fromkeys(key for each in held for key in each)
    found = [(key, *(_shown(each.get(key)) for each in held)) for key in keys]
    return [line for line in found if len(set(line[1:])) > 1]


def _settings(record: RunRecord) -> Mapping[str, Any]:
    """What a run was made with, flat."""
    fields = record.recipe.to_dict()
    return flattened(
        {
            "recipe": fields.pop("name"),
            **{key: value for key, value in fields.items() if key not in SAID},
            "seed": record.seed,
            "data": {"source": record.data.source, "fingerprint": record.data.fingerprint[:16]},
            "engine": record.engine,
            "parameters": record.parameters,
            "ensemble": [each.run for each in record.ensemble.members] if record.ensemble else [],
            "versions": dict(record.versions),
            "commit": record.commit or "",
        }
    )


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def scores(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """`split metric`, then its value in each run, for every score that any run has.

    A loss that repeats a metric beside it in every run is left out.
    """
    records = [row.record for row in rows if row.record]
    held = [row.record.metrics if row.record else {} for row in rows]
    told = [without_repetition(record.recipe, record.metrics) for record in records]
    keys = dict.fromkeys(
        (split, metric) for each in told for split, found in each.items() for metric in found
    )
    lines = []
    for split, metric in keys:
        values = (each.get(split, {}).get(metric) for each in held)
        cells = ("" if value is None else score_text(value) for value in values)
        lines.append((f"{split} {metric}", *cells))
    return lines
