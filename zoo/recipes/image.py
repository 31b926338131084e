"""Recipes of the image family.

The pictures are smaller than the documents', so that every recipe trains in well under a minute
on two cores; the architectures are the documents' otherwise.
"""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="cnn",  # zoo train cnn --data drawn
        architecture="cnn",
        dataset="outlines",
        summary="whether a figure has a hole, wherever it lies, dark on light or light on dark",
        arguments={"image_shape": (32, 32, 1), "flatten": True, "batch_normalization": True},
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.0015,
        schedule="cosine",
        epochs=6,
        baseline="nearest_neighbor",
        report="images",
        seconds={"drawn": 15},
        expect={"drawn": {"accuracy": 0.95}},
        note="Pictures of 32 x 32 pixels, where the document has 64 x 64. With the Flatten that "
        "the listing lacks: one answer per picture. With batch normalization: without it, the ten "
        "hidden units may die.",
    ),
    Recipe(
        name="cnn_as_printed",  # zoo train cnn_as_printed --data drawn
        architecture="cnn",
        dataset="outlines",
        summary="the same without Flatten: an answer at each of 5 x 5 places, all the same label",
        columns={"label": ("label_map",)},
        arguments={"image_shape": (32, 32, 1)},
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.003,
        schedule="cosine",
        seconds={"drawn": 25},
        expect={"drawn": {"accuracy": 0.69}},
        note="Pictures of 32 x 32 pixels, where the document has 64 x 64. The listing has no "
        "Flatten, so each place must answer from what it sees, 11 x 11 pixels: a place beside the "
        "figure cannot know. The document gives no settings.",
    ),
    Recipe(
        name="shared_input",  # zoo train shared_input --data drawn
        architecture="shared_input",
        dataset="two_scales",
        summary="the fine and the coarse grating of a picture decide together",
        arguments={"image_shape": (32, 32, 1)},
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.0002,
        schedule="cosine",
        epochs=12,
        baseline="nearest_neighbor",
        report="images",
        seconds={"drawn": 12},
        expect={"drawn": {"accuracy": 0.94}},
        note="Pictures of 32 x 32 pixels, where the document has 64 x 64. A rate of 0.001 kills "
        "the ten hidden units before they learn; 0.0003 kills some.",
    ),
    Recipe(
        name="two_resolution",  # zoo train two_resolution --data drawn
        architecture="two_resolution",
        dataset="cloth",
        summary="a cloth's weave, seen finely in gray, and its dye, seen coarsely in color",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.0005,
        schedule="cosine",
        epochs=4,
        early_stopping=2,
        baseline="nearest_neighbor",
        report="images",
        seconds={"drawn": 22},
        expect={"drawn": {"accuracy": 0.93}},
        note="The columns gray_alone and color_alone are the best that one input alone allows.",
    ),
    Recipe(
        name="vgg_like",  # zoo train vgg_like --data drawn
        architecture="vgg_like",
        dataset="painted_shapes",
        summary="ten shapes in any hue, turned a little, placed anywhere",
        arguments={"image_shape": (32, 32, 3), "filters": (16, 32), "units": 128},
        loss={"label": "sparse_categorical_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.0015,
        schedule="cosine",
        epochs=8,
        baseline="nearest_neighbor",
        report="images",
        seconds={"drawn": 34},
        expect={"drawn": {"accuracy": 0.91}},
        note="Pictures of 32 x 32 pixels, where the document has 100 x 100, half the filters and "
        "units, and Adam: the document's SGD barely starts to learn in so few epochs.",
    ),
    Recipe(
        name="vgg_like_as_printed",  # zoo train vgg_like_as_printed --data drawn
        architecture="vgg_like",
        dataset="painted_shapes",
        summary="the same with the document's filters, units and optimizer",
        arguments={"image_shape": (32, 32, 3)},
        loss={"label": "categorical_crossentropy"},
        metrics={},
        optimizer="sgd",
        optimizer_options={"momentum": 0.9, "nesterov": True},
        learning_rate=0.01,
        decay=1e-6,
        baseline="nearest_neighbor",
        report="images",
        seconds={"drawn": 225},
        expect={"drawn": {"loss": 0.37}},
        note="as printed: SGD at 0.01 with decay 1e-6 and Nesterov momentum 0.9, ten epochs of 32 "
        "pictures a step. The pictures have 32 x 32 pixels; the document has 120 of 100 x 100 "
        "random numbers.",
    ),
    Recipe(
        name="inception_network",  # zoo train inception_network --data drawn
        architecture="inception_network",
        dataset="figures",
        summary="large figures made of small marks: which figure, of which marks",
        loss={"label": "sparse_categorical_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.003,
        schedule="cosine",
        epochs=6,
        baseline="nearest_neighbor",
        report="images",
        seconds={"drawn": 50},
        expect={"drawn": {"accuracy": 0.92}},
    ),
    Recipe(
        name="residual_network",  # zoo train residual_network --data drawn
        architecture="residual_network",
        dataset="hidden_shapes",
        summary="ten shapes among stray lines, dark on light or light on dark",
        arguments={"blocks": 1},
        loss={"label": "sparse_categorical_crossentropy"},
        metrics={"label": ("accuracy", "log_loss")},
        learning_rate=0.003,
        schedule="cosine",
        epochs=5,
        baseline="nearest_neighbor",
        report="images",
        seconds={"drawn": 50},
        expect={"drawn": {"accuracy": 0.92}},
        note="One identity block a stage instead of two, 17 layers deep, to stay under a minute.",
    ),
)
