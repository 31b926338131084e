"""Diagrams in files: the same bytes each time, written whole, and every refusal one line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.cli.root import cli, run
from zoo.core.errors import ZooError
from zoo.inspection.diagram import executable, render, svg, to_dot


@pytest.mark.parametrize("style", ["zoo", "keras"])
def test_files(tmp_path: Path, style: Any) -> None:
    model = zoo.build("basketball", n_teams=5)
    for suffix, start in ((".svg", b"<?xml"), (".png", b"\x89PNG\r\n"), (".dot", b"digraph")):
        path = render(model, tmp_path / f"a{suffix}", style=style)
        assert path.read_bytes().startswith(start)
        again = render(model, tmp_path / f"b{suffix.upper()}", style=style)
        assert again.read_bytes() == path.read_bytes()
    assert sorted(each.suffix.lower() for each in tmp_path.iterdir()) == sorted(
        2 * [".svg", ".png", ".dot"]
    )


def test_svg_names_no_generator_and_a_font_that_browsers_have() -> None:
    text = svg(to_dot(zoo.build("adder")))
    assert "<!--" not in text
    assert "graphviz" not in text
    assert 'font-family="Helvetica,Arial,' in text


def test_what_cannot_be_written(tmp_path: Path) -> None:
    model = zoo.build("adder")
    with pytest.raises(ZooError, match=r"must end in \.svg, \.png, \.dot"):
        render(model, tmp_path / "a.gif")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ZooError, match="cannot write"):
        render(model, tmp_path / "file" / "a.svg")
    with pytest.raises(ZooError, match="program 'no-such-renderer' not found"):
        render(model, tmp_path / "a.svg", renderer="no-such-renderer")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_renderer_is_found_through_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No environment is activated, and the scripts folder is not this Python's own."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert Path(executable()).stem == "graphviz-pure"
    assert svg("digraph { a -> b }").endswith("</svg>\n")


def test_a_failing_renderer_leaves_what_was_there(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'no memory' >&2\nexit 3\n")
    broken.chmod(0o755)
    path = tmp_path / "a.svg"
    path.write_text("before")
    with pytest.raises(ZooError, match="no memory"):
        render(zoo.build("adder"), path, renderer=str(broken))
    assert path.read_text() == "before"


def test_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["plot", "two_team", "--set", "n_teams=9"]) == 0
    assert capsys.readouterr().out == "two_team.svg\n"
    assert "Embedding 9 × 1" in Path("two_team.svg").read_text(encoding="utf-8")
    assert run(cli, ["plot", "two_team", "--out", "k.dot", "--style", "keras", "--flat"]) == 0
    assert "lookup" not in Path("k.dot").read_text(encoding="utf-8")
    assert run(cli, ["plot", "two_team", "--out", "a.pdf"]) == 1
    assert capsys.readouterr().err.startswith("error: cannot draw to 'a.pdf'")
    assert run(cli, ["plot", "two_teams"]) == 1
    assert "did you mean two_team" in capsys.readouterr().err
