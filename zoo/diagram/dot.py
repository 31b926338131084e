"""DOT text from composed frames, the same bytes for the same model in every process."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from graphviz import Digraph

from zoo.diagram.scene import Box, Frame

FONT = "Helvetica"  # graphviz-pure bundles Arimo, which has its metrics
INK, SOFT_INK, LINE = "#1A1A1A", "#45505A", "#5F6B75"
GAP = '<font point-size="5"> <br/></font>'  # below the title of a frame
# Tints dark text reads well on (contrast above 12:1); the box's text says the kind as well.
FILLS = {
    "input": "#FFFFFF",
    "dense": "#D6E6F5",
    "convolution": "#FBE3CC",
    "recurrent": "#D5EEDD",
    "embedding": "#EADDF2",
    "merge": "#FFF1B8",
    "shape": "#E9EDF0",
    "regularise": "#F5F5F5",
    "model": "#E4E2F3",
    "block": "#FBE3CC",
    "other": "#EFEAE2",
}
# Okabe and Ito's palette, told apart with colour-blind eyes too.
TIES = ("#0072B2", "#D55E00", "#009E73", "#B4518F", "#8A6D00", "#56B4E9")
FRAME_FILL = "#FAFBFC"


def source(frames: Sequence[Frame]) -> str:
    """The DOT text of the first frame, with the others in boxes beside it."""
    whole, *beside = frames
    graph = Digraph(
        name=whole.id,
        graph_attr={
            "rankdir": "TB",
            "label": f"<{_rows(whole.title, whole.lines, 13, 'left')}{GAP}>",
            "labelloc": "t",
            "labeljust": "l",
            "ordering": "in",
            "fontname": FONT,
            "nodesep": "0.28",
            "ranksep": "0.32",
            "pad": "0.15",
            "bgcolor": "white",
        },
        node_attr={
            "shape": "box",
            "style": "rounded,filled",
            "fontname": FONT,
            "fontcolor": INK,
            "color": LINE,
            "margin": "0.13,0.07",
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
    for number, column in enumerate(frame.columns):
        for box in column:
            group = {"group": f"{frame.id} {number}"} if len(frame.columns) > 1 else {}
            graph.node(box.id, label=_box_label(box), **_look(box), **group)
    for arrow in frame.arrows:
        look = {"label": f" {arrow.label} "} if arrow.label else {}
        if arrow.turns:
            look |= {"constraint": "false", "weight": "0", "tailport": "e", "headport": "w"}
        graph.edge(arrow.tail, arrow.head, **look)
    heads = [column[0].id for column in frame.columns]
    if len(heads) > 1:
        with graph.subgraph(graph_attr={"rank": "same"}) as row:
            for left, right in zip(heads, heads[1:], strict=False):
                row.edge(left, right, style="invis")


def _cluster(graph: Digraph, frame: Frame) -> None:
    with graph.subgraph(name=f"cluster {frame.id}") as cluster:
        cluster.attr(
            label=f"<{_rows(frame.title, frame.lines, align='left')}{GAP}>",
            labeljust="l",
            style="rounded,filled",
            fillcolor=FRAME_FILL,
            color=_tie_colour(frame.tie),
            penwidth="2.2",
            margin="10",
        )
        _fill(cluster, frame)


def _look(box: Box) -> dict[str, str]:
    look = {"fillcolor": FILLS[box.kind]}
    if box.kind == "input":
        look |= {"color": INK, "penwidth": "1.4"}
    if box.output:
        look |= {"color": INK, "peripheries": "2"}
    if box.tie is not None:
        look |= {"color": _tie_colour(box.tie), "penwidth": "2.2"}
    return look


def _tie_colour(tie: int | None) -> str:
    return LINE if tie is None else TIES[tie % len(TIES)]


def _box_label(box: Box) -> str:
    """An HTML-like label, with the layers that a wrapper holds as small boxes inside."""
    return f"<{_table(box) if box.inside else _rows(box.title, box.lines)}>"


def _table(box: Box) -> str:
    cells = "".join(_cell(inner) for inner in box.inside)
    span = f'colspan="{len(box.inside)}"'
    return (
        '<table border="0" cellborder="0" cellspacing="4" cellpadding="1">'
        f"<tr><td {span}>{_rows(box.title, box.lines)}</td></tr><tr>{cells}</tr></table>"
    )


def _cell(box: Box) -> str:
    look = f'border="1" cellpadding="5" style="rounded" color="{LINE}" bgcolor="{FILLS[box.kind]}"'
    return f"<td {look}>{_table(box) if box.inside else _rows(box.title, box.lines)}</td>"


def _rows(title: str, lines: Sequence[str], size: int = 11, align: str = "center") -> str:
    """A bold title, then smaller lines; `align` is "left" or "center"."""
    rows = [f'<font point-size="{size}"><b>{escape(title)}</b></font>']
    rows += [f'<font point-size="9" color="{SOFT_INK}">{escape(line)}</font>' for line in lines]
    end = f'<br align="{align}"/>'
    return f"{end.join(rows)}{end}"
