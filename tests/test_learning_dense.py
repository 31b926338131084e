"""Every recipe of the dense family learns: it nears the best reachable score."""

from __future__ import annotations

from pathlib import Path

import pytest

import zoo
from zoo.reporter import Reporter

pytestmark = pytest.mark.slow

RECIPES = (
    "single_dense",
    "softmax_mlp_32",
    "softmax_mlp_64",
    "two_branch_add",
    "digit_mlp",
    "shallow_mlp",
    "binary_mlp",
    "multiclass_mlp",
    "dropout_mlp",
    "mlp",
)
CLOSED = 0.9  # share of the way from the trivial score to the best reachable one


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_learns(name: str, tmp_path: Path) -> None:
    source = zoo.data.sources(zoo.recipe(name).dataset)[-1]
    run = zoo.fit(name, data=source, seed=0, logdir=tmp_path, reporter=Reporter(silent=True))
    references = run.record["references"]
    oracle, trivial = (references[key]["test"] for key in ("oracle", "trivial"))
    for metric, best in oracle.items():
        if metric.endswith(("accuracy", "mse", "mae")):
            value = run.metrics["test"][metric]
            closed = (value - trivial[metric]) / (best - trivial[metric])
            assert closed >= CLOSED, f"{metric} {value:.4f}, reachable {best:.4f}"
            if name != "single_dense":  # least squares is the same model
                better = value > run.baseline["test"][metric]
                assert better == metric.endswith("accuracy"), "not better than its baseline"
