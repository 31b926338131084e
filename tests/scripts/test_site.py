"""The site's parts that need no Sphinx: links, diagrams, facts, the source folder."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="needs the extra `docs`")

import _site_diagrams as diagrams
import _site_links as links
import _site_source as source
from _site_build import _remove_stale
from _site_facts import Facts, slug
from support import few_fast

import zoo
from zoo.inspection.diagram import dot
from zoo.models.abstract_build import abstract_build
from zoo.recipes.recipe import Recipe

FACTS = Facts()
drawn = pytest.mark.parametrize("name", ["basketball", "video_classifier", "memory_qa"])


def saved(name: str) -> str:
    return (source.DIAGRAMS / f"{name}.svg").read_text(encoding="utf-8")


def said(name: str) -> dict[str, str]:
    with abstract_build():
        model = zoo.build(name)
    return diagrams.texts(model, zoo.explain(model, weightless=True))


def page(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="other/b.html">', ""),
        ('<a href="other/b.html#there">', ""),
        ('<a href="#here"><p id="here">', ""),
        ('<a href="https://arxiv.org/abs/1409.4842">', ""),
        ('<img src="data:image/png;base64,AA">', ""),
        ('<link rel="canonical" href="https://example.org/">', ""),
        ('<a href="gone.html">', "a.html: dead link gone.html"),
        ('<a href="other/">', "a.html: dead link other/"),
        ('<a href="../outside.html">', "a.html: dead link ../outside.html"),
        ('<a href="other/b.html#gone">', "a.html: dead anchor other/b.html#gone"),
        ('<a href="#gone">', "a.html: dead anchor #gone"),
        ('<img src="gone.png">', "a.html: dead link gone.png"),
        ('<img src="b.svg" srcset="b.svg 1x, gone.svg 2x">', "a.html: dead link gone.svg"),
        ('<a href="/other/b.html">', "breaks where the site is not at the root"),
        ('<script src="https://cdn.example/x.js">', "loads https://cdn.example/x.js from another"),
        ('<script src="//cdn.example/x.js">', "loads //cdn.example/x.js from another host"),
        ('<link rel="stylesheet" href="https://cdn.example/x.css">', "from another host"),
        ('<link rel="preconnect" href="https://fonts.example">', "from another host"),
        ('<p style="background: url(https://cdn.example/x.png)">', "from another host"),
    ],
)
def test_links(tmp_path: Path, body: str, problem: str) -> None:
    links.read.cache_clear()
    site = tmp_path / "site"
    page(site, "a.html", body)
    page(site, "other/b.html", '<h2 id="there">')
    (site / "b.svg").write_text("<svg/>")
    (tmp_path / "outside.html").write_text("")
    found = list(links.problems(site))
    assert len(found) == bool(problem)
    assert problem in "".join(found)


def test_links_of_stylesheets(tmp_path: Path) -> None:
    css = '@import "https://fonts.example/a.css"; p { background: url("../b.svg") }'
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text(css)
    assert sorted(links.problems(tmp_path)) == [
        "css/a.css: dead link ../b.svg",
        "css/a.css: loads https://fonts.example/a.css from another host",
    ]


def test_missing_pages_and_sections(tmp_path: Path) -> None:
    links.read.cache_clear()
    page(tmp_path, "a.html", '<section id="one">')
    assert not list(links.missing(tmp_path, "a.html", ["one"]))
    assert list(links.missing(tmp_path, "a.html", ["two"])) == ["a.html: no section two"]
    assert list(links.missing(tmp_path, "b.html", [])) == ["no page b.html"]


@drawn
def test_every_box_says_its_arithmetic(name: str) -> None:
    svg = diagrams.inline(saved(name), name, said(name))
    boxes = re.findall(r'class="node" tabindex="0" role="img" aria-label="([^"]+)"', svg)
    assert len(boxes) == saved(name).count('class="node"')
    assert svg.count("<title>") == len(boxes)
    assert "\n\n" not in svg


def test_arithmetic_is_that_of_explain() -> None:
    lines = zoo.explain("mlp").lines
    found = said("mlp")
    for line in lines:
        assert found[line.name] == f"{line.layer}: {line.formula} = {line.count:,}"
    assert said("basketball")["home"] == "InputLayer: no parameters"
    assert said("video_classifier")["digits/hidden_1"] == "Dense: (784 + 1) x 64 = 50,240"
    assert said("video_classifier")["digits"].endswith("together 55,050 parameters")
    assert "shared, called 3 times" in said("memory_qa")["update (call 2)"]


def test_a_folded_block_lists_some_layers_and_the_sum() -> None:
    text = said("inception_network")["inception_3a"].splitlines()
    assert len(text) == diagrams.LISTED + 2
    assert text[-1] == "together 10,576 parameters"
    assert re.fullmatch(r"and \d+ more", text[-2])


def test_a_box_without_arithmetic_is_an_error() -> None:
    with pytest.raises(KeyError):
        diagrams.inline(saved("mlp"), "mlp", {})


def test_every_color_of_diagrams_has_a_dark_one() -> None:
    used = {color.lower() for color in (*dot.FILLS.values(), *dot.TIES, dot.FRAME_FILL)}
    used |= {color.lower() for color in (dot.INK, dot.SOFT_INK, dot.LINE)}
    for path in source.DIAGRAMS.glob("*.svg"):
        used |= set(re.findall(r'(?:fill|stroke)="([^"]+)"', path.read_text(encoding="utf-8")))
    assert used - {"none"} <= set(diagrams.DARK)
    dark = diagrams.picture(saved("basketball"), dark=True)
    assert not set(re.findall(r'fill="([^"]+)"', dark)) & {"white", "#ffffff", dot.INK.lower()}
    for color in used - {"none"}:
        assert f'[fill="{color}"]' in diagrams.stylesheet()


@pytest.mark.parametrize("ink", [dot.INK, dot.SOFT_INK])
@pytest.mark.parametrize("fill", dot.FILLS.values())
@pytest.mark.parametrize("dark", [False, True])
def test_text_in_boxes_meets_aa(ink: str, fill: str, dark: bool) -> None:
    colors = [each.lower() for each in (ink, fill)]
    if dark:
        colors = [diagrams.DARK[each] for each in colors]
    light, low = sorted(map(_luminance, colors), reverse=True)
    assert (light + 0.05) / (low + 0.05) >= 4.5


def _luminance(color: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_thumbnails_fit_or_are_cut() -> None:
    for name in zoo.list_models():
        shown = source.thumbnail(name)
        assert shown["width"] <= source.THUMBNAIL[0]
        assert shown["cut"] is (shown["height"] > source.THUMBNAIL[1])


def test_links_to_the_catalog_lead_to_pages_of_models() -> None:
    text = "[a](catalog.md#mlp) [b](../concepts.md#merge) [c](catalog.md) [d](speed.md#top)"
    linked = "[a](/models/mlp.md) [b](/concepts/merge.md) [c](/models/index.md) [d](speed.md#top)"
    assert source._linked(text) == linked
    assert source._linked("[a](../../README.md#real-games)") == "[a](/index.md)"
    assert source._linked("[a](images/README.md)") == "[a](images/README.md)"


def test_files_that_pages_link_to_come_along() -> None:
    text = "[a](../scripts/site.py) [b](results.md) [c](https://keras.io) [d](gone.py) [e](/x.py)"
    found = list(source._files_linked(source.ROOT / "docs" / "page.md", text))
    assert found == [source.ROOT / "scripts" / "site.py"]


def test_pages_without_a_source_are_removed(tmp_path: Path) -> None:
    for name in ("kept", "gone", "search", "_modules/zoo"):
        page(tmp_path, f"{name}.html", "")
    _remove_stale(tmp_path, {"kept"})
    assert sorted(path.stem for path in tmp_path.rglob("*.html")) == ["kept", "search", "zoo"]


def test_texts_become_html() -> None:
    assert source._html('a < b, `zoo.fit("x")`') == (
        "a &lt; b, <code>zoo.fit(&quot;x&quot;)</code>"
    )
    assert source._cell("a | b\nc") == "a \\| b c"
    assert source._cell("") == "-"
    assert source._sentence("as printed: Adam") == "As printed: Adam."
    assert source._sentence("`pred` is read.") == "`pred` is read."
    assert source._sentence("") == ""
    assert slug("arXiv:1409.4842") == "arXiv-1409.4842"


def test_source_folder_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: dict[str, str | bytes] = {
        "a.md": "one",
        "deep/b.svg": b"two",
        "examples/tasks/plot_1.py": "",
    }
    monkeypatch.setattr(source, "_pages", lambda facts, panels: iter(pages.items()))
    source.write_source(tmp_path, {})
    made = (tmp_path / "a.md").stat().st_mtime_ns
    lesson = tmp_path / "lessons" / "tasks" / "plot_1.rst"
    lesson.parent.mkdir(parents=True)
    lesson.write_text("by sphinx-gallery")
    (tmp_path / "stale.md").write_text("")
    pages["deep/b.svg"] = b"three"
    source.write_source(tmp_path, {})
    assert (tmp_path / "a.md").stat().st_mtime_ns == made  # so that Sphinx does not read it again
    assert (tmp_path / "deep" / "b.svg").read_bytes() == b"three"
    there = sorted(path.name for path in tmp_path.rglob("*.*"))
    assert there == ["a.md", "b.svg", "plot_1.py", "plot_1.rst"]
    del pages["examples/tasks/plot_1.py"]
    source.write_source(tmp_path, {})
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["a.md", "b.svg"]


def test_public_names_are_listed_once_under_a_heading() -> None:
    names = [each.name for group in FACTS.public.values() for each in group]
    assert len(names) == len(set(names))
    assert {f"zoo.{name}" for name in zoo.__all__} <= set(names)
    assert "zoo.data.card" in names
    assert "zoo.data.Dataset" not in names  # as zoo.Dataset
    assert FACTS.public["Errors"][0].name == "zoo.core.errors.ZooError"


def test_settings_are_what_differs_from_the_defaults() -> None:
    recipe = Recipe(
        name="r",
        architecture="mlp",
        dataset="mixture",
        summary="s",
        loss={"label": "mse"},
        metrics={"label": ("mae", "mse")},
        reduce_lr=3,
    )
    assert FACTS.settings(recipe) == [
        ("dataset", "mixture"),
        ("loss", "label: mse"),
        ("metrics", "label: mae, mse"),
        ("optimizer", "adam"),
        ("learning_rate", "0.001"),
        ("epochs", "10"),
        ("batch_size", "32"),
        ("reduce_lr", "3"),
    ]


@pytest.mark.parametrize("name", few_fast(zoo.list_models(), "basketball", "inception_v3"))
def test_every_template_fills(name: str) -> None:
    entry = zoo.spec(name)
    environment = source._environment(FACTS)
    text = environment.get_template("architecture.md.jinja").render(
        entry=entry,
        recipes_here=["first", "second"],
        sized=entry.resolved(),
        explanation=zoo.explain("mlp"),
        diagram="<svg></svg>",
    )
    assert 'data-recipes="first second"' in text
    assert f"{entry.count:,} parameters" in text
    assert all(erratum in text for erratum in entry.errata)
    assert all(f"### {recipe.name}\n" in text for recipe in FACTS.recipes(entry))
    card = environment.from_string(
        '{% import "_macros.html.jinja" as macros with context %}{{ macros.card(entry, "../") }}'
    ).render(entry=entry)
    assert html.escape(entry.name) in card
    assert card.count("../concepts/") == len(entry.concepts)
