"""Damaged run folders: one line names the file and the field, and nothing is written."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import QUICK_RUN

import zoo
from zoo.core.console import Reporter
from zoo.core.errors import TrainingError
from zoo.experiments.predict import predict_one
from zoo.experiments.record import RunRecord
from zoo.experiments.reproduce import reproduce
from zoo.experiments.runs import Run

SILENT = Reporter(silent=True)
DELETED = object()
NESTED: list[Any] = []
for _ in range(200):
    NESTED = [NESTED]
JUNK = (
    *(DELETED, None, "../../x", -1, 2.5, float("nan"), 10**400, True, [], {}, ["x"]),
    *({"x": {"x": []}}, NESTED),
)
Place = tuple[str | int, ...]  # keys from the outermost mapping inwards

COMMANDS: dict[str, Callable[[Path], object]] = {
    "load_run": zoo.load_run,
    "evaluate": lambda folder: zoo.evaluate(folder, reporter=SILENT),
    "resume": lambda folder: zoo.resume(folder, reporter=SILENT),
    "reproduce": lambda folder: reproduce(folder, reporter=SILENT),
    "predict": lambda folder: predict_one(folder, {"seed_diff": "3"}, logdir=folder),
    "export": lambda folder: zoo.export(folder, "keras"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    logdir = tmp_path_factory.mktemp("logs")
    return zoo.fit("seed_difference", epochs=1, logdir=logdir, **QUICK_RUN)


@pytest.fixture
def damaged(run: Run, tmp_path: Path) -> Path:
    """A copy of the run folder that a test may damage, two levels below `tmp_path`."""
    folder = tmp_path / "logs" / "seed_difference" / "run"
    shutil.copytree(run.folder, folder)
    return folder


def places(node: Any, at: Place = ()) -> Iterator[Place]:
    """Every key of a JSON value, and of all that is in it."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, each in entries if isinstance(node, dict | list) else ():
        yield (*at, key)
        yield from places(each, (*at, key)) if isinstance(each, dict | list) else ()


def changed(record: dict[str, Any], place: Place, value: object) -> str:
    """run.json with one value replaced, or its key deleted."""
    record = copy.deepcopy(record)
    node: Any = record
    for key in place[:-1]:
        node = node[key]
    if value is DELETED:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    return json.dumps(record)


def refusal(text: str) -> str | None:
    """What is said of a damaged run.json; None where it can be read."""
    try:
        RunRecord.from_json(text)
    except TrainingError as error:
        return str(error)
    return None


@pytest.mark.slow
def test_every_field_is_checked(run: Run) -> None:
    record = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    unchecked = set(places(record))
    for place in places(record):
        for junk in JUNK:
            message = refusal(changed(record, place, junk))
            if message is None:
                continue
            assert "\n" not in message
            assert len(message) < 400
            if junk is DELETED or isinstance(junk, list | dict):
                assert str(place[0]) in message
            unchecked.discard(place)
    assert not unchecked


def test_the_record_is_read_as_it_was_written(run: Run) -> None:
    assert RunRecord.read(run.folder) == run.record
    assert RunRecord.from_json(run.record.to_json()) == run.record


def test_a_record_from_before_a_field_is_read(run: Run) -> None:
    text = run.record.to_json()
    for added in (("workers",), ("data", "names"), ("recipe", "threads"), ("recipe", "precision")):
        older = changed(json.loads(text), added, DELETED)
        assert RunRecord.from_json(older) == run.record


@pytest.mark.parametrize(
    ("place", "junk", "told"),
    [
        (("seed",), DELETED, "seed is missing"),
        (("seed",), 2**40, "seed must be from 0"),
        (("version",), 99, "version must be 1, not 99"),
        (("recipe", "name"), "../../x", "recipe.name must be at most 100 letters"),
        (("recipe", "epochs"), DELETED, "recipe.epochs is missing"),
        (("recipe", "epochs"), "many", "epochs takes a whole number, not 'many'"),
        (("recipe", "learning_rate"), float("nan"), "NaN is not a number"),
        (("recipe", "stacked_on"), "basketball", "upstream does not match recipe.stacked_on"),
        (("data", "rows", "train"), "x", "data.rows.train takes a whole number, not 'x'"),
        (("data", "inputs"), NESTED, "data.inputs takes a mapping"),
        (("machine",), [], "machine takes a mapping"),
        (("more",), 1, "unknown field 'more'"),
    ],
)
def test_every_command_reports_a_damaged_record(
    damaged: Path, tmp_path: Path, place: Place, junk: object, told: str
) -> None:
    record = json.loads((damaged / "run.json").read_text(encoding="utf-8"))
    (damaged / "run.json").write_text(changed(record, place, junk), encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    for command in COMMANDS.values():
        with pytest.raises(TrainingError) as raised:
            command(damaged)
        assert str(raised.value).startswith(f"{damaged / 'run.json'} is damaged: ")
        assert told in str(raised.value)
        assert "\n" not in str(raised.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"status": "finished"}', "\ud800", "[" * 9999]
)
def test_what_is_not_a_record_is_reported(damaged: Path, text: str) -> None:
    (damaged / "run.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    for command in COMMANDS.values():
        with pytest.raises(TrainingError, match=r"run\.json is damaged: [^\n]+$"):
            command(damaged)


@pytest.mark.parametrize("content", [[], {"team": "Duke"}, {"team": [1]}, {"team": {}}, NESTED])
def test_labels_of_another_shape_are_reported(damaged: Path, content: object) -> None:
    (damaged / "labels.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(TrainingError, match=r"labels\.json cannot be read: [^\n]+$"):
        COMMANDS["predict"](damaged)


def test_a_model_of_another_architecture_is_reported(damaged: Path) -> None:
    record = json.loads((damaged / "run.json").read_text(encoding="utf-8"))
    text = changed(record, ("recipe", "architecture"), "mlp")
    (damaged / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match="has an input 'seed_diff', but mlp does not"):
        predict_one(damaged, {"features": ",".join("0123456789")}, logdir=damaged)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True])
def test_a_seed_out_of_range_is_reported(tmp_path: Path, seed: Any) -> None:
    with pytest.raises(TrainingError, match="the seed must be a whole number"):
        zoo.fit("seed_difference", data="league", seed=seed, logdir=tmp_path, reporter=SILENT)
    assert not list(tmp_path.iterdir())
