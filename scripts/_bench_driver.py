"""The driver's end of scripts/bench_training.py: peers in processes of their own, in turns.

A peer is a worker (`_bench_worker`), which waits until it is told to train an epoch. One at a
time is told so, the others sleep; what they compare is therefore slowed alike by other work on
the machine, and nobody's threads or settings are anybody else's.
"""

from __future__ import annotations

import json
import math
import os
import select
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

PATIENCE = 900.0  # seconds until a worker must have answered
TURN = 0.1  # seconds that a turn lasts at least, in as many epochs as it takes
ROUNDS = (7, 40)  # measured, least and most
STALL = 0.25  # seconds outside of its steps that are no part of an epoch's work

# Settings of the libraries that peers are made of: each has its defaults.
_SETTINGS = ("OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "TF_", "XLA_", "JAX_", "TORCH", "ATEN_")

Facts = dict[str, Any]


class Peer(Protocol):
    """Somebody who trains an epoch when told to, and says how long it took."""

    def train_epoch(self) -> Facts: ...


class Worker:
    """A peer in a process of its own.

    Attributes:
        facts: What it said when it was ready.
    """

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment(),
            bufsize=0,
        )
        self._heard = b""
        self.facts: Facts = {}

    def await_ready(self) -> None:
        """Wait until it has loaded its libraries and its job."""
        self.facts = self._answer()

    def train_epoch(self) -> Facts:
        """Let it train an epoch; its seconds, loss and, from Keras, its waits."""
        assert self._process.stdin
        try:
            self._process.stdin.write(b"epoch\n")
        except BrokenPipeError:
            raise self._failure("ended early") from None
        return self._answer()

    def cpu_seconds(self) -> float:
        """What it has computed so far, on Linux."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Hang up, and end it if it does not end itself."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _answer(self) -> Facts:
        assert self._process.stdout
        last = time.monotonic() + PATIENCE
        while b"\n" not in self._heard:
            left = last - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                raise self._failure(f"no answer in {PATIENCE:.0f} s")
            part = os.read(self._process.stdout.fileno(), 65536)
            if not part:
                raise self._failure("ended early")
            self._heard += part
        line, _, self._heard = self._heard.partition(b"\n")
        return json.loads(line)

    def _failure(self, what: str) -> RuntimeError:
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        return RuntimeError(": ".join([self.name, what, *said[-1:]]))


def environment() -> dict[str, str]:
    """This process's, without settings of the libraries that are compared."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}


def others_load(workers: Iterable[Worker]) -> Callable[[], float]:
    """A function that says how many cores other processes have kept busy since now.

    PyTorch's threads wait for one another at every operation: other work on the machine slows
    them more than anybody else. Not a number but on Linux.
    """
    known = [*workers]

    def busy() -> float:
        fields = Path("/proc/stat").read_text().split()[1:9]  # user to steal, 3 and 4 are idle
        ticks = sum(int(each) for at, each in enumerate(fields) if at not in (3, 4))
        return ticks / os.sysconf("SC_CLK_TCK") - sum(each.cpu_seconds() for each in known)

    try:
        before, begun = busy(), time.monotonic()
    except OSError:
        return lambda: math.nan
    return lambda: max(0.0, busy() - before) / (time.monotonic() - begun)


@contextmanager
def workers(commands: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Worker]]:
    """Start workers, all at once, and end them after the block: name -> worker."""
    with ExitStack() as ended:
        started: dict[str, Worker] = {}
        for name, command in commands.items():
            started[name] = Worker(name, command)
            ended.callback(started[name].close)
        for worker in started.values():
            worker.await_ready()
        yield started


def in_turns(
    peers: Mapping[str, Peer],
    budget: float,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[dict[str, float], dict[str, list[list[Facts]]]]:
    """Let the peers train in rounds, each in its turn, for about `budget` seconds.

    Each round begins with another peer. Two rounds come first, the one compiles, the other says
    how many there is time for; they are not measured.

    Returns:
        Peer -> the loss of its first epoch, and for each measured round the facts of the epochs of
        its turn.
    """
    names = list(peers)
    losses = {name: float(peers[name].train_epoch()["loss"]) for name in names}
    begun = clock()
    for name in names:
        _turn(peers[name])
    count = int(np.clip(budget / max(clock() - begun, 1e-9), *ROUNDS))
    found: dict[str, list[list[Facts]]] = {name: [] for name in names}
    for at in range(count):
        first = at % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(_turn(peers[name]))
    return losses, found


def _turn(peer: Peer) -> list[Facts]:
    """Epochs, one at least, until TURN seconds are over."""
    facts: list[Facts] = []
    while not facts or sum(each["seconds"] for each in facts) < TURN:
        facts.append(peer.train_epoch())
    return facts


def without_stalls(rounds: Sequence[Sequence[Facts]]) -> tuple[list[float], list[float]]:
    """Seconds of every round's epochs without stalls, and of all the stalls, one per epoch.

    Keras makes an iterator over the rows for each epoch, and now and then tf.data's autotuning
    holds up the end of the last one. What an epoch waits outside of its steps beyond STALL
    counts as a stall, but for what such a wait usually is.
    """
    waits = [epoch.get("waits", 0.0) for facts in rounds for epoch in facts]
    usual = [wait for wait in waits if wait <= STALL]
    base = statistics.median(usual) if usual else min(waits)
    stalls = [wait - base if wait > STALL else 0.0 for wait in waits]
    left = iter(stalls)
    seconds = [
        statistics.median(epoch["seconds"] - next(left) for epoch in facts) for facts in rounds
    ]
    return seconds, stalls


def figures(found: Mapping[str, list[list[Facts]]], own: str) -> list[Facts]:
    """What each peer's rounds come to; `own` is the one that the others are compared with.

    A ratio is one of seconds within a round: how many times as fast as the peer `own` is.
    """
    measured = {name: without_stalls(rounds) for name, rounds in found.items()}
    yardstick = np.array(measured[own][0])
    return [
        {
            "peer": name,
            **_quartiles("seconds", np.array(seconds)),
            **_quartiles("ratio", np.array(seconds) / yardstick),
            "rounds": len(seconds),
            "stall": statistics.fmean(stalls),
            "stalled": sum(map(bool, stalls)) / len(stalls),
        }
        for name, (seconds, stalls) in measured.items()
    ]


def _quartiles(name: str, values: np.ndarray) -> Facts:
    """The median and the quartiles."""
    first, middle, third = np.quantile(values, [0.25, 0.5, 0.75])
    return {name: middle, f"{name}_q1": first, f"{name}_q3": third}
