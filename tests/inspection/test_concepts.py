"""Concept pages: one for each concept, code that runs, models that have what they are named for."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from support import slow, slow_if_large, tiny_once

import zoo
from zoo._keras import keras, layers
from zoo.cli.root import COMMANDS, cli, run
from zoo.inspection import concepts
from zoo.inspection.diagram.graph import Call, trace, uses
from zoo.models.abstract_build import abstract_build
from zoo.models.documents import DOCUMENTS
from zoo.models.spec import CONCEPTS

every_concept = pytest.mark.parametrize("name", CONCEPTS)


def test_every_concept_has_a_text_and_a_model() -> None:
    assert set(concepts.TEXTS) == set(CONCEPTS)
    assert all(zoo.list_models(concept=name) for name in CONCEPTS)


@every_concept
def test_a_page_is_five_lines_models_and_documents(name: str) -> None:
    lines = concepts.as_text(name).splitlines()
    assert lines[:4] == [name, "=" * len(name), CONCEPTS[name], ""]
    assert [line.split()[0] for line in lines[4:9]] == list(concepts.LINES), "none is wrapped"
    assert lines[9] == ""
    assert max(map(len, lines)) <= 100
    models, documents = "\n".join(lines[10:]).split("\n\n")
    heads = [re.findall(r"^  (\S+)  ", part, re.MULTILINE) for part in (models, documents)]
    assert heads[0] == zoo.list_models(concept=name)
    assert heads[1] == list(concepts.text(name).documents)
    assert heads[1]
    assert set(heads[1]) <= set(DOCUMENTS)


@every_concept
def test_models_and_commands_that_a_page_names(name: str) -> None:
    """A model in backticks shows the concept; a command is one that there is."""
    said = concepts.text(name)
    text = " ".join([*(getattr(said, line) for line in concepts.LINES), *said.documents.values()])
    for quoted in re.findall(r"`([^`]+)`", text):
        command = re.fullmatch(r"zoo (\w+) (\w+)", quoted)
        if command:
            assert command[1] in COMMANDS
        model = command[2] if command else quoted
        if model in zoo.list_models():
            assert model in zoo.list_models(concept=name), quoted
        else:
            assert command is None, quoted


def tensors() -> dict[str, Any]:
    """What the pages' code takes for granted."""
    a = keras.Input((8,), name="a")
    heads = keras.Model(a, [layers.Dense(1, name="age")(a), layers.Dense(1, name="job")(a)])
    return {
        **{name: value for name, value in vars(keras.layers).items() if name[0].isupper()},
        **{name: getattr(keras, name) for name in ("Input", "Model", "Sequential")},
        "keras": keras,
        "a": a,
        "b": keras.Input((8,), name="b"),
        "left": keras.Input((10, 4)),
        "right": keras.Input((10, 4)),
        "sequence": keras.Input((10, 4)),
        "picture": keras.Input((16, 16, 3)),
        "text": keras.Input((12,), dtype="int32"),
        "heads": heads,
    }


@pytest.mark.parametrize(
    "name",
    [slow(name) if name == "application" else name for name in CONCEPTS],  # builds Xception
)
def test_the_code_runs(name: str) -> None:
    space = tensors()
    given = {*space, "__builtins__"}
    with abstract_build():
        exec(concepts.text(name).how, space)
    assert set(space) - given or space["heads"].compiled, "it makes or compiles something"


def calls(model: Any) -> Iterator[Call]:
    """Every call of a model's graph and of the models in it."""
    for call in trace(model).calls:
        yield call
        if call.model is not None:
            yield from calls(call.model)


def shown_by(model: Any) -> set[str]:
    """The concepts that can be seen in a model's graph."""
    found = list(calls(model))
    inside = {type(each).__name__ for call in found for each in (call.operation, *call.wraps)}
    readers: defaultdict[tuple[int, int], int] = defaultdict(int)
    for call in trace(model).calls:
        for source in set(call.sources):
            readers[source.call, source.index] += 1
    added = [call for call in found if type(call.operation).__name__ == "Add"]
    joined = inside & {"Add", "Subtract", "Multiply", "Concatenate"}
    ranks = {(len(each.shape), str(each.dtype)) for each in model.inputs}
    return {
        concept
        for concept, is_shown in {
            "sequential": isinstance(model, keras.Sequential),
            "multi-input": len(model.inputs) > 1,
            "multi-output": len(model.outputs) > 1,
            "auxiliary-output": len(model.outputs) > 1,
            "loss-weights": len(model.outputs) > 1,
            "shared-layers": max(uses(trace(model)).values()) > 1 or "TimeDistributed" in inside,
            "model-as-layer": any(call.model is not None for call in found),
            "merge": joined,
            "branches": max(readers.values(), default=0) > 1,
            "embedding": "Embedding" in inside,
            "convolution": any("Conv" in each for each in inside),
            "recurrent": "LSTM" in inside,
            "attention": inside >= {"Softmax", "Dot"},
            "time-distributed": "TimeDistributed" in inside,
            "inception": "Concatenate" in inside and "Conv2D" in inside,
            "residual": added and any("Conv" in each for each in inside),
            "batch-normalization": "BatchNormalization" in inside,
            "dropout": "Dropout" in inside,
            "multi-modal": len(ranks) > 2,
            "variable-length": any(None in each.shape[1:] for each in model.inputs),
        }.items()
        if is_shown
    }


# Known by what they are for, not by their graph.
BY_PURPOSE = {"stacking", "block", "application"}


@pytest.mark.parametrize("name", [slow_if_large(name) for name in zoo.list_models()])
def test_models_have_the_concepts_that_they_are_listed_for(name: str) -> None:
    shown = shown_by(tiny_once(name))
    if "sequential" in zoo.spec(name).variants:  # offered as both
        shown |= shown_by(zoo.build(name, sequential=True))
    if name == "team_strength":  # made to be the layer
        shown |= shown_by(zoo.build("two_team", n_teams=5)) & {"model-as-layer"}
    assert set(zoo.spec(name).concepts) - BY_PURPOSE <= shown


def test_what_goes_wrong_without_a_message() -> None:
    """Warnings of the pages that no other test holds against Keras."""
    a, b = keras.Input((8,), name="a"), keras.Input((1,), name="b")
    assert layers.Add()([a, b]).shape == (None, 8), "merge: an axis of length 1 is stretched"
    left_out = layers.Dense(3, name="left_out")
    left_out(a)
    model = keras.Model([a, b], layers.Dense(1)(a))  # multi-input: nothing reads b
    assert "left_out" not in [layer.name for layer in model.layers], "branches"


def test_what_goes_wrong_with_a_message() -> None:
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        layers.LSTM(3)(layers.LSTM(3)(keras.Input((4, 2))))  # recurrent
    with pytest.raises(ValueError, match="must be fully-defined"):
        layers.Dense(2)(layers.Flatten()(keras.Input((None, 3))))  # variable-length


def test_losses_of_several_outputs() -> None:
    heads = tensors()["heads"]
    x, y = np.ones((4, 8)), {"age": np.ones((4, 1)), "job": np.zeros((4, 1))}
    heads.compile(loss={"age": "mse", "job": "mse"}, loss_weights={"age": 0.25, "job": 1})
    scores = heads.evaluate(x, y, verbose=0, return_dict=True)
    assert scores["loss"] == pytest.approx(0.25 * scores["age_loss"] + scores["job_loss"])
    heads.compile(loss="mse", loss_weights=[0.25, 1])
    with pytest.raises(ValueError, match="must match the number of losses"):
        heads.evaluate(x, y, verbose=0)
    heads.compile(loss={"age": "mse"})
    with pytest.raises(ValueError, match="Expected keys"):  # multi-output
        heads.evaluate(x, y, verbose=0)


def test_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["concept"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()] == list(CONCEPTS)
    assert run(cli, ["concept", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == CONCEPTS
    assert run(cli, ["concept", "residual"]) == 0
    assert capsys.readouterr().out == concepts.as_text("residual") + "\n"
    assert run(cli, ["concept", "residual", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in page["models"]] == zoo.list_models(concept="residual")
    assert page["how"] == concepts.text("residual").how
    assert run(cli, ["concept", "shared"]) == 1
    error = capsys.readouterr().err
    assert error == "error: unknown concept 'shared'; did you mean shared-layers?\n"
    assert run(cli, ["concept", "xyz"]) == 1
    assert "`zoo concept` lists them" in capsys.readouterr().err
