"""Functions for Keras's fit that leave alone what callbacks ask of the model meanwhile.

The callback derives from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from zoo._keras import keras
from zoo.training.checks import build_optimizer
from zoo.training.metric_calls import fewer_calls

Epoch = Callable[[int], Any]  # from the number of an epoch to its logs
Maker = Callable[[], Epoch]


def own_calls(
    model: keras.Model, train: Maker | None, test: Maker | None
) -> tuple[keras.callbacks.Callback, Callable[[], Any]]:
    """A callback and a block: within it, one step of fit's own is a whole epoch.

    `model.train_function` and `model.test_function` also serve `evaluate`, `train_on_batch` and a
    nested `fit`, which a callback may call on other rows: they get Keras's own functions. Where a
    callback has the functions made anew, as after a `compile`, so are the epochs.

    Args:
        model: A compiled model.
        train, test: Make what runs an epoch of training and of validation; None leaves Keras's
            own.

    Returns:
        The callback, to be the last one that fit is given, and the block's context manager.
    """
    makers = {"train": train, "test": test}
    own = _OwnCalls({kind: make for kind, make in makers.items() if make})

    @contextmanager
    def serving() -> Iterator[None]:
        with own.standing_in(model), fewer_calls(model, lambda: own.logs):
            yield

    return own, serving


class _OwnCalls(keras.callbacks.Callback):
    """Tells fit's own calls from others: they follow a batch's beginning in fit's callbacks."""

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        super().__init__()
        self.makers = makers
        self.epochs = {kind: make() for kind, make in makers.items()}
        self.epoch = 0
        self.begun = ""  # the kind of batch that has just begun
        self.logs: Any = None  # of the last epoch
        self.ours: dict[str, Any] = {}  # kind -> what stands in for the model's function
        self.kept: dict[str, Any] = {}  # kind -> what the model has afterwards
        self.of_keras: dict[str, Any] = {}  # kind -> Keras's function, for calls of others

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch  # after a restore it is not the first

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._begin("train")

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._begin("test")

    def _begin(self, kind: str) -> None:
        self.begun = kind
        made = self.ours and getattr(self.model, f"{kind}_function")
        if kind in self.makers and made and made is not self.ours[kind]:
            self.kept[kind] = made  # a callback has had it made: for the model as it is now
            self.of_keras.pop(kind, None)
            build_optimizer(self.model)  # a compile has brought another
            self.epochs[kind] = self.makers[kind]()
            setattr(self.model, f"{kind}_function", self.ours[kind])

    @contextmanager
    def standing_in(self, model: keras.Model) -> Iterator[None]:
        """Within the block, the model's functions run epochs where fit itself asks."""
        self.ours = {kind: self._function(model, kind) for kind in self.makers}
        self.kept = {kind: getattr(model, f"{kind}_function") for kind in self.makers}
        for kind, ours in self.ours.items():
            setattr(model, f"{kind}_function", ours)
        try:
            yield
        finally:
            for kind, ours in self.ours.items():
                if getattr(model, f"{kind}_function") is ours:  # or it was compiled again
                    setattr(model, f"{kind}_function", self.kept[kind])

    def _function(self, model: keras.Model, kind: str) -> Callable[[Any], Any]:
        """What stands in for the model's train or test function."""

        def run(iterator: Any) -> Any:
            begun, self.begun = self.begun, ""
            if begun == kind:
                self.logs = self.epochs[kind](self.epoch)
                return self.logs
            if kind not in self.of_keras:
                self.of_keras[kind] = _made_by_keras(model, kind)
            return self.of_keras[kind](iterator)

        return run


def _made_by_keras(model: keras.Model, kind: str) -> Any:
    name = f"{kind}_function"
    ours = getattr(model, name)
    getattr(model, f"make_{name}")(force=True)
    made = getattr(model, name)
    setattr(model, name, ours)
    return made
