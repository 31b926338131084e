"""From members to an ensemble's run folder."""

from __future__ import annotations

import dataclasses
import logging
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.console import Reporter, Timer, Verbose, reporter_for
from zoo.core.errors import DataError, RecipeError, TrainingError, UnknownNameError
from zoo.ensembling.combine import combine
from zoo.ensembling.member_weights import convex_shares
from zoo.ensembling.members import Member, given, summary, trained
from zoo.ensembling.table import show
from zoo.experiments import card, evaluation, examples, reports, setup, trainer
from zoo.experiments import runs as run_folders
from zoo.experiments.feeding import Split, feed
from zoo.experiments.record import EnsembleRecord, RunRecord
from zoo.experiments.runs import LOGDIR, Run, RunContext
from zoo.experiments.setup import stacked
from zoo.experiments.sourced import for_source
from zoo.experiments.vocabularies import labels_of
from zoo.inspection import diagram
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import resolved
from zoo.training import inference

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset

WEIGHTS = ("uniform", "validation")
MOST_MEMBERS = 1_000
Shares = Mapping[str, tuple[float, ...]]  # output -> a share per member


def ensemble(
    recipe: str | Recipe | None = None,
    *,
    members: int = 3,
    runs: Sequence[str | Path | Run] = (),
    weights: str = "uniform",
    data: str = "auto",
    seed: int = 0,
    logdir: str | Path = LOGDIR,
    verbose: Verbose = "auto",
    reporter: Reporter | None = None,
    **overrides: Any,
) -> Run:
    """Average several trained models into one model, and write a run folder.

    Either `members` models of a recipe, with seeds from `seed` on, or finished `runs`, even of
    different architectures: these must have the same inputs, outputs and data. Classification
    averages probabilities, regression values.

    Args:
        recipe: A recipe's name, or a Recipe of your own; finished runs of it serve as members.
        members: How many, 2 or more.
        runs: Instead of a recipe: runs, run folders, `RECIPE/RUN`, or names of recipes.
        weights: `uniform`, or `validation`: convex ones by output, learned on validation rows.
        data: A source of the recipe's dataset; `auto` takes real data when it is on disk.
        seed: The first member's.
        logdir: The folder that holds the run folders; the ensemble's is below `RECIPE_ensemble`,
            new members are below `RECIPE/members`.
        verbose: 0 prints nothing, 1 (`auto`) the values that count most, 2 all values.
        reporter: Where progress goes, in place of stdout and `verbose`.
        **overrides: Recipe fields, as `zoo.fit` takes them.

    Returns:
        The `zoo.Run` of the ensemble; its `model` is one Keras model.

    Raises:
        UnknownNameError: no such recipe or data source.
        RecipeError: an argument or override that does not go with the others.
        BuildError: runs whose inputs or outputs differ.
        DataError: data that is missing, damaged, or different from run to run.
        TrainingError: a run that is missing or did not finish.

    Example:
        >>> import zoo
        >>> quick = {"data": "planted", "epochs": 1, "engine": "fit", "verbose": 0}
        >>> made = zoo.ensemble("tiny_dense", members=2, **quick)
        >>> made.model.count_params(), [each.seed for each in made.record.ensemble.members]
        (12, [0, 1])
    """
    check_request(recipe, members, runs, weights, overrides)
    logdir, reporter, timer = Path(logdir), reporter or reporter_for(verbose), Timer()
    if recipe is not None:
        chosen, source = for_source(resolved(recipe), data, overrides)
        dataset = setup.load(chosen, source, reporter)
        _check_rows(chosen, dataset, weights)
        with timer.phase("members"):
            joined = trained(chosen, dataset, members, seed, logdir=logdir, reporter=reporter)
    else:
        with timer.phase("members"), reporter.phase("loading the runs"):
            joined = given(runs, logdir=logdir)
        dataset = setup.load(joined[0].recipe, joined[0].run.record.data.source, reporter)
        if dataset.fingerprint != joined[0].run.record.data.fingerprint:
            raise DataError(
                f"{dataset.name} ({dataset.source}) is not the data that the runs were trained on"
            )
        _check_rows(joined[0].recipe, dataset, weights)
    context = RunContext(logdir, reporter, joined[0].seed, timer=timer)
    return _built(joined, dataset, weights, context)


def check_request(
    recipe: object, members: int, runs: Sequence[object], weights: str, overrides: object
) -> None:
    """Refuse arguments that make no ensemble, before anything is loaded.

    Raises:
        RecipeError: the message says which.
    """
    if not isinstance(runs, list | tuple):
        raise RecipeError(f"runs takes a list of runs, not {type(runs).__name__}")
    if (recipe is None) == (not runs):
        raise RecipeError("an ensemble needs either a recipe or finished runs")
    if weights not in WEIGHTS:
        raise RecipeError(str(UnknownNameError("weights", weights, WEIGHTS)))
    if recipe is not None and not 2 <= members <= MOST_MEMBERS:
        raise RecipeError(f"an ensemble takes 2 to {MOST_MEMBERS:,} members, not {members:,}")
    if runs and len(runs) < 2:
        raise RecipeError("an ensemble needs at least 2 runs, not 1")
    if runs and overrides:
        raise RecipeError("finished runs keep their settings: leave out the overrides")


def _check_rows(recipe: Recipe, dataset: Dataset, weights: str) -> None:
    held = "validation" in dataset.splits or recipe.validation_split
    if weights == "validation" and not held:
        raise DataError(f"{dataset.name} has no validation rows; use --weights uniform")


def _built(members: Sequence[Member], dataset: Dataset, weights: str, context: RunContext) -> Run:
    """Combine, learn shares, score, and write the run folder, run.json last."""
    # every member has graphs of its own, which TensorFlow takes for one retraced too often
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    recipe = _recipe(members)
    fingerprint = dataset.fingerprint
    dataset, upstream = stacked(dataset, recipe, context, trainer.train)
    models = [member.run.model for member in members]
    with context.phase("build", "combining the models"):
        averages = {"average": combine(models, name=recipe.name)}
        splits = feed(recipe, dataset, models[0], context.console.line)
        shares = _learned(members, splits)
        if shares:
            averages["weighted average"] = combine(models, shares, name=recipe.name)
        _compile([*averages.values(), *models], recipe)
    with context.phase("evaluate", "scoring the models"):
        shown = {split: each for split, each in splits.items() if split != "train"} or splits
        scores = [evaluation.score(model, shown) for model in models]
        joint = {name: evaluation.score(model, splits) for name, model in averages.items()}
    chosen = "weighted average" if weights == "validation" else "average"
    if chosen not in averages:
        raise TrainingError("the members share no validation rows; use --weights uniform")
    model, metrics = averages[chosen], joint[chosen]
    first = members[0].run.record
    record = RunRecord(
        status="finished",
        command=_command(members, weights),
        recipe=recipe,
        seed=context.seed,
        data=setup.data_record(dataset, fingerprint, splits),
        upstream=upstream,
        engine=first.engine,
        parameters=model.count_params(),
        metrics=metrics,
        baseline=first.baseline,
        baseline_name=first.baseline_name,
        references=evaluation.references(dataset, metrics, inference.output_names(model), recipe),
        ensemble=EnsembleRecord(
            weights=weights,
            members=summary(members, shares if weights == "validation" else None, scores),
            shares=shares,
            averages=joint,
        ),
    )
    folder = run_folders.create(context.logdir, recipe.name, context.seed)
    with context.phase("report", "drawing the report"):
        _write(folder, record, model, dataset, splits)
        evaluation.write_scores(folder, record, metrics)
    record = dataclasses.replace(record, seconds=context.timer.seconds())
    record.write(folder)
    show(context.console, record)
    context.console.line(f"run folder: {folder}")
    return Run(folder, model, record)


def _compile(models: Sequence[keras.Model], recipe: Recipe) -> None:
    """Compile for scoring: an optimizer without memory, so that the file holds only weights."""
    from zoo.training.compile import compile_model

    still = dataclasses.replace(
        recipe, optimizer="sgd", optimizer_options={}, schedule="constant", ema=0.0
    )
    for model in models:
        compile_model(model, still, 1)
        model.optimizer.build(model.trainable_variables)


def _recipe(members: Sequence[Member]) -> Recipe:
    """The first member's recipe, under the ensemble's name."""
    names = dict.fromkeys(member.recipe.name for member in members)
    first = members[0].recipe
    # the table of strengths reads the weights of one model
    report = "" if first.report == "strengths" else first.report
    return dataclasses.replace(first, name=f"{'_'.join(names)}_ensemble", report=report)


def _learned(members: Sequence[Member], splits: Mapping[str, Split]) -> Shares | None:
    """Each output's shares, learned on the rows that all members were validated on."""
    held = _held_out(members, splits)
    if held is None:
        return None
    inputs, targets = held
    predicted = [inference.predict(member.run.model, inputs) for member in members]
    return {
        output: tuple(
            convex_shares(
                members[0].recipe.loss[output],
                truth,
                np.stack([each[output] for each in predicted]),
            )
        )
        for output, truth in targets.items()
    }


def _held_out(members: Sequence[Member], splits: Mapping[str, Split]) -> Split | None:
    """The validation rows; those at the end of the training rows for recipes that split."""
    shares = {member.recipe.validation_split for member in members}
    if len(shares) > 1:
        return None
    (share,) = shares
    if not share:
        return splits.get("validation")
    train = setup.joined(splits["train"], splits.get("validation"))
    cut = int(setup.rows(train) * (1 - share))
    inputs, targets = ({name: array[cut:] for name, array in arrays.items()} for arrays in train)
    return inputs, targets


def _write(
    folder: Path,
    record: RunRecord,
    model: keras.Model,
    dataset: Dataset,
    splits: Mapping[str, Split],
) -> None:
    """All files of the run folder but run.json."""
    from zoo.tensorboard.described import write_description
    from zoo.tensorboard.projector import write_projector

    recipe, events = record.recipe, folder / "train"
    examples.keep(folder, recipe, splits, dataset)
    drawing = diagram.to_dot(model, nested=False)
    diagram.write(drawing, folder / run_folders.DIAGRAM)
    run_folders.write_model(folder, model)
    texts = {"card": card.as_markdown(record, model, folder.name)}
    write_description(events, model, texts=texts, drawing=drawing)
    reports.write_all(recipe, model, dataset, splits, record.metrics, folder, 0)
    write_projector(events, model, labels_of(recipe, dataset, model, splits["train"][0]))


def _command(members: Sequence[Member], weights: str) -> str:
    """The command line that makes this ensemble again, from the same runs."""
    words = ["zoo", "ensemble", "--runs", *(str(member.run.folder) for member in members)]
    return shlex.join([*words, "--weights", weights])
