"""What callbacks ask of a model while it trains is answered as in Keras, with every engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import slow

import zoo.training
from zoo._keras import keras
from zoo.training.shards import shuffled

ENGINES = (slow("fit"), "resident", slow("resident-xla"))
X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
Y = X.sum(axis=1, keepdims=True)
FAR = 5 + X, 1000 + Y


def linear() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


class Asking(keras.callbacks.Callback):
    """Asks after every epoch, and notes the answers."""

    def __init__(self, ask: Any) -> None:
        super().__init__()
        self.ask = ask
        self.answers: list[Any] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.answers.append(self.ask(self.model))


def evaluated(model: keras.Model) -> float:
    return model.evaluate(*FAR, verbose=0)


def scored_on_a_batch(model: keras.Model) -> float:
    return float(model.test_on_batch(*FAR))


def predicted(model: keras.Model) -> float:
    return float(model.predict(FAR[0], verbose=0).sum())


def trained_on_a_batch(model: keras.Model) -> float:
    return float(model.train_on_batch(X[:8] / 10, Y[:8]))


def trained_once_more(model: keras.Model) -> float:
    return model.fit(X[:16] / 10, Y[:16], batch_size=8, shuffle=False, verbose=0).history["loss"][0]


def trained_once_more_here(model: keras.Model) -> float:
    given: Any = {"batch_size": 8, "shuffle": False, "verbose": 0, "engine": "resident"}
    return zoo.training.fit(model, X[:16] / 10, Y[:16], **given).history["loss"][0]


ASKED = (
    evaluated,
    slow(scored_on_a_batch),
    predicted,
    trained_on_a_batch,
    slow(trained_once_more),
    slow(trained_once_more_here),
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("ask", ASKED)
def test_questions_of_callbacks_are_answered_as_in_keras(ask: Any, engine: str) -> None:
    found = []
    ways: Any = ((keras.Model.fit, {}), (zoo.training.fit, {"engine": engine}))
    for train, how in ways:
        asking = Asking(ask)
        model = linear()
        run = train(
            model,
            X,
            Y,
            batch_size=8,
            epochs=2,
            verbose=0,
            shuffle=False,
            validation_data=(X[:8], Y[:8]),
            callbacks=[asking],
            **how,
        )
        assert model.history is not None
        if "once_more" not in ask.__name__:  # there the history is the inner training's
            found.append((asking.answers, run.history["loss"], run.history["val_loss"]))
        else:
            found.append((asking.answers, [float(each.sum()) for each in model.get_weights()]))
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    if ask is evaluated:
        assert found[1][0][0] > 100 * found[1][2][0], "the far rows' loss, not the validation's"


def test_the_model_gets_its_functions_back() -> None:
    model = linear()
    model.make_train_function()
    before = model.train_function
    zoo.training.fit(model, X, Y, verbose=0, engine="resident", validation_data=(X, Y))
    assert model.train_function is before
    assert model.evaluate(*FAR, verbose=0) > 100


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_rows_follows_a_restored_epoch(engine: str, tmp_path: Path) -> None:
    """Keras's BackupAndRestore goes on at epoch 2, and so does the order of the rows."""

    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                raise InterruptedError

    def run(*callbacks: Any) -> np.ndarray:
        model = linear()
        given: Any = {"batch_size": 8, "epochs": 4, "verbose": 0, "engine": engine, "seed": 3}
        zoo.training.fit(model, X, Y, callbacks=[*callbacks], **given)
        return model.get_weights()[0]

    whole = run()
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(InterruptedError):
        run(backup, Stop())
    resumed = run(keras.callbacks.BackupAndRestore(tmp_path / "backup"))
    np.testing.assert_allclose(resumed, whole, rtol=1e-6)
    orders = [shuffled(40, 3, epoch).numpy().tolist() for epoch in range(4)]
    assert orders[0] != orders[2], "or the test would say nothing"
