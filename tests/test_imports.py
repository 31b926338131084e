"""Who may import whom, and that looking around does not load TensorFlow."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "zoo"

# Rooms from the ground up: one may import those of lower floors, none of its own floor.
with Path(__file__).with_name("rooms.toml").open("rb") as _file:
    FLOORS: list[dict[str, str]] = tomllib.load(_file)["floors"]  # room -> what it holds
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FACE = {"__init__.py", "__main__.py", "train.py"}  # above all rooms
OPEN_TO_ALL = {"zoo._keras"}
STANDARD_LIBRARY_ONLY = ("core", "recipes", "models")  # while they are imported
FILES = {
    ".".join(("zoo", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
INSIDE = {name: path for name, path in FILES.items() if path.parent != PACKAGE}


def _nodes(tree: ast.AST, *, top_level: bool = False) -> Iterator[ast.AST]:
    """Nodes that run, without what only type checkers see; at `top_level`, while importing."""
    for node in ast.iter_child_nodes(tree):
        if top_level and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            children = node.orelse
        else:
            children = [node]
        for child in children:
            yield child
            yield from _nodes(child, top_level=top_level)


def _imports(path: Path, *, top_level: bool = False) -> set[str]:
    """Modules that a file imports, also those that it names in a string to import them later."""
    names: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _nodes(tree, top_level=top_level):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {each if each in FILES else node.module for each in within}
        elif isinstance(node, ast.Constant) and node.value in INSIDE:
            names.add(str(node.value))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            text = ast.unparse(node.args[0]).lstrip("f").strip("'\"")
            names |= {text} if text.startswith("zoo.") else set()
    return names


def test_every_room_has_a_floor() -> None:
    assert {path.parts[len(PACKAGE.parts)] for path in INSIDE.values()} == set(FLOOR)
    assert {path.name for path in FILES.values() if path.parent == PACKAGE} == FACE | {"_keras.py"}


@pytest.mark.parametrize("module", INSIDE)
def test_imports_go_down(module: str) -> None:
    room = module.split(".")[1]
    for name in _imports(INSIDE[module]):
        if name.partition(".")[0] != "zoo" or name in OPEN_TO_ALL:
            continue
        assert name != "zoo", f"{module} imports the face"
        to = name.split(".")[1]
        assert to == room or FLOOR.get(to, len(FLOORS)) < FLOOR[room], f"{module} imports {name}"


def test_there_is_no_import_cycle() -> None:
    """Among the imports that run while a module is imported."""
    order = TopologicalSorter(
        {name: _imports(path, top_level=True) & set(FILES) for name, path in FILES.items()}
    )
    order.prepare()  # raises on a cycle, and names it


@pytest.mark.parametrize("room", STANDARD_LIBRARY_ONLY)
def test_the_ground_floor_needs_the_standard_library_alone(room: str) -> None:
    """A look-up shall be instant; TensorFlow comes through zoo._keras when a model is built."""
    for path in (PACKAGE / room).rglob("*.py"):
        for name in _imports(path, top_level=True):
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or top == "zoo", f"{path.name} imports {name}"


def test_does_not_load_tensorflow() -> None:
    """One after another in one process; the last line names the one that was being run."""
    statements = [
        "import zoo; zoo.list_models(); zoo.list_recipes(); zoo.spec('basketball')",
        "from zoo.cli.root import COMMANDS, cli, run; run(cli, ['--help'])",
        "run(cli, ['list'])",
        "run(cli, ['list', '--document', 'using-keras', '--concept', 'residual'])",
        "run(cli, ['concept', 'residual'])",
        "run(cli, ['show', 'basketball'])",
        "run(cli, ['show', '--recipe', 'basketball'])",
        "run(cli, ['recipes'])",
        "run(cli, ['runs'])",
        "run(cli, ['data', 'list'])",
        "run(cli, ['site', 'none'])",
        "run(cli, ['train', 'inception_v3'])",
        "[run(cli, [command, '--help']) for command in COMMANDS]",
        "import zoo.models, zoo.models.blocks, zoo.recipes, zoo.inspection.plot_model",
        "zoo.load_data('basketball', source='league', seasons=2).xy('train')",
        "zoo.spec('basketball')._repr_html_(); zoo.recipe('basketball')._repr_html_()",
    ]
    program = "import sys\n" + "".join(
        f"print({each!r})\n{each}\nassert 'tensorflow' not in sys.modules\n" for each in statements
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, (done.stdout.splitlines()[-1:], done.stderr)


@pytest.mark.slow
def test_loading_tensorflow_is_quiet() -> None:
    program = "from zoo._keras import keras; keras.Input((1,)); print('done')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
