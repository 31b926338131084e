"""Exports of layers that the zoo has not: grouped convolutions, and stateful ones refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import slow

import zoo
from zoo._keras import keras, layers
from zoo.exporting import FORMATS, ExportError

GROUPED: dict[str, tuple[tuple[int | None, ...], dict[str, Any]]] = {
    "Conv1D": ((None, 4), {"padding": "causal", "dilation_rate": 2, "activation": "relu"}),
    "Conv2D": ((8, 8, 4), {"strides": 2, "padding": "same"}),
    "Conv3D": ((5, 5, 5, 4), {"use_bias": False}),
}


def grouped(kind: str) -> keras.Model:
    keras.utils.set_random_seed(0)
    shape, options = GROUPED[kind]
    x = keras.Input(shape, name="x")
    layer = getattr(layers, kind)(6, 3, groups=2, bias_initializer="normal", name="two", **options)
    return keras.Model(x, layer(x), name="grouped")


def by_hand(model: keras.Model, given: np.ndarray) -> np.ndarray:
    """Two convolutions of half of the channels each."""
    layer = model.get_layer("two")
    kernel, *bias = layer.get_weights()
    halves = []
    for at in range(2):
        half = type(layer)(**{**layer.get_config(), "groups": 1, "filters": 3})
        half.build((*given.shape[:-1], 2))
        half.set_weights([part[..., 3 * at : 3 * at + 3] for part in (kernel, *bias)])
        halves.append(np.asarray(half(given[..., 2 * at : 2 * at + 2])))
    return np.concatenate(halves, axis=-1)


@pytest.mark.parametrize(
    ("kind", "format"),
    [
        ("Conv2D", "onnx"),
        *(
            slow(kind, format)
            for kind in GROUPED
            for format in FORMATS.names()
            if (kind, format) != ("Conv2D", "onnx")
        ),
    ],
)
def test_grouped_convolutions(kind: str, format: str, tmp_path: Path) -> None:
    model = grouped(kind)
    written = zoo.export(model, format, tmp_path / FORMATS.get(format).file)
    assert written.difference <= 2e-6
    shape = [size or 9 for size in GROUPED[kind][0]]
    given = np.random.default_rng(1).normal(size=(3, *shape)).astype("float32")
    found = zoo.exporting.load(written.path).run({"x": given})["two"]
    np.testing.assert_allclose(found, by_hand(model, given), rtol=1e-5, atol=2e-6)
    assert "call" not in vars(model.get_layer("two")), "the layer is as it was"


def test_what_onnx_cannot_write_names_the_layer(tmp_path: Path) -> None:
    class Groups(layers.Layer):
        def build(self, shape: Any) -> None:
            self.kernel = self.add_weight(shape=(3, 3, 2, 6))

        def call(self, x: Any) -> Any:
            return keras.ops.conv(x, self.kernel)

    x = keras.Input((8, 8, 4), name="x")
    model = keras.Model(x, Groups(name="own")(x), name="plain")
    with pytest.raises(ExportError) as error:
        zoo.export(model, "onnx", tmp_path / "model.onnx")
    reason = "ONNX has no operation for StatefulPartitionedCall of layer own"
    assert str(error.value) == f"plain as onnx: {reason}"


@pytest.mark.parametrize("format", FORMATS.names())
@pytest.mark.parametrize("inside", [False, True])
def test_a_stateful_layer_is_named(format: str, inside: bool, tmp_path: Path) -> None:
    x = keras.Input(batch_shape=(4, 5, 2), name="x")
    memory = layers.LSTM(3, stateful=True, name="memory")
    model = keras.Model(x, layers.Dense(1, name="out")(memory(x)), name="steps")
    if inside:
        y = keras.Input(batch_shape=(4, 5, 2), name="y")
        model = keras.Model(y, model(y), name="outer")
    path = tmp_path / FORMATS.get(format).file
    with pytest.raises(ExportError) as error:
        zoo.export(model, format, path)
    assert str(error.value) == (
        f"{model.name}: layer memory is stateful, it answers by the batches before; build it with "
        "stateful=False to export it"
    )
    assert not path.exists()
