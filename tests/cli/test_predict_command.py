"""`zoo predict` on the command line: answers, JSON, and what it says to a wrong question."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from run_helpers import untrained

from zoo.cli.root import cli, run
from zoo.experiments import runs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, _ = untrained("score_and_win", tmp_path_factory.mktemp("logs") / "own" / "run")
    made.model.optimizer.build(made.model.trainable_variables)
    made.model.save(made.folder / runs.MODEL)
    return made.folder


def test_answers_as_lines_and_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["predict", str(folder), "--seed-diff=-3"]) == 0
    lines = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert list(lines) == ["score_diff", "won"]
    assert lines["score_diff"].endswith(" points")
    assert lines["won"].endswith(" (probability that team 1 wins)")
    assert run(cli, ["predict", str(folder), "--seed-diff", "-3", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["score_diff"] == pytest.approx(float(lines["score_diff"].split()[0]), rel=1e-3)
    assert plain["won"] == pytest.approx(float(lines["won"].split()[0]), abs=0.006)


def test_alone_it_lists_the_inputs_and_a_command_that_works(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logdir = str(folder.parent.parent)
    assert run(cli, ["predict", "latest", "--logdir", logdir]) == 1
    found, title, seed_diff, example, error = capsys.readouterr().err.splitlines()
    assert found == f"run: {folder}"
    assert title == "score_and_win takes:"
    assert seed_diff == "  --seed-diff (1)  a number [seeds] (seed of team 2 minus seed of team 1)"
    assert error == "error: --seed-diff is missing"
    words = shlex.split(example.removeprefix("for example: "))
    assert words[:2] == ["zoo", "predict"]
    assert run(cli, words[1:]) == 0
    assert capsys.readouterr().out.startswith("score_diff: ")


def test_a_table_is_printed_or_written(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = folder / "example" / "inputs.csv"
    assert run(cli, ["predict", str(folder), "--csv", str(table)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("seed_diff,pred_score_diff,pred_won\n")
    out = tmp_path / "out.csv"
    assert run(cli, ["predict", str(folder), "--csv", str(table), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert out.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--json", "--csv", "x.csv"], "--json goes with a single prediction"),
        (["--out", "x.csv", "--seed-diff", "1"], "--out needs --csv FILE"),
        (["--seed-diff"], "--seed-diff needs a value"),
        (["3"], "unexpected '3'"),
    ],
)
def test_wrong_calls_are_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert run(cli, ["predict", "run", *words]) == 1
    line = capsys.readouterr().err
    assert message in line
    assert line.count("\n") == 1
