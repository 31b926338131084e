"""Recipes of the text family."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

AUX = ("hour_sin", "hour_cos", "weekend", "years", "characters")
HEADLINE = {
    "aux_input": AUX,
    "main_output": ("success",),
    "aux_output": ("success",),
}

LABEL: dict[str, tuple[str, ...]] = {"label": ("accuracy", "log_loss")}
HEADLINE_LOSS = {"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"}
HEADLINE_METRICS: dict[str, tuple[str, ...]] = {
    "main_output": ("accuracy", "log_loss"),
    "aux_output": ("accuracy", "log_loss"),
}
ANSWER: dict[str, tuple[str, ...]] = {"answer": ("accuracy", "log_loss")}
POSTS_METRICS: dict[str, tuple[str, ...]] = {
    "age": ("mae",),
    "income": ("accuracy", "log_loss"),
    "gender": ("accuracy", "log_loss"),
}
SMALLER = (
    "Smaller than the document's, which is sized for vocabularies of thousands of words: the "
    "generated texts have a hundred. "
)

add(
    Recipe(
        name="lstm_classifier",
        architecture="lstm_classifier",
        dataset="reviews",
        summary="whether a review is good, with negations that turn words around",
        arguments={"width": 32, "units": 32},
        loss={"label": "binary_crossentropy"},
        metrics=LABEL,
        learning_rate=0.005,
        schedule="cosine",
        epochs=10,
        batch_size=64,
        early_stopping=4,
        engine="resident-xla",
        baseline="tfidf_linear",
        expect={"opinions": {"accuracy": 0.85}},
        seconds={"opinions": 14},
        note=SMALLER + "Adam with a falling rate; the document has RMSprop at 0.001.",
        by_source={
            # 1,400 reviews to train on: at 0.005 it learns them by heart
            "films": {
                "optimizer": "adamw",
                "optimizer_options": {"weight_decay": 0.1},
                "learning_rate": 0.002,
            }
        },
    ),
    Recipe(
        name="lstm_classifier_as_printed",
        architecture="lstm_classifier",
        dataset="reviews",
        summary="the same reviews with the document's own sizes and optimizer",
        loss={"label": "binary_crossentropy"},
        metrics=LABEL,
        optimizer="rmsprop",
        epochs=5,
        batch_size=16,
        engine="resident-xla",
        baseline="tfidf_linear",
        note="as printed: RMSprop at its default rate",
    ),
    Recipe(
        name="headline",
        architecture="headline",
        dataset="headlines",
        summary="whether a title is shared, from its words and the time",
        columns=HEADLINE,
        arguments={"width": 16},
        loss=HEADLINE_LOSS,
        loss_weights={"main_output": 1.0, "aux_output": 0.2},
        metrics=HEADLINE_METRICS,
        learning_rate=0.005,
        schedule="cosine",
        epochs=10,
        batch_size=64,
        early_stopping=4,
        engine="resident-xla",
        baseline="tfidf_linear",
        expect={"newsroom": {"main_output_accuracy": 0.79, "main_output_log_loss": 0.44}},
        seconds={"newsroom": 15},
        note=SMALLER + "Adam with a falling rate; the document has RMSprop at 0.001.",
    ),
    Recipe(
        name="headline_as_printed",
        architecture="headline",
        dataset="headlines",
        summary="the same titles with the document's own sizes and optimizer",
        columns=HEADLINE,
        loss=HEADLINE_LOSS,
        loss_weights={"main_output": 1.0, "aux_output": 0.2},
        metrics=HEADLINE_METRICS,
        optimizer="rmsprop",
        epochs=5,
        engine="resident-xla",
        baseline="tfidf_linear",
        note="as printed: RMSprop, binary cross-entropy on both heads, weights 1.0 and 0.2",
    ),
    Recipe(
        name="qa",
        architecture="qa",
        dataset="questions",
        summary="where someone is, after a story of who went where",
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics=ANSWER,
        learning_rate=0.01,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=6,
        engine="resident-xla",
        baseline="tfidf_linear",
        expect={"rooms": {"accuracy": 0.88}},
        seconds={"rooms": 27},
        note="Adam with a falling rate, and answers as ids; the document has RMSprop and one-hot "
        "rows. The softmax adds a score of the story to a score of the question, so a question can "
        "rule places out but cannot pick out one person's: where everyone goes everywhere (bAbI, "
        "or dataset_options.shared_places=1) the architecture stays far below the oracle.",
    ),
    Recipe(
        name="qa_two_facts",
        architecture="qa",
        dataset="questions",
        summary="where a thing is, after a story of who took it and who went where",
        expect={"rooms": {"accuracy": 0.54}},
        seconds={"rooms": 22},
        dataset_options={"facts": 2},
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics=ANSWER,
        learning_rate=0.01,
        schedule="cosine",
        epochs=12,
        batch_size=64,
        early_stopping=4,
        engine="resident-xla",
        baseline="tfidf_linear",
        limit="The best possible answer is never wrong. With two things in a story, what the "
        "question says is only added to what the story says, so the model cannot choose between "
        "their places.",
    ),
    Recipe(
        name="qa_as_printed",
        architecture="qa",
        dataset="questions",
        summary="the same questions with the document's own optimizer and one-hot answers",
        columns={"answer": ("answer_one_hot",)},
        loss={"answer": "categorical_crossentropy"},
        metrics=ANSWER,
        optimizer="rmsprop",
        epochs=10,
        batch_size=128,
        engine="resident-xla",
        baseline="tfidf_linear",
        note="as printed: RMSprop, categorical cross-entropy, accuracy, 128 rows a step",
        search={
            "optimizer": ("choice", "rmsprop", "adam", "nadam"),
            "learning_rate": ("log", 0.0005, 0.05),
            "schedule": ("choice", "constant", "cosine"),
            "batch_size": ("choice", 32, 64, 128),
        },
    ),
    Recipe(
        name="posts",
        architecture="posts",
        dataset="posts",
        summary="age, income group and gender of an author from a post",
        arguments={"width": 16, "filters": 48, "wide_filters": 48, "units": 64},
        loss={
            "age": "mse",
            "income": "sparse_categorical_crossentropy",
            "gender": "binary_crossentropy",
        },
        loss_weights={"age": 0.007, "income": 2.0, "gender": 3.0},
        metrics=POSTS_METRICS,
        learning_rate=0.002,
        schedule="cosine",
        epochs=16,
        baseline="tfidf_linear",
        expect={"topics": {"age_mae": 5.2, "income_accuracy": 0.9, "gender_accuracy": 0.92}},
        seconds={"topics": 32},
        note=SMALLER + "Adam, and less weight for the age than the document's 0.25 to 1 to 10: "
        "squared years begin in the thousands and would leave the other heads untrained.",
        by_source={"survey": {"learning_rate": 0.001, "epochs": 7, "early_stopping": 2}},
    ),
    Recipe(
        name="posts_as_printed",
        architecture="posts",
        dataset="posts",
        summary="the same posts with the document's own sizes, weights and optimizer",
        columns={"income": ("income_one_hot",)},
        loss={
            "age": "mse",
            "income": "categorical_crossentropy",
            "gender": "binary_crossentropy",
        },
        loss_weights={"age": 0.25, "income": 1.0, "gender": 10.0},
        metrics=POSTS_METRICS,
        optimizer="rmsprop",
        epochs=2,
        batch_size=64,
        baseline="tfidf_linear",
        note="as printed: RMSprop, weights 0.25, 1 and 10; minutes rather than seconds",
    ),
    Recipe(
        name="novel",
        architecture="novel",
        dataset="novels",
        summary="genre and date of a novel from a passage",
        loss={"genre": "sparse_categorical_crossentropy", "date": "mse"},
        loss_weights={"date": 0.1},
        metrics={"genre": ("accuracy", "log_loss"), "date": ("mae",)},
        learning_rate=0.006,
        schedule="cosine",
        epochs=25,
        baseline="tfidf_linear",
        expect={"library": {"genre_accuracy": 0.95, "date_mae": 0.8}},
        seconds={"library": 14},
        note="The document gives no settings for this model. At equal weights the date's squared "
        "error drowns the genre, and one joint model is worse than two separate ones; so it is "
        "with two thirds of the rows.",
        # 21 stories to train on: after a few epochs it knows each by heart
        by_source={"nouvelles": {"learning_rate": 0.001, "early_stopping": 3}},
    ),
)
