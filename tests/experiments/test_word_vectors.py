"""Runs that read sentences through the vectors that their data gives its words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from run_helpers import untrained

import zoo
from zoo.core.errors import DataError
from zoo.experiments import examples, word_vectors
from zoo.experiments.runs import Run

WORDS = ("<padding>", "a", "b", "c")
VECTORS = np.array([[0, 0], [1, 2], [3, 4], [5, 6]], np.float32)


def test_texts_stand_on_the_right_and_unknown_words_are_zeros() -> None:
    array = word_vectors.encode(["A, b", "x c", "a b c a"], WORDS, VECTORS, 3)
    assert array.dtype == np.float32
    assert array[:, :, 0].tolist() == [[1, 0, 3], [0, 0, 5], [1, 3, 5]]  # the comma is a step


def test_a_sentence_is_spelled_as_it_was_encoded() -> None:
    (row,) = word_vectors.encode(["b a c"], WORDS, VECTORS, 5)
    assert word_vectors.spelled(row, WORDS, VECTORS) == "b a c"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return untrained("siamese_lstm", tmp_path)[0]


def test_a_run_is_asked_with_sentences(run: Run) -> None:
    case = examples.read(run.folder)
    assert case["left"].split()[-1][:4] in ("noun", "toda", "perh", "ther")
    whole = zoo.predict(run, **case)
    assert whole == zoo.predict(run, left=case["left"].upper(), right=case["right"])
    assert 0 <= whole["similarity"] <= 1


def test_unknown_words_are_noted(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    zoo.predict(run, left="the noun1a zebra", right="the noun2a")
    assert capsys.readouterr().err == "note: unknown words: zebra\n"


def test_a_damaged_table_is_one_line(run: Run) -> None:
    (run.folder / word_vectors.FILE).write_bytes(b"no table")
    with pytest.raises(DataError, match=r"vectors\.npy"):
        zoo.predict(run, left="the noun1a", right="the noun2a")


def test_a_run_without_the_table_takes_numbers(run: Run) -> None:
    (run.folder / word_vectors.FILE).unlink()
    found = zoo.predict(run, left=np.zeros((9, 128)), right=np.zeros((9, 128)))
    assert list(found) == ["similarity"]
    with pytest.raises(DataError):
        zoo.predict(run, left="the noun1a", right="the noun2a")
