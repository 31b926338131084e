"""Recipes of the Siamese family: pairs of texts, read by one encoder."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

COMPARED = (
    "The encodings are compared (merge=compare), where the document sets them side by side: a "
    "sigmoid of the latter adds a score of one text to a score of the other, which cannot tell "
    "whether they agree (siamese_lstm_as_printed stays at chance on `paraphrases`). The number of "
    "parameters is the same."
)

add(
    Recipe(
        name="tweet_pair",
        architecture="tweet_pair",
        dataset="tweet_pairs",
        summary="whether one author wrote both tweets, from their characters",
        arguments={"units": 32, "merge": "compare"},
        loss={"same_author": "binary_crossentropy"},
        metrics={"same_author": ("accuracy", "log_loss")},
        learning_rate=0.006,
        schedule="cosine",
        epochs=12,
        batch_size=64,
        engine="resident-xla",
        baseline="pair_difference",
        expect={"authors": {"accuracy": 0.92}},
        seconds={"authors": 40},
        note=COMPARED + " Adam with a falling rate, 32 units for the sake of time.",
    ),
    Recipe(
        name="tweet_pair_as_printed",
        architecture="tweet_pair",
        dataset="tweet_pairs",
        summary="the same pairs with the document's own settings",
        loss={"same_author": "binary_crossentropy"},
        metrics={"same_author": ("accuracy", "log_loss")},
        optimizer="rmsprop",
        epochs=3,
        engine="resident-xla",
        baseline="pair_difference",
        note="as printed: RMSprop, the encodings side by side",
    ),
    Recipe(
        name="siamese_lstm",
        architecture="siamese_lstm",
        dataset="sentence_pairs",
        summary="whether two sentences mean the same, from their words' vectors in order",
        arguments={"merge": "compare"},
        loss={"similarity": "binary_crossentropy"},
        metrics={"similarity": ("accuracy", "log_loss")},
        learning_rate=0.006,
        schedule="cosine",
        epochs=5,
        batch_size=64,
        engine="resident-xla",
        baseline="pair_difference",
        expect={"paraphrases": {"accuracy": 0.91}},
        seconds={"paraphrases": 24},
        note=COMPARED + " Adam, five epochs: a longer training learns the wrong labels by heart.",
        limit="Test sentences have meanings that no training sentence has, and of those it is less "
        "sure: by accuracy it closes over 90%.",
        by_source={
            # 5,000 pairs to train on, of words whose vectors say nothing of their meaning
            "stsb": {"learning_rate": 0.001, "epochs": 10, "early_stopping": 3}
        },
    ),
    Recipe(
        name="siamese_lstm_as_printed",
        architecture="siamese_lstm",
        dataset="sentence_pairs",
        summary="the same pairs with the encodings side by side, as the document has them",
        loss={"similarity": "binary_crossentropy"},
        metrics={"similarity": ("accuracy", "log_loss")},
        optimizer="rmsprop",
        epochs=10,
        engine="resident-xla",
        baseline="pair_difference",
        note="The encodings side by side, as printed; the document names no optimizer.",
    ),
)
