"""Small data folders in the published layouts, written from a small invented league."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.data.basketball.games import Games
from zoo.data.basketball.league import League, generate

RESULTS_OLD = "Season,Daynum,Wteam,Wscore,Lteam,Lscore,Wloc,Numot"
RESULTS_NEW = "Season,DayNum,WTeamID,WScore,LTeamID,LScore,WLoc,NumOT"
RESULTS_LOWER = "season,daynum,wteam,wscore,lteam,lscore,wloc,numot"
COURSE = "season,team_1,team_2,home,score_diff,score_1,score_2,won"
COURSE_TOURNEY = "season,team_1,team_2,home,seed_diff,score_diff,score_1,score_2,won"

GOOD_RESULTS = (
    "1999,10,1101,80,1102,70,H,0",
    "1999,11,1103,66,1101,61,A,1",
    "1999,12,1102,90,1103,89,N,2",
    "2000,10,1101,75,1103,60,N,0",
    "2000,12,1101,75,1103,60,N,0",
)
GOOD_COURSE = (
    "1999,5,9,1,10,80,70,1",
    "1999,9,5,-1,-10,70,80,0",
    "1999,7,5,0,-3,60,63,0",
    "1999,5,7,0,3,63,60,1",
    "2000,15,19,0,2,71,69,1",
    "2000,19,15,0,-2,69,71,0",
)


def small_league(seed: int = 3) -> League:
    """Three seasons of 66 teams: 2,820 regular-season games and 189 tournament games."""
    return generate(seed, seasons=3, conferences=6)


def write_lines(path: Path, lines: Sequence[str], *, end: str = "\n", bom: bool = False) -> Path:
    """Write lines with the given line end, the last one too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(line + end for line in lines)
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.encode())
    return path


def results_lines(games: Games) -> list[str]:
    """Rows of Kaggle's compact results, winner first, every game on a day of its own."""
    lines = []
    for day, row in enumerate(zip(*columns(games)[:6], strict=True)):
        season, team_1, team_2, home, score_1, score_2 = row
        won = score_1 > score_2
        winner, loser = (team_1, team_2) if won else (team_2, team_1)
        most, least = max(score_1, score_2), min(score_1, score_2)
        place = {0: "N", 1: "H", -1: "A"}[home if won else -home]
        lines.append(
            f"{season},{day % 9000},{1101 + winner},{most},{1101 + loser},{least},{place},0"
        )
    return lines


def write_kaggle(
    folder: Path, league: League, *, prefix: str = "", header: str = RESULTS_NEW, tourney: str = ""
) -> None:
    """Results, tournament results, seeds and teams; team t of the league has the id 1101 + t."""
    write_lines(
        folder / f"{prefix}RegularSeasonCompactResults.csv",
        [header, *results_lines(league.regular)],
    )
    finals = league.tournament
    name = tourney or f"{prefix}NCAATourneyCompactResults.csv"
    write_lines(folder / name, [header, *results_lines(finals)])
    write_lines(
        folder / name.replace("CompactResults", "Seeds"),
        ["Season,Seed,TeamID", *seed_lines(finals)],
    )
    teams = league.strength.shape[1]
    write_lines(
        folder / f"{prefix}Teams.csv",
        ["TeamID,TeamName", *(f"{1101 + team},Team {team:03d}" for team in range(teams))],
    )


def seed_lines(finals: Games) -> list[str]:
    """Seeds with the differences that the games show, each region's letter left at W."""
    assert finals.seed_diff is not None
    seeds: dict[tuple[int, int], int] = {}
    # In the first round the two seeds of a game add up to 17.
    for season in np.unique(finals.season):
        first = np.flatnonzero(finals.season == season)[:32]
        for game in first:
            low = int(17 - finals.seed_diff[game]) // 2
            seeds[int(season), int(finals.team_1[game])] = low
            seeds[int(season), int(finals.team_2[game])] = 17 - low
    return [f"{season},W{seed:02d},{1101 + team}" for (season, team), seed in seeds.items()]


def columns(games: Games) -> list[list[int]]:
    """The columns as lists: season, teams, home, scores and seed_diff where there is one."""
    return [column.tolist() for column in vars(games).values() if column is not None]


def course_lines(games: Games, *, signed: bool = True) -> list[str]:
    """Both views of every game: first the views of team 1, then those of team 2."""
    views: list[list[str]] = [[], []]
    seeds = games.seed_diff is not None
    for row in zip(*columns(games), strict=True):
        season, team_1, team_2, home, score_1, score_2, *seed = row
        for side, sign in enumerate((1, -1)):
            one, two = (team_1, team_2)[::sign]
            mine, other = (score_1, score_2)[::sign]
            at = home * sign if signed else max(0, home * sign)
            middle = f"{seed[0] * sign}," if seeds else ""
            base = 1000 * season  # one id per team and season
            views[side].append(
                f"{season},{base + one},{base + two},{at},{middle}{mine - other},{mine},{other},"
                f"{int(mine > other)}"
            )
    return [*views[0], *views[1]]


def write_course(folder: Path, league: League, *, signed: bool = True) -> None:
    """games_season.csv and games_tourney.csv."""
    write_lines(folder / "games_season.csv", [COURSE, *course_lines(league.regular, signed=signed)])
    write_lines(folder / "games_tourney.csv", [COURSE_TOURNEY, *course_lines(league.tournament)])


def game_keys(columns: dict[str, np.ndarray]) -> list[tuple[float, ...]]:
    """A key of each row's game, the same for both views and for every row of equal games."""
    names = ("season", "team_1", "team_2", "home", "score_1", "score_2")
    keys = []
    for row in zip(*(columns[name].ravel().tolist() for name in names), strict=True):
        season, one, two, home, mine, other = row
        keys.append((season, one, two, home, mine, other) if one < two else
                    (season, two, one, -home, other, mine))  # fmt: skip
    return keys
