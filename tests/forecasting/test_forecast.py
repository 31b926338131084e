"""`zoo forecast`: from tables to odds, a submission and a bracket."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from data_helpers import small_league
from forecast_tables import MEN, WOMEN, write_tables
from scipy.stats import norm

import zoo
from zoo._keras import keras
from zoo.cli.root import cli, run
from zoo.core.errors import DataError
from zoo.data.basketball.league import NOISE_SD
from zoo.data.registry import VARIABLE
from zoo.forecasting.forecast import Forecast
from zoo.training import inference

# architecture -> how many of home and seed_diff it reads
CHANCES = {
    "season_strengths": 1,
    "tournament_forecast": 2,
    "season_scores": 1,
    "tournament_scores": 2,
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    logdir = tmp_path_factory.mktemp("logs")
    return zoo.forecast(2008, data="league", logdir=logdir, verbose=0)


@pytest.mark.slow
def test_chances_are_of_both_sides(found: Forecast) -> None:
    np.testing.assert_allclose(found.chance + found.chance.T, 1, atol=1e-12)
    assert found.chance.min() > 0
    assert found.chances(found.ids[:2], found.ids[2:4]) == pytest.approx(
        [found.chance[0, 2], found.chance[1, 3]]
    )
    assert np.isnan(found.chances(np.array([0]), np.array([9_999])))


@pytest.mark.claim("season_strengths", "tournament_forecast", "season_scores", "tournament_scores")
@pytest.mark.parametrize("name", CHANCES)
def test_swapping_the_teams_changes_the_sign_alone(name: str) -> None:
    """With any weights: differences change their sign, chances add up to 1, scores swap."""
    keras.utils.set_random_seed(1)
    model = zoo.build(name, n_teams=9)
    model.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in model.get_weights()])
    rng = np.random.default_rng(2)
    rows = {each: rng.integers(0, 9, (20, 1)) for each in ("team_1", "team_2")}
    rows |= {each: rng.normal(size=(20, 1)) for each in ("home", "seed_diff")[: CHANCES[name]]}
    signs = {"team_1": "team_2", "team_2": "team_1"}
    other = {each: rows[signs[each]] if each in signs else -rows[each] for each in rows}
    found, mirrored = inference.predict(model, rows), inference.predict(model, other)
    for output, values in found.items():
        seen = mirrored[output]
        wanted = {"score_diff": -values, "won": 1 - values, "scores": values[:, ::-1]}[output]
        np.testing.assert_allclose(seen, wanted, atol=2e-5, err_msg=output)
    assert np.std(found[next(iter(found))]) > 0.1


@pytest.mark.slow
def test_it_knows_most_of_what_can_be_known(found: Forecast) -> None:
    """Of the true chances of all pairings of the field; the trivial log-loss is 0.693."""
    assert found.bracket is not None
    made = zoo.load_data("forecast_seasons", source="league", season=2008).truth["strength"]
    truth = made[-352:][np.array(found.bracket.teams)]
    wins = norm.cdf((truth[:, None] - truth) / NOISE_SD)
    chance = found.bracket_chance
    pairs = ~np.eye(len(truth), dtype=bool)

    def loss(predicted: np.ndarray) -> float:
        told = wins * np.log(predicted) + (1 - wins) * np.log1p(-predicted)
        return float(-told[pairs].mean())

    best, trivial = loss(np.clip(wins, 1e-9, 1 - 1e-9)), np.log(2)
    assert best < loss(np.clip(chance, 1e-9, 1 - 1e-9)) < best + 0.4 * (trivial - best)
    assert np.corrcoef(found.strength, made[-352:])[0, 1] > 0.9


@pytest.mark.slow
def test_odds_add_up(found: Forecast) -> None:
    assert found.odds is not None
    assert found.best_odds is not None
    np.testing.assert_allclose(found.odds.sum(0), [32, 16, 8, 4, 2, 1])
    assert (np.diff(found.odds, axis=1) <= 0).all()
    assert np.corrcoef(found.odds[:, -1], found.best_odds[:, -1])[0, 1] > 0.5


@pytest.mark.slow
def test_a_run_of_the_same_data_is_used_again(
    found: Forecast, capsys: pytest.CaptureFixture[str]
) -> None:
    again = zoo.forecast(2008, data="league", logdir=found.run.folder.parents[1])
    assert again.run.folder == found.run.folder
    assert "trained before" in capsys.readouterr().out
    np.testing.assert_array_equal(again.odds, found.odds)


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.slow
def test_men_and_women_fill_one_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a folder that is given, with a bracket; every row filled, strictly between 0 and 1."""
    monkeypatch.delenv(VARIABLE, raising=False)
    folder = tmp_path / "march"
    write_tables(folder, small_league(1), prefix="M", until=2002)
    write_tables(folder, small_league(2), prefix="W", first_id=WOMEN, until=2002)
    pairs = [*itertools.combinations(range(MEN, MEN + 66), 2)]
    pairs += [(one - MEN + WOMEN, two - MEN + WOMEN) for one, two in pairs]
    sample, out = tmp_path / "sample.csv", tmp_path / "mine.csv"
    rows = "".join(f"2003_{one}_{two},0.5\n" for one, two in [*pairs, (MEN, 1_500)])
    sample.write_text(f"ID,Pred\n{rows}")
    words = ["forecast", "2003", "--data", str(folder), "--logdir", str(tmp_path / "logs")]
    words += ["--submission", str(sample), "--out", str(out), "--bracket", "--times", "500"]
    assert run(cli, words) == 0
    printed = capsys.readouterr().out
    assert "2003: the strongest teams" in printed
    assert "note: 1 row has a team without a game" in printed
    header, *filled = read(out)
    assert header == ["ID", "Pred"]
    assert [row[0] for row in filled] == [row[0] for row in read(sample)[1:]]
    chances = np.array([float(row[1]) for row in filled])
    assert ((chances > 0) & (chances < 1)).all()
    assert filled[-1][1] == "0.500000"
    men, women = chances[: 66 * 65 // 2], chances[66 * 65 // 2 : -1]
    assert men.std() > 0.1
    assert women.std() > 0.1
    assert abs(men - women).max() > 0.1, "each by its own games"
    (drawn,) = (tmp_path / "logs" / "tournament_forecast").glob("*/bracket.png")
    assert drawn.with_suffix(".svg").read_text().rstrip().endswith("</svg>")


@pytest.mark.slow
def test_letters_and_a_folder_without_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """2014's files and ids; before the field is chosen there are strengths and chances alone."""
    monkeypatch.delenv(VARIABLE, raising=False)
    folder = write_tables(tmp_path / "2014", small_league(), letters=True, until=2002)
    seeds = folder / "tourney_seeds.csv"
    seeds.write_text("".join(x for x in seeds.read_text().splitlines(True) if x[0] != "H"))
    sample, out = tmp_path / "sample.csv", tmp_path / "mine.csv"
    sample.write_text("id,pred\nG_1101_1102,0.5\nH_1101_1102,0.5\n")
    words = ["forecast", "2003", "--data", str(folder), "--logdir", str(tmp_path / "logs")]
    assert run(cli, [*words, "--submission", str(sample), "--out", str(out), "--json"]) == 0
    told = capsys.readouterr()
    assert "note: the files have no seeds of 2003" in told.err
    content = json.loads(told.out)
    assert content["rounds"] == []
    assert content["teams"][0]["strength"] > content["teams"][-1]["strength"]
    header, *rows = read(out)
    assert header == ["id", "pred"]
    assert [row[0] for row in rows] == ["G_1101_1102", "H_1101_1102"]
    assert rows[0][1] != rows[1][1]
    assert run(cli, [*words, "--bracket"]) == 1
    assert "there is no bracket to draw" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["2003", "--data", "nowhere"], "--data takes auto, ncaa, league or a folder"),
        (["2003", "--data", "league", "--gender", "women"], "no men and women"),
        (["2003", "--data", "league", "--submission", __file__], "go together"),
        (["1999", "--data", "league"], "there is no regular season 1999; they are 2001-2020"),
        (["2001", "--data", "league"], "no tournament before 2001"),
        (["0"], "0 is not in the range"),
        (["2003", "--times", "0"], "0 is not in the range"),
        (["2003", "--model", "mlp"], "'mlp' is not one of"),
    ],
)
def test_mistakes_are_one_line(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["forecast", *words, "--logdir", str(tmp_path)]) != 0
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "NCAATourneySeeds.csv").unlink(), "but not NCAATourneySeeds.csv"),
        (
            lambda folder: (folder / "NCAATourneyCompactResults.csv").unlink(),
            "but not NCAATourneyCompactResults.csv",
        ),
        (
            lambda folder: _replace(folder / "NCAATourneySeeds.csv", "2003,W01,", "2003,W01,99"),
            "is seeded W01 in 2003, but has no game in that regular season",
        ),
        (
            lambda folder: _replace(folder / "NCAATourneySeeds.csv", "2003,W01,", "2003,V01,"),
            "the seeds of 2003",
        ),
        (lambda folder: _sample(folder, "2009_1101_1102"), "asks for 2009: there is no regular"),
        (lambda folder: _sample(folder, "2003_1101"), "is not an id such as"),
        (lambda folder: (folder / "mine.csv").mkdir(), "mine.csv is a folder"),
        (lambda folder: (folder / "mine.csv").hardlink_to(folder / "Teams.csv"), "would replace"),
        (lambda folder: (folder / "mine.csv").hardlink_to(folder / "sample.csv"), "would replace"),
    ],
)
def test_what_is_refused_before_training(
    change: Callable[[Path], object],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    folder = write_tables(tmp_path / "march", small_league(), until=2002)
    _sample(folder, "2003_1101_1102")
    change(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    words = ["forecast", "2003", "--data", str(folder), "--logdir", str(tmp_path / "logs")]
    words += ["--submission", str(folder / "sample.csv"), "--out", str(folder / "mine.csv")]
    assert run(cli, words) == 1
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert not (tmp_path / "logs").exists()
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def _sample(folder: Path, row: str) -> None:
    (folder / "sample.csv").write_text(f"ID,Pred\n{row},0.5\n")


def test_women_who_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    write_tables(tmp_path / "basketball", small_league())
    with pytest.raises(DataError, match=r"no games found in .*, only those of men"):
        zoo.forecast(2003, gender="women", logdir=tmp_path, verbose=0)
    with pytest.raises(DataError, match="mlp does not forecast"):
        zoo.forecast(2003, model="mlp", logdir=tmp_path, verbose=0)
