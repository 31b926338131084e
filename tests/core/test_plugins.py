"""Plug-ins: what they add, and what is left when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project_helpers import install, plug_in, zoo_command

import zoo
from zoo.core.registry import VARIABLE
from zoo.data.registry import dataset_names


def test_a_plug_in_adds_to_every_table(plugged: Path) -> None:
    (plugged / "own_good.py").write_text(
        "from zoo.data import Entry, register as register_data\n"
        "from zoo.models.registry import register\n"
        "from zoo.recipes.recipe import Recipe\n"
        "from zoo.recipes.registry import add\n"
        "register_data(Entry('own_good', 'x', 'y', ()))\n"
        "add(Recipe('own_good', 'own_good', 'own_good', '', {}, {}))\n"
        "@register(documents='model-api', inputs=(), outputs=(), count=0, aliases=('own_alias',))\n"
        "def own_good(): pass\n"
    )
    install(plugged, "own_good")
    plug_in()
    assert "own_good" in dataset_names()
    assert zoo.recipe("own_good").architecture == "own_good"
    assert zoo.spec("own_alias").name == "own_good"


@pytest.mark.parametrize("look_up", ["zoo.list_models()", "zoo.list_recipes()", "zoo.spec('mlp')"])
def test_what_a_failing_plug_in_imports_first_stays(plugged: Path, look_up: str) -> None:
    """The zoo's own names are not the plug-in's, even where its import registers them."""
    (plugged / "own_early.py").write_text(
        "import zoo.data, zoo.models, zoo.recipes\n"
        "from zoo.recipes.recipe import Recipe\n"
        "from zoo.recipes.registry import add\n"
        "add(Recipe('own_early', 'mlp', 'mlp', '', {}, {}))\n"
        "raise ValueError('too early')\n"
    )
    install(plugged, "own_early")
    program = (
        f"import zoo; {look_up}\n"
        "from zoo.data.registry import dataset_names\n"
        "print(len(zoo.list_models()), len(zoo.list_recipes()), len(dataset_names()))"
    )
    environment = {key: value for key, value in os.environ.items() if key != VARIABLE}
    root = Path(zoo.__file__).parents[1]
    environment["PYTHONPATH"] = f"{plugged}{os.pathsep}{root}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    counts = (len(zoo.list_models()), len(zoo.list_recipes()), len(dataset_names()))
    assert done.stdout.split() == [str(count) for count in counts], done.stderr
    assert "too early" in done.stderr


def test_a_broken_plug_in_is_named_and_leaves_nothing(plugged: Path) -> None:
    """Ways to be broken, most of them after something has been registered."""
    (plugged / "own_half.py").write_text(
        "from zoo.recipes.recipe import Recipe\n"
        "from zoo.recipes.registry import add\n"
        "add(Recipe('own_half', 'mlp', 'mlp', '', {}, {}))\n"
        "raise ImportError('no module named\\nfrobnicator')\n"
    )
    (plugged / "own_clash.py").write_text(
        "from zoo.models.registry import register\n"
        "@register(documents='model-api', inputs=(), outputs=(), count=0)\n"
        "def own_clash(): pass\n"
        "@register(documents='model-api', inputs=(), outputs=(), count=0)\n"
        "def mlp(): pass\n"
    )
    (plugged / "own_exit.py").write_text("import sys\nsys.exit(3)\n")
    (plugged / "own_base.py").write_text("raise GeneratorExit\n")
    (plugged / "own_mute.py").write_text(
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute\n"
    )
    for package in ("own_half", "own_clash", "own_exit", "own_base", "own_mute"):
        install(plugged, package)
    done = zoo_command("list", "--json", path=plugged)
    assert done.returncode == 0
    assert done.stdout == zoo_command("list", "--json", path=plugged, ZOO_PLUGINS="off").stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 5, done.stderr
    for line, package, reason in zip(
        lines,
        ("own_base", "own_clash", "own_exit", "own_half", "own_mute"),
        (
            *("GeneratorExit", "'mlp' is already registered", "SystemExit: 3"),
            *("no module named frobnicator", "Mute"),
        ),
        strict=True,
    ):
        assert line.startswith(f"warning: plug-in '{package}' of {package} is left out")
        assert reason in line
    assert zoo_command("train", "own_half", path=plugged).stderr.endswith(
        "error: unknown recipe 'own_half'; `zoo recipes` lists them all\n"
    )


def test_a_plug_in_that_fails_late_leaves_no_dataset(
    plugged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (plugged / "own_late.py").write_text(
        "from zoo.data import Entry, register\n"
        "register(Entry('own_late', 'x', 'y', ()))\n"
        "raise ValueError('too late')\n"
    )
    install(plugged, "own_late")
    plug_in()
    assert "own_late" not in dataset_names()
    assert "too late" in capsys.readouterr().err
    dataset_names()
    assert capsys.readouterr().err == "", "the warning is printed once"
