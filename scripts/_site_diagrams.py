"""Diagrams for the site: every box says its parameter arithmetic, and dark pages have dark colors.

A box's arithmetic is the text of its `title` element, which a browser shows on hover, and its label
for a screen reader; `docs/site/static/site.js` shows it at once, and on keyboard focus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from typing import Any

from zoo.inspection.diagram.coarsen import sketch, summaries
from zoo.inspection.diagram.describe import ALL
from zoo.inspection.diagram.graph import Call, Graph, is_graph_model, stable_names, trace
from zoo.inspection.explain import Explanation, Line

# Color in a diagram -> the same part's color on a dark page.
DARK = {
    "white": "#14181e",  # the theme's background
    "#ffffff": "#14181e",
    "#1a1a1a": "#f2f4f6",
    "#45505a": "#cbd3da",
    "#5f6b75": "#93a0ac",
    "#d6e6f5": "#173a5a",
    "#fbe3cc": "#573313",
    "#d5eedd": "#17452b",
    "#eaddf2": "#45295a",
    "#fff1b8": "#4d4200",
    "#e9edf0": "#323b44",
    "#f5f5f5": "#2a2d31",
    "#e4e2f3": "#35315f",
    "#efeae2": "#3f3a30",
    "#fafbfc": "#1a1f26",
    "#0072b2": "#56b4e9",
    "#d55e00": "#ff9d5c",
    "#009e73": "#3fcfa5",
    "#b4518f": "#e79ac8",
    "#8a6d00": "#d9b841",
    "#56b4e9": "#56b4e9",
}
INK = "#1a1a1a"
POINT = 4 / 3  # pixels
LISTED = 8  # layers of a folded block that its text names

_NODE = re.compile(r'(<g id="\w+" class="node")>\n<title>(.*?)</title>')
_CALL = re.compile(r" \(call \d+\)$")


def size(svg: str) -> tuple[int, int]:
    """Width and height of a diagram in pixels."""
    found = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', svg)
    assert found, "not a diagram"
    return round(int(found[1]) * POINT), round(int(found[2]) * POINT)


def inline(svg: str, name: str, texts: Mapping[str, str]) -> str:
    """A diagram as an element of a page.

    Args:
        svg: The file's text.
        name: What it shows.
        texts: Id of a box -> what the box says on hover and focus.
    """

    def node(found: re.Match[str]) -> str:
        text = escape(texts[unescape(found[2])])
        label = escape(unescape(text).replace("\n", "; "), quote=True)
        box = escape(unescape(found[2]), quote=True)
        return (
            f'{found[1]} tabindex="0" role="img" aria-label="{label}" data-box="{box}">\n'
            f"<title>{text}</title>"
        )

    width, height = size(svg)
    body = _without_titles(_NODE.sub(node, svg))
    opening = (
        f'<svg role="group" aria-label="Diagram of {escape(name)}" width="{width}" '
        f'height="{height}" style="min-width: {round(width * 0.7)}px"'
    )
    body = re.sub(r"<svg width=\S+ height=\S+", opening, body, count=1)
    return re.sub(r"\n\s*\n+", "\n", body[body.index("<svg") :])  # a blank line would end the block


def picture(svg: str, dark: bool = False) -> str:
    """A diagram as a file of its own, without texts on hover."""
    plain = _NODE.sub(r"\1>", svg)
    plain = _without_titles(plain)
    if not dark:
        return plain
    colored = re.sub(
        r'(fill|stroke)="([^"]+)"',
        lambda found: f'{found[1]}="{DARK.get(found[2].lower(), found[2])}"',
        plain,
    )
    return colored.replace('class="graph"', f'class="graph" fill="{DARK[INK]}"', 1)


def stylesheet() -> str:
    """Rules that give the diagrams within pages their dark colors."""
    page = 'html[data-theme="dark"] .zoo-diagram'
    rules = [f"{page} text:not([fill]) {{ fill: {DARK[INK]}; }}"]
    for light, dark in DARK.items():
        rules += [f'{page} [{part}="{light}"] {{ {part}: {dark}; }}' for part in ("fill", "stroke")]
    return "\n".join(rules) + "\n"


def texts(model: Any, explanation: Explanation) -> dict[str, str]:
    """What each box of a model's diagram says: its id -> lines.

    Args:
        model: As drawn by `zoo.inspection.diagram.to_dot`.
        explanation: Of the same model, with its layers without weights.
    """
    return dict(_texts(trace(model), "", "", explanation.lines))


def _texts(graph: Graph, above: str, path: str, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """Of the boxes of a frame; `above` leads their ids, `path` their layers' in the lines."""
    drawn = sketch(graph)
    for summary in summaries(drawn, ALL):
        layers = dict.fromkeys(f"{path}{call.name}" for call in summary.calls)
        text = _text(list(layers), lines)
        key = f"{above}{summary.title}"
        yield key, text
        for number in range(1, summary.calls[0].of + 1):
            yield f"{key} (call {number})", text
        for call in summary.calls:
            if call.model is not None:
                inside = f"{path}{call.name}/{_wrapped_name(call)}"
                yield from _texts(trace(call.model), f"{above}{call.name}/", inside, lines)


def _wrapped_name(call: Call) -> str:
    """What leads the paths of a nested model's layers after the name of the layer that calls it."""
    return "" if is_graph_model(call.operation) else f"{stable_names([call.model])[0]}/"


def _text(paths: Sequence[str], lines: Sequence[Line]) -> str:
    """The arithmetic of the layers at these paths, and of what is inside them."""
    inside = [
        line for line in lines if any(f"{line.path}/".startswith(f"{path}/") for path in paths)
    ]
    if not inside:
        raise ValueError(f"no arithmetic of layer {paths[0]}")
    counted = [line for line in inside if line.formula]
    if not counted:
        kinds = ", ".join(dict.fromkeys(line.layer for line in inside))
        notes = [line.note for line in inside if line.note]
        return f"{kinds}: {notes[0] if notes else 'no parameters'}"
    if len(counted) == 1 and len(paths) == 1:
        return _sum(counted[0])
    shown = [_sum(line, f"{line.name}, ") for line in counted[:LISTED]]
    hidden = len(counted) - len(shown)
    more = [f"and {hidden} more"] if hidden else []
    total = sum(line.count for line in counted)
    ends = [f"together {total:,} parameters"] if len(counted) > 1 else []
    return "\n".join([*shown, *more, *ends])


def _sum(line: Line, name: str = "") -> str:
    note = f" ({line.note})" if line.note else ""
    return f"{name}{line.layer}: {line.formula} = {line.count:,}{note}"


def _without_titles(svg: str) -> str:
    """The text without the titles of edges, frames and the whole, which only repeat names."""
    kept = r'(<g id="\w+" class="node"[^>]*>\n<title>.*?</title>)|<title>.*?</title>\n?'
    return re.sub(kept, lambda found: found[1] or "", svg, flags=re.DOTALL)
