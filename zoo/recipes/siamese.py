"""Recipes of the Siamese family: pairs of texts, read by one encoder."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="tweet_pair",  # zoo train tweet_pair --data authors
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
        seconds={"authors": 40},
        expect={"authors": {"accuracy": 0.92}},
        note="The encodings are compared (merge=compare), where the document sets them side by "
        "side: a sigmoid of the latter adds a score of one text to a score of the other, which "
        "cannot tell whether they agree (siamese_lstm_as_printed stays at chance on "
        "`paraphrases`). The number of parameters is the same. Adam with a falling rate, 32 units "
        "to save time.",
    ),
    Recipe(
        name="tweet_pair_as_printed",  # zoo train tweet_pair_as_printed --data authors
        architecture="tweet_pair",
        dataset="tweet_pairs",
        summary="the same pairs with the document's own settings",
        loss={"same_author": "binary_crossentropy"},
        metrics={"same_author": ("accuracy",)},
        optimizer="rmsprop",
        epochs=10,
        engine="resident-xla",
        baseline="pair_difference",
        seconds={"authors": 183},
        expect={"authors": {"accuracy": 0.48}},  # chance: see tweet_pair
        note="as printed: RMSprop, ten epochs of 32 rows a step, the encodings side by side",
    ),
    Recipe(
        name="siamese_lstm",  # zoo train siamese_lstm --data paraphrases
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
        # 5,000 pairs to train on, and word vectors that say nothing about meaning
        by_source={"stsb": {"learning_rate": 0.001, "epochs": 10, "early_stopping": 3}},
        seconds={"paraphrases": 24},
        expect={"paraphrases": {"accuracy": 0.91}},
        note="The encodings are compared (merge=compare), where the document sets them side by "
        "side: a sigmoid of the latter adds a score of one text to a score of the other, which "
        "cannot tell whether they agree (siamese_lstm_as_printed stays at chance on "
        "`paraphrases`). The number of parameters is the same. Adam, five epochs: longer training "
        "overfits the wrong labels.",
        limit="Test sentences have meanings that no training sentence has, and the model is less "
        "sure of them; by accuracy it closes over 90%.",
    ),
    Recipe(
        name="siamese_lstm_as_printed",  # zoo train siamese_lstm_as_printed --data paraphrases
        architecture="siamese_lstm",
        dataset="sentence_pairs",
        summary="the same pairs with the encodings side by side, as the document has them",
        loss={"similarity": "binary_crossentropy"},
        metrics={"similarity": ("accuracy", "log_loss")},
        optimizer="rmsprop",
        engine="resident-xla",
        baseline="pair_difference",
        seconds={"paraphrases": 49},
        expect={"paraphrases": {"accuracy": 0.48}},  # chance: see siamese_lstm
        note="The encodings side by side, as printed; the document names no optimizer.",
    ),
)
