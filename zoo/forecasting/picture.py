"""A bracket as a picture: every game with both teams and their chances, along one path."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from zoo.core.errors import DataError
from zoo.core.files import replacing
from zoo.forecasting.bracket import Bracket, Pairing
from zoo.forecasting.chances import Floats, Game, checked, most_probable_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, PALE, BLUE = "#30363d", "#8b949e", "#0072b2"
SMALL, MEDIUM, LARGE = 8.5, 10, 15  # points
ROW = 0.27  # inches from one team to the next in the first round
COLUMN, MIDDLE = 1.8, 2.3  # inches across a round and the final
NARROWEST = 9.0  # inches across the picture, for its two lines of text
ABOVE, BELOW, BESIDE = 1.35, 0.3, 0.2  # inches around the lines of the bracket
FINAL = 0.18  # inches from the middle to either line of the final
PAD = 0.05  # inches between words and the ends of their line
BETWEEN_GAMES, BETWEEN_REGIONS = 0.35, 1.2  # rows
FAVORITES = 8  # teams in the list of title chances
LEGEND = (
    "The most probable path. Bold on a thick line: the winner. "
    "The percentage is the team's chance to win that game."
)
SALT = "zoo"  # of the ids in an SVG, which are random otherwise
# What the files say of themselves: no date, so equal input gives equal bytes.
METADATA: dict[str, dict[str, Any]] = {".svg": {"Date": None}, ".png": {"Software": None}}


def draw(
    path: Path,
    bracket: Bracket,
    names: Mapping[int, str],
    chance: ArrayLike,
    odds: ArrayLike,
    title: str,
) -> None:
    """Draw the bracket with the teams of its most probable path, whose winners are bold.

    Half of the field is on the left, half on the right, the final in the middle, with the play-in
    games above it and the teams with the highest chances of the title below. The percentage at a
    team is its chance to win that very game.

    Args:
        path: The file, ending in .svg or .png. Equal input gives equal bytes.
        bracket: Who meets whom.
        names: Team id -> name; a team without one is `team 1234`. Long names are cut.
        chance: Probability that team i of the bracket beats team j, shape (teams, teams).
        odds: Probability that each team wins its game of each round, shape (teams, rounds), of
            `exact` or `simulate`; the last column is shown.
        title: Stands above.

    Raises:
        DataError: another suffix, another shape of `odds`, or chances refused by `checked`.
        OSError: the file cannot be written.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in METADATA:
        raise DataError(f"{path}: a picture's name must end in .svg or .png")
    chance = checked(bracket, chance)
    shares = np.asarray(odds, np.float64)
    shape = (len(bracket.teams), bracket.rounds)
    if shares.shape != shape:
        raise DataError(f"odds must have shape {shape}, not {shares.shape}")
    import matplotlib

    games = most_probable_path(bracket, chance)
    same: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": SALT}  # words stay words
    with warnings.catch_warnings(), matplotlib.rc_context(same), replacing(path) as partial:
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # it is drawn as a box
        figure = _figure(bracket, names, games, shares, title)
        figure.savefig(partial, format=kind[1:], metadata=METADATA[kind])


def _figure(
    bracket: Bracket, names: Mapping[int, str], games: list[Game], odds: Floats, title: str
) -> Figure:
    """The whole picture."""
    from matplotlib.figure import Figure

    places = _Places(bracket)
    above = max(places.rows / 2, 3 + 2.5 * len(bracket.play_ins))  # rows over the final
    below = max(places.rows / 2, 6 + min(FAVORITES, len(bracket.teams)))
    bare = 2 * (bracket.rounds - 1) * COLUMN + MIDDLE
    width = max(bare + 2 * BESIDE, NARROWEST)
    left, center = (width - bare) / 2, ABOVE + above * ROW
    height = center + below * ROW + BELOW

    figure = Figure(figsize=(width, height), dpi=110, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    page = _Page(axes, bracket, names)
    for y, words, weight, size in ((0.42, title, "bold", LARGE), (0.72, LEGEND, "normal", MEDIUM)):
        kept = _fitted(words, width - 2 * BESIDE, weight, size)
        page.text(width / 2, y, kept, ha="center", fontweight=weight, fontsize=size)
    for number, game in enumerate(games[:-1]):
        if game.round:
            x, right = left + (game.round - 1) * COLUMN, places.right[number]
            x = width - x - COLUMN if right else x
            lines = places.of(number, center)
            joint = sum(lines) / 2
            if game.round == bracket.rounds - 1:  # the two lines of the final are one over another
                joint = center + (FINAL if right else -FINAL)
            page.game(game, x, lines, x if right else x + COLUMN, joint)
            if places.ends_region(number):
                page.region(game, x + COLUMN / 2, lines)
    for number, name in enumerate(bracket.round_names[:-1]):
        for x in (left + (number + 0.5) * COLUMN, width - left - (number + 0.5) * COLUMN):
            page.text(x, ABOVE - 0.3, name, ha="center", fontsize=MEDIUM)
    page.middle(games, odds, (width - MIDDLE) / 2, center)
    return figure


class _Places:
    """On which lines the games of both halves are, in rows from the line of the final.

    Attributes:
        right: Of each game, whether it is in the right half.
        rows: The height of the halves.
    """

    def __init__(self, bracket: Bracket) -> None:
        self._bracket = bracket
        self._lines: dict[int, tuple[float, float]] = {}  # of the two sides
        self.right = [False] * len(bracket.games)
        self.rows, self._next = 0.0, 0.0
        for half, side in enumerate(bracket.games[-1].sides) if bracket.rounds > 1 else ():
            self._next = 0.0
            self._place(side - len(bracket.teams), False, bool(half))
            self.rows = max(self.rows, self._next)
        self._middle = (self.rows - 1 - BETWEEN_GAMES) / 2

    def of(self, number: int, center: float) -> tuple[float, float]:
        """The lines of a game's two sides in inches, where the final is at `center`."""
        one, two = self._lines[number]
        return center + (one - self._middle) * ROW, center + (two - self._middle) * ROW

    def ends_region(self, number: int) -> bool:
        """Whether the winner of a game is the winner of a region of several."""
        side = number + len(self._bracket.teams)
        after = next(game for game in self._bracket.games if side in game.sides)
        return _inside(self._bracket.games[number]) and not _inside(after)

    def _place(self, number: int, mirrored: bool, right: bool) -> float:
        """Place a game and those before it; returns the line of its winner."""
        game = self._bracket.games[number]
        self.right[number] = right
        inside = _inside(game)
        lines = [0.0, 0.0]
        # Printed brackets have the strong sides at the edges of a region: its lower half upside
        # down, so that the games are 1-16, 8-9, 5-12, 4-13, 6-11, 3-14, 7-10, 2-15.
        for which in (1, 0) if mirrored and game.round > 1 else (0, 1):
            if game.round == 1:
                lines[which] = self._next
                self._next += 1.0
            else:
                before = game.sides[which] - len(self._bracket.teams)
                lines[which] = self._place(before, inside and (mirrored or which == 1), right)
                if not inside and which == 0:
                    self._next += BETWEEN_REGIONS
        if game.round == 1:
            self._next += BETWEEN_GAMES
        self._lines[number] = (lines[0], lines[1])
        return sum(lines) / 2


def _inside(game: Pairing) -> bool:
    """Whether a game is one of a region: R4W1, not R5WX."""
    return game.slot[-1].isdigit()


@dataclass
class _Page:
    """What is drawn on; lengths are inches, and y grows downward."""

    axes: Axes
    bracket: Bracket
    names: Mapping[int, str]
    label: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self.label = dict(zip(self.bracket.teams, self.bracket.seeds, strict=True))
        seeds = {label[1:3] for label in self.bracket.seeds}
        # With fewer than four places in a region its letter has no room and goes to the teams.
        self.lettered = len(self.bracket.regions) > 1 and len(seeds) >= 4

    def team(self, team: int) -> str:
        """Seed and name."""
        label = self.label[team]
        letter = "" if self.lettered or len(self.bracket.regions) == 1 else label[0]
        name = " ".join(self.names.get(team, f"team {team}").split())
        return f"{letter}{int(label[1:3])} {name}"

    def text(self, x: float, y: float, words: str, **style: Any) -> None:
        """Words as they are: a dollar sign begins no formula."""
        self.axes.text(x, y, words, **{"fontsize": SMALL, "color": INK} | style, parse_math=False)

    def line(self, x: float, to_x: float, y: float, to_y: float, wins: bool) -> None:
        """A straight line, thick and blue for a winner."""
        color, width = (BLUE, 2.2) if wins else (PALE, 0.8)
        over = 3 if wins else 2
        self.axes.plot([x, to_x], [y, to_y], color=color, lw=width, zorder=over)

    def row(self, x: float, y: float, width: float, name: str, number: str, wins: bool) -> None:
        """A name on the left and a number on the right, just above y."""
        weight = "bold" if wins else "normal"
        style: dict[str, Any] = {"fontweight": weight, "color": BLUE if wins else INK}
        room = width - 3 * PAD - _width(number, weight, SMALL)
        self.text(x + PAD, y - PAD, _fitted(name, room, weight, SMALL), **style)
        self.text(x + width - PAD, y - PAD, number, ha="right", **style)

    def pair(self, game: Game, x: float, lines: tuple[float, float], width: float) -> None:
        """Both teams of a game, each on its line."""
        for team, y in zip(game.teams, lines, strict=True):
            wins = team == game.winner
            number = percent(game.chance if wins else 1 - game.chance)
            self.row(x, y, width, self.team(team), number, wins)
            self.line(x, x + width, y, y, wins)

    def game(
        self, game: Game, x: float, lines: tuple[float, float], end: float, joint: float
    ) -> None:
        """A game before the final, joined at the x `end` to the winner's next line at `joint`."""
        self.pair(game, x, lines, COLUMN)
        for team, y in zip(game.teams, lines, strict=True):
            self.line(end, end, y, joint, team == game.winner)

    def region(self, game: Game, x: float, lines: tuple[float, float]) -> None:
        """The letter of the region that a game decides, between its two lines."""
        if self.lettered:
            style = {"ha": "center", "va": "center", "fontweight": "bold", "fontsize": MEDIUM}
            y = 0.65 * lines[0] + 0.35 * lines[1]  # the lower line has words above it
            self.text(x, y, f"region {self.label[game.winner][0]}", **style)

    def middle(self, games: list[Game], odds: Floats, x: float, center: float) -> None:
        """The play-in games, the final, the champion and the list of title chances."""
        final = games[-1]
        self.heading(x, center - 1.9 * ROW, "final")
        self.pair(final, x, (center - FINAL, center + FINAL), MIDDLE)
        champion = _fitted(self.team(final.winner), MIDDLE - 4 * PAD, "bold", LARGE)
        style: dict[str, Any] = {"fontsize": LARGE, "fontweight": "bold", "color": BLUE}
        self.text(x + MIDDLE / 2, center + 3 * ROW, champion, ha="center", **style)
        inner, width = x + 2 * PAD, MIDDLE - 4 * PAD
        y = center + 5 * ROW
        self.heading(x, y, "chance of the title")
        title = odds[:, -1]
        for place in np.argsort(-title, kind="stable")[:FAVORITES].tolist():
            y += ROW
            team = self.team(self.bracket.teams[place])
            self.row(inner, y, width, team, f"{title[place]:.1%}", False)
        played = [game for game in games if game.round == 0]
        y = center - (4 + 2.5 * len(played)) * ROW
        if played:
            self.heading(x, y, "play-in games")
        for number, game in enumerate(played):
            top = y + (1.2 + 2.5 * number) * ROW
            self.pair(game, inner, (top, top + ROW), width)

    def heading(self, x: float, y: float, words: str) -> None:
        """What a part of the middle shows."""
        self.text(x + MIDDLE / 2, y, words, ha="center", fontsize=MEDIUM)


def percent(chance: float) -> str:
    """A probability in whole percent; what is not quite 0 or 1 does not look like it."""
    if 0 < chance < 0.01:
        return "<1%"
    return ">99%" if 0.99 < chance < 1 else f"{chance:.0%}"


def _fitted(words: str, inches: float, weight: str, size: float) -> str:
    """The words, cut to this width if they are longer."""
    if _width(words, weight, size) <= inches:
        return words
    while words and _width(f"{words}…", weight, size) > inches:
        words = words[:-1]
    return f"{words.rstrip()}…"


@cache
def _width(words: str, weight: str, size: float) -> float:
    """Inches of words on one line."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    style = FontProperties(size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(words, style, False)[0] / 72
