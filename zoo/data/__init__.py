"""The datasets: `load(name)` gives named splits of named arrays, with their provenance.

Importing this package registers all datasets and reads no file. Only `zoo.data.download` opens
a network connection, and only when it is called.
"""

from __future__ import annotations

import importlib

from zoo.data.dataset import Dataset
from zoo.data.registry import Entry, card, dataset_names, load, register, sources
from zoo.data.source import Content, Request, Source

__all__ = [
    "Content",
    "Dataset",
    "Entry",
    "Request",
    "Source",
    "card",
    "dataset_names",
    "load",
    "register",
    "sources",
]

# The files that register datasets, in the order of the list that users see.
_DATASETS = (
    "basketball.basketball",
    "vectors.linear_map",
    "vectors.classes",
    "vectors.two_views",
)

for _module in _DATASETS:
    importlib.import_module(f"zoo.data.{_module}")
