"""Dataset `clothing`: invented second-hand garments with metadata, description, picture and price.

Source `wardrobe` makes them from a seed in a second. The price is a product of three factors, one
from each kind of input, and an error that cannot be predicted. In the picture, the print and a
stain change the price; color, place, size and light do not. Each garment belongs to one split.
"""

from __future__ import annotations

import numpy as np

from zoo.data.images.drawing import SHAPES, light, masks, noisy
from zoo.data.references import number_scores
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Whole, source

ROWS = Whole(4_000, 100, 100_000)
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

SIDE = 32  # pixels
PRINTS = ("plain", "stripes", "spots")
PRINT_FACTOR = np.array([0.8, 1.0, 1.25])
STAINED, STAIN_FACTOR = 0.3, 0.65  # share of garments with a stain, and what it leaves of the price
_CUTS = [SHAPES.index(name) for name in ("square", "disc", "triangle")]


@source(rows=ROWS)
def wardrobe(request: Request) -> Content:
    splits: dict[str, dict[str, np.ndarray]] = {}
    factors: dict[str, dict[str, np.ndarray]] = {}
    for number, (split, rows) in enumerate({"train": request.options["rows"], **HELD_OUT}.items()):
        # A separate stream for each split: more training rows leave the others unchanged.
        rng = np.random.default_rng([request.seed, 0xC107, number])
        drawn = {
            "metadata": _metadata(rng, rows),
            "description": _descriptions(rng, rows),
            "picture": draw_pictures(rng, rows),
        }
        factors[split] = {part: factor[:, None] for part, (_, factor) in drawn.items()}
        noise = NOISE_SD * rng.standard_normal((rows, 1))
        price = _price(factors[split]) + noise
        splits[split] = {part: values for part, (values, _) in drawn.items()}
        splits[split]["price"] = price.astype(np.float32)
    typical = {part: factor.mean() for part, factor in factors["train"].items()}
    references: dict[str, dict[str, dict[str, float]]] = {"best possible": {}}
    for split, parts in factors.items():
        price = splits[split]["price"]
        references["best possible"][split] = number_scores("price", price, _price(parts))
        for part, factor in parts.items():
            # The mean price given this part alone: the others are independent of it.
            alone = _price({**typical, part: factor})
            scores = number_scores("price", price, alone)
            references.setdefault(f"{part}_alone", {})[split] = scores
    return Content(
        splits,
        sizes={"vocabulary": len(WORDS), "n_metadata": len(METADATA)},
        labels={"description": WORDS, "metadata": METADATA},
        truth={
            f"{part}_{split}": factor
            for split, parts in factors.items()
            for part, factor in parts.items()
        },
        targets={"price": "number"},
        references=references,
    )


def _price(factors: dict[str, np.ndarray]) -> np.ndarray:
    """The price without its error, (rows, 1)."""
    return BASE * factors["metadata"] * factors["description"] * factors["picture"]


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


def draw_pictures(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (rows, 32, 32, 3), and what each does to the price, a factor (rows,)."""
    printed = rng.integers(0, len(PRINTS), rows)
    stained = rng.random(rows) < STAINED
    radius = rng.uniform(0.4, 0.5, rows) * SIDE
    x, y = rng.uniform(0.9 * radius, SIDE - 0.9 * radius, (2, rows))
    cut = np.array(_CUTS)[rng.integers(0, len(_CUTS), rows)]
    cloth = masks(cut, SIDE, SIDE, x, y, radius, rng.normal(0, 0.15, rows))
    color = rng.uniform(0.35, 0.75, (rows, 1, 1, 3)).astype(np.float32)
    ground = rng.uniform(0.8, 0.95, (rows, 1, 1, 1)).astype(np.float32)
    inked = color - 0.25 * _print(rng, printed)[..., None]
    pictures = ground + (inked - ground) * cloth[..., None]

    around = rng.uniform(0, 2 * np.pi, rows)
    from_center = rng.uniform(0, 0.35, rows) * radius
    disc = np.full(rows, SHAPES.index("disc"))
    place = (x + from_center * np.cos(around), y + from_center * np.sin(around))
    stain = masks(disc, SIDE, SIDE, *place, rng.uniform(3, 4.5, rows), np.zeros(rows))
    pictures *= 1 - 0.85 * (stain * stained[:, None, None])[..., None]

    lit = pictures * light(rng, rows, SIDE, SIDE)[..., None]
    factor = PRINT_FACTOR[printed] * np.where(stained, STAIN_FACTOR, 1.0)
    return noisy(rng, lit, 0.04), factor


def _print(rng: np.random.Generator, printed: np.ndarray) -> np.ndarray:
    """Where there is ink, 0 or 1, float32 (rows, 32, 32)."""
    rows = len(printed)
    down, across = np.mgrid[:SIDE, :SIDE]
    phase = rng.integers(0, 6, (2, rows, 1, 1))
    in_row, in_column = (down + phase[0]) % 6 < 3, (across + phase[1]) % 6 < 3
    ink = np.select(
        [printed[:, None, None] == 1, printed[:, None, None] == 2],
        [np.broadcast_to(in_row, (rows, SIDE, SIDE)), in_row & in_column],
        False,
    )
    return ink.astype(np.float32)


_SUMMARY = "garments: metadata, description, picture and price"
register(Entry("clothing", "clothing", _SUMMARY, (wardrobe,)))
