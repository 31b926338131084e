"""Repeating a run from its record, and comparing the two to the last bit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.console import Reporter
from zoo.core.errors import TrainingError
from zoo.experiments import provenance, run_folder
from zoo.experiments.runs import LOGDIR, Run, load_run
from zoo.experiments.trainer import fit
from zoo.recipes.recipe import Recipe


def reproduce(
    run: str | Path, *, logdir: str | Path = LOGDIR, reporter: Reporter | None = None
) -> list[str]:
    """Train again what a finished run trained; every difference in a line, none if identical.

    Differences of versions and machine come first: they are the usual reason for the others.

    Raises:
        TrainingError: no such run, or it did not finish.
        DataError: its data is not there any more.
    """
    before = load_run(run, logdir)
    record = before.record
    if "ensemble" in record:
        members = ", ".join(member["run"] for member in record["ensemble"]["members"])
        raise TrainingError(f"an ensemble is not trained; reproduce its members: {members}")
    with tempfile.TemporaryDirectory() as folder:
        after = fit(
            Recipe.from_dict(record["recipe"]),
            data=record["data"]["source"],
            seed=record["seed"],
            logdir=folder,
            reporter=reporter or Reporter(),
        )
        return list(_differences(before, after))


def _differences(before: Run, after: Run) -> Iterator[str]:
    old, new = before.record, after.record
    places = {
        "versions": (old["versions"], provenance.versions()),
        "machine": (old["machine"], provenance.machine()),
    }
    for place, (was, now) in places.items():
        for key in was:
            if was[key] != now.get(key):
                yield f"{place}: {key} was {was[key]}, is {now.get(key)}"
    for key in ("engine", "parameters"):
        if old[key] != new[key]:
            yield f"{key} was {old[key]}, is {new[key]}"
    if old["data"]["fingerprint"] != new["data"]["fingerprint"]:
        yield "data: another fingerprint"
    yield from _history_difference(before.folder, after.folder)
    pairs = zip(before.model.weights, after.model.weights, strict=False)
    for was, now in pairs:
        difference = np.abs(_numpy(was) - _numpy(now)).max() if was.shape == now.shape else np.inf
        if difference:
            yield f"weights: {was.path} differs by up to {difference:.3g}"
            return


def _history_difference(before: Path, after: Path) -> Iterator[str]:
    """The first line in which the two histories differ."""
    lines = [
        (folder / run_folder.HISTORY).read_text(encoding="utf-8").splitlines()
        for folder in (before, after)
    ]
    if len(lines[0]) != len(lines[1]):
        yield f"history: {len(lines[0]) - 1} epochs were run, now {len(lines[1]) - 1}"
    for epoch, (was, now) in enumerate(zip(*lines, strict=False)):
        if was != now:
            yield f"history: epoch {epoch} was {was}, is {now}"
            return


def _numpy(variable: Any) -> np.ndarray:
    return np.asarray(variable.numpy(), dtype=np.float64)
