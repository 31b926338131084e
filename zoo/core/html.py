"""What a notebook shows of an object: HTML that needs no style sheet, script or other file.

Colors are those of the page, or gray with transparency, so that it reads on light and on dark.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path

_LINE = "1px solid rgba(128,128,128,.35)"
_CARD = (
    f"border:{_LINE};border-radius:6px;padding:10px 14px;margin:4px 0;max-width:60em;"
    "overflow-x:auto;font-size:13px;line-height:1.45;color:inherit"
)
_CELL = f"padding:2px 10px 2px 0;border:0;border-bottom:{_LINE};vertical-align:top;"
_PAPER = "background:#fff;color:#000;border-radius:4px;padding:6px;margin-top:8px;overflow:auto"

# Class -> the module whose `as_html` shows its objects. `zoo/__init__.py` fills it for a class
# that is shown with what only rooms above its own know.
VIEWS: dict[str, str] = {}


def shown(value: object) -> str:
    """The HTML of an object whose class has an entry in `VIEWS`."""
    return import_module(VIEWS[type(value).__name__]).as_html(value)


def card(title: str, summary: str, *parts: str) -> str:
    """A frame with a title, a line below it, and parts that are HTML."""
    told = f'<div style="opacity:.75;margin-bottom:6px">{escape(summary)}</div>' if summary else ""
    head = f'<div style="font-weight:600;font-size:15px">{escape(title)}</div>'
    return f'<div style="{_CARD}">{head}{told}{"".join(parts)}</div>'


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, left: int = 1, caption: str = ""
) -> str:
    """A table; the first `left` columns read left, the others, of numbers, right.

    Args:
        header: Names of the columns; none for a table without them.
        rows: Cells as text.
        left: How many columns read left.
        caption: What stands above it.
    """

    def line(tag: str, cells: Sequence[object]) -> str:
        parts = []
        for place, cell in enumerate(cells):
            side = "left" if place < left else "right"
            width = "white-space:nowrap;" if place == 0 or place >= left else ""
            style = f"{_CELL}{width}text-align:{side}"
            parts.append(f'<{tag} style="{style}">{escape(str(cell))}</{tag}>')
        # the page's own stripes would be drawn over: they fit one of light and dark
        return f'<tr style="background:transparent">{"".join(parts)}</tr>'

    above = (
        f'<div style="font-weight:600;margin-top:8px">{escape(caption)}</div>' if caption else ""
    )
    top = f"<thead>{line('th', header)}</thead>" if header else ""
    body = "".join(line("td", row) for row in rows)
    style = "border-collapse:collapse;margin:8px 0;font-size:13px;color:inherit"
    return f'{above}<table style="{style}">{top}<tbody>{body}</tbody></table>'


def note(text: str) -> str:
    """A line of text."""
    return f'<div style="margin-top:6px">{escape(text)}</div>'


def paper(content: str) -> str:
    """SVG or an image on a white sheet: diagrams and pictures are drawn for one."""
    return f'<div style="{_PAPER}">{content}</div>'


def folded(title: str, content: str) -> str:
    """Content that opens with a click on its title."""
    head = f'<summary style="cursor:pointer;margin-top:8px">{escape(title)}</summary>'
    return f"<details>{head}{content}</details>"


@dataclass(frozen=True)
class Png:
    """A PNG file, which a notebook shows.

    Attributes:
        path: Where it is, or would be.

    Example:
        >>> from pathlib import Path
        >>> Png(Path("missing.png"))
        Png('missing.png', which is not there)
    """

    path: Path

    def __repr__(self) -> str:
        there = "" if self.path.is_file() else ", which is not there"
        return f"Png({str(self.path)!r}{there})"

    def _repr_png_(self) -> bytes | None:
        return self.path.read_bytes() if self.path.is_file() else None

    def as_html(self) -> str:
        """The picture within HTML; nothing where the file is missing."""
        content = self._repr_png_()
        if content is None:
            return ""
        source = f"data:image/png;base64,{b64encode(content).decode()}"
        style = "max-width:100%;height:auto"
        return paper(f'<img alt="{escape(self.path.stem)}" style="{style}" src="{source}">')
