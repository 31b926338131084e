"""Recipes of the models that write."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="text_generator",  # zoo train text_generator --data austen
        architecture="text_generator",
        dataset="characters",
        summary="the next character of a novel, and so the novel's style",
        loss={"next_character": "sparse_categorical_crossentropy"},
        metrics={"next_character": ("accuracy", "log_loss")},
        optimizer_options={"clipnorm": 1.0},
        learning_rate=0.01,
        schedule="cosine",
        epochs=7,
        batch_size=16,
        engine="resident-xla",
        baseline="character_ngrams",
        report="samples",
        search={
            "learning_rate": ("log", 0.003, 0.03),
            "batch_size": ("choice", 8, 16, 32),
            "optimizer_options.clipnorm": ("log", 0.1, 10.0),
        },
        # twice as much text
        by_source={"nouvelles": {"epochs": 5}},
        seconds={"austen": 77},
        expect={"austen": {"accuracy": 0.52, "log_loss": 1.62}},
        note="The document gives no settings. Rows of 50 characters and small batches: in as many "
        "epochs, rows of 100 or batches of 32 make half the steps and score worse. On so short a "
        "text a table of 5-grams still scores better.",
    ),
)
