"""Keras's own drawing of a model, as `keras.utils.plot_model` exports it, made repeatable.

Keras names nodes by object id, so that its text differs from run to run. Here a node is named
after its layer, and names that Keras made up are numbered within the model.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from zoo._keras import keras
from zoo.core.errors import ZooError
from zoo.inspection.diagram.describe import Show
from zoo.inspection.diagram.graph import is_graph_model, trace

if TYPE_CHECKING:
    from keras import Model

_SHOW = Show(activations=True)


def keras_dot(
    model: Model,
    *,
    nested: bool = True,
    show: Show = _SHOW,
    rankdir: str = "TB",
    splines: str = "ortho",
) -> str:
    """The DOT text of `keras.utils.model_to_dot`, the same in every process."""
    try:
        drawn: Any = keras.utils.model_to_dot(
            model,
            show_shapes=show.shapes,
            show_dtype=bool(show.dtypes),
            show_layer_names=show.names,
            rankdir=rankdir,
            expand_nested=nested,
            show_layer_activations=bool(show.activations),
            show_trainable=show.trainable,
            splines=splines,
        )
    except (ImportError, ValueError) as error:
        raise ZooError(f"Keras cannot draw the model: {error}") from error
    drawn.obj_dict["attributes"].pop("dpi", None)  # for the renderer to choose
    drawn.set("fontname", "Helvetica")  # of the frames; the boxes have it
    return "\n".join(_renamed(drawn.to_string().splitlines(), _paths(model))) + "\n"


def _quoted(name: str) -> str:
    """An id in DOT."""
    return '"' + name.replace('"', '\\"') + '"'


def _readable(text: str) -> str:
    """Text of a label: characters that mean something in one as numbered entities."""
    return re.sub(r"[{}|]", lambda found: f"&#{ord(found[0])};", escape(text, False))


def _paths(model: Any, above: str = "") -> dict[str, tuple[str, str]]:
    """Object id of every layer, however deep -> its path of stable names, and its given name."""
    paths = {}
    for call in trace(model).calls:
        path = f"{above}{call.name}"
        paths[str(id(call.operation))] = (path, call.operation.name)
        if is_graph_model(call.operation) and call.operation is not model:
            paths |= _paths(call.operation, f"{path}/")
    return paths


def _renamed(lines: list[str], paths: dict[str, tuple[str, str]]) -> list[str]:
    """DOT lines with paths for object ids, and stable names in labels and clusters."""
    stable = {given: path.rpartition("/")[2] for path, given in paths.values()}
    renamed = []
    for line in lines:
        if node := re.match(r"(\d+) \[label=", line):
            path, given = paths[node[1]]
            label = line[node.end(1) :].replace(
                f"<b>{given}</b>", f"<b>{path.rpartition('/')[2]}</b>", 1
            )
            # Keras leaves names such as "<lambda>" as they are, which no Graphviz can read
            label = re.sub(r"(?<=<b>).*?(?=</b>)", lambda text: _readable(text[0]), label)
            renamed.append(f"{_quoted(path)}{label}")
        elif edge := re.match(r"(\d+) -> (\d+)", line):
            ends = (_quoted(paths[end][0]) for end in edge.groups())
            renamed.append(f"{' -> '.join(ends)}{line[edge.end() :]}")
        elif frame := re.fullmatch(r'(subgraph cluster_|label=)"?(\w+)"?( \{|;)', line):
            renamed.append(f"{frame[1]}{stable.get(frame[2], frame[2])}{frame[3]}")
        else:
            renamed.append(line)
    return renamed
