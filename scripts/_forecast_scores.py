"""Scores of forecasts, their calibration, and references that need no network.

A game is seen from the side of the lower id, so each counts once.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoo.data.basketball.before import MOST_MARGIN
from zoo.data.basketball.games import Games

Floats = NDArray[np.float64]
Strengths = dict[tuple[int, int], float]  # season and id -> points

BINS = 10  # of equal width, from 0 to 1
LEAST = 1e-6  # as submissions are written: a chance is kept from 0 and 1
WEIGHT = 2.0  # of the squared strengths


def scores(won: NDArray[np.bool_], chance: Floats) -> dict[str, float]:
    """Number of games, log-loss, Brier score and accuracy; an even chance is right by half.

    Args:
        won: Whether the first team won, shape (games,).
        chance: Its probability of winning, shape (games,).
    """
    kept = np.clip(chance, LEAST, 1 - LEAST)
    right = np.where(chance == 0.5, 0.5, (chance > 0.5) == won)
    return {
        "games": len(won),
        "log_loss": float(-np.mean(np.log(np.where(won, kept, 1 - kept)))),
        "brier": float(np.mean((chance - won) ** 2)),
        "accuracy": float(np.mean(right)),
    }


def bins(won: NDArray[np.bool_], chance: Floats) -> list[dict[str, float]]:
    """A row for each bin with games: its number, games, mean chance and share of games won."""
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    return [
        {
            "bin": number,
            "games": int((place == number).sum()),
            "predicted": float(chance[place == number].mean()),
            "won": float(won[place == number].mean()),
        }
        for number in np.unique(place).tolist()
    ]


def pooled(rows: pd.DataFrame) -> pd.DataFrame:
    """The bins of several seasons as one row each: games, mean chance, share won."""
    games = rows["games"]
    sums = pd.DataFrame(
        {
            "bin": rows["bin"],
            "games": games,
            "predicted": rows["predicted"] * games,
            "won": rows["won"] * games,
        }
    )
    total = sums.groupby("bin").sum()
    total[["predicted", "won"]] = total[["predicted", "won"]].div(total["games"], axis=0)
    return total


def from_both_sides(total: pd.DataFrame) -> pd.DataFrame:
    """The pooled bins with every game counted from the other side as well.

    Which team is named first is arbitrary; these bins do not depend on it.
    """
    other = pd.DataFrame(
        {
            "bin": BINS - 1 - total.index,
            "games": total["games"].to_numpy(),
            "predicted": 1 - total["predicted"].to_numpy(),
            "won": 1 - total["won"].to_numpy(),
        }
    )
    return pooled(pd.concat([total.reset_index(names="bin"), other]))


def calibration_error(total: pd.DataFrame) -> float:
    """The mean distance of chance and share won, weighted by the games of the pooled bins."""
    distance = (total["predicted"] - total["won"]).abs()
    return float((distance * total["games"]).sum() / total["games"].sum())


def error_by_luck(total: pd.DataFrame) -> float:
    """The calibration error that chances which are right can expect: games are few.

    A bin's share won is taken as normal about its mean chance, with that chance's spread.
    """
    spread = (total["predicted"] * (1 - total["predicted"]) / total["games"]) ** 0.5
    distance = spread * (2 / np.pi) ** 0.5
    return float((distance * total["games"]).sum() / total["games"].sum())


def strengths(regular: Games, weight: float = WEIGHT) -> Strengths:
    """Least-squares strengths of every season apart, and a free coefficient for playing at home.

    Args:
        regular: Games with the files' ids.
        weight: Of the squared strengths.
    """
    from scipy.sparse import csr_array

    found: Strengths = {}
    for season in np.unique(regular.season).tolist():
        games = regular.take(regular.season == season)
        ids, places = np.unique([games.team_1, games.team_2], return_inverse=True)
        one, two = places.reshape(2, -1)
        row = np.arange(len(games))
        ones = np.ones(len(games))
        table = csr_array(
            (
                np.concatenate([ones, -ones, games.home]),
                (np.tile(row, 3), np.concatenate([one, two, np.full(len(games), len(ids))])),
            ),
            shape=(len(games), len(ids) + 1),
        )
        margin = np.clip(games.score_1 - games.score_2, -MOST_MARGIN, MOST_MARGIN)
        penalty = np.full(len(ids) + 1, weight)
        penalty[-1] = 1e-9  # none for home, but where all games are on neutral courts
        solved = np.linalg.solve((table.T @ table).toarray() + np.diag(penalty), table.T @ margin)
        found |= {
            (season, team): points for team, points in zip(ids.tolist(), solved, strict=False)
        }
    return found


def gaps(games: Games, points: Strengths) -> Floats:
    """Strength of team 1 less that of team 2, shape (games,)."""
    seasons = games.season.tolist()
    one, two = (
        np.array([points[each] for each in zip(seasons, team.tolist(), strict=True)])
        for team in (games.team_1, games.team_2)
    )
    return one - two


def logistic(features: Iterable[Floats], won: NDArray[np.bool_], asked: Iterable[Floats]) -> Floats:
    """Chances of games by a logistic regression on others, without intercept or penalty."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-8, max_iter=1000)
    model.fit(np.stack(list(features), axis=1), won)
    return model.predict_proba(np.stack(list(asked), axis=1))[:, 1]


def references(before: Games, own: Games, points: Strengths) -> dict[str, Floats]:
    """Method -> chances of a season's own games, from the tournaments before it."""
    won = before.score_1 > before.score_2
    seeds, asked_seeds = (_floats(games.seed_diff) for games in (before, own))
    gap, asked_gap = (gaps(games, points) for games in (before, own))
    return {
        "closed form": logistic([gap, seeds], won, [asked_gap, asked_seeds]),
        "strengths alone": logistic([gap], won, [asked_gap]),
        "seeds alone": logistic([seeds], won, [asked_seeds]),
    }


def _floats(values: NDArray[np.int64] | None) -> Floats:
    assert values is not None  # tournaments have seeds
    return values.astype(np.float64)
