"""The extras of pyproject.toml: what the lessons and the site import is in `docs`."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import _extras
import pytest
from _page import ROOT

SCRIPTS = ROOT / "scripts"
MADE = {"mywine"}  # by lesson 7 itself
# Without sphinx and onnxruntime, and as if all others were there: the README's tests install fewer.
BARE = """
import importlib.metadata, runpy, sys
sys.modules |= dict.fromkeys(("sphinx", "jinja2", "sphinx_gallery", "onnxruntime"))
def version(name):
    if name in ("sphinx", "onnxruntime"):
        raise importlib.metadata.PackageNotFoundError(name)
    return "1"
importlib.metadata.version = version
sys.path.insert(0, sys.argv[1].rpartition("/")[0])
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def imported(path: Path) -> set[str]:
    """Every top-level package that a file imports, also within functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def run_by(script: Path) -> Iterator[Path]:
    """A script and those that it imports, each once."""
    seen, found = set(), [script]
    while found:
        path = found.pop()
        if path not in seen:
            seen.add(path)
            found += [each for name in imported(path) if (each := SCRIPTS / f"{name}.py").is_file()]
            yield path


def site_files() -> set[Path]:
    lessons = [SCRIPTS / "lessons.py", SCRIPTS / "_lesson_run.py"]
    files = {each for script in (SCRIPTS / "site.py", *lessons) for each in run_by(script)}
    return {*files, ROOT / "docs" / "site" / "conf.py", *(ROOT / "examples").glob("*/*.py")}


def plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def test_docs_installs_what_the_lessons_and_the_site_import() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    always = [_extras.NAME.findall(each)[0] for each in project["dependencies"]]
    installed = {plain(each) for each in (*always, *_extras.packages("docs"))}
    own = {"zoo", "__future__", *MADE, *(each.stem for each in SCRIPTS.glob("*.py"))}
    homes = packages_distributions()
    for path in site_files():
        for name in imported(path) - own - sys.stdlib_module_names:
            known = {plain(each) for each in homes.get(name, [name])}
            assert known & installed, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize(("call", "extra"), [("zoo.export(", "export"), ("zoo.tune(", "tune")])
def test_docs_holds_the_extras_of_what_the_lessons_call(call: str, extra: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "examples").glob("*/*.py")]
    assert any(call in text for text in texts)
    assert set(_extras.packages(extra)) <= set(_extras.packages("docs"))


@pytest.mark.parametrize("script", ["site.py", "lessons.py"])
def test_a_script_says_at_once_what_is_not_installed(script: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BARE, str(SCRIPTS / script)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 1
    told = "error: not installed: onnxruntime, sphinx; run: pip install -e '.[docs]'\n"
    assert done.stderr == told
    assert done.stdout == ""
