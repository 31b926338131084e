"""Several models called like layers on the same inputs, each output averaged over them.

The combined model is made of Keras's own layers: it reloads in safe mode, and without the zoo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zoo._keras import keras, layers
from zoo.training.engine import output_names

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
        shares: Output -> how much each member counts; uniform if left out.
        name: The model's name.
    """
    first = models[0]
    inputs = {
        tensor.name: keras.Input(
            _merged([_input(model, tensor.name).shape[1:] for model in models]),
            dtype=tensor.dtype,
            name=tensor.name,
        )
        for tensor in first.inputs
    }
    answers = [
        _called(_copy(model, f"{model.name}_{number}"), inputs)
        for number, model in enumerate(models, start=1)
    ]
    averages = {
        output: _average(output, [each[output] for each in answers], (shares or {}).get(output))
        for output in answers[0]
    }
    outputs: Any = averages
    if not isinstance(_outputs(first), dict):
        outputs = _one_or_list(averages.values())
    return keras.Model(_one_or_list(inputs.values()), outputs, name=name)


def output_tensors(model: keras.Model) -> dict[str, Tensor]:
    """A model's output tensors by name."""
    return _by_name(model, _outputs(model))


def _outputs(model: keras.Model) -> Any:
    """The outputs as the model gives them; a Sequential one has no `output` until called."""
    return model.outputs if isinstance(model, keras.Sequential) else model.output


def _by_name(model: keras.Model, outputs: Any) -> dict[str, Tensor]:
    if isinstance(outputs, dict):
        return dict(outputs)
    listed = outputs if isinstance(outputs, list | tuple) else [outputs]
    return dict(zip(output_names(model), listed, strict=True))


def _one_or_list(tensors: Iterable[Tensor]) -> Any:
    listed = list(tensors)
    return listed if len(listed) > 1 else listed[0]


def _copy(model: keras.Model, name: str) -> keras.Model:
    """A frozen copy of the model under another name.

    Frozen members add no penalty on their weights to the ensemble's loss.
    """
    copy = type(model).from_config({**model.get_config(), "name": name})
    copy.set_weights(model.get_weights())
    copy.trainable = False
    return copy


def _called(model: keras.Model, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The model's outputs by name."""
    given: Any = [inputs[tensor.name] for tensor in model.inputs]
    if isinstance(getattr(model, "input", None), dict):
        given = dict(zip(model.input, given, strict=True))
    else:
        given = _one_or_list(given)
    return _by_name(model, model(given))


def _average(output: str, answers: list[Tensor], shares: Sequence[float] | None) -> Tensor:
    """The layers that average one output over the members."""
    if shares is None:
        return layers.Average(name=output)(answers)
    parts = [
        layers.Rescaling(share, name=f"{output}_share_{number}")(answer)
        for number, (answer, share) in enumerate(zip(answers, shares, strict=True), start=1)
    ]
    return layers.Add(name=output)(parts)


def _input(model: keras.Model, name: str) -> Tensor:
    return next(tensor for tensor in model.inputs if tensor.name == name)


def _merged(shapes: Sequence[Sequence[int | None]]) -> tuple[int | None, ...]:
    """Each size that any of the shapes fixes; None where none does."""
    return tuple(
        next((size for size in sizes if size is not None), None)
        for sizes in zip(*shapes, strict=True)
    )
