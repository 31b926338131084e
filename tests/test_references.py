"""Pages and docstrings name only modules, functions and files that are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import zoo
from zoo.models.documents import DOCUMENTS
from zoo.models.spec import CONCEPTS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *(path for path in sorted(ROOT.glob("*.md")) if path.name != "CHANGELOG.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "datasets").rglob("*.md")),
    ROOT / "tensorboard_logs" / "README.md",
]
SOURCES = [path for room in ("zoo", "scripts", "tests") for path in (ROOT / room).rglob("*.py")]
DOTTED = re.compile(r"\bzoo(?:\.\w+)+")  # zoo.core.files.replacing
FILE = re.compile(  # zoo/cli/train.py, but neither an address nor a part of another path
    r"(?<![\w/.:-])(?:zoo|scripts|tests|docs|results|datasets)(?:/[\w-]+)*/[\w-]+(?:\.[a-z]+)+"
)
MODULE = re.compile(r"`([\w/]+\.py)`")  # experiments/feeding.py, engine.py
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")  # [text](page.md#part)


def _docstrings(path: Path) -> str:
    """All docstrings of a module, one after the other."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [
        ast.get_docstring(node)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    return "\n".join(text for text in texts if text)


def _exists(dotted: str) -> bool:
    """Whether a dotted name is a module, or something that one defines."""
    place = ROOT
    for name in dotted.split("."):
        file = place / f"{name}.py"
        if not (place / name).is_dir() and not file.is_file():
            break
        place = place / name if (place / name).is_dir() else file
    else:
        return True
    if place == ROOT / "zoo":
        return name in zoo.__all__ or hasattr(zoo, name)
    file = place / "__init__.py" if place.is_dir() else place
    return re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) is not None


def _is_source(end: str) -> bool:
    return any(path.as_posix().endswith(f"/{end}") for path in SOURCES)


def _missing(path: Path, text: str) -> Iterator[str]:
    """What `text` names and nobody finds."""
    yield from (name for name in DOTTED.findall(text) if not _exists(name))
    yield from (name for name in FILE.findall(text) if not (ROOT / name).exists())
    if path.suffix == ".md":
        modules = MODULE.findall(text)
        yield from (name for name in modules if not _is_source(name))
        links = LINK.findall(text)
        yield from (link for link in links if not (path.parent / link).exists())


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_name_what_is_there(page: Path) -> None:
    assert not list(_missing(page, page.read_text(encoding="utf-8")))


def test_docstrings_name_what_is_there() -> None:
    found = {
        str(path.relative_to(ROOT)): missing
        for path in SOURCES
        if (missing := list(_missing(path, _docstrings(path))))
    }
    assert not found


def test_readme_counts_what_is_there() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    words = {5: "five", 6: "six", 10: "ten", 15: "fifteen"}
    papers = sum(key.startswith("arXiv:") for key in DOCUMENTS)
    sources = f"{words[len(DOCUMENTS) - papers]} teaching documents and {words[papers]} papers"
    names = zoo.list_models()
    assert f": {len(names)} architectures of {sources}, on today's Keras." in text
    assert f"{sum(bool(zoo.spec(name).recipe) for name in names)} train with one command" in text
    assert f"explains {len(CONCEPTS)} ideas" in text
    tasks = len([*(ROOT / "examples" / "tasks").glob("plot_*.py")])
    lessons = len([*(ROOT / "examples").rglob("plot_*.py")])
    assert f"has {words[lessons]} lessons that run" in text
    assert f"and {words[tasks]} for tasks" in text
    for name, count in re.findall(r"\| \[`(\w+)`\]\(docs/catalog[^|]*\| ([\d,]+) \|", text):
        assert f"{zoo.spec(name).count:,}" == count
