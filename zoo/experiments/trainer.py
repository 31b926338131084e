"""From a recipe's name to a run folder: the one place that sees all parts of the zoo together."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoo._keras import import_ahead
from zoo.core.console import Reporter, Verbose, reporter_for
from zoo.core.errors import DataError, StoppedEarly, TrainingError
from zoo.core.files import PARTIAL
from zoo.data.dataset import Dataset
from zoo.experiments import card, evaluation, examples, reports, runs
from zoo.experiments.changed import changes, in_a_name, source_changed
from zoo.experiments.commands import call, command_line
from zoo.experiments.feeding import Arrays
from zoo.experiments.given import MEMORY, dataset_of, record_data
from zoo.experiments.guards import alone_in, recorded
from zoo.experiments.record import RunRecord
from zoo.experiments.runs import LOGDIR, Run, RunContext, check_custom
from zoo.experiments.setup import TrainingSetup, data_record, prepare
from zoo.experiments.sourced import for_source
from zoo.experiments.vocabularies import labels_of
from zoo.experiments.workers import arguments, follow, joined, run_of_all
from zoo.inspection import diagram
from zoo.recipes.functions import FUNCTIONS
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import resolved
from zoo.training import engine, inference
from zoo.training.quiet import without_retracing_warnings

SAMPLE = 32  # rows that the gradients are taken on


def fit(
    recipe: str | Path | Recipe,
    *,
    data: Any = "auto",
    validation_data: Any = None,
    seed: int = 0,
    logdir: str | Path = LOGDIR,
    verbose: Verbose = "auto",
    reporter: Reporter | None = None,
    profile: bool = False,
    strategy: Any = None,
    **overrides: Any,
) -> Run:
    """Train a recipe and write a run folder.

    Args:
        recipe: A recipe's name, the file it is in, or a Recipe of your own.
        data: A source of the recipe's dataset; `auto` takes real data when it is on disk. Or your
            own rows: (inputs, targets) or (inputs, targets, weights), each an array, a list of
            arrays, a mapping by name or a DataFrame; one mapping or DataFrame with all of them; or
            a finite `tf.data.Dataset` with batches of such pairs. Sizes such as the number of
            features follow from them. The run says that its data was given in memory: to resume
            or evaluate it, give the data again.
        validation_data: Rows to validate on, in the same forms, with your own rows. Without them
            the recipe's `validation_split` is held out, or else 15%, drawn by the seed.
        seed: Seed of the weights and of the order of the rows.
        logdir: The folder that holds the run folders.
        verbose: 0 prints nothing, 1 (`auto`) the loss and the first metric of each output after
            an epoch, 2 all values.
        reporter: Where progress goes, in place of stdout and `verbose`.
        profile: Profile a few steps, for TensorBoard's profile page.
        strategy: A `tf.distribute.MirroredStrategy` or `MultiWorkerMirroredStrategy`, whose devices
            or workers train together as one would. Every worker makes the same call; the chief
            writes the run folder, and the others get a run with the model alone.
        **overrides: Recipe fields for this run only, such as `epochs=3`, or a mapping's entry,
            such as `**{"arguments.l2": 0.01}`.

    Returns:
        The `zoo.Run`: `model`, `metrics`, `history`, `predict`, `evaluate` and more.

    Raises:
        UnknownNameError: no such recipe or data source.
        RecipeError: an override that the recipe cannot take.
        DataError: data that is missing or damaged, or rows that do not fit the model.
        TrainingError: the loss became NaN, or the run folder cannot be written.

    Example:
        >>> import numpy as np
        >>> import zoo
        >>> quick = {"epochs": 2, "engine": "fit", "verbose": 0}
        >>> run = zoo.fit("tiny_dense", data="planted", **quick)
        >>> run.metrics["test"]["mse"] < 2
        True
        >>> x = np.random.default_rng(0).normal(size=(200, 7))
        >>> own = zoo.fit("mlp", data=(x, x[:, 0] > 0), **quick)
        >>> own.model.input_shape, own.record.data.rows
        ((None, 7), {'train': 170, 'validation': 30})
    """
    told = reporter or reporter_for(verbose)
    context = joined(RunContext(Path(logdir), told, seed, profile, strategy=strategy))
    if not isinstance(data, str):
        chosen = resolved(recipe).for_source(MEMORY).override(overrides)
        chosen, rows = dataset_of(chosen, data, validation_data, seed)
        return train(context, chosen, rows, call(chosen, seed, overrides))
    if validation_data is not None:
        raise DataError("validation_data goes with rows of your own: give them as data")
    chosen, source = for_source(resolved(recipe), data, overrides)
    what = ["--recipe", str(recipe)] if isinstance(recipe, Path) else [chosen.name]
    return train(context, chosen, source, command_line(what, data, seed, overrides))


def train(context: RunContext, recipe: Recipe, data: str | Dataset, command: str = "") -> Run:
    """Train a recipe, as it is, on a source of its data or on given rows, in a new run folder."""
    setup = prepare(context, recipe, data, train)
    source = setup.dataset.source
    command = command or command_line([recipe.name], source, context.seed, {})
    if not context.chief:
        return follow(context, setup, _opening(context, setup, command), context.logdir)
    changed = {**source_changed(recipe, source), **changes(recipe, source, command)}
    folder = runs.create(
        context.logdir, recipe.name, context.seed, context.part, changed=in_a_name(changed)
    )
    return _carried_out(context, setup, folder, _opening(context, setup, command))


def resume(
    run: str | Path | Run,
    *,
    data: Any = None,
    validation_data: Any = None,
    logdir: str | Path = LOGDIR,
    verbose: Verbose = "auto",
    reporter: Reporter | None = None,
    profile: bool = False,
    strategy: Any = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> Run:
    """Continue an interrupted run from its last completed epoch.

    It ends as the run would have ended without the interruption: the same weights, optimizer,
    callbacks, history and TensorBoard steps.

    Args:
        run: A run folder, or a recipe for its latest run.
        data, validation_data: The rows of a run whose data was given in memory, once more.
        logdir: The folder that holds the run folders.
        verbose, reporter, strategy: As `fit` takes them; the workers may be other ones, and more
            or fewer.
        profile: Profile a few steps, for TensorBoard's profile page.
        custom_objects: Losses and metrics of your own, by the name that the recipe has.

    Returns:
        The finished `zoo.Run`.

    Raises:
        TrainingError: no such run, or it has finished.
        DataError: the data has changed, or is not given where it was given in memory.

    Example:
        >>> import zoo
        >>> run = zoo.fit("tiny_dense", data="planted", epochs=1, engine="fit", verbose=0)
        >>> try:
        ...     zoo.resume(run)
        ... except RuntimeError as error:
        ...     print(str(error).rpartition("; ")[2])
        there is nothing to resume
    """
    told = reporter or reporter_for(verbose)
    context = RunContext(Path(logdir), told, profile=profile, strategy=strategy)
    folder, record = run_of_all(context, lambda: runs.resumable(run, Path(logdir)))
    FUNCTIONS.update(custom_objects or {})
    check_custom(record.recipe, folder, "zoo.resume")
    parent = runs.logdir_of(folder, record.recipe.name) or Path(logdir)
    context = joined(replace(context, logdir=parent, seed=record.seed))
    rows = record_data(record, data, validation_data)
    setup = prepare(context, record.recipe, rows, train, expected=record.data.fingerprint)
    opening = replace(_opening(context, setup, record.command), started=record.started)
    if not context.chief:
        return follow(context, setup, opening, folder)
    return _carried_out(context, setup, folder, opening, resumed=True)


@without_retracing_warnings()
def _carried_out(
    context: RunContext,
    setup: TrainingSetup,
    folder: Path,
    record: RunRecord,
    *,
    resumed: bool = False,
) -> Run:
    """Train, save, evaluate, and write down what came out; or go on where a run had stopped."""
    recipe, model, console, timer = setup.recipe, setup.model, context.console, context.timer
    with alone_in(folder), recorded(folder, record):
        for left in folder.rglob(f"{PARTIAL}*") if resumed else ():
            left.unlink(missing_ok=True)  # what the killed process was writing
        record.write(folder)
        examples.keep(folder, recipe, setup.splits, setup.dataset)
        with console.phase("drawing the model"):
            drawing = diagram.to_dot(model)
            diagram.write(drawing, folder / runs.DIAGRAM)
        import_ahead(
            *("matplotlib.figure", "matplotlib.backends.backend_agg"),
            *("pandas", "sklearn.linear_model"),
        )
        with timer.phase("train"):
            whole = _trained(context, setup, folder, record, drawing, resumed=resumed)
        with context.phase("save", "saving the model"):
            runs.write_model(folder, model)
        with context.phase("evaluate", "scoring the model"):
            metrics = evaluation.score(model, setup.splits, setup.weights)
        name, baseline = "", {}
        with context.phase("baseline", "fitting the baseline"):
            if recipe.baseline and whole:
                name, baseline = evaluation.baseline(recipe, setup.splits, console.line)
        with context.phase("report", "drawing the report"):
            step = int(model.optimizer.iterations.numpy())
            table = reports.write_all(
                recipe, model, setup.dataset, setup.splits, metrics, folder, step
            )
            evaluation.write_scores(folder, record, metrics, step)
        outputs = inference.output_names(model)
        record = replace(
            record,
            status="finished" if whole else "interrupted",
            epochs_run=runs.epochs_run(folder),
            metrics=metrics,
            baseline=baseline,
            baseline_name=name,
            references=evaluation.references(setup.dataset, metrics, outputs, recipe),
            seconds=timer.seconds(),
        )
        record.write(folder)
    if context.asked_for:
        evaluation.show(console, record, judged=whole)
    if not whole:
        done = recipe.initial_epoch + record.epochs_run
        how = f"zoo train --resume {folder}"
        if record.data.source == MEMORY:
            how = f"zoo.resume({str(folder)!r}, data=...) in Python"
        way = "" if context.temporary else f"; continue with {how}"
        raise StoppedEarly(f"stopped after epoch {done} of {recipe.epochs}{way}")
    if table is not None and context.asked_for:
        console.table(table.title, table.header, table.rows)
    if not context.temporary:
        console.line(f"run folder: {folder}")
    return Run(folder, model, record)


def _opening(context: RunContext, setup: TrainingSetup, command: str) -> RunRecord:
    """What run.json says while training runs."""
    return RunRecord(
        recipe=setup.recipe,
        seed=context.seed,
        data=data_record(setup.dataset, setup.fingerprint, setup.splits),
        upstream=setup.upstream,
        engine=setup.engine,
        parameters=setup.model.count_params(),
        workers=context.workers,
        command=command,
    )


def _trained(
    context: RunContext,
    setup: TrainingSetup,
    folder: Path,
    record: RunRecord,
    drawing: str,
    *,
    resumed: bool,
) -> bool:
    """Run the epochs, or those that are left; whether all were run that the recipe wants."""
    # These derive from Keras's classes: importing them loads TensorFlow.
    from zoo.tensorboard import events
    from zoo.tensorboard.callback import TensorBoard
    from zoo.training import checkpoint
    from zoo.training.callbacks import BestWeights, standard_callbacks
    from zoo.training.checkpoint import StopRequest, listening
    from zoo.training.progress import EpochLines

    recipe, console = setup.recipe, context.console
    state = None
    if resumed:
        state = checkpoint.newest(folder / "checkpoints", console.line)
        events.cut_after(folder, int(state["arrays"]["optimizer/0"]) if state else -1)
    done = state["epochs"] if state else recipe.initial_epoch
    if resumed:
        console.line(f"continuing after epoch {done} of {recipe.epochs}")
    stop = StopRequest()
    standard = standard_callbacks(recipe, folder)
    lines = EpochLines(console, recipe, setup.steps, setup.engine, standard)
    callbacks = [
        *standard,
        lines,
        TensorBoard(
            folder,
            labels=labels_of(recipe, setup.dataset, setup.model, setup.train[0]),
            sample=[_first_rows(part) for part in setup.train],
            texts={"card": card.as_markdown(record, setup.model, folder.name)},
            drawing=drawing,
            profile=context.profile,
        ),
    ]
    point = checkpoint.ResumePoint(folder / "checkpoints", callbacks, state, stop)
    with (
        listening(stop, console.line, lambda: replace(record, status="interrupted").write(folder)),
        console.progress(recipe.epochs * setup.steps, lines.position),
        warnings.catch_warnings(),
    ):
        if recipe.validation_freq > 1:  # Keras's callbacks miss their monitor in between
            warnings.filterwarnings("ignore", message=r".* conditioned on metric")
        try:
            engine.fit(
                setup.model,
                # a run that had stopped by itself has no epochs left
                epochs=done if state and state["stopped"] else recipe.epochs,
                initial_epoch=done,
                callbacks=[*callbacks, stop, point],
                **arguments(context, setup),
            )
        except TrainingError:  # a loss that is not a number: the good weights are still there
            for callback in callbacks:
                if isinstance(callback, BestWeights):
                    callback.write()
            raise
    return stop.stopped_after in (None, recipe.epochs)


def _first_rows(part: Arrays) -> Any:
    """The rows that TensorBoard shows the gradients of."""
    return inference.as_inputs({name: array[:SAMPLE] for name, array in part.items()})
