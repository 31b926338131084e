"""What a training tells of itself: how far it is, why it ended, what was put back."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from search_helpers import Saying
from support import checksum

import zoo
from zoo._keras import keras, layers
from zoo.core.console import Reporter
from zoo.training import engine
from zoo.training.progress import EpochLines

RECIPE = dataclasses.replace(zoo.recipe("single_dense"), epochs=4, batch_size=16)
STEPS = 8


def small() -> Any:
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, name="out")])
    model.compile("sgd", "mse", metrics=["mse", "mae"])
    return model


def data(rows: int = 16 * STEPS) -> Any:
    random = np.random.default_rng(0)
    features = random.normal(size=(rows, 4)).astype("float32")
    return {"x": features}, {"out": features[:, :1] + 1}


def trained(
    reporter: Reporter, kind: str = "resident", own: Any = (), lines: Any = None, **more: Any
) -> Any:
    model = small()
    lines = lines or EpochLines(reporter, RECIPE, STEPS, kind, own)
    options = {"epochs": RECIPE.epochs, "batch_size": 16, "engine": kind, "verbose": 0}
    x, y = data()
    engine.fit(
        model, x, y, validation_data=data(32), callbacks=[*own, lines], **{**options, **more}
    )
    return model


class Scripted(keras.callbacks.Callback):
    """Replaces the validation loss by values of the test's."""

    def __init__(self, *values: float) -> None:
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["val_loss"] = self.values[epoch]


def test_early_stopping_says_why_and_what_returned() -> None:
    said = Saying()
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    trained(said, own=[Scripted(3.0, 1.0, 2.0, 2.0), stopping])
    assert said.lines[-1] == (
        "stopped early after epoch 4: val_loss has not improved for 2 epochs; "
        "weights of epoch 2 restored"
    )
    assert said.lines[-2].startswith("epoch 4/4 ")


def test_early_stopping_that_puts_nothing_back() -> None:
    said = Saying()
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=1)
    trained(said, own=[Scripted(1.0, 2.0), stopping])
    assert said.lines[-1] == ("stopped early after epoch 2: val_loss has not improved for 1 epoch")


@pytest.mark.slow
def test_best_weights_return_without_a_stop_too() -> None:
    said = Saying()
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=9, restore_best_weights=True)
    trained(said, own=[Scripted(3.0, 2.0, 1.0, 2.0), stopping])
    assert said.lines[-1] == "weights of epoch 3 restored"
    said = Saying()
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=9, restore_best_weights=True)
    trained(said, own=[Scripted(4.0, 3.0, 2.0, 1.0), stopping])
    assert said.lines[-1].startswith("epoch 4/4 "), "nothing was put back"


def test_a_lower_learning_rate_is_told() -> None:
    said = Saying()
    plateau = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=2)
    trained(said, own=[Scripted(1.0, 2.0, 2.0, 2.0), plateau])
    told = [line for line in said.lines if line.startswith("learning rate")]
    assert told == ["learning rate halved to 0.005: val_loss has not improved for 2 epochs"]


def test_the_first_validation_after_some_epochs_gets_a_column() -> None:
    said = Saying()
    trained(said, validation_freq=2)
    heads = [at for at, line in enumerate(said.lines) if "loss = mse" in line]
    assert [line.split()[0] for line in said.lines[: heads[1]]] == ["loss", "epoch"]
    assert said.lines[heads[1] + 1].split() == ["train", "val"]
    assert said.lines[heads[1] + 3].split()[3] == "-", "the third epoch is not validated"


def test_detailed_lines_have_every_value() -> None:
    said = Saying()
    said.detailed = True
    trained(said)
    assert sum(line.startswith("epoch ") for line in said.lines) == 4
    train = next(line for line in said.lines if line.startswith("  train"))
    assert train.split()[1::2] == ["loss", "mae", "mse"]


@contextmanager
def polled(lines: EpochLines) -> Iterator[list[tuple[float, str]]]:
    """What the position is from moment to moment, asked from another thread as a bar asks."""
    seen: list[tuple[float, str]] = []
    ended = threading.Event()

    def follow() -> None:
        while not ended.wait(0.002):
            seen.append(lines.position())

    thread = threading.Thread(target=follow)
    thread.start()
    yield seen
    ended.set()
    thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["fit", "resident", "resident-xla"])
def test_the_bar_moves_forward_and_changes_nothing(kind: str) -> None:
    silent = Reporter(silent=True)
    unwatched = checksum(trained(silent, kind))
    lines = EpochLines(silent, RECIPE, STEPS, kind)
    with polled(lines) as seen:
        watched = trained(silent, kind, lines=lines)
    assert checksum(watched) == unwatched
    places = [done for done, _ in seen]
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] <= RECIPE.epochs * STEPS
    assert seen[0][1] == "epoch 1/4, compiling the first step"
    assert lines.position() == (RECIPE.epochs * STEPS, "epoch 4/4, validation")


def test_a_resident_epoch_shows_its_steps_from_inside() -> None:
    """The optimizer counts them while the compiled epoch runs."""
    lines = EpochLines(Reporter(silent=True), RECIPE, STEPS, "resident")
    model = small()
    model.optimizer.build(model.trainable_variables)
    lines.set_model(model)
    lines.on_epoch_begin(1)
    lines.compiled = True
    model.optimizer.iterations.assign(5)
    assert lines.position() == (STEPS + 5, "epoch 2/4, step 5/8")


def test_an_estimate_is_called_one_and_never_completes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("zoo.training.progress.time.perf_counter", lambda: now[0])
    lines = EpochLines(Reporter(silent=True), RECIPE, STEPS, "resident-xla")
    lines.set_model(small())
    said = []
    for epoch, took in enumerate((60.0, 4.0, 4.0)):  # the first compiles
        lines.on_epoch_begin(epoch)
        for share in (0.5, 50):
            now[0] += took * share
            said.append(lines.position())
            now[0] -= took * share
        now[0] += took
        lines.on_train_batch_end(0)
    assert [what for _, what in said] == [
        *["epoch 1/4, compiling the first step"] * 2,
        *["epoch 2/4"] * 2,
        *("epoch 3/4, about 50%", "epoch 3/4, about 99%"),
    ]
    assert [done for done, _ in said] == [0, 0, 8, 8, 20, pytest.approx(23.92)]
