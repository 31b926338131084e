"""The same command gives the same bits, in processes that know nothing of each other.

Recipes are trained twice in one process by test_engine.py and test_training.py; here is one of
each kind, in two processes, which take ten seconds each to begin.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("determinism_worker.py")
# Kinds of layers: a shared table, dense ones step by step, dropout, LSTM, embedding with two
# outputs; convolution, batch normalization and sums, separable convolution, pools over text,
# three kinds of input.
KINDS = ("basketball", "mlp:fit", "dropout_mlp", "rnn", "headline:resident")
KINDS += ("cnn", "residual_network", "siamese_xception", "posts", "clothing_price")


def two_processes(*names: str) -> list[list[dict[str, str]]]:
    """What the worker printed, for each of two runs side by side that hash differently."""
    running = [
        subprocess.Popen(
            [sys.executable, str(WORKER), *names],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "2")
    ]
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    return [[json.loads(line) for line in text.splitlines()] for text in printed]


@pytest.mark.slow
def test_every_kind_trains_to_the_same_bits() -> None:
    """A recipe of each kind of layers, with its own engine. A minute."""
    first, second = two_processes(*KINDS)
    assert [line["recipe"] for line in first] == list(KINDS)
    assert first == second
    assert len({line["weights"] for line in first}) == len(KINDS)
