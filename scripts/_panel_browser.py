"""Drives the site's panels in headless Chromium: opens one, changes an input, reads the answer."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import _gallery
import _site_panels
import jinja2
from _site_browser import chromium
from _site_diagrams import stylesheet

from zoo.core.serving import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

MOST = 60_000  # milliseconds until a panel has answered
# Controls, the first that a panel has is the one that is used; each with what is done to it.
CONTROLS = (
    ("textarea", lambda control: _type(control)),
    (".zoo-easel", lambda control: _keys(control, "ArrowRight", "Space", "ArrowDown", "Enter")),
    ("[role=slider]", lambda control: _keys(control, "ArrowRight", "ArrowUp", "ArrowUp")),
    ("select:not([disabled])", lambda control: _choose(control)),
    ("input[type=range]", lambda control: _slide(control)),
    ("input[type=number]", lambda control: control.fill("3")),
)
PAGE = """<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="connect-src 'self'; form-action 'self'">
<title>{{ name }}</title>
<link rel="icon" href="_static/icon.svg">
<link rel="stylesheet" href="_static/site.css">
<link rel="stylesheet" href="_static/diagrams.css">
<script defer src="_static/site.js"></script>
</head>
<body>
<main>
<h1>{{ name }}</h1>
{{ panel(name, recipes, diagram) }}
</main>
</body>
</html>
"""


def write_pages(site: Path, recipes: list[str]) -> None:
    """A page with nothing but the panel for each recipe, and all that panels load."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_site_panels.SOURCE / "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.from_string('{% from "_panel.html.jinja" import panel %}' + PAGE)
    shutil.copytree(_site_panels.SOURCE / "static", site / "_static", dirs_exist_ok=True)
    (site / "_static" / "diagrams.css").write_text(stylesheet(), encoding="utf-8")
    _site_panels.copy(site, _gallery.GALLERY, _site_panels.runtime(), recipes)
    for name in recipes:
        path = _gallery.GALLERY / "models" / name / "diagram.svg"
        text = page.render(name=name, recipes=[name], diagram=path.read_text(encoding="utf-8"))
        (site / f"{name}.html").write_text(text, encoding="utf-8")


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a folder, served to this machine while the block runs."""
    with Server(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a window and without services of its own."""
    from playwright.sync_api import sync_playwright

    program = chromium()
    assert program, "no Chromium is installed"
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        opened = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
            env={"HOME": home},
        )
        yield opened
        opened.close()


class Panel:
    """A panel in a tab.

    Attributes:
        tab: Playwright's page.
        errors: Lines of the console that are errors, and exceptions of the page.
        asked: Addresses that the page has asked for, in order.
    """

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.errors: list[str] = []
        self.asked: list[str] = []
        tab.on("console", self._console)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.add_init_script(
            "addEventListener('zoo-answer', (event) => {"
            "  (window.zooAnswers ??= []).push({ at: performance.now(), ...event.detail });"
            "})"
        )

    def _console(self, said: Any) -> None:
        if said.type == "error":
            self.errors.append(said.text)

    def open(self, address: str) -> dict[str, Any]:
        """Go to a page, open its panel by the keyboard; the first answer."""
        self.tab.goto(address)
        button = self.tab.locator(".zoo-try .zoo-start")
        button.wait_for(state="visible")
        button.focus()
        self.tab.keyboard.press("Enter")
        return self.answer(0)

    def answer(self, after: int) -> dict[str, Any]:
        """The newest answer, once there are more than `after` and none is still to come."""
        script = "([after]) => (window.zooAnswers?.length ?? 0) > after ||"
        script += " document.querySelector('.zoo-try .zoo-wrong:not([hidden]), .zoo-problem')"
        self.tab.wait_for_function(script, arg=[after], timeout=MOST)
        self.tab.wait_for_timeout(150)  # inputs that came while the model ran are asked then
        found = self.tab.evaluate("window.zooAnswers?.at(-1)")
        wrong = self.tab.locator(".zoo-try .zoo-wrong:visible, .zoo-problem").all_inner_texts()
        if wrong or not found:
            raise AssertionError(f"the panel says: {'; '.join(wrong)}")
        return found

    def count(self) -> int:
        """How many answers there were."""
        return self.tab.evaluate("window.zooAnswers?.length ?? 0")

    def change(self) -> dict[str, Any]:
        """Change one input as a person would; the new answer."""
        before = self.count()
        for selector, act in CONTROLS:
            controls = self.tab.locator(f".zoo-form {selector}")
            if controls.count():
                act(controls.first)
                return self.answer(before)
        raise AssertionError("the panel has no control")


def _keys(control: Any, *keys: str) -> None:
    control.focus()
    for key in keys:
        control.press(key)


def _type(control: Any) -> None:
    """The text's first words, and one that no vocabulary has."""
    control.fill(" ".join([*control.input_value().split()[:2], "zebra"]))


def _slide(control: Any) -> None:
    """Two steps away from the nearer end."""
    upper = control.evaluate("each => Number(each.value) > (Number(each.min) + +each.max) / 2")
    _keys(control, *(["ArrowLeft" if upper else "ArrowRight"] * 2))


def _choose(control: Any) -> None:
    """Take another option than the one that is chosen."""
    values = control.locator("option:not([hidden])").evaluate_all("all => all.map(o => o.value)")
    now = control.input_value()
    control.select_option(next(value for value in reversed(values) if value != now))
