"""`keras.utils.plot_model` in the zoo's style or Keras's own, without a system Graphviz.

Importing this module does not import TensorFlow.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zoo._keras import keras
from zoo.core.errors import UnknownNameError, ZooError
from zoo.inspection.diagram import check_suffix, keras_dot, png, svg, write
from zoo.inspection.diagram.coarsen import DETAILS, Detail
from zoo.inspection.diagram.describe import Show
from zoo.inspection.diagram.dot import dot_text
from zoo.inspection.diagram.drawing import compose

if TYPE_CHECKING:
    from keras import Model

STYLES = ("zoo", "keras")
DIRECTIONS = ("TB", "LR", "BT", "RL")
SPLINES = ("ortho", "curved", "polyline", "spline", "line", "none")
MOST_DPI = 2400  # a bitmap of the largest diagrams would take gigabytes


@dataclass(frozen=True, repr=False)
class Picture:
    """A drawn model, which a notebook shows.

    Attributes:
        dot: The drawing as DOT text.
        path: The file that it was written to; None for none.
        dpi: Dots per inch as PNG.
    """

    dot: str
    path: Path | None
    dpi: float

    def __repr__(self) -> str:
        return f"Picture({'' if self.path is None else repr(str(self.path))})"

    def _repr_html_(self) -> str:
        """For pages that take only HTML, such as sphinx-gallery's; wide drawings scroll."""
        content = base64.b64encode(svg(self.dot).encode()).decode()
        return (
            '<div style="overflow-x: auto"><img alt="diagram of a model" '
            'style="max-width: none; background: white" '
            f'src="data:image/svg+xml;base64,{content}"></div>'
        )

    def _repr_svg_(self) -> str:
        return svg(self.dot)

    def _repr_png_(self) -> bytes:
        return png(self.dot, dpi=self.dpi)


def plot_model(
    model: Model,
    to_file: str | os.PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    *,
    style: Literal["zoo", "keras"] = "zoo",
    detail: Detail | Literal["auto"] = "auto",
    **kwargs: Any,
) -> Picture:
    """Draw any built Keras model to a .svg, .png or .dot file.

    Takes the arguments of `keras.utils.plot_model` in its order and with its defaults, so that a
    listing which calls that works with this. Pip installs all that it needs. The zoo's style
    draws every call of a shared layer, and says the sizes of layers and the parameters.

    Args:
        model: A functional or Sequential model; a subclassed one is a single box.
        to_file: The file, by whose ending its format is chosen; None writes none.
        show_shapes: Write tensor shapes: in the zoo's style on the edges, without the batch axis.
        show_dtype: Write tensor types.
        show_layer_names: Write the layers' names; without them a box begins with the class.
        rankdir: Where the data flow: "TB" down, "BT" up, "LR" right, "RL" left.
        expand_nested: Show what is inside nested models; the zoo's style also opens
            TimeDistributed and Bidirectional, and draws a shared model once, in a frame beside.
        dpi: Dots per inch of a PNG file.
        show_layer_activations: Write the layers' activations.
        show_trainable: Say of each layer with weights whether they are trained.
        splines: Form of the edges: "ortho", "curved", "polyline", "spline", "line" or "none".
        style: "zoo", or "keras" for the drawing of `keras.utils.plot_model`.
        detail: For the zoo's style: "layers" draws every layer; "runs" joins a layer with the
            normalization, activation and dropout that follow it; "blocks" draws parallel
            branches and repeated blocks as one box each; "auto" takes the finest of these with
            at most 24 boxes.
        **kwargs: None are known; as in Keras, `layer_range` may be None.

    Returns:
        The picture, which a notebook shows where it is the last line of a cell.

    Raises:
        ZooError: something that is not a model, a model that is not built, an argument that is
            not known or has a wrong value, a file that cannot be written.

    Example:
        >>> import zoo
        >>> model = zoo.build("basketball", n_teams=350)
        >>> zoo.plot_model(model, "basketball.svg", show_shapes=True, show_layer_names=True)
        Picture('basketball.svg')
    """
    _check_arguments(kwargs)
    for name, value, known in (
        ("style", style, STYLES),
        ("detail", detail, ("auto", *DETAILS)),
        ("rankdir", rankdir, DIRECTIONS),
        ("splines", splines, SPLINES),
    ):
        if value not in known:
            raise UnknownNameError(name, value, known)
    if style == "keras" and detail != "auto":
        raise ZooError(f"style='keras' draws every layer; detail={detail!r} needs style='zoo'")
    if isinstance(dpi, bool) or not isinstance(dpi, int | float) or not 1 <= dpi <= MOST_DPI:
        raise ZooError(f"dpi must be a number from 1 to {MOST_DPI}, not {dpi!r}")
    path = None if to_file is None else _writable(to_file)
    _check_built(model)
    show = Show(show_layer_names, show_shapes, show_dtype, show_layer_activations, show_trainable)
    if style == "keras":
        text = keras_dot(model, nested=expand_nested, show=show, rankdir=rankdir, splines=splines)
    else:
        frames = compose(model, nested=expand_nested, show=show, detail=detail)
        text = dot_text(frames, rankdir, splines)
    if path is not None:
        write(text, path, dpi=dpi)
    return Picture(text, path, dpi)


def _check_arguments(others: Mapping[str, Any]) -> None:
    """Refuse what Keras refuses: arguments that nobody knows, and one that it has dropped."""
    for name, value in others.items():
        if name != "layer_range":
            known = set(signature(plot_model).parameters) - {"kwargs"}
            raise UnknownNameError("argument of plot_model", name, known)
        if value is not None:
            raise ZooError(
                "layer_range is gone from Keras: make a model of the layers between two tensors, "
                "keras.Model(start, end), and draw that"
            )


def _writable(to_file: str | os.PathLike[str]) -> Path:
    """The file to write, of a known format and in a folder that is there."""
    if not isinstance(to_file, str | os.PathLike):
        raise ZooError(f"to_file must be the name of a file or None, not {to_file!r}")
    path = Path(to_file)
    check_suffix(path)
    if not path.parent.is_dir():
        raise ZooError(f"cannot write {str(path)!r}: make the folder {str(path.parent)!r} first")
    return path


def _check_built(model: Any) -> None:
    if isinstance(model, str):
        raise ZooError(f"plot_model draws a model, not a name: use zoo.build({model!r})")
    if not isinstance(model, keras.Model):
        raise ZooError(f"plot_model draws a keras.Model, not {type(model).__name__}")
    if not model.built:
        raise ZooError(
            f"model {model.name!r} is not built, so its shapes are not known: call it on a batch "
            "or call its build(input_shape) first"
        )
