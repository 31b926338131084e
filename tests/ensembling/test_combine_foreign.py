"""Ensembles of models that are not the zoo's: unnamed tensors, two outputs of a layer, dicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo._keras import keras, layers
from zoo.core.errors import BuildError
from zoo.ensembling.combine import combine
from zoo.ensembling.tensors import output_tensors


def two_of(build: Callable[[], keras.Model]) -> list[keras.Model]:
    models = []
    for seed in range(2):
        keras.utils.set_random_seed(seed)
        models.append(build())
    return models


def rows(count: int, width: int = 4) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(3, width)).astype("float32") for _ in range(count)]


def flat(outputs: Any) -> list[np.ndarray]:
    return [np.asarray(each) for each in keras.tree.flatten(outputs)]


def assert_average(joint: keras.Model, models: list[keras.Model], given: list[np.ndarray]) -> None:
    """Of models that take their inputs in a list, or one alone."""
    fed: Any = given if len(given) > 1 else given[0]
    each = [flat(model(fed)) for model in models]
    found = flat(joint(fed))
    assert len(found) == len(each[0])
    for at, value in enumerate(found):
        np.testing.assert_allclose(value, (each[0][at] + each[1][at]) / 2, rtol=1e-5, atol=1e-6)


def shared_head() -> keras.Model:
    """One layer gives both outputs."""
    sides = [keras.Input((4,), name=name) for name in ("x", "y")]
    head = layers.Dense(2, name="head")
    return keras.Model(sides, [head(side) for side in sides])


def states() -> keras.Model:
    """One call gives both outputs."""
    x = keras.Input((4,), name="x")
    steps = layers.Reshape((4, 1))(x)
    return keras.Model(x, layers.LSTM(3, return_state=True, name="memory")(steps)[1:])


def unnamed() -> keras.Model:
    """Nothing has a name of its own; the inputs do not stand for each other."""
    one, other = keras.Input((4,)), keras.Input((4,))
    both = layers.Concatenate()([one, layers.Rescaling(10)(other)])
    return keras.Model([one, other], [layers.Dense(2)(both), layers.Dense(2)(both)])


@pytest.mark.parametrize(
    ("build", "inputs", "names"),
    [
        (shared_head, 2, ["head", "head_2"]),
        (states, 1, ["memory", "memory_2"]),
        (unnamed, 2, ["dense_1", "dense_2"]),
    ],
)
def test_every_output_is_averaged(
    build: Callable[[], keras.Model], inputs: int, names: list[str], tmp_path: Path
) -> None:
    models = two_of(build)
    joint = combine(models)
    assert list(output_tensors(joint)) == names
    assert_average(joint, models, rows(inputs))
    joint.save(tmp_path / "joint.keras")
    again = keras.models.load_model(tmp_path / "joint.keras", safe_mode=True)
    assert_average(again, models, rows(inputs))
    shares = combine(models, {names[1]: [1.0, 0.0]})
    fed: Any = rows(inputs) if inputs > 1 else rows(1)[0]
    np.testing.assert_allclose(flat(shares(fed))[1], flat(models[0](fed))[1], rtol=1e-5, atol=1e-6)


def test_a_sequential_model_without_names() -> None:
    models = two_of(lambda: keras.Sequential([keras.Input((4,)), layers.Dense(2)]))
    assert_average(combine(models), models, rows(1))


@pytest.mark.parametrize("keys", [("b", "a"), ("a", "b")])
def test_inputs_in_a_dict_keep_their_keys(keys: tuple[str, str]) -> None:
    """Keras takes a dict's tensors in the order of its sorted keys."""

    def build() -> keras.Model:
        given = {key: keras.Input((4,), name=key) for key in keys}
        difference = layers.Subtract()([given["b"], layers.Rescaling(2)(given["a"])])
        return keras.Model(given, layers.Dense(1, name="out")(difference))

    models = two_of(build)
    joint = combine(models)
    values = dict(zip(("a", "b"), rows(2), strict=True))
    (found,) = flat(joint([values[tensor.name] for tensor in joint.inputs]))
    each = [flat(model(values))[0] for model in models]
    np.testing.assert_allclose(found, (each[0] + each[1]) / 2, rtol=1e-5, atol=1e-6)


def test_an_output_named_as_an_input() -> None:
    def build() -> keras.Model:
        x = keras.Input((4,), name="x")
        return keras.Model(x, {"x": layers.Dense(4, name="again")(x)})

    models = two_of(build)
    joint = combine(models)
    assert list(output_tensors(joint)) == ["x"]
    assert_average(joint, models, rows(1))


def named(width: int, units: int = 1, source: str = "x", output: str = "out") -> keras.Model:
    x = keras.Input((width,), name=source)
    return keras.Model(x, layers.Dense(units, name=output)(x), name="plain")


class Own(keras.Model):
    """A subclass that its configuration does not make again."""

    def __init__(self) -> None:
        x = keras.Input((4,), name="x")
        super().__init__(x, layers.Dense(1, name="out")(x), name="own")
        self.extra = layers.Dense(1, name="extra")
        self.extra.build((None, 1))


def stateful() -> keras.Model:
    x = keras.Input(batch_shape=(3, 4, 1), name="x")
    return keras.Model(x, layers.LSTM(2, stateful=True, name="memory")(x), name="steps")


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: [named(4), named(4, source="y")], "plain and plain: their inputs differ, x and y"),
        (lambda: [named(4), named(4, output="to")], "their outputs differ, out and to"),
        (lambda: [named(4), named(5)], r"input x differs, \(4,\) and \(5,\)"),
        (lambda: [named(4), named(4, 2)], r"output out differs, \(1,\) and \(2,\)"),
        (lambda: [Own(), Own()], "cannot combine own, which has no copy: "),
        (lambda: [stateful(), stateful()], "cannot combine steps: layer memory is stateful"),
        (
            lambda: [keras.Sequential([layers.Dense(1)], name="later")] * 2,
            "cannot combine later: it is neither a functional nor a built Sequential model",
        ),
    ],
)
def test_what_does_not_go_together(build: Callable[[], list[keras.Model]], said: str) -> None:
    with pytest.raises(BuildError, match=said) as error:
        combine(build())
    assert "\n" not in str(error.value)


def test_shares_that_do_not_fit() -> None:
    models = [named(4), named(4)]
    with pytest.raises(BuildError, match="unknown output 'price'; known: out"):
        combine(models, {"price": [0.5, 0.5]})
    with pytest.raises(BuildError, match="output out has 3 shares for 2 models"):
        combine(models, {"out": [0.5, 0.25, 0.25]})
