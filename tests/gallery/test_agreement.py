"""The panels' own modules against Python, in Node.js: 200 random cases of every recipe."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

pytest.importorskip("jinja2", reason="needs the extra `docs`")

import _gallery
import _site_panels

from zoo.recipes.shipped_weights import manifest

CHECK = _site_panels.SOURCE / "check.mjs"
RECIPES = list(manifest()["weights"])

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js and npm"),
]


@pytest.fixture(scope="module", autouse=True)
def runtime() -> None:
    """The runtime from npm; without its registry there is nothing to test."""
    try:
        _site_panels.runtime()
    except _site_panels.PanelsLeftOut as reason:
        pytest.skip(str(reason))


def run(*names: str) -> subprocess.CompletedProcess[str]:
    command = ["node", str(CHECK), str(_site_panels.with_runtime()), *names]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


@pytest.mark.parametrize("name", RECIPES)
def test_javascript_answers_as_python_does(name: str) -> None:
    _gallery.build(print, [name])
    cases = json.loads((_gallery.GALLERY / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    made = run(name)
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert found["cases"] == len(cases["cases"])
    assert len(cases["cases"]) + len(cases["errors"]) >= (20 if name == "text_generator" else 200)
    assert found["largest_difference"] < 1e-4


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda case: case["answers"].update(label=case["answers"]["label"] + 0.01), "Python says"),
        (lambda case: case.update(notes=3), "notes"),
    ],
)
def test_the_check_sees_a_difference(change: Any, complaint: str) -> None:
    _gallery.build(print, ["mlp"])
    path = _gallery.GALLERY / "cases" / "mlp.json"
    before = path.read_text(encoding="utf-8")
    content = json.loads(before)
    change(content["cases"][7])
    try:
        path.write_text(json.dumps(content), encoding="utf-8")
        made = run("mlp")
    finally:
        path.write_text(before, encoding="utf-8")
    assert made.returncode == 1
    assert complaint in made.stderr


@pytest.mark.parametrize("name", RECIPES)
def test_every_box_of_the_diagram_is_known(name: str) -> None:
    """What flows is written into boxes by name: a name that the drawing lacks would be lost."""
    _gallery.build(print, [name])
    folder = _gallery.GALLERY / "models" / name
    panel = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
    svg = (folder / "diagram.svg").read_text(encoding="utf-8")
    assert panel["layers"]
    for layer in panel["layers"]:
        assert f'data-box="{layer["box"]}"' in svg
