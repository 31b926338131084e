"""Run folders: `LOGDIR/RECIPE/RUN/`, with everything that one training run wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoo._keras import keras
from zoo.core.console import Reporter, Timer
from zoo.core.errors import TrainingError, UnknownNameError
from zoo.core.files import write_text
from zoo.experiments import record
from zoo.experiments.record import SEEDS, RunRecord, Scores
from zoo.recipes.fields import checked
from zoo.recipes.functions import FUNCTIONS, custom_names
from zoo.training.metrics import mean_prediction

LOGDIR = Path("tensorboard_logs")
MODEL = "model.keras"
HISTORY = "history.csv"
DIAGRAM = "diagram.svg"
LABELS = "labels.json"
LATEST = "latest"  # names the newest finished run of all recipes


@dataclass(frozen=True)
class RunContext:
    """What all parts of a run share, and what no recipe says.

    Attributes:
        logdir: Parent of the run folders.
        console: Where progress goes.
        seed: Seed of the weights and of the order of the rows.
        profile: Profile a few steps, for TensorBoard's profile page.
        timer: Seconds by phase of the run.
    """

    logdir: Path
    console: Reporter = field(default_factory=Reporter)
    seed: int = 0
    profile: bool = False
    timer: Timer = field(default_factory=Timer)

    def __post_init__(self) -> None:
        if type(self.seed) is not int or not 0 <= self.seed < SEEDS:
            raise TrainingError(
                f"the seed must be a whole number from 0 to 2**32 - 1, not {self.seed}"
            )


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, its trained model and its record (run.json)."""

    folder: Path
    model: keras.Model
    record: RunRecord = field(repr=False)

    @property
    def metrics(self) -> Scores:
        """The model's scores: split -> metric -> value."""
        return self.record.metrics

    @property
    def baseline(self) -> Scores:
        """The classical model's scores; empty if the recipe names none."""
        return self.record.baseline


def load_run(
    run: str | Path,
    logdir: str | Path = LOGDIR,
    custom_objects: Mapping[str, Any] | None = None,
) -> Run:
    """A finished run, by folder, by `RECIPE/RUN` or by recipe name (its latest run).

    The model is loaded in Keras's safe mode: no pickled code is run. It is not compiled if the
    recipe names a loss or metric of yours that this process does not have.

    Args:
        custom_objects: Losses and metrics of your own, by the name that the recipe has.

    Raises:
        TrainingError: no such run, or its files are missing or damaged.
    """
    folder = find(run, Path(logdir))
    found = RunRecord.read(folder)
    if found.status != "finished":
        raise TrainingError(f"{folder} did not finish (its status is {found.status!r})")
    path = folder / MODEL
    if not path.is_file():
        raise TrainingError(f"{folder}: {path.name} is missing; train it again")
    FUNCTIONS.update(custom_objects or {})
    asked = custom_names(found.recipe)
    own = {name: FUNCTIONS[name] for name in asked if name in FUNCTIONS}
    known = len(own) == len(asked)
    own["mean_prediction"] = mean_prediction
    try:
        model = keras.models.load_model(path, custom_objects=own, compile=known, safe_mode=True)
    except Exception as error:  # zipfile, h5py, json and Keras each raise their own
        raise TrainingError(f"{path} cannot be loaded: {record.one_line(error)}") from error
    return Run(folder, model, found)


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
                raise TrainingError(
                    f"cannot write runs to {folder.parent}: it is a file, not a folder"
                ) from None
        except OSError as error:
            raise TrainingError(
                f"cannot make a run folder under {logdir} ({error.strerror}); choose another with "
                "--logdir DIR"
            ) from error
        else:
            return folder
    raise TrainingError(f"too many runs started this second in {logdir / recipe}; try again")


def find(run: str | Path, logdir: Path, *, finished: bool = True) -> Path:
    """The run folder that `run` names: a path, `RECIPE/RUN`, a recipe's latest run, or `latest`.

    Runs that are damaged are never the latest.

    Raises:
        TrainingError: no such run, or none that finished.
    """
    for candidate in (Path(run), logdir / run):
        if (candidate / record.FILE).is_file():
            return candidate
    newest = folders(logdir, "*/*") if str(run) == LATEST else folders(logdir / run)
    for folder in newest:
        if not finished or _finished(folder):
            return folder
    if str(run) == LATEST:
        raise TrainingError(f"no finished run in {logdir}; train one with `zoo train RECIPE`")
    if (logdir / run).is_dir():
        raise TrainingError(f"no finished run in {logdir / run}; train one with `zoo train {run}`")
    known = sorted(path.name for path in logdir.glob("*") if path.is_dir())
    raise TrainingError(f"{UnknownNameError('run', run, known)} (looked in {logdir})")


def folders(parent: Path, pattern: str = "*") -> list[Path]:
    """The run folders in `parent` that match a wildcard, the newest first."""
    found = (path.parent for path in parent.glob(f"{pattern}/{record.FILE}"))
    return sorted(found, key=lambda folder: (folder.name, folder), reverse=True)


def _finished(folder: Path) -> bool:
    try:
        return RunRecord.read(folder).status == "finished"
    except TrainingError:
        return False


def write_labels(folder: Path, labels: Mapping[str, Sequence[str]]) -> None:
    """Keep the vocabularies, so that the run can be asked by name without its data."""
    write_text(
        folder / LABELS, record.to_json({name: list(words) for name, words in labels.items()})
    )


def read_labels(folder: Path) -> dict[str, tuple[str, ...]]:
    """The vocabularies that `write_labels` kept.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    path = folder / LABELS
    try:
        content = record.parsed(path.read_text(encoding="utf-8"))
        return checked(Mapping[str, tuple[str, ...]], content, "labels")
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {record.one_line(error)}") from error


def epochs_run(folder: Path) -> int:
    """Epochs in the run's history."""
    path = folder / HISTORY
    return len(path.read_text(encoding="utf-8").splitlines()) - 1 if path.is_file() else 0
