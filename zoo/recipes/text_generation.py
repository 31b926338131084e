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
        arguments={"units": (64, 64)},
        loss={"next_character": "sparse_categorical_crossentropy"},
        metrics={"next_character": ("accuracy", "log_loss")},
        optimizer_options={"clipnorm": 1.0},
        learning_rate=0.01,
        schedule="cosine",
        epochs=8,
        batch_size=16,
        engine="resident-xla",
        baseline="character_ngrams",
        report="samples",
        seconds={"austen": 60},
        expect={"austen": {"accuracy": 0.3}},
        note="",
    ),
)
