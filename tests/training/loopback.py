"""Workers on this machine, for tests of training together."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path


def free_addresses(count: int) -> list[str]:
    with ExitStack() as at_end:
        made = [at_end.enter_context(socket.socket()) for _ in range(count)]
        for each in made:
            each.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{each.getsockname()[1]}" for each in made]


def started(count: int, program: Path, *arguments: str) -> list[subprocess.Popen[str]]:
    """That many processes of a Python program, each told its place; the chief is the first."""
    addresses = free_addresses(count)
    return [
        subprocess.Popen(
            [sys.executable, str(program), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TF_CONFIG": config(addresses, index)},
        )
        for index in range(count)
    ]


def config(addresses: Sequence[str], index: int) -> str:
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": addresses}, "task": task})


def printed_by(count: int, program: Path, *arguments: str) -> list[str]:
    """What each process printed, once all have ended well."""
    running = started(count, program, *arguments)
    outcomes = [process.communicate(timeout=1800) for process in running]
    assert [process.returncode for process in running] == [0] * count, outcomes
    return [out for out, _ in outcomes]
