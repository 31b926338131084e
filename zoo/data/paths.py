"""Where data lives: files on this machine (the data home), cards and manifests (the package)."""

from __future__ import annotations

import os
from pathlib import Path

from zoo.core.errors import DataError

VARIABLE = "ZOO_DATA_HOME"


def data_home(home: str | Path | None = None) -> Path:
    """The folder that holds downloaded data: `home`, `$ZOO_DATA_HOME`, or the user's cache."""
    chosen = home or os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("functional-zoo", appauthor=False)


def dataset_home(name: str, home: str | Path | None = None) -> Path:
    """The folder of one dataset's files; datasets made from the same files share it.

    Raises:
        UnknownNameError: no such dataset.
    """
    from zoo.data.registry import entry

    return data_home(home) / entry(name).folder


def described_in(name: str) -> Path:
    """The folder with the dataset's README.md and manifest.json: the wheel's, else the checkout's.

    Raises:
        UnknownNameError: no such dataset.
        DataError: neither is there.
    """
    from zoo.data.registry import entry

    own = entry(name).described_in
    if own:
        if (Path(own) / "README.md").is_file():
            return Path(own)
        raise DataError(f"the card of {name} is missing: looked in {own}")
    package = Path(__file__).resolve().parent.parent
    places = [package / "_datasets", package.parent / "datasets"]
    for place in places:
        folder = place / entry(name).folder
        if (folder / "README.md").is_file():
            return folder
    raise DataError(f"the card of {name} is missing: looked in {places[0]} and {places[1]}")


def card(name: str) -> str:
    """The text of the dataset's card: origin, license, columns, units.

    Raises:
        UnknownNameError: no such dataset.
        DataError: the installation lacks it.
    """
    return (described_in(name) / "README.md").read_text(encoding="utf-8")
