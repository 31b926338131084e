"""The twin in PyTorch computes what the Keras model computes, and learns from the same data."""

# pyright: reportMissingImports=false
from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import example_inputs, length_for, outputs_of, tiny

import zoo
from zoo._keras import keras, layers
from zoo.recipe import recipe

torch = pytest.importorskip("torch", reason="the twin is written in PyTorch, which is not here")

import torch_convert  # noqa: E402
import torch_twin  # noqa: E402

TOLERANCE = 1e-4
SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
LARGE = {"inception_v3", "xception", "siamese_xception", "residual_network", "inception_network"}
TRAINABLE = [name for name in zoo.list_models() if zoo.spec(name).recipe]
OTHERS = [name for name in zoo.list_models() if not zoo.spec(name).recipe]


def twin_outputs(model: Any, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    twin = torch_convert.convert(model).eval()
    with torch.no_grad():
        return [output.numpy() for output in twin(*twin.tensors(inputs))]


def assert_same(model: Any, inputs: dict[str, np.ndarray]) -> None:
    """Both outputs agree, after every weight was moved off its start, zeros and ones included."""
    rng = np.random.default_rng(3)
    for weight in model.weights:
        values = weight.numpy()
        weight.assign(values + rng.uniform(0.05, 0.5, values.shape).astype(values.dtype))
    for ours, theirs in zip(outputs_of(model, inputs), twin_outputs(model, inputs), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(theirs, ours, rtol=TOLERANCE, atol=TOLERANCE)


def assert_twin(name: str) -> None:
    model = tiny(name)
    assert_same(model, example_inputs(model, 3, length=length_for(name)))


@pytest.mark.parametrize("name", [name for name in TRAINABLE if name not in LARGE])
def test_the_twin_computes_the_same(name: str) -> None:
    assert_twin(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*OTHERS, *(name for name in TRAINABLE if name in LARGE)])
def test_the_twin_of_other_models_computes_the_same(name: str) -> None:
    assert_twin(name)


def _sequence(*stack: Any, shape: tuple[int | None, ...], dtype: str = "float32") -> Any:
    return keras.Sequential([keras.Input(shape, dtype=dtype, name="x"), *stack])


LAYERS = {
    "gru": lambda: _sequence(layers.GRU(3), shape=(5, 2)),
    "simple_rnn": lambda: _sequence(layers.SimpleRNN(3, return_sequences=True), shape=(5, 2)),
    "backwards": lambda: _sequence(
        layers.LSTM(3, go_backwards=True, return_sequences=True), shape=(5, 2)
    ),
    "bidirectional": lambda: _sequence(
        layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.Bidirectional(layers.GRU(2), merge_mode="ave"),
        shape=(5, 2),
    ),
    "same_even_kernel": lambda: _sequence(
        layers.Conv2D(3, 4, padding="same"), layers.MaxPooling2D(2, 1, "same"), shape=(7, 6, 2)
    ),
    "same_strided": lambda: _sequence(
        layers.Conv2D(3, 3, strides=2, padding="same"),
        layers.MaxPooling2D(3, 2, "same"),
        layers.AveragePooling2D(3, 2, "same"),
        shape=(20, 13, 2),
    ),
    "same_strided_any_size": lambda: _sequence(
        layers.Conv2D(3, 4, strides=3, padding="same"), shape=(None, None, 2)
    ),
    "dilated_causal": lambda: _sequence(
        layers.Conv1D(3, 3, padding="causal", dilation_rate=2), shape=(9, 2)
    ),
    "grouped": lambda: _sequence(layers.Conv2D(4, 3, groups=2), shape=(6, 6, 4)),
    "separable": lambda: _sequence(
        layers.SeparableConv2D(3, 3, strides=2, padding="same", depth_multiplier=2),
        layers.DepthwiseConv2D(3, activation="relu"),
        shape=(9, 8, 2),
    ),
    "normalised": lambda: _sequence(
        layers.BatchNormalization(scale=False),
        layers.LayerNormalization(),
        layers.GlobalAveragePooling1D(keepdims=True),
        shape=(6, 3),
    ),
    "activations": lambda: _sequence(
        layers.ReLU(negative_slope=0.1),
        layers.Dense(3, activation="tanh"),
        layers.ELU(),
        layers.Softmax(),
        shape=(4,),
    ),
    "shapes": lambda: _sequence(
        layers.Rescaling(0.5, offset=1.0),
        layers.ZeroPadding2D(((1, 0), (2, 1))),
        layers.Permute((2, 1, 3)),
        layers.Reshape((-1, 2)),
        layers.Flatten(),
        layers.RepeatVector(2),
        shape=(3, 4, 2),
    ),
    "multi_hot": lambda: _sequence(
        layers.CategoryEncoding(4, "multi_hot"), shape=(5,), dtype="int32"
    ),
    "one_hot": lambda: _sequence(layers.CategoryEncoding(4, "one_hot"), shape=(1,), dtype="int32"),
    "video": lambda: _sequence(
        layers.TimeDistributed(layers.Conv2D(3, 3, activation="softmax")), shape=(None, 5, 6, 2)
    ),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_layers_that_the_zoo_may_use(kind: str) -> None:
    model = LAYERS[kind]()
    assert_same(model, example_inputs(model, 4, length=11))


@pytest.mark.parametrize("merge", ["Average", "Maximum", "Minimum", "Subtract", "Dot"])
def test_merges(merge: str) -> None:
    a, b = keras.Input((4, 3), name="a"), keras.Input((4, 3), name="b")
    layer = layers.Dot(axes=(2, 2), normalize=True) if merge == "Dot" else getattr(layers, merge)()
    model = keras.Model([a, b], layer([a, b]))
    assert_same(model, example_inputs(model, 2))


def test_merges_of_maps_and_rows_keep_their_places() -> None:
    picture = keras.Input((4, 5, 2), name="picture")
    maps = layers.Conv2D(2, 1)(picture)
    joined = layers.Concatenate(axis=2)([layers.Add()([maps, picture]), maps])
    model = keras.Model(picture, [layers.Dense(3)(joined), layers.Conv2D(1, 2)(joined)])
    assert_same(model, example_inputs(model, 2))


def test_a_shared_layer_stays_one_module() -> None:
    twin = torch_convert.convert(tiny("siamese_lstm"))
    assert [name for name, _ in twin.named_children()] == ["lstm", "similarity"]
    assert twin.code.count("self.lstm(") == 2


REFUSED = {
    "masks": lambda: _sequence(layers.Embedding(4, 2, mask_zero=True), shape=(3,), dtype="int32"),
    "GaussianNoise": lambda: _sequence(layers.GaussianNoise(0.1), shape=(3,)),
    "between its steps": lambda: _sequence(layers.LSTM(2, dropout=0.5), shape=(3, 2)),
    "reset_after": lambda: _sequence(layers.GRU(2, reset_after=False), shape=(3, 2)),
    "kernel_regularizer": lambda: _sequence(layers.Dense(2, kernel_regularizer="l1"), shape=(3,)),
    "kernel_constraint": lambda: _sequence(
        layers.Dense(2, kernel_constraint="non_neg"), shape=(3,)
    ),
    "activation mish": lambda: _sequence(layers.Dense(2, activation="mish"), shape=(3,)),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_it_cannot_say_is_refused_by_name(reason: str) -> None:
    with pytest.raises(torch_twin.Unsupported, match=reason):
        torch_convert.convert(REFUSED[reason]())


def _losses(model: Any, twin: Any, kind: str, target: np.ndarray) -> tuple[float, float]:
    """The loss of one output by Keras, and by the twin's criterion on what the twin gives."""
    inputs = example_inputs(model, len(target))
    (output,) = outputs_of(model, inputs)
    alone = "binary" in kind and target.ndim < output.ndim  # one number a row, without its axis
    ours = float(np.mean(keras.losses.get(kind)(target[:, None] if alone else target, output)))
    kind = torch_twin.LOSSES[kind]
    criterion = torch_twin._criterion(kind, logits=bool(twin.logits))
    with torch.no_grad():
        (prediction,) = twin.eval()(*twin.tensors(inputs))
        theirs = criterion(prediction, torch_twin._target(target, kind, prediction.ndim)).item()
    return ours, theirs


@pytest.mark.parametrize("logits", [True, False])
@pytest.mark.parametrize(
    ("name", "loss", "shape"),
    [
        ("digit_mlp", "sparse_categorical_crossentropy", (6,)),
        ("video_classifier", "sparse_categorical_crossentropy", (6, 3)),
        ("digit_mlp", "categorical_crossentropy", (6, 10)),
        ("mlp", "binary_crossentropy", (6, 1)),
        ("mlp", "binary_crossentropy", (6,)),
        ("single_dense", "mse", (6, 32)),
        ("single_dense", "mae", (6, 32)),
        ("single_dense", "huber", (6, 32)),
    ],
)
def test_losses_are_keras_losses(
    name: str, loss: str, shape: tuple[int, ...], logits: bool
) -> None:
    model = tiny(name)
    (output,) = zoo.spec(name).outputs
    target = np.random.default_rng(0).integers(0, 2, shape).astype("float32")
    if loss == "categorical_crossentropy":
        target = np.eye(10, dtype="float32")[: len(target)]
    wanted = torch_twin.activations_in_losses({output.name: loss}) if logits else None
    twin = torch_convert.convert(model, logits=wanted)
    assert bool(twin.logits) == (logits and "crossentropy" in loss)
    ours, theirs = _losses(model, twin, loss, target)
    assert theirs == pytest.approx(ours, rel=1e-4)


def _trained(optimizer: str, options: dict[str, Any], l2: float) -> tuple[np.ndarray, np.ndarray]:
    """A kernel after four steps of full batches, by Keras and by the twin."""
    model = _sequence(
        layers.Dense(2, kernel_regularizer=keras.regularizers.L2(l2) if l2 else None, name="y"),
        shape=(3,),
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 3)).astype("float32")
    y = rng.normal(size=(8, 2)).astype("float32")
    twin = torch_convert.convert(model)
    torch_twin.train_epochs(
        twin, {"x": x}, {"y": y}, {"y": "mse"}, {}, optimizer, 0.05, 8, 4, optimizer_options=options
    )
    config = {"class_name": optimizer, "config": {"learning_rate": 0.05, **options}}
    model.compile(optimizer=keras.optimizers.get(config), loss="mse", run_eagerly=True)
    for _ in range(4):
        model.train_on_batch(x, y)
    return model.layers[-1].kernel.numpy(), twin.get_parameter("y.weight").detach().numpy().T


@pytest.mark.parametrize(
    ("optimizer", "options", "l2"),
    [
        ("adam", {}, 0.0),
        ("adam", {}, 0.1),
        ("rmsprop", {}, 0.0),
        ("sgd", {"momentum": 0.9, "nesterov": True}, 0.1),
    ],
)
def test_steps_are_keras_steps(optimizer: str, options: dict[str, Any], l2: float) -> None:
    ours, theirs = _trained(optimizer, options, l2)
    np.testing.assert_allclose(theirs, ours, atol=1e-4)


@pytest.mark.parametrize(
    ("optimizer", "options", "reason"),
    [("ftrl", {}, "optimizer 'ftrl'"), ("adam", {"use_ema": True}, "adam with use_ema")],
)
def test_optimizers_that_it_does_not_know_are_refused(
    optimizer: str, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(torch_twin.Unsupported, match=reason):
        _trained(optimizer, options, 0.0)


def test_a_recipe_in_pytorch_gives_seconds_and_learns() -> None:
    chosen = dataclasses.replace(recipe("score_and_win"), batch_size=32, learning_rate=0.1)
    model = tiny("score_and_win")
    x = np.random.default_rng(0).normal(size=(200, 1)).astype("float32")
    split = {"seed_diff": x}, {"score_diff": 3 * x, "won": (x > 0).astype("int64")}
    before = [weight.numpy() for weight in model.weights]
    seconds = torch_twin.seconds_per_epoch(model, chosen, split, epochs=2)
    assert len(seconds) == 2
    assert min(seconds) > 0
    for was, weight in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(weight.numpy(), was)

    twin = torch_convert.convert(model, logits={"won": "sigmoid"})
    torch_twin.train_epochs(twin, *split, chosen.loss, {}, "adam", 0.1, 32, 20, cosine_epochs=20)
    with torch.no_grad():
        difference, won = twin.eval()(*twin.tensors(split[0]))
    assert np.abs(difference.numpy() - 3 * x).mean() < 0.1
    assert ((won.numpy() > 0) == (x > 0)).mean() > 0.95


def test_it_is_imported_without_pytorch() -> None:
    code = "import sys, torch_twin; sys.exit('torch' in sys.modules or 'tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=SCRIPTS, check=True, timeout=60)
