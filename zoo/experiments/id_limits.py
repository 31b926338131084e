"""Which ids a model has rows of an embedding for, by the input that they come in by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from zoo._keras import keras
from zoo.inspection.diagram.graph import is_graph_model, trace, wrapped

if TYPE_CHECKING:
    from keras import Model


def id_limits(model: Model) -> dict[str, int]:
    """Input name -> the number of ids that it takes, for inputs that lead to an embedding.

    Texts, whose ids a layer of the model looks up, are no such inputs.
    """
    found = {
        tensor.name: min(_limits(model, place), default=0)
        for place, tensor in enumerate(model.inputs)
        if str(tensor.dtype) != "string"
    }
    return {name: limit for name, limit in found.items() if limit}


def _limits(model: Any, place: int) -> Iterable[int]:
    """Sizes of the embeddings that the ids of an input reach, in models and wrappers too."""
    if not is_graph_model(model):
        return
    graph = trace(model)
    ids = {(graph.inputs[place], 0)}
    for at, call in enumerate(graph.calls):
        read = [(tensor.call, tensor.index) in ids for tensor in call.sources]
        if not any(read):
            continue
        inner = call.operation
        while not is_graph_model(inner) and len(wrapped(inner)) == 1:
            (inner,) = wrapped(inner)
        if isinstance(inner, keras.layers.Embedding):
            yield inner.input_dim
        elif is_graph_model(inner):
            for source, held in enumerate(read):
                if held:
                    yield from _limits(inner, source)
        elif not getattr(inner, "weights", None):  # such as a reshape: ids are still ids
            ids |= {
                (at, index)
                for index, tensor in enumerate(call.outputs)
                if tensor.dtype.startswith(("int", "uint"))
            }
