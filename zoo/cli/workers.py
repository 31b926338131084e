"""`zoo train --workers N`: N processes of this machine train together, this one as their chief."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from zoo.core.errors import TrainingError, WorkerLost
from zoo.training import cluster

LAUNCHED = "ZOO_WORKER"  # set in the processes that a command has started
READY = "ZOO_WORKER_READY"  # and the pipe on which they say that they are about to join
WAIT_SECONDS = 30  # for the other processes to end by themselves
GRACE_SECONDS = 10  # for TensorFlow to notice that a worker has died


def check(count: int) -> None:
    """Refuse numbers of workers that make no sense.

    Raises:
        TrainingError: the message says why.
    """
    if count < 1:
        raise TrainingError(f"workers must be at least 1, not {count}")
    if count > 1 and cluster.named():
        raise TrainingError(
            "the environment names the workers already (TF_CONFIG or Slurm): leave out --workers"
        )


@contextmanager
def joined(count: int, command: Sequence[str]) -> Iterator[Any]:
    """The strategy of `count` processes, or of those that the environment names, or None.

    Args:
        count: Processes on this machine, this one among them.
        command: What the others run: words after `zoo`.

    Raises:
        WorkerLost: a worker has died; the others have been ended.
    """
    if os.environ.get(LAUNCHED):
        _end_with_the_chief()
    if count == 1:
        _say_ready()
        yield cluster.strategy() if cluster.named() else None
        return
    with ExitStack() as at_end:
        at_end.callback(os.environ.pop, cluster.CONFIG, None)
        others = at_end.enter_context(_Others(count, command))
        try:
            others.wait_until_ready()
            yield cluster.strategy()
        except WorkerLost as error:
            raise WorkerLost(others.first_dead() or str(error)) from error


class _Others:
    """The other processes, and a thread that sees one of them die."""

    def __init__(self, count: int, command: Sequence[str]) -> None:
        self.count = count
        self.command = [sys.executable, "-m", "zoo", *command]
        self.processes: list[subprocess.Popen[bytes]] = []
        self.errors: list[IO[bytes]] = []
        self.ready: list[int] = []  # pipes on which they say that they are
        self.over = threading.Event()

    def __enter__(self) -> _Others:
        addresses = [f"127.0.0.1:{port}" for port in _free_ports(self.count)]
        threads = str(max(1, (os.cpu_count() or 1) // self.count))
        for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            os.environ.setdefault(name, threads)  # or each process takes all cores
        for index in range(self.count):
            config = {
                "cluster": {"worker": addresses},
                "task": {"type": "worker", "index": index},
            }
            if index == 0:
                os.environ[cluster.CONFIG] = json.dumps(config)
                continue
            self.errors.append(TemporaryFile())
            ready, said = os.pipe()
            self.ready.append(ready)
            environment = {**os.environ, cluster.CONFIG: json.dumps(config), LAUNCHED: str(index)}
            environment[READY] = str(said)
            self.processes.append(
                subprocess.Popen(
                    self.command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=self.errors[-1],
                    env=environment,
                    pass_fds=[said],
                    start_new_session=True,  # Ctrl-C is the chief's
                )
            )
            os.close(said)
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.over.set()
        deadline = time.monotonic() + (WAIT_SECONDS if kind is None else 2)
        for process in self.processes:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_until_ready(self) -> None:
        """Wait for the others: TensorFlow's own waiting for them stops all of Python's threads.

        Raises:
            WorkerLost: one has ended instead.
        """
        for ready in self.ready:
            try:
                if not os.read(ready, 1):
                    raise WorkerLost("a worker has died")
            finally:
                os.close(ready)

    def first_dead(self, seconds: float = 2) -> str:
        """One line about a process that has died, within so many seconds; empty if none has."""
        end = time.monotonic() + seconds
        while True:
            for index, process in enumerate(self.processes, 1):
                if process.poll():
                    return f"worker {index} of {self.count} has died: {self._how(index)}"
            if time.monotonic() > end:
                return ""
            time.sleep(0.1)

    def _how(self, index: int) -> str:
        status = self.processes[index - 1].returncode
        file = self.errors[index - 1]
        file.seek(0)
        lines = file.read().decode(errors="replace").splitlines()
        told = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        if told:
            return told[-1]
        return f"signal {-status}" if status < 0 else f"exit status {status}"

    def _watch(self) -> None:
        """End the command where TensorFlow waits for a worker that has died."""
        while not self.over.wait(0.5):
            if not (died := self.first_dead(0)):
                continue
            if self.over.wait(GRACE_SECONDS):
                return
            for process in self.processes:
                process.kill()
            os.write(2, f"error: {died}\n".encode())
            os._exit(1)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as at_end:
        made = [at_end.enter_context(socket.socket()) for _ in range(count)]
        for each in made:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in made]


def _say_ready() -> None:
    """Tell the process that started this one that it is about to join the others."""
    if pipe := os.environ.pop(READY, ""):
        os.write(int(pipe), b".")
        os.close(int(pipe))


def _end_with_the_chief() -> None:
    """End this process when the one that started it is gone, which closes its input."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
