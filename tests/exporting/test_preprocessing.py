"""What a signature says of a run as a person asks it: columns, vocabularies, answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from run_helpers import untrained

import zoo
from zoo.experiments.runs import Run, read_labels
from zoo.exporting import preprocessing


def told(name: str, folder: Path) -> tuple[Run, dict, dict]:
    run, _ = untrained(name, folder)
    labels = read_labels(run.folder)
    columns = preprocessing.columns(run, labels)
    return run, columns, preprocessing.read_outputs(run.model, run, labels)


def test_names_are_looked_up_in_a_vocabulary_and_a_default_is_told(tmp_path: Path) -> None:
    run, columns, answers = told("basketball", tmp_path)
    (team,), (home,) = columns["team_2"], columns["home"]
    assert (team["kind"], team["vocabulary"], home["default"]) == ("label", "team", 0)
    words = preprocessing.vocabularies(run, read_labels(run.folder))
    assert list(words) == ["team"]
    assert words["team"][0].startswith("20")
    assert answers["score_diff"][0]["unit"] == "points"


def test_an_input_of_several_columns_has_an_entry_for_each(tmp_path: Path) -> None:
    _, columns, answers = told("headline", tmp_path)
    assert [each["name"] for each in columns["aux_input"]][:2] == ["hour_sin", "hour_cos"]
    (text,) = columns["main_input"]
    assert (text["kind"], text["text"], text["padding"]) == ("text", "words", "left")
    assert answers["main_output"][0]["name"] == "main_output"


def test_padding_is_on_the_right_where_the_vocabulary_knows_no_unknown_word(
    tmp_path: Path,
) -> None:
    _, columns, answers = told("clothing_price", tmp_path)
    (text,), (picture,) = columns["description"], columns["picture"]
    assert (text["padding"], text["shape"]) == ("right", [None])
    assert text["length"] > 1
    form = {"height": 32, "width": 32, "channels": 3, "black": 0, "white": 1, "frames": 1}
    assert picture["picture"] == form
    assert answers["price"][0]["scale"] == 10


def test_word_vectors_make_a_text_of_what_would_be_numbers(tmp_path: Path) -> None:
    run, columns, _ = told("siamese_lstm", tmp_path)
    labels = read_labels(run.folder)
    assert preprocessing.reads_vectors(run, labels)
    (text,) = columns["left"]
    assert (text["kind"], text["text"], text["vocabulary"]) == ("text", "vectors", "word")
    (run.folder / "vectors.npy").unlink()
    assert not preprocessing.reads_vectors(run, labels)
    assert preprocessing.columns(run, labels)["left"][0]["kind"] == "numbers"


def test_an_export_without_its_run_files_has_tensors_alone(tmp_path: Path) -> None:
    run, _ = untrained("seed_difference", tmp_path)
    (run.folder / "labels.json").unlink()
    zoo.export(run, "keras", tmp_path / "out" / "model.keras")
    entry = json.loads((tmp_path / "out" / "signature.json").read_text())["model.keras"]
    assert "columns" not in entry["inputs"][0]
    assert "vocabularies" not in entry


@pytest.mark.parametrize(
    ("name", "classes"), [("posts", [0, 10, 0]), ("sequence_tagger", [0, 0]), ("novel", [8, 0])]
)
def test_answers_have_classes_where_they_are_chances(
    name: str, classes: list[int], tmp_path: Path
) -> None:
    _, _, answers = told(name, tmp_path)
    assert [len(each[0]["classes"]) for each in answers.values()] == classes
