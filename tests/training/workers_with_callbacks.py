"""Train by the workers that TF_CONFIG names, or alone, with callbacks that change the training."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import zoo.training
from zoo._keras import keras, layers, tf
from zoo.training import cluster


def main() -> None:
    strategy = cluster.strategy() if cluster.named() else tf.distribute.get_strategy()
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = keras.Sequential([keras.Input((4,)), layers.Dense(6, "tanh"), layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    x = np.random.default_rng(0).normal(size=(41, 4)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    called = []

    def halve(epoch: int, rate: float) -> float:
        called.append(epoch)
        return rate if epoch < 3 else rate / 2

    def best() -> Any:
        return keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)

    log = zoo.training.fit(
        model,
        x,
        y,
        batch_size=8,
        epochs=20,
        verbose=0,
        validation_data=(x[:7], -y[:7]),  # it gets worse
        callbacks=[keras.callbacks.LearningRateScheduler(halve), best()],
        engine="fit",
    )
    kept = {"weights": [float(np.sum(each)) for each in model.get_weights()], "called": len(called)}
    print(json.dumps(log.history | kept))


if __name__ == "__main__":
    main()
