"""Run folders: `LOGDIR/RECIPE/RUN/` with everything one training left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoo.core.errors import TrainingError, UnknownNameError
from zoo.core.files import write_text

RECORD = "run.json"
MODEL = "model.keras"
HISTORY = "history.csv"
DIAGRAM = "diagram.svg"
LABELS = "labels.json"
NEEDED = ("status", "recipe", "seed", "data")  # of a record, from the first epoch on


def create(logdir: Path, recipe: str, seed: int) -> Path:
    """Make an empty folder named by UTC time and seed, unique even within one second.

    Raises:
        TrainingError: the folder cannot be made.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for attempt in range(1000):
        folder = logdir / recipe / f"{stamp}-seed{seed}{f'-{attempt}' if attempt else ''}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not folder.is_dir():
                raise TrainingError(f"cannot write runs to {folder.parent}: it is a file") from None
        except OSError as error:
            raise TrainingError(
                f"cannot make a run folder under {logdir} ({error.strerror}); choose another with "
                "--logdir DIR"
            ) from error
        else:
            return folder
    raise TrainingError(f"{logdir / recipe} holds a thousand runs of this second")


def find(run: str | Path, logdir: Path, *, finished: bool = True) -> Path:
    """The run folder that `run` names: a path, `RECIPE/RUN`, or a recipe's latest run.

    Raises:
        TrainingError: no such run, or none that finished.
    """
    for candidate in (Path(run), logdir / run):
        if (candidate / RECORD).is_file():
            return candidate
    runs = sorted(path.parent for path in (logdir / run).glob(f"*/{RECORD}"))
    if finished:
        runs = [path for path in runs if read(path).get("status") == "finished"]
    if runs:
        return runs[-1]
    if (logdir / run).is_dir():
        raise TrainingError(f"no finished run in {logdir / run}; zoo train {run} makes one")
    known = sorted(path.name for path in logdir.glob("*") if path.is_dir())
    raise TrainingError(f"{UnknownNameError('run', run, known)} (looked in {logdir})")


def read(folder: Path) -> dict[str, Any]:
    """The run's record.

    Raises:
        TrainingError: run.json is missing or damaged.
    """
    path = folder / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TrainingError(f"{folder} is no run folder: it has no {RECORD}") from None
    except ValueError as error:
        raise TrainingError(f"{path} is damaged: {error}") from error
    if not isinstance(record, dict):
        raise TrainingError(f"{path} is damaged: not a mapping")
    for key in NEEDED:
        if key not in record:
            raise TrainingError(f"{path} is damaged: it has no {key}")
    return record


def write(folder: Path, record: Mapping[str, Any]) -> None:
    """Write the run's record, whole or not at all."""
    write_text(folder / RECORD, to_json(record))


def to_json(record: Mapping[str, Any]) -> str:
    """The record as run.json holds it."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_labels(folder: Path, labels: Mapping[str, Sequence[str]]) -> None:
    """Keep the vocabularies, so that the run can be asked by name without its data."""
    write_text(folder / LABELS, to_json({name: list(words) for name, words in labels.items()}))


def read_labels(folder: Path) -> dict[str, list[str]]:
    """The vocabularies that `write_labels` kept.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    path = folder / LABELS
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error


def epochs_run(folder: Path) -> int:
    """Epochs in the run's history."""
    path = folder / HISTORY
    return len(path.read_text(encoding="utf-8").splitlines()) - 1 if path.is_file() else 0
