"""What the pictures of runs are drawn from, without a training: the weights that ship."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import zoo
from zoo.core.console import Reporter
from zoo.data.registry import entry
from zoo.experiments import pretrained, reports, setup
from zoo.experiments.feeding import feed
from zoo.recipes.shipped_weights import EMBEDDED, shipped
from zoo.training.compile import first_metrics

ROWS = 400  # of the test split that are predicted
TOUCHING = 0.5  # pixels by which boxes may meet


def finished(name: str) -> reports.Finished:
    """A recipe on its embedded data, with the weights that ship; untrained where none do."""
    given = zoo.recipe(name)
    source = entry(given.dataset).sources[-1].name
    recipe = given.for_source(source)
    silent = Reporter(silent=True)
    dataset = setup.load(recipe, source, silent)
    if recipe.stacked_on:
        upstream = pretrained.build(recipe.stacked_on, EMBEDDED, {})
        dataset = setup.add_prediction(dataset, upstream, zoo.recipe(recipe.stacked_on))
    known = shipped(name)
    if known and known["data"]["fingerprint"] == dataset.fingerprint:
        model, scores = pretrained.build(name, EMBEDDED, {}), known["scores"]
    else:
        model, scores = setup.build_for(recipe, dataset), {}
    scores = scores or dict.fromkeys(first_metrics(recipe).values(), 0.5)
    splits = {
        split: tuple({key: array[:ROWS] for key, array in part.items()} for part in parts)
        for split, parts in feed(recipe, dataset, model, silent.line).items()
    }
    split = "test" if "test" in splits else "train"
    parts: Any = splits
    return reports.finished(recipe, model, dataset, parts, {split: scores})


def renamed(given: reports.Finished, labels: Mapping[str, Any]) -> reports.Finished:
    """The same run on data with other labels."""
    data = dataclasses.replace(given.dataset, labels={**given.dataset.labels, **labels})
    return dataclasses.replace(given, dataset=data)


@contextmanager
def drawn_texts() -> Iterator[list[tuple[str, Bbox]]]:
    """The texts of the last figure that the block saves, each with its box; first the figure's."""
    found: dict[int, tuple[str, Bbox]] = {}
    result: list[tuple[str, Bbox]] = []
    draw, savefig = Text.draw, Figure.savefig

    def draw_and_note(self: Text, renderer: Any) -> None:
        draw(self, renderer)
        if self.get_visible() and self.get_text().strip():
            found[id(self)] = (self.get_text(), self.get_window_extent(renderer))

    def save_and_note(self: Figure, path: Path, **options: Any) -> None:
        found.clear()
        savefig(self, path, **options)
        whole = Bbox(self.bbox.get_points())
        result[:] = [("figure", whole), *found.values()]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Text, "draw", draw_and_note)
        patched.setattr(Figure, "savefig", save_and_note)
        yield result


def check(texts: list[tuple[str, Bbox]]) -> None:
    """Assert that no two texts lie on each other, and that none is cut off."""
    assert len(texts) > 1, "no text was drawn"
    (_, whole), *boxes = texts
    for text, box in boxes:
        assert box.x0 >= whole.x0 - TOUCHING, f"{text!r} is cut off on the left"
        assert box.y0 >= whole.y0 - TOUCHING, f"{text!r} is cut off at the bottom"
        assert box.x1 <= whole.x1 + TOUCHING, f"{text!r} is cut off on the right"
        assert box.y1 <= whole.y1 + TOUCHING, f"{text!r} is cut off at the top"
    for (one, first), (other, second) in combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert wide <= TOUCHING or high <= TOUCHING, f"{one!r} and {other!r} collide"
