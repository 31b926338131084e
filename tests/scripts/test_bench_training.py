"""Peers take turns, what they say becomes figures, and twins are the zoo's models."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from typing import Any

import _bench_driver as driver
import _speed_page
import bench_training
import pandas as pd
import pytest

import zoo
from zoo.core.errors import ZooError


class Fake:
    """A peer whose epochs last as long as they are told to, on a clock of their own."""

    clock = 0.0

    def __init__(self, name: str, seconds: float, log: list[str]) -> None:
        self.name, self.seconds, self.log = name, seconds, log

    def train_epoch(self) -> dict[str, Any]:
        Fake.clock += self.seconds
        self.log.append(self.name)
        return {"seconds": self.seconds, "loss": 1 / len(self.log)}


def test_peers_take_turns() -> None:
    log: list[str] = []
    peers = {name: Fake(name, seconds, log) for name, seconds in (("a", 0.5), ("b", 0.03))}
    losses, found = driver.in_turns(peers, 6.5, lambda: Fake.clock)
    assert losses == {"a": 1, "b": 1 / 2}  # of the first epochs, which are not measured
    assert [len(rounds) for rounds in found.values()] == [10, 10]  # 6.5 s of 0.62 s each
    assert {len(epochs) for epochs in found["a"]} == {1}
    assert {len(epochs) for epochs in found["b"]} == {4}  # 0.1 s at least
    turns = "".join(log).replace("bbbb", "b")
    assert turns == "ab" + "ab" + "abba" * 5


def test_a_turn_takes_place_however_little_time_there_is() -> None:
    log: list[str] = []
    _, found = driver.in_turns({"a": Fake("a", 50.0, log)}, 1.0, lambda: Fake.clock)
    assert len(found["a"]) == driver.ROUNDS[0]


def _epochs(seconds: list[float], waits: list[float] | None = None) -> list[list[dict[str, Any]]]:
    waits = waits or [0.0] * len(seconds)
    return [[{"seconds": each, "waits": wait}] for each, wait in zip(seconds, waits, strict=True)]


def test_stalls_are_told_apart() -> None:
    rounds = _epochs([1.0, 1.1, 3.0, 1.0], [0.04, 0.06, 2.05, 0.05])
    seconds, stalls = driver.without_stalls(rounds)
    assert stalls == pytest.approx([0, 0, 2, 0])
    assert seconds == pytest.approx([1.0, 1.1, 1.0, 1.0])
    seconds, stalls = driver.without_stalls(_epochs([3.0, 4.0], [2.0, 3.0]))  # nothing but stalls
    assert (seconds, stalls) == ([3.0, 3.0], [0.0, 1.0])


def test_ratios_are_taken_within_rounds() -> None:
    found = {"own": _epochs([1.0, 2.0, 4.0]), "other": _epochs([3.0, 6.0, 8.0])}
    own, other = driver.figures(found, "own")
    assert (own["ratio"], own["ratio_q1"], own["ratio_q3"]) == (1, 1, 1)
    assert (other["seconds"], other["seconds_q1"], other["seconds_q3"]) == (6.0, 4.5, 7.0)
    assert (other["ratio"], other["ratio_q1"], other["ratio_q3"]) == (3.0, 2.5, 3.0)
    assert (other["rounds"], other["stall"], other["stalled"]) == (3, 0, 0)


WORKER = """
import sys
from _bench_worker import Line, serve
line = Line()
print("a library talks")
line.tell(version="1", parameters=3)
losses = iter([0.5, 0.25])
serve(line, lambda: next(losses))
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    script = tmp_path / "worker.py"
    script.write_text(f"import sys\nsys.path.append({str(bench_training.SCRIPTS)!r})\n{WORKER}")
    return [sys.executable, str(script)]


def test_a_worker_trains_when_told_to(command: list[str]) -> None:
    with driver.workers({"a": command, "b": command}) as workers:
        assert workers["a"].facts == {"version": "1", "parameters": 3}
        assert [workers["a"].train_epoch()["loss"] for _ in range(2)] == [0.5, 0.25]
        others = driver.others_load(workers.values())
        assert workers["b"].train_epoch()["seconds"] < 1
        assert not others() < 0
        with pytest.raises(RuntimeError, match="a: ended early: StopIteration"):
            workers["a"].train_epoch()


def test_a_worker_that_does_not_start_says_why() -> None:
    command = [sys.executable, "-c", "raise OSError('no memory')"]
    with pytest.raises(RuntimeError, match="a: ended early: OSError: no memory"):
        driver.workers({"a": command}).__enter__()


def test_peers_have_the_defaults_of_their_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_WAIT_POLICY", "TF_NUM_INTRAOP_THREADS", "XLA_FLAGS"):
        monkeypatch.setenv(name, "1")
    assert set(os.environ) - set(driver.environment()) >= {"OMP_WAIT_POLICY", "XLA_FLAGS"}
    assert "PATH" in driver.environment()


def test_a_python_without_the_library_is_refused_if_it_was_named() -> None:
    assert bench_training.python_with("json", "") == sys.executable
    assert bench_training.python_with("no_such_library", "") == ""
    with pytest.raises(ZooError, match="no_such_library; install it there"):
        bench_training.python_with("no_such_library", sys.executable)
    with pytest.raises(ZooError, match="--jax-python /nowhere"):
        bench_training.python_with("jax", "/nowhere")


def test_another_model_than_the_zoos_is_not_measured() -> None:
    job = {"parameters": 10}
    bench_training.check_twin("jax", {"parameters": 10, "difference": 1e-6}, job)
    with pytest.raises(RuntimeError, match="jax: 11 parameters, not the 10"):
        bench_training.check_twin("jax", {"parameters": 11, "difference": 0.0}, job)
    with pytest.raises(RuntimeError, match="jax: predictions differ"):
        bench_training.check_twin("jax", {"parameters": 10, "difference": float("nan")}, job)
    bench_training.check_loss("jax", 1.1, 1.0)
    assert bench_training.nearest(1.1, [0.5, 1.3, 1.0]) == 1.0
    with pytest.raises(RuntimeError, match=r"loss is 1\.5, the zoo's 1"):
        bench_training.check_loss("jax", 1.5, 1.0)


@pytest.mark.parametrize("name", ["torch_twins", "jax_twins", "_bench_worker"])
def test_twins_do_not_load_the_zoo(name: str) -> None:
    tree = ast.parse((bench_training.SCRIPTS / f"{name}.py").read_text(encoding="utf-8"))
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    own = {each for each in imported if each and each.partition(".")[0] in ("zoo", "_bench_worker")}
    assert own <= {"_bench_worker"}
    assert not any(each and each.startswith(("tensorflow", "keras")) for each in imported)


def _frame() -> pd.DataFrame:
    """Two recipes, one of which has twins."""
    seconds = {
        "mlp": {"resident-xla": 1.0, "nondeterministic": 0.9, "keras": 8.0, "torch": 4.0},
        "cnn": {"resident": 2.0, "nondeterministic": 2.0, "keras": 4.0},
    }
    return pd.DataFrame(
        {
            "recipe": recipe,
            "rows": 8000,
            "cores": 2,
            "others": 0.01,
            "engine": next(iter(peers)),
            "resume_point": 0.5,
            "peer": peer,
            **{f"seconds{part}": value for part in ("", "_q1", "_q3")},
            "ratio": value / next(iter(peers.values())),
            "ratio_q1": value / next(iter(peers.values())) - 0.25,
            "ratio_q3": value / next(iter(peers.values())) + 0.25,
            "rounds": 9,
            "stall": 0.4 if peer == "keras" and recipe == "cnn" else 0.0,
            "stalled": 0.25,
            "version": "2.0" if peer == "torch" else "3.15",
        }
        for recipe, peers in seconds.items()
        for peer, value in peers.items()
    )


def test_page_shows_what_was_measured() -> None:
    blocks = _speed_page.blocks(_frame())
    head, _, mlp, cnn = blocks["epochs"].splitlines()
    assert "| resident-xla | resident |" in head
    assert mlp == "| `mlp` | 8,000 | 8.000 | - | **8.00x (7.75 to 8.25)** | - | 1.11x | 50% |"
    assert cnn == (
        "| `cnn` | 8,000 | 4.000 | +0.40 (25% of epochs) | - | **2.00x (1.75 to 2.25)** | 1.00x "
        "| 25% |"
    )
    head, _, *twins = blocks["twins"].splitlines()
    assert head == "| recipe | rows | zoo, s | PyTorch, s | to PyTorch |"
    assert twins == ["| `mlp` | 8,000 | 1 (1 to 1) | 4 (4 to 4) | 4.00x (3.75 to 4.25) |"]
    fit, torch, _, measured = blocks["summary"].splitlines()
    assert "over 2 recipes" in fit
    assert "geometric mean 4.00 times as fast, least 2.00 (`cnn`)" in fit
    assert "PyTorch, over 1 twin: geometric mean 4.00 times as fast, least 4.00 (`mlp`)." in torch
    assert measured == (
        "Measured with Keras 3.15, PyTorch 2.0 on 2 cores, in 9 rounds; other processes kept "
        "0.01 cores busy, at most 0.01."
    )


def test_page_without_measurements() -> None:
    for frame in (_frame().iloc[:0], pd.DataFrame(columns=["recipe"])):
        blocks = _speed_page.blocks(frame)
        assert blocks["epochs"] == blocks["twins"] == "Nothing has been measured yet."


@pytest.mark.slow  # builds each model and starts a process of PyTorch or JAX
@pytest.mark.usefixtures("forget_models")
@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("name", bench_training.TWINS)
def test_a_twin_learns_what_the_zoo_learns(name: str, library: str, tmp_path: Path) -> None:
    """Parameters, predictions and, rows in their own order, the loss after an epoch.

    `ZOO_TORCH_PYTHON` and `ZOO_JAX_PYTHON` name Pythons that have the libraries.
    """
    wanted = os.environ.get(f"ZOO_{library.upper()}_PYTHON", "")
    python = bench_training.python_with(library, wanted)
    if not python:
        pytest.skip(f"{library} is not installed")
    import _bench_keras

    from zoo._keras import keras
    from zoo.training.compile import compile_model

    # Keras adds epsilon before Adam's correction of the second moment, the others after it
    changes = {"schedule": "constant", "optimizer_options.epsilon": 1e-10}
    recipe = zoo.recipe(name).override(changes)
    most = 5 * recipe.batch_size + 7  # the last step takes what is left
    job = _bench_keras.prepare(tmp_path, recipe, most=most, shuffle=False)
    assert json.loads((tmp_path / "job.json").read_text())["rows"] == most
    command = bench_training.commands(job, tmp_path, {library: python})[library]
    with driver.workers({library: command}) as workers:
        bench_training.check_twin(library, workers[library].facts, job)
        loss = workers[library].train_epoch()["loss"]
    model = keras.models.load_model(tmp_path / _bench_keras.MODEL, compile=False)
    compile_model(model, recipe, 1)
    x, y = _bench_keras._arrays(tmp_path, job)
    history = model.fit(x, y, batch_size=recipe.batch_size, shuffle=False, verbose=0).history
    # Keras's Adam squares an embedding's gradient occurrence by occurrence, where words recur
    assert loss == pytest.approx(history["loss"][0], rel=2e-2 if name == "qa" else 2e-3)
