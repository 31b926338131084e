"""Trial after trial in one process; a search with several starts `python -m zoo.tuning.worker`.

Such a worker ends after its epoch once its standard input is closed: the search closes it to ask
for that, and the system does if the search is killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from optuna.trial import FrozenTrial, Trial, TrialState

from zoo.core.console import Reporter, errors_only
from zoo.core.errors import TrainingError, ZooError
from zoo.core.interrupts import STATUS
from zoo.experiments import setup, trainer
from zoo.experiments.runs import RunContext
from zoo.recipes.recipe import Recipe
from zoo.training.checkpoint import StopRequest
from zoo.tuning import outcome
from zoo.tuning import trial as training
from zoo.tuning.study import Study, opened

if TYPE_CHECKING:
    from zoo.data.dataset import Dataset

STORAGE = "ZOO_TUNE_STORAGE"  # the database of a search, for the processes that it starts
WAIT_SECONDS = 600  # for the other processes' last trials to end by themselves


class Others(StopRequest):
    """The other processes that a search has started; asked to stop, it asks them too."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[subprocess.Popen[bytes]] = []

    def ask(self) -> None:
        super().ask()
        self._release()

    def _release(self) -> None:
        """Have them end after the epoch that they are in."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()

    @contextmanager
    def started(
        self, count: int, arguments: Sequence[object], reporter: Reporter, storage: str = ""
    ) -> Iterator[None]:
        """Start `count` processes; all of them have ended when the block ends."""
        command = [sys.executable, "-m", "zoo.tuning.worker", *map(str, arguments)]
        try:
            for _ in range(count):
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=_output(reporter),
                    env={**os.environ, STORAGE: storage},  # its password is on no command line
                    start_new_session=True,  # Ctrl-C is the search's to pass on
                )
                self.processes.append(process)
            yield
        finally:
            self._release()
            for process in self.processes:
                try:
                    process.wait(timeout=WAIT_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _output(reporter: Reporter) -> int | None:
    """Where the processes' lines go: with the reporter's, if that is a file of the system's."""
    if reporter.console.quiet:
        return subprocess.DEVNULL
    try:
        return reporter.console.file.fileno()
    except (OSError, AttributeError):
        return None


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
        deadline: `time.time()` after which no trial starts.
        stop: Ends the trial that runs after its epoch; its settings are tried again later.
        reporter: Told of every trial in one line.

    Raises:
        TrainingError: the first trials of the search cannot be trained at all.
    """
    say = reporter.line
    with study.alive(), errors_only("tensorflow"):  # not its advice to compile less
        while not stop.asked and time.time() < deadline:
            trial = study.ask(trials)
            if trial is None:
                return
            recipe = study.recipe.override(trial.params)
            try:
                ended = training.run_trial(
                    recipe, dataset, study.seed, trial, stop=stop, say=say, reporter=reporter
                )
            except BaseException:
                with study.locked():
                    study.give_up(trial.number)
                raise
            _note(study, trial, ended)
            reporter.line(_line(study, study.optuna.trials[trial.number], ended, trials))
            if ended.state == "FAIL" and not study.trials("COMPLETE", "PRUNED"):
                raise TrainingError(f"{study.recipe.name} cannot be trained: {ended.error}")
            say = Reporter(silent=True).line  # the rows left out are the same every time


def _note(study: Study, trial: Trial, ended: training.Outcome) -> None:
    """Write down how a trial ended, and the best recipe if it is one."""
    with study.locked():
        if ended.state == "STOPPED":
            study.give_up(trial.number)
            return
        attributes = {
            "epochs": ended.epochs,
            "seconds": round(ended.seconds, 3),
            "metrics": ended.metrics,
            **({"error": ended.error} if ended.error else {}),
        }
        for name, value in attributes.items():
            trial.set_user_attr(name, value)
        value = ended.value if ended.state == "COMPLETE" else None
        study.optuna.tell(trial, value, TrialState[ended.state])
        outcome.write_trial(study, study.optuna.trials[trial.number])
        best = study.best()
        if best is not None and best.number == trial.number:
            outcome.write_best(study, best)


def _line(study: Study, trial: FrozenTrial, ended: training.Outcome, trials: int) -> str:
    """What a person sees of a trial."""
    monitor, epochs = study.recipe.monitor, study.recipe.epochs
    done = len(study.finished())
    what = {
        "COMPLETE": f"{monitor} {ended.value:.4f}",
        "PRUNED": f"pruned after epoch {ended.epochs} of {epochs} at {monitor} {ended.value:.4f}"
        if not ended.error
        else "pruned: the loss is not finite",
        "STOPPED": f"stopped after epoch {ended.epochs} of {epochs}",
        "FAIL": f"failed: {ended.error}",
    }[ended.state]
    best = study.best()
    so_far = f"best {best.value:.4f} (trial {best.number})" if best else "no best yet"
    if best and best.number == trial.number:
        so_far = "the best so far"
    settings = " ".join(f"{key}={outcome.shown(value)}" for key, value in trial.params.items())
    width = len(str(trials))
    return (
        f"{done:{width}d}/{trials}  trial {trial.number}  {what}  {so_far}  "
        f"{ended.seconds:.1f} s  {settings}"
    )


def load(recipe: Recipe, source: str, reporter: Reporter) -> tuple[Dataset, str]:
    """The data that the trials see, and the fingerprint of all of it."""
    dataset = setup.load(recipe, source, reporter)
    return training.searched_data(dataset), dataset.fingerprint


def stacked(study: Study, dataset: Dataset, logdir: Path, reporter: Reporter) -> Dataset:
    """The data with the upstream model's column; one process trains that model for all."""
    with study.locked("upstream"):
        context = RunContext(logdir, reporter, study.seed)
        made, _ = setup.stacked(dataset, study.recipe, context, trainer.train)
    return made


def main(folder: Path, trials: int, deadline: float, logdir: Path) -> int:
    """One of several processes of a search; the exit status."""
    reporter = Reporter()
    reporter.live = False  # other processes print there too
    try:
        stop = StopRequest()
        threading.Thread(target=_watch_input, args=(stop,), daemon=True).start()
        with opened(folder, storage_url=os.environ.get(STORAGE, "")) as study:
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
