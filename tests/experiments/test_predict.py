"""Asking a saved run: by name, by id, from a CSV file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import QUICK_RUN

import zoo
from zoo.core.console import Reporter
from zoo.core.errors import DataError, TrainingError
from zoo.experiments import runs
from zoo.experiments.predict import predict_one, predict_table
from zoo.experiments.runs import Run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    logdir = tmp_path_factory.mktemp("logs")
    return zoo.fit("basketball", logdir=logdir, baseline="", report="", **QUICK_RUN)


@pytest.fixture(scope="module")
def teams() -> list[str]:
    return list(zoo.load_data("basketball", source="league", seasons=4).labels["team"])


def ask(run: Run, **values: str) -> float:
    answer = predict_one(run.folder, values, logdir=run.folder.parent)
    assert list(answer) == ["score_diff"]
    number, unit = answer["score_diff"].split()
    assert unit == "points"
    return float(number)


def test_names_ids_and_case_all_serve(run: Run, teams: list[str]) -> None:
    by_name = ask(run, team_1=teams[7], team_2=teams[9], home="1")
    assert ask(run, team_1="7", team_2="9", home="1") == by_name
    assert ask(run, team_1=teams[7].lower(), team_2=teams[9].upper(), home="1") == by_name


def test_home_is_neutral_unless_given(run: Run, teams: list[str]) -> None:
    pair = {"team_1": teams[7], "team_2": teams[9]}
    neutral = ask(run, **pair)
    assert ask(run, **pair, home="0") == neutral
    assert ask(run, **pair, home="1") > neutral > ask(run, **pair, home="-1")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"team_2": "1"}, "--team-1 is missing"),
        ({"team_1": "0", "team_2": "999999"}, "--team-2: unknown team '999999'"),
        ({"team_1": "0", "team_2": "1", "home": "yes"}, "--home: 'yes' is not a number"),
        ({"team_1": "0", "team_2": "1", "home": "nan"}, "--home: 'nan' is not a finite number"),
        ({"team_1": "0", "team_3": "1"}, "unknown input 'team_3'; did you mean team_2 or team_1"),
    ],
)
def test_bad_questions_are_reported(run: Run, values: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        ask(run, **values)


@pytest.mark.parametrize("value", [None, b"It", [1, 0], {"home": 1}])
def test_values_are_texts_or_numbers(run: Run, value: Any) -> None:
    for name in ("team_1", "home"):
        values = {"team_1": 7, "team_2": 9, "home": 1, name: value}
        with pytest.raises(DataError, match=f"{name} must be a text or a number, not"):
            zoo.predict(run.folder, **values)


def test_python_takes_numbers_and_arrays_and_gives_numbers(run: Run, teams: list[str]) -> None:
    answer = zoo.predict(run, team_1=teams[7], team_2=np.int64(9), home=np.array([1.0]))
    assert list(answer) == ["score_diff"]
    asked = ask(run, team_1="7", team_2="9", home="1")
    assert answer["score_diff"] == pytest.approx(asked, rel=1e-3)


def test_a_misspelled_team_is_reported_with_the_nearest(run: Run, teams: list[str]) -> None:
    with pytest.raises(DataError, match=f"did you mean .*{teams[7]}"):
        ask(run, team_1=teams[7] + "x", team_2=teams[9])


def test_table_gets_a_column_and_keeps_its_own(run: Run, teams: list[str], tmp_path: Path) -> None:
    table, out = tmp_path / "games.csv", tmp_path / "predictions.csv"
    lines = ["game,team_1,team_2,home", f"a,{teams[7]},{teams[9]},1", f"b,{teams[9]},7,-1"]
    table.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    predict_table(run.folder, table, out, logdir=tmp_path)
    frame = pd.read_csv(out)
    assert list(frame) == ["game", "team_1", "team_2", "home", "pred_score_diff"]
    assert list(frame["game"]) == ["a", "b"]
    expected = ask(run, team_1=teams[7], team_2=teams[9], home="1")
    assert frame["pred_score_diff"][0] == pytest.approx(expected, abs=1e-3)
    assert frame["pred_score_diff"][1] == pytest.approx(-expected, abs=0.5), "the same game"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("team_1,team_2\n", "line 2: no rows after the header"),
        ("team_1\n0\n", "line 1: there is no column 'team_2'"),
        ("team_1,team_2\n0,1\n0,Nowhere\n", "line 3, column 'team_2': unknown team 'Nowhere'"),
        ("team_1,team_2,home\n0,1,x\n", "line 2, column 'home': 'x' is not a number"),
        ("team_1,team_2\n0,1\n0,1,2\n", "line 3, column 'team_2': 2 cells are needed, not 3"),
        ('team_1,team_2\n"0,1\n', "line 2: a cell opens with a quote that is never closed"),
    ],
)
def test_bad_tables_are_reported(run: Run, tmp_path: Path, text: str, message: str) -> None:
    table, out = tmp_path / "games.csv", tmp_path / "predictions.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        predict_table(run.folder, table, out, logdir=tmp_path)
    assert not out.exists()


def test_the_table_that_is_read_is_not_replaced(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "games.csv"
    table.write_text("team_1,team_2\n0,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="would replace the table that is read"):
        predict_table(run.folder, table, tmp_path / "." / "games.csv", logdir=tmp_path)
    assert table.read_text(encoding="utf-8") == "team_1,team_2\n0,1\n"


def test_a_misspelled_header_of_what_may_be_left_out_is_told(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "games.csv"
    table.write_text("team_1,team_2,hom\n0,1,1\n", encoding="utf-8")
    notes: list[str] = []
    predict_table(run.folder, table, None, logdir=tmp_path, note=notes.append)
    assert notes == [
        f"{table} has no column home: left out in every row; columns that are no input: hom"
    ]
    notes.clear()
    table.write_text("a,b\n0,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="there is no column 'team_1'"):
        predict_table(run.folder, table, None, logdir=tmp_path, note=notes.append)
    assert notes == []  # the error says it


def test_mistakes_are_told_before_the_model_is_loaded(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "load_run", pytest.fail)
    with pytest.raises(DataError, match="--team-2 is missing"):
        predict_one(run.folder, {"team_1": "0"}, logdir=tmp_path)
    with pytest.raises(DataError, match="No such file"):
        predict_table(run.folder, tmp_path / "no.csv", None, logdir=tmp_path)


def test_missing_files_are_reported(run: Run, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        predict_table(run.folder, tmp_path / "no.csv", None, logdir=tmp_path)
    with pytest.raises(TrainingError, match="unknown run 'nothing'"):
        predict_one("nothing", {}, logdir=tmp_path)


def test_damaged_model_is_reported(run: Run, tmp_path: Path) -> None:
    for name in ("run.json", "labels.json"):
        (tmp_path / name).write_bytes((run.folder / name).read_bytes())
    model = (run.folder / "model.keras").read_bytes()
    (tmp_path / "model.keras").write_bytes(model[: len(model) // 2])
    with pytest.raises(TrainingError, match="is damaged, perhaps cut short"):
        zoo.load_run(tmp_path)
    (tmp_path / "model.keras").unlink()
    with pytest.raises(TrainingError, match=r"model\.keras is missing"):
        zoo.load_run(tmp_path)
    for damaged in ("{", "[]", '{"status": "finished"}'):
        (tmp_path / "run.json").write_text(damaged, encoding="utf-8")
        with pytest.raises(TrainingError, match=r"run\.json is damaged"):
            zoo.load_run(tmp_path)


@pytest.fixture(scope="module")
def reviewer(tmp_path_factory: pytest.TempPathFactory) -> Run:
    options = {"rows": 60}
    return zoo.fit(
        "lstm_classifier",
        data="opinions",
        logdir=tmp_path_factory.mktemp("logs"),
        reporter=Reporter(silent=True),
        epochs=1,
        engine="fit",
        baseline="",
        dataset_options=options,
    )


@pytest.mark.slow
def test_sentences_are_read_as_the_data_was(reviewer: Run, tmp_path: Path) -> None:
    data = zoo.load_data("reviews", source="opinions", rows=60)
    ids = data.splits["test"]["text"][:3]
    words = data.labels["word"]
    lines = ["text", *(" ".join(words[int(each)] for each in row if each) for row in ids)]
    table = tmp_path / "reviews.csv"
    table.write_text("\n".join(f'"{line}"' for line in lines), encoding="utf-8")
    predicted = predict_table(reviewer.folder, table, None, logdir=tmp_path).splitlines()
    expected = reviewer.model.predict(ids, verbose=0)
    for line, chance in zip(predicted[1:], expected.ravel(), strict=True):
        assert float(line.rpartition(",")[2]) == pytest.approx(chance, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [("", "--text: '' contains no words"), ("a " * 200, "--text: 200 words, but the run was")],
)
def test_text_that_the_run_cannot_read_is_reported(reviewer: Run, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        predict_one(reviewer.folder, {"text": text}, logdir=reviewer.folder)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Run:
    options = {"rows": 60, "facts": 2}
    return zoo.fit(
        "memory_qa_two_facts",
        data="rooms",
        logdir=tmp_path_factory.mktemp("logs"),
        reporter=Reporter(silent=True),
        epochs=1,
        engine="fit",
        baseline="",
        report="",
        dataset_options=options,
    )


# Slow: they ask a run that is trained for them alone.
@pytest.mark.slow
def test_stories_are_read_as_the_data_was(reader: Run, tmp_path: Path) -> None:
    """Full stops, question marks and capitals are a person's, the sentences are the data's."""
    data = zoo.load_data("questions", source="rooms", rows=60, facts=2)
    arrays, words = data.splits["test"], data.labels["word"]
    lines = ["story,question"]
    for story, question in zip(arrays["story"], arrays["question"], strict=True):
        told = [" ".join(words[int(each)] for each in row if each).capitalize() for row in story]
        asked = " ".join(words[int(each)] for each in question if each)
        lines.append(f'"{" ".join(f"{each}." for each in told if each)}",{asked.capitalize()}?')
    table = tmp_path / "stories.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "answers.csv"
    predict_table(reader.folder, table, out, logdir=tmp_path)
    rows = {name: arrays[name] for name in ("story", "question")}
    expected = reader.model.predict(rows, verbose=0)
    found = pd.read_csv(out)
    names = [data.labels["answer"][at] for at in expected.argmax(axis=1)]
    assert found["pred_answer"].tolist() == names
    assert found["pred_answer_probability"].tolist() == pytest.approx(
        expected.max(axis=1), abs=1e-5
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"story": "Mary went to the garden."}, "--question is missing"),
        ({"story": " . ", "question": "Where is the milk?"}, "--story: ' . ' contains no words"),
        (
            {"story": "Mary went to the garden of John.", "question": "Where is the milk?"},
            "--story: a sentence of 7 words, but the run reads at most 5",
        ),
        (
            {"story": "Mary went home.", "question": "Where on earth is the milk?"},
            "--question: a sentence of 6 words, but the run reads at most 4",
        ),
        (
            {"story": "Mary went home.", "question": "Where is Mary? Where is John?"},
            "--question: 2 sentences, but the run reads one",
        ),
    ],
)
def test_stories_that_the_run_cannot_read_are_reported(
    reader: Run, values: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        predict_one(reader.folder, values, logdir=reader.folder)


@pytest.mark.slow
def test_of_a_story_that_is_too_long_the_end_counts(reader: Run) -> None:
    """As in training: the model's memory holds the last sentences."""
    asked = {"question": "Where is the milk?"}
    end = "Mary took the milk. " + "John went to the garden. " * 13
    short, long = (
        predict_one(reader.folder, {"story": story, **asked}, logdir=reader.folder)
        for story in (end, "Sandra dropped the milk. " + end)
    )
    assert short == long
    lines = end.replace(". ", "\n")
    assert predict_one(reader.folder, {"story": lines, **asked}, logdir=reader.folder) == short


def test_a_run_of_a_project_that_is_not_installed(run: Run, tmp_path: Path) -> None:
    shutil.copytree(run.folder, tmp_path / "run")
    record = (tmp_path / "run" / "run.json").read_text(encoding="utf-8")
    record = record.replace('"architecture": "basketball"', '"architecture": "my_own"')
    (tmp_path / "run" / "run.json").write_text(record, encoding="utf-8")
    with pytest.raises(TrainingError, match=r"'my_own' is not installed; `pip install -e FOLDER`"):
        zoo.load_run(tmp_path / "run")
