"""The same command gives the same bits, in processes that know nothing of each other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import zoo

WORKER = Path(__file__).with_name("determinism_worker.py")
PARTS = 4  # so that several test processes can share the work


def two_processes(names: list[str]) -> list[list[dict[str, str]]]:
    """What the worker printed, for each of two runs side by side."""
    command = [sys.executable, str(WORKER), *names]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    return [[json.loads(line) for line in text.splitlines()] for text in printed]


def test_two_processes_train_to_the_same_bits() -> None:
    first, second = two_processes(["basketball", "mlp"])
    assert first == second
    assert len({line["weights"] for line in first}) == 2


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_recipe_trains_to_the_same_bits(part: int) -> None:
    """Every recipe with its own engine. 60 s a part."""
    names = zoo.list_recipes()[part::PARTS]
    first, second = two_processes(names)
    assert [line["recipe"] for line in first] == names
    assert first == second
