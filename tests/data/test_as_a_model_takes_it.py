"""`zoo.load_data`: the rows as a model, a table or `tf.data` has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import FED, SMALL, few_fast, small_recipe, tiny_once

import zoo
from zoo._keras import tf
from zoo.core.errors import DataError, TrainingError, UnknownNameError
from zoo.data.registry import entry
from zoo.experiments.feeding import feed, tensors_for, tensors_of
from zoo.experiments.setup import build_for
from zoo.models.abstract_build import abstract_build
from zoo.training import engine

LARGE = ("inception_network", "residual_network", "siamese_xception")


def small(name: str | zoo.Recipe) -> zoo.Dataset:
    """A recipe's embedded data with few rows."""
    recipe = name if isinstance(name, zoo.Recipe) else zoo.recipe(name)
    source = entry(recipe.dataset).sources[-1]
    few: dict[str, Any] = {
        option: size for option, size in SMALL.items() if option in source.options
    }
    return zoo.load_data(recipe, source=source.name, **few)


def same(one: Any, other: Any) -> None:
    """Two arrays, or two mappings of arrays, are equal; one entry alone is its array."""
    if isinstance(other, dict) and len(other) == 1:
        (other,) = other.values()
    if not isinstance(other, dict):
        np.testing.assert_array_equal(one, other)
        return
    assert list(one) == list(other)
    for name, array in other.items():
        np.testing.assert_array_equal(one[name], array)


@pytest.mark.parametrize(
    "name", few_fast(zoo.list_models(), "mlp", "memory_qa", "score_and_win", "posts", "cnn")
)
def test_a_models_tensors_are_known_before_it_is_built(name: str) -> None:
    model = tiny_once(name)
    recipes = [zoo.recipe(each) for each in zoo.list_recipes()]
    recipe = next((each for each in recipes if each.architecture == name), recipes[0])
    recipe = recipe.override({"architecture": name, "arguments": dict(zoo.spec(name).tiny)})
    known, built = tensors_for(recipe, {}), tensors_of(model)
    assert [*known.inputs.items()] == [*built.inputs.items()]
    shapes = {each: form.shape for each, form in built.outputs.items()}
    assert {each: form.shape for each, form in known.outputs.items()} == shapes


@pytest.mark.parametrize("name", few_fast(FED, "mlp", "basketball", "two_branch_add_as_printed"))
def test_xy_is_what_the_recipes_model_is_fed(name: str) -> None:
    recipe = small_recipe(name)
    data = small(recipe)
    if recipe.validation_split:
        recipe = recipe.override({"validation_split": 0})
        data = small(recipe)
    with abstract_build():
        model = build_for(recipe, data)
    for split, (inputs, targets) in feed(recipe, data, model, lambda _: None).items():
        x, y = data.xy(split)
        same(x, inputs)
        same(y, targets)


@pytest.mark.parametrize(
    "name", ["two_branch_add", "first_mlp_as_printed", "basketball_as_printed"]
)
def test_xy_holds_the_rows_that_fit_trains_on(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Also those that a recipe's `validation_split` cuts off."""
    caught: dict[str, Any] = {}

    def catch(fitting: Any, *more: Any, **settings: Any) -> None:
        caught.update(data=fitting.train, held=fitting.test)
        raise TrainingError("enough")

    monkeypatch.setattr(engine, "_fit_by_epochs", catch)
    data = small(name)
    few = {f"dataset_options.{key}": size for key, size in SMALL.items()}
    known = {f"dataset_options.{key}" for key in entry(data.name).sources[-1].options}
    options: dict[str, Any] = {key: size for key, size in few.items() if key in known}
    with pytest.raises(TrainingError, match="enough"):
        zoo.fit(name, data=data.source, logdir=tmp_path, engine="resident", verbose=0, **options)
    for split, part in (("train", caught["data"]), ("validation", caught["held"])):
        for ours, theirs in zip(data.xy(split), part.data[:2], strict=True):
            same(ours, theirs)


def test_a_datasets_own_name_serves_and_other_recipes_can_be_asked_for() -> None:
    data = zoo.load_data("basketball", source="league", seasons=2)
    x, y = data.xy("train")
    assert list(x) == ["team_1", "team_2", "home"]
    assert y.shape == (len(x["home"]), 1)
    assert list(data.xy("train", recipe="two_team")[0]) == ["team_1", "team_2"]
    with pytest.raises(DataError, match="mlp trains on binary_narrow, not on basketball"):
        data.xy("train", recipe="mlp")
    with pytest.raises(UnknownNameError, match="unknown split of basketball 'trian'"):
        data.xy("trian")
    with pytest.raises(UnknownNameError, match="did you mean basketball"):
        zoo.load_data("basketbal")


def test_options_of_a_recipe_go_with_its_name() -> None:
    plain = zoo.load_data("linear_map", source="planted")
    tiny = zoo.load_data("tiny_dense", source="planted")
    assert (plain.splits["train"]["a"].shape[1], tiny.splits["train"]["a"].shape[1]) == (32, 2)
    assert zoo.load_data("tiny_dense", source="planted", width=3).splits["test"]["a"].shape[1] == 3


def test_data_without_a_recipe_says_so() -> None:
    with pytest.raises(DataError, match="only data of zoo"):
        zoo.Dataset("own", "here", {"train": {"a": np.zeros((2, 1))}}).xy("train")


def test_frame_has_a_column_for_every_number_of_a_small_array() -> None:
    data = zoo.load_data("two_branch_add", source="halves")
    frame = data.frame("test")
    assert len(frame) == data.rows["test"]
    assert frame["a"].iloc[0].shape == (64,), "a large array is one cell"
    np.testing.assert_array_equal(np.stack(list(frame["a"])), data.splits["test"]["a"])
    tiny = zoo.load_data("tiny_dense", source="planted").frame("test")
    assert tiny.dtypes.astype(str).unique().tolist() == ["float32"]


def test_tf_data_gives_every_row_once_and_shuffles_the_training_rows() -> None:
    data = small("softmax_mlp_32")

    def rows(**how: Any) -> np.ndarray:
        batches = data.tf_data(batch_size=100, **how)
        return np.concatenate([np.asarray(x) for x, _ in batches])

    x, _ = data.xy("train")
    first = rows(split="train", seed=1)
    assert not np.array_equal(first, x)
    np.testing.assert_array_equal(first, rows(split="train", seed=1))
    assert not np.array_equal(first, rows(split="train", seed=2))
    np.testing.assert_array_equal(np.sort(first, axis=0), np.sort(x, axis=0))
    np.testing.assert_array_equal(rows(split="train", shuffle=False), x)
    np.testing.assert_array_equal(rows(split="test"), data.xy("test")[0])
    assert isinstance(data.tf_data("test", 7), tf.data.Dataset)
    with pytest.raises(DataError, match="batch_size must be a whole number of 1 or more, not 0"):
        data.tf_data("test", 0)
