"""What every registered architecture must do; a new one is tested the moment it is registered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import example_inputs, fed, length_for, outputs_of, tiny

import zoo
from zoo._keras import keras, tf
from zoo.models.abstract_build import abstract_build
from zoo.training.engine import output_names

NAMES = zoo.list_models()
VARIANTS = [(name, variant) for name in NAMES for variant in zoo.spec(name).variants]
VARIABLE = [name for name in NAMES if "variable-length" in zoo.spec(name).concepts]
# What mostly tests Keras's own adapters runs on these at each change, on the others when slow
# tests do: shared layers, two outputs, three kinds of input, a list output, a nested model.
QUICK = ("basketball", "score_and_win", "clothing_price", "qa", "video_classifier")

LARGE = ("inception_v3", "xception", "siamese_xception")  # seconds to build, over 100 layers each


def _slow_if(slow: Callable[[str], bool]) -> pytest.MarkDecorator:
    names = [pytest.param(each, marks=pytest.mark.slow if slow(each) else []) for each in NAMES]
    return pytest.mark.parametrize("name", names)


every_architecture = _slow_if(lambda name: name in LARGE)
every_adapter = _slow_if(lambda name: name not in QUICK)


@pytest.fixture(scope="module")
def tiny_models() -> dict[str, Any]:
    """Small models, built once for the tests that leave their weights alone."""
    return {}


@pytest.fixture
def model(name: str, tiny_models: dict[str, Any]) -> Any:
    if name not in tiny_models:
        tiny_models[name] = tiny(name)
    return tiny_models[name]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_count_of_variants(name: str, variant: str) -> None:
    """Without memory for the weights: `posts` as printed would take 184 MB."""
    entry = zoo.spec(name).variants[variant]
    with abstract_build():
        assert zoo.build(name, **entry.arguments).count_params() == entry.count


def test_a_published_count_that_differs_is_explained() -> None:
    published = {name: zoo.spec(name) for name in NAMES if zoo.spec(name).published is not None}
    differing = [name for name, entry in published.items() if entry.published != entry.count]
    assert len(published) == 12
    assert differing == ["inception_module"]
    assert all(published[name].published_note for name in differing)


@every_architecture
def test_specs_are_the_models_inputs_and_outputs(name: str) -> None:
    entry = zoo.spec(name).resolved()
    with abstract_build():
        default = zoo.build(name)
    inputs = [
        (tensor.name, tuple(tensor.shape[1:]), str(tensor.dtype)) for tensor in default.inputs
    ]
    assert inputs == [(spec.name, spec.shape, spec.dtype) for spec in entry.inputs]
    outputs = [
        (output, tuple(tensor.shape[1:]), str(tensor.dtype))
        for output, tensor in zip(output_names(default), default.outputs, strict=True)
    ]
    assert outputs == [(spec.name, spec.shape, spec.dtype) for spec in entry.outputs]


@every_architecture
def test_every_layer_has_a_name_of_its_own(name: str) -> None:
    """Names that Keras makes up count upwards with every layer the process builds."""
    with abstract_build():
        first, second = tiny(name), tiny(name)
    names = [layer.name for layer in _all_layers(first)]
    assert names == [layer.name for layer in _all_layers(second)]
    assert first.name == name


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


@every_architecture
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
    assert len(VARIABLE) == 7


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
