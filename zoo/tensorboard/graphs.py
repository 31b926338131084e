"""A model's two graphs for TensorBoard's graph page: its layers, and the operations they run.

The page makes its conceptual graph from the configuration that Keras saves, and fails on it:
models with a dict of outputs raise, the second call of a shared model gives no edge. It is given
a configuration of our own instead: one flat list of layers, named `model/layer` where a layer is
inside a nested model, each with the names of all that it is ever called on.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from zoo._keras import keras, tf
from zoo.inspection.diagram.graph import Call, Graph, Tensor, trace
from zoo.tensorboard.events import blob

if TYPE_CHECKING:
    from tensorboard.compat.proto.summary_pb2 import Summary

# Tags of the two graphs. The page opens on the first one by name, and as an op graph: that name
# must be the op graph's, or the page would open on an error.
OPERATIONS = "forward"
LAYERS = "layers"


def layer_graph(model: keras.Model) -> Summary.Value:
    """The conceptual graph: each layer a node, each nested model a scope, each call an edge."""
    return blob(LAYERS, "graph_keras_model", json.dumps(layer_config(model)).encode())


def layer_config(model: keras.Model) -> dict[str, Any]:
    """The graph in the form of a Keras configuration that TensorBoard draws right.

    A shared layer is one node; its calls are told apart by the outputs that the edges leave
    from: `team_strength/points`, `team_strength/points:1`.
    """
    drawn = _Drawing()
    drawn.add(trace(model), "")
    layers = [
        {
            "class_name": kind,
            "config": {"name": name, **({"dtype": dtype} if dtype else {})},
            "inbound_nodes": [
                {"args": [{"config": {"keras_history": [source, 0, 0]}}]}
                for source in drawn.sources[name]
            ],
        }
        for name, (kind, dtype) in drawn.nodes.items()
    ]
    return {"class_name": "Functional", "config": {"name": "", "layers": layers}}


class _Drawing:
    """Nodes and edges, as the graph of a model and those of the models inside it are walked."""

    def __init__(self) -> None:
        self.nodes: dict[str, tuple[str, str]] = {}  # name -> class, dtype
        self.sources: defaultdict[str, list[str]] = defaultdict(list)
        self._names: dict[int, str] = {}  # id of a layer or nested model -> its name or scope
        self._outputs: defaultdict[str, dict[Any, int]] = defaultdict(dict)

    def add(self, graph: Graph, scope: str) -> None:
        """Draw the calls of a graph, each nested model once, however often it is called."""
        for call in graph.calls:
            sources = [self._source(graph, tensor, (scope,)) for tensor in call.sources]
            model = call.model
            key = id(call.operation if model is None else model)
            known = key in self._names
            name = self._names.setdefault(key, scope + call.name)
            if model is None:
                self.nodes.setdefault(name, (_kind(call), _dtype(call)))
                self.sources[name] += sources
                continue
            inner = trace(model)
            if not known:
                self.add(inner, f"{name}/")
            for entry, source in zip(inner.inputs, sources, strict=False):
                self.sources[self._names[id(inner.calls[entry].operation)]].append(source)

    def _source(self, graph: Graph, tensor: Tensor, chain: tuple[str | int, ...]) -> str:
        """The node and the output that a tensor comes from, inside nested models if need be.

        `chain`, the graph that is drawn and the calls on the way in, tells calls apart.
        """
        call = graph.calls[tensor.call]
        chain = (*chain, tensor.call)
        model = call.model
        if model is not None:
            inner = trace(model)
            return self._source(inner, inner.outputs[tensor.index], chain)
        name = self._names[id(call.operation)]
        known = self._outputs[name]
        number = known.setdefault((chain, tensor.index), len(known))
        return f"{name}:{number}" if number else name


def _kind(call: Call) -> str:
    """The class of a call's layer; of a wrapper also that of what it wraps."""
    name = type(call.operation).__name__
    inside = [type(layer).__name__ for layer in call.wraps[:1]]
    return f"{name}({inside[0]})" if inside else name


def _dtype(call: Call) -> str:
    return call.outputs[0].dtype if call.outputs else ""


def operation_graph(model: keras.Model, sample: Any = None) -> Summary.Value | None:
    """The op graph: every TensorFlow operation of a forward pass, traced and never executed.

    Args:
        sample: Inputs of a model that has no symbolic ones, such as a subclassed model; without
            them such a model has no graph, and the answer is None.
    """
    from tensorboard.compat.proto.config_pb2 import RunMetadata

    try:
        inputs = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    except (AttributeError, ValueError):  # a model without symbolic inputs says so either way
        if sample is None:
            return None
        inputs = tf.nest.map_structure(tf.convert_to_tensor, sample)
    specs = tf.nest.map_structure(
        lambda tensor: tf.TensorSpec(
            (None, *tensor.shape[1:]), tensor.dtype, getattr(tensor, "name", None)
        ),
        inputs,
    )

    @tf.function
    def forward(given: Any) -> Any:
        return model(given, training=False)

    graph = forward.get_concrete_function(specs).graph
    metadata = RunMetadata()
    copy = metadata.function_graphs.add().pre_optimization_graph
    copy.ParseFromString(graph.as_graph_def(add_shapes=True).SerializeToString())
    return blob(OPERATIONS, "graph_run_metadata_graph", metadata.SerializeToString())
