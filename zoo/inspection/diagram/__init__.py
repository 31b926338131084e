"""Diagrams of functional models: every call a box, every edge a shape, the same bytes always.

    >>> from zoo.inspection.diagram import render, to_dot
    >>> render(model, "model.svg")

Importing this module does not import TensorFlow.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from zoo.inspection.diagram import dot as _dot
from zoo.inspection.diagram.coarsen import Detail
from zoo.inspection.diagram.drawing import compose
from zoo.inspection.diagram.keras_style import keras_dot
from zoo.inspection.diagram.render import write

if TYPE_CHECKING:
    import keras

__all__ = ["keras_dot", "render", "to_dot"]


def to_dot(
    model: keras.Model,
    *,
    nested: bool = True,
    shapes: bool = True,
    detail: Detail | Literal["auto"] = "auto",
) -> str:
    """The model's graph as DOT text, made from names alone: no object ids, no counters.

    Args:
        model: A functional or Sequential model; a subclassed one is a single box.
        nested: Open nested models, TimeDistributed and Bidirectional.
        shapes: Write tensor shapes, without the batch axis, on the edges.
        detail: "layers" draws every layer; "runs" joins a layer with the normalization,
            activation and dropout that follow it; "blocks" draws parallel branches and repeated
            blocks as one box each; "auto" takes the finest of these with at most 24 boxes.
    """
    return _dot.source(compose(model, nested=nested, shapes=shapes, detail=detail))


def render(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    style: Literal["zoo", "keras"] = "zoo",
    nested: bool = True,
    shapes: bool = True,
    detail: Detail | Literal["auto"] = "auto",
    renderer: str = "graphviz-pure",
) -> Path:
    """Draw a model to a .svg, .png or .dot file; on an error no file is written.

    Args:
        style: "zoo" for `to_dot`'s drawing, "keras" for that of `keras.utils.plot_model`.
        renderer: The layout program: pip's `graphviz-pure`, or `dot` of an installed
            Graphviz, whose version then decides the bytes.
        nested, shapes, detail: As in `to_dot`; "keras" takes the first two.

    Raises:
        ZooError: another suffix, no renderer, or a folder that cannot be written to.
    """
    if style == "keras":
        text = keras_dot(model, nested=nested, shapes=shapes)
    else:
        text = to_dot(model, nested=nested, shapes=shapes, detail=detail)
    return write(text, path, renderer)
