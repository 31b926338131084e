"""Run one lesson as sphinx-gallery does, block by block, and write down what each block gave.

    python scripts/_lesson_run.py LESSON FOLDER

FOLDER gets `outcome.json` and the pictures. A process of its own, so that its processor time is the
lesson's, and that no lesson sees what another one has changed.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any


def run(lesson: Path, folder: Path) -> dict[str, Any]:
    """Run a lesson in the current folder.

    Returns:
        `blocks`: kind, content, line and, of code, what was printed. `pictures`: files in the
        folder. `problems`: lines on what failed or is not labeled. Each block
        also has `until`, the processor time at its end in seconds.
    """
    from sphinx_gallery.py_source_parser import split_code_and_text_blocks

    _, blocks = split_code_and_text_blocks(lesson)
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": str(lesson)}
    outcome: dict[str, Any] = {"blocks": [], "pictures": [], "problems": []}
    failed = False
    for kind, content, line in blocks:
        printed = io.StringIO()
        if kind == "code" and not failed:
            with contextlib.redirect_stdout(printed):
                failed = not _executed(content, line, lesson, scope, outcome)
            _pictures(folder, line, outcome)
        outcome["blocks"].append(
            {
                "kind": kind,
                "content": content,
                "line": line,
                "printed": printed.getvalue(),
                "until": _seconds(),
            }
        )
    return outcome


def _seconds() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def _executed(
    content: str, line: int, lesson: Path, scope: dict[str, Any], outcome: dict[str, Any]
) -> bool:
    """Run a block, and print the value of its last line as a notebook does; whether it ended."""
    tree = ast.increment_lineno(ast.parse(content), line - 1)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    try:
        exec(compile(tree, str(lesson), "exec"), scope)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), str(lesson), "eval"), scope)
            if value is not None:
                print(value)
    except Exception as error:
        lines = [each.lineno for each in traceback.extract_tb(error.__traceback__, None)[1:2]]
        outcome["problems"].append(f"{lines[0]}: {type(error).__name__}: {error}")
        return False
    return True


def _pictures(folder: Path, line: int, outcome: dict[str, Any]) -> None:
    """Keep the figures that a block has drawn, and name the axes without a label."""
    if "matplotlib" not in sys.modules:
        return
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        figure = plt.figure(number)
        file = folder / f"picture_{len(outcome['pictures']) + 1}.png"
        figure.savefig(file, dpi=80)
        outcome["pictures"].append(file.name)
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                ticks = [tick for tick in axis.get_ticklabels() if tick.get_visible()]
                shown = axes.axison and any(tick.get_text() for tick in ticks)
                if shown and not axis.get_label_text():
                    name = "x" if axis is axes.xaxis else "y"
                    outcome["problems"].append(f"{line}: a picture's {name} axis has no label")
    plt.close("all")


if __name__ == "__main__":
    at, to = map(Path, sys.argv[1:])
    (to / "outcome.json").write_text(json.dumps(run(at, to)), encoding="utf-8")
