"""Recipes of the memory network."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="memory_qa",  # zoo train memory_qa --data rooms
        architecture="memory_qa",
        dataset="questions",
        summary="where someone is, after a story of who went where, read sentence by sentence",
        arguments={"width": 32},
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics={"answer": ("accuracy", "log_loss")},
        learning_rate=0.003,
        schedule="cosine",
        epochs=12,
        engine="resident-xla",
        baseline="tfidf_linear",
        report="answers",
    ),
    Recipe(
        name="memory_qa_two_facts",  # zoo train memory_qa_two_facts --data rooms
        architecture="memory_qa",
        dataset="questions",
        dataset_options={"facts": 2},
        summary="where a thing is, after a story of who took it and who went where",
        arguments={"width": 32},
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics={"answer": ("accuracy", "log_loss")},
        learning_rate=0.003,
        schedule="cosine",
        epochs=15,
        engine="resident-xla",
        baseline="tfidf_linear",
        report="answers",
    ),
)
