"""From a recipe's name to a run folder: the one place that sees all parts of the zoo together."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo import diagram, reports
from zoo.data import load as load_dataset
from zoo.errors import DataError, StoppedEarly, TrainingError
from zoo.files import replacing
from zoo.ports import Split, build_for, ported
from zoo.recipe import Recipe
from zoo.recipe import recipe as find_recipe
from zoo.reporter import Reporter, metric_rows
from zoo.runs import LOGDIR, Run, Scores, load_run
from zoo.stacking import with_prediction
from zoo.training import baselines, engine, provenance, run_folder

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset


def fit(
    recipe: str | Recipe,
    *,
    data: str = "auto",
    seed: int = 0,
    logdir: str | Path = LOGDIR,
    reporter: Reporter | None = None,
    **overrides: Any,
) -> Run:
    """Train a recipe and leave a run folder behind.

    Args:
        recipe: A recipe's name, or a Recipe of your own.
        data: A source of the recipe's dataset; `auto` takes real data when it is on disk.
        seed: Seed of the weights and of the order of the rows.
        logdir: Parent of the run folders.
        reporter: Where progress goes; stdout by default.
        **overrides: Recipe fields for this run only, such as `epochs=3`, or a mapping's entry,
            such as `**{"arguments.l2": 0.01}`.

    Raises:
        UnknownNameError: no such recipe or data source.
        RecipeError: an override that the recipe cannot take.
        DataError: data that is missing or damaged.
        TrainingError: the loss became NaN, or the run folder cannot be written.
    """
    chosen = (find_recipe(recipe) if isinstance(recipe, str) else recipe).override(overrides)
    command = _command(chosen, data, seed, overrides)
    return _run(chosen, data, seed, Path(logdir), reporter or Reporter(), {"command": command})


def resume(
    run: str | Path, *, logdir: str | Path = LOGDIR, reporter: Reporter | None = None
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
    return _run(chosen, source, record["seed"], parent, reporter or Reporter(), record, folder)


def _run(
    chosen: Recipe,
    data: str,
    seed: int,
    logdir: Path,
    reporter: Reporter,
    record: dict[str, Any],
    folder: Path | None = None,
) -> Run:
    """Train in a new run folder, or go on in `folder`, whose record is `record`."""
    clock = _Clock()
    with clock.phase("data"):
        dataset = _loaded(chosen, data, reporter)
        fingerprint = dataset.fingerprint
        if folder and fingerprint != record["data"]["fingerprint"]:
            raise DataError(f"the data is not what {folder} was trained on; train anew instead")
        dataset, upstream = _stacked(dataset, chosen, seed, logdir, reporter)
    with clock.phase("tensorflow"):
        from zoo.training.determinism import set_seed

        set_seed(seed)
    with clock.phase("build"):
        model = build_for(chosen, dataset)
        splits = ported(chosen, dataset, model, reporter.line)
        if "train" not in splits:
            raise DataError(f"{dataset.name} ({dataset.source}) has no training rows")
        train, validation = splits["train"], splits.get("validation")
        if chosen.validation_split:
            train, validation = _joined(train, validation), None
        steps = _compiled(model, chosen, train)
        engine_name, why = engine.engine_for(chosen.engine, train)
        if why:
            reporter.line(f"note: engine {engine_name} instead of {chosen.engine}: {why}")

    resumed = folder is not None
    folder = folder or run_folder.create(logdir, chosen.name, seed)
    record = {
        "status": "running",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        **{key: record[key] for key in ("command", "started") if key in record},
        "recipe": chosen.to_dict(),
        "seed": seed,
        "data": {
            "name": dataset.name,
            "source": dataset.source,
            "fingerprint": fingerprint,
            "rows": {split: _rows(arrays) for split, arrays in splits.items()},
            "sizes": dict(dataset.sizes),
        },
        "upstream": upstream,
        "engine": engine_name,
        "parameters": model.count_params(),
        "commit": provenance.commit(),
        "versions": provenance.versions(),
        "machine": provenance.machine(),
    }
    with _recorded(folder, record):
        run_folder.write(folder, record)
        run_folder.write_labels(folder, dataset.labels)
        diagram.render(model, folder / run_folder.DIAGRAM)
        with clock.phase("train"):
            whole = _trained(
                model,
                chosen,
                dataset,
                train,
                validation,
                folder,
                reporter,
                steps,
                engine_name=engine_name,
                seed=seed,
                resumed=resumed,
            )
        with clock.phase("save"), replacing(folder / run_folder.MODEL) as partial:
            model.save(partial)
        with clock.phase("evaluate"):
            metrics = _scores(model, splits)
        with clock.phase("baseline"):
            name, baseline = (
                baselines.score(chosen.baseline, splits, chosen.loss, chosen.metrics)
                if chosen.baseline and whole
                else ("", {})
            )
        with clock.phase("report"):
            table = _reported(chosen, model, dataset, splits, folder)
        record |= {
            "status": "finished" if whole else "interrupted",
            "epochs_run": run_folder.epochs_run(folder),
            "metrics": metrics,
            "baseline": baseline,
            "baseline_name": name,
            "references": _references(dataset, metrics, engine.output_names(model)),
            "seconds": clock.seconds(),
        }
        run_folder.write(folder, record)
    _show(reporter, record)
    if not whole:
        raise StoppedEarly(
            f"stopped after epoch {record['epochs_run']} of {chosen.epochs}; go on with "
            f"zoo train --resume {folder}"
        )
    if table is not None:
        reporter.table(table.title, table.header, table.rows)
    reporter.line(f"run folder: {folder}")
    return Run(folder, model, record)


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
    dataset = _loaded(chosen, record["data"]["source"], reporter)
    if dataset.fingerprint != record["data"]["fingerprint"]:
        reporter.line("note: this is not the data that the run was trained on")
    dataset, _ = _stacked(dataset, chosen, record["seed"], Path(logdir), reporter)
    splits = ported(chosen, dataset, loaded.model, reporter.line)
    metrics = _scores(loaded.model, splits)
    _show(reporter, {**record, "metrics": metrics})
    return metrics


def _loaded(recipe: Recipe, data: str, reporter: Reporter) -> Dataset:
    """The recipe's data; where it came from is the first line printed."""
    dataset = load_dataset(recipe.dataset, source=data, **recipe.dataset_options)
    reporter.line(dataset.origin)
    for note in dataset.notes:
        reporter.line(f"note: {note}")
    return dataset


def _stacked(
    dataset: Dataset, recipe: Recipe, seed: int, logdir: Path, reporter: Reporter
) -> tuple[Dataset, dict[str, Any] | None]:
    """The data with the column `pred`, and the run that it came from, if the recipe stacks."""
    if not recipe.stacked_on:
        return dataset, None
    return with_prediction(dataset, recipe.stacked_on, seed=seed, logdir=logdir, reporter=reporter)


def _compiled(model: keras.Model, recipe: Recipe, train: Split) -> int:
    """Compile the model; the number of steps in an epoch."""
    from zoo.training.compiling import compile_model

    rows = int(_rows(train) * (1 - recipe.validation_split))
    steps = max(1, -(-rows // recipe.batch_size))
    compile_model(model, recipe, steps)
    return steps


def _trained(
    model: keras.Model,
    recipe: Recipe,
    dataset: Dataset,
    train: Split,
    validation: Split | None,
    folder: Path,
    reporter: Reporter,
    steps: int,
    *,
    engine_name: str,
    seed: int,
    resumed: bool,
) -> bool:
    """Run the epochs, or those that are left; whether all were run that the recipe wants."""
    # These derive from Keras's classes: importing them loads TensorFlow.
    from zoo.training import checkpoint, events
    from zoo.training.callbacks import standard_callbacks
    from zoo.training.interrupt import StopRequest, listening
    from zoo.training.progress import EpochLines
    from zoo.training.tensorboard import TensorBoard

    state = None
    if resumed:
        state = checkpoint.newest(folder / "checkpoints", reporter.line)
        events.cut_after(folder, int(state["arrays"]["optimizer/0"]) if state else 0)
    done = state["epochs"] if state else 0
    if resumed:
        reporter.line(f"going on after epoch {done} of {recipe.epochs}")
    stop = StopRequest()
    callbacks = [
        EpochLines(reporter, recipe.epochs, steps),
        *standard_callbacks(recipe, folder),
        TensorBoard(folder, labels=dataset.labels),
    ]
    point = checkpoint.ResumePoint(folder / "checkpoints", callbacks, state)
    with listening(stop, reporter.line), reporter.progress(recipe.epochs * steps, recipe.name):
        engine.fit(
            model,
            train,
            validation,
            # a run that had stopped by itself has no epochs left
            epochs=done if state and state["stopped"] else recipe.epochs,
            initial_epoch=done,
            batch_size=recipe.batch_size,
            engine=engine_name,
            seed=seed,
            validation_split=recipe.validation_split,
            callbacks=[*callbacks, point, stop],
        )
    return stop.stopped_after in (None, recipe.epochs)


def _joined(train: Split, validation: Split | None) -> Split:
    """Training rows followed by validation rows, for recipes that split by themselves."""
    if validation is None:
        return train
    first, second = (
        {port: np.concatenate([part[port], other[port]]) for port in part}
        for part, other in zip(train, validation, strict=True)
    )
    return first, second


def _rows(split: Split) -> int:
    return len(next(iter(split[1].values())))


def _reported(
    recipe: Recipe,
    model: keras.Model,
    dataset: Dataset,
    splits: Mapping[str, Split],
    folder: Path,
) -> reports.Table | None:
    """Write the run's picture and what belongs to it, also where TensorBoard finds it."""
    from zoo.training.tensorboard import write_picture

    inputs, targets = splits.get("test", splits["train"])
    predicted = engine.predict(model, inputs)
    finished = reports.Finished(recipe, model, dataset, inputs, targets, predicted)
    table = reports.write(finished, folder)
    step = int(model.optimizer.iterations)
    write_picture(folder / "train", "picture", folder / reports.PICTURE, step)
    return table


def _scores(model: keras.Model, splits: Mapping[str, Split]) -> Scores:
    return {split: engine.evaluate(model, *arrays) for split, arrays in splits.items()}


def _references(
    dataset: Dataset, metrics: Scores, outputs: Sequence[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """The data's reference scores under the names that the model's metrics have.

    Data says `score_diff_mae`; a model with that one output reports just `mae`.
    """
    prefix = f"{outputs[0]}_" if len(outputs) == 1 else ""
    named = {
        name: {
            split: {
                key: scores[split][prefix + key] for key in keys if prefix + key in scores[split]
            }
            for split, keys in metrics.items()
            if split in scores
        }
        for name, scores in dataset.references.items()
    }
    return {name: scores for name, scores in named.items() if any(scores.values())}


def _command(recipe: Recipe, data: str, seed: int, overrides: Mapping[str, Any]) -> str:
    """The command line that repeats this run."""
    words = ["python", "-m", "zoo.train", recipe.name, "--data", data, "--seed", str(seed)]
    for key, value in overrides.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)


def _show(reporter: Reporter, record: Mapping[str, Any]) -> None:
    """Print the model's scores beside the baseline's and the data's own reference scores."""
    columns = {"model": record["metrics"]}
    if record["baseline"]:
        columns[record["baseline_name"]] = record["baseline"]
    columns |= record["references"]
    recipe, source = record["recipe"], record["data"]["source"]
    title = f"{recipe['name']} on {source}, {record['parameters']:,} parameters"
    reporter.table(title, ("", *columns), list(metric_rows(columns)))
    scores = record["metrics"].get("test", {})
    for metric, bound in recipe["expect"].get(source, {}).items():
        if metric not in scores:  # the run left a head out
            continue
        value = scores[metric]
        higher = metric.endswith("accuracy")
        verdict = "reached" if (value >= bound if higher else value <= bound) else "MISSED"
        at = "at least" if higher else "at most"
        reporter.line(f"expected: test {metric} {at} {bound:g}; {verdict}, {value:.4f}")


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


class _Clock:
    """Seconds by phase, and in total."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.phases: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.phases[name] = time.perf_counter() - begun

    def seconds(self) -> dict[str, float]:
        total = {"total": time.perf_counter() - self.begun}
        return {name: round(value, 3) for name, value in {**self.phases, **total}.items()}
