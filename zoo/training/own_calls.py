"""Functions for Keras's fit that leave alone what callbacks ask of the model meanwhile.

The callback derives from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from zoo._keras import keras
from zoo.training.metric_calls import fewer_calls

Epoch = Callable[[int], Any]  # from the number of an epoch to its logs


def own_calls(
    model: keras.Model, train: Epoch | None, test: Epoch | None
) -> tuple[keras.callbacks.Callback, Callable[[], Any]]:
    """A callback and a block: within it, one step of fit's own is a whole epoch.

    `model.train_function` and `model.test_function` also serve `evaluate`, `train_on_batch` and a
    nested `fit`, which a callback may call on other rows: they get Keras's own functions.

    Args:
        model: A compiled model.
        train, test: Run an epoch of training and of validation; None leaves Keras's own.

    Returns:
        The callback, to be the last one that fit is given, and the block's context manager.
    """
    own = _OwnCalls(train, test)

    @contextmanager
    def serving() -> Iterator[None]:
        before = model.train_function, model.test_function
        if train is not None:
            model.train_function = own.function(model, "train")
        if test is not None:
            model.test_function = own.function(model, "test")
        try:
            with fewer_calls(model, lambda: own.logs):
                yield
        finally:
            model.train_function, model.test_function = before

    return own, serving


class _OwnCalls(keras.callbacks.Callback):
    """Tells fit's own calls from others: they follow a batch's beginning in fit's callbacks."""

    def __init__(self, train: Epoch | None, test: Epoch | None) -> None:
        super().__init__()
        self.epochs = {"train": train, "test": test}
        self.epoch = 0
        self.begun = ""  # the kind of batch that has just begun
        self.logs: Any = None  # of the last epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch  # after a restore it is not the first

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.begun = "train"

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.begun = "test"

    def function(self, model: keras.Model, kind: str) -> Callable[[Any], Any]:
        """What stands in for the model's train or test function."""
        of_keras: list[Any] = []

        def run(iterator: Any) -> Any:
            begun, self.begun = self.begun, ""
            epoch = self.epochs[kind]
            if begun == kind and epoch is not None:
                self.logs = epoch(self.epoch)
                return self.logs
            if not of_keras:
                of_keras.append(_made_by_keras(model, kind))
            return of_keras[0](iterator)

        return run


def _made_by_keras(model: keras.Model, kind: str) -> Any:
    name = f"{kind}_function"
    ours = getattr(model, name)
    getattr(model, f"make_{name}")(force=True)
    made = getattr(model, name)
    setattr(model, name, ours)
    return made
