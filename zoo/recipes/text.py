"""Recipes of the text family."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="lstm_classifier",  # zoo train lstm_classifier --data opinions
        architecture="lstm_classifier",
        dataset="reviews",
        summary="whether a review is good, with negations that turn words around",
        arguments={"width": 32, "units": 32},
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        batch_size=64,
        early_stopping=4,
        engine="resident-xla",
        baseline="tfidf_linear",
        # 1,400 reviews to train on: at a rate of 0.005 it overfits
        by_source={
            "films": {
                "optimizer": "adamw",
                "optimizer_options": {"weight_decay": 0.1},
                "learning_rate": 0.002,
            }
        },
        seconds={"opinions": 14},
        expect={"opinions": {"accuracy": 0.85}},
        note="Smaller than the document's, which is sized for vocabularies of thousands of words: "
        "the generated texts have a hundred. Adam with a falling rate; the document has RMSprop "
        "at 0.001.",
    ),
    Recipe(
        name="lstm_classifier_as_printed",  # zoo train lstm_classifier_as_printed --data opinions
        architecture="lstm_classifier",
        dataset="reviews",
        summary="the same reviews with the document's own sizes and optimizer",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy",)},
        optimizer="rmsprop",
        epochs=10,
        batch_size=16,
        engine="resident-xla",
        baseline="tfidf_linear",
        seconds={"opinions": 146},
        expect={"opinions": {"accuracy": 0.84}},
        note="as printed: RMSprop, ten epochs of 16 rows a step",
    ),
    Recipe(
        name="headline",  # zoo train headline --data newsroom
        architecture="headline",
        dataset="headlines",
        summary="whether a title is shared, from its words and the time",
        columns={
            "aux_input": ("hour_sin", "hour_cos", "weekend", "years", "characters"),
            "main_output": ("success",),
            "aux_output": ("success",),
        },
        arguments={"width": 16},
        loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
        loss_weights={"main_output": 1.0, "aux_output": 0.2},
        metrics={"main_output": ("accuracy", "log_loss"), "aux_output": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        batch_size=64,
        early_stopping=4,
        engine="resident-xla",
        baseline="tfidf_linear",
        seconds={"newsroom": 15},
        expect={"newsroom": {"main_output_accuracy": 0.79, "main_output_log_loss": 0.44}},
        note="Smaller than the document's, which is sized for vocabularies of thousands of words: "
        "the generated texts have a hundred. Adam with a falling rate; the document has RMSprop "
        "at 0.001.",
    ),
    Recipe(
        name="headline_as_printed",  # zoo train headline_as_printed --data newsroom
        architecture="headline",
        dataset="headlines",
        summary="the same titles with the document's own sizes and optimizer",
        columns={
            "aux_input": ("hour_sin", "hour_cos", "weekend", "years", "characters"),
            "main_output": ("success",),
            "aux_output": ("success",),
        },
        loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
        loss_weights={"main_output": 1.0, "aux_output": 0.2},
        metrics={},
        optimizer="rmsprop",
        epochs=50,
        engine="resident-xla",
        baseline="tfidf_linear",
        seconds={"newsroom": 282},
        expect={"newsroom": {"main_output_loss": 2.2, "aux_output_loss": 0.6}},
        note="as printed: RMSprop, binary cross-entropy on both heads, weights 1.0 and 0.2, 50 "
        "epochs of 32 rows a step. That long, the main output overfits.",
    ),
    Recipe(
        name="qa",  # zoo train qa --data rooms
        architecture="qa",
        dataset="questions",
        summary="where someone is, after a story of who went where",
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics={"answer": ("accuracy", "log_loss")},
        learning_rate=0.01,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=6,
        engine="resident-xla",
        baseline="tfidf_linear",
        seconds={"rooms": 49},
        expect={"rooms": {"accuracy": 0.88}},
        note="Adam with a falling rate, and answers as ids; the document has RMSprop and one-hot "
        "rows. The softmax adds a score of the story to a score of the question, so a question "
        "can rule places out but cannot pick out one person's: where everyone goes everywhere "
        "(bAbI, or dataset_options.shared_places=1) the architecture stays far below the best "
        "possible score.",
    ),
    Recipe(
        name="qa_two_facts",  # zoo train qa_two_facts --data rooms
        architecture="qa",
        dataset="questions",
        dataset_options={"facts": 2},
        summary="where a thing is, after a story of who took it and who went where",
        loss={"answer": "sparse_categorical_crossentropy"},
        metrics={"answer": ("accuracy", "log_loss")},
        learning_rate=0.01,
        schedule="cosine",
        epochs=12,
        batch_size=64,
        early_stopping=4,
        engine="resident-xla",
        baseline="tfidf_linear",
        seconds={"rooms": 52},
        expect={"rooms": {"accuracy": 0.54}},
        limit="The best possible answer is never wrong. With two things in a story, the question's "
        "part is only added to the story's part, so the model cannot choose between their places.",
    ),
    Recipe(
        name="qa_as_printed",  # zoo train qa_as_printed --data rooms
        architecture="qa",
        dataset="questions",
        summary="the same questions with the document's own optimizer and one-hot answers",
        loss={"answer": "categorical_crossentropy"},
        metrics={"answer": ("accuracy",)},
        optimizer="rmsprop",
        batch_size=128,
        engine="resident-xla",
        baseline="tfidf_linear",
        search={
            "optimizer": ("choice", "rmsprop", "adam", "nadam"),
            "learning_rate": ("log", 0.0005, 0.05),
            "schedule": ("choice", "constant", "cosine"),
            "batch_size": ("choice", 32, 64, 128),
        },
        seconds={"rooms": 55},
        expect={"rooms": {"accuracy": 0.77}},
        note="as printed: RMSprop, categorical cross-entropy, accuracy, ten epochs of 128 rows a "
        "step. The document has 1,000 rows of random numbers and 100 words.",
    ),
    Recipe(
        name="posts",  # zoo train posts --data topics
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
        metrics={
            "age": ("mae",),
            "income": ("accuracy", "log_loss"),
            "gender": ("accuracy", "log_loss"),
        },
        learning_rate=0.002,
        schedule="cosine",
        epochs=16,
        baseline="tfidf_linear",
        by_source={"survey": {"learning_rate": 0.001, "epochs": 7, "early_stopping": 2}},
        seconds={"topics": 32},
        expect={"topics": {"age_mae": 5.2, "income_accuracy": 0.9, "gender_accuracy": 0.92}},
        note="Smaller than the document's, which is sized for vocabularies of thousands of words: "
        "the generated texts have a hundred. Adam, and less weight for the age than the "
        "document's 0.25 to 1 to 10: squared years begin in the thousands and would leave the "
        "other heads untrained.",
    ),
    Recipe(
        name="posts_as_printed",  # zoo train posts_as_printed --data topics
        architecture="posts",
        dataset="posts",
        summary="the same posts with the document's own sizes, weights and optimizer",
        loss={"age": "mse", "income": "categorical_crossentropy", "gender": "binary_crossentropy"},
        loss_weights={"age": 0.25, "income": 1.0, "gender": 10.0},
        metrics={},
        optimizer="rmsprop",
        epochs=10,
        batch_size=64,
        baseline="tfidf_linear",
        seconds={"topics": 1034},
        expect={"topics": {"age_loss": 80.0, "gender_loss": 1.2, "income_loss": 2.6}},
        note="as printed: RMSprop, weights 0.25, 1 and 10, ten epochs of 64 rows a step. These "
        "weights train the age alone.",
    ),
    Recipe(
        name="novel",  # zoo train novel --data library
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
        # 21 stories to train on: it overfits after a few epochs
        by_source={"nouvelles": {"learning_rate": 0.001, "early_stopping": 3}},
        seconds={"library": 14},
        expect={"library": {"genre_accuracy": 0.95, "date_mae": 0.8}},
        note="The document gives no settings for this model.",
    ),
)
