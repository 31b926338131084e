"""The real games, where they are on this machine: the reference figures are met."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from data_helpers import game_keys
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss

import zoo.data
from zoo.data.basketball.course import count_rows
from zoo.data.dataset import Dataset
from zoo.data.manifest import read_manifest
from zoo.data.registry import dataset_home

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture
def folder() -> Path:
    folder = dataset_home("basketball")
    if not (folder / "RegularSeasonCompactResults.csv").is_file():
        pytest.skip(f"no real games in {folder}; set ZOO_DATA_HOME to a folder that has them")
    return folder


@pytest.fixture
def basketball(folder: Path) -> Dataset:
    return zoo.data.load("basketball")


def test_the_files_hold_what_the_card_says(basketball: Dataset) -> None:
    assert basketball.source == "ncaa"
    games = 145_289
    rows = basketball.rows
    assert rows["train"] + rows["validation"] + rows["test"] == 2 * games
    assert rows["test"] == rows["validation"] == 2 * (games // 10)
    assert rows["tournament"] == 2 * 2_050
    assert basketball.sizes == {"n_teams": 10_186}
    assert "1999 Duke" in basketball.labels["team"]
    assert len(set(basketball.labels["team"])) == 10_186
    assert "1985-2016" in basketball.origin
    neutral = np.concatenate([columns["home"] for columns in basketball.splits.values()]) == 0
    assert neutral[: -rows["tournament"]].mean() == pytest.approx(0.1004, abs=0.0001)
    assert basketball.notes == (
        "134 of 2184 tournament games (2017, 2018) have a team without a regular season in the "
        "files, so without a strength",
    )


def test_no_real_game_leaks(basketball: Dataset) -> None:
    """By season, teams and score; the few pairs that met twice with one score may be parted."""
    keys = {
        split: set(game_keys(dict(basketball.splits[split])))
        for split in ("train", "validation", "test")
    }
    for columns in basketball.splits.values():
        np.testing.assert_array_equal(columns["team_1"][0::2], columns["team_2"][1::2])
        np.testing.assert_array_equal(columns["score_diff"][0::2], -columns["score_diff"][1::2])
    assert len(keys["train"] & keys["test"]) + len(keys["train"] & keys["validation"]) < 30


def test_ridge_reaches_the_reference_on_held_out_games(basketball: Dataset) -> None:
    teams = basketball.sizes["n_teams"]

    def inputs(split: str) -> scipy.sparse.csr_matrix:
        columns = basketball.splits[split]
        rows = np.arange(len(columns["home"]))
        one, two, home = (columns[name].ravel() for name in ("team_1", "team_2", "home"))
        return scipy.sparse.csr_matrix(
            (
                np.concatenate([np.ones(len(rows)), -np.ones(len(rows)), home]),
                (np.tile(rows, 3), np.concatenate([one, two, np.full(len(rows), teams)])),
            ),
            shape=(len(rows), teams + 1),
        )

    def error(split: str) -> float:
        found = model.predict(inputs(split))
        return float(np.abs(found - basketball.splits[split]["score_diff"].ravel()).mean())

    model = Ridge(alpha=3.0, fit_intercept=False, solver="lsqr", tol=1e-5)
    model.fit(inputs("train"), basketball.splits["train"]["score_diff"].ravel())
    assert error("test") == pytest.approx(8.40, abs=0.08)
    assert error("tournament") < 8.95
    assert model.coef_[teams] == pytest.approx(4.1, abs=0.15)
    assert model.coef_[:teams].std() == pytest.approx(8.7, abs=0.5)


@pytest.mark.parametrize("layout", ["kaggle", "course"])
def test_seeds_alone_reach_the_reference(layout: str, folder: Path) -> None:
    dataset = zoo.data.load("tournament", "ncaa", layout=layout, test_until=2017)
    train = {
        name: np.concatenate([dataset.splits[split][name] for split in ("train", "validation")])
        for name in ("season", "seed_diff", "score_diff", "won")
    }
    test = dataset.splits["test"]
    assert set(np.unique(train["season"])) == set(range(1985, 2011))
    assert set(np.unique(test["season"])) == set(range(2011, 2018))
    assert len(train["season"]) + len(test["season"]) == 4_234
    line = LinearRegression().fit(train["seed_diff"], train["score_diff"].ravel())
    mae = np.abs(line.predict(test["seed_diff"]) - test["score_diff"].ravel()).mean()
    assert mae == pytest.approx(9.254, abs=0.005)
    odds = LogisticRegression(C=1e6).fit(train["seed_diff"], train["won"].ravel())
    loss = log_loss(test["won"].ravel(), odds.predict_proba(test["seed_diff"])[:, 1])
    assert loss == pytest.approx(0.5855, abs=0.0005)


def test_both_layouts_give_the_same_tournaments(folder: Path) -> None:
    kaggle = zoo.data.load("tournament", "ncaa", layout="kaggle", test_until=2017)
    course = zoo.data.load("tournament", "ncaa", layout="course")
    assert course.rows == kaggle.rows
    names = ("season", "seed_diff", "score_1", "score_2")
    for splits in (("train", "validation"), ("test",)):
        tables = [
            sorted(
                row
                for split in splits
                for row in zip(*(d.splits[split][n].ravel().tolist() for n in names), strict=True)
            )
            for d in (kaggle, course)
        ]
        assert tables[0] == tables[1]


def test_the_course_file_is_the_one_of_the_manifest(folder: Path) -> None:
    (entry,) = (f for f in read_manifest("basketball").files if f.file == "games_tourney.csv")
    path = folder / entry.file
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256
    assert count_rows(path, seeds=True) == entry.rows == 4_234


def test_loading_again_gives_the_same(basketball: Dataset) -> None:
    assert zoo.data.load("basketball").fingerprint == basketball.fingerprint
