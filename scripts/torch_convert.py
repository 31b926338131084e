"""From a built Keras model to the same model in PyTorch's own modules, weights included.

The Keras graph becomes a `torch.fx` graph: nested models are opened, a layer that is called
twice stays one module, and `Twin.code` shows the forward pass as a PyTorch user would write it.
Inside, feature maps have their channels first, as PyTorch's convolutions want them; they are
turned back only where a layer mixes places and channels, such as Flatten or Dense. In memory
the channels are last, which PyTorch calls a memory format and which is faster on a CPU.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch_layers
from torch import fx, nn
from torch.nn import functional
from torch_twin import Unsupported

if TYPE_CHECKING:
    import keras

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "elu": functional.elu,
    "selu": functional.selu,
    "silu": functional.silu,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "exponential": torch.exp,
}
MERGES: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Multiply": operator.mul,
    "Maximum": torch.maximum,
    "Minimum": torch.minimum,
}
POOLS = {f"{kind}Pooling{n}D": kind == "Max" for kind in ("Max", "Average") for n in (1, 2)}
GLOBAL_POOLS = {f"Global{kind}": largest for kind, largest in POOLS.items()}
CONVOLUTIONS = ("Conv1D", "Conv2D")
SEPARABLE = ("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D")
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
UNCHANGED = ("InputLayer", "ActivityRegularization", "Identity")


class Twin(fx.GraphModule):
    """A Keras model in PyTorch.

    Takes tensors in the order of `input_names`, as `tensors` makes them, and returns a tuple of
    outputs in the order of `output_names`, with their channels where Keras has them.

    Attributes:
        input_names, output_names: The Keras model's.
        output_ranks: Number of axes of each output, rows included.
        logits: Outputs that are returned before their last activation.
        decay: Parameter name -> weight decay that stands for its L2 penalty.
    """

    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    output_ranks: tuple[int, ...]
    logits: frozenset[str]
    decay: dict[str, float]
    channels_first: frozenset[str]

    def tensors(self, arrays: Mapping[str, np.ndarray]) -> list[torch.Tensor]:
        """Inputs by name as the twin reads them: ids of 64 bits, pictures channels first."""
        return [self._tensor(name, arrays[name]) for name in self.input_names]

    def _tensor(self, name: str, array: np.ndarray) -> torch.Tensor:
        kind = np.int64 if array.dtype.kind in "iub" else np.float32
        tensor = torch.from_numpy(np.ascontiguousarray(array, dtype=kind))
        return tensor.movedim(-1, 1) if name in self.channels_first else tensor


def convert(model: keras.Model, logits: Mapping[str, str] | None = None) -> Twin:
    """The Keras model in PyTorch, with a copy of its weights.

    Args:
        model: Built, functional or sequential.
        logits: Output name -> activation. Such an output is returned without this activation
            where it ends in it, since PyTorch's cross-entropies begin with it.

    Raises:
        Unsupported: a layer, or a setting of one, without a counterpart here.
    """
    names = _output_names(model)
    converter = _Converter()
    inputs = [converter.graph.placeholder(_identifier(tensor.name)) for tensor in model.inputs]
    outputs = converter.opened(model, inputs)
    dropped = set()
    for i, name in enumerate(names):
        activation, before = converter.activated.get(outputs[i], ("", outputs[i]))
        if activation and (logits or {}).get(name) == activation:
            outputs[i] = before
            dropped.add(name)
    converter.graph.output(tuple(converter.last(output) for output in outputs))
    converter.graph.eliminate_dead_code(lambda node: node.op in ("placeholder", "output"))
    first = {
        tensor.name
        for tensor, node in zip(model.inputs, inputs, strict=True)
        if converter.taken_channels_first(node)
    }
    converter.graph.lint()
    twin = Twin(converter.root, converter.graph, "Twin")
    twin.input_names = tuple(tensor.name for tensor in model.inputs)
    twin.output_names = tuple(names)
    twin.output_ranks = tuple(len(tensor.shape) for tensor in model.outputs)
    twin.logits = frozenset(dropped)
    twin.decay = converter.decay
    twin.channels_first = frozenset(first)
    moved: Any = twin  # its hints do not know of memory formats
    return moved.to(memory_format=torch.channels_last)  # in memory alone: the shapes stay


class _Converter:
    """Writes a Keras graph down as a torch.fx graph, node by node."""

    def __init__(self) -> None:
        self.root = nn.Module()
        self.graph = fx.Graph()
        self.decay: dict[str, float] = {}
        self.activated: dict[fx.Node, tuple[str, fx.Node]] = {}  # -> activation, node before it
        self._first: set[fx.Node] = set()  # nodes whose channels are on axis 1
        self._turned: dict[fx.Node, fx.Node] = {}  # node -> itself with the channels moved
        self._rank: dict[fx.Node, int] = {}
        self._targets: dict[int, str] = {}  # id of a Keras layer -> name of its module

    def opened(self, model: keras.Model, inputs: Sequence[fx.Node]) -> list[fx.Node]:
        """The nodes of the model's outputs, when it is called on nodes."""
        graph: Any = getattr(model, "_functional", None) or model
        if not hasattr(graph, "_nodes_by_depth"):
            raise Unsupported(f"{type(model).__name__} {model.name}, which is not functional")
        known: dict[int, fx.Node] = {}
        for tensor, node in zip(graph.inputs, inputs, strict=True):
            known[id(tensor)] = node
            self._rank[node] = len(tensor.shape)
        for depth in sorted(graph._nodes_by_depth, reverse=True):
            for call in graph._nodes_by_depth[depth]:
                if call.is_input:
                    continue
                arguments = [known[id(tensor)] for tensor in call.input_tensors]
                results = self.called(call.operation, arguments, call)
                for tensor, node in zip(call.output_tensors, results, strict=True):
                    known[id(tensor)] = node
                    self._rank[node] = len(tensor.shape)
        return [known[id(tensor)] for tensor in graph.outputs]

    def called(self, layer: Any, nodes: list[fx.Node], call: Any) -> list[fx.Node]:
        """The nodes of a layer's outputs; `call` is the Keras node, for shapes."""
        kind = type(layer).__name__
        if kind in ("Functional", "Sequential") or hasattr(layer, "_nodes_by_depth"):
            return self.opened(layer, nodes)
        if not type(layer).__module__.startswith("keras."):
            raise Unsupported(f"{kind} {layer.name}, a layer of one's own")
        _check(layer, call)
        shapes = [tuple(tensor.shape) for tensor in call.input_tensors]
        return [self._one(layer, kind, nodes, shapes)]

    def _one(
        self, layer: Any, kind: str, nodes: list[fx.Node], shapes: list[tuple[int | None, ...]]
    ) -> fx.Node:
        if kind in UNCHANGED:
            return nodes[0]
        if kind in ("Concatenate", "Subtract", "Average", "Dot", *MERGES):
            return self._merged(layer, kind, nodes)
        if len(nodes) > 1:
            raise Unsupported(f"{kind} {layer.name} called on {len(nodes)} tensors")
        (x,), (shape,) = nodes, shapes
        self._rank[x] = len(shape)
        if kind == "Dense":
            return self._ends(self._module(layer, torch_layers.linear, self.last(x)), layer)
        if kind in CONVOLUTIONS or kind in SEPARABLE:
            make = torch_layers.convolution if kind in CONVOLUTIONS else torch_layers.separable
            y = self._module(layer, lambda each: make(each, shape), self.first(x))
            return self._ends(self._as_first(y), layer)
        if kind in POOLS:
            largest = POOLS[kind]
            y = self._module(
                layer, lambda each: torch_layers.pool(each, shape, largest=largest), self.first(x)
            )
            return self._as_first(y)
        if kind in GLOBAL_POOLS:
            return self._global_pool(layer, x, largest=GLOBAL_POOLS[kind])
        if kind == "BatchNormalization":
            module = self._module(layer, torch_layers.batch_normalisation, self.first(x))
            return self._as_first(module) if len(shape) > 2 else module
        if kind in RECURRENT or kind == "Bidirectional":
            return self._recurrent(layer, self.last(x))
        if kind == "TimeDistributed":
            return self._distributed(layer, self.last(x), shape)
        if kind == "Activation":
            return self._ends(x, layer)
        if kind in ("Dropout", "ReLU", "LeakyReLU", "ELU"):
            return self._like(x, self._module(layer, torch_layers.SIMPLE[kind], x))
        if kind == "Softmax":
            if layer.axis not in (-1, len(shape) - 1):
                raise Unsupported(f"softmax {layer.name} on axis {layer.axis}")
            return self._activation("softmax", x)
        if kind in torch_layers.SIMPLE:  # reads places and channels as Keras has them
            return self._module(layer, torch_layers.SIMPLE[kind], self.last(x))
        if kind == "Flatten":
            return self._function(torch.flatten, self.last(x), 1)
        if kind == "Reshape":
            sizes = tuple(-1 if size is None else int(size) for size in layer.target_shape)
            return self._method("reshape", self.last(x), self._method("size", x, 0), *sizes)
        if kind == "Permute":
            return self._method("permute", self.last(x), 0, *layer.dims)
        if kind == "RepeatVector":
            return self._method(
                "expand", self._method("unsqueeze", self.last(x), 1), -1, layer.n, -1
            )
        if kind == "Rescaling":
            y = self._function(operator.mul, x, _number(layer, layer.scale))
            return self._like(x, self._function(operator.add, y, _number(layer, layer.offset)))
        raise Unsupported(f"{kind} {layer.name}")

    def _merged(self, layer: Any, kind: str, nodes: list[fx.Node]) -> fx.Node:
        if len({node in self._first for node in nodes}) > 1:
            alike = len({self._rank[node] for node in nodes}) == 1
            nodes = [self.first(node) if alike else self.last(node) for node in nodes]
        x = nodes[0]
        if kind == "Concatenate":
            rank = self._rank[x]
            axis = layer.axis % rank
            if x in self._first and axis > 0:
                axis = 1 if axis == rank - 1 else axis + 1
            return self._like(x, self._function(torch.cat, tuple(nodes), axis))
        if kind == "Dot":
            left, right = (self.last(node) for node in nodes)
            return self._dot(layer, left, right)
        if kind == "Subtract":
            return self._like(x, self._function(operator.sub, *nodes))
        total = x
        merge = MERGES.get(kind, operator.add)
        for node in nodes[1:]:
            total = self._function(merge, total, node)
        if kind == "Average":
            total = self._function(operator.truediv, total, len(nodes))
        return self._like(x, total)

    def _dot(self, layer: Any, left: fx.Node, right: fx.Node) -> fx.Node:
        axes = (layer.axes, layer.axes) if isinstance(layer.axes, int) else tuple(layer.axes)
        ranks = (self._rank[left], self._rank[right])
        first, second = (axis % rank for axis, rank in zip(axes, ranks, strict=True))
        if layer.normalize:
            left = self._function(functional.normalize, left, 2.0, first)
            right = self._function(functional.normalize, right, 2.0, second)
        letters = "abcdefgh"
        one = "n" + letters[: ranks[0] - 1]
        two = "n" + letters[ranks[0] - 1 : sum(ranks) - 2]
        two = two[:second] + one[first] + two[second + 1 :]
        kept = one.replace(one[first], "") + two.replace(one[first], "")[1:]
        y = self._function(torch.einsum, f"{one},{two}->{kept}", left, right)
        return self._method("unsqueeze", y, 1) if kept == "n" else y

    def _global_pool(self, layer: Any, x: fx.Node, *, largest: bool) -> fx.Node:
        places = tuple(range(2, self._rank[x]))
        function = torch.amax if largest else torch.mean
        y = self._function(function, self.first(x), places, bool(layer.keepdims))
        return self._as_first(y) if layer.keepdims else y

    def _recurrent(self, layer: Any, x: fx.Node) -> fx.Node:
        both = type(layer).__name__ == "Bidirectional"
        cell = layer.forward_layer if both else layer
        if not both and layer.go_backwards:
            x = self._method("flip", x, 1)
        pair = self._module(layer, torch_layers.recurrent, x)
        if cell.return_sequences:
            y = self._function(operator.getitem, pair, 0)
            if not both or layer.merge_mode == "concat":
                return y
            halves = self._method("chunk", y, 2, -1)
        else:
            halves = self._function(operator.getitem, pair, 1)
            if type(cell).__name__ == "LSTM":
                halves = self._function(operator.getitem, halves, 0)
            if not both:
                return self._function(operator.getitem, halves, -1)
        forth, back = (self._function(operator.getitem, halves, i) for i in (0, 1))
        if layer.merge_mode == "concat":
            return self._function(torch.cat, (forth, back), -1)
        if layer.merge_mode not in ("sum", "mul", "ave"):
            raise Unsupported(f"bidirectional {layer.name} with merge_mode={layer.merge_mode!r}")
        merge = operator.mul if layer.merge_mode == "mul" else operator.add
        y = self._function(merge, forth, back)
        return self._function(operator.truediv, y, 2) if layer.merge_mode == "ave" else y

    def _distributed(self, layer: Any, x: fx.Node, shape: tuple[int | None, ...]) -> fx.Node:
        """A layer at every step: PyTorch's Linear does that itself, others get rows x steps."""
        inner = layer.layer
        kind = type(inner).__name__
        if kind == "Dense":
            _check(inner)
            return self._one(inner, kind, [x], [shape])
        steps = self._method("size", x, 1) if shape[1] is None else shape[1]
        folded = self._function(torch.flatten, x, 0, 1)
        self._rank[folded] = len(shape) - 1
        if hasattr(inner, "inputs"):
            results = self.opened(inner, [folded])
            if len(results) > 1:
                raise Unsupported(f"TimeDistributed {layer.name} of a model with several outputs")
            (y,) = results
        else:
            _check(inner)
            y = self._one(inner, kind, [folded], [(None, *shape[2:])])
            self._rank[y] = len(inner.compute_output_shape((None, *shape[2:])))

        def unfolded(node: fx.Node) -> fx.Node:
            return self._function(torch.unflatten, self.last(node), 0, (-1, steps))

        result = unfolded(y)
        if y in self.activated:
            activation, before = self.activated[y]
            self._rank[before] = self._rank[y]
            self.activated[result] = (activation, unfolded(before))
        return result

    def _ends(self, x: fx.Node, layer: Any) -> fx.Node:
        """`x` through the layer's own activation."""
        activation = layer.activation
        name = getattr(activation, "__name__", type(activation).__name__)
        return x if name == "linear" else self._activation(name, x)

    def _activation(self, name: str, x: fx.Node) -> fx.Node:
        if name == "softmax":
            y = self._function(torch.softmax, x, 1 if x in self._first else -1)
        elif name in ACTIVATIONS:
            y = self._function(ACTIVATIONS[name], x)
        else:
            raise Unsupported(f"activation {name}")
        self.activated[y] = (name, x)
        return self._like(x, y)

    def first(self, x: fx.Node) -> fx.Node:
        """`x` with its channels on axis 1; with at most two axes they are there."""
        if self._rank[x] < 3 or x in self._first:
            return x
        if x not in self._turned:
            turned = self._as_first(self._function(torch.movedim, x, -1, 1))
            self._rank[turned] = self._rank[x]
            self._turned[x], self._turned[turned] = turned, x
        return self._turned[x]

    def last(self, x: fx.Node) -> fx.Node:
        """`x` with its channels on the last axis, where Keras has them."""
        if x not in self._first:
            return x
        if x not in self._turned:
            turned = self._function(torch.movedim, x, 1, -1)
            if x in self._rank:
                self._rank[turned] = self._rank[x]
            self._turned[x], self._turned[turned] = turned, x
        return self._turned[x]

    def taken_channels_first(self, node: fx.Node) -> bool:
        """Whether all that read an input want its channels first; if so, the turn is left out."""
        turned = self._turned.get(node)
        if turned is None or set(node.users) != {turned}:
            return False
        turned.replace_all_uses_with(node)
        self.graph.erase_node(turned)
        return True

    def _as_first(self, node: fx.Node) -> fx.Node:
        self._first.add(node)
        return node

    def _like(self, x: fx.Node, y: fx.Node) -> fx.Node:
        """`y`, whose channels are where those of `x` are."""
        self._rank.setdefault(y, self._rank[x]) if x in self._rank else None
        return self._as_first(y) if x in self._first else y

    def _function(self, function: Callable[..., Any], *arguments: Any) -> fx.Node:
        return self.graph.call_function(function, arguments)

    def _method(self, name: str, *arguments: Any) -> fx.Node:
        return self.graph.call_method(name, arguments)

    def _module(self, layer: Any, make: Callable[[Any], nn.Module], x: fx.Node) -> fx.Node:
        """A call of the layer's module, which is made at the layer's first call."""
        if id(layer) not in self._targets:
            name = _identifier(layer.name)
            while hasattr(self.root, name):
                name += "_"
            module = make(layer)
            self.root.add_module(name, module)
            self._targets[id(layer)] = name
            for parameter, decay in torch_layers.decays(layer).items():
                self.decay[f"{name}.{parameter}"] = decay
            if not layer.trainable:
                module.requires_grad_(False)
        return self.graph.call_module(self._targets[id(layer)], (x,))


def _check(layer: Any, call: Any = None) -> None:
    """Refuse settings that would change what the layer computes, unseen."""
    kind = type(layer).__name__
    if getattr(layer, "data_format", None) == "channels_first":
        raise Unsupported(f"{kind} {layer.name} with its channels first")
    if getattr(layer, "mask_zero", False) or kind == "Masking":
        raise Unsupported(f"{kind} {layer.name}, which masks")
    if layer.compute_dtype not in ("float32", "int32", "int64"):
        raise Unsupported(f"{kind} {layer.name} computes in {layer.compute_dtype}")
    for name, value in call.arguments.kwargs.items() if call else ():
        if value is not None and name in ("mask", "initial_state"):
            raise Unsupported(f"{kind} {layer.name} called with {name}")


def _number(layer: Any, value: Any) -> float:
    if np.ndim(value):
        raise Unsupported(f"{layer.name} with a number for each channel")
    return float(value)


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _output_names(model: keras.Model) -> list[str]:
    from zoo.training.engine import output_names

    return output_names(model)
