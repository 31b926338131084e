"""Texts that a person types or a table holds, as the arrays that a run's model reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.text import encoding
from zoo.data.text.encoding import tokens
from zoo.experiments import examples, word_vectors
from zoo.experiments.ports import Port
from zoo.experiments.runs import Run

SOME = 8  # unknown words that a note names


@dataclass(frozen=True)
class Cells:
    """The values of a column, and how a message names the place of each by its row.

    `folder` is that of the table, below which the files that its cells name must be.
    """

    values: Sequence[Any]
    place: Callable[[int], str]
    folder: Path | None = None


def encoded(
    run: Run,
    port: Port,
    cells: Cells,
    vocabularies: Mapping[str, Sequence[str]],
    note: Callable[[str], None],
) -> np.ndarray:
    """Texts as the port's array, of the length that the run was trained on.

    Args:
        run: Its record says how long the training texts were.
        port: One that takes text.
        cells: A text a row.
        vocabularies: The run's.
        note: Called with a line that names the words that the run does not know.

    Raises:
        DataError: a text without words or with too many; the message names its place.
    """
    texts = [str(value) for value in cells.values]
    for row, (value, text) in enumerate(zip(cells.values, texts, strict=True)):
        if not isinstance(value, str):
            raise DataError(f"{cells.place(row)} takes text, not {type(value).__name__}")
        if not tokens(text):
            raise DataError(f"{cells.place(row)}: {text!r} contains no words")
    kind = port.tensor.text
    name = encoding.VOCABULARIES.get(kind, port.tensor.vocabulary)
    own = examples.has_own_vectors(port.tensor, vocabularies)
    known = vocabularies.get("word" if own else name, vocabularies.get(port.column, ()))
    if own or kind != "vectors":
        _say_unknown(kind, texts, known, note)
    if kind == "sentences":
        return _sentences(port, texts, cells, known, note)
    most = _longest(run, port)
    counts = [len(encoding.steps(kind, text)) for text in texts]
    for row, count in enumerate(counts):
        if port.shape[0] is None and count > most:
            problem = f"{count:,} words, but the run was trained on at most {most:,}"
            raise DataError(f"{cells.place(row)}: {problem}")
    if kind == "words" and tuple(known[:2]) != encoding.SPECIAL:
        return _plain_ids(texts, known, most)  # which leaves words out: the rest may fit
    what = "characters" if kind == "characters" else "words"
    _say_cut(port, counts, most, f"the first {most:,} {what} are read", note)
    if own:
        vectors = word_vectors.read(run.folder)
        return word_vectors.encode(texts, known, vectors, most)
    return encoding.encode(kind, texts, most, known)


def _longest(run: Run, port: Port) -> int:
    """Steps of the texts that the model reads."""
    length = port.shape[0]
    trained = run.record.data.inputs.get(port.tensor.name)
    if not length and not trained:
        raise DataError(
            f"this run cannot read text for {port.column!r}: its record does not say how text was "
            "turned into numbers"
        )
    return length or (trained or (0,))[0]


def _say_unknown(
    kind: str, texts: Sequence[str], known: Sequence[str], note: Callable[[str], None]
) -> None:
    """Note which words, or characters, are not in the vocabulary."""
    ids = {*known, *(() if kind == "characters" else encoding.MARKS)}
    if kind == "sentences":
        texts = [text.replace("\n", " . ") for text in texts]
    found = dict.fromkeys(
        step for text in texts for step in encoding.steps(kind, text) if step not in ids
    )
    if found:
        words = [repr(step) if kind == "characters" else step for step in found]
        more = f" and {len(words) - SOME} more" if len(words) > SOME else ""
        what = "characters" if kind == "characters" else "words"
        note(f"unknown {what}: {', '.join(words[:SOME])}{more}")


def _say_cut(
    port: Port, counts: Sequence[int], most: int, read: str, note: Callable[[str], None]
) -> None:
    """Note that texts are longer than the model reads."""
    longer = [count for count in counts if count > most]
    if len(counts) == 1 and longer:
        note(f"{port.column}: {read}, of {longer[0]:,}")
    elif longer:
        note(f"{port.column}: {len(longer):,} of {len(counts):,} texts are too long; {read}")


def _plain_ids(texts: Sequence[str], known: Sequence[str], length: int) -> np.ndarray:
    """Ids (rows, length) by a vocabulary that knows padding, id 0, and no unknown word.

    Words that are not known are left out, and short texts are filled up on the right.
    """
    number = {word: place for place, word in enumerate(known)}
    ids = np.zeros((len(texts), length), np.int32)
    for row, text in enumerate(texts):
        found = [number[word] for word in tokens(text) if word in number][:length]
        ids[row, : len(found)] = found
    return ids


def _sentences(
    port: Port,
    texts: Sequence[str],
    cells: Cells,
    known: Sequence[str],
    note: Callable[[str], None],
) -> np.ndarray:
    """Texts as the port's array of sentences: (rows, sentences, words), or (rows, words) of one.

    Of a text with more sentences the last are kept, as in training.
    """
    shape = [size or 0 for size in port.shape]
    most, length = shape if len(shape) == 2 else (1, *shape)
    split = [tokens(text.replace("\n", " . ")) for text in texts]  # a line is a sentence
    for row, words in enumerate(split):
        told = encoding.sentences(words)
        longest = max(map(len, told), default=0)
        problem = "" if told else f"{texts[row]!r} contains no words"
        if longest > length:
            problem = f"a sentence of {longest:,} words, but the run reads at most {length:,}"
        elif len(shape) == 1 and len(told) > 1:
            problem = f"{len(told):,} sentences, but the run reads one"
        if problem:
            raise DataError(f"{cells.place(row)}: {problem}")
    counts = [len(encoding.sentences(words)) for words in split]
    _say_cut(port, counts, most, f"the last {most:,} sentences are read", note)
    vocabulary = encoding.Vocabulary(known[len(encoding.SPECIAL) :])
    return vocabulary.encode_sentences(split, most, length).reshape(len(texts), *shape)
