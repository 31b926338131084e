"""Recipes of the dense family: points."""

from __future__ import annotations

from zoo.recipes.first import AROUND_OURS
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

AROUND_PRINTED = {
    "optimizer": ("choice", "rmsprop", "adam", "nadam"),
    "learning_rate": ("log", 0.0003, 0.03),
    "schedule": ("choice", "constant", "cosine"),
    "batch_size": ("choice", 32, 64, 128),
}

add(
    Recipe(
        name="softmax_mlp_32",  # zoo train softmax_mlp_32 --data mixture
        architecture="softmax_mlp_32",
        dataset="classes_32",
        summary="which of ten pairs of clouds a point of 32 numbers comes from",
        loss={"category": "sparse_categorical_crossentropy"},
        metrics={"category": ("accuracy", "log_loss")},
        optimizer="rmsprop",
        learning_rate=0.0012,
        schedule="cosine",
        epochs=20,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"mixture": 9},
        expect={"mixture": {"accuracy": 0.94}},
        note="RMSprop as in the document, at a lower rate that falls to 0, found with `zoo tune`: "
        "larger steps overfit.",
    ),
    Recipe(
        name="softmax_mlp_32_as_printed",  # zoo train softmax_mlp_32_as_printed --data mixture
        architecture="softmax_mlp_32",
        dataset="classes_32",
        summary="the same model with the document's optimizer and targets",
        loss={"category": "categorical_crossentropy"},
        metrics={},
        optimizer="rmsprop",
        batch_size=128,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_PRINTED,
        seconds={"mixture": 14},
        expect={"mixture": {"loss": 0.23}},
        note="as printed: RMSprop, one-hot targets, ten epochs of 128 rows a step. The document "
        "has 1,000 rows of random numbers.",
    ),
    Recipe(
        name="softmax_mlp_64",  # zoo train softmax_mlp_64 --data mixture
        architecture="softmax_mlp_64",
        dataset="classes_64",
        summary="handwritten digits of 8 x 8 pixels, or clouds of points of 64 numbers",
        loss={"category": "sparse_categorical_crossentropy"},
        metrics={"category": ("accuracy", "log_loss")},
        optimizer="rmsprop",
        learning_rate=0.002,
        schedule="cosine",
        epochs=20,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        by_source={"digits_8x8": {"epochs": 60, "learning_rate": 0.003}},
        seconds={"mixture": 9},
        expect={"mixture": {"accuracy": 0.93}},
        note="RMSprop as in the document, at a lower rate that falls to 0, found with `zoo tune`: "
        "larger steps overfit.",
    ),
    Recipe(
        name="softmax_mlp_64_as_printed",  # zoo train softmax_mlp_64_as_printed --data mixture
        architecture="softmax_mlp_64",
        dataset="classes_64",
        summary="the same model with the document's settings",
        loss={"category": "categorical_crossentropy"},
        metrics={},
        optimizer="rmsprop",
        batch_size=128,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_PRINTED,
        seconds={"mixture": 15},
        expect={"mixture": {"loss": 0.36}},
        note="as printed: RMSprop, one-hot targets, ten epochs of 128 rows a step. The document "
        "has 1,000 rows of random numbers.",
    ),
    Recipe(
        name="two_branch_add",  # zoo train two_branch_add --data halves
        architecture="two_branch_add",
        dataset="two_views",
        summary="ten classes from two views, each of which tells a part of the class",
        loss={"category": "sparse_categorical_crossentropy"},
        metrics={"category": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"halves": 9},
        expect={"halves": {"accuracy": 0.94}},
        note="Adam with a falling rate, where the document has RMSprop at a fixed rate. Neither "
        "view alone allows more than `only_a` or `only_b`; the variant as_printed, which never "
        "reads b, stays below `only_a`.",
    ),
    Recipe(
        name="two_branch_add_as_printed",  # zoo train two_branch_add_as_printed --data halves
        architecture="two_branch_add",
        dataset="two_views",
        summary="the same model with the document's settings",
        loss={"category": "categorical_crossentropy"},
        metrics={},
        optimizer="rmsprop",
        batch_size=128,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_PRINTED,
        seconds={"halves": 16},
        expect={"halves": {"loss": 0.16}},
        note="as printed: RMSprop, one-hot targets, ten epochs of 128 rows a step. Both inputs are "
        "read, as the text says; arguments.as_printed=True is the listing, which reads one.",
    ),
    Recipe(
        name="binary_mlp",  # zoo train binary_mlp --data mixture
        architecture="binary_mlp",
        dataset="binary_wide",
        summary="benign or malignant from 30 measures, or clouds of points of 100 numbers",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss", "mean_prediction")},
        optimizer="rmsprop",
        schedule="cosine",
        epochs=20,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"mixture": 8},
        expect={"mixture": {"accuracy": 0.97}},
        note="RMSprop as in the document, at a lower rate that falls to 0, found with `zoo tune`: "
        "larger steps overfit.",
    ),
    Recipe(
        name="binary_mlp_as_printed",  # zoo train binary_mlp_as_printed --data mixture
        architecture="binary_mlp",
        dataset="binary_wide",
        summary="the same model with the document's optimizer and its custom metric",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "mean_prediction")},
        optimizer="rmsprop",
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_PRINTED,
        seconds={"mixture": 14},
        expect={"mixture": {"accuracy": 0.97}},
        note="as printed: RMSprop, accuracy and the mean prediction, ten epochs of 32 rows a step. "
        "The document has 1,000 rows of random numbers.",
    ),
    Recipe(
        name="multiclass_mlp",  # zoo train multiclass_mlp --data mixture
        architecture="multiclass_mlp",
        dataset="classes_100",
        summary="which of ten pairs of clouds a point of 100 numbers comes from",
        loss={"category": "sparse_categorical_crossentropy"},
        metrics={"category": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"mixture": 9},
        expect={"mixture": {"accuracy": 0.955}},
        note="Adam with a cosine schedule, where the document has RMSprop at a fixed rate",
    ),
    Recipe(
        name="multiclass_mlp_as_printed",  # zoo train multiclass_mlp_as_printed --data mixture
        architecture="multiclass_mlp",
        dataset="classes_100",
        summary="the same model with the document's optimizer and targets",
        loss={"category": "categorical_crossentropy"},
        metrics={"category": ("accuracy",)},
        optimizer="rmsprop",
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_PRINTED,
        seconds={"mixture": 15},
        expect={"mixture": {"accuracy": 0.965}},
        note="as printed: RMSprop, one-hot targets, ten epochs of 32 rows a step. The document has "
        "1,000 rows of random numbers.",
    ),
    Recipe(
        name="dropout_mlp",  # zoo train dropout_mlp --data mixture
        architecture="dropout_mlp",
        dataset="classes_20",
        summary="which of ten pairs of clouds a point of 20 numbers comes from",
        loss={"category": "sparse_categorical_crossentropy"},
        metrics={"category": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        epochs=30,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"mixture": 9},
        expect={"mixture": {"accuracy": 0.945}},
        note="Adam with a cosine schedule, where the document has SGD with momentum",
    ),
    Recipe(
        name="dropout_mlp_as_printed",  # zoo train dropout_mlp_as_printed --data mixture
        architecture="dropout_mlp",
        dataset="classes_20",
        summary="the same model with the document's optimizer and targets",
        loss={"category": "categorical_crossentropy"},
        metrics={"category": ("accuracy",)},
        optimizer="sgd",
        optimizer_options={"momentum": 0.9, "nesterov": True},
        learning_rate=0.01,
        decay=1e-6,
        epochs=20,
        batch_size=128,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search={
            "learning_rate": ("log", 0.003, 0.3),
            "optimizer_options.momentum": ("float", 0.5, 0.95),
            "decay": ("log", 1e-7, 0.001),
            "batch_size": ("choice", 32, 64, 128),
        },
        seconds={"mixture": 17},
        expect={"mixture": {"accuracy": 0.95}},
        note="as printed: SGD at 0.01 with decay 1e-6 and Nesterov momentum 0.9, one-hot targets, "
        "20 epochs of 128 rows a step. The document has 1,000 rows of random numbers, and 100 to "
        "test on.",
    ),
    Recipe(
        name="mlp",  # zoo train mlp --data mixture
        architecture="mlp",
        dataset="binary_narrow",
        summary="whether diabetes progresses faster than usual, from 10 measures, or clouds of "
        "points",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.01,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"mixture": 8},
        expect={"mixture": {"accuracy": 0.93}},
        note="The document gives no settings.",
    ),
)
