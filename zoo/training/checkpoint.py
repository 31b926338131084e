"""Stopping a run without losing it: the signal that ends it, the files it continues from.

A resume point holds, after an epoch, all that the next one depends on.
`checkpoints/resume-EPOCH-SHA.npz` holds the model's and the optimizer's variables (random
states and learning rate among them), the state of the callbacks and the history. Its name
carries its checksum; the two newest are kept, so that a damaged one can be passed over.
The first signal to stop ends the epoch, the second the program. Importing this loads TensorFlow.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from zoo._keras import keras
from zoo.core.errors import TrainingError
from zoo.core.files import replacing
from zoo.core.interrupts import end_at_once
from zoo.training.callbacks import WriteBudget

KEPT = 2
NAME = re.compile(r"resume-(\d+)-([0-9a-f]{16})\.npz")
STATE = "state"

# what a callback knows between epochs, by class
CALLBACK_STATE = {
    "BestWeights": ("best",),
    "EarlyStopping": ("wait", "stopped_epoch", "best", "best_epoch"),
    "ModelCheckpoint": ("best", "_batches_seen_since_last_saving", "_last_batch_seen"),
    "ReduceLROnPlateau": ("wait", "best", "cooldown_counter"),
    "HistoryFile": ("rows",),
}

Logs = dict[str, Any] | None


class ResumePoint(keras.callbacks.Callback):
    """Saves resume points; must be the last callback, to see all others' state.

    One is written after the first epoch, after the last, and when the run is asked to stop. After
    the other epochs the `WriteBudget` decides: a killed run of very short epochs repeats some of
    them.

    Args:
        folder: The run's folder of checkpoints.
        callbacks: The other callbacks of the run.
        state: A resume point to go on from, as `newest` gives it.
        stop: The run's request to stop; must come right before this callback.
    """

    def __init__(
        self,
        folder: Path,
        callbacks: Sequence[Any],
        state: dict[str, Any] | None = None,
        stop: StopRequest | None = None,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.others = list(callbacks)
        self.state = state
        self.stop = stop
        self.budget = WriteBudget()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.budget.start()
        # Keras's callbacks forget everything in their own on_train_begin, just before this one.
        if self.state is not None:
            restore(self.state, self.model, self.others)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        last = self.model.stop_training or epoch + 1 == self.params["epochs"]
        if last or self.budget.allows():
            by_itself = self.model.stop_training and not (self.stop and self.stop.stopped_after)
            with self.budget.writing():
                save(self.folder, epoch + 1, self.model, self.others, stopped=by_itself)


def save(
    folder: Path,
    epochs: int,
    model: keras.Model,
    callbacks: Sequence[Any],
    *,
    stopped: bool = False,
) -> Path:
    """Write the resume point after `epochs` epochs, then remove all but the newest two.

    Args:
        stopped: A callback ended the training: there are no epochs left.
    """
    arrays = {f"model/{at}": _value(each) for at, each in enumerate(model.variables)}
    arrays |= {f"optimizer/{at}": _value(each) for at, each in enumerate(model.optimizer.variables)}
    known = {}
    for callback in callbacks:
        kind = type(callback).__name__
        if kind in CALLBACK_STATE:
            known[kind] = {name: _plain(getattr(callback, name)) for name in CALLBACK_STATE[kind]}
        for at, weight in enumerate(getattr(callback, "best_weights", None) or ()):
            arrays[f"{kind}/{at}"] = np.asarray(weight)
    state = {"epochs": epochs, "stopped": bool(stopped), "callbacks": known}
    arrays[STATE] = np.frombuffer(json.dumps(state).encode(), np.uint8)
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **arrays)
    content = written.getvalue()
    path = folder / f"resume-{epochs:06d}-{_checksum(content)}.npz"
    with replacing(path) as partial:
        partial.write_bytes(content)
    for old in _points(folder)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def newest(folder: Path, warn: Callable[[str], None]) -> dict[str, Any] | None:
    """The newest intact resume point, or None. Warns of damaged ones."""
    for path in _points(folder):
        try:
            content = path.read_bytes()
            name = NAME.fullmatch(path.name)
            if name and _checksum(content) == name[2]:
                with np.load(io.BytesIO(content), allow_pickle=False) as file:
                    arrays = {key: file[key] for key in file.files}
                return {**json.loads(arrays.pop(STATE).tobytes()), "arrays": arrays}
        except (OSError, ValueError, KeyError):
            pass
        warn(f"warning: {path} is damaged; using the one before")
    return None


def restore(state: dict[str, Any], model: keras.Model, callbacks: Sequence[Any]) -> None:
    """Put model, optimizer and callbacks back as they were.

    Raises:
        TrainingError: the resume point is of another model.
    """
    arrays = state["arrays"]
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    for kind, variables in (("model", model.variables), ("optimizer", model.optimizer.variables)):
        saved = sum(key.startswith(f"{kind}/") for key in arrays)
        if saved != len(variables):
            raise TrainingError(
                f"the resume point has {saved} {kind} variables, but {len(variables)} are needed; "
                "start a new run"
            )
        for at, variable in enumerate(variables):
            value = arrays[f"{kind}/{at}"]
            if value.shape != tuple(variable.shape):
                raise TrainingError(
                    f"the resume point has {variable.path} of shape {value.shape}, but "
                    f"{tuple(variable.shape)} is needed; start a new run"
                )
            variable.assign(value)
    for callback in callbacks:
        kind = type(callback).__name__
        for name, value in state["callbacks"].get(kind, {}).items():
            setattr(callback, name, value)
        count = sum(key.startswith(f"{kind}/") for key in arrays)
        best = [arrays[f"{kind}/{at}"] for at in range(count)]
        if best and hasattr(callback, "best_weights"):
            callback.best_weights = best
        if best and hasattr(callback, "unwritten"):
            callback.unwritten = True  # the file may be of another epoch
        if hasattr(callback, "write_rows"):
            callback.write_rows()


def _points(folder: Path) -> list[Path]:
    """Resume points by name, the newest first."""
    with contextlib.suppress(OSError):
        return sorted(
            (path for path in folder.iterdir() if NAME.fullmatch(path.name)), reverse=True
        )
    return []


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _value(variable: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(variable))


def _plain(value: Any) -> Any:
    """JSON's kind of value: NumPy and tensor scalars become Python numbers, exactly."""
    if isinstance(value, list | dict) or value is None:
        return value
    return int(value) if isinstance(value, int) else float(value)


HANGUP = getattr(signal, "SIGHUP", None)  # a terminal that closes; Windows has none
SIGNALS = tuple(each for each in (signal.SIGINT, signal.SIGTERM, HANGUP) if each is not None)


class StopRequest(keras.callbacks.Callback):
    """Stops training after the epoch in which `ask` was called.

    `stopped_after` stays None where a callback before this one ended the training by itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked = False
        self.stopped_after: int | None = None

    def ask(self) -> None:
        """Ask for the stop; safe from a signal handler and from another thread."""
        self.asked = True

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.asked and not self.model.stop_training:
            self.stopped_after = epoch + 1
            self.model.stop_training = True


@contextmanager
def listening(
    request: StopRequest, say: Callable[[str], None], at_once: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into a request; the second one ends the process.

    Python runs signal handlers between its own instructions, and a compiled epoch is one long
    instruction: a thread that reads the signals' wake-up pipe sees them at once.

    Args:
        request: What the first signal asks.
        say: Tells the user.
        at_once: What is done before the process ends.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    # The handlers have nothing to do themselves: the thread hears every signal.
    heard_of = [each for each in SIGNALS if not (each == HANGUP and _is_ignored(each))]  # nohup
    before = {number: signal.getsignal(number) for number in heard_of}

    def listen() -> None:
        while (heard := os.read(reader, 1)) and heard[0]:
            if heard[0] not in heard_of:
                continue
            if request.asked:
                with contextlib.suppress(Exception):
                    at_once()
                end_at_once()
            request.ask()
            with contextlib.suppress(OSError):  # a terminal that is gone
                say("stopping after this epoch; interrupt again to stop at once")

    thread = threading.Thread(target=listen, daemon=True)
    # At each moment a signal has its handler from before or is in the pipe: none is lost.
    old_pipe = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        for number in heard_of:  # first SIGINT, which may raise KeyboardInterrupt until then
            signal.signal(number, _ignored)
        thread.start()
        try:
            yield
        finally:
            os.write(writer, b"\0")
            thread.join()
    finally:
        for number in reversed(heard_of):
            signal.signal(number, before[number])
        signal.set_wakeup_fd(old_pipe)
        os.close(writer)
        late = os.read(reader, 1024)
        os.close(reader)
    for number in late:
        if number in heard_of:
            signal.raise_signal(number)


def _is_ignored(number: int) -> bool:
    return signal.getsignal(number) == signal.SIG_IGN


def _ignored(_number: int, _frame: FrameType | None) -> None:
    """Keeps Python's own handler, which would raise KeyboardInterrupt, from running."""
