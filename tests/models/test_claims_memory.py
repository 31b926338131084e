"""What the memory network's paper says of it, held to the builder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import tiny

import zoo
from zoo._keras import keras
from zoo.core.errors import BuildError
from zoo.models.abstract_build import abstract_build

QUIET: Any = 0  # Keras annotates `verbose` as a string
WORDS, IDS = 5, 40  # in a sentence of the small model, and in its vocabulary


@pytest.fixture
def model() -> Any:
    """The small model, each sentence's weights by place unlike each other, as after training."""
    keras.utils.set_random_seed(0)
    small = tiny("memory_qa", width=8)
    for name in ("keys", "values", "asked"):
        place, *time = small.get_layer(name).get_weights()
        small.get_layer(name).set_weights(
            [np.random.default_rng(1).normal(1, 1, place.shape), *time]
        )
    return small


def stories(told: int, rows: int = 3) -> dict[str, np.ndarray]:
    """Stories of the small model's size, `told` sentences in each, the others padding."""
    rng = np.random.default_rng(told)
    story = np.zeros((rows, 7, WORDS), np.int32)
    story[:, 7 - told :] = rng.integers(1, IDS, (rows, told, WORDS))
    return {"story": story, "question": rng.integers(1, IDS, (rows, 4)).astype(np.int32)}


def answers(model: Any, inputs: dict[str, np.ndarray]) -> np.ndarray:
    return model.predict(inputs, verbose=QUIET)


def attention(model: Any, inputs: dict[str, np.ndarray], hops: int = 3) -> list[np.ndarray]:
    """What each hop gives to each sentence, (rows, sentences)."""
    outputs = [model.get_layer(f"hop_{hop}_attention").output for hop in range(1, hops + 1)]
    return keras.Model(model.inputs, outputs).predict(inputs, verbose=QUIET)


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def test_the_family_is_whole() -> None:
    names = [name for name in zoo.list_models() if zoo.spec(name).family == "memory"]
    assert names == ["memory_qa"]
    assert zoo.list_models(concept="attention") == names


def test_parameter_arithmetic() -> None:
    """Rows x width of two tables; a weight for each place and number, a vector for each time."""
    with abstract_build():
        model = zoo.build("memory_qa")
    counted = {layer.name: layer.count_params() for layer in model.layers if layer.weights}
    assert counted == {
        "key_embedding": 177 * 50,
        "value_embedding": 177 * 50,
        "keys": 10 * 50 + 50 * 50,
        "values": 10 * 50 + 50 * 50,
        "asked": 10 * 50,
        "update": 50 * 50,
        "answer": 50 * 177,
    }
    assert model.count_params() == sum(counted.values()) == zoo.spec("memory_qa").count


def test_hops_share_all_weights() -> None:
    """Layer-wise sharing (section 2.2): any number of hops, one set of weights."""
    counts = {hops: tiny("memory_qa", hops=hops).count_params() for hops in (1, 2, 5)}
    assert len(set(counts.values())) == 1
    model = tiny("memory_qa", hops=5)
    assert len(model.get_layer("update")._inbound_nodes) == 5
    assert len(model.get_layer("key_embedding")._inbound_nodes) == 2, "the story and the question"


def test_new_vectors_are_unlike_each_other() -> None:
    """Normal with a deviation of 0.1 (section 4.2), drawn anew for every table."""
    model = zoo.build("memory_qa")
    drawn = [model.get_layer(f"{kind}_embedding").get_weights()[0] for kind in ("key", "value")]
    drawn += [model.get_layer(name).get_weights()[1] for name in ("keys", "values")]
    for at, vectors in enumerate(drawn):
        assert vectors.std() == pytest.approx(0.1, rel=0.05)
        for other in drawn[:at]:
            rows = min(len(vectors), len(other))
            assert abs(np.corrcoef(vectors[:rows].ravel(), other[:rows].ravel())[0, 1]) < 0.1


def test_the_equations_of_the_paper(model: Any) -> None:
    """p = softmax(u m), o = sum of p c, next u = H u + o, answer = softmax(W u) (section 2)."""
    inputs = stories(7)
    key_words, value_words, update, answer = (
        model.get_layer(name).get_weights()[0]
        for name in ("key_embedding", "value_embedding", "update", "answer")
    )

    def vectors(name: str, words: np.ndarray) -> np.ndarray:
        place, *time = model.get_layer(name).get_weights()
        return (words * place).sum(axis=-2) + (time[0] if time else 0)

    keys = vectors("keys", key_words[inputs["story"]])
    values = vectors("values", value_words[inputs["story"]])
    state = vectors("asked", key_words[inputs["question"]])
    for given in attention(model, inputs):
        chance = softmax(np.einsum("bsd,bd->bs", keys, state))
        np.testing.assert_allclose(given, chance, atol=1e-5)
        state = state @ update + np.einsum("bs,bsd->bd", chance, values)
    np.testing.assert_allclose(answers(model, inputs), softmax(state @ answer), atol=1e-5)


@pytest.mark.slow
@pytest.mark.claim("memory_qa")
@pytest.mark.parametrize("told", [0, 1, 4, 7])
def test_attention_is_shared_out_among_the_sentences_that_are_told(model: Any, told: int) -> None:
    for given in attention(model, stories(told)):
        np.testing.assert_array_equal(given[:, : 7 - told], 0)
        np.testing.assert_allclose(given.sum(axis=1), float(told > 0), atol=1e-6)
        assert (given[:, 7 - told :] > 0).all()


def test_padding_sentences_change_nothing(model: Any) -> None:
    """Whatever vector stands for the time of a sentence that is not there, no hop reads it."""
    inputs = stories(3)
    before = answers(model, inputs)
    for name in ("keys", "values"):
        place, time = model.get_layer(name).get_weights()
        time[:4] += 5
        model.get_layer(name).set_weights([place, time])
    np.testing.assert_array_equal(answers(model, inputs), before)
    time[4:] += 1
    model.get_layer("values").set_weights([place, time])
    assert np.abs(answers(model, inputs) - before).max() > 1e-3


def test_the_order_of_the_sentences_is_in_their_vectors_of_time(model: Any) -> None:
    """Temporal encoding (section 4.1): without it, a story is a set of sentences."""
    inputs = stories(7)
    turned = {**inputs, "story": inputs["story"][:, ::-1]}
    assert np.abs(answers(model, turned) - answers(model, inputs)).max() > 1e-4
    for name in ("keys", "values"):
        place, time = model.get_layer(name).get_weights()
        model.get_layer(name).set_weights([place, 0 * time])
    np.testing.assert_allclose(answers(model, turned), answers(model, inputs), atol=1e-6)


def test_the_order_of_the_words_is_in_the_weights_of_their_places(model: Any) -> None:
    """Position encoding (section 4.1): a new model, whose weights are all 1, has bags of words."""
    inputs = stories(7)
    turned = {**inputs, "story": inputs["story"][:, :, ::-1]}
    assert np.abs(answers(model, turned) - answers(model, inputs)).max() > 1e-4
    new = tiny("memory_qa")
    np.testing.assert_allclose(answers(new, turned), answers(new, inputs), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hops": 0}, "hops must be at least 1, not 0"),
        ({"hops": 1.5}, "hops must be a whole number"),
        ({"sentences": 0}, "sentences must be a whole number of at least 1"),
        ({"words": None}, "words must be a whole number"),
        ({"vocabulary": 0}, "input_dim"),
    ],
)
def test_impossible_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BuildError, match=message):
        zoo.build("memory_qa", **arguments)
