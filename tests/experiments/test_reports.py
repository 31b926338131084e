"""The pictures of finished runs: nothing collides or is cut off, and they say what they show."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from picture_helpers import check, drawn_texts, finished, renamed
from support import few_fast, slow

import zoo
from zoo.experiments import reports
from zoo.experiments.reports import Finished
from zoo.experiments.reports.images import images
from zoo.experiments.reports.parts import figure, panel, save
from zoo.experiments.reports.predictions import MOST_CLASSES, heads
from zoo.experiments.runs import PICTURE
from zoo.training.compile import first_metrics

# Recipes whose data and model are there in a second.
QUICK = ("score_and_win", "first_mlp")
RECIPES = [name if name in QUICK else slow(name) for name in zoo.list_recipes()]


@pytest.mark.parametrize("name", RECIPES)
def test_the_picture_of_every_recipe(name: str, tmp_path: Path) -> None:
    run = finished(name)
    with drawn_texts() as texts:
        reports.write(run, tmp_path)
    check(texts)
    shown = " ".join(text for text, _ in texts)
    assert f"{name} on {run.dataset.source}" in shown.replace("\n", " ")
    for output in run.targets if len(run.targets) > 1 else ():
        assert run.score(output) in shown.replace("\n", " ")
    if len(run.targets) == 1:
        assert f"test {run.score(next(iter(run.targets)))}" in shown.replace("\n", " ")
    assert (tmp_path / PICTURE).stat().st_size > 5_000


def made(
    truth: Any, predicted: Any, *, recipe: str = "first_mlp", labels: Any = None, **inputs: Any
) -> Finished:
    """A run of one output that predicts this."""
    given = zoo.recipe(recipe)
    (output,) = given.loss
    data: Any = zoo.load_data(given.dataset, source="mixture")
    data = dataclasses.replace(data, labels=labels or {})
    arrays = {output: np.asarray(truth)}, {output: np.asarray(predicted, np.float32)}
    scores = dict.fromkeys(first_metrics(given).values(), 0.25)
    none: Any = None
    return Finished(given, none, data, inputs, *arrays, "test", scores)


def ids(classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Three rows of each class, all taken for the next one."""
    true = np.repeat(np.arange(classes), 3)[:, None]
    return true, np.eye(classes, dtype=np.float32)[(true[:, 0] + 1) % classes]


NAMES = {
    "short": "c{}",
    "words": "a name of several words that goes on and on, number {}",
    "one word": "Donaudampfschifffahrtsgesellschaft{}",
    "a formula": "$x_{{{}}}$ costs $5",
    "lines": "first line\nsecond line {}",
    "wide letters": "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW{}",
}


@pytest.mark.parametrize("kind", few_fast(NAMES, "words"))
@pytest.mark.parametrize("classes", [3, MOST_CLASSES])
def test_names_of_classes_never_collide(kind: str, classes: int, tmp_path: Path) -> None:
    names = [NAMES[kind].format(each) for each in range(classes)]
    with drawn_texts() as texts:
        heads(made(*ids(classes), labels={"category": names}), tmp_path)
    check(texts)
    assert [text for text, _ in texts].count("100") == classes, "each row of the matrix"


def test_many_classes_are_numbered_and_have_a_scale(tmp_path: Path) -> None:
    with drawn_texts() as texts:
        heads(made(*ids(300)), tmp_path)
    check(texts)
    shown = [text for text, _ in texts]
    assert "share of the true class" in shown
    assert "240" in shown
    assert len(shown) < 30, "no numbers in 90,000 cells"


def test_a_confusion_matrix_says_the_share_of_each_true_class(tmp_path: Path) -> None:
    truth = [[0]] * 300 + [[1]] * 4 + [[2]] * 4
    guess = [0] * 299 + [2] + [1, 1, 1, 0] + [2] * 4
    with drawn_texts() as texts:
        heads(made(truth, np.eye(3)[guess], labels={"category": ["a", "b", "c"]}), tmp_path)
    cells = [text for text, _ in texts if re.fullmatch(r"<?\d+", text)]
    assert sorted(cells) == ["100", "100", "25", "75", "<1"]


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [
        ([[1.0]], [[1.0]]),
        ([[5.0], [5.0]], [[5.0], [5.0]]),
        ([[1e9], [-2e9], [3e9]], [[1e9], [1e9], [2e9]]),
        ([[1e-7], [2e-7]], [[1e-7], [3e-7]]),
        ([[20_250.5], [20_250.6]], [[20_250.5], [20_250.7]]),
        ([[123_456.0], [987_654.0]], [[0.0], [2e6]]),
    ],
)
def test_numbers_of_any_size_stay_readable(truth: Any, predicted: Any, tmp_path: Path) -> None:
    run = made(truth, predicted)
    recipe = dataclasses.replace(run.recipe, loss={"category": "mse"}, metrics={})
    with drawn_texts() as texts:
        heads(dataclasses.replace(run, recipe=recipe), tmp_path)
    check(texts)


@pytest.mark.parametrize("kind", few_fast(NAMES, "words"))
@pytest.mark.parametrize("rows", [1, 4])
def test_few_pictures_with_names_of_any_kind(kind: str, rows: int, tmp_path: Path) -> None:
    true, predicted = ids(rows)
    names = [NAMES[kind].format(each) for each in range(rows)]
    pictures = np.random.default_rng(0).random((3 * rows, 6, 6, 1))
    run = made(true, predicted if rows > 1 else [[0.9]] * 3, labels={"category": names}, x=pictures)
    with drawn_texts() as texts:
        images(run, tmp_path)
    check(texts)


def test_maps_are_drawn_beside_their_pictures(tmp_path: Path) -> None:
    truth = np.zeros((4, 5, 5, 1), np.float32)
    truth[:, :2] = 1
    run = made(truth, truth * 0.9, recipe="mlp", x=np.ones((4, 20, 20, 3), np.float32))
    with drawn_texts() as texts:
        images(run, tmp_path)
    check(texts)
    shown = [text.replace("\n", " ") for text, _ in texts]
    assert shown.count("100% right") == 4
    assert any("each: x, true, predicted" in text for text in shown)


def test_a_recipes_name_of_any_length_fits(tmp_path: Path) -> None:
    run = made(*ids(3))
    for name in ("n" * 10, "n" * 100, "M" * 100):
        recipe = dataclasses.replace(run.recipe, name=name)
        with drawn_texts() as texts:
            heads(dataclasses.replace(run, recipe=recipe), tmp_path)
        check(texts)


def test_the_names_of_another_language_are_kept(tmp_path: Path) -> None:
    run = renamed(made(*ids(3)), {"category": ["épicé", "süß", "кислый"]})
    with drawn_texts() as texts:
        heads(run, tmp_path)
    assert {"épicé", "süß", "кислый"} <= {text for text, _ in texts}


def test_the_check_finds_what_collides_and_what_is_cut_off(tmp_path: Path) -> None:
    def text_at(*places: tuple[float, str]) -> Figure:
        drawn = figure()
        axes = panel(drawn, 1, 1, 0)
        for x, text in places:
            axes.text(x, 0.5, text, transform=axes.transAxes)
        return drawn

    beyond = text_at((0.1, "inside"))
    beyond.text(0.9, 0.5, "a long text at the edge")
    for drawn, wrong in (
        (text_at((0.1, "here"), (0.12, "there")), "'here' and 'there' collide"),
        (beyond, "cut off on the right"),
    ):
        with drawn_texts() as texts:
            save(drawn, tmp_path / "a.png")
        with pytest.raises(AssertionError, match=wrong):
            check(texts)
