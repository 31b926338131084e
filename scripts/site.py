"""Build the site: static pages in build/site, from the registry, docs/, examples/ and results/.

    python scripts/site.py [--no-lessons] [--no-panels] [--pictures FOLDER]
    python scripts/site.py --check

Lessons that have changed since the last build are run; `--no-lessons` shows their text and code
alone, as `--check` does, which builds into build/site_check. The panels in which a page runs its
model need npm, which fetches their runtime; without it, the site has none.

A check fails on a warning of Sphinx, a dead link or anchor, anything loaded from another host, and
a missing page. Where Chromium is installed (or `$CHROMIUM` names it), it also looks at pages of
each kind, at two widths, light and dark: nothing wider than the page, contrast as WCAG's level AA
wants it, no error on the console, search and filter work.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import _gallery
import _site_browser as browser
import _site_links as links
import _site_panels as panels
from _page import ROOT, Script
from _site_facts import Facts, slug

from zoo.inspection.model_card import recipes_of

SITE = ROOT / "build" / "site"
CHECKED = ROOT / "build" / "site_check" / "html"


def work(given: argparse.Namespace) -> int:
    """Build the site and say what is wrong with it; the exit status."""
    from _site_build import build  # Sphinx may be missing

    lessons, models, gallery = given.lessons, {}, _gallery.GALLERY
    try:
        ort = panels.runtime() if given.panels else None
    except panels.PanelsLeftOut as reason:
        ort = None
        print(f"note: the site is built without the panels that run models: {reason}")
    if ort:
        _gallery.build(lambda name: print(f"model of {name}", flush=True))
        models = _gallery.by_architecture()
    folder = SITE.with_name("site_work")
    warnings = build(SITE, folder, lessons=lessons, status=sys.stdout, panels=models)
    if ort:
        panels.copy(SITE, gallery, ort)
    found = [*warnings, *links.problems(SITE)]
    if given.pictures:
        found += _seen(SITE, Path(given.pictures))
    for line in found:
        print(line, file=sys.stderr)
    site, runtime = panels.size(SITE)
    print(f"written: {SITE.relative_to(ROOT)}, {_megabytes(site)}", end="")
    print(f", and the runtime, {_megabytes(runtime)}" if runtime else "")
    print("look at it: zoo site --open")
    return 1 if found else 0


def problems() -> Iterator[str]:
    """What is wrong with a site built anew, its lessons not run."""
    from _site_build import build

    folder = CHECKED.with_name("work")
    # the panels are there, without files: tests/gallery runs them
    models = _gallery.by_architecture()
    yield from build(CHECKED, folder, lessons=False, status=None, panels=models)
    yield from links.problems(CHECKED)
    yield from _missing(Facts())
    yield from _seen(CHECKED)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _missing(facts: Facts) -> Iterator[str]:
    """Architectures, recipes, documents and concepts that have no place on the site."""
    for entry in facts.entries:
        sections = [f"recipe-{name.replace('_', '-')}" for name in recipes_of(entry)]
        yield from links.missing(CHECKED, f"models/{entry.name}.html", sections)
    for key in facts.documents:
        yield from links.missing(CHECKED, f"documents/{slug(key)}.html", [])
    for key in facts.meanings:
        yield from links.missing(CHECKED, f"concepts/{key}.html", [])


def _seen(site: Path, pictures: Path | None = None) -> Iterable[str]:
    """What Chromium finds on pages of each kind, if it is installed."""
    program = browser.chromium()
    if not program:
        print("not checked: widths and contrast, as no Chromium is installed")
        return []
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    return browser.problems(program, site, sample(site), pictures)


def sample(site: Path) -> list[str]:
    """Pages of each kind: one architecture of every family, the others once or twice."""
    facts = Facts()
    models = [f"models/{entries[-1].name}.html" for entries in facts.families.values() if entries]
    lessons = sorted(
        path.relative_to(site).as_posix() for path in site.glob("lessons/*/plot_*.html")
    )
    wanted = [
        "index.html",
        "models/index.html",
        *models,
        "documents/index.html",
        f"documents/{slug(next(iter(facts.documents)))}.html",
        "concepts/index.html",
        "concepts/merge.html",
        "docs/index.html",
        "docs/results.html",
        "docs/speed.html",
        "docs/command-line.html",
        "docs/keras-2-to-3.html",
        "api/index.html",
        "api/zoo.fit.html",
        "api/zoo.Recipe.html",
        "lessons/index.html",
        *lessons[:1],
        *lessons[-1:],
    ]
    return [page for page in dict.fromkeys(wanted) if (site / page).is_file()]


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-lessons", dest="lessons", action="store_false", help="show them without running them"
    )
    parser.add_argument(
        "--no-panels", dest="panels", action="store_false", help="run no model in the pages"
    )
    parser.add_argument("--pictures", metavar="FOLDER", help="take pictures of pages of each kind")


SCRIPT = Script(str(__doc__), work=work, problems=problems, options=_options, needs="docs")

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
