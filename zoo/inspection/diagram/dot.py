"""How the boxes, arrows and frames of a drawing look, as DOT text for Graphviz."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from graphviz import Digraph

from zoo.inspection.diagram.drawing import Box, Frame

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
EDGE_LABEL = {"shape": "plain", "style": "", "fontsize": "9", "fontcolor": SOFT_INK}


def dot_text(frames: Sequence[Frame], rankdir: str = "TB", splines: str = "") -> str:
    """The DOT text of the first frame, with the others in boxes beside it.

    Args:
        rankdir, splines: Graphviz's direction of the flow and form of the edges.
    """
    whole, *beside = frames
    on_edges = splines == "ortho" and any(arrow.label for frame in frames for arrow in frame.arrows)
    graph = Digraph(
        name=whole.id,
        graph_attr={
            "rankdir": rankdir,
            **({"splines": splines} if splines else {}),
            "label": f"<{_frame_label(whole, 13)}>",
            "labelloc": "t",
            "labeljust": "l",
            "ordering": "in",
            "fontname": FONT,
            "nodesep": "0.28",
            "ranksep": "0.13" if on_edges else "0.26",
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
    _fill(graph, whole, on_edges)
    for frame in beside:
        _cluster(graph, frame, on_edges)
    return graph.source


def _fill(graph: Digraph, frame: Frame, on_edges: bool) -> None:
    """Draw a frame's boxes and arrows.

    Args:
        on_edges: Interrupt the arrows by their labels: beside arrows that have right angles,
            Graphviz leaves no room.
    """
    for box in frame.boxes:
        graph.node(_id(box.id), label=f"<{_box_label(box)}>", **_look(box))
    for number, arrow in enumerate(frame.arrows, start=1):
        tail, head = _id(arrow.tail), _id(arrow.head)
        if on_edges and arrow.label:
            graph.node(label := f"{_id(frame.id)}/arrow/{number}", label=arrow.label, **EDGE_LABEL)
            graph.edge(tail, label, arrowhead="none")
            graph.edge(label, head)
        else:
            graph.edge(tail, head, **({"label": f" {arrow.label} "} if arrow.label else {}))


def _cluster(graph: Digraph, frame: Frame, on_edges: bool) -> None:
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
    _fill(cluster, frame, on_edges)
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
