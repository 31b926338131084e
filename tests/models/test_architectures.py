"""What every registered architecture must do; a new one is tested the moment it is registered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import (
    abstract,
    example_inputs,
    fed,
    length_for,
    outputs_of,
    slow,
    slow_if_large,
    tiny,
    tiny_once,
)

import zoo
from zoo._keras import keras, tf
from zoo.models.abstract_build import abstract_build
from zoo.training.inference import output_names

NAMES = zoo.list_models()
VARIABLE = [name for name in NAMES if "variable-length" in zoo.spec(name).concepts]
# What mostly tests Keras's own adapters runs on these at each change, on the others when slow
# tests do: shared layers in a nested model, two outputs, three kinds of input.
QUICK = ("basketball", "score_and_win", "clothing_price")

every_architecture = pytest.mark.parametrize("name", [slow_if_large(name) for name in NAMES])
every_adapter = pytest.mark.parametrize(
    "name", [name if name in QUICK else slow(name) for name in NAMES]
)


@pytest.fixture
def model(name: str) -> Any:
    return tiny_once(name)


def test_a_published_count_that_differs_is_explained() -> None:
    published = {name: zoo.spec(name) for name in NAMES if zoo.spec(name).published is not None}
    differing = [name for name, entry in published.items() if entry.published != entry.count]
    assert len(published) == 12
    assert differing == ["inception_module"]
    assert all(published[name].published_note for name in differing)


def assert_declared(name: str, arguments: Mapping[str, Any], model: Any) -> None:
    """The inputs and outputs that the registry declares for `arguments` are the model's."""
    declared = zoo.spec(name).resolved(arguments)
    assert [(spec.name, spec.shape, spec.dtype) for spec in declared.inputs] == [
        (tensor.name, tuple(tensor.shape[1:]), str(tensor.dtype)) for tensor in model.inputs
    ]
    assert [(spec.name, spec.shape, spec.dtype) for spec in declared.outputs] == [
        (output, tuple(tensor.shape[1:]), str(tensor.dtype))
        for output, tensor in zip(output_names(model), model.outputs, strict=True)
    ]


@every_architecture
def test_specs_are_the_models_inputs_and_outputs(name: str) -> None:
    """At the default size, at the small one, and of every variant."""
    assert_declared(name, {}, abstract(name))
    assert_declared(name, zoo.spec(name).tiny, tiny_once(name))
    for variant, entry in zoo.spec(name).variants.items():
        assert_declared(name, entry.arguments, abstract(name, variant))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("cnn", {"image_shape": (None, 40, 2), "kernel_size": 3, "classes": 5}),
        ("cnn", {"image_shape": (40, 30, 2), "flatten": True, "classes": 5}),
        ("residual_projection", {"shape": (7, None, 3), "filters": 5}),
        ("fire_module", {"shape": (None, 7, 3), "expand": 5}),
        slow("siamese_xception", {"image_shape": (20, 30, 3), "blocks": 2}),
        slow("siamese_xception", {"image_shape": (20, 30, 3), "blocks": 1, "head": "same_scene"}),
        slow("siamese_xception", {"image_shape": (71, 90, 3), "blocks": 13}),
    ],
)
def test_specs_follow_the_arguments(name: str, arguments: dict[str, Any]) -> None:
    with abstract_build():
        assert_declared(name, arguments, zoo.build(name, **arguments))


@pytest.mark.parametrize("name", NAMES)
def test_axes_are_arguments_of_the_builder(name: str) -> None:
    """A typing error in a name would otherwise show only where it is looked up."""
    entry = zoo.spec(name)
    for tensor in (*entry.inputs, *entry.outputs):
        assert {axis for axis in tensor.shape if isinstance(axis, str)} <= set(entry.defaults)
        assert tensor.when.removeprefix("not ") in ("", *entry.defaults)


@every_adapter
def test_every_layer_has_a_unique_name(name: str) -> None:
    """Names that Keras makes up count upwards with every layer the process builds."""
    with abstract_build():
        again = tiny(name)
    names = [layer.name for layer in _all_layers(again)]
    assert names == [layer.name for layer in _all_layers(tiny_once(name))]
    assert again.name == name


@every_architecture
def test_forward_and_backward(name: str, model: Any) -> None:
    """No NaN comes out, and every trainable weight gets a gradient of its own shape."""
    for layer in _all_layers(model):  # oneDNN 6035, see zoo/models/blocks.py
        if isinstance(layer, keras.layers.Conv2D) and layer.kernel_size == (1, 1):
            assert max(layer.strides) == 1 or layer.input.shape[-1] >= 16, layer.name
    inputs = example_inputs(model, 3, length=length_for(name))
    with tf.GradientTape() as tape:
        outputs = model(fed(inputs), training=True)
        listed = outputs if isinstance(outputs, list | tuple) else [outputs]
        loss = tf.add_n([tf.reduce_sum(tf.square(output - 0.3)) for output in listed])
    assert np.isfinite(loss.numpy())
    weights = [weight.value for weight in model.trainable_weights]
    gradients = tape.gradient(loss, weights) if weights else []
    for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
        assert gradient is not None, f"{weight.path} has no gradient"
        dense = tf.convert_to_tensor(gradient)
        assert dense.shape == weight.shape
        assert np.isfinite(dense.numpy()).all(), weight.path


@every_adapter
def test_config_survives_json(name: str, model: Any) -> None:
    config = json.loads(json.dumps(model.get_config()))
    again = type(model).from_config(config)
    assert json.dumps(again.get_config()) == json.dumps(model.get_config())
    assert again.count_params() == model.count_params()


@every_adapter
def test_saved_model_predicts_the_same(name: str, model: Any, tmp_path: Path) -> None:
    inputs = example_inputs(model, 3, length=length_for(name))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    for before, after in zip(outputs_of(model, inputs), outputs_of(loaded, inputs), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-6)


@every_adapter
def test_predict_on_arrays_lists_and_datasets_agrees(name: str, model: Any) -> None:
    inputs = example_inputs(model, 4, length=length_for(name))
    listed = list(inputs.values())
    stream = tf.data.Dataset.from_tensor_slices((fed(inputs),)).batch(2)
    by_name = _as_list(model.predict(fed(inputs), verbose=0))
    by_order = _as_list(model.predict(listed if len(listed) > 1 else listed[0], verbose=0))
    streamed = _as_list(model.predict(stream, verbose=0))
    for one, two, three in zip(by_name, by_order, streamed, strict=True):
        np.testing.assert_allclose(two, one, atol=1e-6)
        np.testing.assert_allclose(three, one, atol=1e-5)


@every_architecture
def test_rows_do_not_depend_on_the_batch(name: str, model: Any) -> None:
    inputs = example_inputs(model, 3, length=length_for(name))
    together = outputs_of(model, inputs)
    for row in range(3):
        alone = outputs_of(model, {key: value[row : row + 1] for key, value in inputs.items()})
        for one, all_of_them in zip(alone, together, strict=True):
            np.testing.assert_allclose(one[0], all_of_them[row], atol=1e-5)


def test_variable_axes_are_a_concept() -> None:
    for name in NAMES:
        entry = zoo.spec(name)
        varies = any(None in spec.shape for spec in entry.resolved().inputs)
        assert varies == (name in VARIABLE), name
    assert len(VARIABLE) == 8


@pytest.mark.parametrize("name", VARIABLE)
def test_variable_axes_take_two_lengths(name: str, model: Any) -> None:
    for length in (length_for(name), length_for(name) + 7):
        for output in outputs_of(model, example_inputs(model, 2, length=length)):
            assert np.isfinite(output).all()


@every_adapter
def test_mixed_bfloat16_runs(name: str) -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = tiny(name)
        inputs = example_inputs(model, 2, length=length_for(name))
        assert all(np.isfinite(output).all() for output in outputs_of(model, inputs))
        for weight in model.weights:
            assert weight.dtype != "bfloat16", f"{weight.path} should stay in float32"
    finally:
        keras.config.set_dtype_policy(before)


def _all_layers(model: Any) -> list[Any]:
    return list(model._flatten_layers(include_self=False))


def _as_list(outputs: Any) -> list[np.ndarray]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]
