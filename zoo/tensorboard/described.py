"""What TensorBoard shows of a model itself: texts, the two graphs, the diagram."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core.errors import ZooError
from zoo.inspection import diagram
from zoo.tensorboard import graphs
from zoo.tensorboard.events import Events, picture, text

if TYPE_CHECKING:
    import keras
    from tensorboard.compat.proto.summary_pb2 import Summary


# what lines of an error begin with that do not say what is wrong
_AROUND = ("in user code:", "Exception encountered", "Arguments received", "•")


def write_description(
    folder: Path, model: keras.Model, *, texts: Mapping[str, str], drawing: str = ""
) -> None:
    """Write texts, graphs and diagram of a model that is not trained here.

    Args:
        folder: Of the events; created if missing.
        texts, drawing: As in `description`.
    """
    events = Events(folder)
    events.write([*map(text, texts, texts.values()), *description(model, drawing=drawing)], 0)
    events.close()


def description(
    model: keras.Model, *, sample: Any = None, drawing: str = ""
) -> list[Summary.Value]:
    """The graphs of layers and of operations, and the diagram; what cannot be had is left out.

    Args:
        sample: Inputs, for the operations of a model that has no symbolic ones.
        drawing: The diagram as `zoo.inspection.diagram.to_dot` gives it, where it is made already.
    """
    values = [graphs.layer_graph(model)]
    try:
        operations = graphs.operation_graph(model, sample)
    except Exception as error:  # a model that cannot be traced: many kinds
        cannot_show(f"the operations of {model.name}", error)
        operations = None
    if operations is not None:
        values.append(operations)
    drawn = _diagram(model, drawing)
    if drawn is not None:
        values.append(picture("diagram", drawn))
    return values


def _diagram(model: keras.Model, drawing: str) -> bytes | None:
    """The model's diagram as PNG; None, with a warning, where it cannot be drawn."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = diagram.write(drawing or diagram.to_dot(model), Path(folder) / "diagram.png")
            return path.read_bytes()
        except ZooError as error:
            cannot_show("the diagram", error)
            return None


def cannot_show(what: str, error: Exception) -> None:
    """Warn that a page lacks something, and why: what only watches does not end a training."""
    warnings.warn(f"cannot show {what} in TensorBoard: {_reason(error)}", stacklevel=3)


def _reason(error: Exception) -> str:
    """The line of an error that says what is wrong, without the traces that Keras puts around."""
    text = re.sub(r"\x1b\[\d*m", "", str(error))
    text = re.sub(r"^\s*File .*\n.*\n", "", text, flags=re.MULTILINE)  # and the line of code
    lines = (re.sub(r"^\w*(Error|Exception): ", "", line.strip()) for line in text.splitlines())
    told = (line for line in lines if line and not line.startswith(_AROUND))
    return next(told, type(error).__name__)
