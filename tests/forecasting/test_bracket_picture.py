"""The picture of a bracket: what is written where, the same bytes twice, all of it on the page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from forecasting_helpers import bracket, some_chances

from zoo.core.errors import DataError
from zoo.forecasting.bracket import Bracket
from zoo.forecasting.chances import exact, likeliest, most_probable_path
from zoo.forecasting.picture import _figure, draw, percent

SVG = "{http://www.w3.org/2000/svg}"
PLAY_INS = ("W11", "W16", "Y11", "Z16")


def _names(made: Bracket) -> dict[int, str]:
    return {team: f"Team {seed}" for team, seed in zip(made.teams, made.seeds, strict=True)}


def _words(path: Path) -> list[tuple[str, bool]]:
    """(words, bold) of every text in an SVG."""
    texts = ElementTree.parse(path).iter(f"{SVG}text")
    return [("".join(each.itertext()), "weight: 700" in each.get("style", "")) for each in texts]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, chance = bracket(play_ins=PLAY_INS), some_chances(68)
    path = tmp_path_factory.mktemp("picture") / "bracket.svg"
    draw(path, made, _names(made), chance, exact(made, chance), "Forecast of 2016")
    return path


def test_every_game_of_the_path_shows_both_teams(drawn: Path) -> None:
    made, chance = bracket(play_ins=PLAY_INS), some_chances(68)
    names, odds = _names(made), exact(made, chance)
    path = most_probable_path(made, chance)
    assert path != likeliest(made, chance)  # else the picture could show either
    wanted: Counter[tuple[str, bool]] = Counter()
    for game in path:
        for team in game.teams:
            seed = int(names[team][6:8])
            wanted[f"{seed} {names[team]}", team == game.winner] += 1
    champion = path[-1].winner
    wanted[f"{int(names[champion][6:8])} {names[champion]}", True] += 1
    for place in odds[:, -1].argsort()[::-1][:8]:
        team = made.teams[place]
        wanted[f"{int(names[team][6:8])} {names[team]}", False] += 1
    words = Counter(_words(drawn))
    assert Counter({key: n for key, n in words.items() if "Team" in key[0]}) == wanted
    numbers = Counter(key for key in words.elements() if re.fullmatch(r"[<>]?\d+%", key[0]))
    assert numbers == Counter(
        (percent(game.chance if bold else 1 - game.chance), bold)
        for game in path
        for bold in (True, False)
    )
    shown = {key[0] for key in words}
    assert {"Forecast of 2016", "play-in games", "chance of the title", "final"} <= shown
    assert {f"region {letter}" for letter in "WXYZ"} <= shown
    assert f"{odds[:, -1].max():.1%}" in shown


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_equal_input_gives_equal_bytes(tmp_path: Path, kind: str) -> None:
    made, chance = bracket("WX", 4), some_chances(8)
    one, two = tmp_path / f"one.{kind}", tmp_path / f"two.{kind.upper()}"
    for path in (one, two):
        draw(path, made, {}, chance, exact(made, chance), "the same")
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes()[:4] == (b"<?xm" if kind == "svg" else b"\x89PNG")


@pytest.mark.parametrize(
    ("regions", "each", "play_ins"),
    [("WXYZ", 16, PLAY_INS), ("WXYZ", 4, ()), ("WX", 2, ("W02",)), ("W", 8, ()), ("W", 2, ())],
)
def test_no_words_overlap_or_leave_the_page(
    regions: str, each: int, play_ins: tuple[str, ...]
) -> None:
    made = bracket(regions, each, play_ins)
    chance = some_chances(len(made.teams))
    names = dict.fromkeys(made.teams, "Northwestern University of W & Mary")
    odds = exact(made, chance)
    figure = _figure(made, names, most_probable_path(made, chance), odds, "Title " * 60)
    figure.draw_without_rendering()
    page = figure.bbox
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    for number, box in enumerate(boxes):
        assert page.x0 <= box.x0, number
        assert box.x1 <= page.x1, number
        assert page.y0 <= box.y0, number
        assert box.y1 <= page.y1, number
        for other in boxes[:number]:
            assert not box.overlaps(other), (number, figure.axes[0].texts[number].get_text())


def test_odd_names(tmp_path: Path) -> None:
    """A formula's signs, a line break, a letter that the font lacks, no name at all."""
    made, chance = bracket("W", 4), some_chances(4)
    path = tmp_path / "bracket.svg"
    names = {1101: "Cost $x^2$ <b>", 1102: "Two\nlines", 1103: "籃球"}
    draw(path, made, names, chance, exact(made, chance), "$title")
    shown = {words for words, _ in _words(path)}
    assert {"1 Cost $x^2$ <b>", "2 Two lines", "3 籃球", "4 team 1104", "$title"} <= shown


def test_what_cannot_be_drawn(tmp_path: Path) -> None:
    made, chance = bracket("W", 4), some_chances(4)
    with pytest.raises(DataError, match=r"must end in \.svg or \.png"):
        draw(tmp_path / "bracket.pdf", made, {}, chance, exact(made, chance), "")
    with pytest.raises(DataError, match=r"odds must have shape \(4, 2\), not \(4, 3\)"):
        draw(tmp_path / "bracket.svg", made, {}, chance, [[0] * 3] * 4, "")
    assert not [*tmp_path.iterdir()]


def test_percent() -> None:
    chances = (0, 0.001, 0.01, 0.5, 0.99, 0.999, 1)
    shown = [percent(each) for each in chances]
    assert shown == ["0%", "<1%", "1%", "50%", "99%", ">99%", "100%"]
