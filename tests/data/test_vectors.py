"""The dense family's data: what is generated, what scikit-learn ships, and the digits."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from text_helpers import real

import zoo.data
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.data.images import digits, segments
from zoo.data.images.digits import EVEN
from zoo.data.references import binary_scores, class_scores, number_scores, softmax
from zoo.data.registry import choose_source
from zoo.data.vectors import linear_map
from zoo.data.vectors.classes import LAYOUTS, ROWS, SHIPPED, mixture

GENERATED = ("linear_map", *LAYOUTS, "two_views", "digits")


@cache
def embedded(name: str) -> Dataset:
    """What needs no file, made once for the tests that only look at it."""
    return zoo.data.load(name, zoo.data.sources(name)[-1])


def inputs(dataset: Dataset, split: str) -> np.ndarray:
    columns = dataset.splits[split]
    return next(columns[name] for name in ("features", "a", "pixels") if name in columns)


@pytest.mark.parametrize("name", GENERATED)
def test_the_seed_decides_everything_and_no_row_is_in_two_splits(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sizes in (ROWS, digits.ROWS, linear_map.ROWS):
        for split in sizes:
            monkeypatch.setitem(sizes, split, 300)
    source = zoo.data.sources(name)[-1]
    dataset, again, other = (zoo.data.load(name, source, seed=seed) for seed in (0, 0, 1))
    assert dataset.fingerprint == again.fingerprint != other.fingerprint
    assert dataset.card.startswith("# ")
    rows = np.concatenate([inputs(dataset, split) for split in dataset.splits])
    assert len(np.unique(rows, axis=0)) == len(rows)
    assert set(dataset.splits) == {"train", "validation", "test"}


@pytest.mark.parametrize("name", GENERATED)
def test_the_best_possible_is_better_than_trivial_and_not_perfect(name: str) -> None:
    for split in ("validation", "test"):
        best, trivial = (
            embedded(name).references[key][split] for key in ("best possible", "trivial")
        )
        for metric, value in best.items():
            if metric.endswith("accuracy"):
                assert trivial[metric] < 0.6 < value < 1
            else:
                assert 0 < value < trivial[metric]


@pytest.mark.parametrize("name", LAYOUTS)
def test_features_have_a_variance_of_about_one(name: str) -> None:
    assert inputs(embedded(name), "train").var() == pytest.approx(1, abs=0.1)


def test_the_chance_of_a_class_is_that_of_a_plain_sum_over_clouds() -> None:
    clouds = mixture(np.random.default_rng(0), LAYOUTS["binary_narrow"])
    points = np.random.default_rng(1).normal(size=(50, 10))
    density = np.zeros((50, 2))
    for center, weight, owner in zip(clouds.centers, clouds.weights, clouds.owner, strict=True):
        density[:, owner] += weight * np.exp(-np.square(points - center).sum(axis=1) / 2)
    expected = density / density.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(clouds.chance(points), expected, atol=1e-12)


def test_the_best_possible_of_a_mixture_is_recomputed_from_its_truth() -> None:
    dataset = embedded("classes_20")
    columns, truth = dataset.splits["test"], dataset.truth
    scale = 1 / np.sqrt(1 + LAYOUTS["classes_20"].radius ** 2 / 20)
    away = np.square(columns["features"][:, None] - truth["centers"]).sum(axis=-1) / scale**2
    by_cloud = softmax(-away / 2 + np.log(truth["weights"]))
    chance = np.stack(
        [by_cloud[:, truth["owner"] == owner].sum(axis=1) for owner in range(10)], axis=1
    )
    category = columns["category"].ravel()
    found = dataset.references["best possible"]["test"]
    assert found["category_accuracy"] == pytest.approx((chance.argmax(1) == category).mean())
    likely = chance[np.arange(ROWS["test"]), category]
    assert found["category_log_loss"] == pytest.approx(-np.log(likely).mean(), abs=1e-4)
    assert (columns["category_one_hot"].argmax(axis=1) == category).all()


def test_chances_are_calibrated() -> None:
    """Of the pictures to which a digit is given a chance of about p, a share of p shows it."""
    columns = embedded("digits").splits["test"]
    chance = segments.chance(columns["pixels"], EVEN)
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    shown = np.eye(10)[columns["digit"].ravel()]
    for low, high in ((0.1, 0.4), (0.4, 0.7), (0.7, 0.95)):
        some = (chance > low) & (chance < high)
        assert shown[some].mean() == pytest.approx(chance[some].mean(), abs=0.05)


def test_segments_do_not_overlap_and_stay_in_the_picture() -> None:
    ink = segments.masks()
    assert ink.sum(axis=3).max() == 1
    sizes = ink.sum(axis=-1).reshape(-1, 7)
    assert (sizes == sizes[0]).all()


def test_each_view_alone_gives_part_of_the_answer() -> None:
    scores = {key: split["test"] for key, split in embedded("two_views").references.items()}
    accuracy = {key: value["category_accuracy"] for key, value in scores.items()}
    assert accuracy["trivial"] < accuracy["only_b"] < 0.25 < accuracy["only_a"] < 0.55
    assert accuracy["best possible"] > 0.9


def test_the_noise_of_the_linear_map_is_its_best_possible() -> None:
    dataset = embedded("linear_map")
    found = dataset.references["best possible"]["test"]
    assert found["b_mse"] == pytest.approx(float(dataset.truth["noise_sd"]) ** 2, rel=0.02)
    columns = dataset.splits["test"]
    clean = columns["a"] @ dataset.truth["weights"] + dataset.truth["offset"]
    assert found["b_mae"] == pytest.approx(np.abs(columns["b"] - clean).mean(), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "rows", "width"),
    [("classes_64", 1_797, 64), ("binary_wide", 569, 30), ("binary_narrow", 442, 10)],
)
def test_the_tables_inside_scikit_learn(name: str, rows: int, width: int) -> None:
    dataset = zoo.data.load(name)
    assert dataset.source == SHIPPED[name] == zoo.data.sources(name)[0]
    assert sum(dataset.rows.values()) == rows
    assert dataset.sizes["n_features"] == width == inputs(dataset, "test").shape[1]
    train = inputs(dataset, "train")
    assert np.abs(train.mean(axis=0)).max() < 1e-5
    parts = [np.unique(inputs(dataset, split), axis=0) for split in dataset.splits]
    joined = np.concatenate(parts)
    assert len(np.unique(joined, axis=0)) == len(joined), "equal rows stay together"
    assert "best possible" not in dataset.references
    assert dataset.references["trivial"]["test"]
    assert dataset.fingerprint != zoo.data.load(name, seed=1).fingerprint


def test_scores_by_hand() -> None:
    chance = np.array([[0.7, 0.3], [0.4, 0.6]])
    found = class_scores("x", np.array([0, 0]), chance)
    assert found["x_accuracy"] == 0.5
    assert found["x_log_loss"] == pytest.approx(-np.log([0.7, 0.4]).mean())
    assert binary_scores("x", np.array([1, 0]), np.array([0.3, 0.6])) == pytest.approx(
        {"x_accuracy": 0.0, "x_log_loss": -np.log([0.3, 0.4]).mean()}
    )
    found = number_scores("x", np.array([1.0, 4.0]), np.array([2.0, 2.0]))
    assert found == {"x_mae": 1.5, "x_mse": 2.5}


@pytest.mark.parametrize("name", [*GENERATED, "classes_64", "binary_wide"])
def test_an_unknown_option_is_reported(name: str) -> None:
    with pytest.raises(UnknownNameError, match=f"option of dataset {name} 'bogus'"):
        zoo.data.load(name, zoo.data.sources(name)[-1], bogus=1)


@pytest.mark.parametrize(("name", "source"), [("digits", "mnist"), ("digit_videos", "mnist")])
def test_missing_digits_are_reported_with_what_to_do(name: str, source: str) -> None:
    with pytest.raises(
        DataError, match=f"{name}: mnist-train.* not in .*fetch {name}.*--data segments"
    ):
        zoo.data.load(name, source)
    assert choose_source(name, "auto", None, {}) == "segments"


def test_damaged_digits_are_reported_by_line(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    good = ",".join(["0"] * 784) + ",3"
    (folder / "mnist_5k.csv.gz").write_text(f"{good}\n{good[:-4]}\n{good}\n")
    with pytest.raises(DataError, match=r"mnist_5k.csv.gz, line 2, .*: 785 cells"):
        zoo.data.load("digits", "mnist", tmp_path)


@pytest.mark.slow
@pytest.mark.realdata
def test_real_digits() -> None:
    dataset = real("digits", "mnist")
    assert dataset.source == "mnist"
    assert dataset.splits["test"]["pixels"].shape[1:] == (784,)
    seen = [set(map(bytes, columns["pixels"])) for columns in dataset.splits.values()]
    assert len(set.union(*seen)) == sum(map(len, seen)), "no picture is in two splits"
    assert dataset.references["trivial"]["test"]["digit_accuracy"] < 0.2
