"""Recipes of the sequence family: series in which order counts, and videos."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="rnn",  # zoo train rnn --data pulses
        architecture="rnn",
        dataset="series",
        summary="which speed of pulse comes more often, from a noisy series",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        optimizer_options={"clipnorm": 1.0},  # one steep step can leave every relu unit dead
        learning_rate=0.01,
        schedule="cosine",
        batch_size=64,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search={
            "learning_rate": ("log", 0.001, 0.05),
            "batch_size": ("choice", 32, 64, 128),
            "optimizer_options.clipnorm": ("log", 0.1, 10.0),
        },
        # 41 series to train on: an epoch is three steps
        by_source={"gunpoint": {"epochs": 300, "batch_size": 16, "learning_rate": 0.005}},
        seconds={"pulses": 18},
        expect={"pulses": {"accuracy": 0.895}},
        note="The document gives no settings.",
    ),
    Recipe(
        name="shared_features",  # zoo train shared_features --data pulses
        architecture="shared_features",
        dataset="series",
        summary="the same question to a model with a shallow and a deep branch",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        optimizer_options={"clipnorm": 1.0},  # one steep step can leave every relu unit dead
        learning_rate=0.01,
        schedule="cosine",
        batch_size=64,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search={
            "learning_rate": ("log", 0.001, 0.05),
            "batch_size": ("choice", 32, 64, 128),
            "optimizer_options.clipnorm": ("log", 0.1, 10.0),
        },
        # 41 series to train on: an epoch is three steps
        by_source={"gunpoint": {"epochs": 300, "batch_size": 16, "learning_rate": 0.005}},
        seconds={"pulses": 19},
        expect={"pulses": {"accuracy": 0.885}},
        note="The document gives no settings.",
    ),
    Recipe(
        name="sequence_tagger",  # zoo train sequence_tagger --data pulses
        architecture="sequence_tagger",
        dataset="noisy_series",
        summary="which speed of pulse comes more often, and the series without its noise",
        loss={"label": "binary_crossentropy", "signal": "mse"},
        loss_weights={"signal": 0.3},
        metrics={"label": ("accuracy", "log_loss"), "signal": ("mse",)},
        optimizer_options={"clipnorm": 1.0},  # one steep step can leave every relu unit dead
        learning_rate=0.01,
        schedule="cosine",
        epochs=8,
        batch_size=64,
        engine="resident-xla",
        baseline="linear",
        report="signals",
        # 41 series to train on: an epoch is three steps
        by_source={"gunpoint": {"epochs": 300, "batch_size": 16, "learning_rate": 0.005}},
        seconds={"pulses": 58},
        expect={"pulses": {"label_accuracy": 0.885, "signal_mse": 0.2}},
        note="The document gives no settings. At equal weights the loss of the signal, which has a "
        "term for every step, can keep the label at chance.",
    ),
    Recipe(
        name="video_classifier",  # zoo train video_classifier --data segments
        architecture="video_classifier",
        dataset="digit_videos",
        summary="the digit of every frame of a video of 20 frames",
        loss={"digits": "sparse_categorical_crossentropy"},
        metrics={"digits": ("accuracy", "log_loss")},
        learning_rate=0.003,
        schedule="cosine",
        epochs=20,
        batch_size=4,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor_by_step",
        seconds={"segments": 19},
        expect={"segments": {"accuracy": 0.79}},
        note="The document gives no settings. A batch of 4 videos has 80 frames.",
    ),
)
