"""Text that a runtime cannot look up: ids in its place, with the same outputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo._keras import keras, layers
from zoo.core.columns import Column, Columns
from zoo.exporting import ExportError, load, serving
from zoo.exporting.text_inputs import with_ids
from zoo.models.columns import column_inputs, heads, vector

COLUMNS = Columns(
    (
        Column("age", "number", "features", missing=True, mean=(30.0,), std=(10.0,)),
        Column("day", "date", "features", mean=(18_000.0,), std=(300.0,)),
        Column("sex", "category", "features", words=("", "female", "male")),
        Column("said", "text", "features", words=("good", "bad"), length=4),
        Column("price", "number", target=True, mean=(1_000.0,), std=(200.0,)),
    )
)
ROWS = {
    "age": np.array([[30], [np.nan], [50], [1]], np.float32),
    "day": np.array([[18_000], [18_100.5], [0], [20_000]], np.float32),
    "sex": np.array([["female"], [""], ["male"], ["other"]], object),
    "said": np.array([["Good, good!"], [""], ["bad x bad"], ["***"]], object),
}


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs = column_inputs(COLUMNS)
    hidden = layers.Dense(4, activation="tanh", name="hidden")(vector(COLUMNS, inputs, "features"))
    return keras.Model(list(inputs.values()), heads(COLUMNS, hidden), name="mixed")


def test_outputs_are_finite_and_differ_by_row(model: keras.Model) -> None:
    price = serving.predict(model, ROWS)["price"]
    assert np.isfinite(price).all()
    assert len(np.unique(price)) == len(price)


def test_a_copy_has_what_the_layers_know(model: keras.Model, tmp_path: Path) -> None:
    """By its configuration alone, and from a file in Keras's safe mode."""
    wanted = serving.predict(model, ROWS)["price"]
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(serving.predict(copy, ROWS)["price"], wanted)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(serving.predict(loaded, ROWS)["price"], wanted)


@pytest.mark.parametrize(
    ("held", "ids"),
    [
        (("StringLookup", "TextVectorization"), []),
        (("StringLookup",), ["said"]),
        ((), ["sex", "said"]),
    ],
)
def test_ids_give_the_same_outputs(
    held: tuple[str, ...], ids: list[str], model: keras.Model
) -> None:
    changed = with_ids(model, held)
    assert list(changed.lookups) == ids
    assert [tensor.name for tensor in changed.model.inputs] == list(ROWS)
    rows = changed.rows(ROWS)
    assert [name for name, array in rows.items() if array.dtype == np.int32] == ids
    wanted = serving.predict(model, ROWS)["price"]
    np.testing.assert_allclose(serving.predict(changed.model, rows)["price"], wanted, rtol=1e-6)
    words = changed.words()
    if "sex" in ids:
        assert words["sex"] == ["[UNK]", "", "female", "male"]
    if "said" in ids:
        assert words["said"] == ["", "[UNK]", "good", "bad"]


def test_text_that_nothing_looks_up_is_refused() -> None:
    text = keras.Input((1,), dtype="string", name="text")
    doubled = layers.StringLookup(vocabulary=["a"], name="one")(text)
    other = layers.StringLookup(vocabulary=["b"], name="other")(text)
    twice = keras.Model(text, layers.Add(name="sum")([doubled, other]))
    with pytest.raises(ExportError, match="input text is text that no lookup of words reads"):
        with_ids(twice, ())


@pytest.mark.slow
@pytest.mark.parametrize("format", ["keras", "savedmodel", "litert", "onnx"])
def test_every_runtime_gives_the_same(format: str, model: keras.Model, tmp_path: Path) -> None:
    """Conversion takes seconds."""
    if format == "onnx":
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    suffix = {"keras": ".keras", "savedmodel": "", "litert": ".tflite", "onnx": ".onnx"}[format]
    made = zoo.export(model, format, tmp_path / f"model{suffix}", rows=ROWS)
    assert made.difference < 0.1  # of prices around 1,000
    types = load(made.path).inputs
    assert types["age"] == "float32"
    assert types["sex"] == ("int32" if format == "litert" else "string")
    assert types["said"] == ("string" if format in ("keras", "savedmodel") else "int32")
