"""Rows that a trained run is asked about: DataFrames by name, arrays by place, streams."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from run_helpers import untrained

import zoo
from zoo._keras import tf
from zoo.core.errors import DataError, ZooError
from zoo.experiments.given import dataset_of
from zoo.experiments.record import RunRecord
from zoo.experiments.run import Run

ROWS = 12
NAMES = [*"abcdefghij"]
X = np.random.default_rng(0).normal(size=(ROWS, len(NAMES))).astype("float32")
Y = (X[:, :1] > 0).astype("float32")
FRAME = pd.DataFrame(X, columns=NAMES)
NUMBERED = FRAME.set_axis([f"features_{place}" for place in range(len(NAMES))], axis=1)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return untrained("mlp", tmp_path_factory.mktemp("run"))[0]


def trained_on(run: Run, data: Any) -> Run:
    """The run as if it had been trained on rows in memory."""
    content = json.loads(run.record.to_json())
    content["data"]["names"] = dataset_of(zoo.recipe("mlp"), data, None, 0)[1].names
    return Run(run.folder, run.model, RunRecord.from_json(json.dumps(content)))


def test_columns_of_frames_are_found_by_name(plain: Run) -> None:
    run = trained_on(plain, (FRAME, Y))
    assert run.record.data.names == {"features": tuple(NAMES)}
    wanted = run.predict(X)["label"]
    for frame in (FRAME, FRAME[NAMES[::-1]]):
        np.testing.assert_array_equal(run.predict(frame)["label"], wanted)
    assert run.evaluate(FRAME[NAMES[::-1]], Y) == run.evaluate(X, Y)
    table = FRAME[NAMES[::-1]].assign(label=Y)
    assert run.evaluate(table) == run.evaluate(X, Y), "the targets are no unknown column"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (FRAME.rename(columns={"c": "cc"}), r"column 'c', .*, is missing from the data; is it cc"),
        (FRAME.drop(columns="c"), "column 'c', which the model was trained on, is missing"),
        (
            FRAME.assign(aa=1),
            "unknown column 'aa', which the model was not trained on; did you mean a",
        ),
        (pd.DataFrame(X), "column 'a', which the model was trained on, is missing"),
    ],
    ids=range(4),
)
def test_missing_and_unknown_columns_are_refused(plain: Run, frame: Any, message: str) -> None:
    run = trained_on(plain, (FRAME, Y))
    for ask in (lambda: run.predict(frame), lambda: run.evaluate(frame, Y)):
        with pytest.raises(DataError, match=message) as caught:
            ask()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [(NUMBERED, Y), NUMBERED.assign(label=Y), (NUMBERED.assign(age=1), Y)], ids=range(3)
)
def test_columns_with_the_names_of_tensors_may_have_others_beside_them(
    plain: Run, data: Any
) -> None:
    run = trained_on(plain, data)
    assert run.record.data.names == {"features": tuple(NUMBERED.columns)}
    given = NUMBERED[NUMBERED.columns[::-1]].assign(age=1)
    np.testing.assert_array_equal(run.predict(given)["label"], run.predict(X)["label"])
    with pytest.raises(
        DataError, match="column 'features_0', which the model was trained on, is missing"
    ):
        run.predict(FRAME)


def test_rows_to_validate_on_are_found_by_the_names_of_those_to_train_on() -> None:
    held = (FRAME[NAMES[::-1]], Y)
    data = dataset_of(zoo.recipe("mlp"), (FRAME, Y), held, 0)[1]
    np.testing.assert_array_equal(data.splits["validation"]["features"], X)


def test_frames_without_names_and_older_records_go_by_place(plain: Run) -> None:
    for data in ((pd.DataFrame(X), Y), (X, Y)):
        run = trained_on(plain, data)
        assert run.record.data.names == {}
        np.testing.assert_array_equal(run.predict(FRAME)["label"], run.predict(X)["label"])
    content = json.loads(plain.record.to_json())
    del content["data"]["names"]
    assert RunRecord.from_json(json.dumps(content)) == plain.record


def test_several_columns_of_targets_are_found_by_name() -> None:
    targets = pd.DataFrame({"low": X[:, 0], "high": X[:, 1]})
    recipe = zoo.recipe("tiny_dense")
    held = (X[:, :2], targets[["high", "low"]])
    data = dataset_of(recipe, (FRAME[["c", "d"]], targets), held, 0)[1]
    assert data.names == {"a": ("c", "d"), "b": ("low", "high")}
    np.testing.assert_array_equal(data.splits["validation"]["b"], X[:, :2])


def test_a_stream_of_batches_is_predicted_from(plain: Run) -> None:
    wanted = plain.predict(X)["label"]
    for parts in (X, (X, Y)):
        stream = tf.data.Dataset.from_tensor_slices(parts).batch(5)
        np.testing.assert_array_equal(plain.predict(stream)["label"], wanted)
    assert plain.evaluate(tf.data.Dataset.from_tensor_slices((X, Y)).batch(5)) == plain.evaluate(
        X, Y
    )


MASKED = np.ma.masked_array(X, mask=X > 1)  # pyright: ignore[reportCallIssue]
FORMS: list[tuple[Any, str]] = [
    (X[:0], "the data has no rows"),
    (MASKED, "values of an array are masked: fill them, as with filled"),
    ({"features": MASKED}, "values of an array are masked"),
    ([[1, 2], [3]], "the lists differ in length"),
    (lambda: (row for row in X), "cannot read generator into memory: give arrays"),
    ({1.0, 2.0}, "cannot read set into memory"),
    (lambda: iter(X), "cannot read iterator into memory|cannot read .* into memory"),
    (lambda: tf.data.Dataset.from_tensor_slices(X), "gives single rows: call its batch"),
    (lambda: tf.data.Dataset.from_tensor_slices(X).batch(2).repeat(), "has no end"),
]


@pytest.mark.parametrize(("x", "message"), FORMS, ids=range(len(FORMS)))
def test_what_holds_no_rows_is_refused_in_one_line(plain: Run, x: Any, message: str) -> None:
    def made() -> Any:
        return x() if callable(x) else x

    asks = [
        lambda: plain.predict(made()),
        lambda: plain.evaluate(made(), Y),
        lambda: dataset_of(zoo.recipe("mlp"), (made(), Y), None, 0),
    ]
    for ask in asks:
        with pytest.raises(ZooError, match=message) as caught:
            ask()
        assert "\n" not in str(caught.value)


def test_masks_without_a_masked_value_are_no_matter(plain: Run) -> None:
    whole = np.ma.masked_array(X, mask=False)  # pyright: ignore[reportCallIssue]
    np.testing.assert_array_equal(plain.predict(whole)["label"], plain.predict(X)["label"])


@pytest.mark.slow
def test_a_run_keeps_the_names_of_its_columns(tmp_path: Path) -> None:
    quick: dict[str, Any] = {"epochs": 1, "engine": "fit", "baseline": "", "verbose": 0}
    made = zoo.fit("mlp", data=(FRAME, Y), logdir=tmp_path, **quick)
    run = zoo.load_run(made.folder)
    given = run.predict(FRAME[NAMES[::-1]])["label"]
    np.testing.assert_array_equal(given, made.predict(X)["label"])
    with pytest.raises(DataError, match="is missing from the data; known: B"):
        run.predict(FRAME.rename(columns={"b": "B"}))
