"""Inputs of different kinds, numbers, text and pictures, read together (`beyond-sequential`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zoo._keras import keras, layers
from zoo.models.image import COLOR
from zoo.models.registry import register
from zoo.models.spec import TensorSpec, Variant
from zoo.models.text import word_ids

BRANCHES = ("metadata", "description", "picture")


@register(
    documents="beyond-sequential",
    section="multi-modal inputs",
    inputs=(
        TensorSpec(
            "metadata", ("n_metadata",), "brand, age and so on, on one scale", when="branches"
        ),
        word_ids("description", "length", "word ids, rows padded with 0", when="branches"),
        replace(COLOR, least=2**3, when="branches"),
    ),
    outputs=(
        TensorSpec(
            "price",
            (1,),
            "price of the garment",
            "tens of currency units",
            scale=10,
            shown_unit="currency units",
        ),
    ),
    count=70_337,
    concepts=("multi-input", "multi-modal", "merge", "embedding", "convolution", "variable-length"),
    claim="Joint training beats a weighted average of three models trained on one input each.",
    recipe="clothing_price",
    tiny={
        "n_metadata": 3,
        "vocabulary": 20,
        "image_shape": (8, 8, 3),
        "embedding": 4,
        "filters": (2, 2, 2),
        "units": 4,
    },
    variants={
        "metadata_only": Variant({"branches": ("metadata",)}, 2_433, "From the metadata alone."),
        "description_only": Variant({"branches": ("description",)}, 36_193, "From the text alone."),
        "picture_only": Variant({"branches": ("picture",)}, 31_841, "From the picture alone."),
    },
)
def clothing_price(
    n_metadata: int = 8,
    vocabulary: int = 1_000,
    length: int | None = None,
    image_shape: tuple[int, int, int] = (32, 32, 3),
    embedding: int = 32,
    filters: tuple[int, int, int] = (16, 32, 32),
    units: int = 32,
    branches: Sequence[str] = BRANCHES,
) -> keras.Model:
    """Price of a garment from numbers, text and a picture, through one branch each.

    Args:
        n_metadata: Numbers in the metadata.
        vocabulary, length: Word ids run from 0 to vocabulary - 1; words in a row, None for any.
        image_shape: Height and width in pixels, and channels.
        embedding, filters, units: Width of word vectors, picture convolutions, all other layers.
        branches: Those to keep; the others and their inputs are left out.
    """
    if not branches or isinstance(branches, str) or not set(branches) <= set(BRANCHES):
        raise ValueError(f"branches must be some of {', '.join(BRANCHES)}, not {branches!r}")

    inputs = {
        "metadata": keras.Input((n_metadata,), name="metadata"),  # (8)
        "description": keras.Input((length,), dtype="int32", name="description"),  # (None)
        "picture": keras.Input(image_shape, name="picture"),  # (32, 32, 3)
    }
    features: dict[str, keras.KerasTensor] = {}

    x = layers.Dense(units, activation="relu", name="metadata_hidden")(inputs["metadata"])  # (32)
    features["metadata"] = layers.Dense(units, activation="relu", name="metadata_features")(x)

    x = layers.Embedding(vocabulary, embedding, name="words")(inputs["description"])  # (None, 32)
    x = layers.Conv1D(units, 3, padding="same", activation="relu", name="phrases")(x)  # (None, 32)
    features["description"] = layers.GlobalMaxPooling1D(name="description_features")(x)  # (32)

    x = inputs["picture"]
    for i, n_filters in enumerate(filters, start=1):  # (16, 16, 16), (8, 8, 32), (4, 4, 32)
        x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", name=f"conv_{i}")(x)
        x = layers.MaxPooling2D(2, name=f"pool_{i}")(x)
    x = layers.Flatten(name="picture_flat")(x)  # (512)
    features["picture"] = layers.Dense(units, activation="relu", name="picture_features")(x)  # (32)

    kept = [branch for branch in BRANCHES if branch in branches]
    x = features[kept[0]]
    if len(kept) > 1:
        x = layers.Concatenate(name="features")([features[branch] for branch in kept])  # (96)
    x = layers.Dense(units, activation="relu", name="hidden")(x)  # (32)
    price = layers.Dense(1, name="price")(x)  # (1)

    return keras.Model([inputs[branch] for branch in kept], price, name="clothing_price")
