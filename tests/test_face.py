"""The Python face: everything in `zoo.__all__`, found lazily and shown by `help`."""

from __future__ import annotations

import ast
import inspect
import pydoc
import re
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


def test_help_shows_the_public_face_first() -> None:
    text = pydoc.plain(pydoc.render_doc(zoo))
    described = text.partition("PACKAGE CONTENTS")[0]
    for name in zoo.__all__:
        assert f"`{name}`" in described
    defined = {*re.findall(r"^    (?:class )?(\w+)\(", text, re.MULTILINE)}
    assert defined == {*zoo.__all__}


def test_dir_lists_the_public_face_alone() -> None:
    assert dir(zoo) == sorted([*zoo.__all__, "__version__"])


def test_an_unknown_attribute_is_an_attribute_error_with_the_nearest_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'sumary'; did you mean summary"):
        zoo.sumary  # noqa: B018
    with pytest.raises(AttributeError, match=r"module 'zoo' has no attribute 'xyz'$"):
        zoo.xyz  # noqa: B018
    assert not hasattr(zoo, "__wrapped__")
