"""What to draw: boxes, arrows between them, and frames around what has been opened.

A wrapped layer, as in TimeDistributed, is opened inside its box. A nested model is opened in a
frame beside the graph, outlined in the color of the boxes that call it: however many the
calls, there is one frame, since there is one set of weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from graphviz import Digraph

from zoo.inspection.diagram import describe
from zoo.inspection.diagram.coarsen import Detail, Summary, sketch, summaries
from zoo.inspection.diagram.graph import (
    Call,
    Graph,
    stable_names,
    trace,
    uses,
    wrapped,
)


@dataclass
class Box:
    """A drawn box.

    Attributes:
        output: Whether it gives an output of the model.
        tie: Numbers the color that it shares with the calls of the same weights.
        inside: The wrapped layers, if any.
    """

    id: str
    title: str
    lines: list[str]
    kind: str
    output: bool = False
    tie: int | None = None
    inside: list[Box] = field(default_factory=list)


@dataclass(frozen=True)
class Arrow:
    """An edge between two boxes."""

    tail: str
    head: str
    label: str


@dataclass
class Frame:
    """A part of the drawing: the whole model, or a nested one."""

    id: str
    title: str
    lines: list[str]
    tie: int | None = None
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


def compose(
    model: Any,
    *,
    nested: bool = True,
    shapes: bool = True,
    detail: Detail | Literal["auto"] = "auto",
) -> list[Frame]:
    """The model's frame, then one for each nested model; see `zoo.inspection.diagram.to_dot`."""
    graph = trace(model)
    composer = _Composer(nested, shapes, detail, uses(graph))
    whole = Frame(graph.name, graph.name, [])
    whole.lines.append(describe.parameters(describe.parameter_count(model)) or "no parameters")
    composer.fill(whole, graph, "")
    frames = [whole]
    for frame, inner in composer.opened:  # grows while frames are filled
        composer.fill(frame, trace(inner), f"{frame.id}/")
        frames.append(frame)
    return frames


class _Composer:
    """Fills frames; remembers across frames which weights have been drawn, and how often."""

    def __init__(
        self, nested: bool, shapes: bool, detail: Detail | Literal["auto"], uses: Counter[int]
    ) -> None:
        self.opened: list[tuple[Frame, Any]] = []  # frames to fill, each with its model
        self._nested = nested
        self._shapes = shapes
        self._detail: Detail | Literal["auto"] = detail
        self._uses = uses
        self._drawn: Counter[int] = Counter()  # calls so far, by the id of what holds the weights
        self._ties: dict[int, int] = {}

    def fill(self, frame: Frame, graph: Graph, path: str) -> None:
        """Draw `graph` into `frame`; `path` leads the ids of its boxes."""
        drawn = sketch(graph, self._detail)
        boxes = frame.boxes = [self._box(each, graph, path) for each in summaries(drawn)]
        for wire in drawn.wires:
            label = describe.tensor(wire.tensor) if self._shapes else ""
            frame.arrows.append(Arrow(boxes[wire.tail].id, boxes[wire.head].id, label))

    def _box(self, summary: Summary, graph: Graph, path: str) -> Box:
        unit, title = summary.unit, summary.title
        box = Box(f"{path}{title}", title, [*summary.lines], summary.kind)
        if unit.form == "layer":
            self._open(box, summary.calls[0], path, summary.parameters)
        elif summary.parameters:
            words = describe.parameters(summary.parameters)
            box.lines.append(words + " in all" * (unit.form == "repeat"))
        if unit.form in ("block", "repeat"):
            box.kind = "block"
        leaving = [tensor for tensor in graph.outputs if tensor.call in unit.calls]
        box.output = bool(leaving)
        box.lines += [f"output {describe.tensor(tensor)}" for tensor in dict.fromkeys(leaving)]
        return box

    def _open(self, box: Box, call: Call, path: str, count: int) -> None:
        """Say which call of its weights this is, and show what is inside."""
        model = call.model
        key = id(call.held)
        self._drawn[key] += 1
        number, calls = self._drawn[key], self._uses[key]
        if model is not None or call.wraps:
            box.kind = "model"
            box.lines = _role(call)
        if model is None and self._nested:
            box.inside = _inside(call.wraps)
        if count and number == 1:
            box.lines.append(describe.parameters(count))
        if calls > 1 and box.kind != "input":
            box.id += f" (call {number})"
            box.lines.append(f"{'shared weights, ' if count else ''}call {number} of {calls}")
        opened = model is not None and self._nested
        if opened or (calls > 1 and count):
            first = key not in self._ties
            box.tie = self._ties.setdefault(key, len(self._ties))
            if opened and first:
                self._open_beside(model, f"{path}{call.name}", box.tie, calls)

    def _open_beside(self, model: Any, path: str, tie: int, calls: int) -> None:
        name = stable_names([model])[0]
        count = describe.parameters(describe.parameter_count(model)) or "no parameters"
        shared = f", one set for {calls} calls" if calls > 1 else ""
        self.opened.append((Frame(path, name, [f"{count}{shared}"], tie), model))


def _inside(layers: Sequence[Any]) -> list[Box]:
    """A box for each layer that a wrapper holds, opened in turn."""
    boxes = []
    for layer, name in zip(layers, stable_names(layers), strict=True):
        count = describe.parameters(describe.parameter_count(layer))
        box = Box(name, name, [describe.settings(layer)], describe.kind(layer))
        box.inside = _inside(wrapped(layer))
        if count and len(layers) > 1:  # the wrapper's box gives the sum
            box.lines.append(count)
        boxes.append(box)
    return boxes


def _role(call: Call) -> list[str]:
    """What a model or wrapper is to the graph around it."""
    operation = call.operation
    name = type(operation).__name__
    if not call.wraps:
        return ["model" if name == "Functional" else f"{name} model"]
    if name == "Bidirectional":
        return [f"Bidirectional, {operation.merge_mode or 'two outputs'}"]
    said = [name if call.model is None else f"{name} of {stable_names([call.model])[0]}"]
    if name == "TimeDistributed":
        steps = call.sources[0].shape[0] if call.sources else None
        said.append(f"at each of {steps:,} steps" if steps else "at every step")
    return said


FONT = "Helvetica"  # graphviz-pure bundles Arimo, which has its metrics
INK, SOFT_INK, LINE = "#1A1A1A", "#45505A", "#5F6B75"
# Tints dark text reads well on (contrast above 12:1); the box's text says the kind as well.
FILLS = {
    "input": "#FFFFFF",
    "dense": "#D6E6F5",
    "convolution": "#FBE3CC",
    "recurrent": "#D5EEDD",
    "embedding": "#EADDF2",
    "merge": "#FFF1B8",
    "shape": "#E9EDF0",
    "regularize": "#F5F5F5",
    "model": "#E4E2F3",
    "block": "#FBE3CC",
    "other": "#EFEAE2",
}
# Okabe and Ito's palette, told apart with color-blind eyes too.
TIES = ("#0072B2", "#D55E00", "#009E73", "#B4518F", "#8A6D00", "#56B4E9")
FRAME_FILL = "#FAFBFC"


def dot_text(frames: Sequence[Frame]) -> str:
    """The DOT text of the first frame, with the others in boxes beside it."""
    whole, *beside = frames
    graph = Digraph(
        name=whole.id,
        graph_attr={
            "rankdir": "TB",
            "label": f"<{_frame_label(whole, 13)}>",
            "labelloc": "t",
            "labeljust": "l",
            "ordering": "in",
            "fontname": FONT,
            "nodesep": "0.28",
            "ranksep": "0.26",
            "pad": "0.15",
            "bgcolor": "white",
        },
        node_attr={
            "shape": "box",
            "style": "rounded,filled",
            "fontname": FONT,
            "fontcolor": INK,
            "color": LINE,
            "margin": "0.11,0.05",
            "height": "0.3",
        },
        edge_attr={
            "fontname": FONT,
            "fontsize": "9",
            "fontcolor": SOFT_INK,
            "color": LINE,
            "arrowsize": "0.6",
        },
    )
    _fill(graph, whole)
    for frame in beside:
        _cluster(graph, frame)
    return graph.source


def _fill(graph: Digraph, frame: Frame) -> None:
    for box in frame.boxes:
        graph.node(_id(box.id), label=f"<{_box_label(box)}>", **_look(box))
    for arrow in frame.arrows:
        look = {"label": f" {arrow.label} "} if arrow.label else {}
        graph.edge(_id(arrow.tail), _id(arrow.head), **look)


def _cluster(graph: Digraph, frame: Frame) -> None:
    cluster = Digraph(
        name=f"cluster {frame.id}",
        graph_attr={
            "label": f"<{_frame_label(frame, 11)}>",
            "labeljust": "l",
            "style": "rounded,filled",
            "fillcolor": FRAME_FILL,
            "color": _tie_color(frame.tie),
            "penwidth": "2.2",
            "margin": "10",
        },
    )
    _fill(cluster, frame)
    graph.subgraph(cluster)


def _id(name: str) -> str:
    """A node's name; a colon would be read as a port, and a leading bracket as HTML."""
    return name.replace(":", ".").replace("<", "(")


def _look(box: Box) -> dict[str, str]:
    look = {"fillcolor": FILLS[box.kind]}
    if box.kind == "input":
        look |= {"color": INK, "penwidth": "1.4"}
    if box.output:
        look |= {"color": INK, "peripheries": "2"}
    if box.tie is not None:
        look |= {"color": _tie_color(box.tie), "penwidth": "2.2"}
    return look


def _tie_color(tie: int | None) -> str:
    return LINE if tie is None else TIES[tie % len(TIES)]


def _box_label(box: Box) -> str:
    """An HTML-like label, with the layers that a wrapper holds as small boxes inside."""
    cells = "".join(
        f'<td border="1" cellpadding="4" style="rounded" color="{LINE}" '
        f'bgcolor="{FILLS[inner.kind]}">{_box_label(inner)}</td>'
        for inner in box.inside
    )
    inside = [f'<table border="0" cellspacing="4"><tr>{cells}</tr></table>'] if cells else []
    return _table([*_texts(box.title, box.lines), *inside])


def _frame_label(frame: Frame, size: int) -> str:
    """An HTML-like label, kept left and with a gap below it."""
    return _table(
        [*_texts(frame.title, frame.lines, size), '<font point-size="4"> </font>'], "left"
    )


def _texts(title: str, lines: Sequence[str], size: int = 11) -> list[str]:
    """A bold title, then smaller lines."""
    return [
        f'<font point-size="{size}"><b>{escape(title)}</b></font>',
        *(f'<font point-size="9" color="{SOFT_INK}">{escape(line)}</font>' for line in lines),
    ]


def _table(rows: Sequence[str], align: str = "center") -> str:
    cells = "".join(f'<tr><td align="{align}">{row}</td></tr>' for row in rows)
    return f'<table border="0" cellspacing="0" cellpadding="1">{cells}</table>'
