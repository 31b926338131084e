"""Recipes of the models that read several pictures, or inputs of different kinds."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="siamese_xception",  # zoo train siamese_xception --data stereograms
        architecture="siamese_xception",
        dataset="stereo",
        dataset_options={"rows": 3500},
        summary="how far away dots are, from how far apart two eyes see them",
        arguments={"image_shape": (32, 32, 3), "blocks": 2, "head": True},
        loss={"depth": "mse"},
        metrics={"depth": ("mae",)},
        learning_rate=0.004,
        schedule="cosine",
        epochs=5,
        batch_size=16,
        baseline="nearest_neighbor",
        report="images",
        by_source={"motorcycle": {"dataset_options": {}, "epochs": 7}},
        seconds={"stereograms": 59},
        expect={"stereograms": {"mae": 0.42}},
        note="Xception's first two blocks on 32 x 32 pixels: all fourteen on 71 x 71 take about 3 "
        "billion multiplications a pair and step, minutes an epoch on two cores. Batches of 16, "
        "because Xception's batch normalization needs some 500 steps to settle. As many steps "
        "over 2,500 pairs, in seven epochs, overfit.",
    ),
    Recipe(
        name="clothing_price",  # zoo train clothing_price --data wardrobe
        architecture="clothing_price",
        dataset="clothing",
        summary="the price of a garment from metadata, description and picture",
        loss={"price": "mse"},
        metrics={"price": ("mae", "mse")},
        learning_rate=0.003,
        schedule="cosine",
        epochs=12,
        early_stopping=4,
        baseline="pooled_forest",
        seconds={"wardrobe": 35},
        expect={"wardrobe": {"mae": 0.54}},
        note="The columns ..._alone are the best that one kind of input alone allows (mean squared "
        "error). The document gives no settings.",
    ),
)
