"""How a model of a table's columns is trained at first."""

from __future__ import annotations

from typing import Any

from zoo.core.columns import Columns, targets_of
from zoo.models.spec import ModelSpec
from zoo.recipes.recipe import Recipe
from zoo.scaffold.code import changed_fields
from zoo.scaffold.patience import patient
from zoo.scaffold.slots import BINARY, SPARSE, base_recipe

LOSS = {"number": "mse", "flag": BINARY, "class": SPARSE}
METRICS = {"number": ("mae",)}
OF_CLASSES = ("accuracy", "log_loss")
SMALL, LARGE = 2_000, 20_000  # training rows
BASELINE = "gradient_boosting"


def column_recipe(package: str, entry: ModelSpec, columns: Columns, rows: int) -> dict[str, Any]:
    """The fields of the recipe that differ from their defaults.

    Args:
        package: The project's package.
        entry: The architecture that it starts from.
        columns: Of the table.
        rows: Training rows.
    """
    targets = targets_of(columns)
    several = len(targets) > 1
    base = base_recipe(entry)
    pictures = any(column.kind == "picture" for column in columns)
    recipe = Recipe(
        name=package,
        architecture=package,
        dataset=package,
        summary=f"{entry.name} trained on the columns of a table",
        loss={column.name: LOSS[column.kind] for column in targets},
        metrics={column.name: METRICS.get(column.kind, OF_CLASSES) for column in targets},
        # a squared error is in the square of the target's unit: all losses begin near 1
        loss_weights={
            column.name: float(f"{1 / column.std[0] ** 2:.3g}") if column.kind == "number" else 1.0
            for column in targets
            if several
        },
        learning_rate=0.001 if pictures else 0.003,
        epochs=30 if pictures else 100,
        batch_size=32 if rows < SMALL else 64 if rows < LARGE else 256,
        early_stopping=5 if pictures else 10,
        reduce_lr=0 if pictures else 5,
        engine=base.engine if base and base.engine == "fit" else "resident",
        baseline=BASELINE,
        search={
            "learning_rate": ("log", 0.0003, 0.03),
            "batch_size": ("choice", 16, 32, 64, 128),
        },
    )
    return changed_fields(patient(recipe, rows), Recipe("blank", "blank", "blank", "", {}, {}))
