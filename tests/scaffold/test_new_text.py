"""`zoo new` from a table of plain sentences, for every architecture that reads text."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from project_helpers import install, mistake, plug_in, write_csv

import zoo
from zoo.core.console import Reporter
from zoo.core.errors import DataError
from zoo.data.csv import as_number
from zoo.data.text.encoding import PADDING, UNKNOWN
from zoo.experiments.answers import answers
from zoo.experiments.feeding import feed
from zoo.experiments.predict import predict_one, predict_table
from zoo.experiments.runs import RunContext, read_labels
from zoo.experiments.setup import TrainingSetup, prepare
from zoo.experiments.trainer import train
from zoo.scaffold.project import create
from zoo.training import inference

TRAIN, HELD_OUT = 48, 8
ONLY_TESTED = " zebra zebra Ω Ω"
PLACES = ("kitchen", "garden", "hall")
QUICK = ("lstm_classifier",)


def review(at: int) -> str:
    """A sentence whose words say whether `at` is odd."""
    noun = ("film", "story", "cast", "plot")[at % 4]
    mark = (("dull", "awful", "weak"), ("lovely", "funny", "warm"))[at % 2][at // 2 % 3]
    return f"The {noun} was {mark}, {'quite ' * (at % 5)}{mark}!"


def question(at: int) -> dict[str, object]:
    mary, john = PLACES[at % 3], PLACES[at // 3 % 3]
    return {
        "text": f"Mary went to the {mary}. John went to the {john}.",
        "question": f"Where is {('Mary', 'John')[at % 2]}?",
        "answer": (mary, john)[at % 2],
    }


def pair(first: str, second: str, same: str) -> Callable[[int], dict[str, object]]:
    return lambda at: {
        first: review(at // 2),
        second: review(at // 2 + 1 + at % 2),
        same: at % 2,
    }


# architecture -> columns of its ports where their names do not tell, and what row `at` holds
CASES: dict[str, tuple[dict[str, tuple[str, ...]], Callable[[int], dict[str, object]]]] = {
    "lstm_classifier": (
        {"label": ("good",)},
        lambda at: {"good": ("no", "yes")[at % 2], "said": review(at)},  # the column left over
    ),
    "headline": (
        {"main_input": ("title",), "main_output": ("shared",), "aux_output": ("shared",)},
        lambda at: {"title": review(at), "hour": at % 24 / 24, "late": at % 3, "shared": at % 2},
    ),
    "qa": ({}, question),
    "posts": (
        {"income": ("band",), "gender": ("sex",)},
        lambda at: {
            "posts": review(at),
            "age": 30 + 20 * (at % 2),
            "band": ("low", "high", "middle")[at % 3],
            "sex": at % 2,
        },
    ),
    "novel": (
        {"text": ("passage",)},
        lambda at: {
            "passage": review(at),
            "genre": ("crime", "romance")[at % 2],
            "date": 3 + at % 2,
        },
    ),
    "siamese_lstm": ({}, pair("left", "right", "similarity")),
    "tweet_pair": (
        {"tweet_a": ("one",), "tweet_b": ("other",)},
        pair("one", "other", "same_author"),
    ),
}


def texts_of(name: str) -> list[str]:
    """The table's columns of text."""
    _, row = CASES[name]
    return [column for column, cell in row(0).items() if " " in str(cell)]


def sentences(name: str, path: Path) -> Path:
    """A table for the architecture; test rows have words and characters that no other row has."""
    _, row = CASES[name]
    texts = texts_of(name)
    splits = ["train"] * TRAIN + ["validation"] * HELD_OUT + ["test"] * HELD_OUT
    rows = [{**row(at), "split": split} for at, split in enumerate(splits)]
    for each in rows:
        for column in texts if each["split"] == "test" else ():
            each[column] = f"{each[column]}{ONLY_TESTED}"
    rows[0][texts[0]] = f"{rows[0][texts[0]]} hapax"
    return write_csv(path, [list(rows[0]), *(list(each.values()) for each in rows)])


def project(name: str, plugged: Path, folder: Path) -> tuple[str, Path]:
    """A project from sentences, plugged in: its package and its table."""
    columns, _ = CASES[name]
    table = sentences(name, folder / "mine.csv")
    package = f"own_{name}"
    create(folder / package, name, table=table, columns=columns)
    install(plugged, package, folder / package)
    plug_in()
    return package, table


def planned(package: str, folder: Path) -> TrainingSetup:
    context = RunContext(folder, Reporter(silent=True))
    return prepare(context, zoo.recipe(package), "auto", train)


every_case = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in CASES]
)


@every_case
def test_sentences_become_arrays(name: str, plugged: Path, tmp_path: Path) -> None:
    package, _ = project(name, plugged, tmp_path)
    plan = planned(package, tmp_path)
    assert plan.model.count_params() == zoo.spec(package).count == zoo.build(package).count_params()
    labels, sizes = plan.dataset.labels, plan.dataset.sizes
    for port in zoo.spec(package).resolved().inputs:
        trained, tested = (plan.splits[split][0][port.name] for split in ("train", "test"))
        assert trained.shape[1:] == port.shape
        if port.text == "words":
            words = labels["word"]
            assert sizes[next(key for key in sizes if key.endswith("vocabulary"))] == len(words)
            assert not {"zebra", "ω", "hapax"} & set(words)
            assert (tested[:, -4:] == UNKNOWN).all()
            assert trained[:, 0].min() == PADDING
            assert 10 < trained.max() == len(words) - 1 or port.name == "question"
        elif port.text == "characters":
            assert sizes["alphabet"] == len(labels["character"]) == trained.shape[-1]
            assert "Ω" not in labels["character"]
            assert not tested[:, -1].any(), "an unknown character is a row of zeros"
            assert set(np.unique(trained.sum(axis=-1))) == {0, 1}
        elif port.text == "vectors":
            assert tested[:, -1].any(), "a word that no training row has, has a vector of its own"


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_run_takes_sentences_again(name: str, plugged: Path, tmp_path: Path) -> None:
    """Seconds for each: whole runs, with baseline, picture and saved model."""
    package, table = project(name, plugged, tmp_path)
    logs = tmp_path / "logs"
    quick: dict[str, Any] = {
        "epochs": 2,
        "engine": "fit",
        "baseline": "",
        "reporter": Reporter(silent=True),
    }
    made = zoo.fit(package, logdir=logs, **quick)
    with (made.folder / "history.csv").open(encoding="utf-8", newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    assert losses[1] < losses[0]
    tables = list((made.folder / "train").glob("*.labels.tsv"))
    assert bool(tables) is any(port.text == "words" for port in zoo.spec(package).inputs)
    recipe = zoo.recipe(package)
    splits = feed(recipe, zoo.load_data(package), made.model, print)
    expected = inference.predict(made.model, splits["test"][0])
    rows = list(csv.DictReader(predict_table(made.folder, table, None, logdir=logs).splitlines()))
    assert len(rows) == TRAIN + 2 * HELD_OUT
    tested = [row for row in rows if row["split"] == "test"]
    for answer in answers(made, expected, read_labels(made.folder)):
        for column, cells in answer.cells().items():
            again = [row[f"pred_{column}"] for row in tested]
            if any(as_number(cell) is None for cell in cells):
                assert again == cells, "classes by name"
                continue
            values = np.array(cells, np.float64)
            np.testing.assert_allclose(np.array(again, np.float64), values, atol=1e-4, rtol=1e-4)
    inputs = {port: recipe.columns.get(port, (port,)) for port in splits["test"][0]}
    one: dict[str, Any] = {
        column: rows[0][column] for columns in inputs.values() for column in columns
    }
    assert predict_one(made.folder, one, logdir=logs)
    with pytest.raises(DataError, match=r"'\*\*\*' contains no words"):
        predict_one(made.folder, {**one, texts_of(name)[0]: "***"}, logdir=logs)


@pytest.mark.parametrize(
    ("third", "options", "message"),
    [
        ("Good.", ["--columns", "text=sayd"], "t.csv, line 1: no column 'sayd'; the nearest is"),
        ("", [], "t.csv, line 4, column 'said': no value"),
        ("***", [], "t.csv, line 4, column 'said': '***' contains no words"),
        ("Good.", ["--columns", "text=age"], "line 2, column 'age': expected text, but this"),
        ("Good.", ["--columns", "text=said,age"], "'text' takes one column of text, not 2"),
        ("Good.", ["--columns", "label=said"], "expected two, or 0 and 1"),
        ("Good.", ["--columns", "label=age"], "line 2, column 'age': 20 is neither 0 nor 1"),
        ("Good.", ["--set", "length=None"], "needs text of a fixed length at its input 'text'"),
    ],
)
def test_a_column_that_is_not_text_is_reported(
    third: str,
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = ["Good.", "Bad.", third, *["So so."] * 9]
    rows: list[list[object]] = [[text, 20 + at, at % 2] for at, text in enumerate(said)]
    path = write_csv(tmp_path / "t.csv", [["said", "age", "label"], *rows])
    named = [] if "text=" in " ".join(options) else ["--columns", "text=said"]
    call = (str(tmp_path / "own_x"), "--from", "lstm_classifier", "--csv", str(path))
    assert message in mistake(capsys, *call, *named, *options)
    assert not (tmp_path / "own_x").exists()


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("lstm_classifier", [], "no column 'text' for this input of lstm_classifier, plain text"),
        ("siamese_lstm", ["--set", "n_features=8"], "word vectors have 128 numbers"),
        ("posts", ["--set", "length=20"], "length must be None, for any length, or a whole number"),
        ("clothing_price", [], "takes 3,072 columns for its input 'picture'"),
    ],
)
def test_a_table_that_a_text_model_cannot_use_is_reported(
    source: str,
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    header = ["left", "right", "posts", "description", "similarity", "label", "age", "income"]
    header += ["gender", "price", "metadata"]
    rows: list[list[object]] = [
        [*["Some words."] * 4, at % 2, at % 2, *[1] * 5] for at in range(12)
    ]
    path = write_csv(tmp_path / "t.csv", [[*header], *rows])
    call = (str(tmp_path / "own_x"), "--from", source, "--csv", str(path), *options)
    assert message in mistake(capsys, *call)


def test_a_missing_table_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = (str(tmp_path / "own_x"), "--from", "qa", "--csv", str(tmp_path / "no.csv"))
    assert "no.csv: No such file" in mistake(capsys, *call)
