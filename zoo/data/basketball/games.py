"""Games as columns, one row a game, and the two views of each that a dataset's splits hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoo.data.references import binary_scores, number_scores

Ints = NDArray[np.int64]
Arrays = dict[str, np.ndarray]

# Seasons and ids are packed into one integer key; readers refuse larger ids.
ID_BITS = 24
MAX_ID = 2**ID_BITS - 1


@dataclass(frozen=True)
class Games:
    """One row a game, every column of shape (games,).

    Attributes:
        season: Year or number of the season.
        team_1, team_2: Team ids, the file's own or (once indexed) rows of the team table.
        home: 1 where team 1 plays at home, -1 where team 2 does, 0 on a neutral court.
        score_1, score_2: Points.
        seed_diff: Seed of team 2 minus seed of team 1; None for games without seeds.
    """

    season: Ints
    team_1: Ints
    team_2: Ints
    home: Ints
    score_1: Ints
    score_2: Ints
    seed_diff: Ints | None = None

    def __len__(self) -> int:
        return len(self.season)

    def take(self, index: NDArray[np.integer] | NDArray[np.bool_]) -> Games:
        """The games at `index` (positions or a mask)."""
        return replace(
            self,
            **{name: column[index] for name, column in vars(self).items() if column is not None},
        )

    def lower_id_first(self) -> Games:
        """The same games with the lower id as team 1, so order does not reveal the winner."""
        swap = self.team_1 > self.team_2
        sign = np.where(swap, -1, 1)
        return replace(
            self,
            team_1=np.where(swap, self.team_2, self.team_1),
            team_2=np.where(swap, self.team_1, self.team_2),
            home=self.home * sign,
            score_1=np.where(swap, self.score_2, self.score_1),
            score_2=np.where(swap, self.score_1, self.score_2),
            seed_diff=None if self.seed_diff is None else self.seed_diff * sign,
        )


@dataclass(frozen=True)
class SourceGames:
    """What a source returns: games with its own ids, and the teams' names.

    Attributes:
        regular: Regular-season games, or None where there are none.
        tournament: Tournament games, or None where there are none.
        name_of: Name of a team, from the source's id.
        notes: What was dropped or corrected.
    """

    regular: Games | None
    tournament: Games | None = None
    name_of: Callable[[int], str] = "#{}".format
    notes: tuple[str, ...] = ()


def team_key(season: Ints, team: Ints) -> Ints:
    """One integer per team and season, ordered by season and then by team."""
    return (season << ID_BITS) | team


def both_views(games: Games) -> Arrays:
    """The columns a model reads: game i is row 2i as team 1 sees it and row 2i + 1 as team 2 does.

    Every array has shape (2 * games, 1): season, team_1, team_2 are int32; home, score_1,
    score_2, score_diff (points) and won (0 or 1) are float32, as is seed_diff where there is one.
    """

    def interleave(first: Ints, second: Ints, dtype: type) -> np.ndarray:
        return np.stack([first, second], axis=1).reshape(-1, 1).astype(dtype)

    difference = games.score_1 - games.score_2
    columns: Arrays = {
        "season": interleave(games.season, games.season, np.int32),
        "team_1": interleave(games.team_1, games.team_2, np.int32),
        "team_2": interleave(games.team_2, games.team_1, np.int32),
        "home": interleave(games.home, -games.home, np.float32),
    }
    if games.seed_diff is not None:
        columns["seed_diff"] = interleave(games.seed_diff, -games.seed_diff, np.float32)
    columns["score_1"] = interleave(games.score_1, games.score_2, np.float32)
    columns["score_2"] = interleave(games.score_2, games.score_1, np.float32)
    columns["score_diff"] = interleave(difference, -difference, np.float32)
    columns["won"] = (columns["score_diff"] > 0).astype(np.float32)
    return columns


def reference_scores(
    splits: Mapping[str, Mapping[str, np.ndarray]],
    *,
    score_diff: Mapping[str, np.ndarray],
    won: Mapping[str, np.ndarray],
    total: float,
) -> dict[str, dict[str, float]]:
    """Scores of predictions that know no more than the difference and the usual total.

    Args:
        splits: Split -> columns, as `both_views` gives them.
        score_diff: Split -> predicted difference in points; shapes broadcast to (rows, 1).
        won: Split -> predicted probability that team 1 wins, by split as well.
        total: Predicted points of both teams together: each gets half, give or take half the
            difference.

    Returns:
        Split -> column_metric -> value, as `Dataset.references` wants them.
    """
    found = {}
    for split, columns in splits.items():
        half = score_diff[split] / 2
        predicted = {
            "score_diff": score_diff[split],
            "score_1": total / 2 + half,
            "score_2": total / 2 - half,
        }
        found[split] = binary_scores("won", columns["won"], won[split])
        for column, values in predicted.items():
            found[split] |= number_scores(column, columns[column], values)
    return found
