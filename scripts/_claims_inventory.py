"""Which test or experiment holds the claim of each architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from _page import ROOT, table

import zoo

if TYPE_CHECKING:
    from _claims import Claim

MARKER = "pytest.mark.claim"  # @pytest.mark.claim("headline") on a test


def marked() -> Iterator[tuple[str, str]]:
    """Architecture and test id of every marked test."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for name in _claims_of(node):
                    yield name, f"{path.relative_to(ROOT).as_posix()}::{node.name}"


def _claims_of(test: ast.FunctionDef) -> Iterator[str]:
    for each in test.decorator_list:
        if isinstance(each, ast.Call) and ast.unparse(each.func) == MARKER:
            yield from (ast.literal_eval(name) for name in each.args)


def held_by(claims: Mapping[str, Claim]) -> dict[str, list[str]]:
    """Architecture -> the experiments and tests that hold its claim, as the page names them."""
    found: dict[str, list[str]] = {name: [] for name in zoo.list_models()}
    for experiment, claim in claims.items():
        for name in claim.shows:
            found[name].append(f"[{experiment}](#{experiment})")
    for name, test in marked():
        found[name].append(f"`{test}`")
    return found


def inventory(claims: Mapping[str, Claim]) -> str:
    """Every architecture's claim, and what holds it."""
    rows = [
        [f"[`{name}`](catalog.md#{name})", zoo.spec(name).claim, "<br>".join(holding)]
        for name, holding in held_by(claims).items()
    ]
    return table("architecture | claim | held by", rows)
