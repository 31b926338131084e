"""Finds the real files in a folder, by the names under which the two layouts are published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zoo.core.errors import DataError

LEAGUES = {"men": ("m", ""), "women": ("w",)}  # letter before the name, best first
LAYOUTS = ("kaggle", "course")

# Without case and underscores, so that older spellings such as tourney_seeds.csv are found too.
_RESULTS = ("regularseasoncompactresults.csv",)
_TOURNEY = ("ncaatourneycompactresults.csv", "tourneycompactresults.csv")
_SEEDS = ("ncaatourneyseeds.csv", "tourneyseeds.csv")
_TEAMS = ("teams.csv",)


@dataclass(frozen=True)
class CourseFiles:
    """The course's files; each may be absent."""

    season: Path | None
    tourney: Path | None


@dataclass(frozen=True)
class KaggleFiles:
    """Kaggle's files of one league; each may be absent."""

    results: Path | None
    tourney: Path | None
    seeds: Path | None
    teams: Path | None


@dataclass(frozen=True)
class Found:
    """The files of a folder, and the layout in which to read each part; None: it is not there."""

    kaggle: KaggleFiles
    course: CourseFiles
    season_layout: str | None
    tourney_layout: str | None


def find(
    folder: Path, league_of: str | None = None, layout: str | None = None, *, seeds: bool = True
) -> Found:
    """Decide what to read in `folder`.

    Kaggle's layout goes before the course's: it has names, days and one row a game. Tournaments
    are read in the layout of the regular seasons, whose ids they share; in the other one only
    where there is no choice, and then their teams have no strengths.

    Args:
        folder: The dataset's folder in the data home; it need not exist.
        league_of: `men` or `women`; None takes the men's files where there are any.
        layout: `kaggle` or `course`, to read only that.
        seeds: Whether tournaments are of use only with their seeds.

    Raises:
        DataError: the folder cannot be listed.
    """
    try:
        present = {
            path.name.lower().replace("_", ""): path
            for path in sorted(folder.iterdir() if folder.is_dir() else ())
            if path.is_file()
        }
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror or error}") from error

    def first(names: tuple[str, ...], letters: tuple[str, ...]) -> Path | None:
        tried = (letter + name for letter in letters for name in names)
        return next((present[name] for name in tried if name in present), None)

    def of_league(league: str) -> KaggleFiles:
        letters = LEAGUES[league]
        return KaggleFiles(
            *(first(names, letters) for names in (_RESULTS, _TOURNEY, _SEEDS, _TEAMS))
        )

    nothing = KaggleFiles(None, None, None, None)
    kaggle = nothing if layout == "course" else of_league(league_of or "men")
    course = CourseFiles(present.get("gamesseason.csv"), present.get("gamestourney.csv"))
    if layout == "kaggle" or league_of == "women":
        course = CourseFiles(None, None)
    if (
        league_of is None
        and layout != "course"
        and not (kaggle.results or kaggle.tourney or course.season or course.tourney)
    ):
        kaggle = of_league("women")

    season = "kaggle" if kaggle.results else "course" if course.season else None
    has_tourney = {
        "kaggle": kaggle.tourney is not None and (not seeds or kaggle.seeds is not None),
        "course": course.tourney is not None,
    }
    preferred = LAYOUTS if season != "course" else LAYOUTS[::-1]
    tourney = next((name for name in preferred if has_tourney[name]), None)
    return Found(kaggle, course, season, tourney)
