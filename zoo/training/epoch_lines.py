"""How an epoch's values are laid out as text that fits the terminal; loads no TensorFlow."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

CELL = 7  # characters of a number
GAP = "   "  # between two columns
CUT = 15  # characters that a title is cut to where space is short
TRAIN, VALIDATION = "train", "val"


@dataclass(frozen=True)
class Column:
    """A value under its title, of the training rows and, if there are any, of the validation's.

    Attributes:
        title: What is printed above.
        keys: Names in Keras's logs.
        width: Characters.
    """

    title: str
    keys: tuple[str, ...]

    @property
    def width(self) -> int:
        return max(len(self.title), len(self.keys) * (CELL + 1) - 1)

    def heads(self) -> str:
        """The line under the title: which rows each number is of."""
        words = (VALIDATION if key.startswith("val_") else TRAIN for key in self.keys)
        return " ".join(f"{word:>{CELL}}" for word in words).rjust(self.width)

    def cells(self, logs: Mapping[str, float]) -> str:
        """The numbers; a dash for one that this epoch does not have."""
        numbers = (figure(logs[key]) if key in logs else "-" for key in self.keys)
        return " ".join(f"{number:>{CELL}}" for number in numbers).rjust(self.width)


def figure(value: float) -> str:
    """A number in at most 7 characters, 8 if it is negative: five digits or so.

    >>> [figure(value) for value in (0.53127, 12.3456, 144.2075, 1234567.0, 0.00002)]
    ['0.5313', '12.346', '144.21', '1.2e+06', '2.0e-05']
    """
    size = abs(value)
    if not math.isfinite(value) or size == 0:
        return f"{value:.4f}"
    if size < 0.001 or size >= 99_999.5:
        return f"{value:.1e}"
    decimals = 4 - max(0, math.floor(math.log10(size)))
    return f"{value:.{max(0, decimals)}f}"


def first_values(reported: Sequence[str], outputs: Sequence[str]) -> list[str]:
    """The loss, and each output's first metric, or its loss if it has none.

    Args:
        reported: Names as training reports them, metrics in the order of the recipe.
        outputs: Names of the model's outputs.
    """
    if len(outputs) == 1:
        return list(reported[:2])
    chosen = ["loss"]
    for output in outputs:
        own = [name for name in reported if _output_of(name, outputs) == output]
        metrics = [name for name in own if name != f"{output}_loss"]
        chosen += (metrics or own)[:1]
    return chosen


def _output_of(name: str, outputs: Sequence[str]) -> str:
    """The output that a metric's name begins with, the longest that fits."""
    return max((each for each in outputs if name.startswith(f"{each}_")), key=len, default="")


def columns_for(names: Sequence[str], logs: Mapping[str, float], room: int) -> list[Column]:
    """Columns of these values that fit into `room` characters.

    Where space is short, titles are cut, then the training values of the metrics go, then the
    last columns; the loss stays.

    Args:
        names: Values, the loss first.
        logs: Of an epoch: a metric that is the loss there shares its column.
        room: Characters.
    """
    titles = {names[0]: names[0]}
    for name in names[1:]:
        if all(_same(logs, f"{each}{name}", f"{each}{names[0]}") for each in ("", "val_")):
            titles[names[0]] += f" = {name}"
        else:
            titles[name] = name
    validated = f"val_{names[0]}" in logs
    last = "val_" if validated else ""
    both = {name: (name, f"val_{name}") if validated else (name,) for name in titles}
    one = {name: (f"{last}{name}",) for name in titles}
    for keys in (both, {**one, names[0]: both[names[0]]}, one):
        for most in (1000, CUT):
            found = [Column(_cut(titles[name], most), keys[name]) for name in titles]
            if _length(found) <= room:
                return found
    while len(found) > 1 and _length(found) > room:
        found.pop()
    wider = [Column(found[0].title, both[names[0]]), *found[1:]]
    return wider if _length(wider) <= room else found


def _same(logs: Mapping[str, float], one: str, other: str) -> bool:
    return (one in logs) == (other in logs) and (
        one not in logs or math.isclose(logs[one], logs[other], rel_tol=1e-6)
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _length(columns: Sequence[Column]) -> int:
    return sum(len(GAP) + column.width for column in columns)


def header(columns: Sequence[Column], indent: int) -> list[str]:
    """The titles, and under them which rows the numbers are of where there are two kinds."""
    lines = [GAP.join(["", *(f"{column.title:>{column.width}}" for column in columns)])]
    if any(key.startswith("val_") for column in columns for key in column.keys):
        lines.append(GAP.join(["", *(column.heads() for column in columns)]))
    return [f"{'':{indent}}{line}" for line in lines]


def row(label: str, columns: Sequence[Column], logs: Mapping[str, float], took: str) -> str:
    """One epoch under the header."""
    return GAP.join([label, *(column.cells(logs) for column in columns), took])


def details(label: str, logs: Mapping[str, float], took: str, width: int) -> Iterator[str]:
    """One epoch with every value, over as many lines as it needs."""
    yield f"{label}   {took}"
    for kind in (TRAIN, VALIDATION):
        held = kind == VALIDATION
        pairs = [
            f"{name.removeprefix('val_')}\N{NO-BREAK SPACE}{figure(value)}"
            for name, value in logs.items()
            if name.startswith("val_") == held
        ]
        if pairs:
            folded = textwrap.wrap(
                "  ".join(pairs),
                max(20, width),
                initial_indent=f"  {kind:<5}  ",
                subsequent_indent=" " * 9,
                break_long_words=False,
                break_on_hyphens=False,
            )
            yield from (line.replace("\N{NO-BREAK SPACE}", " ") for line in folded)


def seconds(duration: float) -> str:
    """A duration as the lines end with it."""
    return f"{duration:.2f} s" if duration < 100 else f"{duration:.0f} s"
