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


def card_folder(name: str, folder: str, own: str = "") -> Path:
    """The folder that holds a dataset's README.md and, where it can be fetched, manifest.json.

    Args:
        name: The dataset, for the message.
        folder: Its folder under `datasets/`, in the wheel or else in the checkout.
        own: The folder of a plug-in's dataset, used instead.

    Raises:
        DataError: there is no README.md.
    """
    package = Path(__file__).resolve().parent.parent
    places = [package / "_datasets" / folder, package.parent / "datasets" / folder]
    places = [Path(own)] if own else places
    for place in places:
        if (place / "README.md").is_file():
            return place
    looked = " and ".join(map(str, places))
    raise DataError(f"the card of {name} is missing: looked in {looked}")
