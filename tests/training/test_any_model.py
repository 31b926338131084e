"""Every engine trains every kind of model as `model.fit` does in the same order, or says why."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from training import kinds_of_training
from training.kinds_of_model import BATCH, KINDS, Kind

import zoo.training
from zoo.core.errors import TrainingError
from zoo.training.engine import set_seed

assert kinds_of_training  # it adds to KINDS

QUICK = ("one_dense", "steps_per_execution", "a_step_that_returns_numbers")
ENGINES = ("fit", "resident", "resident-xla")
EPOCHS = 3


def trained(kind: Kind, fit: Any, **engine: Any) -> dict[str, Any]:
    """The history of a few epochs, and the weights at the end."""
    set_seed(0)  # deterministic operations, as in the zoo's own trainings
    model, x, y = kind.make()
    given = {"batch_size": BATCH, "epochs": EPOCHS, "verbose": 0, "shuffle": False, **kind.fit}
    if y is not None:
        held = 3 * BATCH
        given["validation_data"] = (_first(x, held), _first(y, held))
    history = fit(model, x, y, **given, **engine).history
    weights = enumerate(model.trainable_variables)
    return history | {f"weight {at}": np.asarray(weight) for at, weight in weights}


def _first(part: Any, rows: int) -> Any:
    if isinstance(part, dict):
        return {name: _first(each, rows) for name, each in part.items()}
    return [each[:rows] for each in part] if isinstance(part, list) else part[:rows]


@functools.cache
def plain(name: str) -> dict[str, Any]:
    """By Keras alone, which takes weights by name only where the targets have names."""

    def fit(model: Any, x: Any, y: Any, **given: Any) -> Any:
        weights = given.get("sample_weight")
        if isinstance(weights, dict) and isinstance(y, list):
            names = model.output_names
            given["sample_weight"] = [
                weights.get(name, np.ones(len(y[0]), "float32")) for name in names
            ]
        return model.fit(x, y, **given)

    return trained(KINDS[name], fit)


def cases() -> list[Any]:
    return [
        pytest.param(
            name, engine, marks=[] if name in QUICK and engine == "resident" else pytest.mark.slow
        )
        for name in KINDS
        for engine in ENGINES
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "engine"), cases())
def test_an_engine_trains_as_keras_or_says_why(name: str, engine: str) -> None:
    kind = KINDS[name]
    if engine in kind.refused:
        with pytest.raises(TrainingError, match=kind.refused[engine]):
            trained(kind, zoo.training.fit, engine=engine)
        return
    found, wanted = trained(kind, zoo.training.fit, engine=engine), plain(name)
    assert {*found} == {*wanted}
    for key, values in wanted.items():
        if kind.draws and engine == "resident-xla":
            assert np.isfinite(found[key]).all()
            continue
        if key.endswith("_loss") and key != "val_loss" and "batch_size" in kind.fit:
            continue  # of a last batch that is smaller, Keras alone weighs single outputs fully
        np.testing.assert_allclose(
            found[key], values, rtol=kind.tolerance, atol=kind.tolerance, err_msg=key
        )
