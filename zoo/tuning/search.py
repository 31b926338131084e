"""`zoo.tune`: a whole search, from a recipe's name to the best recipe in a file."""

from __future__ import annotations

import os
import time as timer
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core.console import Reporter, Verbose, reporter_for
from zoo.core.errors import RecipeError, StoppedEarly, TrainingError
from zoo.experiments.sourced import for_source
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import resolved
from zoo.training.compile import direction
from zoo.tuning import outcome
from zoo.tuning.database import checked_name
from zoo.tuning.space import own_settings, space_of
from zoo.tuning.study import Study, load_optuna, opened

LOGDIR = Path("tensorboard_logs")
MOST_TRIALS = 100_000


@dataclass(frozen=True)
class Search:
    """A search as it stands.

    Attributes:
        folder: Trials, tables and pictures.
        best: The searched recipe with the best settings; also in `folder / "best.json"`.
        settings: The best trial's values of what was searched.
        value: The best trial's monitored value, on validation rows.
        trials: Trials trained, pruned or failed, of all commands so far.
        importances: Setting -> share of the variation that it explains; empty if too few trials.
    """

    folder: Path
    best: Recipe
    settings: Mapping[str, Any]
    value: float
    trials: int
    importances: Mapping[str, float]


def tune(
    recipe: str | Recipe,
    *,
    trials: int = 20,
    time: float | None = None,
    jobs: int = 1,
    data: str = "auto",
    seed: int = 0,
    study: str | None = None,
    storage: str = "",
    logdir: str | Path = LOGDIR,
    verbose: Verbose = "auto",
    reporter: Reporter | None = None,
    **overrides: Any,
) -> Search:
    """Search a recipe's space for the settings with the best monitored value.

    The test rows are removed from the data before the first trial. The same call continues where
    an earlier one ended or was killed; several at once share the trials.

    Args:
        recipe: A recipe's name, or a Recipe of your own; its `search` is the space, by default
            learning rate, batch size and schedule around its own.
        trials: How many to run in total, including those of earlier calls.
        time: Seconds from the first trial on after which no new trial starts.
        jobs: Number of processes.
        data: A source of the recipe's dataset; `auto` takes real data when it is on disk.
        seed: Seed for the weights, the row order and the search.
        study: Name of the search's folder; by default the data's source and the seed.
        storage: Address of a database that has the trials, such as
            `postgresql://USER:PASSWORD@HOST/NAME`, for a search that several machines share; by
            default they are in a file of the search's folder.
        logdir: The folder that holds the run folders; the search is in `LOGDIR/RECIPE/tune/STUDY`.
        verbose: 0 prints nothing, 1 (`auto`) a line per trial, 2 also every epoch.
        reporter: Where progress goes, in place of stdout and `verbose`.
        **overrides: Recipe fields that are not searched, such as `epochs=3`.

    Returns:
        The search as it stands: `best` recipe, `settings`, `value`, `trials` and more.

    Raises:
        ZooError: Optuna is not installed.
        UnknownNameError: no such recipe or data source.
        RecipeError: a setting that the recipe or the search cannot take.
        TrainingError: no trial could be finished, or the folder holds another search.
        StoppedEarly: Ctrl-C; the message says how to continue.

    Example:
        >>> import zoo
        >>> quick = {"data": "planted", "epochs": 1, "engine": "fit", "verbose": 0}
        >>> search = zoo.tune("tiny_dense", trials=2, **quick)
        >>> search.trials, sorted(search.settings)
        (2, ['batch_size', 'learning_rate', 'optimizer'])
    """
    chosen = _checked(recipe, overrides, trials, time, jobs, study)
    reporter = reporter or reporter_for(verbose)
    logdir = Path(logdir)
    if jobs > 1:
        reporter.live = False
        # or the first process would take a whole GPU
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    with reporter.phase("loading TensorFlow"):
        from zoo.training.checkpoint import listening
        from zoo.tuning import worker

    chosen, source = for_source(chosen, data, overrides)
    folder = logdir / chosen.name / "tune" / (study or f"{source}-seed{seed}")
    dataset, fingerprint = worker.load(chosen, source, reporter)
    settings = {
        "recipe": chosen.to_dict(),
        "search": {key: list(words) for key, words in space_of(chosen).items()},
        "data": {"source": source, "fingerprint": fingerprint},
        "seed": seed,
    }
    if storage:
        settings["storage"] = checked_name(storage)
    with opened(folder, settings, storage) as made:
        _say_where(made, trials, reporter)
        dataset = worker.stacked(made, dataset, logdir, reporter)
        stop = worker.Others()
        count = min(jobs, trials - len(made.finished())) - 1
        deadline = timer.time() + time if time else float("inf")
        arguments = (folder, trials, deadline, logdir)
        with listening(stop, reporter.line), stop.started(count, arguments, reporter, storage):
            worker.work(made, dataset, trials, deadline, stop, reporter)
            if not stop.asked and any(process.wait() for process in stop.processes):
                raise TrainingError(
                    "a process of the search failed; run the same command to continue"
                )
        with made.locked(), reporter.phase("drawing the plots"):
            shares = outcome.write_outcome(made)
        return _ended(made, trials, shares, reporter, stopped=stop.asked)


def _checked(
    recipe: str | Recipe,
    overrides: Mapping[str, Any],
    trials: int,
    time: float | None,
    jobs: int,
    study: str | None,
) -> Recipe:
    """The recipe with its overrides, once all arguments are checked: before TensorFlow loads."""
    chosen = resolved(recipe).override(overrides)
    if not 1 <= trials <= MOST_TRIALS:
        raise RecipeError(f"trials must be from 1 to {MOST_TRIALS:,}, not {trials:,}")
    if jobs < 1:
        raise RecipeError(f"jobs must be at least 1, not {jobs}")
    if time is not None and not time > 0:
        raise RecipeError(f"time must be above 0 seconds, not {time}")
    if study is not None and (not study or study.startswith(".") or "/" in study or "\\" in study):
        raise RecipeError(f"study must be a folder name, not {study!r}")
    for key in overrides:
        if key in space_of(chosen):
            raise RecipeError(f"{key} is part of the search; it cannot be set as well")
    load_optuna()
    direction(chosen)
    return chosen


def _say_where(study: Study, trials: int, reporter: Reporter) -> None:
    with study.locked():
        lost = study.recover()
        done = len(study.finished())
    space = ", ".join(f"{key} {_worded(words)}" for key, words in study.space.items())
    recipe = study.recipe
    best = "lowest" if direction(recipe) == "min" else "highest"
    reporter.line(f"searching {recipe.name} for the {best} {recipe.monitor}: {space}")
    if done or lost:
        again = f"; {lost} interrupted, to be tried again" if lost else ""
        reporter.line(f"continuing: {done} of {trials} trials done{again}")


def _worded(words: Sequence[Any]) -> str:
    kind, *values = words
    if kind == "choice":
        return "{" + ", ".join(map(outcome.shown, values)) + "}"
    low, high = map(outcome.shown, values)
    return f"[{low}, {high}]{' log' if kind == 'log' else ''}"


def _ended(
    study: Study, trials: int, shares: Mapping[str, float], reporter: Reporter, *, stopped: bool
) -> Search:
    """Say how the search stands; what the caller gets."""
    done = len(study.finished())
    stand = f"{study.begun()} of {trials} trials begun, {done} finished"
    if stopped:
        raise StoppedEarly(f"stopped: {stand}; run the same command to continue ({study.folder})")
    best = study.best()
    if best is None or best.value is None:
        raise TrainingError(
            f"no trial of {study.recipe.name} came to its end ({stand}); allow more --trials or "
            "more --time"
        )
    if done < trials:
        running = len(study.trials("RUNNING"))
        why = f"{running} still running elsewhere" if running else "time is up"
        reporter.line(f"{stand}, {why}; run the same command to continue")
    own = own_settings(study.recipe, study.space)
    settings = " ".join(f"{key}={outcome.shown(value)}" for key, value in best.params.items())
    if best.params == own:
        settings += ", the recipe's own settings"
    for trial in study.trials("COMPLETE"):
        if trial.params == own != best.params:
            reporter.line(f"the recipe's own settings: {study.recipe.monitor} {trial.value:.4f}")
            break
    reporter.line(f"best: trial {best.number}, {study.recipe.monitor} {best.value:.4f}, {settings}")
    if shares:
        weights = ", ".join(f"{key} {share:.0%}" for key, share in shares.items())
        reporter.line(f"importance: {weights}")
    path = study.folder / outcome.BEST
    reporter.line(f"tables and plots: {study.folder}")
    reporter.line(f"train it: zoo train --recipe {path} --data {study.source}")
    found = outcome.best_recipe(study, best)
    return Search(study.folder, found, best.params, best.value, done, shares)
