"""Dataset `sentence_pairs`: pairs of sentences as word vectors; do they mean the same?

Source `stsb` reads the STS benchmark. Source `paraphrases` generates pairs in which it matters who
does what to whom: a paraphrase changes synonyms, voice and padding words, and a false one may have
the same words with the roles swapped, so that only the order of words gives it away.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from zoo.data.csv import read_csv
from zoo.data.references import Scores, binary_scores
from zoo.data.registry import Entry, register
from zoo.data.source import ROWS, Content, Request, Whole, source
from zoo.data.splits import PARTS, by_item, sizes_for
from zoo.data.text.encoding import WIDTH, sentence_vectors, tokens

TARGETS = {"similarity": "binary"}

# Source `paraphrases`

LENGTH = 9  # words of the longest sentence
NOUNS, VERBS, SYNONYMS = 10, 6, 2
FLIPPED = 0.04  # share of the pairs that someone judged wrongly
SWAPPED = 0.5  # share of the false pairs whose only difference is who did it
LIKE = 0.7  # share of a word's vector that its synonyms have in common
MEANINGS = [
    (agent, verb, patient)
    for agent in range(NOUNS)
    for verb in range(VERBS)
    for patient in range(NOUNS)
    if agent != patient
]
Meaning = tuple[int, int, int]


@source(rows=replace(ROWS, default=20_000))
def paraphrases(request: Request) -> Content:
    """Generate pairs."""
    rng = np.random.default_rng([request.seed, 0x5A1])
    vectors = make_vectors(rng)
    # A meaning and the same with roles swapped are one item: they meet in pairs.
    items = [(min(a, p), v, max(a, p)) for a, v, p in MEANINGS]
    places = by_item(items, rng)
    splits: dict[str, dict[str, np.ndarray]] = {}
    best: dict[str, Scores] = {}
    for part, size in zip(PARTS, sizes_for(request.options["rows"]), strict=True):
        meanings = [MEANINGS[place] for place in places[part]]
        words, same = pairs(rng, meanings, size)
        flipped = rng.random(size) < FLIPPED
        similarity = (same != flipped).astype(np.float32)[:, None]
        splits[part] = {
            "left": vectors[words[:, 0]],
            "right": vectors[words[:, 1]],
            "similarity": similarity,
            "left_words": words[:, 0],
            "right_words": words[:, 1],
        }
        chance = np.where(same, 1 - FLIPPED, FLIPPED)
        best[part] = binary_scores("similarity", similarity, chance)
    return Content(
        splits,
        labels={"word": tuple(WORDS)},
        vectors=vectors,
        targets=TARGETS,
        references={"best possible": best},
    )


_CONTENT = [f"noun{n}{'abc'[s]}" for n in range(NOUNS) for s in range(SYNONYMS)] + [
    f"verb{v}{'abc'[s]}" for v in range(VERBS) for s in range(SYNONYMS)
]
_OTHER = tokens("the was by today perhaps there")
WORDS = ["<padding>", *_CONTENT, *_OTHER]
_THE, _WAS, _BY, *_FILLERS = range(1 + len(_CONTENT), len(WORDS))


def make_vectors(rng: np.random.Generator) -> np.ndarray:
    """float32 (words, WIDTH), synonyms similar, every word of unit mean square; padding is 0."""
    shared = np.repeat(rng.normal(size=(NOUNS + VERBS, WIDTH)), SYNONYMS, axis=0)
    own = rng.normal(size=(len(WORDS), WIDTH))
    own[1 : 1 + len(_CONTENT)] *= np.sqrt(1 - LIKE)
    own[1 : 1 + len(_CONTENT)] += np.sqrt(LIKE) * shared
    own[0] = 0
    return own.astype(np.float32)


def pairs(
    rng: np.random.Generator, meanings: list[Meaning], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Word ids (size, 2, LENGTH) and whether the two sentences mean the same (size,)."""
    known = set(meanings)
    words = np.zeros((size, 2, LENGTH), np.int32)
    same = rng.random(size) < 0.5
    for row in range(size):
        meaning = meanings[int(rng.integers(len(meanings)))]
        other = meaning if same[row] else _different(rng, meaning, known)
        words[row] = sentence(rng, meaning), sentence(rng, other)
    return words, same


def _different(rng: np.random.Generator, meaning: Meaning, known: set[Meaning]) -> Meaning:
    """Another meaning of the same part: the roles swapped, or another word in one place."""
    agent, verb, patient = meaning
    if rng.random() < SWAPPED:
        return patient, verb, agent
    near = [
        other
        for other in (
            *((agent, v, patient) for v in range(VERBS)),
            *((n, verb, patient) for n in range(NOUNS)),
            *((agent, verb, n) for n in range(NOUNS)),
        )
        if other != meaning and other in known
    ]
    return near[int(rng.integers(len(near)))] if near else (patient, verb, agent)


def sentence(rng: np.random.Generator, meaning: Meaning) -> list[int]:
    """Word ids of a sentence, active or passive, padded on the left to LENGTH."""
    agent, verb, patient = (
        1 + SYNONYMS * concept + int(rng.integers(SYNONYMS))
        for concept in (meaning[0], NOUNS + meaning[1], meaning[2])
    )
    if rng.random() < 0.5:
        words = [_THE, agent, verb, _THE, patient]
    else:
        words = [_THE, patient, _WAS, verb, _BY, _THE, agent]
    if rng.random() < 0.4:
        words.insert(0, _FILLERS[int(rng.integers(len(_FILLERS)))])
    if rng.random() < 0.2:
        words.append(_FILLERS[int(rng.integers(len(_FILLERS)))])
    return [0] * (LENGTH - len(words)) + words


# Source `stsb`

FILES = {
    "train": "stsb-en-train.csv",
    "validation": "stsb-en-dev.csv",
    "test": "stsb-en-test.csv",
}
COLUMNS = ("sentence_1", "sentence_2", "score")
SAME = 3.0  # from here on, of 5, the sentences are "roughly equivalent" by the judges' scale
Pair = tuple[tuple[str, ...], tuple[str, ...], float]  # words of both sentences, score 0-5


@source(*FILES.values(), length=Whole(24, 4, 60))  # the first words of a sentence
def stsb(request: Request) -> Content:
    """Read the benchmark in its own splits, less what these share.

    A pair of the training file with a sentence of the development or test file is left out, and
    one of the development file with a sentence of the test file. The seed changes nothing.
    """
    pairs = {part: read_pairs(request.folder / file) for part, file in FILES.items()}
    seen: set[tuple[str, ...]] = set()
    notes = []
    for part in ("test", "validation", "train"):
        kept = [pair for pair in pairs[part] if seen.isdisjoint(pair[:2])]
        if len(kept) < len(pairs[part]):
            gone = len(pairs[part]) - len(kept)
            notes.append(f"{part}: {gone} pairs left out: a held-out split has their sentences")
        pairs[part] = kept
        seen.update(sentence for pair in kept for sentence in pair[:2])
    length = request.options["length"]
    splits = {part: _columns(kept, length) for part, kept in pairs.items()}
    return Content(splits, targets=TARGETS, notes=tuple(notes))


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file without header: sentence, sentence, score.

    Raises:
        DataError: a row is damaged, has an empty sentence, or a score outside 0 to 5.
    """
    table = read_csv(path, header=COLUMNS)
    sentences: list[list[tuple[str, ...]]] = []
    for column in COLUMNS[:2]:
        sentences.append([tuple(tokens(cell)) for cell in table.texts(column)])
        for row, words in enumerate(sentences[-1]):
            if not words:
                raise table.wrong(row, column, "no words in this sentence")
    return list(zip(*sentences, table.numbers("score", 0, 5).tolist(), strict=True))


def _columns(pairs: list[Pair], length: int) -> dict[str, np.ndarray]:
    score = np.array([score for *_, score in pairs], np.float32)[:, None]
    return {
        "left": sentence_vectors([left for left, *_ in pairs], length),
        "right": sentence_vectors([right for _, right, _ in pairs], length),
        "similarity": (score >= SAME).astype(np.float32),
        "score": score,
    }


_SUMMARY = "pairs of sentences as word vectors: the same meaning?"
register(Entry("sentence_pairs", "sentence_pairs", _SUMMARY, (stsb, paraphrases)))
