"""How much each member of an ensemble counts: convex weights, learned on held-out rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo._keras import keras, tf

LEAST = 1e-4  # a smaller share becomes 0


def convex_shares(loss: str, truth: np.ndarray, predicted: np.ndarray) -> list[float]:
    """Shares, none negative and together 1, with the least loss of the weighted average.

    Args:
        loss: A Keras loss name.
        truth: Targets, rows on axis 0.
        predicted: Every member's predictions, shape (members, rows, ...).

    Returns:
        One share per member: uniform ones if none are better.
    """
    from scipy.optimize import minimize

    function = keras.losses.get(loss)
    target = tf.constant(truth)
    members = tf.constant(predicted, tf.float64)
    count = len(predicted)
    uniform = np.full(count, 1 / count)

    @tf.function
    def slope(shares: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(shares)
            value = tf.reduce_mean(function(target, tf.tensordot(shares, members, 1)))
        return value, tape.gradient(value, shares)

    def value_and_slope(shares: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = slope(tf.constant(shares, tf.float64))
        return float(value), gradient.numpy().astype(float)

    found = minimize(
        value_and_slope,
        uniform,
        jac=True,
        method="SLSQP",
        bounds=[(0, 1)] * count,
        constraints={
            "type": "eq",
            "fun": lambda shares: shares.sum() - 1,
            "jac": lambda shares: np.ones_like(shares),
        },
        options={"ftol": 1e-9, "maxiter": 200},
    )
    shares = np.where(found.x > LEAST, found.x, 0.0)
    if not np.isfinite(shares).all() or not shares.sum():
        return uniform.tolist()
    shares /= shares.sum()
    better = value_and_slope(shares)[0] < value_and_slope(uniform)[0]
    return (shares if better else uniform).tolist()
