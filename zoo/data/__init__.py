"""The datasets: `load(name)` gives named splits of named arrays, with their provenance.

Importing this package registers all datasets and reads no file. Only `zoo.data.download` opens
a network connection, and only when it is called.
"""

from __future__ import annotations

import importlib

from zoo.data.dataset import Dataset
from zoo.data.registry import DATASETS, Entry, card, dataset_names, load, register, sources
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
    "text.reviews",
    "text.headlines",
    "text.tweet_pairs",
    "text.questions",
    "text.posts",
    "text.novels",
    "text.characters",
    "text.sentence_pairs",
    "images.outlines",
    "images.two_scales",
    "images.cloth",
    "images.painted_shapes",
    "images.figures",
    "images.hidden_shapes",
    "vectors.linear_map",
    "vectors.classes",
    "vectors.two_views",
    "images.digits",
    "images.digit_videos",
    "sequences.series",
    "stereo.stereo",
    "multimodal.clothing",
)

for _module in _DATASETS:
    importlib.import_module(f"zoo.data.{_module}")
DATASETS.keep()
