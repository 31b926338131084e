"""What the documents say of first graphs and multi-layer perceptrons, held to today's Keras."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import zoo
from zoo._keras import keras, tf
from zoo.core.errors import BuildError
from zoo.models import dense, first
from zoo.models.abstract_build import abstract_build
from zoo.training.metrics import mean_prediction

QUIET: Any = 0  # Keras annotates `verbose` as a string

NAMES = [name for name in zoo.list_models() if zoo.spec(name).family in ("first", "dense")]


def dense_parameters(*sizes: int) -> int:
    """(n_in + 1) n_out for each Dense layer of a chain of these sizes."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


# Counts


def test_the_families_are_whole() -> None:
    assert NAMES == [
        "single_dense",
        "tiny_dense",
        "first_mlp",
        "softmax_mlp_32",
        "softmax_mlp_64",
        "two_branch_add",
        "digit_mlp",
        "shallow_mlp",
        "binary_mlp",
        "multiclass_mlp",
        "dropout_mlp",
        "mlp",
    ]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("single_dense", dense_parameters(32, 32)),
        ("tiny_dense", dense_parameters(2, 2)),
        ("first_mlp", dense_parameters(100, 64, 10)),
        ("softmax_mlp_32", dense_parameters(32, 32, 32, 10)),
        ("softmax_mlp_64", dense_parameters(64, 32, 32, 10)),
        ("two_branch_add", 2 * dense_parameters(64, 32, 32) + dense_parameters(32, 10)),
        ("digit_mlp", dense_parameters(784, 64, 64, 10)),
        ("shallow_mlp", dense_parameters(784, 32, 10)),
        ("binary_mlp", dense_parameters(100, 32, 1)),
        ("multiclass_mlp", dense_parameters(100, 32, 10)),
        ("dropout_mlp", dense_parameters(20, 64, 64, 10)),
        ("mlp", dense_parameters(10, 10, 20, 10, 1)),
    ],
)
def test_dense_arithmetic(name: str, count: int) -> None:
    """`using-keras` counts a Dense layer as (inputs + 1) x units."""
    entry = zoo.spec(name)
    assert zoo.build(name).count_params() == count == entry.count
    for variant in entry.variants.values():
        assert zoo.build(name, **variant.arguments).count_params() == variant.count


@pytest.mark.parametrize(
    ("name", "published"), [("softmax_mlp_32", 2_442), ("softmax_mlp_64", 3_466), ("mlp", 551)]
)
def test_published_counts(name: str, published: int) -> None:
    """Printed by `beyond-sequential` (2,442), `dlwp-7.1` (3,466) and `using-keras` (551)."""
    assert zoo.spec(name).published == published == zoo.build(name).count_params()


@pytest.mark.claim("mlp")
def test_mlp_layer_by_layer() -> None:
    """`using-keras` prints 110, 220, 210 and 11 parameters for its perceptron."""
    counts = [layer.count_params() for layer in dense.mlp().layers if layer.weights]
    assert counts == [110, 220, 210, 11]


def test_depth_is_an_argument() -> None:
    assert dense.mlp(hidden=(5,) * 7).count_params() == dense_parameters(10, *(5,) * 7, 1)
    assert dense.mlp(hidden=()).count_params() == dense_parameters(10, 1)


def test_counting_needs_no_memory() -> None:
    """A terabyte of weights is counted, and models built afterwards are ordinary ones."""
    with abstract_build():
        huge = first.single_dense(500_000, 500_000)
    assert huge.count_params() == 500_000 * 500_001
    assert huge.output_shape == (None, 500_000)
    assert first.single_dense(2, 3).predict(numbers(4, 2), verbose=QUIET).shape == (4, 3)


# Sequential and functional


@pytest.mark.claim("softmax_mlp_64")
def test_functional_and_sequential_twins_agree() -> None:
    """`dlwp-7.1`: the same layers, called one by one or stacked, are the same model."""
    functional = dense.softmax_mlp_64()
    sequential = dense.softmax_mlp_64(sequential=True)
    assert isinstance(sequential, keras.Sequential)
    assert not isinstance(functional, keras.Sequential)

    named = [layer.name for layer in functional.layers]
    assert named == ["features", "hidden_1", "hidden_2", "category"]
    assert [layer.name for layer in sequential.layers] == named[1:]  # Sequential hides its input

    sequential.set_weights(functional.get_weights())
    rows = numbers(5, 64)
    np.testing.assert_array_equal(
        functional.predict(rows, verbose=QUIET), sequential.predict(rows, verbose=QUIET)
    )


@pytest.mark.claim("softmax_mlp_64")
@pytest.mark.slow
def test_twins_train_the_same_way() -> None:
    """`dlwp-7.1`: compile, fit and evaluate do not differ between the styles."""
    rows, targets = numbers(20, 64), np.eye(10)[np.arange(20) % 10]
    functional, sequential = dense.softmax_mlp_64(), dense.softmax_mlp_64(sequential=True)
    sequential.set_weights(functional.get_weights())
    for model in (functional, sequential):
        model.compile("rmsprop", "categorical_crossentropy", jit_compile=False)
        model.fit(rows, targets, epochs=2, batch_size=7, shuffle=False, verbose=QUIET)
    assert sequential.evaluate(rows, targets, verbose=QUIET) == pytest.approx(
        functional.evaluate(rows, targets, verbose=QUIET), rel=1e-5
    )


@pytest.mark.claim("shallow_mlp")
def test_shallow_mlp_is_sequential() -> None:
    """`using-keras` writes its first model as a Sequential one; its ports have names too."""
    model = dense.shallow_mlp()
    assert isinstance(model, keras.Sequential)
    assert [layer.name for layer in model.layers] == ["hidden", "digit"]
    assert [tensor.name for tensor in model.inputs] == ["pixels"]


# Graphs


@pytest.mark.claim("digit_mlp")
def test_a_model_is_callable_and_keeps_its_weights() -> None:
    """`model-api`: calling a model on a tensor reuses its layers and their weights."""
    model = dense.digit_mlp(n_pixels=16, units=8)
    x = keras.Input((16,), name="x")
    wrapper = keras.Model(x, model(x), name="wrapper")

    assert [id(weight) for weight in wrapper.weights] == [id(weight) for weight in model.weights]
    rows = numbers(3, 16)
    wrapper.compile("sgd", "sparse_categorical_crossentropy")
    wrapper.fit(rows, np.array([1, 2, 3]), verbose=QUIET)
    np.testing.assert_array_equal(
        model.predict(rows, verbose=QUIET), wrapper.predict(rows, verbose=QUIET)
    )


@pytest.mark.claim("single_dense")
def test_model_of_two_tensors_holds_the_layers_between() -> None:
    """`model-api`: Model(a, b) includes every layer needed to compute b from a, and no other."""
    model = dense.softmax_mlp_32()
    features, hidden = model.inputs[0], model.get_layer("hidden_1").output
    assert [layer.name for layer in keras.Model(features, hidden).layers] == [
        "features",
        "hidden_1",
    ]


@pytest.mark.claim("softmax_mlp_32")
def test_a_disconnected_graph_raises() -> None:
    """`beyond-sequential`, `dlwp-7.1`: "graph disconnected", which Keras 3 words differently."""
    unrelated = keras.Input((64,), name="unrelated")
    with pytest.raises(ValueError, match=r"is not connected to `inputs`"):
        keras.Model(unrelated, dense.softmax_mlp_64().output)


@pytest.mark.claim("two_branch_add")
def test_two_inputs_as_list_and_as_dict() -> None:
    """`beyond-sequential`: two inputs are given in order, or by name."""
    model = dense.two_branch_add()
    a, b = numbers(4, 64, seed=1), numbers(4, 64, seed=2)
    by_list = model.predict([a, b], verbose=QUIET)
    np.testing.assert_array_equal(by_list, model.predict({"b": b, "a": a}, verbose=QUIET))
    assert np.abs(by_list - model.predict([a, b + 1], verbose=QUIET)).max() > 1e-3
    assert np.abs(by_list - model.predict([a + 1, b], verbose=QUIET)).max() > 1e-3


def test_misprint_never_reads_its_second_input(tmp_path) -> None:
    """`beyond-sequential`'s listing gives the first input to both branches.

    Keras 3 keeps the unused input: it must be fed, is ignored, and survives saving.
    """
    model = zoo.build("two_branch_add", as_printed=True)
    a, b = numbers(4, 64, seed=1), numbers(4, 64, seed=2)
    assert model.count_params() == zoo.build("two_branch_add").count_params() == 6_602
    assert [tensor.name for tensor in model.inputs] == ["a", "b"]

    output = model.predict([a, b], verbose=QUIET)
    np.testing.assert_array_equal(output, model.predict([a, b + 100], verbose=QUIET))
    assert np.abs(output - model.predict([a + 1, b], verbose=QUIET)).max() > 1e-3
    with pytest.raises(ValueError, match=r'Missing data for input "b"'):
        model.predict({"a": a}, verbose=QUIET)

    fed_a, fed_b = tf.Variable(tf.constant(a)), tf.Variable(tf.constant(b))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model([fed_a, fed_b])))
    towards_a, towards_b = tape.gradient(loss, [fed_a, fed_b])
    assert towards_a is not None
    assert towards_b is None

    model.save(tmp_path / "misprint.keras")
    reloaded: Any = keras.saving.load_model(tmp_path / "misprint.keras")
    np.testing.assert_allclose(output, reloaded.predict([a, b], verbose=QUIET), atol=1e-6)


# Outputs, metrics, dropout


@pytest.mark.claim("binary_mlp")
def test_mean_prediction_is_the_mean_of_the_predictions() -> None:
    """`using-keras`: a function of truth and prediction serves as a metric, uneven batches too."""
    model = dense.binary_mlp()
    rows, labels = numbers(5, 100), np.array([0, 1, 1, 0, 1])
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy", mean_prediction])
    scores = model.evaluate(rows, labels, batch_size=2, verbose=QUIET, return_dict=True)

    predictions = model.predict(rows, verbose=QUIET)[:, 0]
    assert scores["mean_prediction"] == pytest.approx(predictions.mean(), abs=1e-6)
    assert scores["accuracy"] == pytest.approx(np.mean((predictions > 0.5) == labels), abs=1e-6)


@pytest.mark.claim("multiclass_mlp")
def test_one_hot_and_class_ids_give_the_same_loss() -> None:
    """`using-keras` one-hot encodes the classes for categorical cross-entropy."""
    model = dense.multiclass_mlp()
    rows, ids = numbers(6, 100), np.arange(6)
    np.testing.assert_allclose(model.predict(rows, verbose=QUIET).sum(axis=1), 1, atol=1e-6)
    model.compile(loss="categorical_crossentropy")
    one_hot = model.evaluate(rows, np.eye(10)[ids], verbose=QUIET)
    model.compile(loss="sparse_categorical_crossentropy")
    assert model.evaluate(rows, ids, verbose=QUIET) == pytest.approx(one_hot, rel=1e-5)


@pytest.mark.claim("dropout_mlp")
def test_dropout_acts_in_training_alone() -> None:
    """`using-keras` drops half of each hidden layer's units while training."""
    model = dense.dropout_mlp()
    rows = numbers(3, 20)
    np.testing.assert_array_equal(model(rows, training=False), model(rows, training=False))
    assert np.abs(model(rows, training=True) - model(rows, training=True)).max() > 1e-4

    hidden = keras.Model(model.input, model.get_layer("dropout_1").output)
    dropped = np.asarray(hidden(np.ones((200, 20)), training=True)) == 0
    kept = np.asarray(hidden(np.ones((1, 20)), training=False))[0] > 0  # relu already zeroes some
    assert 0.4 < dropped[:, kept].mean() < 0.6


# Impossible arguments


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("single_dense", {"units": 0}, "units"),
        ("single_dense", {"n_features": 0}, "n_features must be a whole number of at least 1"),
        ("softmax_mlp_32", {"units": -3}, "units"),
        ("softmax_mlp_64", {"n_features": 2.5}, "not 2.5"),
        ("two_branch_add", {"n_features_b": "many"}, "not 'many'"),
        ("digit_mlp", {"n_pixels": -1}, "n_pixels"),
        ("shallow_mlp", {"n_pixels": True}, "n_pixels"),
        ("dropout_mlp", {"rate": 1.5}, "rate"),
        ("mlp", {"hidden": (10, 0)}, "hidden must be a tuple of whole numbers"),
        ("mlp", {"hiden": (10,)}, "did you mean hidden"),
    ],
)
def test_impossible_arguments(name: str, arguments: dict, message: str) -> None:
    with pytest.raises(BuildError, match=message):
        zoo.build(name, **arguments)
