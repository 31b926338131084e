"""The course's layout: every game twice, once from each side, one id per team and season.

There is no day, so a pair may meet several times; what must hold is that each row has its
mirror image: the same game with the teams, the scores and the signs exchanged.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from zoo.data.basketball.games import Games, Ints, team_key
from zoo.data.basketball.kaggle import read_table
from zoo.data.csv import Table

_COLUMNS = ("season", "team_1", "team_2", "home", "score_diff", "score_1", "score_2", "won")


def read_course(path: Path, *, seeds: bool) -> tuple[Games, list[str]]:
    """Games ordered by season and teams, the lower id as team 1, and notes.

    `home` may be 1, 0, -1, or 1 and 0 only: then 0 means "not at home", and the other view
    of the game distinguishes a neutral court from a game at the opponent's.

    Args:
        path: games_season.csv or games_tourney.csv.
        seeds: Whether the file has the column seed_diff.

    Raises:
        DataError: the file is damaged; a draw; a team that plays itself; score_diff or won at
            odds with the scores; a row without its mirror image; both teams at home.
    """
    return _pair(_read(path, seeds))


def count_rows(path: Path, *, seeds: bool) -> int:
    """Number of rows of a file that passes every check of `read_course`.

    Raises:
        DataError: as `read_course`.
    """
    table = _read(path, seeds)
    _pair(table)
    return len(table)


def _read(path: Path, seeds: bool) -> Table:
    names = (*_COLUMNS, "seed_diff") if seeds else _COLUMNS
    table = read_table(path, dict(zip(names, names, strict=True)))
    values = table.values
    score_1, score_2 = values["score_1"], values["score_2"]
    table.refuse(values["team_1"] == values["team_2"], "team_2", "team {value} plays itself")
    table.refuse(score_1 == score_2, "score_2", "a tie, {value} to {value}: basketball has none")
    problem = "{value} is not score_1 - score_2 = {score_1} - {score_2}"
    table.refuse(values["score_diff"] != score_1 - score_2, "score_diff", problem)
    problem = "{value} does not fit the score {score_1} to {score_2}"
    table.refuse(values["won"] != (score_1 > score_2), "won", problem)
    return table


def _pair(table: Table) -> tuple[Games, list[str]]:
    """One game for each row and its mirror image."""
    names = ("season", "team_1", "team_2", "home", "score_1", "score_2")
    seed_diff = table.values.get("seed_diff")
    rows = Games(*(table.values[name] for name in names), seed_diff=seed_diff)
    games = rows.lower_id_first()
    second = rows.team_1 > rows.team_2  # seen by the team with the higher id
    signed = bool((rows.home < 0).any()) or not rows.home.any()
    group, order = _same_games(games, second, rows.home, signed=signed)
    by_second = np.bincount(group, second[order]).astype(np.int64)
    by_first = np.bincount(group) - by_second
    paired = np.minimum(by_first, by_second)

    # Without signs two rows of a team may differ in nothing but a neutral court, so none of
    # them can be taken for a repetition.
    unmatched = paired == 0 if signed else by_first != by_second
    lonely = np.zeros(len(order), bool)
    lonely[order] = unmatched[group]
    game = "this game ({team_1}, {team_2}, {score_1} to {score_2})"
    table.refuse(lonely, "team_1", f"no row shows {game} from the other side")
    # The k-th row of each side of a group make a game.
    start = np.flatnonzero(np.diff(group, prepend=-1))[group]
    place = np.arange(len(order)) - start - np.where(second[order], by_first[group], 0)
    kept = place < paired[group]
    notes = []
    if not kept.all():
        notes.append(f"{table.path.name}: {int((~kept).sum())} repeated rows left out")
    one, two = order[kept & ~second[order]], order[kept & second[order]]
    if signed:
        return games.take(one), notes
    both_home = np.zeros(len(rows), bool)
    both_home[np.maximum(one, two)] = (rows.home[one] == 1) & (rows.home[two] == 1)
    table.refuse(both_home, "home", "both sides of this game are at home")
    return replace(games.take(one), home=rows.home[one] - rows.home[two]), notes


def _same_games(games: Games, second: np.ndarray, home: Ints, *, signed: bool) -> tuple[Ints, Ints]:
    """Rows in an order that puts equal games together, and the number of each one's group.

    Inside a group the rows of the first side come before those of the second. Where home has no
    sign it is not part of the game: home rows of one side then meet away rows of the other.
    """
    seed_diff = np.zeros(len(games), np.int64) if games.seed_diff is None else games.seed_diff
    result = (games.score_1 << 32) | (games.score_2 << 16) | ((seed_diff + 16) << 4)
    if signed:
        result |= games.home + 1
    keys = (result, games.team_2, team_key(games.season, games.team_1))
    order = np.lexsort((np.where(second, home, -home), second, *keys))
    new = np.any([np.diff(key[order], prepend=key[order[0]]) != 0 for key in keys], axis=0)
    return np.cumsum(new), order
