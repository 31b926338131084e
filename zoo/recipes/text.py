"""Recipes of the text family."""

from __future__ import annotations

from zoo.recipe import Recipe, add

AUX = ("hour_sin", "hour_cos", "weekend", "years", "characters")
HEADLINE = {
    "aux_input": AUX,
    "main_output": ("success",),
    "aux_output": ("success",),
}

add(
    Recipe(
        name="lstm_classifier",
        architecture="lstm_classifier",
        dataset="reviews",
        summary="whether a review is good, with negations that turn words around",
        arguments={"width": 32, "units": 32},
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        epochs=10,
        batch_size=64,
        engine="resident-xla",
        baseline="tfidf_linear",
    ),
    Recipe(
        name="headline",
        architecture="headline",
        dataset="headlines",
        summary="whether a title is shared, from its words and the time",
        columns=HEADLINE,
        arguments={"width": 16},
        loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
        loss_weights={"main_output": 1.0, "aux_output": 0.2},
        metrics={"main_output": ("accuracy", "log_loss"), "aux_output": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        epochs=10,
        batch_size=64,
        engine="resident-xla",
        baseline="tfidf_linear",
    ),
    Recipe(
        name="qa",
        architecture="qa",
        dataset="questions",
        summary="where someone is, after a story of who went where",
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics={"answer": ("accuracy", "log_loss")},
        learning_rate=0.01,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        engine="resident-xla",
        baseline="tfidf_linear",
    ),
    Recipe(
        name="posts",
        architecture="posts",
        dataset="posts",
        summary="age, income group and gender of an author from a post",
        arguments={"width": 16, "filters": 32, "wide_filters": 32, "units": 64},
        loss={
            "age": "mse",
            "income": "sparse_categorical_crossentropy",
            "gender": "binary_crossentropy",
        },
        loss_weights={"age": 0.003, "income": 1.0, "gender": 5.0},
        metrics={
            "age": ("mae",),
            "income": ("accuracy", "log_loss"),
            "gender": ("accuracy", "log_loss"),
        },
        learning_rate=0.002,
        schedule="cosine",
        epochs=12,
        batch_size=32,
        engine="resident",
        baseline="tfidf_linear",
    ),
    Recipe(
        name="novel",
        architecture="novel",
        dataset="novels",
        summary="genre and date of a novel from a passage",
        loss={"genre": "sparse_categorical_crossentropy", "date": "mse"},
        metrics={"genre": ("accuracy", "log_loss"), "date": ("mae",)},
        learning_rate=0.003,
        schedule="cosine",
        epochs=20,
        batch_size=32,
        engine="resident",
        baseline="tfidf_linear",
    ),
)
