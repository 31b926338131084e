"""What a model computes with: the engine for it, types of numbers, threads, the check on a GPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo
import zoo.training
from zoo._keras import keras, layers
from zoo.training import devices
from zoo.training.devices import dtype_policy, engine_for

ROOT = Path(__file__).parents[2]


def stack(*parts: Any, shape: tuple[int, ...] = (8, 8, 1), **compiled: Any) -> Any:
    model = keras.Sequential([keras.Input(shape), *parts, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse", **compiled)
    return model


@pytest.mark.parametrize(
    ("parts", "on_cpu", "on_gpu"),
    [
        ((), "resident-xla", "resident-xla"),
        ((layers.Conv2D(2, 3),), "resident", "resident-xla"),
        ((layers.Conv2D(2, 3), layers.MaxPooling2D()), "resident", "resident"),
    ],
)
def test_auto_goes_by_the_layers_and_the_machine(
    parts: Any, on_cpu: str, on_gpu: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for gpu, wanted in ((False, on_cpu), (True, on_gpu)):
        monkeypatch.setattr(devices, "has_gpu", lambda gpu=gpu: gpu)
        assert engine_for(stack(*parts)) == wanted


def test_auto_takes_texts_and_eager_models_as_they_are() -> None:
    words = layers.TextVectorization(vocabulary=["a", "b"])
    assert engine_for(keras.Sequential([keras.Input((), dtype="string"), words])) == "resident"
    assert engine_for(stack(run_eagerly=True)) == "fit"


def test_auto_leaves_functions_of_ones_own_to_keras() -> None:
    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs

        def make_train_function(self, force: bool = False) -> Any:
            return super().make_train_function(force)

    model = Own()
    model.compile("sgd", "mse")
    assert engine_for(model) == "fit"


def test_fit_takes_auto() -> None:
    x = np.ones((20, 8, 8, 1), "float32")
    run = zoo.training.fit(stack(), x, x[:, 0, 0], epochs=2, verbose=0, engine="auto")
    assert len(run.history["loss"]) == 2


def test_a_policy_holds_within_its_block() -> None:
    with suppress(RuntimeError), dtype_policy("mixed_bfloat16"):
        assert layers.Dense(1).compute_dtype == "bfloat16"
        raise RuntimeError
    assert layers.Dense(1).compute_dtype == "float32"


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_a_recipe_trains_in_mixed_precision(precision: str, tmp_path: Path) -> None:
    quick: Any = {
        "precision": precision,
        "epochs": 2,
        "data": "mixture",
        "verbose": 0,
        "baseline": "",
    }
    run = zoo.fit("mlp", logdir=tmp_path, **quick)
    assert run.record.recipe.precision == precision
    kept = keras.saving.load_model(run.folder / "model.keras")
    assert {each.compute_dtype for each in kept.layers[1:]} == {precision.removeprefix("mixed_")}
    assert all(each.dtype == "float32" for each in kept.trainable_variables)
    assert np.isfinite(run.metrics["test"]["loss"])


@pytest.mark.slow
def test_a_process_of_its_own_takes_the_threads_of_its_recipe(tmp_path: Path) -> None:
    code = (
        "import zoo, tensorflow as tf\n"
        "zoo.fit('mlp', threads=1, epochs=1, data='mixture', verbose=0, baseline='')\n"
        "print(tf.config.threading.get_intra_op_parallelism_threads())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.splitlines()[-1] == "1"


@pytest.mark.slow
def test_the_check_on_a_gpu() -> None:
    """Without one it says so; its worker trains as `zoo.training.fit` does."""
    script = str(ROOT / "scripts" / "gpu_check.py")
    hidden = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1"}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, script, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env=hidden,
        )
        return done.stdout.splitlines()[-1]

    assert "sees no GPU here: nothing was checked" in run()
    resident, fit = (
        json.loads(run("--worker", "mlp", which, "float32", "4", "3"))
        for which in ("resident", "fit")
    )
    assert len(fit["seconds"]) == 2
    np.testing.assert_allclose(resident["losses"], fit["losses"], rtol=1e-5)
    refused = json.loads(run("--worker", "cnn", "resident-xla", "float32", "2", "1"))
    assert "XLA cannot compile" in refused["refused"]
