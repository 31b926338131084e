"""Keras's own table of a model's layers, as wide as it needs to be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.core.errors import BuildError

if TYPE_CHECKING:
    import keras

WIDE = 5_000  # characters, in which no cell is broken
GAP = 3  # characters beside a cell's text: its padding and its border


@dataclass(frozen=True)
class Row:
    """A layer's line of the table.

    Attributes:
        type: Its class.
        shape: Its output shape as printed, `(None, 32)`.
        parameters: Its parameters; a shared layer's once.
        connected_to: Where its inputs come from, `layer[call][output]`; nothing where each layer
            feeds the next, for which Keras prints no such column.
    """

    layer: str
    type: str
    shape: str
    parameters: int
    connected_to: tuple[str, ...]


def summary(model: keras.Model, *, expand_nested: bool = False) -> str:
    """What `model.summary()` prints, with no name, shape or connection cut off or wrapped.

    Args:
        model: A built Keras model.
        expand_nested: Also list the layers of nested models.

    Returns:
        The table as text.

    Raises:
        BuildError: it is not a Keras model, or not built.

    Example:
        >>> import zoo
        >>> print(zoo.summary(zoo.build("seed_difference")))
        Model: "seed_difference"
        ┏━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
        ┃ Layer (type)           ┃ Output Shape ┃ Param # ┃
        ┡━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
        │ seed_diff (InputLayer) │ (None, 1)    │       0 │
        ├────────────────────────┼──────────────┼─────────┤
        │ score_diff (Dense)     │ (None, 1)    │       2 │
        └────────────────────────┴──────────────┴─────────┘
         Total params: 2 (8.00 B)
         Trainable params: 2 (8.00 B)
         Non-trainable params: 0 (0.00 B)
        <BLANKLINE>
    """
    from zoo._keras import keras

    if not isinstance(model, keras.Model):
        raise BuildError(f"summary takes a Keras model, not {type(model).__name__}")
    cells = _cells(_printed(model, WIDE, None, expand_nested))
    widths = [max(map(len, column)) + GAP for column in zip(*cells, strict=True)]
    positions = [sum(widths[: at + 1]) for at in range(len(widths))]
    # Keras takes positions as shares of the line
    length = positions[-1] + 1
    shares = [(position + 0.5) / length for position in positions]
    return _printed(model, length, shares, expand_nested)


def rows(model: keras.Model) -> list[Row]:
    """The layers of the table, in its order."""
    found = []
    for name, shape, parameters, *connected in _cells(_printed(model, WIDE, None, False))[1:]:
        layer, _, kind = name.rpartition(" (")
        sources = connected[0].split(", ") if connected and connected[0] != "-" else []
        count = int(parameters.split()[0].replace(",", ""))
        found.append(Row(layer, kind.removesuffix(")"), shape, count, tuple(sources)))
    return found


def _printed(
    model: keras.Model, length: int, positions: list[float] | None, expand_nested: bool
) -> str:
    parts: list[str] = []
    with _columns(length):
        model.summary(
            line_length=length,
            positions=positions,
            print_fn=lambda text, **_: parts.append(str(text)),
            expand_nested=expand_nested,
        )
    lines = "\n".join(parts).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"


@contextmanager
def _columns(number: int) -> Iterator[None]:
    """Rich, which Keras prints with, cuts at the terminal's width; it asks COLUMNS first."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(number + 1)
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _cells(table: str) -> list[list[str]]:
    """The header's cells, then every row's."""
    lines = [line for line in table.splitlines() if line[:1] in "┃│"]
    return [[cell.strip() for cell in line[1:-1].replace("┃", "│").split("│")] for line in lines]
