"""Seven-segment digits on grainy 28 x 28 pictures, and the exact chance of each digit.

Every segment of a display may be faulty: lit where it should be dark, or dark where it should be
lit. So even a perfect reader of segments is sometimes wrong, and how often can be computed. Grain
is drawn from a Beta distribution, darker ones for the background and its mirror image for the
ink, so that levels stay between 0 and 1 and their likelihood is known.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from zoo.data.references import softmax

SIDE = 28  # pixels
PIXELS = SIDE * SIDE
CLASSES = 10
NAMES = tuple(map(str, range(CLASSES)))
REACH = 1  # pixels that a digit may be off the center, each way
PLACES = 2 * REACH + 1
SLANTS = (0.0, 0.12, 0.24)  # pixels to the right per pixel upwards
FAULT = 0.05  # chance that a segment shows the wrong state
GRAIN = (1.0, 2.8)  # Beta parameters of the background; the ink's are swapped

# Which of the segments (top, upper right, lower right, bottom, lower left, upper left, middle)
# are lit for each digit.
LIT = np.array(
    [[int(state) for state in states] for states in (
        "1111110", "0110000", "1101101", "1111001", "0110011",
        "1011011", "1011111", "1110000", "1111111", "1111011",
    )],
    dtype=bool,
)  # fmt: skip

# Rows and columns of each segment, upright and centered; no two of them overlap.
_BOXES = (
    ((5, 7), (10, 18)),
    ((7, 13), (18, 20)),
    ((15, 21), (18, 20)),
    ((21, 23), (10, 18)),
    ((15, 21), (8, 10)),
    ((7, 13), (8, 10)),
    ((13, 15), (10, 18)),
)


@lru_cache(maxsize=1)
def masks() -> np.ndarray:
    """Ink of each segment: bool, (slants, places down, places across, segments, pixels)."""
    result = np.zeros((len(SLANTS), PLACES, PLACES, len(_BOXES), SIDE, SIDE), dtype=bool)
    for slant, lean in enumerate(SLANTS):
        for down in range(PLACES):
            for across in range(PLACES):
                for segment, ((top, bottom), (left, right)) in enumerate(_BOXES):
                    for row in range(top, bottom):
                        shift = across - REACH + round(lean * (SIDE / 2 - row))
                        place = result[slant, down, across, segment, row + down - REACH]
                        place[left + shift : right + shift] = True
    return result.reshape(len(SLANTS), PLACES, PLACES, len(_BOXES), PIXELS)


def faulty(rng: np.random.Generator, digits: np.ndarray) -> np.ndarray:
    """Segments as displays show them: digits (...) -> bool (..., 7)."""
    wrong = rng.random((*digits.shape, LIT.shape[1])) < FAULT
    return LIT[digits] ^ wrong


def draw(
    rng: np.random.Generator,
    segments: np.ndarray,
    slant: np.ndarray,
    down: np.ndarray,
    across: np.ndarray,
) -> np.ndarray:
    """Pictures with grain, float32 (rows, pixels) from 0 (dark) to 1 (lit).

    Args:
        segments: What each display shows, bool (rows, 7).
        slant, down, across: Indices into `masks`, (rows,).
    """
    ink = np.zeros((len(segments), PIXELS), dtype=bool)
    for segment in range(segments.shape[1]):
        ink |= masks()[slant, down, across, segment] & segments[:, segment, None]
    grain = rng.beta(*GRAIN, size=ink.shape)
    return np.where(ink, 1 - grain, grain).astype(np.float32)


def chance(pixels: np.ndarray, place_share: np.ndarray) -> np.ndarray:
    """Chance of each digit given one picture: (rows, pixels) -> (rows, 10).

    Slants are equally likely, and so are digits.

    Args:
        place_share: How often each place occurs, on either axis, (PLACES,).
    """
    level = np.clip(pixels.astype(np.float64), 1e-12, 1 - 1e-7)
    # Likelihood of a level under ink over that under background, as a logarithm.
    evidence = (GRAIN[1] - GRAIN[0]) * (np.log(level) - np.log1p(-level))
    flat = masks().reshape(-1, PIXELS).astype(np.float64)
    by_segment = (evidence @ flat.T).reshape(len(pixels), -1, LIT.shape[1])
    shown = np.where(LIT, 1 - FAULT, FAULT)  # chance that a segment is lit, by digit
    total = np.zeros((len(pixels), by_segment.shape[1], CLASSES))
    for segment in range(LIT.shape[1]):
        lit = np.log(shown[:, segment]) + by_segment[:, :, segment, None]
        total += np.logaddexp(lit, np.log(1 - shown[:, segment]))
    share = np.multiply.outer(place_share, place_share).ravel()
    total += np.tile(np.log(share), len(SLANTS))[:, None]
    return softmax(total.reshape(len(pixels), -1)).reshape(total.shape).sum(axis=1)
