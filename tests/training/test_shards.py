"""Rows that come piece by piece: the same order, the same training, from memory or from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import slow

import zoo.training
from zoo._keras import keras, tf
from zoo.core.errors import DataError, TrainingError
from zoo.training import arrays, inference, shards
from zoo.training.shards import Order, Shards

ENGINES = (slow("fit"), "resident", slow("resident-xla"))
ROWS = 50
X = np.random.default_rng(0).normal(size=(ROWS, 4)).astype("float32")
Y = X.sum(axis=1, keepdims=True)
ROW_BYTES = 4 * 5


def trained(x: Any, y: Any, **given: Any) -> tuple[list[float], np.ndarray]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    settings: Any = {"batch_size": 8, "epochs": 3, "verbose": 0, "validation_split": 0.2, "seed": 5}
    run = zoo.training.fit(model, x, y, **{**settings, **given})
    return run.history["loss"] + run.history["val_loss"], model.get_weights()[0]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two batches in a piece, and no data is so small that it is kept."""
    monkeypatch.setattr(shards, "SHARD", 2 * 8 * ROW_BYTES)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shuffle", [True, slow(False)])
def test_pieces_train_as_the_whole(
    engine: str, shuffle: bool, request: pytest.FixtureRequest
) -> None:
    whole = trained(X, Y, engine=engine, shuffle=shuffle)
    request.getfixturevalue("small_pieces")
    in_pieces = trained(X, Y, engine=engine, shuffle=shuffle)
    for one, other in zip(whole, in_pieces, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-6)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_training_in_pieces_is_resumed_at_any_epoch(engine: str) -> None:
    def weights(*spans: tuple[int, int]) -> np.ndarray:
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        for first, last in spans:
            given: Any = {"initial_epoch": first, "epochs": last, "engine": engine, "verbose": 0}
            zoo.training.fit(model, X, Y, 8, **given)
        return model.get_weights()[0]

    np.testing.assert_array_equal(weights((0, 2), (2, 3)), weights((0, 3)))


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("engine", ENGINES)
def test_files_and_tf_data_train_as_arrays(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = trained(X, Y, engine=engine)
    parts = ((X[at : at + 7].astype("float64"), Y[at : at + 7]) for at in range(0, ROWS, 7))
    x, y = zoo.training.write_arrays(parts, tmp_path / "rows")
    assert isinstance(x, np.memmap)
    assert x.dtype == np.float64, "as it came; its rows become float32 when they are taken"
    given = [(x, y), zoo.training.open_arrays(tmp_path / "rows")]
    if engine != "fit":  # Keras takes a tf.data.Dataset as it is
        monkeypatch.setattr(arrays, "MEMORY_BOUND", 100)
        given.append((tf.data.Dataset.from_tensor_slices((X, Y)).batch(8), None))
    for each in given:
        for one, other in zip(wanted, trained(*each, engine=engine), strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-6)


def test_an_order_is_cut_into_pieces_of_whole_batches() -> None:
    order = Order(rows=10, taken=9, seed=1)
    made = Shards(np.arange(10), 2, order, epochs=2, shard=4 * 8)
    found = [[part.numpy() for part in made.epoch(epoch)] for epoch in (0, 1, 0)]
    made.close()
    assert [len(part) for part in found[0]] == [4, 4, 1]
    for epoch, parts in zip((0, 1, 0), found, strict=True):
        np.testing.assert_array_equal(np.concatenate(parts), order.of(epoch))


def test_without_a_seed_epochs_go_on_where_the_last_one_stopped() -> None:
    order = Order(rows=10, taken=4)
    assert [order.of(epoch) for epoch in (3, 4, 5, 6)] == [
        slice(0, 4),
        slice(4, 8),
        slice(8, 10),
        slice(0, 4),
    ]


def test_structures_are_written_and_opened_by_name(tmp_path: Path) -> None:
    batch = ({"b": np.ones((2, 3), "int8"), "a": np.zeros(2)}, (np.arange(2),))
    zoo.training.write_arrays([batch, batch], tmp_path / "rows")
    inputs, (targets,) = zoo.training.open_arrays(tmp_path / "rows")
    assert inputs["b"].shape == (4, 3)
    assert inputs["a"].tolist() == [0.0] * 4
    assert targets.tolist() == [0, 1, 0, 1]
    assert not targets.flags.writeable


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "no batches"),
        ([np.ones(2), np.ones((2, 1))], "differ in shape or type"),
        ([np.ones(2), (np.ones(2),)], "differ in structure"),
        ([(np.ones(2), np.ones(3))], "numbers of rows differ"),
        ([np.array(["a", "bc"], dtype=object)], "texts have no fixed size"),
    ],
)
def test_batches_that_make_no_arrays_leave_no_folder(
    parts: Any, message: str, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=message):
        zoo.training.write_arrays(parts, tmp_path / "rows")
    assert not [*tmp_path.iterdir()]


def test_damaged_files_are_one_line(tmp_path: Path) -> None:
    zoo.training.write_arrays([np.ones(2)], tmp_path / "rows")
    with pytest.raises(DataError, match="exists; choose another"):
        zoo.training.write_arrays([np.ones(2)], tmp_path / "rows")
    (tmp_path / "rows" / "0.npy").write_bytes(b"no array")
    with pytest.raises(DataError, match="is damaged"):
        zoo.training.open_arrays(tmp_path / "rows")
    (tmp_path / "rows" / "0.npy").unlink()
    with pytest.raises(DataError, match="cannot read"):
        zoo.training.open_arrays(tmp_path / "rows")
    (tmp_path / "rows" / "index.json").write_text('{"x": "../../secret"}')
    with pytest.raises(DataError, match="no number of a file"):
        zoo.training.open_arrays(tmp_path / "rows")


@pytest.mark.parametrize("long", [False, True])
def test_scores_and_predictions_of_long_data_come_piece_by_piece(
    long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights and a mapping of inputs go along; the last piece is smaller."""
    if long:
        monkeypatch.setattr(shards, "SHARD", 900)
        monkeypatch.setattr(inference, "SHARD", 0)
        monkeypatch.setattr(inference, "_rows_at_once", lambda *_: 8)
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    total = keras.layers.Dense(1, kernel_initializer="ones", name="y")(a + 2 * b)
    model = keras.Model({"a": a, "b": b}, total)
    model.compile("sgd", "mse", weighted_metrics=["mae"])
    inputs, weights = {"a": X, "b": -X}, np.linspace(0, 1, ROWS).astype("float32")
    predicted = inference.predict(model, inputs)["y"]
    np.testing.assert_allclose(predicted, -Y, rtol=1e-5, atol=1e-5)
    scores = inference.evaluate(model, inputs, {"y": Y}, weights)
    wanted = np.average(2 * np.abs(Y[:, 0]), weights=weights)
    assert scores["mae"] == pytest.approx(wanted, rel=1e-5)
