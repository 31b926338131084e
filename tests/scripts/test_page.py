"""What the scripts share: tables, marked blocks, CSV files, `--check`."""

from __future__ import annotations

from pathlib import Path

import _page
import pandas as pd
import pytest
from _page import Results, Script


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository."""
    monkeypatch.setattr(_page, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["scripts/some.py"])
    (tmp_path / "results").mkdir()
    return tmp_path


def test_table_aligns_numbers_right() -> None:
    text = _page.table("name | score:", [["a", 1], ["b", 22]])
    assert text == "| name | score |\n|---|---:|\n| a | 1 |\n| b | 22 |\n"


def test_fill_replaces_blocks_alone(root: Path) -> None:
    page = root / "page.md"
    page.write_text("by hand\n<!-- a -->\nold\n<!-- /a -->\nmore\n<!-- b -->\n<!-- /b -->\n")
    filled = _page.fill("page.md", {"a": "new\n", "b": ""})
    assert filled[page] == page.read_text().replace("old", "new")
    with pytest.raises(SystemExit, match=r"page.md has no block <!-- c -->"):
        _page.fill("page.md", {"c": "text"})


def test_results_are_replaced_case_by_case(root: Path) -> None:
    results = Results("r.csv", "name", lambda: ["first", "second"])
    assert not results.measured("second")
    results.replace("second", [{"name": "second", "seed": 0, "score": 1.5}])
    results.replace("first", [{"name": "first", "seed": 0, "score": 2.5}])
    both = [{"name": "first", "seed": seed, "score": 2.5 + seed} for seed in (0, 1)]
    pd.testing.assert_frame_equal(results.replace("first", both), pd.DataFrame(both))
    assert results.measured("second")
    pd.testing.assert_frame_equal(
        results.read(),
        pd.DataFrame(
            {"name": ["first", "first", "second"], "seed": [0, 1, 0], "score": [2.5, 3.5, 1.5]}
        ),
    )
    results.replace("gone", [{"name": "gone", "seed": 0, "score": 0.0}])
    assert not results.measured("gone")  # not one of the cases


def test_check_names_cases_that_were_measured_in_another_state(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = {"first": "a", "second": "a"}
    results = Results("r.csv", "name", lambda: states, lambda name: states[name])
    script = Script("Measure.", results=results)
    assert script.main(["--check"]) == 1  # nothing is measured yet
    assert "first second" in capsys.readouterr().err
    for name in states:
        results.replace(name, [{"name": name, "score": 1.5}])
    assert script.main(["--check"]) == 0
    states["second"] = "b"
    assert script.main(["--check"]) == 1
    assert capsys.readouterr().err == (
        "measured in another state: second; run: python scripts/some.py second\n"
    )


def test_check_names_what_is_stale_and_the_command_that_fixes_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = root / "drawn"
    folder.mkdir()
    (folder / "extra.svg").write_text("")
    script = Script("Draw.", files=lambda: {folder / "a.svg": "a"}, folders=[folder])
    assert script.main(["--check"]) == 1
    line = "not current: drawn/a.svg, drawn/extra.svg; run: python scripts/some.py\n"
    assert capsys.readouterr().err == line
    assert not (folder / "a.svg").exists()
    assert script.main([]) == 0
    assert [path.name for path in folder.iterdir()] == ["a.svg"]
    assert script.main(["--check"]) == 0
    assert script.main([]) == 0
    assert "a.svg" in capsys.readouterr().out


def test_script_measures_the_named_cases(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured: list[str] = []
    script = Script(
        "Measure.",
        files=lambda: {root / "page.md": "text"},
        measure=lambda names, given: measured.extend(names) or int("b" in names),
        cases=lambda: ["a", "b"],
        problems=lambda: ["c: not measured"] if "a" not in measured else [],
    )
    assert script.main(["--check"]) == 1
    found = capsys.readouterr().err.splitlines()
    assert found[0] == "c: not measured"
    assert found[1].endswith("run: python scripts/some.py --pages")
    assert script.main(["--pages"]) == 0
    assert measured == []
    assert script.main(["a"]) == 0
    assert measured == ["a"]
    assert script.main([]) == 1  # b fails, and the pages are written all the same
    assert measured == ["a", "a", "b"]
    with pytest.raises(SystemExit):
        script.main(["x"])
    assert "unknown name 'x'; choose from a, b" in capsys.readouterr().err


def test_rows_are_saved_case_by_case(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = Results("r.csv", "name", lambda: ["a", "b", "c"])

    def rows(name: str, given: object) -> list[dict[str, object]]:
        if name == "b":
            raise RuntimeError("no memory")
        return [{"name": name, "score": 1.5}]

    script = Script("Measure.", results=results, rows=rows)
    assert script.main(["c"]) == 0
    assert script.main(["--missing"]) == 1
    printed = capsys.readouterr()
    assert printed.err == "b: no memory\n"
    assert printed.out.count("1.5") == 2  # c, then a
    assert list(results.read()["name"]) == ["a", "c"]
