"""Lines of text in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zoo.core.console import printable


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Iterator[str]:
    """Lines with the cells in columns, two blanks between them; the last column is not padded.

    Args:
        rows: Each with as many cells.
        right: Columns whose cells read right, such as numbers.
    """
    rows = [[*map(printable, row)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
