"""What tests of downloads need; the other data tests are not changed by it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data home that is not there yet."""
    return tmp_path / "home"
