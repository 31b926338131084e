"""Fixtures that several test modules share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["ZOO_PLUGINS"] = "off"  # what else is installed is not under test


@pytest.fixture(autouse=True)
def _no_stray_data_home(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tests see an empty data home unless they ask for the real one."""
    if request.node.get_closest_marker("realdata") is None:
        monkeypatch.setenv("ZOO_DATA_HOME", str(tmp_path / "data-home"))
