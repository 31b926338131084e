"""Where a name is unknown, the message gives the near ones, or a command that does list them."""

from __future__ import annotations

import re

import pytest

from zoo.cli.root import cli, run
from zoo.core.errors import MOST, SHOWN, UnknownNameError

KNOWN = {  # what is asked for -> names that the commands which the message gives must print
    "show qqqqqq": ["basketball", "mlp", "inception_v3"],
    "summary qqqqqq": ["inception_v3", "tiny_dense"],
    "explain qqqqqq": ["inception_v3", "tiny_dense"],
    "plot qqqqqq": ["inception_v3", "tiny_dense"],
    "list qqqqqq": ["inception_v3", "basketball"],
    "list --concept qqqqqq": ["shared-layers"],
    "concept qqqqqq": ["shared-layers"],
    "train qqqqqq": ["tiny_dense", "basketball"],
    "tune qqqqqq": ["tiny_dense", "basketball"],
    "recipes qqqqqq": ["tiny_dense", "basketball"],
    "ensemble qqqqqq": ["tiny_dense", "basketball"],
    "data fetch qqqqqq": ["tournament", "clothing"],
    "train mlp --set dataset=qqqqqq": ["tournament"],
    "train mlp --set architecture=qqqqqq": ["inception_v3"],
    "train mlp --set qqqqqq=1": ["batch_size", "optimizer"],
}


@pytest.mark.parametrize("line", KNOWN)
def test_the_commands_of_a_message_list_the_names(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, line.split()) != 0
    message = capsys.readouterr().err.splitlines()[-1]
    commands = re.findall(r"`zoo ([^`]*)`", message)
    assert commands, message
    listed = ""
    for command in commands:
        assert run(cli, command.split()) == 0, command
        listed += capsys.readouterr().out
    for name in KNOWN[line]:
        assert re.search(rf"(?<![\w-]){name}(?![\w-])", listed), (name, commands)


@pytest.mark.parametrize(
    ("many", "commands", "hint"),
    [
        (3, (), "known: n0, n1, n2"),
        (0, (), "known: none"),
        (SHOWN, ("zoo list",), "known: n0, n1"),
        (SHOWN + 1, ("zoo list",), "`zoo list` lists them all"),
        (SHOWN + 1, ("zoo list", "zoo recipes"), "`zoo list` and `zoo recipes` list them all"),
        (SHOWN + 1, ("",), "known: n0, n1"),
        (MOST + 40, (), f"and {MOST + 40 - SHOWN} more"),
    ],
)
def test_a_hint_is_never_a_page(many: int, commands: tuple[str, ...], hint: str) -> None:
    error = UnknownNameError("thing", "qqqqqq", [f"n{each}" for each in range(many)], *commands)
    assert hint in error.hint
    assert error.hint.count("n") <= 2 * MOST
