"""Fixtures that several test modules share."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import zoo
from zoo._keras import keras
from zoo.core import registry
from zoo.data.registry import dataset_names

os.environ["ZOO_PLUGINS"] = "off"  # what else is installed is not under test


@pytest.fixture(autouse=True)
def _no_stray_data_home(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tests see an empty data home unless they ask for the real one."""
    if request.node.get_closest_marker("realdata") is None:
        monkeypatch.setenv("ZOO_DATA_HOME", str(tmp_path / "data-home"))


@pytest.fixture
def clean_registries() -> Iterator[None]:
    """What a test registers is gone after it."""
    for look_through in (zoo.list_models, zoo.list_recipes, dataset_names):
        look_through()
    before = {table: (dict(table._values), dict(table._names)) for table in registry._registries}
    yield
    for table, kept in before.items():
        table._kept = kept
        table.fall_back()


@pytest.fixture(autouse=True, scope="session")
def _frozen_libraries() -> None:
    """What is there before the first test stays: collecting garbage need not look through it.

    After each module likewise: what then remains is shared by the modules to come.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Weights and data that a test draws are the same each time, whatever ran before it."""
    keras.utils.set_random_seed(0)


def _clear_session() -> None:
    """Models and their compiled functions hold each other: a worker would grow to many GB."""
    keras.backend.clear_session()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _forget_models() -> Iterator[None]:
    yield
    _clear_session()


@pytest.fixture
def forget_models() -> Iterator[None]:
    """For tests that train one large model after another in one module."""
    yield
    _clear_session()


@pytest.fixture
def plugged(
    clean_registries: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Path]:
    """A folder on the path whose plug-ins `load_plugins()` finds; no trace is left behind."""
    modules = set(sys.modules)
    monkeypatch.delenv(registry.VARIABLE)
    monkeypatch.setattr(registry, "_loaded", True)  # until `plug_in` is called
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in set(sys.modules) - modules:
        if name.startswith("own_"):
            del sys.modules[name]
