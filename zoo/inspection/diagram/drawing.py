"""What to draw: boxes, arrows between them, and frames around what has been opened.

A wrapped layer, as in TimeDistributed, is opened inside its box. A nested model is opened in a
frame beside the graph, outlined in the color of the boxes that call it: however many the
calls, there is one frame, since there is one set of weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from zoo.inspection.diagram import describe
from zoo.inspection.diagram.coarsen import Detail, Summary, sketch, summaries
from zoo.inspection.diagram.describe import ALL, Show
from zoo.inspection.diagram.graph import (
    Call,
    Graph,
    is_graph_model,
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
        closing: The last call that it stands for, by its place in the graph.
    """

    id: str
    title: str
    lines: list[str]
    kind: str
    output: bool = False
    tie: int | None = None
    inside: list[Box] = field(default_factory=list)
    closing: int = -1


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
    show: Show = ALL,
    detail: Detail | Literal["auto"] = "auto",
) -> list[Frame]:
    """The model's frame, then one for each nested model; see `zoo.inspection.diagram.to_dot`."""
    graph = trace(model)
    composer = _Composer(nested, show, detail, uses(graph))
    whole = Frame(graph.name, graph.name, [])
    count = describe.parameters(describe.parameter_count(model))
    whole.lines.append(count or ("no parameters" if model.built else "not built"))
    composer.fill(whole, graph, "")
    frames = [whole]
    for frame, inner in composer.opened:  # grows while frames are filled
        composer.fill(frame, trace(inner), f"{frame.id}/")
        frames.append(frame)
    return frames


class _Composer:
    """Fills frames; remembers across frames which weights have been drawn, and how often."""

    def __init__(
        self, nested: bool, show: Show, detail: Detail | Literal["auto"], uses: Counter[int]
    ) -> None:
        self.opened: list[tuple[Frame, Any]] = []  # frames to fill, each with its model
        self._nested = nested
        self._show = show
        self._detail: Detail | Literal["auto"] = detail
        self._uses = uses
        self._drawn: Counter[int] = Counter()  # calls so far, by the id of what holds the weights
        self._ties: dict[int, int] = {}

    def fill(self, frame: Frame, graph: Graph, path: str) -> None:
        """Draw `graph` into `frame`; `path` leads the ids of its boxes."""
        drawn = sketch(graph, self._detail)
        boxes = frame.boxes = [
            self._box(each, graph, path) for each in summaries(drawn, self._show)
        ]
        for wire in drawn.wires:
            label = describe.tensor(wire.tensor, self._show)
            frame.arrows.append(Arrow(boxes[wire.tail].id, boxes[wire.head].id, label))

    def _box(self, summary: Summary, graph: Graph, path: str) -> Box:
        unit, title = summary.unit, summary.title
        lines = [*summary.lines]
        box = Box(f"{path}{title}", title, lines, summary.kind, closing=unit.calls[-1])
        if unit.form == "layer":
            self._open(box, summary.calls[0], path, summary.parameters)
        elif summary.parameters:
            words = describe.parameters(summary.parameters)
            box.lines.append(words + " in all" * (unit.form == "repeat"))
        if self._show.trainable and summary.trained:
            box.lines.append(summary.trained)
        if unit.form in ("block", "repeat"):
            box.kind = "block"
        leaving = [tensor for tensor in graph.outputs if tensor.call in unit.calls]
        box.output = bool(leaving)
        for tensor in dict.fromkeys(leaving):
            box.lines.append(f"output {describe.tensor(tensor, self._show)}".rstrip())
        single = summary.calls[0].operation if unit.form == "layer" else None
        if not (self._show.names or (self._nested and is_graph_model(single))):
            _drop_name(box)  # an opened model's name is that of its frame
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
            box.inside = _inside(call.wraps, self._show)
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


def _inside(layers: Sequence[Any], show: Show) -> list[Box]:
    """A box for each layer that a wrapper holds, opened in turn."""
    boxes = []
    for layer, name in zip(layers, stable_names(layers), strict=True):
        count = describe.parameters(describe.parameter_count(layer))
        box = Box(name, name, [describe.settings(layer, show)], describe.kind(layer))
        box.inside = _inside(wrapped(layer), show)
        if count and len(layers) > 1:  # the wrapper's box gives the sum
            box.lines.append(count)
        if not show.names:
            _drop_name(box)
        boxes.append(box)
    return boxes


def _drop_name(box: Box) -> None:
    """Let the first line be the title; the id keeps the name."""
    box.title, *box.lines = box.lines


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
