"""Rows that a user gives in memory: every form trains alike, what does not fit is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import (
    FED,
    SMALL,
    asked_to_stop_in_the_third_epoch,
    checksum,
    example_inputs,
    few_fast,
    tiny_once,
)

import zoo
from zoo._keras import keras, tf
from zoo.core.errors import DataError, StoppedEarly, TrainingError, ZooError
from zoo.data.registry import entry
from zoo.experiments.feeding import Form, arguments_for, tensors_for
from zoo.experiments.fitted import as_tensor
from zoo.experiments.given import MEMORY, check_ids, dataset_of
from zoo.experiments.id_limits import id_limits
from zoo.experiments.reproduce import reproduce

ROWS = 40
QUICK: dict[str, Any] = {"epochs": 2, "engine": "fit", "baseline": "", "verbose": 0}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 7)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")
TEAMS: dict[str, Any] = {
    "team_1": np.arange(ROWS) % 9,
    "team_2": np.arange(ROWS) % 7,
    "home": np.ones(ROWS),
}
DIFFERENCE = np.arange(ROWS, dtype="float32")


def fingerprint(name: str, data: Any, **overrides: Any) -> str:
    recipe = zoo.recipe(name).override(overrides)
    return dataset_of(recipe, data, None, 0)[1].fingerprint


def batches(*parts: Any) -> Any:
    return tf.data.Dataset.from_tensor_slices(parts).batch(16)


FRAME = pd.DataFrame(X, columns=[f"features_{place}" for place in range(7)]).assign(label=Y)


@pytest.mark.parametrize(
    "data",
    [
        (X.astype("float64"), Y[:, 0]),
        (X, Y[:, 0] > 0.5),
        ([X], [Y]),
        ({"features": X}, {"label": Y}),
        {"features": X, "label": Y},
        (X.tolist(), Y[:, 0].tolist()),
        (pd.DataFrame(X, columns=[*"abcdefg"]), pd.Series(Y[:, 0].astype(int))),
        FRAME,
        (FRAME.drop(columns="label"), FRAME["label"]),
        lambda: batches(X, Y),
        lambda: batches({"features": X}, {"label": Y}),
    ],
    ids=range(11),
)
def test_every_form_gives_the_same_rows(data: Any) -> None:
    given = data() if callable(data) else data
    assert fingerprint("mlp", given) == fingerprint("mlp", (X, Y))


def test_tables_may_have_the_datasets_own_columns() -> None:
    columns = zoo.recipe("tournament_stack").columns["game"]
    table = pd.DataFrame({name: X[:, place] for place, name in enumerate(columns)})
    by_column = fingerprint("tournament_stack", (table, DIFFERENCE))
    assert by_column == fingerprint("tournament_stack", (X[:, :3], DIFFERENCE))


def test_a_table_of_inputs_and_targets_is_read_by_name_alone() -> None:
    """Or the target would be among the features, and give the answer away."""
    frame = pd.DataFrame(X, columns=[*"abcdefg"]).assign(label=Y)
    with pytest.raises(DataError, match="input 'features' is missing from the data; known: a, b"):
        dataset_of(zoo.recipe("mlp"), frame, None, 0)


def test_arrays_decide_the_sizes_of_the_model() -> None:
    recipe, _ = dataset_of(zoo.recipe("mlp"), (X, Y), None, 0)
    assert recipe.arguments["n_features"] == 7
    one_hot = np.eye(4, dtype="float32")[np.arange(ROWS) % 4]
    printed = zoo.recipe("softmax_mlp_32_as_printed")
    recipe, _ = dataset_of(printed, (X, one_hot), None, 0)
    assert {*recipe.arguments.values()} == {7, 4}


def test_a_share_of_the_rows_is_held_out_by_the_seed() -> None:
    recipe, data = dataset_of(zoo.recipe("mlp"), (X, Y), None, 0)
    assert data.rows == {"train": 34, "validation": 6}
    whole = np.concatenate([data.splits[part]["features"] for part in data.splits])
    assert {row.tobytes() for row in whole} == {row.tobytes() for row in X}
    assert data.references["trivial"]["validation"]["label_accuracy"] <= 1
    assert dataset_of(recipe, (X, Y), None, 1)[1].fingerprint != data.fingerprint
    given = dataset_of(recipe, (X, Y), (X[:5], Y[:5]), 0)[1]
    assert given.rows == {"train": 40, "validation": 5}
    split = dataset_of(recipe.override({"validation_split": 0.5}), (X, Y), None, 0)[1]
    assert split.rows == {"train": 40}, "the recipe cuts by itself"


@pytest.mark.parametrize("name", few_fast(FED, "mlp", "basketball", "headline"))
def test_the_rows_of_every_recipe_can_be_given(name: str) -> None:
    """As `zoo.load_data` gives them; a mapping of all tensors serves as well."""
    recipe = zoo.recipe(name).override({"validation_split": 0})
    source = entry(recipe.dataset).sources[-1]
    few: dict[str, Any] = {key: each for key, each in SMALL.items() if key in source.options}
    data = zoo.load_data(recipe, source=source.name, **few)
    sized = recipe.override({"arguments": arguments_for(recipe, data.sizes)})
    tensors = tensors_for(sized, {})
    x, y = (
        {name: each[:20] for name, each in by_name(side, names).items()}
        for side, names in zip(data.xy("train"), (tensors.inputs, tensors.outputs), strict=True)
    )
    found, given = dataset_of(sized, (x, y), None, 0)
    assert given.rows == {"train": 17, "validation": 3}
    assert tensors_for(found, {}) == tensors
    assert dataset_of(sized, {**x, **y}, None, 0)[1].fingerprint == given.fingerprint
    rows = given.splits["validation"]
    for column, array in {**x, **y}.items():
        assert {each.tobytes() for each in rows[column]} <= {each.tobytes() for each in array}


def by_name(side: Any, names: Any) -> dict[str, Any]:
    """Arrays by name, also where the only one stands alone."""
    return side if isinstance(side, dict) else dict.fromkeys(names, side)


REFUSED: list[tuple[str, Any, str]] = [
    ("mlp", (X[:, :, None], Y), r"input 'features' takes the shape \(\d+\) .*, not \(7, 1\)"),
    ("mlp", (np.where(X > 2, np.nan, X), Y), "input 'features' takes finite numbers, not nan, row"),
    ("mlp", (X, 2 * Y), "target 'label' takes chances from 0 to 1, not 2"),
    ("mlp", (X, np.array(["yes"] * ROWS)), "target 'label' takes numbers, not texts"),
    ("mlp", (X, Y[:9]), "numbers of rows differ: features 40, label 9"),
    ("mlp", (X[:0], Y[:0]), "the data has no rows"),
    ("mlp", (X[:1], Y[:1]), "1 row is too few"),
    ("mlp", (X, None), "data has no targets"),
    ("mlp", (X,), "not 1 parts"),
    ("mlp", X, "not ndarray"),
    ("mlp", (X, Y, -np.ones(ROWS)), "weights must be 0 or more, not -1"),
    ("mlp", ({"feature": X}, Y), "input 'features' is missing from the data; .*feature"),
    ("mlp", lambda: batches(X, Y).unbatch(), "gives single rows: call its batch"),
    ("mlp", lambda: batches(X, Y).repeat(), "has no end"),
    ("basketball", (X, DIFFERENCE), "has the inputs team_1, team_2, home: .* not one array"),
    ("basketball", ([X, X], DIFFERENCE), "not a list of 2"),
    (
        "basketball",
        ({**TEAMS, "team_1": TEAMS["team_1"] + 0.5}, DIFFERENCE),
        "input 'team_1' takes whole numbers of type int32, not 0.5",
    ),
    (
        "basketball",
        ({**TEAMS, "team_1": [10**10] * ROWS}, DIFFERENCE),
        "takes whole numbers of type int32, not 1e.10",
    ),
    ("softmax_mlp_32", (X, np.arange(ROWS)), "target 'category' takes class ids from 0 to 9, not"),
    ("softmax_mlp_32", (X, Y - 2), "target 'category' takes class ids from 0 to 9, not -"),
    ("first_mlp_as_printed", (X, np.arange(ROWS)), "takes class ids from 0 to 9, not"),
    ("rnn", (X, Y), r"input 'sequence' takes the shape \(100, 1\) for each row, not \(7\)"),
]


@pytest.mark.parametrize(("name", "data", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused_in_one_line(name: str, data: Any, message: str) -> None:
    given = data() if callable(data) else data
    with pytest.raises(ZooError, match=message) as caught:
        dataset_of(zoo.recipe(name), given, None, 0)
    assert "\n" not in str(caught.value)


def test_texts_and_gaps_of_tables() -> None:
    """A missing text is the empty one; NaN passes where the architecture takes it."""
    words = as_tensor("word", Form((1,), "string"), pd.Series(["a", None, np.nan, 3]).to_numpy())
    assert words.tolist() == [["a"], [""], [""], ["3"]]
    gaps = np.array([1, np.nan])
    held = as_tensor("age", Form((1,), "float32", missing=True), gaps)
    np.testing.assert_array_equal(held, gaps[:, None].astype("float32"))
    for missing, value in ((False, np.nan), (True, np.inf)):
        with pytest.raises(DataError, match=f"takes finite numbers, not {value}, row 1"):
            as_tensor("age", Form((1,), "float32", missing=missing), np.array([1, value]))


def test_ids_without_a_row_in_the_embedding_are_refused() -> None:
    model = zoo.build("basketball", n_teams=9)
    inputs = {name: np.asarray(each)[:, None] for name, each in TEAMS.items()}
    check_ids(model, inputs)
    for wrong in (9, -1):
        with pytest.raises(DataError, match=f"'team_2' takes ids from 0 to 8, not {wrong}"):
            check_ids(model, {**inputs, "team_2": np.full((ROWS, 1), wrong)})


@pytest.mark.parametrize("name", ["two_team", "headline", "memory_qa", "qa", "text_generator"])
def test_the_limit_of_ids_is_found_through_models_and_wrappers(name: str) -> None:
    model = tiny_once(name)
    limits = id_limits(model)
    whole = {each.name for each in model.inputs if "int" in str(each.dtype)}
    assert set(limits) == whole
    most = min(limits.values())
    check_ids(model, {n: a for n, a in example_inputs(model, 3, ids=most).items() if n in whole})


def test_texts_are_no_ids() -> None:
    text = keras.Input((1,), dtype="string", name="city")
    ids = keras.layers.StringLookup(vocabulary=["Rome", "Oslo"])(text)
    model = keras.Model(text, keras.layers.Embedding(3, 2)(ids))
    assert id_limits(model) == {}


@pytest.mark.slow
def test_a_run_of_given_rows_says_so_and_can_be_asked(tmp_path: Path) -> None:
    run = zoo.fit("mlp", data=(X, Y, np.ones(ROWS)), logdir=tmp_path, **QUICK)
    assert run.record.data.source == MEMORY
    assert run.record.command.startswith("zoo.fit('mlp', data=..., seed=0")
    assert run.evaluate(X, Y).keys() == run.metrics["train"].keys()
    assert list(zoo.evaluate(run, (X, Y, np.ones(ROWS)), verbose=0)) == ["given"]
    again = zoo.load_run(run.folder)
    np.testing.assert_array_equal(again.predict(X)["label"], run.predict(X)["label"])
    for ask in (lambda: zoo.evaluate(run, verbose=0), lambda: zoo.ensemble(runs=[run, run])):
        with pytest.raises(ZooError, match=r"given in memory|given twice"):
            ask()
    with pytest.raises(DataError, match="goes with rows of your own"):
        zoo.fit("mlp", validation_data=(X, Y), logdir=tmp_path, **QUICK)


@pytest.mark.slow
def test_a_stopped_run_of_given_rows_goes_on_with_them(tmp_path: Path) -> None:
    """Trains five times."""
    settings = {**QUICK, "epochs": 4}
    whole = zoo.fit("mlp", data=(X, Y), logdir=tmp_path / "whole", **settings)
    with (
        asked_to_stop_in_the_third_epoch(),
        pytest.raises(StoppedEarly, match=r"continue with zoo.resume\('.*', data=...\) in Python"),
    ):
        zoo.fit("mlp", data=(X, Y), logdir=tmp_path, **settings)
    with pytest.raises(DataError, match="given in memory, which no file holds"):
        zoo.resume("mlp", logdir=tmp_path, verbose=0)
    with pytest.raises(DataError, match="is not the data that the run was trained on"):
        zoo.resume("mlp", data=(X + 1, Y), logdir=tmp_path, verbose=0)
    resumed = zoo.resume("mlp", data=(X, Y), logdir=tmp_path, verbose=0)
    assert checksum(resumed.model) == checksum(whole.model)
    assert reproduce(resumed, data=(X, Y), verbose=0) == []


@pytest.mark.slow
def test_data_that_a_run_can_load_is_not_given_again(tmp_path: Path) -> None:
    run = zoo.fit("tiny_dense", data="planted", logdir=tmp_path, **QUICK)
    with pytest.raises(DataError, match="leave data out"):
        reproduce(run, data=(X, Y), verbose=0)
    with pytest.raises(TrainingError, match="nothing to resume"):
        zoo.resume(run, data=(X, Y))
