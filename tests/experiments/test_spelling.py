"""Words of categories in `zoo predict`: case does not matter, and unknown words are told."""

from __future__ import annotations

import numpy as np
import pytest

from zoo._keras import keras, layers
from zoo.experiments.ports import Port
from zoo.experiments.spelling import as_spelled
from zoo.models.spec import TensorSpec

PORT = Port("sex", TensorSpec("sex", (1,), dtype="string"), (1,))


@pytest.fixture(scope="module")
def model() -> keras.Model:
    words = keras.Input((1,), dtype="string", name="sex")
    ids = layers.StringLookup(vocabulary=["female", "male", "Male"], name="sex-id")(words)
    return keras.Model(words, layers.Embedding(4, 1)(ids))


@pytest.mark.parametrize(
    ("given", "read", "said"),
    [
        ("female", "female", []),
        ("FEMALE", "female", ["sex: 'FEMALE' is read as 'female'"]),
        ("Male", "Male", []),
        ("MALE", "MALE", ["sex: no training row has 'MALE'; known: Male, female, male"]),
        ("fmale", "fmale", ["sex: no training row has 'fmale'; did you mean male or female?"]),
        ("", "", []),
    ],
)
def test_words_that_the_model_does_not_know(
    given: str, read: str, said: list[str], model: keras.Model
) -> None:
    notes: list[str] = []
    rows = np.array([[given], ["male"], [given]], dtype=object)
    found = as_spelled(model, [PORT], {"sex": rows}, notes.append)["sex"]
    assert found.tolist() == [[read], ["male"], [read]]
    assert found.dtype == object
    assert len(notes) == len(said)
    for note, expected in zip(notes, said, strict=True):
        assert note.split("; ")[0] == expected.split("; ")[0]


def test_inputs_without_a_lookup_stay_as_they_are() -> None:
    number = keras.Input((1,), name="age")
    model = keras.Model(number, layers.Dense(1)(number))
    port = Port("age", TensorSpec("age", (1,)), (1,))
    rows = np.ones((2, 1), np.float32)
    assert as_spelled(model, [port], {"age": rows}, pytest.fail)["age"] is rows
