"""No function takes more than eight arguments without a reason."""

from __future__ import annotations

import ast
from pathlib import Path

import zoo

PACKAGE = Path(zoo.__file__).parent
MOST = 8
LONGER = {  # docs/decisions/long-signatures.md has the reasons
    "cli/ensemble.py:command",
    "cli/forecast.py:command",
    "cli/new.py:command",
    "cli/train.py:command",
    "cli/tune.py:command",
    "experiments/trainer.py:fit",
    "experiments/trainer.py:resume",
    "ensembling/build.py:ensemble",
    "forecasting/forecast.py:forecast",
    "inspection/plot_model.py:plot_model",
    "models/registry.py:register",
    "models/text.py:posts",
    "models/text.py:qa",
    "training/engine.py:fit",
    "tuning/search.py:tune",
}


def arguments_of(node: ast.FunctionDef) -> int:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    bound = names[:1] in (["self"], ["cls"])
    return len(names) + len(node.args.kwonlyargs) - bound


def test_long_signatures_are_the_listed_ones() -> None:
    found = {
        f"{path.relative_to(PACKAGE).as_posix()}:{node.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and arguments_of(node) > MOST
    }
    assert found == LONGER
