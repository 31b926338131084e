"""Devices and workers of a strategy train together as one process does, or say why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training import kinds_of_training, loopback
from training.kinds_of_model import KINDS, dense, numbers, stack

import zoo.training
from zoo._keras import keras, layers, tf
from zoo.core.errors import TrainingError

assert kinds_of_training  # it adds to KINDS

HERE = Path(__file__).parent
ALONE = "train in one process"
REFUSED = {  # part of the reason
    "run_eagerly": "runs eagerly",
    "stateful_lstm": "is stateful",
    "average_put_into_the_weights": "ema_overwrite_frequency",
    "gradient_accumulation": "gradient_accumulation_steps",
    "a_class_with_a_loss_of_its_own": ALONE,
    "a_step_of_its_own": ALONE,
    "a_step_that_returns_numbers": ALONE,
    "adversaries": ALONE,
    "a_train_function_of_its_own": "make_train_function",
}
HALVES = ("mixed_precision", "mixed_brain_floats")  # sums of them depend on where they are cut


def compare(printed: str) -> None:
    for line in map(json.loads, printed.splitlines()):
        name = line["kind"].partition(":")[0]
        if name in REFUSED:
            assert REFUSED[name] in line["values"]["refused"], name
            continue
        tolerance = 2e-3 if name in HALVES else 1e-5
        assert "refused" not in line["values"], line
        for key, (found, wanted) in line["values"].items():
            if (
                not key.endswith("_loss")
                or key == "val_loss"
                or "batch_size" not in KINDS[name].fit
            ):
                np.testing.assert_allclose(
                    found, wanted, rtol=tolerance, atol=tolerance, err_msg=f"{name}: {key}"
                )


def mirrored(*asked: str) -> str:
    program = [sys.executable, str(HERE / "mirrored_kinds.py"), *asked]
    return subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.slow
def test_two_devices_train_every_kind_of_model_as_one_does() -> None:
    """Two logical devices; three minutes."""
    printed = mirrored(*(f"{name}:resident" for name in KINDS if name != "run_eagerly"))
    assert len(printed.splitlines()) == len(KINDS) - 1
    compare(printed)


@pytest.mark.slow
def test_two_devices_by_steps() -> None:
    """Engine `fit`, with batch callbacks; half a minute."""
    names = ("last_batch_smaller", "steps_per_execution", "dropout", "batch_normalization")
    compare(mirrored(*(f"{name}:fit" for name in names)))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3])
def test_workers_train_recipes_as_one_process(workers: int) -> None:
    """Shares of 7 and 8 rows, and a smaller last batch; a minute.

    `python tests/training/workers_of_recipes.py` compares all recipes.
    """
    names = ("basketball", "score_and_win", "rnn", "dropout_mlp", "residual_network")
    program = HERE / "workers_of_recipes.py"
    chief, *others = loopback.printed_by(workers, program, *names)
    found = [json.loads(line) for line in chief.splitlines()]
    assert [line["recipe"] for line in found] == list(names)
    assert all(line["difference"] < 1e-5 for line in found), found
    assert others == [""] * (workers - 1)


@pytest.mark.slow
def test_what_callbacks_decide_holds_for_all_workers() -> None:
    """Lower learning rates, an early stop and the best weights; half a minute."""
    printed = loopback.printed_by(2, HERE / "workers_with_callbacks.py")
    first, second = map(json.loads, printed)
    alone = subprocess.run(
        [sys.executable, str(HERE / "workers_with_callbacks.py")],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "TF_CONFIG"},
    )
    wanted = json.loads(alone.stdout)
    assert first.pop("called") == wanted.pop("called") > 0
    assert second.pop("called") == 0
    assert first == second
    for key, values in wanted.items():
        np.testing.assert_allclose(first[key], values, rtol=1e-5, atol=1e-5, err_msg=key)


def one_device() -> Any:
    return tf.distribute.MirroredStrategy(["CPU:0"])


def test_a_strategy_of_one_device_is_no_strategy() -> None:
    histories = []
    for scope in (tf.distribute.get_strategy(), one_device()):
        keras.utils.set_random_seed(0)
        with scope.scope():
            model, x, y = dense(metrics=["mae"])
        log = zoo.training.fit(
            model, x, y, batch_size=7, epochs=2, verbose=0, engine="resident",
            validation_data=(x[:9], y[:9]),
        )  # fmt: skip
        histories.append(log.history | {"after": model.evaluate(x, y, verbose=0)})
    for key, values in histories[0].items():
        np.testing.assert_allclose(histories[1][key], values, rtol=1e-6, err_msg=key)


def test_what_cannot_be_shared_is_refused() -> None:
    with one_device().scope():
        model, x, y = dense()
    with pytest.raises(TrainingError, match="use engine='resident'"):
        zoo.training.fit(model, x, y, verbose=0, engine="resident-xla")
    with one_device().scope():
        fixed = stack(keras.Input((4,), batch_size=8), layers.Dense(1))
    with pytest.raises(TrainingError, match="exactly 8 rows"):
        zoo.training.fit(fixed, numbers(4), y, verbose=0, batch_size=8, engine="resident")
