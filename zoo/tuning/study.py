"""One search: its folder, and its trials in SQLite, shared by any number of processes.

Every process holds a lock file while it lives, which the system frees when the process ends or
is killed. A trial whose process is gone is marked as failed and its settings are tried again at
once; Optuna's heartbeat would know only after a period of grace, and give up a busy process.

The trials may lie in another database (`zoo.tuning.database`), for processes on several machines.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.errors import TrainingError, ZooError
from zoo.core.files import write_text
from zoo.recipes.fields import SAID
from zoo.recipes.recipe import Recipe
from zoo.training.compile import direction
from zoo.tuning.database import Database
from zoo.tuning.space import Space, distributions, own_settings

if TYPE_CHECKING:
    from optuna.study import Study as OptunaStudy
    from optuna.trial import FrozenTrial, Trial

STUDY = "study.json"
STORAGE = "study.sqlite3"
HEADER = 100  # bytes that every SQLite file begins with
RETRIES = 2  # further tries of settings whose process was lost: they may be what kills it
LOCK_SECONDS = 60  # how long SQLite waits for another process


def load_optuna() -> ModuleType:
    """Optuna, with its log limited to warnings.

    Raises:
        ZooError: Optuna or filelock is not installed.
    """
    try:
        import filelock  # noqa: F401
        import optuna
    except ImportError as error:
        raise ZooError(
            f"a search needs {error.name}, which is not installed: "
            "pip install 'functional-zoo[tune]'"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


class Study:
    """A search's folder.

    Attributes:
        folder: Where everything is.
        recipe: What is searched around.
        space: What is varied.
        source: Of the data.
        seed: Of the weights, the order of the rows, and the draws.
        optuna: The study of that name in the storage.
        database: Where the trials are, if not in the folder.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, Any],
        optuna: OptunaStudy,
        database: Database | None = None,
    ) -> None:
        self.folder = folder
        self.recipe = Recipe.from_dict(settings["recipe"])
        self.space: Space = {key: tuple(words) for key, words in settings["search"].items()}
        self.source: str = settings["data"]["source"]
        self.seed: int = settings["seed"]
        self.optuna = optuna
        self.worker = uuid.uuid4().hex
        self.database = database

    def ask(self, trials: int) -> Trial | None:
        """A new trial, unless as many as `trials` have been made or are being made."""
        optuna = load_optuna()
        with self.locked():
            self.recover()
            if sum(map(_counts, self.trials())) >= trials:
                return None
            made = len(self.trials())
            # one stream of draws per trial: a continued search draws as if never stopped
            (state,) = np.random.SeedSequence([self.seed, made]).generate_state(1)
            self.optuna.sampler = optuna.samplers.TPESampler(
                seed=int(state), n_startup_trials=min(10, max(4, trials // 3))
            )
            trial = self.optuna.ask(distributions(self.space))
            trial.set_user_attr("worker", self.worker)
            if self.database is None:
                return trial
            # other machines do not see the lock: of trials begun at once, the first ones count
            before = [each for each in self.trials() if each.number < trial.number]
            if sum(map(_counts, before)) >= trials:
                self.optuna.tell(trial, state=optuna.trial.TrialState.FAIL)
                return None
            self.database.beat(trial)
            return trial

    def recover(self) -> int:
        """Mark the trials of lost processes as failed and put their settings first in line.

        Call it with the study locked. Returns how many there were.
        """
        running = self.trials("RUNNING")
        if self.database is not None:
            stale = self.database.stale(self.optuna)
            lost = [trial for trial in running if trial.number in stale]
        else:
            lost = [trial for trial in running if not self._lives(trial)]
        for trial in lost:
            self.give_up(trial.number)
        return len(lost)

    def give_up(self, number: int) -> None:
        """Mark an unfinished trial as lost; its settings wait for the next process."""
        trial = self.optuna.trials[number]
        if trial.state.is_finished():
            return  # another machine has done it
        state = load_optuna().trial.TrialState.FAIL
        self.optuna.tell(number, state=state, skip_if_finished=True)
        tried = trial.user_attrs.get("retries", 0)
        if tried < RETRIES:
            self.optuna.enqueue_trial(
                trial.params, user_attrs={"retries": tried + 1, "retry_of": number}
            )

    def trials(self, *states: str) -> list[FrozenTrial]:
        """The trials, or those in these states of Optuna's."""
        return [
            trial
            for trial in self.optuna.get_trials(deepcopy=False)
            if not states or trial.state.name in states
        ]

    def finished(self) -> list[FrozenTrial]:
        """Trials that were trained, pruned, or failed by themselves."""
        return [trial for trial in self.trials() if _counts(trial) and trial.state.is_finished()]

    def begun(self) -> int:
        """How many trials were begun: finished, running, or stopped and to be tried again."""
        again = [trial for trial in self.trials("WAITING") if "retry_of" in trial.user_attrs]
        return sum(map(_counts, self.trials())) + len(again)

    def best(self) -> FrozenTrial | None:
        """The trial with the best value, the first of them if several have it."""
        done = self.trials("COMPLETE")
        if not done:
            return None
        sign = 1 if direction(self.recipe) == "min" else -1
        return min(done, key=lambda trial: (sign * (trial.value or 0.0), trial.number))

    @contextmanager
    def locked(self, name: str = "study") -> Iterator[None]:
        """Keep the other processes of this search out."""
        from filelock import FileLock

        with FileLock(self.folder / f"{name}.lock"):
            yield

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Show the other processes that this one is running while the block runs."""
        path = self._lock_file(self.worker)
        path.parent.mkdir(exist_ok=True)
        with self.locked(f"workers/{self.worker}"):
            yield
        path.unlink(missing_ok=True)

    def _lives(self, trial: FrozenTrial) -> bool:
        """Whether the process of a running trial still holds its lock."""
        from filelock import FileLock, Timeout

        path = self._lock_file(trial.user_attrs.get("worker", ""))
        if not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                path.unlink()
        except Timeout:
            return True
        return False

    def _lock_file(self, worker: str) -> Path:
        return self.folder / "workers" / f"{worker}.lock"


def _counts(trial: FrozenTrial) -> bool:
    """Whether a trial is one of those asked for: not waiting, and not lost with its process.

    One that failed by itself has an error.
    """
    if trial.state.name == "FAIL":
        return "error" in trial.user_attrs
    return trial.state.name != "WAITING"


@contextmanager
def opened(
    folder: Path, settings: Mapping[str, Any] | None = None, storage_url: str = ""
) -> Iterator[Study]:
    """The search in a folder; with settings, it is created if missing.

    Args:
        storage_url: The database that has the trials, as SQLAlchemy writes it; by default a file
            in the folder.

    Raises:
        TrainingError: the folder holds a search of other settings, or none, or is damaged.
    """
    optuna = load_optuna()
    from filelock import FileLock
    from sqlalchemy.exc import SQLAlchemyError

    if settings is None and not (folder / STUDY).is_file():
        raise TrainingError(f"{folder} does not contain a search")
    if storage_url and (folder / STORAGE).is_file():
        raise TrainingError(
            f"the trials of {folder} are in its own {STORAGE}: leave out --storage, or choose "
            "another name with --study"
        )
    database = Database(storage_url) if storage_url else None
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "study.lock"):
        known = _settings(folder)
        if known is None and settings is not None:
            write_text(folder / STUDY, json.dumps(settings, indent=2) + "\n")
            known = json.loads(json.dumps(settings))
        elif known and settings is not None:
            _same(folder, known, json.loads(json.dumps(settings)))
        assert known is not None
        if known.get("storage") and not storage_url:
            raise TrainingError(
                f"the trials of {folder} are in {known['storage']}: give it with --storage"
            )
        storage_file = folder / STORAGE
        if storage_file.is_file() and 0 < storage_file.stat().st_size < HEADER:
            # SQLite would start anew
            raise _broken(str(storage_file), ValueError("file is not a database"))
        where = database.name if database else str(storage_file)
        try:
            storage = (
                database.storage
                if database
                else optuna.storages.RDBStorage(
                    f"sqlite:///{STORAGE}",  # no address can hold a path's `?` or `%`
                    engine_kwargs={"creator": lambda: _connected(storage_file)},
                )
            )
            epochs = known["recipe"]["epochs"]
            study = optuna.create_study(
                storage=storage,
                study_name=f"{folder.parents[1].name}/{folder.name}" if database else "zoo",
                load_if_exists=True,
                direction=f"{direction(Recipe.from_dict(known['recipe']))}imize",
                pruner=optuna.pruners.MedianPruner(
                    n_startup_trials=4, n_warmup_steps=max(1, epochs // 4)
                ),
            )
            made = Study(folder, known, study, database)
            if database is not None:
                _same(where, database.settings(study, known), known)
            if not made.trials():  # the recipe's own settings are the first to beat
                study.enqueue_trial(own_settings(made.recipe, made.space))
        except ZooError:
            raise
        except Exception as error:  # SQLAlchemy, Alembic and SQLite each raise their own
            raise _broken(where, error) from error
    try:
        yield made
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        raise _broken(where, error) from error
    finally:
        if database is not None:
            database.close()
        storage.remove_session()
        storage.engine.dispose()


def _connected(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=LOCK_SECONDS, check_same_thread=False)


def _broken(where: str, error: Exception) -> TrainingError:
    """The error for a storage that is damaged or full; Optuna's own does not name the file."""
    reason = str(error.__cause__ or error).partition("\n")[0]
    return TrainingError(f"{where} cannot be used: {reason}")


def _settings(folder: Path) -> dict[str, Any] | None:
    path = folder / STUDY
    if not path.is_file():
        return None
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise TrainingError(f"{path} is damaged: {error}") from error
    parts = {"recipe": dict, "search": dict, "data": dict, "seed": int}
    if not isinstance(known, dict) or not all(
        isinstance(known.get(part), kind) for part, kind in parts.items()
    ):
        raise TrainingError(f"{path} is damaged: it does not describe a search")
    return known


def _same(where: Path | str, known: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to mix trials that cannot be compared."""
    apart = ("recipe", "storage")  # an address may change
    changed = [key for key in wanted if key not in apart and known.get(key) != wanted[key]]
    before = known.get("recipe", {})
    changed += [
        key
        for key, value in wanted["recipe"].items()
        if key not in ("name", *SAID) and before.get(key) != value
    ]
    if changed:
        raise TrainingError(
            f"{where} was started with a different {' and '.join(changed)}; "
            "choose another name with --study, or delete what is there"
        )
