"""From a recipe's name to a run folder: the one place that sees all parts of the zoo together."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoo import baselines
from zoo.core.console import Reporter
from zoo.core.errors import StoppedEarly, TrainingError
from zoo.core.files import replacing
from zoo.core.timer import Timer
from zoo.data.registry import choose_source
from zoo.experiments import evaluation, provenance, reports, run_folder, setup, tensorboard_run
from zoo.experiments.feeding import ported
from zoo.experiments.runs import LOGDIR, Run, Scores, load_run
from zoo.experiments.setup import TrainingSetup, prepare
from zoo.inspection import diagram
from zoo.recipes.file import resolved
from zoo.recipes.recipe import Recipe
from zoo.training import engine


def fit(
    recipe: str | Path | Recipe,
    *,
    data: str = "auto",
    seed: int = 0,
    logdir: str | Path = LOGDIR,
    reporter: Reporter | None = None,
    profile: bool = False,
    **overrides: Any,
) -> Run:
    """Train a recipe and leave a run folder behind.

    Args:
        recipe: A recipe's name, the file it is in, or a Recipe of your own.
        data: A source of the recipe's dataset; `auto` takes real data when it is on disk.
        seed: Seed of the weights and of the order of the rows.
        logdir: Parent of the run folders.
        reporter: Where progress goes; stdout by default.
        profile: Profile a few steps, for TensorBoard's profile page.
        **overrides: Recipe fields for this run only, such as `epochs=3`, or a mapping's entry,
            such as `**{"arguments.l2": 0.01}`.

    Raises:
        UnknownNameError: no such recipe or data source.
        RecipeError: an override that the recipe cannot take.
        DataError: data that is missing or damaged.
        TrainingError: the loss became NaN, or the run folder cannot be written.
    """
    plan = resolved(recipe)
    source = choose_source(plan.dataset, data, None, plan.dataset_options)
    chosen = plan.for_source(source).override(overrides)
    named = ["--recipe", str(recipe)] if isinstance(recipe, Path) else [chosen.name]
    command = _command(named, data, seed, overrides)
    record = {"command": command}
    return _run(chosen, data, seed, Path(logdir), reporter or Reporter(), record, profile=profile)


def resume(
    run: str | Path,
    *,
    logdir: str | Path = LOGDIR,
    reporter: Reporter | None = None,
    profile: bool = False,
) -> Run:
    """Go on with a run that was interrupted, from its last completed epoch.

    The end is the one that the run would have had if nothing had stopped it: weights, optimizer,
    callbacks, history and TensorBoard's steps.

    Raises:
        TrainingError: no such run, or it has finished.
        DataError: the data is not what it was.
    """
    folder = run_folder.find(run, Path(logdir), finished=False)
    record = run_folder.read(folder)
    if record.get("status") == "finished":
        raise TrainingError(f"{folder} has finished; there is nothing to resume")
    chosen = Recipe.from_dict(record["recipe"])
    source = record["data"]["source"]
    parent = folder.parent.parent
    reporter = reporter or Reporter()
    seed = record["seed"]
    return _run(chosen, source, seed, parent, reporter, record, folder, profile=profile)


def _run(
    chosen: Recipe,
    data: str,
    seed: int,
    logdir: Path,
    reporter: Reporter,
    record: dict[str, Any],
    folder: Path | None = None,
    *,
    profile: bool = False,
) -> Run:
    """Train in a new run folder, or go on in `folder`, whose record is `record`."""
    timer = Timer()
    resumed = folder is not None
    expected = record["data"]["fingerprint"] if resumed else ""
    plan = prepare(
        chosen, data, seed, logdir=logdir, reporter=reporter, timer=timer, expected=expected
    )
    folder = folder or run_folder.create(logdir, chosen.name, seed)
    record = _opening(plan, record)
    with _recorded(folder, record):
        run_folder.write(folder, record)
        run_folder.write_labels(folder, plan.dataset.labels)
        diagram.render(plan.model, folder / run_folder.DIAGRAM)
        with timer.phase("train"):
            whole = _trained(plan, folder, reporter, resumed=resumed, profile=profile)
        with timer.phase("save"), replacing(folder / run_folder.MODEL) as partial:
            plan.model.save(partial)
        with timer.phase("evaluate"):
            metrics = evaluation.score(plan.model, plan.splits)
        with timer.phase("baseline"):
            name, baseline = (
                baselines.score(chosen.baseline, plan.splits, chosen.loss, chosen.metrics)
                if chosen.baseline and whole
                else ("", {})
            )
        with timer.phase("report"):
            table = _reported(plan, folder)
            tensorboard_run.write_scores(folder, record, metrics)
        outputs = engine.output_names(plan.model)
        record |= {
            "status": "finished" if whole else "interrupted",
            "epochs_run": run_folder.epochs_run(folder),
            "metrics": metrics,
            "baseline": baseline,
            "baseline_name": name,
            "references": evaluation.references(plan.dataset, metrics, outputs, chosen.columns),
            "seconds": timer.seconds(),
        }
        run_folder.write(folder, record)
    evaluation.show(reporter, record)
    if not whole:
        raise StoppedEarly(
            f"stopped after epoch {record['epochs_run']} of {chosen.epochs}; go on with "
            f"zoo train --resume {folder}"
        )
    if table is not None:
        reporter.table(table.title, table.header, table.rows)
    reporter.line(f"run folder: {folder}")
    return Run(folder, plan.model, record)


def _opening(plan: TrainingSetup, record: Mapping[str, Any]) -> dict[str, Any]:
    """What run.json says while the run goes on; a resumed one keeps its command and its start."""
    return {
        "status": "running",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        **{key: record[key] for key in ("command", "started") if key in record},
        "recipe": plan.recipe.to_dict(),
        "seed": plan.seed,
        "data": setup.as_record(plan.dataset, plan.fingerprint, plan.splits),
        "upstream": plan.upstream,
        "engine": plan.engine,
        "parameters": plan.model.count_params(),
        "commit": provenance.commit(),
        "versions": provenance.versions(),
        "machine": provenance.machine(),
    }


def _trained(
    plan: TrainingSetup, folder: Path, reporter: Reporter, *, resumed: bool, profile: bool
) -> bool:
    """Run the epochs, or those that are left; whether all were run that the recipe wants."""
    # These derive from Keras's classes: importing them loads TensorFlow.
    from zoo.tensorboard import events
    from zoo.training import checkpoint
    from zoo.training.callbacks import BestWeights, standard_callbacks
    from zoo.training.interrupt import StopRequest, listening
    from zoo.training.progress import EpochLines

    recipe = plan.recipe
    state = None
    if resumed:
        state = checkpoint.newest(folder / "checkpoints", reporter.line)
        events.cut_after(folder, int(state["arrays"]["optimizer/0"]) if state else 0)
    done = state["epochs"] if state else 0
    if resumed:
        reporter.line(f"going on after epoch {done} of {recipe.epochs}")
    stop = StopRequest()
    callbacks = [
        EpochLines(reporter, recipe.epochs, plan.steps),
        *standard_callbacks(recipe, folder),
        tensorboard_run.callback(plan, folder, profile=profile),
    ]
    point = checkpoint.ResumePoint(folder / "checkpoints", callbacks, state, stop)
    with (
        listening(stop, reporter.line),
        reporter.progress(recipe.epochs * plan.steps, recipe.name),
    ):
        try:
            engine.fit(
                plan.model,
                plan.train,
                plan.validation,
                # a run that had stopped by itself has no epochs left
                epochs=done if state and state["stopped"] else recipe.epochs,
                initial_epoch=done,
                batch_size=recipe.batch_size,
                engine=plan.engine,
                seed=plan.seed,
                validation_split=recipe.validation_split,
                callbacks=[*callbacks, stop, point],
            )
        except TrainingError:  # a loss that is not a number: the good weights are still there
            for callback in callbacks:
                if isinstance(callback, BestWeights):
                    callback.write()
            raise
    return stop.stopped_after in (None, recipe.epochs)


def _reported(plan: TrainingSetup, folder: Path) -> reports.Table | None:
    """Write the run's picture and what belongs to it, also where TensorBoard finds it."""
    from zoo.tensorboard.callback import write_picture

    inputs, targets = plan.splits.get("test", plan.splits["train"])
    predicted = engine.predict(plan.model, inputs)
    finished = reports.Finished(plan.recipe, plan.model, plan.dataset, inputs, targets, predicted)
    table = reports.write(finished, folder)
    step = int(plan.model.optimizer.iterations)
    write_picture(folder / "train", "picture", folder / reports.PICTURE, step)
    return table


def evaluate(
    run: str | Path, *, logdir: str | Path = LOGDIR, reporter: Reporter | None = None
) -> Scores:
    """Score a saved run on its own data again: split -> metric -> value.

    Raises:
        TrainingError, DataError: the run or its data is missing or damaged.
    """
    reporter = reporter or Reporter()
    loaded = load_run(run, logdir)
    record = loaded.record
    chosen = Recipe.from_dict(record["recipe"])
    dataset = setup.load(chosen, record["data"]["source"], reporter)
    if dataset.fingerprint != record["data"]["fingerprint"]:
        reporter.line("note: this is not the data that the run was trained on")
    dataset, _ = setup.stacked(dataset, chosen, record["seed"], Path(logdir), reporter)
    splits = ported(chosen, dataset, loaded.model, reporter.line)
    metrics = evaluation.score(loaded.model, splits)
    evaluation.show(reporter, {**record, "metrics": metrics})
    return metrics


def _command(recipe: list[str], data: str, seed: int, overrides: Mapping[str, Any]) -> str:
    """The command line that repeats this run."""
    words = ["python", "-m", "zoo.train", *recipe, "--data", data, "--seed", str(seed)]
    for key, value in overrides.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)


@contextmanager
def _recorded(folder: Path, record: dict[str, Any]) -> Iterator[None]:
    """Say in run.json how the block ended, if it did not end well."""
    try:
        yield
    except BaseException as error:
        record["status"] = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        record["error"] = str(error) or type(error).__name__
        try:
            run_folder.write(folder, record)
        except OSError:  # the same full disk, perhaps: the error itself is what counts
            raise error from None
        raise
