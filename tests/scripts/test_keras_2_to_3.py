"""Every snippet of docs/keras-2-to-3.md, run: old ones do what the page says, new ones work.

Those that train or predict are slow: Keras traces a function for each.
"""

from __future__ import annotations

import builtins
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from _keras_2_to_3 import GIVEN, PARTS, Change, page, parts

from zoo.models.documents import DOCUMENTS

CHANGES = [change for part in parts() for change in part.changes]


@pytest.fixture(autouse=True)
def _run_somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(code: str, then: str) -> list[warnings.WarningMessage]:
    """Run a snippet after the page's lines and test what then holds; the warnings."""
    names: dict[str, Any] = {}
    exec(GIVEN, names)
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        exec(code, names)
    assert not then or eval(then, names), then
    return [each for each in given if not str(each.message).startswith("__array__ implementation")]


def snippets(which: str) -> list[Any]:
    """The changes that have an old or a new snippet, slow where it runs a compiled model."""
    return [
        pytest.param(change, id=change.anchor, marks=[pytest.mark.slow] * traces(change, which))
        for change in CHANGES
        if getattr(change, which)
    ]


def traces(change: Change, which: str) -> bool:
    code, fails = getattr(change, which), which == "old" and change.raises
    return not fails and any(f".{call}(" in code for call in ("fit", "evaluate", "predict"))


@pytest.mark.slow
@pytest.mark.parametrize("change", snippets("old"))
def test_old(change: Change) -> None:
    if change.raises:
        with pytest.raises(getattr(builtins, change.raises), match=re.escape(change.says)):
            run(change.old, change.old_then)
        return
    given = run(change.old, change.old_then)
    if change.warns:
        assert {each.category.__name__ for each in given} == {change.warns}
        assert change.says in str(given[0].message)
    else:
        assert not given, "the page says that it runs"


@pytest.mark.slow
@pytest.mark.parametrize("change", snippets("new"))
def test_new(change: Change) -> None:
    assert not run(change.new, change.new_then)


def test_changes_are_well_formed() -> None:
    for change in CHANGES:
        assert set(change.documents) <= set(DOCUMENTS), change
        assert bool(change.says) == bool(change.raises or change.warns), change
        assert not (change.raises and (change.warns or change.old_then)), change
        assert change.new != change.old, change
        assert all(len(code.splitlines()) <= 6 for code in (change.old, change.new)), change


def test_the_page_has_every_change_once() -> None:
    text = page()
    titles = [change.title for change in CHANGES]
    assert len(set(titles)) == len(titles) >= 30
    for change in CHANGES:
        assert text.count(f"\n### {change.title}\n") == 1
        assert f"(#{change.anchor})" in text
    folder = Path(__file__).parents[2] / "scripts" / "keras_2_to_3"
    assert {file.stem for file in folder.iterdir()} == set(PARTS)
