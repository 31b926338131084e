"""Folders of Kaggle's tables with an invented league in them, in every layout there was."""

from __future__ import annotations

from pathlib import Path

from data_helpers import results_lines, write_lines

from zoo.data.basketball.league import FIRST_SEASON, League

HEADER = "Season,DayNum,WTeamID,WScore,LTeamID,LScore,WLoc,NumOT"
OLD_HEADER = "season,daynum,wteam,wscore,lteam,lscore,wloc,numot"
MEN, WOMEN = 1101, 3101  # id of the league's team 0


def write_tables(
    folder: Path,
    league: League,
    *,
    prefix: str = "",
    first_id: int = MEN,
    detailed: bool = False,
    letters: bool = False,
    until: int | None = None,
) -> Path:
    """Results, tournaments, seeds and names.

    Args:
        folder: Where to write.
        league: Whose games.
        prefix: Before every name.
        first_id: Id of team 0.
        detailed: Write detailed results instead of compact ones.
        letters: Write the files of 2014: other names, a letter for a season (2001 is F).
        until: The last season whose tournament has results; its seeds are there all the same.
    """

    def lines(rows: list[str]) -> list[str]:
        found = []
        for row in rows:
            season, day, winner, points, loser, *rest = row.split(",")
            if letters:
                season = chr(ord("A") + int(season) - 1996)
            ids = (str(int(each) - MEN + first_id) for each in (winner, loser))
            one, two = ids
            found.append(",".join([season, day, one, points, two, *rest, *["1"] * 3 * detailed]))
        return found

    finals = league.tournament
    if until is not None:
        finals = finals.take(finals.season <= until)
    header = OLD_HEADER if letters else HEADER + ",WFGM,WFGA,LFGM" * detailed
    kind = "Detailed" if detailed else "Compact"
    names = {
        "season": "regular_season_results.csv" if letters else f"RegularSeason{kind}Results.csv",
        "tourney": "tourney_results.csv" if letters else f"NCAATourney{kind}Results.csv",
        "seeds": "tourney_seeds.csv" if letters else "NCAATourneySeeds.csv",
        "teams": "teams.csv" if letters else "Teams.csv",
    }
    paths = {part: folder / f"{prefix}{name}" for part, name in names.items()}
    write_lines(paths["season"], [header, *lines(results_lines(league.regular))])
    played = [header, *lines(results_lines(finals))]
    if letters:  # which say nothing of the place
        played = [",".join([*row.split(",")[:6], row.split(",")[7]]) for row in played]
    write_lines(paths["tourney"], played)
    seeds = [
        f"{chr(ord('A') + FIRST_SEASON + at - 1996) if letters else FIRST_SEASON + at},"
        f"{'WXYZ'[region]}{line + 1:02},{first_id + team}"
        for at, regions in enumerate(league.seeded.tolist())
        for region, field in enumerate(regions)
        for line, team in enumerate(field)
    ]
    write_lines(paths["seeds"], ["season,seed,team" if letters else "Season,Seed,TeamID", *seeds])
    teams = range(league.strength.shape[1])
    title = "id,name" if letters else "TeamID,TeamName"
    write_lines(paths["teams"], [title, *(f"{first_id + team},Team {team:03d}" for team in teams)])
    return folder
