"""A model's two graphs for TensorBoard's graph page: its layers, and the operations they run.

The page can make a graph of layers from the configuration that Keras saves, and fails on it:
models with a dict of outputs raise, the second call of a shared model gives no edge. It would
also open on the operations, whatever the order. So the layers are given to it as an op graph of
our own: one node for each layer, named `model/layer` where it is inside a nested model, with the
names of all that it is ever called on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zoo._keras import keras, tf
from zoo.inspection.diagram import describe
from zoo.inspection.diagram.graph import Call, Graph, Tensor, trace
from zoo.models.spec import Shape
from zoo.tensorboard.events import blob

if TYPE_CHECKING:
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.summary_pb2 import Summary

# Tags of the two graphs. The page opens on the first of them by name.
LAYERS = "layers"
OPERATIONS = "operations"
PLUGIN = "graph_run_metadata_graph"


def layer_graph(model: keras.Model) -> Summary.Value:
    """The graph of layers: each layer a node, each nested model a scope, each call an edge."""
    return _graph(LAYERS, layer_nodes(model))


def layer_nodes(model: keras.Model) -> GraphDef:
    """The nodes of the graph of layers.

    A shared layer is one node; its calls are told apart by the outputs that the edges leave
    from: `team_strength/points`, `team_strength/points:1`. Each node has the layer's class as
    its operation, and as attributes its settings in words, its parameters, and the shape of what
    each call gives.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    drawn = _Drawing()
    drawn.add(trace(model), "")
    graph = GraphDef()
    for name, node in drawn.nodes.items():
        made = graph.node.add(name=name, op=_kind(node.call), input=node.sources)
        operation = node.call.operation
        settings = describe.settings(operation).replace("×", "x")
        made.attr["settings"].s = settings.encode("ascii", "replace")  # the page shows bytes
        made.attr["parameters"].i = describe.parameter_count(operation)
        shapes = [shape for _, shape in sorted(node.shapes.items())]
        for shape in shapes or [tensor.shape for tensor in node.call.outputs]:
            added = made.attr["_output_shapes"].list.shape.add()
            for size in (None, *shape):
                added.dim.add(size=-1 if size is None else size)
    return graph


@dataclass
class _Node:
    """A layer: its first call, what it is called on, and the shapes of its outputs by number."""

    call: Call
    sources: list[str] = field(default_factory=list)
    shapes: dict[int, Shape] = field(default_factory=dict)


class _Drawing:
    """Nodes and edges, as the graph of a model and those of the models inside it are walked."""

    def __init__(self) -> None:
        self.nodes: dict[str, _Node] = {}
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
                self.nodes.setdefault(name, _Node(call)).sources += sources
                continue
            inner = trace(model)
            if not known:
                self.add(inner, f"{name}/")
            for entry, source in zip(inner.inputs, sources, strict=False):
                self.nodes[self._names[id(inner.calls[entry].operation)]].sources.append(source)

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
        self.nodes[name].shapes[number] = tensor.shape
        return f"{name}:{number}" if number else name


def _kind(call: Call) -> str:
    """The class of a call's layer; of a wrapper also that of what it wraps."""
    name = type(call.operation).__name__
    inside = [type(layer).__name__ for layer in call.wraps[:1]]
    return f"{name}({inside[0]})" if inside else name


def operation_graph(model: keras.Model, sample: Any = None) -> Summary.Value | None:
    """The op graph: every TensorFlow operation of a forward pass, traced and never executed.

    Args:
        sample: Inputs of a model that has no symbolic ones, such as a subclassed model; without
            them such a model has no graph, and the answer is None.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef

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

    @tf.function(autograph=False)
    def forward(given: Any) -> Any:
        return model(given, training=False)

    graph = forward.get_concrete_function(specs).graph
    nodes = graph.as_graph_def(add_shapes=True).SerializeToString()
    return _graph(OPERATIONS, GraphDef.FromString(nodes))


def _graph(tag: str, nodes: GraphDef) -> Summary.Value:
    """A graph in the form in which the page takes op graphs."""
    from tensorboard.compat.proto.config_pb2 import RunMetadata

    metadata = RunMetadata()
    metadata.function_graphs.add().pre_optimization_graph.CopyFrom(nodes)
    return blob(tag, PLUGIN, metadata.SerializeToString())
