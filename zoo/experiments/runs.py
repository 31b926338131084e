"""Run folders: `LOGDIR/RECIPE/RUN/`, with everything that one training run wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from zoo._keras import keras
from zoo.core.console import Reporter, Timer
from zoo.core.errors import TrainingError, UnknownNameError
from zoo.core.files import replacing, write_text
from zoo.experiments import record
from zoo.experiments.record import SEEDS, RunRecord
from zoo.experiments.run import Run as Run
from zoo.models.registry import spec
from zoo.recipes.fields import checked
from zoo.recipes.functions import FUNCTIONS, custom_names
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import list_recipes
from zoo.training.metrics import mean_prediction
from zoo.training.sizes import file_size

LOGDIR = Path("tensorboard_logs")
MODEL = "model.keras"
HISTORY = "history.csv"
DIAGRAM = "diagram.svg"
PICTURE = "picture.png"  # the results at a glance
CURVES = "curves.png"  # losses and metrics by epoch
LABELS = "labels.json"
# Folders beside a recipe's runs, for runs that another one needed: none of them is the latest.
MEMBERS, UPSTREAM = PARTS = ("members", "upstream")
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
        part: What another run needs this one for, of `PARTS`; empty if a person asked for it.
        temporary: The run folder is deleted afterwards, so that no line names it.
        strategy: A `tf.distribute` strategy whose workers or devices train together.
    """

    logdir: Path
    console: Reporter = field(default_factory=Reporter)
    seed: int = 0
    profile: bool = False
    timer: Timer = field(default_factory=Timer)
    part: str = ""
    temporary: bool = False
    strategy: Any = None

    def __post_init__(self) -> None:
        if type(self.seed) is not int or not 0 <= self.seed < SEEDS:
            raise TrainingError(
                f"the seed must be a whole number from 0 to 2**32 - 1, not {self.seed}"
            )

    @property
    def asked_for(self) -> bool:
        """Whether a person wants this run itself, and not only what another one makes of it."""
        return not (self.part or self.temporary)

    @property
    def chief(self) -> bool:
        """Whether this process prints and writes: of several workers, one does."""
        return self.strategy is None or self.strategy.extended.should_checkpoint

    @property
    def workers(self) -> int:
        """How many processes train together."""
        resolver = getattr(self.strategy, "cluster_resolver", None)
        groups = resolver.cluster_spec().as_dict().values() if resolver is not None else ()
        return max(1, sum(map(len, groups)))

    @contextmanager
    def phase(self, name: str, what: str) -> Iterator[None]:
        """Time the block under a name, and tell the person what it does."""
        with self.timer.phase(name), self.console.phase(what):
            yield


def load_run(
    run: str | Path | Run,
    logdir: str | Path = LOGDIR,
    custom_objects: Mapping[str, Any] | None = None,
) -> Run:
    """A finished run, by folder, by `RECIPE/RUN` or by recipe name (its latest run).

    The model is loaded in Keras's safe mode: no pickled code is run. It is not compiled if the
    recipe names a loss or metric of yours that this process does not have.

    Args:
        run: What names the run; a `zoo.Run` is given back as it is.
        logdir: The folder that holds the run folders.
        custom_objects: Losses and metrics of your own, by the name that the recipe has.

    Returns:
        The `zoo.Run`: `model`, `metrics`, `history`, `predict`, `evaluate` and more.

    Raises:
        TrainingError: no such run, or its files are missing or damaged.

    Example:
        >>> import zoo
        >>> made = zoo.fit("tiny_dense", data="planted", epochs=1, engine="fit", verbose=0)
        >>> run = zoo.load_run("tiny_dense")
        >>> run.folder == made.folder, run.metrics == made.metrics
        (True, True)
    """
    if isinstance(run, Run):
        FUNCTIONS.update(custom_objects or {})
        return run
    folder, found = finished(run, Path(logdir))
    path = folder / MODEL
    if not is_zipfile(path):  # Keras would say that there is no such file
        raise TrainingError(
            f"{path} is damaged, perhaps cut short: copy it once more, or train it again"
        )
    FUNCTIONS.update(custom_objects or {})
    asked = custom_names(found.recipe)
    own = {name: FUNCTIONS[name] for name in asked if name in FUNCTIONS}
    known = len(own) == len(asked)
    own["mean_prediction"] = mean_prediction
    try:
        model = keras.models.load_model(path, custom_objects=own, compile=known, safe_mode=True)
    except Exception as error:  # zipfile, h5py, json and Keras each raise their own
        raise TrainingError(
            f"{path} cannot be loaded; if it is damaged, copy it once more or train it again: "
            f"{record.one_line(error)}"
        ) from error
    return Run(folder, model, found)


def write_model(folder: Path, model: keras.Model) -> None:
    """Write a run's model, whole or not at all."""
    with replacing(folder / MODEL, file_size(model)) as partial:
        model.save(partial)


def finished(run: str | Path, logdir: Path) -> tuple[Path, RunRecord]:
    """A finished run's folder and record; its model, which takes seconds to load, is not read.

    Raises:
        TrainingError: no such run, or its files are missing or damaged.
    """
    folder = find(run, logdir)
    found = RunRecord.read(folder)
    if found.status != "finished":
        raise TrainingError(f"{folder} did not finish (its status is {found.status!r})")
    if not (folder / MODEL).is_file():
        raise TrainingError(f"{folder}: {MODEL} is missing; train it again")
    name = found.recipe.architecture
    try:
        spec(name)
    except UnknownNameError:
        raise TrainingError(
            f"{folder}: its architecture {name!r} is not installed; `pip install -e FOLDER` "
            "installs the project that has it"
        ) from None
    return folder, found


def described(run: str | Path | Run, logdir: Path) -> Run:
    """A finished run whose model is not loaded yet: what is asked of it can be checked first.

    Raises:
        TrainingError: no such run, or its files are missing or damaged.
    """
    if isinstance(run, Run):
        return run
    none: Any = None
    folder, found = finished(run, logdir)
    return Run(folder, none, found)


def with_model(run: Run) -> Run:
    """The run with its model, loaded if it is not yet.

    Raises:
        TrainingError: the model is damaged.
    """
    return run if run.model else load_run(run.folder)


def create(logdir: Path, recipe: str, seed: int, part: str = "", *, changed: str = "") -> Path:
    """Make an empty folder named by UTC time, seed and what was changed, such as `epochs=2`.

    The time comes first, so that names are in order; folders of one second are numbered.

    Args:
        part: What another run needs it for, of `PARTS`; such a run is never a recipe's latest.

    Raises:
        TrainingError: the folder cannot be made.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    end = f"-seed{seed}" + f"-{changed}" * bool(changed)
    for attempt in range(1000):
        folder = logdir / recipe / part / f"{stamp}{f'.{attempt:03d}' if attempt else ''}{end}"
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


def find(run: str | Path | Run, logdir: Path, *, finished: bool = True) -> Path:
    """The run folder that `run` names: a path, `RECIPE/RUN`, a recipe's latest run, or `latest`.

    Runs that are damaged are never the latest.

    A run that another one needed is found by its path or by `RECIPE/RUN`, never as the latest.

    Raises:
        TrainingError: no such run, or none that finished.
    """
    if isinstance(run, Run):
        return run.folder
    if not isinstance(run, str | Path):
        raise TrainingError(f"a run is a name, a path or a zoo.Run, not {type(run).__name__}")
    if not str(run).strip():
        raise TrainingError(
            "the name of the run is empty: give a run folder, RECIPE/RUN, a recipe or latest"
        )
    place = logdir / run
    for candidate in (Path(run), place, *(place.parent / part / place.name for part in PARTS)):
        if (candidate / record.FILE).is_file():
            return candidate
    newest = folders(logdir, "*/*") if str(run) == LATEST else folders(place)
    for folder in newest:
        if not finished or _finished(folder):
            return folder
    if str(run) == LATEST:
        raise TrainingError(f"no finished run in {logdir}; train one with `zoo train RECIPE`")
    if place.is_dir():
        needed = [each for part in PARTS for each in folders(place / part)]
        others = f" other than those that other runs needed, such as {needed[0]}" if needed else ""
        raise TrainingError(f"no finished run in {place}{others}; train one with `zoo train {run}`")
    if str(run) in list_recipes():
        raise TrainingError(f"no run of {run} in {logdir}; train one with `zoo train {run}`")
    known = sorted(path.name for path in logdir.glob("*") if path.is_dir())
    raise TrainingError(f"{UnknownNameError('run', run, known)} (looked in {logdir})")


def resumable(run: str | Path | Run, logdir: Path) -> tuple[Path, RunRecord]:
    """The folder and the record of a run to go on with.

    Raises:
        TrainingError: no such run, or there is nothing left to train.
    """
    folder = find(run, logdir, finished=False)
    record = RunRecord.read(folder)
    if record.status == "finished":
        raise TrainingError(f"{folder} has finished; there is nothing to resume")
    if record.ensemble:
        raise TrainingError(f"{folder} is an ensemble; there is no training to resume")
    return folder, record


def folders(parent: Path, pattern: str = "*") -> list[Path]:
    """The run folders in `parent` that match a wildcard, the newest first."""
    found = (path.parent for path in parent.glob(f"{pattern}/{record.FILE}"))
    return sorted(found, key=lambda folder: (folder.name, folder), reverse=True)


def _finished(folder: Path) -> bool:
    try:
        return RunRecord.read(folder).status == "finished"
    except TrainingError:
        return False


def all_folders(logdir: Path, recipe: str) -> list[Path]:
    """A recipe's run folders, the newest first, then those that other runs needed."""
    return [each for part in ("", *PARTS) for each in folders(logdir / recipe / part)]


def logdir_of(folder: Path, recipe: str) -> Path | None:
    """The folder that holds the run folders, by one of them; None if it was moved elsewhere."""
    parent = folder.parent.parent if folder.parent.name in PARTS else folder.parent
    return parent.parent if parent.name == recipe else None


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


def check_custom(recipe: Recipe, folder: Path, how: str) -> None:
    """Refuse what needs losses or metrics of the user that this process does not have."""
    missing = [name for name in custom_names(recipe) if name not in FUNCTIONS]
    if missing:
        raise TrainingError(
            f"{folder} was trained with {' and '.join(missing)} of your own: give what it names, "
            f"in Python, with {how}(run, custom_objects={{NAME: FUNCTION}})"
        )
