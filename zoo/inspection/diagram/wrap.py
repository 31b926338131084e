"""Where to break a deep graph into columns, so that it does not become a page-high ribbon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

from zoo.inspection.diagram.coarsen import Sketch, Wire

MAX_HEIGHT = 600.0  # points that a drawing may reach before it is broken


def turns(drawn: Sketch, heights: Sequence[float], columns: int | None) -> list[Wire]:
    """The wires that lead from one column to the next, `columns` - 1 of them where possible.

    Args:
        heights: The height of each unit and the arrow below it.
        columns: How many columns; None decides by the height.
    """
    levels = _levels(drawn)
    rows = [0.0] * (max(levels) + 1)
    for level, height in zip(levels, heights, strict=True):
        rows[level] = max(rows[level], height)
    above = [0.0, *accumulate(rows)]
    bridges = _bridges(drawn, levels) if _all_start_at_the_top(drawn, levels) else []
    starts = [0.0, *(above[levels[wire.head]] for wire in bridges), above[-1]]
    pieces = [below - start for start, below in pairwise(starts)]
    wanted = columns or math.ceil(above[-1] / MAX_HEIGHT)
    return [bridges[index] for index in _even_cuts(pieces, wanted)]


def column_of(drawn: Sketch, turned: Sequence[Wire]) -> list[int]:
    """The column of each unit: how many of the turns lie above it."""
    below = [_descendants(drawn, wire.head) for wire in turned]
    return [sum(place in each for each in below) for place in range(len(drawn.units))]


def spine(drawn: Sketch) -> list[int]:
    """The units that have a row to themselves, to be kept in a straight line."""
    levels = _levels(drawn)
    return [place for place, level in enumerate(levels) if levels.count(level) == 1]


def heads(drawn: Sketch, turned: Sequence[Wire]) -> list[int]:
    """What stands in the top row: the inputs, then the top of each further column."""
    levels = _levels(drawn)
    inputs = [place for place, level in enumerate(levels) if level == 0]
    return [*inputs, *(wire.head for wire in turned)]


def _bridges(drawn: Sketch, levels: Sequence[int]) -> list[Wire]:
    """The wires of the longest path, from its start, that alone feed all that lies below them."""
    found = []
    place = levels.index(max(levels))
    while levels[place]:
        into = [wire for wire in drawn.wires if wire.head == place]
        last = next(wire for wire in into if levels[wire.tail] == levels[place] - 1)
        below = _descendants(drawn, place)
        entering = [w for w in drawn.wires if w.head in below and w.tail not in below]
        alone = levels.count(levels[last.tail]) == 1  # else the turn would cross its neighbors
        if entering == [last] and alone:
            found.append(last)
        place = last.tail
    return found[::-1]


def _all_start_at_the_top(drawn: Sketch, levels: Sequence[int]) -> bool:
    """Whether every input is read in the second row; one read further down would cross a turn."""
    read = {wire.tail for wire in drawn.wires if levels[wire.head] == 1}
    return all(place in read for place, level in enumerate(levels) if level == 0)


def _descendants(drawn: Sketch, place: int) -> set[int]:
    """A unit and all that reads from it, directly or not."""
    below = {place}
    for wire in sorted(drawn.wires, key=lambda wire: wire.head):
        if wire.tail in below:
            below.add(wire.head)
    return below


def _levels(drawn: Sketch) -> list[int]:
    """The row of each unit: one below the lowest of its sources."""
    levels = [0] * len(drawn.units)
    for wire in sorted(drawn.wires, key=lambda wire: wire.head):
        levels[wire.head] = max(levels[wire.head], levels[wire.tail] + 1)
    return levels


def _even_cuts(pieces: Sequence[float], parts: int) -> list[int]:
    """Where to cut a row of pieces into at most `parts` stretches, the longest kept short.

    Returns the indices of cuts: cut i lies between pieces i and i + 1.
    """
    ends = [0.0, *accumulate(pieces)]
    lengths = sorted(end - start for at, start in enumerate(ends) for end in ends[at + 1 :])
    cuts = (_cuts(pieces, length) for length in lengths)
    return next(found for found in cuts if len(found) < max(parts, 1))


def _cuts(pieces: Sequence[float], limit: float) -> list[int]:
    """Cuts that fill each stretch up to `limit`, or with one piece that exceeds it."""
    cuts, height = [], 0.0
    for index, piece in enumerate(pieces):
        if height and height + piece > limit + 1e-6:
            cuts.append(index - 1)
            height = 0.0
        height += piece
    return cuts
