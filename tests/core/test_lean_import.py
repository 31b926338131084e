"""A command line imports Keras without what only its wrappers need, and has it where it counts."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEAN = """
import gc
import sys
from zoo import _keras
_keras.start_lean()
_keras.keras.layers.Dense
print(gc.isenabled(), gc.get_threshold()[0] == _keras.MANY)
print(*(name in sys.modules for name in _keras.SPARED))
_keras.import_ahead("sklearn.linear_model", "zoo.no_such_module")
import sklearn.linear_model, matplotlib.figure
print(sklearn.linear_model.LinearRegression.__name__, matplotlib.figure.Figure.__name__)
"""
WHOLE = """
import sys, threading
from zoo import _keras
_keras.keras.layers.Dense
print("sklearn" in sys.modules)
before = threading.active_count()
_keras.import_ahead("sklearn.linear_model")
print(threading.active_count() == before)
"""


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (LEAN, ["True True", "False False False", "LinearRegression Figure"]),
        (WHOLE, ["True", "True"]),
    ],
)
def test_keras_is_imported_lean_only_where_asked_for(code: str, lines: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == lines
