"""The rolling evaluation of forecasts: scores, calibration, references, page."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from xml.etree import ElementTree

import _forecast_page as page
import _forecast_scores as own
import forecast as script
import numpy as np
import pandas as pd
import pytest
from _page import Results

from zoo.data.basketball import league
from zoo.data.basketball.games import Games, SourceGames


def games_of(home: list[int], margins: list[int], season: int = 2001) -> Games:
    """Games of team 1 against team 2 with these margins."""
    count = len(margins)
    ones = np.ones(count, np.int64)
    scored = 100 + np.array(margins)
    return Games(season * ones, ones, 2 * ones, np.array(home), scored, 100 * ones, 0 * ones)


def measured() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of two seasons, men and women, as the script writes them."""
    scores, rows = [], []
    rng = np.random.default_rng(0)
    for season in (2015, 2016):
        for gender in script.GENDERS:
            won = rng.random(60) < 0.6
            for at, method in enumerate(page.METHODS):
                chance = np.clip(rng.random(60) + at / 100, 0, 1)
                first = {"season": season, "gender": gender, "method": method}
                scores.append(first | own.scores(won, chance))
                rows += [first | each for each in own.bins(won, chance)]
    return pd.DataFrame(scores), pd.DataFrame(rows)


def test_scores_are_those_of_the_formulas() -> None:
    found = own.scores(np.array([True, False, True, True]), np.array([0.8, 0.4, 0.3, 0.5]))
    assert found["games"] == 4
    loss = -np.mean(np.log([0.8, 0.6, 0.3, 0.5]))
    assert found["log_loss"] == pytest.approx(loss)
    assert found["brier"] == pytest.approx(np.mean([0.04, 0.16, 0.49, 0.25]))
    assert found["accuracy"] == pytest.approx(2.5 / 4)  # an even chance is right by half


def test_a_wrong_certainty_costs_what_a_submission_makes_it_cost() -> None:
    found = own.scores(np.array([True]), np.array([0.0]))
    assert found["log_loss"] == pytest.approx(-math.log(1e-6))
    assert found["brier"] == 1


def test_bins_have_equal_width_and_lose_no_game() -> None:
    chance = np.array([0.0, 0.05, 0.1, 0.55, 0.99, 1.0])
    found = own.bins(np.array([False, True, True, False, True, True]), chance)
    assert [(row["bin"], row["games"]) for row in found] == [(0, 2), (1, 1), (5, 1), (9, 2)]
    assert found[0] == {"bin": 0, "games": 2, "predicted": 0.025, "won": 0.5}
    assert found[3]["predicted"] == pytest.approx(0.995)


def test_bins_of_seasons_pool_to_those_of_all_games() -> None:
    rng = np.random.default_rng(0)
    chance = rng.random(500)
    won = rng.random(500) < chance
    parts = [own.bins(won[at::2], chance[at::2]) for at in (0, 1)]
    total = own.pooled(pd.DataFrame([row for part in parts for row in part]))
    whole = own.pooled(pd.DataFrame(own.bins(won, chance)))
    pd.testing.assert_frame_equal(total, whole)
    distances = (whole["predicted"] - whole["won"]).abs() * whole["games"] / 500
    assert own.calibration_error(total) == pytest.approx(distances.sum())


def test_the_calibration_error_of_one_bin_is_its_distance() -> None:
    total = own.pooled(pd.DataFrame(own.bins(np.array([True, False]), np.array([0.61, 0.65]))))
    assert own.calibration_error(total) == pytest.approx(0.13)


def test_right_chances_have_the_calibration_error_of_luck() -> None:
    rng = np.random.default_rng(0)
    chance = rng.random(900)
    found = [
        own.pooled(pd.DataFrame(own.bins(rng.random(900) < chance, chance))) for _ in range(50)
    ]
    errors = [own.calibration_error(total) for total in found]
    assert np.mean(errors) == pytest.approx(own.error_by_luck(found[0]), rel=0.1)


def test_strengths_are_penalized_least_squares_with_a_free_home_advantage() -> None:
    games = games_of([1, -1, 0], [14, 6, 10])
    found = own.strengths(games, weight=1e-9)
    assert found[2001, 1] - found[2001, 2] == pytest.approx(10, abs=1e-3)
    shrunk = own.strengths(games, weight=3.0)
    assert shrunk[2001, 1] == pytest.approx(-shrunk[2001, 2])
    # The three games sum up to 3 gap = 30, and the penalty of half the gap each adds 3 / 2 gap.
    assert shrunk[2001, 1] - shrunk[2001, 2] == pytest.approx(30 / 4.5)


def test_margins_count_up_to_thirty_points() -> None:
    near, far = (own.strengths(games_of([0], [margin])) for margin in (30, 90))
    assert near == pytest.approx(far)


def test_references_learn_from_earlier_tournaments_and_see_both_sides_alike() -> None:
    made = league.generate(0, 6, 8)
    regular, tournaments = script.playable(SourceGames(made.regular, made.tournament))
    points = own.strengths(regular)
    before = tournaments.take(tournaments.season < 2006)
    asked = tournaments.take(tournaments.season == 2006)
    found = own.references(before, asked, points)
    assert set(found) == set(page.METHODS) - set(page.MODELS)
    won = asked.score_1 > asked.score_2
    for chance in found.values():
        assert own.scores(won, chance)["log_loss"] < math.log(2)
    seeds, differences = found["seeds alone"], asked.seed_diff
    assert differences is not None
    assert np.array_equal(seeds > 0.5, differences > 0)


def test_games_of_teams_without_a_regular_season_are_left_out() -> None:
    regular, tournament = games_of([0], [3]), games_of([0, 0], [3, 4])
    unknown = Games(*(column[:1] for column in vars(tournament).values()))
    unknown.team_2[:] = 9
    kept = script.playable(SourceGames(regular, unknown))[1]
    assert not len(kept)


def test_seasons_measured_again_replace_their_rows_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("_page.ROOT", tmp_path)
    (tmp_path / "results").mkdir()
    results = Results("forecast.csv", "gender", lambda: script.GENDERS)

    def rows(gender: str, *seasons: int, score: float) -> list[dict[str, object]]:
        return [{"season": each, "gender": gender, "score": score} for each in seasons]

    script.keep(results, "women", rows("women", 2016, score=1.0))
    script.keep(results, "men", rows("men", 2015, 2016, 2017, score=1.0))
    script.keep(results, "men", rows("men", 2016, score=2.0))
    assert results.read().to_numpy().tolist() == [
        [2015, "men", 1.0],
        [2016, "men", 2.0],
        [2017, "men", 1.0],
        [2016, "women", 1.0],
    ]


def test_seasons_are_a_span_or_a_year() -> None:
    assert script.span("2003-2016") == (2003, 2016)
    assert script.span("2016") == (2016, 2016)
    with pytest.raises(argparse.ArgumentTypeError, match="'16' is not of the form"):
        script.span("16")


def test_the_page_says_what_the_rows_say() -> None:
    frame, rows = measured()
    found = page.blocks(frame, rows)
    men = frame[(frame["gender"] == "men") & (frame["method"] == page.MODELS[0])]
    line = next(each for each in found["scores"].splitlines() if page.MODELS[0] in each)
    error = page.error_of(rows, "men", page.MODELS[0])
    assert line.startswith("| men | `tournament_forecast` | 2 | 120 |")
    assert f"| {men['log_loss'].mean():.4f} |" in line
    assert f"| {error:.4f} |" in line
    assert len(found["scores"].splitlines()) == 2 + 2 * len(page.METHODS)
    assert len(found["seasons"].splitlines()) == 2 + 4
    assert "above 0.535" in found["verdict"]
    assert [each.split(" | ")[1] for each in found["contests"].splitlines()[2:]] == [
        "0.439",
        "0.481",
    ]


def test_a_target_that_is_met_is_said_to_be() -> None:
    frame, rows = measured()
    found = page.blocks(frame.assign(log_loss=0.5, brier=0.18), rows)["verdict"]
    assert "log-loss 0.5000 (at most 0.535), Brier score 0.1800 (at most 0.1815)" in found


def test_the_picture_is_the_same_for_the_same_rows() -> None:
    _, rows = measured()
    (svg,) = page.pictures(rows).values()
    assert [svg] == list(page.pictures(rows.copy()).values())
    words = " ".join(ElementTree.fromstring(svg).itertext())
    for text in ("mean chance", "share of games won", "men, 120 games", "women, 120 games"):
        assert text in words
    assert "dc:date" not in svg


def test_the_documents_numbers_are_current() -> None:
    assert script.SCRIPT.check() == 0


def test_bins_from_both_sides_do_not_depend_on_who_is_named_first() -> None:
    rng = np.random.default_rng(0)
    chance = rng.uniform(size=400)
    won = rng.uniform(size=400) < chance**0.8
    turned = rng.uniform(size=400) < 0.5
    found = []
    for flip in (np.zeros(400, bool), turned):
        rows = own.bins(np.where(flip, ~won, won), np.where(flip, 1 - chance, chance))
        found.append(own.from_both_sides(own.pooled(pd.DataFrame(rows))))
    pd.testing.assert_frame_equal(*found)
    assert found[0]["games"].sum() == 800
    assert own.calibration_error(found[0]) > 0.01
