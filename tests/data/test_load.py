"""`zoo.data.load`: names, sources, options, and what holds for every dataset and source."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_helpers import game_keys, small_league, write_course, write_kaggle

import zoo.data
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.basketball.games import Games
from zoo.data.basketball.ncaa import default_train_until
from zoo.data.dataset import Dataset
from zoo.data.registry import card, data_home, described_in

ROWS_1 = (slice(0, None, 2), slice(1, None, 2))
COLUMNS = {
    "season": np.int32,
    "team_1": np.int32,
    "team_2": np.int32,
    "home": np.float32,
    "score_1": np.float32,
    "score_2": np.float32,
    "score_diff": np.float32,
    "won": np.float32,
}


def load(kind: str, name: str, home: Path, **options: Any) -> Dataset:
    """Dataset `name` of the same small league: generated, or read back from files."""
    if kind == "league":
        return zoo.data.load(name, "league", seed=3, seasons=3, conferences=6, **options)
    folder = home / "basketball"
    if kind == "kaggle":
        write_kaggle(folder, small_league())
    else:
        write_course(folder, small_league(), signed=kind == "course")
    return zoo.data.load(name, "ncaa", home, seed=3, **options)


KINDS = ("league", "kaggle", "course", "course, home without sign")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["basketball", "tournament"])
def test_every_split_has_the_documented_columns_and_mirrored_views(
    kind: str, name: str, tmp_path: Path
) -> None:
    dataset = load(kind, name, tmp_path)
    expected = COLUMNS | ({"seed_diff": np.float32} if name == "tournament" else {})
    for split, columns in dataset.splits.items():
        assert {column: array.dtype.type for column, array in columns.items()} == expected
        assert {array.shape for array in columns.values()} == {(dataset.rows[split], 1)}
        assert dataset.rows[split] > 0
        here, there = ({c: a[rows] for c, a in columns.items()} for rows in ROWS_1)
        np.testing.assert_array_equal(here["season"], there["season"])
        np.testing.assert_array_equal(here["team_1"], there["team_2"])
        np.testing.assert_array_equal(here["team_2"], there["team_1"])
        np.testing.assert_array_equal(here["score_1"], there["score_2"])
        for column in {"home", "score_diff", "seed_diff"} & set(columns):
            np.testing.assert_array_equal(here[column], -there[column])
        np.testing.assert_array_equal(here["won"], 1 - there["won"])
        np.testing.assert_array_equal(
            columns["score_diff"], columns["score_1"] - columns["score_2"]
        )
        np.testing.assert_array_equal(columns["won"], columns["score_diff"] > 0)
        assert (columns["score_diff"] != 0).all()
        assert (here["team_1"] < here["team_2"]).all()  # order says nothing of the winner


@pytest.mark.parametrize("kind", KINDS)
def test_no_game_leaks_from_one_split_into_another(kind: str, tmp_path: Path) -> None:
    dataset = load(kind, "basketball", tmp_path)
    league = small_league()
    seen: Counter[tuple[float, ...]] = Counter()
    for split in ("train", "validation", "test"):
        keys = Counter(game_keys(dict(dataset.splits[split])))
        assert all(count % 2 == 0 for count in keys.values()), "both views are in one split"
        seen += keys
    games = len(league.regular)
    assert sum(seen.values()) == 2 * games
    assert dataset.rows["test"] == dataset.rows["validation"] == 2 * (games // 10)
    # The splits together are the games that were played, each once.
    ids = (league.regular.season - 2001) * league.strength.shape[1]
    played = Counter(
        zip(
            league.regular.season.tolist(),
            (ids + league.regular.team_1).tolist(),
            (ids + league.regular.team_2).tolist(),
            league.regular.home.tolist(),
            league.regular.score_1.tolist(),
            league.regular.score_2.tolist(),
            strict=True,
        )
    )
    assert seen == Counter({key: 2 * count for key, count in played.items()})


@pytest.mark.parametrize("kind", KINDS)
def test_tournament_splits_by_season_and_shares_the_team_ids(kind: str, tmp_path: Path) -> None:
    tournament = load(kind, "tournament", tmp_path, train_until=2002)
    regular = load(kind, "basketball", tmp_path)
    assert tournament.labels == regular.labels
    assert tournament.sizes == regular.sizes == {"n_teams": 198}
    assert set(np.unique(tournament.splits["train"]["season"])) == {2001, 2002}
    assert set(np.unique(tournament.splits["validation"]["season"])) <= {2001, 2002}
    assert set(np.unique(tournament.splits["test"]["season"])) == {2003}
    assert tournament.rows == {"train": 2 * 114, "validation": 2 * 12, "test": 2 * 63}
    assert regular.rows["tournament"] == 2 * 189
    keys = [Counter(game_keys(dict(columns))) for columns in tournament.splits.values()]
    assert sum(keys, Counter()) == Counter(game_keys(dict(regular.splits["tournament"])))
    assert not keys[0] & keys[1]
    for columns in tournament.splits.values():
        season = np.array(tournament.labels["team_season"])[columns["team_1"]]
        np.testing.assert_array_equal(season.astype(int), columns["season"])
        assert (columns["home"] == 0).all()
        assert np.abs(columns["seed_diff"]).max() <= 15


def test_layouts_agree_with_the_generator_on_every_number(tmp_path: Path) -> None:
    generated = load("league", "tournament", tmp_path, train_until=2002)
    for kind in KINDS[1:]:
        read = load(kind, "tournament", tmp_path / kind, train_until=2002)
        assert read.rows == generated.rows
        whole = [
            np.concatenate([d.splits[s]["seed_diff"] for s in d.splits]) for d in (read, generated)
        ]
        np.testing.assert_array_equal(np.sort(whole[0], axis=0), np.sort(whole[1], axis=0))


@pytest.mark.parametrize("kind", KINDS)
def test_the_fingerprint_is_stable_and_follows_the_seed(kind: str, tmp_path: Path) -> None:
    first = load(kind, "basketball", tmp_path)
    assert first.fingerprint == load(kind, "basketball", tmp_path).fingerprint
    other = zoo.data.load(
        "basketball",
        "league" if kind == "league" else "ncaa",
        tmp_path,
        seed=4,
        **({"seasons": 3, "conferences": 6} if kind == "league" else {}),
    )
    assert other.fingerprint != first.fingerprint
    assert other.rows == first.rows


def test_the_order_of_rows_in_a_file_does_not_matter(tmp_path: Path) -> None:
    before = load("kaggle", "basketball", tmp_path).fingerprint
    path = tmp_path / "basketball" / "RegularSeasonCompactResults.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    assert zoo.data.load("basketball", "ncaa", tmp_path, seed=3).fingerprint == before


def test_auto_takes_real_games_where_they_are_on_disk(tmp_path: Path) -> None:
    embedded = zoo.data.load("basketball", home=tmp_path)
    assert embedded.source == "league"
    assert embedded.origin == (
        "data: league (embedded, generated, seed 0); for real data: zoo data fetch basketball"
    )
    write_kaggle(tmp_path / "basketball", small_league())
    real = zoo.data.load("basketball", home=tmp_path)
    assert real.source == "ncaa"
    assert real.origin == (
        f"data: ncaa ({tmp_path / 'basketball'}, 2001-2003); for the embedded data: --data league"
    )
    assert zoo.data.load("tournament", home=tmp_path).source == "ncaa"
    assert zoo.data.load("basketball", "league", tmp_path).source == "league"


def test_the_data_home_is_the_argument_the_variable_or_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOO_DATA_HOME", str(tmp_path / "variable"))
    assert data_home(tmp_path / "argument") == tmp_path / "argument"
    assert data_home() == tmp_path / "variable"
    monkeypatch.setenv("ZOO_DATA_HOME", "~/data")
    assert data_home() == Path.home() / "data"
    monkeypatch.delenv("ZOO_DATA_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert data_home().name == "functional-zoo"


def test_missing_files_are_named_with_the_way_to_get_them(tmp_path: Path) -> None:
    for name, file in (
        ("basketball", "games_season.csv"),
        ("tournament", "NCAATourneyCompactResults.csv"),
    ):
        with pytest.raises(DataError) as caught:
            zoo.data.load(name, "ncaa", tmp_path)
        message = str(caught.value)
        assert file in message
        assert str(tmp_path / "basketball") in message
        assert "zoo data fetch basketball" in message
        assert "\n" not in message


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("baskettball", "auto"), {}, "unknown dataset 'baskettball'; did you mean basketball?"),
        (("basketball", "leage"), {}, "unknown source of basketball 'leage'; did you mean league?"),
        (("basketball", "league"), {"train_until": 2010}, "option of dataset basketball"),
        (("tournament", "league"), {"train_untl": 2010}, "did you mean train_until"),
        (("basketball", "ncaa"), {"league_of": "mens"}, "did you mean men"),
        (("basketball", "ncaa"), {"layout": "kagle"}, "did you mean kaggle?"),
    ],
)
def test_unknown_names_raise_with_the_nearest(
    arguments: tuple[str, str], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        zoo.data.load(*arguments, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"train_until": "2010"}, "train_until takes a whole number from 1 to 9,999, not '2010'"),
        ({"train_until": 1990}, "nothing to train on up to train_until=1990"),
        ({"train_until": 2020}, "no season after train_until=2020; the tournaments are those of"),
        ({"train_until": 2010, "test_until": 2010}, "no season after train_until=2010 and up to"),
        ({"seasons": 1}, "seasons takes a whole number from 2 to 200, not 1"),
        ({"conferences": 33}, "conferences takes a whole number from 6 to 32, not 33"),
        ({"conferences": True}, "not True"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=r"league|tournament|train_until") as caught:
        zoo.data.load("tournament", "league", **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("seed", [-1, 1.5, "0", True])
def test_a_negative_or_fractional_seed_is_refused(seed: object) -> None:
    with pytest.raises(DataError, match="data seed must be a whole number"):
        zoo.data.load("basketball", "league", seed=seed)  # pyright: ignore[reportArgumentType]


def test_test_until_ends_the_test_seasons() -> None:
    dataset = zoo.data.load("tournament", "league", train_until=2012, test_until=2014)
    assert set(np.unique(dataset.splits["test"]["season"])) == {2013, 2014}


@pytest.mark.parametrize(
    ("first", "last", "until"),
    [(1985, 2017, 2010), (1985, 2025, 2010), (2000, 2010, None), (1998, 2025, None)],
)
def test_real_tournaments_train_to_2010_where_that_leaves_enough(
    first: int, last: int, until: int | None
) -> None:
    season = np.arange(first, last + 1)
    games = Games(season, season, season, season, season, season)
    assert default_train_until(games) == until


def test_names_sources_and_cards() -> None:
    assert zoo.data.dataset_names()[:2] == ["basketball", "tournament"]
    assert zoo.data.sources("tournament") == ["ncaa", "league"]
    text = card("tournament")
    assert text.startswith("# Basketball")
    assert zoo.data.load("basketball", "league").card == text
    assert (described_in("basketball") / "manifest.json").is_file()
    for column in (*COLUMNS, "seed_diff"):
        assert f"`{column}`" in text


def test_looking_around_imports_no_heavy_package() -> None:
    code = (
        "import sys, zoo.data; zoo.data.sources('basketball'); "
        "print(sorted({'pandas', 'scipy', 'tensorflow', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_does_not_import_tensorflow() -> None:
    code = (
        "import sys, zoo.data; zoo.data.load('basketball'); "
        "print(sorted({'pandas', 'tensorflow', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("home", "message"),
    [("~nobody-of-this-name/x", "data home '~nobody"), ("/dev/null", "null is a file, not a")],
)
def test_a_data_home_that_is_no_folder_is_reported(home: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        data_home(home)
