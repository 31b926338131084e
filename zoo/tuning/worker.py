"""Trial after trial in one process; a search with several starts `python -m zoo.tuning.worker`.

Such a worker ends after its epoch once its standard input is closed: the search closes it to ask
for that, and the system does if the search is killed.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.core.console import Reporter
from zoo.core.errors import TrainingError, ZooError
from zoo.experiments import setup, trainer
from zoo.experiments.runs import RunContext
from zoo.recipes.recipe import Recipe
from zoo.tuning import outcome
from zoo.tuning.study import Study, opened

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial, Trial

    from zoo.data.dataset import Dataset
    from zoo.training.checkpoint import StopRequest
    from zoo.tuning.trial import Outcome


def work(
    study: Study,
    dataset: Dataset,
    trials: int,
    deadline: float,
    stop: StopRequest,
    reporter: Reporter,
) -> None:
    """Run trials until there are `trials`, the time is up, or someone asks to stop.

    Args:
        study: The search.
        dataset: From `searched_data`, with the stacked column if the recipe stacks.
        trials: How many there should be, those of all processes and earlier commands together.
        deadline: `time.time()` after which no trial is begun.
        stop: Ends the trial that runs after its epoch; its settings are tried again later.
        reporter: Told of every trial in one line.

    Raises:
        TrainingError: the first trials of the search cannot be trained at all.
    """
    from zoo.tuning.trial import run_trial

    notes = reporter.line
    with study.alive(), _quiet_tensorflow():
        while not stop.asked and time.time() < deadline:
            trial = study.ask(trials)
            if trial is None:
                return
            recipe = study.recipe.override(trial.params)
            try:
                ended = run_trial(recipe, dataset, study.seed, trial, more=[stop], say=notes)
            except BaseException:
                with study.locked():
                    study.give_up(trial.number)
                raise
            _note(study, trial, ended)
            reporter.line(_line(study, study.optuna.trials[trial.number], ended, trials))
            if ended.state == "FAIL" and not study.trials("COMPLETE", "PRUNED"):
                raise TrainingError(f"{study.recipe.name} cannot be trained: {ended.error}")
            notes = Reporter(silent=True).line  # the rows left out are the same every time


@contextmanager
def _quiet_tensorflow() -> Iterator[None]:
    """Hold back the advice not to compile so many functions: every trial is a new model."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _note(study: Study, trial: Trial, ended: Outcome) -> None:
    """Write down how a trial ended, and the best recipe if it is one."""
    from optuna.trial import TrialState

    with study.locked():
        if ended.state == "STOPPED":
            study.give_up(trial.number)
            return
        trial.set_user_attr("epochs", ended.epochs)
        trial.set_user_attr("seconds", round(ended.seconds, 3))
        trial.set_user_attr("metrics", ended.metrics)
        if ended.error:
            trial.set_user_attr("error", ended.error)
        value = ended.value if ended.state == "COMPLETE" else None
        study.optuna.tell(trial, value, TrialState[ended.state])
        outcome.write_trial(study, study.optuna.trials[trial.number])
        best = study.best()
        if best is not None and best.number == trial.number:
            outcome.write_best(study, best)


def _line(study: Study, trial: FrozenTrial, ended: Outcome, trials: int) -> str:
    """What a person sees of a trial."""
    monitor, epochs = study.recipe.monitor, study.recipe.epochs
    done = len(study.finished())
    what = {
        "COMPLETE": f"{monitor} {ended.value:.4f}",
        "PRUNED": f"pruned after epoch {ended.epochs} of {epochs} at {monitor} {ended.value:.4f}",
        "STOPPED": f"stopped after epoch {ended.epochs} of {epochs}",
        "FAIL": f"failed: {ended.error}",
    }[ended.state]
    if ended.state == "PRUNED" and ended.error:
        what = "pruned: the loss is not a number any more"
    best = study.best()
    so_far = f"best {best.value:.4f} (trial {best.number})" if best else "no best yet"
    settings = " ".join(f"{key}={outcome.shown(value)}" for key, value in trial.params.items())
    width = len(str(trials))
    return (
        f"{done:{width}d}/{trials}  trial {trial.number}  {what}  {so_far}  "
        f"{ended.seconds:.1f} s  {settings}"
    )


def load(recipe: Recipe, source: str, reporter: Reporter) -> tuple[Dataset, str]:
    """The data that the trials see, and the fingerprint of all of it."""
    from zoo.tuning.trial import searched_data

    dataset = setup.load(recipe, source, reporter)
    return searched_data(dataset), dataset.fingerprint


def stacked(study: Study, dataset: Dataset, logdir: Path, reporter: Reporter) -> Dataset:
    """The data with the upstream model's column; one process trains that model for all."""
    with study.locked("upstream"):
        context = RunContext(logdir, reporter, study.seed)
        made, _ = setup.stacked(dataset, study.recipe, context, trainer.train)
    return made


def main(folder: Path, trials: int, deadline: float, logdir: Path) -> int:
    """One of several processes of a search; the exit status."""
    reporter = Reporter()
    try:
        from zoo.training.checkpoint import STATUS, StopRequest

        stop = StopRequest()
        threading.Thread(target=_watch_input, args=(stop,), daemon=True).start()
        with opened(folder) as study:
            silent = Reporter(silent=True)
            dataset, _ = load(study.recipe, study.source, silent)
            dataset = stacked(study, dataset, logdir, silent)
            work(study, dataset, trials, deadline, stop, reporter)
    except ZooError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return STATUS if stop.asked else 0


def _watch_input(stop: StopRequest) -> None:
    """Ask for the stop when standard input ends."""
    while os.read(0, 1024):
        pass
    stop.ask()


if __name__ == "__main__":
    _folder, _trials, _deadline, _logdir = sys.argv[1:]
    sys.exit(main(Path(_folder), int(_trials), float(_deadline), Path(_logdir)))
