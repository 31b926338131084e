"""Kaggle's layout: compact results (one row a game, the winner first), seeds and team names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.basketball.games import ID_BITS, MAX_ID, Games, Ints, team_key
from zoo.data.csv import Table, read_csv

MOST_POINTS = 999
FIRST_LETTER = 1996  # season A of the files of 2014 is 1995-96

_RESULTS = {
    "season": "season",
    "day": "daynum",
    "winner": "wteamid|wteam",
    "winner_score": "wscore",
    "loser": "lteamid|lteam",
    "loser_score": "lscore",
    "place": "wloc",
}
_SEEDS = {"season": "season", "seed": "seed", "team": "teamid|team"}
_TEAMS = {"team": "teamid|id", "name": "teamname|name"}
_RANGES = {  # of whole numbers; other columns are words
    "season": (1, 9999),
    "day": (0, 9999),
    **dict.fromkeys(("winner", "loser", "team", "team_1", "team_2"), (0, MAX_ID)),
    **dict.fromkeys(("winner_score", "loser_score", "score_1", "score_2"), (0, MOST_POINTS)),
    "home": (-1, 1),
    "score_diff": (-MOST_POINTS, MOST_POINTS),
    "won": (0, 1),
    "seed_diff": (-15, 15),
}
_HOME = {"H": 1, "A": -1, "N": 0}  # where the winner played
_SEED = re.compile(r"[A-Za-z](\d\d)[ab]?", re.ASCII)


def read_table(path: Path, columns: Mapping[str, str], optional: str = "") -> Table:
    """A table whose `values` are the columns, whole numbers in their range or words.

    Args:
        path: The file.
        columns: As `read_csv` takes them.
        optional: One of them that may be missing; then it is not among the values.

    Raises:
        DataError: the file is damaged.
    """
    needed = {name: spelled for name, spelled in columns.items() if name != optional}
    table = replace(read_csv(path, needed), _columns=columns)
    if optional and not any(_plain(title) == columns[optional] for title in table.header):
        columns = needed
    for column in columns:
        if column == "season" and _in_letters(table):
            years = list(map(year_of, table.values[column]))
            table.values[column] = np.array(years, np.int64)
            continue
        read = table.whole if column in _RANGES else table.words
        read(column, *_RANGES.get(column, ()))
    return table


def year_of(letter: str) -> int:
    """The year of a season that the files of 2014 call by a capital letter: A is 1996."""
    return FIRST_LETTER + ord(letter) - ord("A")


def _plain(title: str) -> str:
    return title.lower().replace("_", "").replace(" ", "")


def _in_letters(table: Table) -> bool:
    """Whether seasons are letters from A, as in the files of 2014."""
    return all(len(each) == 1 and "A" <= each <= "Z" for each in table.words("season").tolist())


def read_results(path: Path, seeds: Mapping[int, int] | None = None) -> tuple[Games, list[str]]:
    """Games in the order of season, day and teams, the lower id as team 1, and notes.

    With `seeds` (see `read_seeds`) the games get their seed_diff, and seasons that have no seeds
    are left out with a note.

    Raises:
        DataError: the file is damaged; a tie, a loser with more points than the winner, a team
            that plays itself, a place other than H, A, N; one day's game listed with two
            results; a team without a seed in a season with seeds.
    """
    # tournaments are on neutral courts, and 2014's file of them does not say so
    table = read_table(path, _RESULTS, optional="" if seeds is None else "place")
    season, winner, loser = (table.values[name] for name in ("season", "winner", "loser"))
    points, against = table.values["winner_score"], table.values["loser_score"]
    table.refuse(winner == loser, "loser", "team {value} plays itself")
    table.refuse(points == against, "loser_score", "a tie, {value} to {value}: basketball has none")
    problem = "the loser's {value} is more than the winner's {winner_score}"
    table.refuse(points < against, "loser_score", problem)
    home = np.zeros(len(table), np.int64)
    if "place" in table.values:
        home = np.array([_HOME.get(word.upper(), 9) for word in table.values["place"].tolist()])
        table.refuse(home == 9, "place", "{value!r} is not H, A or N")
    games = Games(season, winner, loser, home, points, against).lower_id_first()
    notes: list[str] = []
    keep = _once(table, games, notes)
    if seeds is not None:
        difference, seeded = _seed_difference(table, games, seeds, notes)
        games = replace(games, seed_diff=difference)
        keep = keep[seeded[keep]]
        if not len(keep):
            raise DataError(f"{path}: no season of these games has seeds")
    return games.take(keep), notes


def _once(table: Table, games: Games, notes: list[str]) -> Ints:
    """Order of the games by season, day and teams, without repeated rows.

    Raises:
        DataError: two rows give one game different results.
    """
    date = (games.season << 16) | table.values["day"]
    pair = (games.team_1 << ID_BITS) | games.team_2
    result = (games.score_1 << 16) | (games.score_2 << 4) | (games.home + 1)
    order = np.lexsort((result, pair, date))
    same_game = (np.diff(date[order], prepend=-1) == 0) & (np.diff(pair[order], prepend=-1) == 0)
    repeated = same_game & (np.diff(result[order], prepend=-1) == 0)
    contradicting = np.flatnonzero(same_game & ~repeated)
    if len(contradicting):
        first, second = sorted(order[contradicting[0] - 1 : contradicting[0] + 1].tolist())
        day, line = table.values["day"][second], table.line(first)
        problem = f"this game on day {day} has a different result on line {line}"
        raise table.wrong(second, "winner_score", problem)
    if repeated.any():
        notes.append(f"{table.path.name}: {int(repeated.sum())} repeated rows left out")
    return order[~repeated]


def _seed_difference(
    table: Table, games: Games, seeds: Mapping[int, int], notes: list[str]
) -> tuple[Ints, np.ndarray]:
    """Seed of team 2 minus seed of team 1, and whether the game's season has seeds at all."""
    seeded = np.isin(games.season, [key >> ID_BITS for key in seeds])
    for column in ("winner", "loser"):
        known = np.isin(team_key(games.season, table.values[column]), list(seeds))
        table.refuse(seeded & ~known, column, "team {value} has no seed in {season}")
    if not seeded.all():
        names = ", ".join(map(str, np.unique(games.season[~seeded])))
        notes.append(f"{table.path.name}: no seeds for {names}; these seasons are left out")

    def seed_of(team: Ints) -> Ints:
        keys = team_key(games.season, team).tolist()
        return np.array([seeds.get(key, 0) for key in keys], np.int64)

    return seed_of(games.team_2) - seed_of(games.team_1), seeded


def read_seeds(path: Path) -> dict[int, int]:
    """Season and team, packed by `team_key` -> seed from 1 to 16 ("W01" and "Y16a" are 1 and 16).

    Raises:
        DataError: the file is damaged, a seed is no such word, or a team has two seeds.
    """
    table = read_table(path, _SEEDS)
    matches = [_SEED.fullmatch(word) for word in table.values["seed"].tolist()]
    seeds = [int(match[1]) if match else 0 for match in matches]
    outside = np.array([not 1 <= seed <= 16 for seed in seeds])
    table.refuse(outside, "seed", "{value!r} is not a seed such as W01 or Y16a")
    keys = team_key(table.values["season"], table.values["team"]).tolist()
    found: dict[int, int] = {}
    for row, (key, seed) in enumerate(zip(keys, seeds, strict=True)):
        if found.setdefault(key, seed) != seed:
            team, season = table.values["team"][row], table.values["season"][row]
            raise table.wrong(row, "team", f"team {team} already has a different seed in {season}")
    return found


def read_labels(path: Path, season: int) -> dict[str, int]:
    """Label of every seed of a season, such as W01 or Y16a -> team id; empty where it has none.

    Raises:
        DataError: the file is damaged, or a label is there twice.
    """
    table = read_table(path, _SEEDS)
    own = np.flatnonzero(table.values["season"] == season)
    found: dict[str, int] = {}
    for row in own.tolist():
        label = str(table.values["seed"][row])
        if label in found:
            raise table.wrong(row, "seed", f"seed {label} is in {season} twice")
        found[label] = int(table.values["team"][row])
    return found


def read_teams(path: Path) -> dict[int, str]:
    """Team id -> name; names that several teams bear get the id added.

    Raises:
        DataError: the file is damaged, or an id has two names.
    """
    table = read_table(path, _TEAMS)
    teams, titles = table.values["team"].tolist(), table.values["name"].tolist()
    names: dict[int, str] = {}
    for row, (team, name) in enumerate(zip(teams, titles, strict=True)):
        if names.setdefault(team, name) != name:
            raise table.wrong(row, "team", f"team {team} already has a different name")
    times = Counter(names.values())
    return {team: f"{name} #{team}" if times[name] > 1 else name for team, name in names.items()}
