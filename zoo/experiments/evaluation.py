"""A run's scores, beside its baseline's and the data's own: printed, and as TensorBoard's row."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.baselines import score as score_baseline
from zoo.baselines.estimators import metric_of
from zoo.core.console import Reporter, metric_rows
from zoo.core.errors import ZooError
from zoo.experiments.changed import changes, in_a_name
from zoo.experiments.feeding import Split
from zoo.experiments.record import RunRecord, Scores, one_line
from zoo.recipes.expectations import expected
from zoo.recipes.fields import SAID
from zoo.recipes.recipe import Recipe
from zoo.tensorboard.events import HParam, flattened, write_hparams
from zoo.training import inference

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset

# Settings that every row of the HParams page has; of the others those that a recipe sets.
_ALWAYS = ("epochs", "batch_size", "learning_rate", "optimizer", "schedule")
# fields that say what a recipe is for, not how it trains, or that its name stands for
_NOT_SETTINGS = {
    *("name", "architecture", "dataset", "loss", "metrics", "columns", "monitor"),
    *("baseline", "report", *SAID),
}


def score(
    model: keras.Model, splits: Mapping[str, Split], weights: Mapping[str, np.ndarray] | None = None
) -> Scores:
    """Split -> metric -> value; the rows' weights by split, if they have any."""
    return {
        split: inference.evaluate(model, *arrays, (weights or {}).get(split))
        for split, arrays in splits.items()
    }


def baseline(
    recipe: Recipe, splits: Mapping[str, Split], say: Callable[[str], None]
) -> tuple[str, Scores]:
    """The title and scores of the recipe's baseline; without them where it cannot be fitted.

    A model that is trained shall not be lost for what it is compared with.
    """
    from sklearn.exceptions import ConvergenceWarning

    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", ConvergenceWarning)
            found = score_baseline(recipe.baseline, splits, recipe.loss, recipe.metrics)
        for each in told:
            if not issubclass(each.category, ConvergenceWarning):
                warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
        if any(issubclass(each.category, ConvergenceWarning) for each in told):
            say(f"note: {found[0]} stopped before it had converged")
        return found
    except ZooError:
        raise
    except (ValueError, TypeError, LookupError) as error:  # scikit-learn's, of rows not made for it
        what = f"note: baseline {recipe.baseline} is left out, as it cannot be fitted"
        say(f"{what}: {one_line(error)}")
        return "", {}


def references(
    dataset: Dataset, metrics: Scores, outputs: Sequence[str], recipe: Recipe
) -> dict[str, dict[str, dict[str, float]]]:
    """The data's reference scores under the names that the model's metrics have.

    The data has `score_diff_mae`; a model with that one output reports just `mae`. The score of
    an output that takes several columns side by side is the mean of theirs. The loss of an output
    without metrics is held against the metric that it equals.
    """
    named: dict[str, dict[str, dict[str, float]]] = {}
    for name, scores in dataset.references.items():
        for split, keys in metrics.items():
            found = {
                key: value
                for key in keys
                if (value := _reference(scores.get(split, {}), key, outputs, recipe)) is not None
            }
            if found:
                named.setdefault(name, {})[split] = found
    return named


def _reference(
    scores: Mapping[str, float], key: str, outputs: Sequence[str], recipe: Recipe
) -> float | None:
    """The score that the model's metric `key` is compared with; None if the data has none."""
    output = max((name for name in outputs if key.startswith(f"{name}_")), key=len, default="")
    metric = key.removeprefix(f"{output}_")
    if len(outputs) == 1:
        output, metric = outputs[0], key
    if metric == "loss" and output in recipe.loss and not recipe.metrics.get(output):
        metric = metric_of(recipe.loss[output])
    for names in ((output,), recipe.columns.get(output, ())):
        values = [scores.get(f"{name}_{metric}") for name in names]
        known = [value for value in values if value is not None]
        if known and len(known) == len(names):
            return float(np.mean(known))
    return None


def show(console: Reporter, record: RunRecord, *, judged: bool = True) -> None:
    """Print the model's scores beside the baseline's and the data's own reference scores.

    Args:
        judged: Say whether they are what the recipe expects.
    """
    columns = {"model": record.metrics}
    if record.baseline:
        columns[record.baseline_name] = record.baseline
    columns |= record.references
    if not console.detailed:
        columns["model"] = without_repetition(record.recipe, record.metrics)
    title = f"{record.recipe.name} on {record.data.source}, {record.parameters:,} parameters"
    console.table(title, ("", *columns), list(metric_rows(columns)))
    if judged:
        show_expectations(console, record)


def without_repetition(recipe: Recipe, metrics: Scores) -> Scores:
    """The scores without the losses that a metric beside them repeats.

    An output's loss has no penalties in it: it repeats the metric that it equals. The loss of a
    model with one output does so only where the numbers agree.
    """
    hidden = set()
    for output, loss in recipe.loss.items():
        same = metric_of(loss)
        if same not in recipe.metrics.get(output, ()):
            continue
        if len(recipe.loss) > 1:
            hidden.add(f"{output}_loss")
        elif all(
            math.isclose(each.get("loss", 0), each.get(same, 0), rel_tol=1e-5)
            for each in metrics.values()
        ):
            hidden.add("loss")
    return {
        split: {name: value for name, value in scores.items() if name not in hidden}
        for split, scores in metrics.items()
    }


def show_expectations(console: Reporter, record: RunRecord) -> None:
    """Print whether the test scores are what the recipe expects of them."""
    source = record.data.source
    scores = record.metrics.get("test", {})
    for metric, bound in expected(record.recipe, source, record.data.fingerprint).items():
        if metric not in scores:  # the run left a head out
            continue
        higher = metric.endswith("accuracy")
        kept = scores[metric] >= bound if higher else scores[metric] <= bound
        at = "at least" if higher else "at most"
        verdict = "reached" if kept else "MISSED"
        console.line(f"expected: test {metric} {at} {bound:g}: {verdict}")


def hparams(record: RunRecord) -> dict[str, HParam]:
    """The settings of a run by its record: the recipe's, the data's source, seed, engine, members.

    The page ticks five columns, first those in which the rows differ, then by name. So settings
    that are off are left out, and `changed` says what differs from the recipe's own ones.
    """
    fields = record.recipe.to_dict()
    off = {each.name: _default(each) for each in dataclasses.fields(Recipe)}
    kept = {
        key: value
        for key, value in fields.items()
        if key not in _NOT_SETTINGS and (key in _ALWAYS or value != off.get(key))
    }
    joined: dict[str, Any] = {}
    if made := record.ensemble:
        joined = {"members": [member.run for member in made.members], "weights": made.weights}
    changed = changes(record.recipe, record.data.source, record.command)
    return flattened(
        {
            "recipe": record.recipe.name,
            "changed": [f"{key}={value}" for key, value in changed.items()] or "nothing",
            **kept,
            "data": record.data.source,
            "seed": record.seed,
            "engine": record.engine,
            "ensemble": joined,
        }
    )


def _default(field: dataclasses.Field[Any]) -> Any:
    """What a recipe has where it does not say."""
    made = field.default_factory
    return made() if made is not dataclasses.MISSING else field.default


def row_name(record: RunRecord, folder: Path) -> str:
    """The row's name: no other run has it, and it begins with what a narrow column shows."""
    changed = changes(record.recipe, record.data.source, record.command)
    told = [f"{record.recipe.name} seed {record.seed}", in_a_name(changed), folder.name[:15]]
    return ", ".join(filter(None, told))


def write_scores(folder: Path, record: RunRecord, scores: Scores, step: int = 0) -> None:
    """Write the run's row of the HParams page: its settings and every split's scores.

    The page makes a column of every scalar of the row's folder. So the row is in the folder of
    the test split, `RUN/test`, which has no curves: its scores have the tags of `train` and
    `validation`, `mae`, so that the charts show them beside the curves, and the other splits'
    scores have theirs before that, `validation/mae`. Data without a test split have the row in
    the folder of the last split that they have.
    """
    home = "test" if "test" in scores else "validation" if "validation" in scores else "train"
    metrics = {
        metric if split == home == "test" else f"{split}/{metric}": value
        for split, found in scores.items()
        for metric, value in found.items()
    }
    name = row_name(record, folder)
    write_hparams(folder / home, hparams(record), metrics, name=name, step=step)
