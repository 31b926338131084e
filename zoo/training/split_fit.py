"""Training by the devices or workers of a `tf.distribute` strategy, as one process would.

The chief runs Keras's fit with every callback. Before each step or epoch it tells the other
workers what comes; they run the same and ask nothing else. What callbacks have done to the model
reaches them with the next epoch: its weights, its optimizer and random states are sent to all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training import split_step
from zoo.training.channel import Channel
from zoo.training.own_calls import own_calls
from zoo.training.part import Fitting, Part, endless
from zoo.training.resident import run_epoch
from zoo.training.shards import Shards

END, EPOCH, STEP = 0, 1, 2  # what the chief says comes next
KINDS = ("train", "test")


def fit_split(fitting: Fitting, strategy: Any, *, by_steps: bool) -> keras.callbacks.History:
    """Train; every worker calls it with the same rows.

    Args:
        fitting: Its model was built and compiled in the strategy's scope.
        by_steps: Call batch callbacks for every step, and not once an epoch.

    Raises:
        TrainingError: a model that cannot be shared out, or a worker that is gone.
    """
    model, train, test = fitting.model, fitting.train, fitting.test
    with strategy.scope():
        model._symbolic_build(data_batch=train.first_batch)
    _keep_metrics_here(model)
    # from here on Keras sees a model of one process; other calls than fit's own need no workers
    model._distribute_strategy = None
    by_steps = by_steps and (train.order.seed is not None or train.order.taken == train.order.rows)
    parts = {"train": train} if test is None else {"train": train, "test": test}
    channel = Channel(strategy)
    turns = {
        kind: fitting.at_end.enter_context(
            closing(
                _Turns(
                    split_step.split_loop(model, strategy, kind, part.batch_size),
                    part,
                    fitting.settings["epochs"] if kind == "train" else 0,
                    by_steps=by_steps,
                )
            )
        )
        for kind, part in parts.items()
    }
    with channel.named_losses():
        if channel.chief:
            return _lead(fitting, channel, turns)
        return _follow(model, channel, turns)


def _lead(fitting: Fitting, channel: Channel, turns: dict[str, _Turns]) -> keras.callbacks.History:
    model = fitting.model

    def told(kind: str) -> Callable[[int], Any]:
        turn = turns[kind]

        def run(epoch: int) -> Any:
            epoch = epoch if kind == "train" else 0
            begins, logs = turn.at == 0, None
            for _ in range(min(model.steps_per_execution, turn.steps - turn.at)):
                word = STEP if turn.by_steps else EPOCH
                channel.tell([word, KINDS.index(kind), epoch, turn.at, _rate(model)])
                if begins:
                    channel.share(_state(model))
                    begins = False
                logs = turn.next(epoch)
            return logs

        return run

    makers = {kind: partial(told, kind) for kind in turns}
    own, serving = own_calls(model, makers["train"], makers.get("test"))
    given: dict[str, Any] = {}
    if "test" in turns:
        test = turns["test"]
        given = {"validation_data": endless(test.part), "validation_steps": test.steps}
    history, reason = keras.callbacks.History(), "the chief has failed"
    try:
        with serving():
            history = model.fit(
                endless(turns["train"].part),
                steps_per_epoch=turns["train"].steps,
                shuffle=False,
                callbacks=[*fitting.callbacks, _Beginnings(turns), own],
                **given,
                **fitting.settings,
            )
        reason = ""
    except BaseException as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise
    finally:
        with suppress(*([tf.errors.OpError, TrainingError] if reason else [])):
            channel.tell([END, 0, 0, 0, 0])
            channel.say({"reason": reason[:300]})
            if not reason:
                channel.share(_state(model))
                channel.say({"history": history.history, "epoch": history.epoch})
    return history


def _follow(model: keras.Model, channel: Channel, turns: dict[str, _Turns]) -> Any:
    while True:
        word, kind, epoch, at, rate = (int(each) for each in channel.tell(None))
        if word == END:
            break
        turn = turns[KINDS[kind]]
        turn.at = at
        _set_rate(model, rate)
        if at == 0:
            channel.share(_state(model))
        turn.next(epoch)
    reason = channel.say(None)["reason"]
    if reason:
        raise TrainingError(f"the chief has stopped: {reason}")
    channel.share(_state(model))
    told = channel.say(None)
    history = keras.callbacks.History()
    history.set_model(model)
    history.history, history.epoch = told["history"], told["epoch"]
    return history


class _Turns:
    """Runs rows by epochs, or by steps one after the other; close it at the end."""

    def __init__(self, run: Any, part: Part, epochs: int, *, by_steps: bool) -> None:
        self.part = part
        self.by_steps = by_steps
        self.steps = part.steps if by_steps else 1
        self.at = 0  # the next step
        self._run = run
        self._pieces: Iterator[Any] = iter(())
        size, order = part.batch_size, part.order
        # of a single byte: a piece is one batch
        self._rows = Shards(part.data, size, order, epochs, shard=int(by_steps))

    def next(self, epoch: int) -> Any:
        """Run the next step, or a whole epoch; the logs after it."""
        if not self.by_steps:
            return run_epoch(self._run, self._rows, epoch)
        if self.at == 0:
            self._pieces = self._rows.epoch(epoch)
        self.at = (self.at + 1) % self.steps
        return self._run(next(self._pieces))

    def close(self) -> None:
        self._rows.close()


class _Beginnings(keras.callbacks.Callback):
    """An epoch or a validation that a callback has broken off does not go on in the next."""

    def __init__(self, turns: dict[str, _Turns]) -> None:
        super().__init__()
        self.turns = turns

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.turns["train"].at = 0

    def on_test_begin(self, logs: Any = None) -> None:
        self.turns["test"].at = 0


def _keep_metrics_here(model: keras.Model) -> None:
    """Keep metrics in plain variables: the first replica has all outputs, and counts for all.

    Keras makes variables that a reader must add up over all workers: one alone would wait forever.
    """
    for metric in model.metrics:
        for variable in metric.variables:
            primary = getattr(variable.value, "_primary", None)
            if primary is not None:
                variable._value = primary


def _state(model: keras.Model) -> list[Any]:
    """What an epoch depends on."""
    optimizer = model.optimizer.variables if model.optimizer is not None else []
    return [*model.variables, *optimizer]


def _rate(model: keras.Model) -> int:
    """The learning rate's bits, which callbacks set between steps, or 0 if there is a schedule."""
    rate = getattr(model.optimizer, "_learning_rate", None)
    if not isinstance(rate, keras.Variable):
        return 0
    return int(np.asarray(rate, np.float32).view(np.int32))


def _set_rate(model: keras.Model, bits: int) -> None:
    rate = getattr(model.optimizer, "_learning_rate", None)
    if rate is not None and isinstance(rate, keras.Variable):
        rate.assign(np.int32(bits).view(np.float32))
