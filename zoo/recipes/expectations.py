"""What to expect of a run: the bounds of its recipe, where the run is one that they hold for.

`measured.json` has the data that each recipe's bounds were measured on, by recipe and source, as
the first 16 digits of the fingerprint. `scripts/results.py` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from zoo.core.errors import RecipeError, UnknownNameError
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe

MEASURED = Path(__file__).with_name("measured.json")
DIGITS = 16
# what the names of metrics end with of which more is better; of all others less is
MORE = ("accuracy", "auc", "precision", "recall", "_score", "iou", "similarity")


@cache
def measured() -> dict[str, dict[str, str]]:
    """Recipe -> data source -> fingerprint of the data that its bounds were measured on.

    Raises:
        RecipeError: the file is damaged.
    """
    try:
        return {name: dict(each) for name, each in json.loads(MEASURED.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise RecipeError(f"{MEASURED} is damaged ({error!r}); install the zoo again") from error


def expected(recipe: Recipe, source: str, fingerprint: str) -> Mapping[str, float]:
    """Test metric -> bound for a run of `recipe` on data of this source and fingerprint.

    Empty if the run has other settings than the registered recipe, or other data than its
    bounds were measured on: an expectation says nothing about those. A recipe that is not
    registered is taken at its word.
    """
    bounds = recipe.expect.get(source, {})
    try:
        own = find_recipe(recipe.name).for_source(source)
    except UnknownNameError:
        return bounds
    if recipe.fingerprint != own.fingerprint:
        return {}
    wanted = measured().get(recipe.name, {}).get(source)
    return bounds if wanted in (None, fingerprint[:DIGITS]) else {}


def more_is_better(metric: str) -> bool:
    """Whether higher values of a metric are better, as far as its name says."""
    return metric.endswith(MORE)


def main_metric(recipe: Recipe, source: str, scores: Mapping[str, float]) -> str:
    """The test metric to compare runs of a recipe by: expected of it, else the first but the loss.

    Args:
        recipe: The runs'.
        source: Of their data.
        scores: Test metric -> value of a run; empty text is returned if it has none.
    """
    expected_of = [
        *recipe.expect.get(source, {}),
        *(m for each in recipe.expect.values() for m in each),
    ]
    others = [metric for metric in scores if not metric.endswith("loss")]
    return next((each for each in (*expected_of, *others, *scores) if each in scores), "")


def bound_text(metric: str, bound: float) -> str:
    """What is expected of a metric: `mae <= 8.8`."""
    return f"{metric} {'>=' if more_is_better(metric) else '<='} {bound:g}"
