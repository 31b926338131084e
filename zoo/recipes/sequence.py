"""Recipes of the sequence family: series in which order counts, and videos."""

from __future__ import annotations

from typing import Any

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

SCORES = ("accuracy", "log_loss")
LABEL: dict[str, Any] = {
    "dataset": "series",
    "loss": {"label": "binary_crossentropy"},
    "metrics": {"label": SCORES},
    "optimizer_options": {"clipnorm": 1.0},  # one steep step can leave every relu unit dead
    "learning_rate": 0.01,
    "schedule": "cosine",
    "batch_size": 64,
    "engine": "resident-xla",
    "baseline": "nearest_neighbor",
    "search": {
        "learning_rate": ("log", 0.001, 0.05),
        "batch_size": ("choice", 32, 64, 128),
        "optimizer_options.clipnorm": ("log", 0.1, 10.0),
    },
}
# GunPoint has 41 series to train on: an epoch is three steps.
GUNPOINT: dict[str, dict[str, Any]] = {
    "gunpoint": {"epochs": 300, "batch_size": 16, "learning_rate": 0.005}
}
NO_SETTINGS = "The document gives no settings."

add(
    Recipe(
        name="rnn",
        architecture="rnn",
        summary="which speed of pulse comes more often, from a noisy series",
        epochs=10,
        **LABEL,
        note=NO_SETTINGS,
        expect={"pulses": {"accuracy": 0.895}},
        seconds={"pulses": 18},
        by_source=GUNPOINT,
    ),
    Recipe(
        name="shared_features",
        architecture="shared_features",
        summary="the same question to a model with a shallow and a deep branch",
        epochs=10,
        **LABEL,
        note=NO_SETTINGS,
        expect={"pulses": {"accuracy": 0.885}},
        seconds={"pulses": 19},
        by_source=GUNPOINT,
    ),
    Recipe(
        name="sequence_tagger",
        architecture="sequence_tagger",
        summary="which speed of pulse comes more often, and the series without its noise",
        dataset="noisy_series",
        loss={"label": "binary_crossentropy", "signal": "mse"},
        loss_weights={"signal": 0.3},
        metrics={"label": SCORES, "signal": ("mse",)},
        optimizer_options={"clipnorm": 1.0},
        learning_rate=0.01,
        schedule="cosine",
        epochs=8,
        batch_size=64,
        engine="resident-xla",
        baseline="linear",
        note="The document gives no settings. At equal weights the signal, every step of which "
        "teaches, can keep the label at chance.",
        expect={"pulses": {"label_accuracy": 0.885, "signal_mse": 0.2}},
        seconds={"pulses": 58},
        by_source=GUNPOINT,
    ),
    Recipe(
        name="video_classifier",
        architecture="video_classifier",
        dataset="digit_videos",
        summary="the digit of every frame of a video of 20 frames",
        loss={"digits": "sparse_categorical_crossentropy"},
        metrics={"digits": SCORES},
        learning_rate=0.003,
        schedule="cosine",
        epochs=20,
        batch_size=4,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor_by_step",
        note="The document gives no settings. A batch of 4 videos has 80 frames.",
        expect={"segments": {"accuracy": 0.79}},
        seconds={"segments": 19},
    ),
)
