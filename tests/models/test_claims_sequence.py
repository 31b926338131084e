"""What the documents say of models that read a series or a video, held to today's Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import example_inputs

from zoo._keras import keras
from zoo.models import sequence
from zoo.models.dense import digit_mlp

QUIET: Any = 0  # Keras annotates `verbose` as a string


@pytest.mark.claim("rnn")
def test_rnn_layer_by_layer() -> None:
    """`using-keras` prints 480, 110 and 11 parameters for its recurrent classifier."""
    model = sequence.rnn()
    assert [layer.count_params() for layer in model.layers if layer.weights] == [480, 110, 11]
    assert model.get_layer("lstm").output.shape == (None, 10)  # a vector, of 100 steps


@pytest.mark.claim("video_classifier")
@pytest.mark.slow
def test_video_model_is_the_image_model_frame_by_frame() -> None:
    """`model-api`: TimeDistributed turns an image model into a video model in one line."""
    video_model = sequence.video_classifier()
    image_model = digit_mlp()
    image_model.set_weights(video_model.get_weights())
    frames = np.random.default_rng(0).uniform(size=(2, 20, 784)).astype("float32")

    by_frame = [image_model.predict(frames[:, i], verbose=QUIET) for i in range(20)]
    digits = video_model.predict(frames, verbose=QUIET)
    assert digits.shape == (2, 20, 10)
    np.testing.assert_allclose(digits, np.stack(by_frame, axis=1), atol=1e-6)
    assert video_model.get_layer("digits").layer.name == "digit_mlp"


@pytest.mark.claim("shared_features")
def test_both_branches_read_the_same_features() -> None:
    """`using-keras`: one feature extractor, two interpretations of what it extracts."""
    model = sequence.shared_features(length=12)
    extracted = model.get_layer("lstm").output
    assert model.get_layer("shallow").input is extracted
    assert model.get_layer("deep_1").input is extracted


@pytest.mark.slow
@pytest.mark.claim("sequence_tagger")
def test_tagger_answers_for_the_series_and_for_each_step() -> None:
    """`using-keras`: one output is a class, the other a series as long as the input."""
    model = sequence.sequence_tagger()
    series = example_inputs(model, 4)["sequence"]
    label, signal = model.predict(series, verbose=QUIET)
    assert label.shape == (4, 1)
    assert signal.shape == (4, 100, 1)
    features = keras.Model(model.input, model.get_layer("lstm").output)
    steps = features.predict(series, verbose=QUIET)
    kernel, bias = model.get_layer("signal").get_weights()
    np.testing.assert_allclose(signal, steps @ kernel + bias, atol=1e-6)  # linear, at every step
