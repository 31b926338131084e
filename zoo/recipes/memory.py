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
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics={"answer": ("accuracy", "log_loss")},
        optimizer="sgd",
        optimizer_options={"clipnorm": 1.25, "weight_decay": 0.0005},
        learning_rate=0.32,
        schedule="cosine",
        epochs=12,
        engine="resident-xla",
        baseline="tfidf_linear",
        report="answers",
        by_source={"babi": {"epochs": 40}},  # 897 questions
        seconds={"rooms": 32},
        expect={"rooms": {"accuracy": 0.91, "log_loss": 0.15}},
        note="The paper's optimizer, at its rate and bound: it adds up the gradients of 32 rows at "
        "0.01, up to a norm of 40; Keras averages them. The rate falls as a cosine, not by halves. "
        "The width is that of the paper's joint training.",
    ),
    Recipe(
        name="memory_qa_two_facts",  # zoo train memory_qa_two_facts --data rooms
        architecture="memory_qa",
        dataset="questions",
        dataset_options={"facts": 2},
        summary="where a thing is, after a story of who took it and who went where",
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics={"answer": ("accuracy", "log_loss")},
        optimizer="sgd",
        optimizer_options={"clipnorm": 1.25},
        learning_rate=0.32,
        schedule="cosine",
        epochs=12,
        engine="resident-xla",
        baseline="tfidf_linear",
        report="answers",
        # 900 questions: it learns them by heart without copies at other places and small weights
        by_source={
            "babi": {
                "dataset_options.copies": 20,
                "optimizer_options.weight_decay": 0.002,
                "epochs": 6,
            }
        },
        seconds={"rooms": 32},
        expect={"rooms": {"accuracy": 0.98, "log_loss": 0.05}},
        note="As `memory_qa`. On bAbI with the paper's position encoding and random noise, without "
        "linear start. From 1,000 questions of this task alone, with three hops, the paper reports "
        "an error of 21.6% with position encoding, 8.3% with linear start and noise too (the best "
        "of ten starts by training error); trained on all 20 tasks at once 11.4%; of a memory "
        "network that is told the supporting facts, none.",
    ),
)
