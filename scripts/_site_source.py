"""The source folder of the site: the repository's pages, and those made from the registry."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import click
import jinja2
from _page import ROOT
from _site_diagrams import inline, picture, size, stylesheet, texts
from _site_facts import EXAMPLES, Facts, slug

import zoo
from zoo.cli.root import COMMANDS, cli
from zoo.inspection.model_card import shape_text
from zoo.inspection.source_code import standalone_source
from zoo.models.abstract_build import abstract_build
from zoo.models.spec import ModelSpec

SITE = ROOT / "docs" / "site"
DIAGRAMS = ROOT / "docs" / "diagrams"
NO_PANELS: Mapping[str, Sequence[str]] = {}
TRIED = {  # architecture whose panel the start page names -> what to do there
    "basketball": "pick two teams",
    "memory_qa": "tell a story and ask",
    "digit_mlp": "draw a digit",
    "sequence_tagger": "draw a signal",
    "siamese_lstm": "compare two sentences",
    "text_generator": "have a text continued",
}
STRIP = ("basketball", "siamese_lstm", "inception_module", "qa", "residual_identity")
MEASURED = (
    *("results", "claims", "speed", "exports", "tuning", "ensembles", "normalization"),
    "forecast",
)
PROJECT = ("architecture", "releasing")
REPLACED = ("catalog", "concepts")  # by pages of their own
THUMBNAIL = (264, 200)  # pixels
SMALLEST = 0.32  # scale at which a diagram is shown whole
CUT = 0.5  # scale of one that is cut off below
GALLERY = "lessons"
KEPT = (GALLERY, "sg_execution_times.rst")  # sphinx-gallery's

Pages = Iterator[tuple[str, str | bytes]]  # path in the source folder, content


def write_source(folder: Path, panels: Mapping[str, Sequence[str]]) -> None:
    """Bring the folder up to date: only what differs is written, what is not a page is removed.

    Args:
        folder: The source folder.
        panels: Architecture -> the recipes whose models its page runs.
    """
    shutil.rmtree(folder / "examples", ignore_errors=True)  # with the run folders of lessons
    pages = dict(_pages(Facts(), panels))
    for path in (folder / GALLERY).glob("*/plot_*.rst"):
        if f"examples/{path.parent.name}/{path.stem}.py" not in pages:
            shutil.rmtree(folder / GALLERY)  # a lesson is gone
            break
    for name, content in pages.items():
        path = folder / name
        data = content.encode() if isinstance(content, str) else content
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.as_posix() not in pages and name.parts[0] not in KEPT:
            path.unlink()


def _pages(facts: Facts, panels: Mapping[str, Sequence[str]]) -> Pages:
    yield from _copied()
    environment = _environment(facts, panels)
    yield from _generated(environment, facts)
    for entry in facts.entries:
        yield from _architecture(environment, entry, panels.get(entry.name, ()))
    yield "_static/diagrams.css", stylesheet()


def _copied() -> Pages:
    """Files of the repository, at the same places, so that their links hold."""
    yield "conf.py", (SITE / "conf.py").read_bytes()
    static = SITE / "static"
    for path in sorted(static.rglob("*")):
        if path.is_file():
            yield f"_static/{path.relative_to(static).as_posix()}", path.read_bytes()
    kept = [
        path
        for path in sorted((ROOT / "docs").rglob("*"))
        if path.is_file() and SITE not in path.parents and path.stem not in REPLACED
    ]
    for path in [*kept, *sorted((ROOT / "datasets").rglob("README.md")), *ROOT.glob("C*.md")]:
        if path.suffix != ".md":
            yield path.relative_to(ROOT).as_posix(), path.read_bytes()
            continue
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(ROOT).as_posix(), _linked(text)
        for linked in _files_linked(path, text):
            yield linked.relative_to(ROOT).as_posix(), linked.read_bytes()
    for path in sorted(EXAMPLES.rglob("*")):
        if path.is_file() and "tensorboard_logs" not in path.parts and path.suffix != ".pyc":
            yield path.relative_to(ROOT).as_posix(), path.read_bytes()


def _files_linked(page: Path, text: str) -> Iterator[Path]:
    """Files of the repository, not pages, that a page links to."""
    for link in re.findall(r"\]\((?!\w+:|/)([^)#\s]+)", text):
        path = (page.parent / link).resolve()
        if path.is_file() and path.suffix != ".md" and ROOT in path.parents:
            yield path


def _linked(text: str) -> str:
    """Markdown whose links to README, the catalog and the concepts lead to the site's own pages."""
    text = re.sub(r"\]\([\w./]*?catalog\.md#(\w+)\)", r"](/models/\1.md)", text)
    text = re.sub(r"\]\([\w./]*?concepts\.md#([\w-]+)\)", r"](/concepts/\1.md)", text)
    text = re.sub(r"\]\([\w./]*?catalog\.md\)", "](/models/index.md)", text)
    text = re.sub(r"\]\((?:\.\./)+README\.md(?:#[\w-]+)?\)", "](/index.md)", text)
    return re.sub(r"\]\([\w./]*?concepts\.md\)", "](/concepts/index.md)", text)


def _environment(
    facts: Facts, panels: Mapping[str, Sequence[str]] = NO_PANELS
) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SITE / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "html": _html,
        "cell": _cell,
        "sentence": _sentence,
        "slug": slug,
        "number": "{:,}".format,
    }
    environment.tests["paper"] = lambda key: key.startswith("arXiv")
    environment.globals |= {
        "facts": facts,
        "panels": panels,
        "picture_size": picture_size,
        "thumbnail": thumbnail,
        "shape_text": shape_text,
        "version": zoo.__version__,
    }
    return environment


def _html(text: str) -> str:
    """Plain text with `code` as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=True))


def _cell(text: object) -> str:
    """Text for a cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|") or "-"


def _sentence(text: str) -> str:
    """Text with a capital letter first and a full stop last; code stays as it is."""
    first = text[:1] if text.startswith("`") else text[:1].upper()
    return f"{first}{text[1:].removesuffix('.')}." if text else ""


def picture_size(name: str) -> tuple[int, int]:
    """Width and height of an architecture's diagram in pixels."""
    return size((DIAGRAMS / f"{name}.svg").read_text(encoding="utf-8"))


def thumbnail(name: str) -> dict[str, Any]:
    """Size of an architecture's picture on a card, and whether it is cut off below."""
    width, height = picture_size(name)
    whole = min(THUMBNAIL[0] / width, THUMBNAIL[1] / height, 1)
    scale = whole if whole >= SMALLEST else min(CUT, THUMBNAIL[0] / width)
    shown = (round(width * scale), round(height * scale))
    return {"width": shown[0], "height": shown[1], "cut": shown[1] > THUMBNAIL[1]}


def _generated(environment: jinja2.Environment, facts: Facts) -> Pages:
    def page(template: str, **values: Any) -> str:
        return environment.get_template(f"{template}.jinja").render(**values)

    lessons = any(EXAMPLES.glob("*/plot_*.py"))
    guides = sorted(
        path.stem
        for path in (ROOT / "docs").glob("*.md")
        if path.stem not in (*MEASURED, *PROJECT, *REPLACED)
    )
    decisions = sorted(
        f"decisions/{path.stem}" for path in (ROOT / "docs" / "decisions").glob("*.md")
    )
    data = sorted(
        f"/datasets/{path.parent.name}/README" for path in (ROOT / "datasets").glob("*/README.md")
    )
    yield (
        "index.md",
        page("index.md", strip=STRIP, lessons=lessons, example=_example(), tried=TRIED),
    )
    yield "models/index.md", page("gallery.md")
    yield "documents/index.md", page("documents.md")
    for key, document in facts.documents.items():
        yield f"documents/{slug(key)}.md", page("document.md", document=document)
    yield "concepts/index.md", page("concepts.md")
    for key in facts.meanings:
        yield f"concepts/{key}.md", page("concept.md", concept=facts.concept(key))
    yield (
        "docs/index.md",
        page("guides.md", guides=guides, decisions=decisions, data=data, project=PROJECT),
    )
    yield "docs/measured.md", page("measured.md", measured=MEASURED)
    yield "docs/command-line.md", page("command_line.md", commands=_commands())
    yield "api/index.md", page("api.md")
    for names in facts.public.values():
        for public in names:
            yield f"api/{public.name}.rst", page("public.rst", public=public)


def _example() -> str:
    """README's example of what training prints, if it has one."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- example -->\n```\n(.*?)\n```\n<!-- /example -->", readme, re.DOTALL)
    return found[1] if found else ""


def _commands() -> Iterator[tuple[str, str, str]]:
    """Every command, its line in the list, and its help."""
    above = click.Context(cli, info_name="zoo", terminal_width=88)
    for name, (_, line) in COMMANDS.items():
        command = cli.get_command(above, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=above, terminal_width=88)
        yield name, line, command.get_help(context)
        if isinstance(command, click.Group):
            for inner, each in command.commands.items():
                below = click.Context(each, info_name=inner, parent=context, terminal_width=88)
                yield f"{name} {inner}", each.get_short_help_str(100), each.get_help(below)


def _architecture(
    environment: jinja2.Environment, entry: ModelSpec, panels: Sequence[str]
) -> Pages:
    """The page of an architecture, its standalone file and its pictures."""
    svg = (DIAGRAMS / f"{entry.name}.svg").read_text(encoding="utf-8")
    with abstract_build():  # no memory for weights
        model = zoo.build(entry.name)
    explanation = zoo.explain(model, weightless=True)
    text = environment.get_template("architecture.md.jinja").render(
        entry=entry,
        recipes_here=panels,
        sized=entry.resolved(),
        explanation=zoo.explain(model),
        diagram=inline(svg, entry.name, texts(model, explanation)),
    )
    yield f"models/{entry.name}.md", text
    yield f"models/standalone/{entry.name}.py", standalone_source(entry)
    yield f"_static/diagrams/{entry.name}.svg", picture(svg)
    yield f"_static/diagrams/{entry.name}.dark.svg", picture(svg, dark=True)
