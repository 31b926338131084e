"""Several models called like layers on the same inputs, each output averaged over them.

The combined model is made of Keras's own layers: it reloads in safe mode, and without the zoo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zoo._keras import keras, layers
from zoo.core.errors import BuildError, UnknownNameError
from zoo.core.stateful import stateful_layer
from zoo.ensembling.tensors import (
    AUTOMATIC,
    merged,
    named_alike,
    named_inputs,
    named_outputs,
    outputs_of,
)
from zoo.inspection.diagram.graph import is_graph_model

Tensor = Any


def combine(
    models: Sequence[keras.Model],
    shares: Mapping[str, Sequence[float]] | None = None,
    *,
    name: str = "ensemble",
) -> keras.Model:
    """One model with the inputs and outputs of `models`, which gives the average of theirs.

    The members are frozen copies under names of their own, numbered from 1; the given models
    stay as they are. To train them further, set the model's `trainable` to True.

    Args:
        models: At least one functional or Sequential model; all with the same inputs and outputs.
            Those without names of their own are taken in their order.
        shares: Output, as `output_tensors` names them -> how much each member counts; uniform if
            left out.
        name: The model's name.

    Raises:
        BuildError: inputs or outputs that differ, or a model that cannot be a part of another.
    """
    first = models[0]
    for model in models:
        if not is_graph_model(model):
            raise BuildError(
                f"cannot combine {model.name}: it is neither a functional nor a built Sequential "
                "model"
            )
        if layer := stateful_layer(model):
            raise BuildError(
                f"cannot combine {model.name}: layer {layer} is stateful, it keeps a state from "
                "batch to batch; build it with stateful=False"
            )
    known = named_inputs(models)
    inputs = {
        label: keras.Input(
            merged(f"input {tensor.name}", [each[label] for each in known]),
            dtype=tensor.dtype,
            name=None if AUTOMATIC.fullmatch(tensor.name) else tensor.name,
        )
        for label, tensor in known[0].items()
    }
    stable = not named_alike(models)
    names = named_outputs(first, outputs_of(first), stable=stable)
    for output, given in (shares or {}).items():
        if output not in names:
            raise BuildError(str(UnknownNameError("output", output, names)))
        if len(given) != len(models):
            raise BuildError(f"output {output} has {len(given)} shares for {len(models)} models")
    answers = [
        _called(_copy(model, f"{model.name}_{number}"), [inputs[label] for label in own], stable)
        for number, (model, own) in enumerate(zip(models, known, strict=True), start=1)
    ]
    taken = {tensor.name for tensor in inputs.values()}
    averages = {}
    for output in answers[0]:
        parts = [each[output] for each in answers]
        merged(f"output {output}", parts)  # Keras would repeat the smaller one
        layer = f"{output}_average" if output in taken else output  # a dict's key may be an input's
        averages[output] = _average(layer, parts, (shares or {}).get(output))
    outputs: Any = averages
    if not isinstance(outputs_of(first), dict):
        outputs = _one_or_list(averages.values())
    return keras.Model(_one_or_list(inputs.values()), outputs, name=name)


def _one_or_list(tensors: Iterable[Tensor]) -> Any:
    listed = list(tensors)
    return listed if len(listed) > 1 else listed[0]


def _copy(model: keras.Model, name: str) -> keras.Model:
    """A frozen copy of the model under another name.

    Frozen members add no penalty on their weights to the ensemble's loss.
    """
    try:
        copy = type(model).from_config({**model.get_config(), "name": name})
        copy.set_weights(model.get_weights())
    except (TypeError, ValueError, NotImplementedError) as error:  # a subclass of one's own
        reason = str(error).partition("\n")[0]
        raise BuildError(f"cannot combine {model.name}, which has no copy: {reason}") from error
    copy.trainable = False
    return copy


def _called(model: keras.Model, inputs: Sequence[Tensor], stable: bool) -> dict[str, Tensor]:
    """The model's outputs by name on its inputs in order, which is not that of a dict's keys."""
    structure = getattr(model, "_inputs_struct", None)
    given = inputs[0] if structure is None else keras.tree.pack_sequence_as(structure, inputs)
    return named_outputs(model, model(given), stable=stable)


def _average(output: str, answers: list[Tensor], shares: Sequence[float] | None) -> Tensor:
    """The layers that average one output over the members."""
    if shares is None:
        return layers.Average(name=output)(answers)
    parts = [
        layers.Rescaling(share, name=f"{output}_share_{number}")(answer)
        for number, (answer, share) in enumerate(zip(answers, shares, strict=True), start=1)
    ]
    return layers.Add(name=output)(parts)
