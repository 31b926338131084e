"""The bracket of a knock-out tournament: from seed labels to games, from files or by rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo.core.errors import DataError
from zoo.data.csv import read_csv, some
from zoo.forecasting.seasons import rows_of

Slots = Mapping[str, tuple[str, str]]  # slot -> what its two sides come from: labels or slots

MOST_SEEDS = 16  # in a region
USUAL_PLACES = 64
USUAL_REGIONS = "WXYZ"
_LABEL = re.compile(r"([A-Za-z])(\d\d)([ABab]?)", re.ASCII)
_ROUND = re.compile(r"R([1-9])[A-Z]+\d*", re.ASCII)
_ENDS = {1: "final", 2: "semi-finals", 4: "quarter-finals"}  # games of the round -> its name


@dataclass(frozen=True)
class Pairing:
    """A game of the bracket before it is played.

    Attributes:
        slot: Its name, such as R1W1; of a play-in game the place that it decides, such as W16.
        round: 0 for a play-in game, 1 for the first round of the whole field.
        sides: What its two teams come from. A number below the count of teams is a team's place
            in `Bracket.teams`; with the count taken off it is a game's place in `Bracket.games`.
    """

    slot: str
    round: int
    sides: tuple[int, int]


@dataclass(frozen=True)
class Bracket:
    """Who meets whom in one season's tournament; made by `bracket_of`.

    Attributes:
        season: The year.
        teams: Team ids in the order of their labels.
        seeds: Label of each team, such as W01 or Y16a.
        games: Every game after those that it depends on, the final last.
    """

    season: int
    teams: tuple[int, ...]
    seeds: tuple[str, ...]
    games: tuple[Pairing, ...]

    @property
    def rounds(self) -> int:
        """How many games the champion wins, not counting a play-in game."""
        return self.games[-1].round

    @property
    def round_names(self) -> tuple[str, ...]:
        """What each round is called, from round 1 to the final."""
        games = [2 ** (self.rounds - each) for each in range(1, self.rounds + 1)]
        return tuple(_ENDS.get(count, f"round of {2 * count}") for count in games)

    @property
    def regions(self) -> tuple[str, ...]:
        """The letters of the regions, in the order of the alphabet."""
        return tuple(sorted({label[0] for label in self.seeds}))

    @property
    def play_ins(self) -> tuple[Pairing, ...]:
        """The games that decide who takes a place in the first round."""
        return tuple(game for game in self.games if game.round == 0)


def bracket_of(
    seeds: Mapping[str, int],
    season: int,
    note: Callable[[str], None] | None = None,
    *,
    slots: Slots | None = None,
) -> Bracket:
    """The bracket that these seeds make.

    In a region of 16 the games are 1-16, 8-9, 5-12, 4-13, 6-11, 3-14, 7-10 and 2-15, and winners
    of neighbors meet. Then the first region meets the second and the third the fourth, in the
    order of the alphabet. Regions may have 1, 2, 4, 8 or 16 places, and there may be 1, 2, 4 or 8.
    Two labels with a and b are a play-in game for the place without it.

    Args:
        seeds: Label -> team id. A label is a region's letter, two digits, and a or b.
        season: The year, for names and messages.
        note: Called with one line where the field is not 64 places in the regions W, X, Y, Z.
        slots: The games, where they are not as above; see `read_slots`.

    Raises:
        DataError: a label is of another form or given twice, a team has two labels, a place is
            missing, or the slots do not make a tournament in which one team is left.
    """
    named = _by_label(seeds, season)
    if slots is None:
        slots = _usual_slots(named, season, note or (lambda line: None))
    else:
        slots = {
            _plain(slot): (_plain(strong), _plain(weak)) for slot, (strong, weak) in slots.items()
        }
        _check_places(named, slots, season)
    labels = sorted(named)
    source = {label: place for place, label in enumerate(labels)}
    rounds = {slot: int(found[1]) if (found := _ROUND.fullmatch(slot)) else 0 for slot in slots}
    games: list[Pairing] = []
    free = set(labels)  # labels and slots that no game has taken yet
    for slot in sorted(slots, key=lambda each: (rounds[each], each)):
        for side in slots[slot]:
            before = rounds.get(side, -1) if side in slots else 0
            fits = before == rounds[slot] - 1 or (rounds[slot] < 2 and side in named)
            if side not in free or not fits:
                raise DataError(
                    f"the slots of {season}: {slot} cannot take {side}; each label and each slot "
                    "goes on to one game of the next round"
                )
            free.remove(side)
        strong, weak = slots[slot]
        games.append(Pairing(slot, rounds[slot], (source[strong], source[weak])))
        source[slot] = len(labels) + len(games) - 1
        free.add(slot)
    if len(free) > 1 or not games[-1].round:
        raise DataError(f"the slots of {season} leave {some(sorted(free))}: one final must remain")
    return Bracket(season, tuple(named[label] for label in labels), tuple(labels), tuple(games))


def read_slots(
    path: Path, season: int, letters: Mapping[str, int] | None = None
) -> dict[str, tuple[str, str]]:
    """Slot -> its strong and its weak side, from Kaggle's `...TourneySlots.csv`.

    Args:
        path: A file with columns Season, Slot, StrongSeed, WeakSeed, in any case.
        season: The year.
        letters: Season letter -> year, for 2014's files; see `read_seasons`.

    Raises:
        DataError: the file is damaged, lacks a column, has no such season, or a slot twice.
    """
    names = ("season", "slot", "strongseed", "weakseed")
    table = read_csv(path, {name: name for name in names})
    slot, strong, weak = (table.words(name).tolist() for name in names[1:])
    found: dict[str, tuple[str, str]] = {}
    for row in rows_of(table, season, letters):
        if slot[row] in found:
            raise table.wrong(row, "slot", f"slot {slot[row]} is in {season} twice")
        found[slot[row]] = (strong[row], weak[row])
    return found


def _plain(label: str) -> str:
    """A label or slot as Kaggle writes it: capitals, but for the a and b of a play-in game."""
    found = _LABEL.fullmatch(label)
    return f"{found[1].upper()}{found[2]}{found[3].lower()}" if found else label.upper()


def _by_label(seeds: Mapping[str, int], season: int) -> dict[str, int]:
    """The seeds with plain labels."""
    named: dict[str, int] = {}
    label_of: dict[int, str] = {}
    for written, team in seeds.items():
        label = _plain(written)
        found = _LABEL.fullmatch(label)
        if not found or not 1 <= int(found[2]) <= MOST_SEEDS:
            raise DataError(f"the seeds of {season}: {written!r} is not a seed like W01 or Y16a")
        if label in named:
            raise DataError(f"the seeds of {season} name {label} twice")
        if team in label_of:
            raise DataError(f"the seeds of {season}: team {team} is {label_of[team]} and {label}")
        named[label] = team
        label_of[team] = label
    if len(named) < 2:
        raise DataError(f"the seeds of {season} name {len(named)} teams; a bracket needs 2 or more")
    return named


def _check_places(named: Iterable[str], slots: Slots, season: int) -> None:
    """Refuse slots whose labels are not those of the seeds."""
    wanted = {side for sides in slots.values() for side in sides} - set(slots)
    known = set(named)
    _refuse_missing(wanted - known, len(wanted), season)
    if known - wanted:
        extra = some(sorted(known - wanted))
        raise DataError(f"the seeds of {season} name {extra}, which no slot takes")


def _refuse_missing(missing: set[str], places: int, season: int) -> None:
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise DataError(
            f"the seeds of {season} name {places - len(missing)} of {places} places: "
            f"{some(sorted(missing))} {verb} missing"
        )


def _usual_slots(
    named: Iterable[str], season: int, note: Callable[[str], None]
) -> dict[str, tuple[str, str]]:
    """Kaggle's slots of these labels."""
    labels = set(named)
    taken = {label[:3] for label in labels}  # places, with or without a play-in game
    regions = sorted({label[0] for label in labels})
    each = 1 << (max(int(place[1:]) for place in taken) - 1).bit_length()  # places in a region
    if len(regions) not in (1, 2, 4, 8):
        raise DataError(
            f"the seeds of {season} have {len(regions)} regions ({some(regions)}); "
            "a bracket needs 1, 2, 4 or 8"
        )
    places = {region: [f"{region}{seed:02}" for seed in range(1, each + 1)] for region in regions}
    wanted = {place for row in places.values() for place in row}
    _refuse_missing(wanted - taken, len(wanted), season)
    slots: dict[str, tuple[str, str]] = {}
    for place in sorted(taken):
        playing = [place + letter for letter in ("", "a", "b") if place + letter in labels]
        if playing == [place + "a", place + "b"]:
            slots[place] = (playing[0], playing[1])
        elif playing != [place]:
            need = f"{place}, or {place}a and {place}b"
            raise DataError(f"the seeds of {season} name {' and '.join(playing)}, not {need}")
    if each * len(regions) != USUAL_PLACES:
        size = f"{each * len(regions)} places ({len(regions)} x {each})"
        note(f"the seeds of {season} make a field of {size}, not {USUAL_PLACES}")
    if len(regions) == 4 and "".join(regions) != USUAL_REGIONS:
        a, b, c, d = regions
        note(f"the regions of {season} are {a}, {b}, {c}, {d}: {a} meets {b}, and {c} meets {d}")
    last = 0
    while each > 1:
        last, each = last + 1, each // 2
        for region, entrants in places.items():
            names = [f"R{last}{region}{number}" for number in range(1, each + 1)]
            if each == len(regions) == 1:
                names = [f"R{last}CH"]
            # The best meets the worst: the games of a round are named by their better seed.
            slots |= zip(names, zip(entrants[:each], reversed(entrants), strict=False), strict=True)
            places[region] = names
    left = [(region, entrants[0]) for region, entrants in places.items()]
    while len(left) > 1:
        last += 1
        met = []
        for (area, strong), (other, weak) in zip(left[::2], left[1::2], strict=True):
            slot = f"R{last}{'CH' if len(left) == 2 else area + other}"
            slots[slot] = (strong, weak)
            met.append((area + other, slot))
        left = met
    return slots
