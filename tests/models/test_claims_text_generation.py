"""`using-keras`'s stacked LSTMs that generate text: what they see, and what they are counted as."""

from __future__ import annotations

import numpy as np
import pytest
from support import outputs_of, tiny

import zoo
from zoo._keras import keras
from zoo.core.errors import BuildError
from zoo.models import text_generation


def lstm(inputs: int, units: int) -> int:
    """4 (n m + n^2 + n) parameters."""
    return 4 * (inputs * units + units**2 + units)


def test_the_count_is_the_stacks() -> None:
    table, head = 64 * 32, (128 + 1) * 64
    expected = table + lstm(32, 128) + lstm(128, 128) + head
    assert zoo.spec("text_generator").count == expected
    deep = text_generation.text_generator(10, 4, units=(5, 6, 7))
    assert deep.count_params() == 40 + lstm(4, 5) + lstm(5, 6) + lstm(6, 7) + 8 * 10


@pytest.mark.claim("text_generator")
def test_stacked_layers_return_their_sequences() -> None:
    model = tiny("text_generator")
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
    assert [layer.name for layer in layers] == ["lstm_1", "lstm_2"]
    assert [layer.output.shape for layer in layers] == [(None, None, 5), (None, None, 6)]


def test_no_step_sees_what_comes_after_it() -> None:
    """Otherwise the model would be told the character that it shall predict."""
    model = tiny("text_generator")
    text = np.random.default_rng(0).integers(0, 12, (2, 9)).astype(np.int32)
    other = text.copy()
    other[:, 5:] = (other[:, 5:] + 1) % 12
    chance, changed, less = (
        outputs_of(model, {"text": each})[0] for each in (text, other, text[:, :4])
    )
    np.testing.assert_allclose(chance[:, :5], changed[:, :5], atol=1e-6)
    assert np.abs(chance[:, 5:] - changed[:, 5:]).max() > 1e-4
    np.testing.assert_allclose(chance.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(chance[:, :4], less, atol=1e-6)


def test_impossible_arguments() -> None:
    with pytest.raises(BuildError, match="units must be a tuple of whole numbers of 1 or more"):
        zoo.build("text_generator", units=(8, 0))
    with pytest.raises(BuildError, match="length must be None, for any length"):
        zoo.build("text_generator", length=0)
