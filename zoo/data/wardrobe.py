"""Source `wardrobe`: invented second-hand garments, made from a seed in a second.

The price is a product of three factors, one from the metadata, one from the description and one
from the picture, and an error that nobody can know. Each garment belongs to one split.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.drawn import row_option
from zoo.data.pictures import garments
from zoo.data.registry import card
from zoo.data.regression import errors, value_scores

ROWS = 4_000
HELD_OUT = {"validation": 500, "test": 1_000}
BASE, NOISE_SD = 5.0, 0.5  # tens of currency units
METADATA = ("brand_1", "brand_2", "brand_3", "brand_4", "age", "size", "winter", "limited")
_BRAND_FACTOR = np.array([0.6, 0.85, 1.15, 1.5])
_AGE, _LIMITED = 0.5, 1.25  # loss over the whole range of ages (log), factor of limited editions

LENGTH = 12  # words of a description
MATERIALS = {"polyester": 0.7, "cotton": 0.9, "wool": 1.15, "silk": 1.4}
CONDITIONS = {  # phrases of the same words, so that the order counts
    ("never", "worn", "mended", "once"): 1.25,
    ("worn", "once", "never", "mended"): 1.0,
    ("worn", "never", "mended", "once"): 0.75,  # a careless seller's: worn, and mended once
}
FILLERS = (
    "a", "and", "box", "buttons", "collar", "comes", "cuffs", "darts", "fits", "from", "hem",
    "home", "in", "label", "lining", "my", "new", "nice", "of", "pocket", "seams", "sent",
    "shop", "sleeves", "smoke-free", "the", "waist", "with", "yoke", "zip",
)  # fmt: skip
WORDS = ("", *sorted({*MATERIALS, *(word for phrase in CONDITIONS for word in phrase), *FILLERS}))


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: the garments need no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Invent the garments.

    Args:
        name: `clothing`.
        folder: Not used.
        seed: Fixes every garment and its price.
        options: `rows`, the number of training garments, 100 to 100,000.

    Raises:
        UnknownNameError: an option that there is not.
        DataError: `rows` out of its range.
    """
    sizes = {"train": row_option(name, options, ROWS), **HELD_OUT}
    splits: dict[str, dict[str, np.ndarray]] = {}
    factors: dict[str, dict[str, np.ndarray]] = {}
    for number, (split, rows) in enumerate(sizes.items()):
        rng = np.random.default_rng([seed, 0xC107, number])
        metadata, of_metadata = _metadata(rng, rows)
        description, of_description = _descriptions(rng, rows)
        picture, of_picture = garments.draw(rng, rows)
        parts = {"metadata": of_metadata, "description": of_description, "picture": of_picture}
        noise = NOISE_SD * rng.standard_normal(rows)
        price = BASE * of_metadata * of_description * of_picture + noise
        splits[split] = {
            "metadata": metadata,
            "description": description,
            "picture": picture,
            "price": price[:, None].astype(np.float32),
        }
        factors[split] = {part: values[:, None] for part, values in parts.items()}
    targets = {split: columns["price"] for split, columns in splits.items()}
    oracle = {
        split: BASE * np.prod(list(parts.values()), axis=0) for split, parts in factors.items()
    }
    references = value_scores("price", targets, oracle)
    typical = {part: values.mean() for part, values in factors["train"].items()}
    for part in typical:
        # The mean price given this part alone: the others are independent of it.
        others = np.prod([value for name, value in typical.items() if name != part])
        alone = {split: BASE * others * parts[part] for split, parts in factors.items()}
        references[f"{part}_alone"] = errors("price", targets, alone)
    return Dataset(
        name=name,
        source="wardrobe",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(WORDS), "n_metadata": len(METADATA)},
        labels={"description": WORDS, "metadata": METADATA},
        truth={
            f"{part}_{split}": values
            for split, parts in factors.items()
            for part, values in parts.items()
        },
        references=references,
        origin=f"data: wardrobe (embedded, generated, seed {seed}); no real set: see the card",
    )


def _metadata(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of about unit scale (rows, 8), and their factor of the price, (rows,)."""
    brand = rng.integers(0, len(_BRAND_FACTOR), rows)
    age, size = rng.uniform(0, 1, (2, rows))
    winter, limited = rng.random(rows) < 0.5, rng.random(rows) < 0.2
    columns = [*(brand == np.arange(4)[:, None]), age, size, winter, limited]
    factor = _BRAND_FACTOR[brand] * np.exp(-_AGE * age) * np.where(limited, _LIMITED, 1.0)
    return np.stack(columns, axis=1).astype(np.float32), factor


def _descriptions(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Word ids (rows, 12), 0 after the last word, and their factor of the price, (rows,)."""
    number = {word: index for index, word in enumerate(WORDS)}
    materials, phrases = list(MATERIALS.items()), list(CONDITIONS.items())
    ids = np.zeros((rows, LENGTH), np.int32)
    factor = np.zeros(rows)
    for row in range(rows):
        material, of_material = materials[rng.integers(len(materials))]
        phrase, of_phrase = phrases[rng.integers(len(phrases))]
        words = [FILLERS[i] for i in rng.integers(0, len(FILLERS), rng.integers(4, LENGTH - 4))]
        words.insert(int(rng.integers(0, len(words) + 1)), material)
        start = int(rng.integers(0, len(words) + 1))
        words[start:start] = phrase
        ids[row, : len(words)] = [number[word] for word in words]
        factor[row] = of_material * of_phrase
    return ids, factor
