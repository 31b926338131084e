"""The published texts: files are read strictly, and what is wrong in one is named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from text_helpers import assert_apart, real, refused, row_sets

import zoo.data
from zoo.data.dataset import Dataset
from zoo.data.text.encoding import UNKNOWN
from zoo.data.text.posts import read_survey
from zoo.data.text.questions import read_stories


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.txt, line 1: no question in this file"),
        ("Mary went.\n", "x.txt, line 1: a line must begin with its number"),
        ("1 A b.\n3 C d.\n", "x.txt, line 2: number 3 where 1 or 2 should be"),
        (
            "1 A b.\n2 Where is A? \n",
            "x.txt, line 2, column 'answer': a question must be followed by a tab",
        ),
        ("1 A b.\n2 Where?\t\t1\n", "x.txt, line 2, column 'answer': no answer"),
        ("1 Where?\thall\t1\n", "x.txt, line 1: a question before any statement"),
    ],
)
def test_damaged_stories_are_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text)
    assert refused(lambda: read_stories(path), path).startswith(message)


def test_a_question_reads_its_whole_story_so_far(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(
        "1 A b.\n2 Where is A? \tHall\t1\n3 C d.\n4 Who?\thall\t1\n1 E f.\n2 Who?\ta\t1\n"
    )
    asked = read_stories(path)
    assert [(item.text, item.question, item.answer, item.story) for item in asked] == [
        (("a", "b", "."), ("where", "is", "a"), "hall", 1),
        (("a", "b", ".", "c", "d", "."), ("who",), "hall", 1),
        (("e", "f", "."), ("who",), "a", 2),
    ]


def test_copies_of_a_story_have_empty_sentences_in_other_places(tmp_path: Path) -> None:
    folder = tmp_path / "babi"
    folder.mkdir()
    places = "hall", "attic", "shed", "yard"
    for part in ("train", "test"):
        told = [
            f"1 A{at} went to the {places[at % 4]}.\n2 A{at} ran.\n"
            f"3 Where is A{at}? \t{places[at % 4]}\t1"
            for at in range(30 * (part == "test"), 30 + 30 * (part == "test"))
        ]
        (folder / f"qa1_single-supporting-fact_{part}.txt").write_text("\n".join(told))
    once, often = (zoo.data.load("questions", home=tmp_path, copies=copies) for copies in (1, 20))
    rows, story = once.rows["train"], once.splits["train"]["story"]
    assert often.notes == (f"{rows} training questions, 20 times over, with empty sentences",)
    assert often.rows == {**once.rows, "train": 20 * rows}
    for column, array in often.splits["train"].items():
        copies = array.reshape(20, rows, *array.shape[1:])
        assert (copies[0] == once.splits["train"][column]).all()
        assert (copies[1:] == copies[0]).all() == (column != "story")
    spread = often.splits["train"]["story"].reshape(20, *story.shape)[1:]
    gaps = 0
    for copy in spread:
        for before, after in zip(story, copy, strict=True):
            there = after.any(axis=1)
            assert after[there].tolist() == before[before.any(axis=1)].tolist()[-there.sum() :]
            gaps += int((~there[there.argmax() :]).sum())
    sentences = spread.any(axis=3).sum()
    assert gaps / sentences == pytest.approx(0.1 / 0.9, abs=0.03), "after each, at a chance of 0.1"
    for part in ("validation", "test"):
        assert (often.splits[part]["story"] == once.splits[part]["story"]).all()


HEADER = (
    "How old are you?,Industry,Job title,Job title - additional context,Annual salary (gross),"
    "Currency,Gender\n"
)


def survey_file(tmp_path: Path, row: str, header: str = HEADER) -> Path:
    path = tmp_path / "survey.csv"
    path.write_text(header + row)
    return path


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "25-34,Law,Clerk,,much,USD,Man\n",
            "survey.csv, line 2, column 'Annual salary (gross)': 'much'",
        ),
        (
            "old,Law,Clerk,,50000,USD,Man\n",
            "survey.csv, line 2, column 'How old are you?': 'old'",
        ),
        ("25-34,Law,Clerk\n", "survey.csv, line 2, column 'Job title - additional context': 7 ce"),
        ("25-34,Law,Clerk,,50000,USD,Man\n", "survey.csv: 1 usable answers, at least 100"),
        ("", "survey.csv, line 2: no rows after the header"),
    ],
)
def test_a_damaged_survey_is_named(row: str, message: str, tmp_path: Path) -> None:
    path = survey_file(tmp_path, row)
    assert refused(lambda: read_survey(path), path).startswith(message)
    short = survey_file(tmp_path, row or "x", HEADER.replace("Gender", "Sex"))
    assert "no column 'Gender'" in refused(lambda: read_survey(short), short)


def test_a_damaged_zip_of_reviews_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "imdb"
    folder.mkdir()
    path = folder / "movie_reviews.zip"

    def load() -> object:
        return zoo.data.load("reviews", "films", tmp_path)

    assert "movie_reviews.zip not in " in refused(load, path)
    path.write_bytes(b"PK nothing")
    assert "not a complete zip file" in refused(load, path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("r/pos/a.txt", "fine")
    assert refused(load, path) == (
        "movie_reviews.zip: 0 reviews in a folder neg/, at least 10 are needed"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for place in range(40):
            archive.writestr(f"r/{'pos' if place % 2 else 'neg'}/{place}.txt", f"word w{place}")
    dataset = zoo.data.load("reviews", home=tmp_path)
    assert dataset.source == "films"
    assert dataset.rows == {"train": 28, "validation": 4, "test": 8}
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("r/pos/none.txt", " \n")
    assert refused(load, path) == "movie_reviews.zip, r/pos/none.txt: the review is empty"


def test_damaged_stories_of_the_collection_are_named(tmp_path: Path) -> None:
    header = "idno,author-name,title,year,subgenre\n"
    folder = tmp_path / "stories"
    folder.mkdir()
    table = folder / "metadata.csv"

    def load() -> Dataset:
        return zoo.data.load("novels", "nouvelles", tmp_path, length=20)

    assert "zoo data fetch novels" in refused(load, table)
    table.write_text(header + "a1,A,T,long ago,x\n")
    assert refused(load, table) == "metadata.csv, line 2, column 'year': 'long ago' is not a number"
    table.write_text(header + "../a1,A,T,1850,x\n")
    assert "column 'idno': not a plain file name" in refused(load, table)
    table.write_text(header + "a1,A,T,1850,x\n")
    assert "a1.txt is missing" in refused(load, table)
    (folder / "a1.txt").write_text("un deux")
    assert "2 words, at least 20 are needed" in refused(load, table)
    rows = [f"a{n},A,T,18{n + 30},{'fantastique' if n % 2 else 'autre'}\n" for n in range(12)]
    table.write_text(header + "".join(rows))
    for n in range(12):
        (folder / f"a{n}.txt").write_text(f"mot{n} " * 100)
    dataset = load()
    assert_apart(row_sets(dataset, "novel"))
    assert dataset.rows == {"train": 40, "validation": 10, "test": 10}


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "source", "item", "rows"),
    [
        ("reviews", "films", ("text",), 2_000),
        ("headlines", "presidents", ("main_input",), 5_609),
        ("posts", "survey", ("posts",), 13_170),
        ("novels", "nouvelles", ("novel",), None),
        ("questions", "babi", ("text", "question"), 1_997),
    ],
)
def test_the_real_files_are_read(
    name: str, source: str, item: tuple[str, ...], rows: int | None
) -> None:
    dataset = real(name, source)
    if rows:
        assert sum(dataset.rows.values()) == pytest.approx(rows, abs=5)
    if name in ("novels", "questions"):  # elsewhere, cut and rare words may make texts equal
        assert_apart(row_sets(dataset, *item))
    assert zoo.data.load(name).fingerprint == dataset.fingerprint
    assert "trivial" in dataset.references
    assert "best possible" not in dataset.references


@pytest.mark.slow
@pytest.mark.realdata
def test_both_babi_tasks_have_six_answers() -> None:
    for facts in (1, 2):
        dataset = real("questions", "babi", facts=facts)
        assert len(dataset.labels["answer"]) == 6
        assert dataset.rows["test"] == 1_000
        story = dataset.splits["test"]["story"]
        assert story.shape == (1_000, 10 if facts == 1 else 50, 6)
        assert (story[:, -2:, -1] > 0).all(), "a question comes after two sentences or more"
        assert not (dataset.splits["train"]["question"] == UNKNOWN).any()
