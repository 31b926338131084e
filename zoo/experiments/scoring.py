"""`zoo.evaluate`: a finished run scored on its own data again, or on rows that are given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from zoo.core.console import Reporter, Verbose, reporter_for
from zoo.data.dataset import Dataset
from zoo.experiments import evaluation
from zoo.experiments.feeding import feed, row_weights, tensors_of
from zoo.experiments.given import MEMORY, SPLIT, WEIGHTS, check_ids, rows_of
from zoo.experiments.record import Scores
from zoo.experiments.runs import LOGDIR, Run, RunContext, check_custom, load_run
from zoo.experiments.setup import load, stacked
from zoo.experiments.trainer import train


def evaluate(
    run: str | Path | Run,
    data: Any = None,
    *,
    logdir: str | Path = LOGDIR,
    verbose: Verbose = "auto",
    reporter: Reporter | None = None,
) -> Scores:
    """Score a finished run on its own data again, or on rows that are given.

    Args:
        run: A `zoo.Run`, a run folder, or a recipe for its latest run.
        data: Rows as `zoo.fit` takes them as `data`; None takes the run's own data.
        logdir: The folder that holds the run folders.
        verbose, reporter: As `zoo.fit` takes them.

    Returns:
        Split -> metric -> value; the split of given rows is called `given`.

    Raises:
        TrainingError: no such run, or it is damaged.
        DataError: the data is missing or damaged, or rows do not fit the model.

    Example:
        >>> import zoo
        >>> run = zoo.fit("tiny_dense", data="planted", epochs=1, engine="fit", verbose=0)
        >>> zoo.evaluate(run, verbose=0) == run.metrics
        True
    """
    console = reporter or reporter_for(verbose)
    with console.phase("loading the run"):
        loaded = load_run(run, logdir)
    record = loaded.record
    check_custom(record.recipe, loaded.folder, "zoo.load_run")
    if data is not None:
        return _score_rows(loaded, data, console)
    dataset = load(record.recipe, record.data.source, console)
    if dataset.fingerprint != record.data.fingerprint:
        console.line("note: this is not the data that the run was trained on")
    context = RunContext(Path(logdir), console, record.seed)
    dataset, _ = stacked(dataset, record.recipe, context, train)
    splits = feed(record.recipe, dataset, loaded.model, console.line)
    weights = row_weights(record.recipe, dataset, tensors_of(loaded.model))
    with console.phase("scoring the model"):
        metrics = evaluation.score(loaded.model, splits, weights)
    evaluation.show(console, replace(record, metrics=metrics))
    return metrics


def _score_rows(run: Run, data: Any, console: Reporter) -> Scores:
    """The scores on rows that are given, as those of a split of their own."""
    recipe, tensors = run.recipe, tensors_of(run.model)
    rows = rows_of(recipe, tensors, data, run.record.data.names)
    dataset = Dataset("the data in memory", MEMORY, {SPLIT: rows})
    reader = replace(recipe, columns={}, sample_weight=WEIGHTS if WEIGHTS in rows else "")
    splits = feed(reader, dataset, run.model, console.line)
    check_ids(run.model, splits[SPLIT][0])
    weights = row_weights(reader, dataset, tensors)
    with console.phase("scoring the model"):
        metrics = evaluation.score(run.model, splits, weights)
    evaluation.show(console, replace(run.record, metrics=metrics, baseline={}, references={}))
    return metrics
