"""`explain` of models that are not the zoo's: every parameter is counted, and none twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zoo
from zoo._keras import keras
from zoo.core.errors import BuildError
from zoo.inspection import diagram


class Extended(keras.Model):
    """A functional model with layers and a weight of its own beside the graph."""

    def __init__(self) -> None:
        inputs = keras.Input((4,), name="x")
        super().__init__(inputs, keras.layers.Dense(3, name="inside")(inputs))
        self.extra = keras.layers.Dense(4, name="extra")
        self.never = keras.layers.Dense(2, name="never")
        self.scale = self.add_weight(shape=(5,), name="scale")

    def call(self, x: Any) -> Any:
        return self.extra(super().call(x)) * self.scale[0]


def test_layers_beside_the_graph_are_rows_of_their_own() -> None:
    model = Extended()
    model(np.zeros((1, 4), "float32"))
    found = zoo.explain(model)
    assert found.total == model.count_params() == 15 + 16 + 5
    rows = [(line.name, line.count, line.note) for line in found.lines]
    assert rows == [
        ("inside", 15, ""),
        ("extra", 16, "not in the graph"),
        ("never", 0, "not built"),
        ("extended", 5, "not in the graph"),
    ]
    inputs = keras.Input((4,), name="y")
    outer = keras.Model(inputs, keras.layers.Dense(1, name="last")(model(inputs)))
    assert zoo.explain(outer).total == outer.count_params() == 36 + 4
    paths = [line.path for line in zoo.explain(outer).lines]
    assert paths == [
        "extended",
        "extended/inside",
        "extended/extra",
        "extended/never",
        "extended",
        "last",
    ]


def test_a_model_that_is_not_built_has_no_total() -> None:
    model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(1)], name="later")
    with pytest.raises(BuildError, match=r"^later is not built, so that its parameters are not"):
        zoo.explain(model)
    assert "not built" in diagram.to_dot(model)
    model(np.zeros((1, 2), "float32"))
    assert zoo.explain(model).total == 13


def test_parts_that_are_built_are_counted_before_the_model_is() -> None:
    class Parts(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
            self.decoder = keras.layers.Dense(1, name="decoder")

    found = zoo.explain(Parts())
    assert found.total == 9
    assert [line.name for line in found.lines if line.note == "not built"] == ["decoder"]


def test_weights_of_two_layers_are_counted_once() -> None:
    class Tied(keras.layers.Layer):
        def __init__(self, table: Any) -> None:
            super().__init__(name="tied")
            self.table = table.embeddings
            self.shift = self.add_weight(shape=(4,), name="shift")

        def call(self, x: Any) -> Any:
            return keras.ops.matmul(x, keras.ops.transpose(self.table)) + self.shift

    ids = keras.Input((3,), dtype="int32", name="ids")
    table = keras.layers.Embedding(4, 3, name="table")
    table.build(None)
    model = keras.Model(ids, Tied(table)(table(ids)))
    assert zoo.explain(model).total == model.count_params() == 16
