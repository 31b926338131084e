"""Dataset `characters`: rows of a text, each with the text one character further on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from text_helpers import real, refused

import zoo.data
from zoo.data.dataset import Dataset
from zoo.data.registry import card, described_in
from zoo.data.text.characters import AUSTEN, RARE, paragraphs, rows_of
from zoo.data.text.encoding import SPECIAL


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return zoo.data.load("characters", "austen")


def spelled(dataset: Dataset, ids: np.ndarray) -> str:
    alphabet = tuple(dataset.labels["character"])
    return "".join(alphabet[each] for each in ids.ravel())


def test_every_row_goes_on_in_the_next_one(dataset: Dataset) -> None:
    for columns in dataset.splits.values():
        text, following = columns["text"], columns["next_character"]
        assert text.shape == following.shape
        assert text.dtype == following.dtype == np.int32
        np.testing.assert_array_equal(text.ravel()[1:], following.ravel()[:-1])


def test_the_splits_are_the_text_in_its_order(dataset: Dataset) -> None:
    assert dataset.rows == {"train": 2_301, "validation": 287, "test": 287}
    whole = paragraphs((described_in("characters") / AUSTEN).read_text(encoding="ascii"))
    at = 0
    for split, columns in dataset.splits.items():
        words = spelled(dataset, columns["text"]).split(SPECIAL[1])
        for part in words:  # between characters that the training text hardly has
            at = whole.index(part, at) + len(part)
        assert at <= len(whole) * {"train": 0.8, "validation": 0.9, "test": 1}[split] + 1
    assert at > 0.99 * len(whole)
    assert whole.count("It is a truth universally acknowledged") == 1


def test_rare_characters_are_unknown() -> None:
    content = rows_of("ab" * 425 + "zz" + "ab" * 75, 20)  # the z in the validation piece
    assert set(content.labels["character"]) == {"<unknown>", "a", "b"}
    assert content.sizes == {"n_characters": 3}
    assert {int(each.max()) for split in content.splits.values() for each in split.values()} == {2}
    unknown = [int((split["text"] == 0).sum()) for split in content.splits.values()]
    assert unknown == [0, 2, 0]
    content = rows_of("z" * (RARE - 1) + "y" * RARE + "ab" * 200, 20)
    assert sorted(content.labels["character"]) == ["<unknown>", "a", "b", "y"]


def test_a_paragraph_is_one_line() -> None:
    assert paragraphs("One\ntwo.\n\n \t\n  Three\n") == "One two.\nThree\n"


def test_the_seed_changes_nothing_and_the_length_all(dataset: Dataset) -> None:
    assert zoo.data.load("characters", "austen", seed=5).fingerprint == dataset.fingerprint
    assert zoo.data.load("characters", "austen", length=100).rows["train"] == 1_150


def test_the_text_is_the_one_that_the_card_describes() -> None:
    content = (described_in("characters") / AUSTEN).read_bytes()
    assert hashlib.sha256(content).hexdigest() in card("characters")
    assert f"{len(content):,} bytes" in card("characters")
    assert content.isascii()


def test_stories_are_read_one_after_the_other(tmp_path: Path) -> None:
    table = tmp_path / "stories" / "metadata.csv"
    table.parent.mkdir()
    table.write_text("idno,author-name,title,year,subgenre\na1,A,T,1850,x\na2,A,T,1850,x\n")

    def load() -> Dataset:
        return zoo.data.load("characters", home=tmp_path, length=20)

    assert "a1.txt is missing" in refused(load, table)
    for name in ("a1", "a2"):
        (table.parent / f"{name}.txt").write_text(f"Histoire {name}.\n\nFin.")
    assert refused(load, table) == (
        "4 characters for validation, a row takes 21; set a smaller length"
    )
    (table.parent / "a1.txt").write_text("un\ndeux trois " * 20)
    (table.parent / "a2.txt").write_text("quatre cinq " * 20)
    read = load()
    assert read.source == "nouvelles"
    assert spelled(read, read.splits["train"]["text"]).startswith("un deux trois un deux ")
    assert spelled(read, read.splits["test"]["text"]) in "quatre cinq " * 20


@pytest.mark.slow  # as the other real data
@pytest.mark.realdata
def test_the_collection_is_read() -> None:
    dataset = real("characters", "nouvelles")
    assert dataset.rows["train"] == 28 * 10_000 * 8 // 10 // 50 - 1
    assert {"é", "œ", "\n"} <= set(dataset.labels["character"])
