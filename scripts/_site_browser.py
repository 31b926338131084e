"""Looks at the site in headless Chromium, on wide and narrow pages: overflow, contrast, errors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}  # pixels
THEMES = ("light", "dark")
RULES = (  # of axe-core
    "aria-allowed-attr",
    "color-contrast",
    "image-alt",
    "label",
    "link-name",
    "scrollable-region-focusable",
)
# Elements that reach beyond the page without a scrolling box around them.
WIDER = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const clipped = (each) => {
    for (let up = each.parentElement; up && up !== page; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  const wide = [...document.body.querySelectorAll("*")].filter(
    (each) => each.getBoundingClientRect().right > page.clientWidth + 1 && !clipped(each));
  return (wide.length ? wide : [page]).slice(0, 3).map(
    (each) => `${each.tagName.toLowerCase()}.${each.getAttribute("class") ?? ""}`);
}"""


def chromium() -> str | None:
    """The browser's program: `$CHROMIUM`, or the first that is installed; None without one."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def problems(
    browser: str, site: Path, pages: Sequence[str], pictures: Path | None = None
) -> Iterator[str]:
    """What is wrong with these pages at each width, light and dark, and with what the scripts do.

    Args:
        browser: Chromium's program.
        site: The folder that holds the pages, opened as files.
        pages: Their paths in it.
        pictures: A folder for a picture of every page; None for none.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        context = opened.new_context(reduced_motion="reduce")
        tab = context.new_page()
        errors: list[str] = []
        tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        for name in pages:
            errors.clear()
            tab.goto((site / name).resolve().as_uri())
            yield from (f"{name}{line}" for line in _looked_at(tab, name, pictures))
            yield from (f"{name}: error on the console: {line}" for line in errors)
        yield from _behavior(tab, site)
        yield from _without_scripts(opened, site)
        opened.close()


def _looked_at(tab: Tab, name: str, pictures: Path | None) -> Iterator[str]:
    """Problems of the page in the tab."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    options = {"runOnly": {"type": "rule", "values": list(RULES)}, "resultTypes": ["violations"]}
    # Rows of long tables and lines of code are alike: the first few stand for all.
    context = {"exclude": [["tbody tr:nth-child(n+4)"], [".highlight pre > span:nth-child(n+40)"]]}
    for device, (width, height) in WIDTHS.items():
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(500)  # the theme then makes scrolling boxes focusable
        wide = tab.evaluate(WIDER)
        if wide:
            yield f" ({device}): wider than the page: {', '.join(wide)}"
        for theme in THEMES:
            tab.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            found = axe.run(tab, context=context, options=options).response["violations"]
            yield from (f" ({device}, {theme}): {line}" for line in _said(found))
            if pictures:
                file = f"{name.removesuffix('.html').replace('/', '_')}-{device}-{theme}.png"
                tab.screenshot(path=pictures / file, full_page=True)


def _said(violations: Sequence[Any]) -> Iterator[str]:
    for each in violations:
        for node in each["nodes"][:3]:
            reason = " ".join(node["failureSummary"].split()).partition("the following: ")[2]
            yield f"{each['id']}: {node['target'][0]}: {reason}"


def _behavior(tab: Tab, site: Path) -> Iterator[str]:
    """Whether search, filter and the arithmetic of a diagram do what they are for."""
    home = site.resolve().as_uri()
    tab.goto(f"{home}/search.html?q=basketball")
    if not _appears(tab, "#search-results a"):
        yield "search.html: finds no page on basketball"
    tab.goto(f"{home}/models/index.html?concept=stacking")
    shown = tab.locator(".zoo-card:visible")
    names = shown.locator("h3").all_inner_texts()
    if not 0 < len(names) < tab.locator(".zoo-card").count():
        yield f"models/index.html: the filter for a concept shows {len(names)} cards"
    tab.goto(f"{home}/models/mlp.html")
    tab.locator(".zoo-diagram g.node").nth(1).focus()
    if "= 110" not in tab.locator(".zoo-tip:visible").all_inner_texts().__str__():
        yield "models/mlp.html: a box that has the focus does not show its arithmetic"


def _appears(tab: Tab, selector: str) -> bool:
    from playwright.sync_api import TimeoutError

    try:
        tab.wait_for_selector(selector, timeout=10_000)
    except TimeoutError:
        return False
    return True


def _without_scripts(opened: Browser, site: Path) -> Iterator[str]:
    """Whether the gallery shows all its cards without JavaScript."""
    tab = opened.new_context(java_script_enabled=False).new_page()
    tab.goto((site / "models" / "index.html").resolve().as_uri())
    cards = tab.locator(".zoo-card")
    if tab.locator(".zoo-card:visible").count() != cards.count():
        yield "models/index.html: cards are hidden without JavaScript"
