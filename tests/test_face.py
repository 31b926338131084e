"""The Python face: everything in `zoo.__all__`, found lazily and shown by `help`."""

from __future__ import annotations

import ast
import inspect
import pydoc
import subprocess
import sys
from pathlib import Path

import pytest

import zoo


@pytest.mark.parametrize("name", zoo.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(zoo, name)
    assert inspect.getdoc(found), name
    assert name in dir(zoo)


def test_importing_the_face_imports_nothing_heavy() -> None:
    program = (
        "import sys, zoo\n"
        "heavy = {'numpy', 'pandas', 'tensorflow', 'keras', 'graphviz', 'zoo.models', 'zoo.data'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


def test_type_checkers_see_what_is_imported_lazily() -> None:
    """The imports for type checkers and the table of lazy imports name the same places."""
    tree = ast.parse(Path(zoo.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname or alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == zoo._LAZY
    assert sorted({*seen, "build"}) == sorted(zoo.__all__)
    assert (Path(zoo.__file__).parent / "py.typed").is_file()


def test_help_shows_the_public_face() -> None:
    text = pydoc.plain(pydoc.render_doc(zoo))
    for name in zoo.__all__:
        assert name in text
    assert "class Recipe" in text
    assert "build(name: 'str'" in text


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'zoo' has no attribute 'trian'"):
        zoo.trian  # noqa: B018
