"""The data layer: `load(name)` gives named splits of named arrays, with their provenance.

Importing this package reads no file and imports neither NumPy nor pandas; loading does. Only
`zoo.data.fetch` opens a network connection, and only when it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.core.errors import DataError
from zoo.data.paths import dataset_home
from zoo.data.registry import choose_source, dataset_names, loader, sources
from zoo.data.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from zoo.data.dataset import Dataset

__all__ = ["dataset_names", "load", "sources"]


def load(
    name: str,
    source: str = "auto",
    home: str | Path | None = None,
    seed: int = 0,
    **options: Any,
) -> Dataset:
    """Load a dataset as splits of arrays with the rows on axis 0.

    Args:
        name: One of `dataset_names()`.
        source: One of `sources(name)`, or `auto`: real data where its files are on disk, the
            embedded data otherwise. `Dataset.origin` says which was taken.
        home: The data home; default `$ZOO_DATA_HOME`, else the user's cache folder.
        seed: Fixes the splits, and what an embedded source generates; not negative.
        **options: Options of the loader, such as `train_until=2010` for `tournament`.

    Raises:
        UnknownNameError: no such dataset, source or option.
        DataError: a file is missing or damaged (file, line and column are named), or an option
            has no usable value.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise DataError(f"{name}: the data seed is a whole number from 0, not {seed!r}")
    chosen = choose_source(name, source, home, options)
    found, folder = loader(name, chosen), dataset_home(name, home)
    if isinstance(found, Source):
        return found.dataset(name, folder, seed, options)
    return found.load(name, folder, seed, dict(options))
