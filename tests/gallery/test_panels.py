"""The panels in a browser: each is opened, an input is changed, and Python says the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("playwright", reason="needs the extra `docs`")

import _gallery
import _panel_browser as panels
import _site_panels
from _gallery_cases import asked
from _site_browser import chromium

from zoo.experiments import pretrained
from zoo.experiments.runs import read_labels
from zoo.recipes.shipped_weights import manifest
from zoo.training import inference

CLOSE = 1e-4  # absolute, or relative to the largest number of an answer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm, which fetches the runtime"),
]


@pytest.fixture(scope="module", autouse=True)
def runtime() -> None:
    """The runtime from npm; without its registry there is nothing to test."""
    try:
        _site_panels.runtime()
    except _site_panels.PanelsLeftOut as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with panels.browser() as browser:
        yield browser


def asked_of_python(name: str, values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The answers of the shipped model in Keras."""
    run, _, _ = pretrained.run_of(name, folder)
    labels = read_labels(run.folder)
    if name != "text_generator":
        (told,) = asked(run, labels, [values])
        assert not told.refused
        return told.answers
    place = {character: at for at, character in enumerate(labels["character"])}
    ids = np.array([[place.get(each, 0) for each in values["text"]]], np.int32)
    chances = inference.predict(run.model, {"text": ids})["next_character"][0]
    return {"next_character": [labels["character"][at] for at in chances.argmax(axis=-1)]}


def assert_same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    for name, expected in wanted.items():
        if isinstance(expected, str) or (
            isinstance(expected, list) and isinstance(expected[0], str)
        ):
            assert found[name] == expected, name
            continue
        theirs, ours = np.array(found[name], float), np.array(expected, float)
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=CLOSE * max(1, np.abs(ours).max()))


@pytest.mark.parametrize("name", list(manifest()["weights"]))
def test_a_panel_says_what_python_says(name: str, opened: Any, tmp_path: Path) -> None:
    _gallery.build(print, [name])
    site = tmp_path / "site"
    panels.write_pages(site, [name])
    with panels.served(site) as address:
        tab = opened.new_page(viewport={"width": 1280, "height": 900})
        panel = panels.Panel(tab)
        first = panel.open(f"{address}{name}.html")
        loaded = len(panel.asked)
        before = [each for each in panel.asked if "/try/" in each]
        changed = panel.change()
        boxes = tab.locator(".zoo-flow").count()
        tab.close()
    assert panel.errors == []
    assert first["values"] != changed["values"]
    assert_same(changed["answers"], asked_of_python(name, changed["values"], tmp_path))
    assert boxes >= 2
    assert all(each.startswith(address) for each in panel.asked)
    assert panel.asked[loaded:] == []  # nothing that is entered leaves the page
    assert any(each.endswith(".wasm") for each in before)


def test_nothing_is_loaded_before_a_panel_is_opened(opened: Any, tmp_path: Path) -> None:
    _gallery.build(print, ["mlp"])
    panels.write_pages(tmp_path, ["mlp"])
    with panels.served(tmp_path) as address:
        tab = opened.new_page()
        panel = panels.Panel(tab)
        tab.goto(f"{address}mlp.html", wait_until="networkidle")
        asked_for = list(panel.asked)
        tab.close()
    assert not [each for each in asked_for if "/try/" in each]


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        ("try/ort/ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.wasm"),
        ("try/models/mlp/model.onnx", "model.onnx"),
        ("try/panel.mjs", "panel.mjs"),
    ],
)
def test_a_panel_that_cannot_run_says_why(
    gone: str, reason: str, opened: Any, tmp_path: Path
) -> None:
    _gallery.build(print, ["mlp"])
    panels.write_pages(tmp_path, ["mlp"])
    (tmp_path / "_static" / gone).unlink()
    with panels.served(tmp_path) as address:
        tab = opened.new_page()
        panel = panels.Panel(tab)
        with pytest.raises(AssertionError, match=f"The model cannot run here: .*{reason}"):
            panel.open(f"{address}mlp.html")
        tab.close()


def test_a_page_opened_as_a_file_says_how_to_serve_it(opened: Any, tmp_path: Path) -> None:
    _gallery.build(print, ["mlp"])
    panels.write_pages(tmp_path, ["mlp"])
    tab = opened.new_page()
    with pytest.raises(AssertionError, match="zoo site"):
        panels.Panel(tab).open((tmp_path / "mlp.html").as_uri())
    tab.close()


def test_a_site_without_npm_has_no_panels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_site_panels, "RUNTIME", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(_site_panels.PanelsLeftOut, match="no npm is installed"):
        _site_panels.runtime()


@pytest.mark.parametrize("content", ["", "<!doctype html><p>no page</p>", "<svg xmlns='a'></svg>"])
def test_a_damaged_diagram_leaves_the_one_of_the_page(
    content: str, opened: Any, tmp_path: Path
) -> None:
    _gallery.build(print, ["mlp"])
    panels.write_pages(tmp_path, ["mlp"])
    (tmp_path / "_static" / "try" / "models" / "mlp" / "diagram.svg").write_text(content)
    with panels.served(tmp_path) as address:
        tab = opened.new_page()
        panel = panels.Panel(tab)
        panel.open(f"{address}mlp.html")
        boxes = tab.locator(".zoo-diagram g.node").count()
        tab.get_by_role("button", name="Close").click()
        left = tab.locator(".zoo-diagram g.node").count(), tab.locator(".zoo-flow").count()
        tab.close()
    assert panel.errors == []
    assert boxes > 0
    assert left == (boxes, 0)


def test_what_is_wrong_is_told_at_its_field_and_at_the_answer(opened: Any, tmp_path: Path) -> None:
    _gallery.build(print, ["lstm_classifier"])
    panels.write_pages(tmp_path, ["lstm_classifier"])
    with panels.served(tmp_path) as address:
        tab = opened.new_page(viewport={"width": 1280, "height": 900})
        panel = panels.Panel(tab)
        panel.open(f"{address}lstm_classifier.html")
        tab.locator("textarea").fill(" -- ")
        tab.locator(".zoo-none").wait_for(state="visible")
        field = tab.locator(".zoo-field .zoo-wrong").inner_text()
        answer = tab.locator(".zoo-none").inner_text()
        tab.locator("textarea").fill("a good film")
        tab.locator(".zoo-none").wait_for(state="hidden")
        tab.close()
    assert field == "text: ' -- ' contains no words"
    assert answer == f"No answer: {field}"


def test_a_link_to_the_panel_opens_it(opened: Any, tmp_path: Path) -> None:
    _gallery.build(print, ["mlp"])
    panels.write_pages(tmp_path, ["mlp"])
    with panels.served(tmp_path) as address:
        tab = opened.new_page()
        panel = panels.Panel(tab)
        tab.goto(f"{address}mlp.html#try")
        assert panel.answer(0)["recipe"] == "mlp"
        tab.close()
