"""Models that change while or between they are trained: every engine follows them as Keras does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import slow

import zoo.training
from zoo._keras import keras, layers, tf
from zoo.core.errors import DataError, TrainingError
from zoo.training import inference

ENGINES = (slow("fit"), "resident", slow("resident-xla"))
RESIDENT = ENGINES[1:]
x = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
y = x.sum(1, keepdims=True)
Make = Callable[[Any], keras.callbacks.Callback]
call = keras.callbacks.LambdaCallback


def model(loss: Any = "mse") -> Any:
    keras.utils.set_random_seed(0)
    made = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.01), loss)
    return made


def trained(engine: str | None, model: Any, *data: Any, **options: Any) -> Any:
    """The history of Keras's own fit, or of an engine's."""
    options = {"verbose": 0, "shuffle": False, **options}
    if engine is None:
        return model.fit(*data, **options).history
    return zoo.training.fit(model, *data, engine=engine, **options).history


def _remake_after_the_first(model: Any) -> keras.callbacks.Callback:
    def remake(epoch: int, logs: Any) -> None:
        if epoch == 0:
            model.layers[0].trainable = False
            model.make_train_function(force=True)

    return call(on_epoch_end=remake)


def _compile_and_make(model: Any) -> keras.callbacks.Callback:
    def remake(epoch: int, logs: Any) -> None:
        if epoch == 0:
            model.compile(keras.optimizers.Adam(0.1), "mae", metrics=["mse"])
            model.make_train_function()

    return call(on_epoch_end=remake)


def _compile_and_fit(model: Any) -> keras.callbacks.Callback:
    def remake(epoch: int, logs: Any) -> None:
        if epoch == 1:
            model.compile(keras.optimizers.SGD(0.02), "mse")
            model.fit(x[:8], y[:8], verbose=0, shuffle=False)

    return call(on_epoch_begin=remake)


def _make_at_the_start(model: Any) -> keras.callbacks.Callback:
    return call(on_train_begin=lambda logs: model.make_train_function(force=True))


def _make_the_test(model: Any) -> keras.callbacks.Callback:
    return call(on_epoch_begin=lambda epoch, logs: model.make_test_function(force=True))


@pytest.mark.parametrize(
    "make",
    [
        slow(_remake_after_the_first),
        _compile_and_make,
        slow(_compile_and_fit),
        slow(_make_at_the_start),
        _make_the_test,
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_functions_that_a_callback_has_made_anew(engine: str, make: Make) -> None:
    """Each epoch trains and validates on all of its batches, with the model as it is now."""
    found = []
    for each in (None, engine):
        net = model()
        options = {"batch_size": 4, "epochs": 3, "validation_data": (x, y)}
        history = trained(each, net, x, y, callbacks=[make(net)], **options)
        found.append((history, int(net.optimizer.iterations), net.get_weights()))
    (wanted, steps, weights), (history, other_steps, other) = found
    assert set(wanted) == set(history)
    for name, values in wanted.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
    assert other_steps == steps
    for one, two in zip(weights, other, strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_that_the_last_callback_compiles(engine: str) -> None:
    """What Keras's own fit does next follows the new compile."""
    found = []
    for each in (None, engine):
        net = model()
        trained(None, net, x, y)

        def again(logs: Any, net: Any = net) -> None:
            net.layers[0].trainable = False
            net.compile(keras.optimizers.SGD(0.01), "mae")

        trained(each, net, x, y, callbacks=[call(on_train_end=again)])
        before = net.layers[0].get_weights()[0]
        losses = net.fit(x, y, epochs=2, verbose=0, shuffle=False).history["loss"]
        assert np.array_equal(net.layers[0].get_weights()[0], before)
        found.append((losses, int(net.optimizer.iterations)))
    assert found[0][1] == found[1][1] == 2
    assert found[1][0] == pytest.approx(found[0][0], rel=1e-5)


@pytest.mark.parametrize("engine", RESIDENT)
@pytest.mark.parametrize("first", [None, "resident"])
def test_a_layer_that_is_frozen_between_needs_a_compile(engine: str, first: str | None) -> None:
    """Keras goes on with its function, which trains the layer."""
    net = model()
    trained(first, net, x, y)
    net.layers[0].trainable = False
    with pytest.raises(TrainingError, match=r"frozen or unfrozen .* call its compile\(\) again"):
        trained(engine, net, x, y)
    net.compile(keras.optimizers.SGD(0.01), "mse")
    trained(engine, net, x, y)
    net.layers[0].trainable = True
    with pytest.raises(TrainingError, match="frozen or unfrozen"):
        trained(engine, net, x, y)


def dataset(rows: int, *sizes: int) -> Any:
    whole = tf.data.Dataset.from_tensor_slices((x[:rows], y[:rows]))
    made, at = None, 0
    for size in sizes:
        part = whole.skip(at).take(size).batch(size)
        made, at = part if made is None else made.concatenate(part), at + size
    return made


@pytest.mark.parametrize("engine", ENGINES)
def test_a_dataset_to_validate_on_keeps_its_batches(engine: str) -> None:
    summed = keras.losses.MeanSquaredError(reduction="sum")
    held = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    for loss, options in (("mse", {"validation_steps": 2}), (summed, {})):
        given = {"batch_size": 8, "epochs": 2, "validation_data": held, **options}
        wanted, found = (trained(each, model(loss), x, y, **given) for each in (None, engine))
        assert found["val_loss"] == pytest.approx(wanted["val_loss"], rel=1e-5)


@pytest.mark.parametrize("engine", RESIDENT)
def test_a_dataset_of_uneven_batches_is_refused(engine: str) -> None:
    for sizes in ((4, 8, 8), (8, 4, 8), (4, 16)):
        with pytest.raises(TrainingError, match=r"differ in size, from 4 to .*engine='fit'"):
            trained(engine, model(), dataset(20, *sizes))
    wanted = trained(None, model(), dataset(20, 8, 8, 4), batch_size=4)
    found = trained(engine, model(), dataset(20, 8, 8, 4), batch_size=4)
    assert found["loss"] == pytest.approx(wanted["loss"], rel=1e-5)


@pytest.mark.parametrize("engine", RESIDENT)
def test_what_does_not_go_with_a_dataset(engine: str) -> None:
    for option in ({"y": -y}, {"sample_weight": np.zeros(20)}):
        with pytest.raises(TrainingError, match=f"{next(iter(option))} does not go with a"):
            trained(engine, model(), dataset(20, 8, 8, 4), **option)
    rows = tf.data.Dataset.from_tensor_slices((x, y))
    with pytest.raises(TrainingError, match=r"single rows: call its batch\(\) first"):
        trained(engine, model(), rows)
    ragged = tf.data.Dataset.from_tensor_slices((tf.ragged.constant([[1.0, 2.0], [3.0]]), y[:2]))
    with pytest.raises(TrainingError, match="batches of plain tensors"):
        trained(engine, model(), ragged.batch(2))
    with pytest.raises(TrainingError, match="no None among arrays: use engine='fit'"):
        trained(engine, model(), x, [None, y])


class Doubled(keras.layers.LSTMCell):
    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        output, states = super().call(inputs, states, training)
        return output * 2, states


@pytest.mark.parametrize("engine", RESIDENT)
def test_an_lstm_with_a_cell_of_ones_own(engine: str) -> None:
    found = []
    for each in (None, engine):
        keras.utils.set_random_seed(0)
        layer = layers.LSTM(3)
        layer.cell = Doubled(3)
        net = keras.Sequential([layer, layers.Dense(1)])
        net.compile("sgd", "mse")
        found.append(trained(each, net, x.reshape(20, 2, 2), y, epochs=2)["loss"])
    assert found[1] == pytest.approx(found[0], rel=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("wrong", [-1, 5])
def test_a_class_that_the_output_does_not_have(engine: str, wrong: int) -> None:
    classes = np.zeros(20, "int32")
    classes[7] = wrong
    loss = keras.losses.SparseCategoricalCrossentropy()
    for each, given in (("sparse_categorical_crossentropy", {}), (loss, {}), ({"label": loss}, {})):
        given = keras.Input((4,))
        net = keras.Model(given, layers.Dense(3, "softmax", name="label")(given))
        net.compile("sgd", each)
        with pytest.raises(TrainingError, match=f"'label' has classes from 0 to 2, .* {wrong}"):
            trained(engine, net, x, classes)
    net.compile("sgd", keras.losses.SparseCategoricalCrossentropy(ignore_class=wrong))
    assert np.isfinite(trained(engine, net, x, classes)["loss"]).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_that_come_as_objects(engine: str) -> None:
    wanted = trained(None, model(), x, y)["loss"]
    for given in (pd.DataFrame(x).astype("Float32"), x.astype(object)):
        assert trained(engine, model(), given, y)["loss"] == pytest.approx(wanted, rel=1e-5)
    for wrong, why in ((x.astype("datetime64[s]"), "dates"), (np.full((20, 4), {}), "dict")):
        with pytest.raises(DataError, match=why):
            trained(engine, model(), wrong, y)


@pytest.mark.parametrize(
    ("option", "value"),
    [("seed", 2**70), ("seed", -1), ("batch_size", 6.5), ("batch_size", 0), ("validation_freq", 0)],
)
def test_settings_that_mean_nothing(option: str, value: Any) -> None:
    with pytest.raises(TrainingError, match=f"^{option} must be"):
        trained("resident", model(), x, y, **{option: value})


def test_the_layers_own_error_is_told() -> None:
    net = keras.Sequential([layers.Dense(4)])
    net.compile("sgd", "mse")
    with pytest.raises(ValueError, match="found ndim=1"):
        trained("resident", net, np.zeros(4), np.zeros((4, 4)))


def test_lists_in_batches_that_are_written(tmp_path: Path) -> None:
    def full(value: float) -> np.ndarray:
        return np.full((3, 1), value)

    first, second, weight = zoo.training.write_arrays(
        [(full(1), [full(2), full(3)], full(4))], tmp_path / "rows"
    )
    assert (first[0], [each[0] for each in second], weight[0]) == (1, [2, 3], 4)
    both = zoo.training.write_arrays([[full(1), full(2)]], tmp_path / "list")
    assert [each[0] for each in both] == [1, 2]
    for wrong, why in (
        ([tf.cast(full(1), tf.bfloat16)], "cannot hold bfloat16"),
        ([(full(1), None)], "single number or None"),
        ([{0: full(1)}], "names of arrays must be texts"),
    ):
        with pytest.raises(TrainingError, match=why):
            zoo.training.write_arrays(wrong, tmp_path / "wrong")


def test_predictions_of_every_kind_of_model() -> None:
    """Two outputs of one layer, a class of one's own with two, a batch size of the model's own."""
    one, two = keras.Input((4,), name="i"), keras.Input((4,), name="j")
    shared = layers.Dense(1, name="d")
    net = keras.Model({"i": one, "j": two}, [shared(one), shared(two)])
    found = inference.predict(net, {"i": x, "j": 2 * x})
    wanted = net.predict({"i": x, "j": 2 * x}, verbose=0)
    assert [*found] == ["d", "d_1"]
    np.testing.assert_allclose([*found.values()], wanted, rtol=1e-6)

    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs, -inputs

    found = inference.predict(Own(), {"i": x})
    np.testing.assert_allclose(found["output_1"], -x)

    given = keras.Input(batch_shape=(4, 2, 2))
    stateful = keras.Model(given, layers.LSTM(1, stateful=True)(given))
    assert len(next(iter(inference.predict(stateful, {"i": x.reshape(20, 2, 2)}).values()))) == 20
    with pytest.raises(DataError, match="no rows"):
        inference.predict(net, {"i": x[:0], "j": x[:0]})


def test_scores_come_in_the_order_of_keras() -> None:
    given = keras.Input((4,))
    outputs = [layers.Dense(1, name=name)(given) for name in ("z", "a")]
    net = keras.Model(given, outputs)
    net.compile("sgd", ["mse", "mse"])
    targets = {"z": y, "a": -y}
    wanted = net.evaluate(x, [y, -y], verbose=0, return_dict=True)
    found = inference.evaluate(net, {"i": x}, {"z": targets["z"], "a": targets["a"]})
    assert [*found] == [*wanted]


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_by_name_with_targets_by_name_or_in_order(engine: str) -> None:
    """Keras itself fails where a model with a list of outputs has both by name."""
    weights = {"b": np.linspace(0, 1, 20, dtype="float32"), "a": np.ones(20, "float32")}

    def fitted(each: str | None, targets: Any, weights: Any) -> Any:
        keras.utils.set_random_seed(0)
        given = keras.Input((4,))
        outputs = [layers.Dense(1, name=name)(given) for name in ("b", "a")]
        net = keras.Model(given, outputs)
        net.compile("sgd", {"a": "mse", "b": "mae"}, loss_weights={"a": 1.0, "b": 2.0})
        return trained(each, net, x, targets, sample_weight=weights)["loss"]

    wanted = fitted(None, [y, -y], [*weights.values()])
    for targets in ([y, -y], {"a": -y, "b": y}):
        for given in (weights, {"a": weights["a"], "b": weights["b"]}, [*weights.values()]):
            assert fitted(engine, targets, given) == pytest.approx(wanted, rel=1e-5)
