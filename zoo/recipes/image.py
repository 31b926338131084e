"""Recipes of the image family.

The pictures are smaller than the documents', so that every recipe trains in well under a minute
on two cores; the architectures are the documents' otherwise.
"""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

GREY_32 = {"image_shape": (32, 32, 1)}
SCORES = {"label": ("accuracy", "log_loss")}
BINARY = {"label": "binary_crossentropy"}
CLASSES = {"label": "sparse_categorical_crossentropy"}
SMALLER = "Pictures of 32 x 32 pixels, where the document has 64 x 64. "

add(
    Recipe(
        name="cnn",
        architecture="cnn",
        dataset="outlines",
        summary="whether a figure has a hole, wherever it lies, dark on light or light on dark",
        arguments={**GREY_32, "flatten": True, "batch_normalization": True},
        loss=BINARY,
        metrics=SCORES,
        learning_rate=0.0015,
        schedule="cosine",
        epochs=6,
        baseline="nearest_neighbor",
        report="images",
        expect={"drawn": {"accuracy": 0.95}},
        seconds={"drawn": 15},
        note=SMALLER + "With the Flatten that the listing lacks: one answer per "
        "picture. With batch normalization: without it, the ten hidden units may die.",
    ),
    Recipe(
        name="cnn_as_printed",
        architecture="cnn",
        dataset="outlines",
        summary="the same without Flatten: an answer at each of 5 x 5 places, all the same label",
        columns={"label": ("label_map",)},
        arguments=GREY_32,
        loss=BINARY,
        metrics=SCORES,
        learning_rate=0.003,
        schedule="cosine",
        epochs=10,
        note=SMALLER + "The listing has no Flatten, so each place must answer from what it sees, "
        "11 x 11 pixels: a place beside the figure cannot know. The document gives no settings.",
    ),
    Recipe(
        name="shared_input",
        architecture="shared_input",
        dataset="two_scales",
        summary="the fine and the coarse grating of a picture decide together",
        arguments=GREY_32,
        loss=BINARY,
        metrics=SCORES,
        learning_rate=0.0002,
        schedule="cosine",
        epochs=12,
        baseline="nearest_neighbor",
        report="images",
        expect={"drawn": {"accuracy": 0.94}},
        seconds={"drawn": 12},
        note=SMALLER
        + "A rate of 0.001 kills the ten hidden units before they have learned, 0.0003 some.",
    ),
    Recipe(
        name="two_resolution",
        architecture="two_resolution",
        dataset="cloth",
        summary="a cloth's weave, seen finely in gray, and its dye, seen coarsely in color",
        loss=BINARY,
        metrics=SCORES,
        learning_rate=0.0005,
        schedule="cosine",
        epochs=4,
        early_stopping=2,
        baseline="nearest_neighbor",
        report="images",
        expect={"drawn": {"accuracy": 0.93}},
        seconds={"drawn": 22},
        note="The columns gray_alone and color_alone are the best that one input alone allows.",
    ),
    Recipe(
        name="vgg_like",
        architecture="vgg_like",
        dataset="painted_shapes",
        summary="ten shapes in any hue, turned a little, placed anywhere",
        arguments={"image_shape": (32, 32, 3), "filters": (16, 32), "units": 128},
        loss=CLASSES,
        metrics=SCORES,
        learning_rate=0.0015,
        schedule="cosine",
        epochs=8,
        baseline="nearest_neighbor",
        report="images",
        expect={"drawn": {"accuracy": 0.91}},
        seconds={"drawn": 34},
        note="Pictures of 32 x 32 pixels, where the document has 100 x 100, half the filters and "
        "units, and Adam: the document's SGD does not get going in so few epochs.",
    ),
    Recipe(
        name="vgg_like_as_printed",
        architecture="vgg_like",
        dataset="painted_shapes",
        summary="the same with the document's filters, units and optimizer",
        arguments={"image_shape": (32, 32, 3)},
        loss=CLASSES,
        metrics=SCORES,
        optimizer="sgd",
        optimizer_options={"momentum": 0.9, "nesterov": True},
        learning_rate=0.01,
        epochs=10,
        baseline="nearest_neighbor",
        report="images",
        note="SGD at 0.01 with momentum 0.9 after Nesterov and batches of 32, as printed; pictures "
        "of 32 x 32 pixels, where the document has 100 x 100 random numbers. It takes more than "
        "a minute and learns late, if at all.",
    ),
    Recipe(
        name="inception_network",
        architecture="inception_network",
        dataset="figures",
        summary="large figures made of small marks: which figure, of which marks",
        loss=CLASSES,
        metrics=SCORES,
        learning_rate=0.003,
        schedule="cosine",
        epochs=6,
        baseline="nearest_neighbor",
        report="images",
        expect={"drawn": {"accuracy": 0.92}},
        seconds={"drawn": 50},
    ),
    Recipe(
        name="residual_network",
        architecture="residual_network",
        dataset="hidden_shapes",
        summary="ten shapes among stray lines, dark on light or light on dark",
        arguments={"blocks": 1},
        loss=CLASSES,
        metrics=SCORES,
        learning_rate=0.003,
        schedule="cosine",
        epochs=5,
        baseline="nearest_neighbor",
        report="images",
        expect={"drawn": {"accuracy": 0.92}},
        seconds={"drawn": 50},
        note="One identity block a stage instead of two, 17 layers deep, to stay under a minute.",
    ),
)
