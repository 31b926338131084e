"""Drawing: one look for all pictures, written whole or not at all, the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#30363d"
BLUE = "#0072b2"  # with orange, told apart by color-blind readers
ORANGE = "#d55e00"
GREY = "#b0b7bf"


def figure(columns: int = 1, rows: int = 1, *, width: float = 4.2, height: float = 3.8) -> Figure:
    """An empty figure for `columns` x `rows` panels of the given size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width * columns, height * rows), layout="constrained", dpi=110)


def panel(parent: Figure, columns: int, rows: int, index: int, title: str = "") -> Axes:
    """Panel number `index`, counted from 0, row by row."""
    axes = parent.add_subplot(rows, columns, index + 1)
    axes.set_title(title, fontsize=10, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return axes


def bare(axes: Axes) -> None:
    """Take the ticks and frame away, for panels that hold an image."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def save(drawn: Figure, path: Path) -> None:
    """Write the figure as PNG, without the date that would make every file differ."""
    metadata: dict[str, Any] = {"Software": None, "Creation Time": None}
    with replacing(path) as partial:
        drawn.savefig(partial, format="png", metadata=metadata)
