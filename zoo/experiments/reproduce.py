"""Repeating a run from its record, and comparing the two bit for bit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.console import Reporter, Verbose, reporter_for
from zoo.core.errors import StoppedEarly, TrainingError
from zoo.experiments.given import record_data
from zoo.experiments.record import Machine, RunRecord, one_line
from zoo.experiments.runs import HISTORY, LOGDIR, Run, RunContext, find, load_run
from zoo.experiments.trainer import train
from zoo.recipes.fields import as_json
from zoo.training.devices import KINDS, set_threads, threads


def reproduce(
    run: str | Path | Run,
    *,
    data: Any = None,
    validation_data: Any = None,
    logdir: str | Path = LOGDIR,
    verbose: Verbose = "auto",
    reporter: Reporter | None = None,
) -> list[str]:
    """Train again what a finished run trained; every difference in a line, none if identical.

    Differences of versions and machine come first: they are the usual reason for the others.

    Args:
        data, validation_data: The rows of a run whose data was given in memory, once more.
        verbose, reporter: As `zoo.fit` takes them.

    Raises:
        TrainingError: no such run, or it did not finish.
        StoppedEarly: Ctrl-C; nothing is kept.
        DataError: its data is not there any more.
    """
    console = reporter or reporter_for(verbose)
    if not isinstance(run, Run):
        _set_up(RunRecord.read(find(run, Path(logdir))).machine, console)
    with console.phase("loading the run"):
        before = load_run(run, logdir)
    record = before.record
    if record.ensemble:
        members = ", ".join(member.run for member in record.ensemble.members)
        raise TrainingError(
            f"an ensemble has no training of its own; reproduce its members: {members}"
        )
    history = _history(before.folder)
    with tempfile.TemporaryDirectory() as folder:
        rows = record_data(record, data, validation_data)
        context = RunContext(Path(folder), console, record.seed, temporary=True)
        try:
            after = train(context, record.recipe, rows)
        except StoppedEarly as error:
            raise StoppedEarly(f"{error}; nothing was compared") from error
        return list(_differences(before, history, after))


def _set_up(machine: Machine, console: Reporter) -> None:
    """Give TensorFlow the threads that the run had, or say which settings differ."""
    for kind in KINDS:
        count = getattr(machine, kind)
        if count is not None and threads(kind) != count:
            set_threads(kind, count)
    now = as_json(Machine())
    told = [
        f"{key} was {was}, is {now[key]}"
        for key, was in as_json(machine).items()
        if was is not None and was != now[key]
    ]
    if told:
        console.line(f"note: the last bits may differ: {', '.join(told)}")


def _differences(before: Run, history: Sequence[str], after: Run) -> Iterator[str]:
    old, new = before.record, after.record
    for place in ("versions", "machine"):
        was, now = as_json(getattr(old, place)), as_json(getattr(new, place))
        for key in was:
            if was[key] != now.get(key) and not (place == "machine" and was[key] is None):
                yield f"{place}: {key} was {was[key]}, is {now.get(key)}"
    for key in ("engine", "parameters"):
        if getattr(old, key) != getattr(new, key):
            yield f"{key} was {getattr(old, key)}, is {getattr(new, key)}"
    if old.data.fingerprint != new.data.fingerprint:
        yield "data: the fingerprint differs"
    yield from _history_difference(history, _history(after.folder))
    pairs = zip(before.model.weights, after.model.weights, strict=False)
    for was, now in pairs:
        difference = np.abs(_numpy(was) - _numpy(now)).max() if was.shape == now.shape else np.inf
        if difference:
            yield f"weights: {was.path} differs by up to {difference:.3g}"
            return


def _history_difference(was: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    """The first line in which the two histories differ."""
    if len(was) != len(now):
        yield f"history: {len(was) - 1} epochs before, {len(now) - 1} now"
    for epoch, (old, new) in enumerate(zip(was, now, strict=False)):
        if old != new:
            yield f"history: epoch {epoch} was {old}, is {new}"
            return


def _history(folder: Path) -> list[str]:
    """The lines of a run's history.csv."""
    path = folder / HISTORY
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {one_line(error)}") from error


def _numpy(variable: Any) -> np.ndarray:
    return np.asarray(variable.numpy(), dtype=np.float64)
