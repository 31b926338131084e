"""Whether recipe, model and data go together: refused before the first step, not after the last."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import baselines
from zoo.core.errors import RecipeError, ZooError
from zoo.experiments import reports
from zoo.experiments.feeding import Split, Tensors
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import list_recipes
from zoo.recipes.registry import recipe as find_recipe

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset

FEW = 8  # rows that a report is tried on


def check_inputs(recipe: Recipe, dataset: Dataset, tensors: Tensors, split: Split) -> None:
    """Refuse rows of another shape than the model takes.

    Raises:
        RecipeError: the message gives both shapes.
    """
    for name, form in tensors.inputs.items():
        shape = split[0][name].shape[1:]
        fits = len(shape) == len(form.shape) and all(
            size in (None, has) for size, has in zip(form.shape, shape, strict=True)
        )
        if not fits:
            given = ", ".join(f"arguments.{each}" for each in recipe.arguments)
            raise RecipeError(
                f"{recipe.name}: the model takes {name} of shape {form.shape}, and {dataset.name} "
                f"has {shape}" + (f"; see {given}" if given else "")
            )


def check_names(recipe: Recipe) -> None:
    """Refuse a report or baseline that there is none of.

    Raises:
        UnknownNameError: the message gives the known ones.
    """
    reports.report_of(recipe)
    if recipe.baseline:
        baselines.BASELINES.get(recipe.baseline)


def rehearse_report(
    recipe: Recipe, model: keras.Model, dataset: Dataset, splits: Mapping[str, Split]
) -> None:
    """Draw the report of a few rows, where the recipe is not one of the zoo's with its own report.

    Raises:
        RecipeError: the report is not for such data.
    """
    own = find_recipe(recipe.name) if recipe.name in list_recipes() else None
    if not recipe.report or (own and own.report == recipe.report):
        return
    few: dict[str, Split] = {}
    for name, split in splits.items():
        inputs, targets = ({key: array[:FEW] for key, array in side.items()} for side in split)
        few[name] = inputs, targets
    with tempfile.TemporaryDirectory() as folder:
        try:
            reports.write(reports.finished(recipe, model, dataset, few, {}), Path(folder))
        except ZooError:
            raise
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise RecipeError(
                f"{recipe.name}: report {recipe.report} is not for a model and data like these"
            ) from error
