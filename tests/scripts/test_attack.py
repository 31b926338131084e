"""Bad inputs over every command end in one line each; `scripts/attack.py` has them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "attack.py"


@pytest.mark.slow
def test_bad_inputs_end_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--every", "4"],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    counts = re.search(r"([\d,]+) attacks in \d+ s, 0 failed", done.stdout)
    assert counts, done.stdout[-3000:] + done.stderr[-1000:]
    assert int(counts[1].replace(",", "")) >= 400


def test_the_script_sees_what_is_wrong() -> None:
    """A command that accepts, raises, or says two things fails."""
    code = """
import sys, types, click
sys.path.insert(0, sys.argv[1])
import attack
from zoo.cli.root import COMMANDS
from _attack_cases import Case

def fine(): pass

def raises(): raise KeyError("x")

def two():
    click.echo("error: one", err=True)
    raise click.ClickException("two")

for each in (fine, raises, two):
    COMMANDS[each.__name__] = each.__name__, ""
    module = types.ModuleType(each.__name__)
    module.command = click.command(each)
    sys.modules[f"zoo.cli.{each.__name__}"] = module
for word in ("fine", "raises", "two", "no-such"):
    print(attack.outcome(Case((word,))) or "right")
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(SCRIPT.parent)],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    fine, raises, two, missing = run.stdout.splitlines()
    assert fine == "is accepted"
    assert "KeyError" in raises
    assert two.startswith("2 errors")
    assert missing == "right"
