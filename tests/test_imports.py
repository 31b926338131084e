"""Who may import whom, and that looking around does not load TensorFlow."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "zoo"
LEAVES = {
    "zoo.core.errors",
    "zoo.core.plugins",
    "zoo.models.documents",
}  # standard library alone, open to all

# part of the package -> the parts of the zoo that it may import
MAY_IMPORT = {
    "errors": set[str](),
    "plugins": set[str](),
    "sources": set[str](),
    "files": set[str](),
    "_keras": set[str](),
    "recipe": set[str](),
    "registry": set[str](),
    "layers": {"_keras", "layers"},
    "architectures": {"_keras", "registry", "layers", "architectures"},
    "recipes": {"recipe", "recipes"},
    "data": {"data", "files"},
    "training": {"_keras", "diagram", "files", "layers", "recipe", "reporter", "training"},
    "diagram": {"_keras", "files", "diagram"},
    "arithmetic": set[str](),
    "unallocated": {"_keras"},
    "explain": {"arithmetic", "diagram", "registry", "unallocated"},
}
STANDARD_LIBRARY_ONLY = ("errors", "plugins", "sources", "files", "_keras", "recipe", "registry")


def _modules(part: str) -> list[Path]:
    folder = PACKAGE / part
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{part}.py"]


def _imports(path: Path) -> set[str]:
    """Modules imported at run time anywhere in a file; type-checking blocks do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in _run_time_nodes(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "zoo":
                names |= {f"zoo.{alias.name}" for alias in node.names}
            else:
                names.add(node.module)
    return names


def _run_time_nodes(tree: ast.AST) -> list[ast.AST]:
    nodes: list[ast.AST] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                nodes += [other, *_run_time_nodes(other)]
        else:
            nodes += [node, *_run_time_nodes(node)]
    return nodes


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_import_direction(part: str) -> None:
    for path in _modules(part):
        for name in _imports(path):
            if name.startswith("zoo.") and name not in LEAVES:
                assert name.split(".")[1] in MAY_IMPORT[part], f"{path.name} imports {name}"


@pytest.mark.parametrize("part", STANDARD_LIBRARY_ONLY)
def test_the_ground_floor_needs_the_standard_library_alone(part: str) -> None:
    for path in _modules(part):
        for name in _imports(path):
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or top == "zoo", f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "statement",
    [
        "import zoo; zoo.list_models(); zoo.list_recipes(); zoo.spec('basketball')",
        "import zoo.data; zoo.data.load('basketball', source='league')",
        "from zoo.cli.root import cli, run; run(cli, ['--help'])",
        "from zoo.cli.root import cli, run; run(cli, ['list'])",
        "from zoo.cli.root import cli, run; run(cli, ['show', 'basketball'])",
        "from zoo.cli.root import COMMANDS, cli, run; [run(cli, [c, '--help']) for c in COMMANDS]",
        "import zoo.models, zoo.models.blocks, zoo.recipes, zoo.inspection.diagram",
    ],
)
def test_does_not_load_tensorflow(statement: str) -> None:
    program = f"{statement}\nimport sys\nassert 'tensorflow' not in sys.modules\nprint('fine')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.endswith("fine\n"), done.stderr


def test_loading_tensorflow_is_quiet() -> None:
    program = "from zoo._keras import keras; keras.Input((1,)); print('done')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
