"""Texts that a model continues: how characters are drawn, and what a person may ask for."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import zoo
from zoo.cli.root import cli, run
from zoo.core.console import Reporter
from zoo.core.errors import DataError
from zoo.data.registry import entry
from zoo.experiments import runs
from zoo.experiments.reports.samples import SAMPLES
from zoo.experiments.runs import PICTURE
from zoo.experiments.writing import Manner, Writer, continued
from zoo.scaffold.layout import usable

ALPHABET = ("<unknown>", "a", "b", "c")


class Chances:
    """A model whose next character is the same function of the last one, at any length.

    Attributes:
        longest: Most characters that it was asked to read at once.
    """

    after = np.array([[0.9, 0.05, 0.03, 0.02]] * 2 + [[0.5, 0.1, 0.0, 0.4], [0.5, 0.25, 0.25, 0.0]])

    def __init__(self) -> None:
        self.longest = 0
        self.inputs = [SimpleNamespace(name="text")]

    def predict_on_batch(self, ids: np.ndarray) -> np.ndarray:
        assert ids.dtype == np.int32
        self.longest = max(self.longest, ids.shape[1])
        return self.after[ids].astype(np.float32)


def go_on(text: str, **manner: Any) -> str:
    model: Any = Chances()
    return continued(model, ALPHABET, text, Manner(**manner), 5)


def test_temperature_0_takes_the_likeliest_known_one() -> None:
    assert go_on("b", length=4, temperature=0, seed=1) == "bcaaa"
    assert go_on("b", length=4, temperature=0, seed=2) == "bcaaa"


def test_the_seed_fixes_what_is_drawn() -> None:
    texts = [go_on("a", length=50, temperature=2, seed=seed) for seed in (0, 0, 1)]
    assert texts[0] == texts[1] != texts[2]
    assert all(len(text) == 51 for text in texts)


@pytest.mark.parametrize("temperature", [0.5, 1, 3])
def test_chances_are_raised_to_1_over_the_temperature(temperature: float) -> None:
    text = go_on("a", length=4_000, temperature=temperature)
    after_a = Counter(second for first, second in pairwise(text) if first == "a")
    raised = np.array([0.05, 0.03, 0.02]) ** (1 / temperature)
    found = np.array([after_a[each] for each in "abc"]) / after_a.total()
    np.testing.assert_allclose(found, raised / raised.sum(), atol=0.04)
    assert "<" not in text, "the unknown character"
    assert "bb" not in text, "a chance of 0"


def test_it_reads_no_more_than_its_window() -> None:
    model: Any = Chances()
    continued(model, ALPHABET, "abcabc", Manner(3, 1.0), 5)
    assert model.longest == 5


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    runs.write_labels(tmp_path, {"character": ALPHABET})
    record = SimpleNamespace(data=SimpleNamespace(inputs={"text": (5,)}))
    made: Any = SimpleNamespace(folder=tmp_path, model=Chances(), record=record)
    return Writer(made)


def test_values_are_read_as_they_are_typed(writer: Writer) -> None:
    typed = {"text": "b", "length": "3", "temperature": "0", "seed": "7"}
    assert writer.write(typed, str) == "bcaa"
    assert writer.columns == ("text", "length", "temperature", "seed")
    assert len(writer.write({"text": "ab"}, str)) == 2 + Manner().length


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "text is missing: a text to continue"),
        ({"text": ""}, "text is missing: a text to continue"),
        ({"text": "abx"}, "text: the run does not know the character 'x'; it knows 'abc'"),
        ({"text": "a", "lenght": "3"}, "unknown input 'lenght'; did you mean length"),
        ({"text": "a", "length": "0"}, "length takes a whole number from 1 to 10,000, not '0'"),
        ({"text": "a", "length": "2.5"}, "length takes a whole number from 1 to 10,000"),
        ({"text": "a", "length": "many"}, "length takes .*, not 'many'"),
        ({"text": "a", "temperature": "-0.1"}, "temperature takes a number from 0 to .*'-0.1'"),
        ({"text": "a", "temperature": "nan"}, "temperature takes a number from 0 to"),
        ({"text": "a", "seed": "-1"}, "seed takes a whole number from 0 to 4,294,967,295"),
        ({"text": "a", "seed": "1e300"}, "seed takes a whole number from 0 to 4,294,967,295"),
    ],
)
def test_what_cannot_be_done_is_said(writer: Writer, values: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        writer.write(values, str)
    assert "\n" not in str(caught.value)


def test_only_the_writers_write() -> None:
    assert [name for name in zoo.list_models() if zoo.spec(name).writes] == ["text_generator"]
    assert "text_generator" not in usable(), "a table has no text to continue"


@pytest.mark.slow  # trains a model of two LSTMs
def test_a_run_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = entry("characters").sources[-1].name
    changes: dict[str, Any] = {"arguments.units": (32,), "epochs": 2, "engine": "resident"}
    silent = Reporter(silent=True)
    made = zoo.fit("text_generator", data=source, logdir=tmp_path, reporter=silent, **changes)
    trivial = made.record.references["trivial"]["test"]
    assert made.metrics["test"]["log_loss"] < 0.9 * trivial["log_loss"]
    assert made.record.baseline_name.startswith("character ")
    assert made.record.baseline["test"]["log_loss"] < trivial["log_loss"]

    beginning = "It is a truth"
    asked: dict[str, Any] = {"text": beginning, "length": 40, "temperature": 0.5, "seed": 3}
    answer = zoo.predict(made.folder, **asked)
    assert list(answer) == ["text"]
    assert answer["text"].startswith(beginning)
    assert len(answer["text"]) == len(beginning) + 40
    assert zoo.predict(made.folder, **asked) == answer
    assert zoo.predict(made.folder, **{**asked, "seed": 4}) != answer

    options = [word for name, value in asked.items() for word in (f"--{name}", str(value))]
    assert run(cli, ["predict", str(made.folder), *options]) == 0
    assert capsys.readouterr().out == f"text: {answer['text']}\n"
    assert run(cli, ["predict", str(made.folder), "--text", "Ωmega"]) == 1
    assert "--text: the run does not know the character 'Ω'" in capsys.readouterr().err

    table, out = tmp_path / "beginnings.csv", tmp_path / "texts.csv"
    pd.DataFrame([asked, {**asked, "length": 5}]).to_csv(table, index=False)
    assert run(cli, ["predict", str(made.folder), "--csv", str(table), "--out", str(out)]) == 0
    texts = pd.read_csv(out)["pred_text"]
    assert list(texts) == [answer["text"], answer["text"][: len(beginning) + 5]]
    table.write_text("text,length\nIt,0\n")
    assert run(cli, ["predict", str(made.folder), "--csv", str(table)]) == 1
    assert f"{table}, line 2, column 'length' takes a whole" in capsys.readouterr().err
    table.write_text("texts\nIt\n")
    assert run(cli, ["predict", str(made.folder), "--csv", str(table)]) == 1
    assert "line 1: there is no column 'text'" in capsys.readouterr().err

    samples = (made.folder / SAMPLES).read_text(encoding="utf-8")
    assert samples.count("temperature ") == 2
    assert (made.folder / PICTURE).stat().st_size > 5_000
