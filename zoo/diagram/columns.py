"""Where to break a deep graph into columns, so that it does not become a page-high ribbon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from zoo.diagram.fold import Sketch, Wire

MAX_HEIGHT = 560.0  # points that a drawing may reach before it is broken


def breaks(drawn: Sketch, heights: Sequence[float], columns: int | None) -> list[Wire]:
    """The wires that lead from one column to the next, `columns` - 1 of them where possible.

    Args:
        heights: The height of each unit and the arrow below it.
        columns: How many columns; None decides by the height.
    """
    bridges = _bridges(drawn)
    levels = _levels(drawn)
    rows = [0.0] * (max(levels) + 1)
    for level, height in zip(levels, heights, strict=True):
        rows[level] = max(rows[level], height)
    above = [0.0, *accumulate(rows)]
    starts = [0.0, *(above[levels[wire.head]] for wire in bridges), above[-1]]
    pieces = [end - start for start, end in zip(starts, starts[1:], strict=False)]
    wanted = columns or math.ceil(above[-1] / MAX_HEIGHT)
    return [bridges[index] for index in _even_cuts(pieces, wanted)]


def _bridges(drawn: Sketch) -> list[Wire]:
    """The wires from one unit to the next that, cut, part the sketch in two."""
    found = []
    for place in range(1, len(drawn.units)):
        crossing = [wire for wire in drawn.wires if wire.tail < place <= wire.head]
        if len(crossing) == 1 and (crossing[0].tail, crossing[0].head) == (place - 1, place):
            found.append(crossing[0])
    return found


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
    limit = min(
        (
            sum(pieces[start:end])
            for start in range(len(pieces))
            for end in range(start + 1, len(pieces) + 1)
            if len(_greedy(pieces, sum(pieces[start:end]))) < parts
        ),
        default=math.inf,
    )
    return _greedy(pieces, limit)


def _greedy(pieces: Sequence[float], limit: float) -> list[int]:
    """Cuts that fill each stretch up to `limit`, or with one piece that exceeds it."""
    cuts, height = [], 0.0
    for index, piece in enumerate(pieces):
        if height and height + piece > limit + 1e-6:
            cuts.append(index - 1)
            height = 0.0
        height += piece
    return cuts
