"""An LSTM laid out for a CPU, with a gradient of its own.

Left to itself, a gradient keeps every intermediate of a step, and multiplies states with the
gates' gradients at each and adds the products up. Here what the way back needs of the way there
is worked out for all steps at once, and single products at the end give the kernels' gradients.
The rows are the last axis: gates are then contiguous, and few units still fill vector registers.
"""

from __future__ import annotations

from typing import Any

from zoo._keras import tf


def lstm(series: Any, kernel: Any, bias: Any, recurrent: Any, h: Any, c: Any) -> Any:
    """All outputs of an LSTM with tanh and sigmoid gates, and the carry of its last step.

    Args:
        series: Inputs, (time, rows, features).
        kernel, bias, recurrent: (features, 4 * units), (4 * units,) and (units, 4 * units), for
            the input gate, the forget gate, the candidate and the output gate.
        h, c: The states before the first step, (units, rows).

    Returns:
        Outputs, (time, units, rows), and the last carry, (units, rows).
    """
    return tf.custom_gradient(_lstm)(series, kernel, bias, recurrent, h, c)


def _lstm(series: Any, kernel: Any, bias: Any, recurrent: Any, h: Any, c: Any) -> Any:
    steps, units, transposed = tf.shape(series)[0], recurrent.shape[0], tf.transpose(recurrent)
    flat = tf.reshape(series, (-1, series.shape[2]))
    projected = tf.matmul(kernel, flat, transpose_a=True, transpose_b=True) + bias[:, None]
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: one function for all gates
    halves = tf.constant([[0.5]] * 2 * units + [[1.0]] * units + [[0.5]] * units, series.dtype)
    inputs = _by_time(projected, steps)
    start = 0, h, c, *(tf.TensorArray(series.dtype, steps) for _ in range(2))

    def step(at: Any, h: Any, c: Any, gates: Any, states: Any) -> Any:
        z = inputs.read(at) + tf.matmul(transposed, h)
        of_step = tf.tanh(z * halves) * halves + (1 - halves)
        i, f, g, o = tf.split(of_step, 4)
        c = f * c + i * g
        h = o * tf.tanh(c)
        return at + 1, h, c, gates.write(at, of_step), states.write(at, tf.concat([c, h], 0))

    *_, last, gates, states = tf.while_loop(
        lambda at, *_: at < steps, step, start, parallel_iterations=1
    )
    gates = gates.stack()
    carries, outputs = tf.split(states.stack(), 2, axis=1)
    outputs = tf.ensure_shape(outputs, (series.shape[0], units, series.shape[1]))

    def gradient(by_outputs: Any, by_last: Any) -> tuple[Any, ...]:
        by_gates, by_h, by_c = _back(recurrent, c, gates, carries, by_outputs, by_last)
        before = tf.concat([h[None], outputs[:-1]], axis=0)
        by_recurrent = tf.transpose(tf.matmul(by_gates, _flat(before), transpose_b=True))
        by_kernel = tf.matmul(flat, by_gates, transpose_a=True, transpose_b=True)
        by_flat = tf.matmul(by_gates, kernel, transpose_a=True, transpose_b=True)
        by_series = tf.reshape(by_flat, tf.shape(series))
        return by_series, by_kernel, tf.reduce_sum(by_gates, axis=1), by_recurrent, by_h, by_c

    return (outputs, last), gradient


def _back(
    recurrent: Any, c: Any, gates: Any, carries: Any, by_outputs: Any, by_last: Any
) -> tuple[Any, Any, Any]:
    """Gradients by the gates before their functions, (4 * units, time * rows), and by h and c."""
    steps, units = tf.shape(gates)[0], recurrent.shape[0]
    i, f, g, o = tf.split(gates, 4, axis=1)
    before = tf.concat([c[None], carries[:-1]], axis=0)
    bent = tf.tanh(carries)
    factors = tf.concat(
        [g * i * (1 - i), before * f * (1 - f), i * (1 - g * g), bent * o * (1 - o)], axis=1
    )
    given = [
        tf.TensorArray(gates.dtype, steps).unstack(each)
        for each in (factors, by_outputs, o * (1 - bent * bent), f)
    ]
    # the output gate's gradient is a multiple of that by h, the others' of that by c
    of_h = tf.constant([0.0, 0.0, 0.0, 1.0], gates.dtype)[:, None, None]
    of_c = 1 - of_h

    def step(at: Any, by_h: Any, by_c: Any, found: Any) -> Any:
        by_each, by_output, carried, forgotten = (array.read(at) for array in given)
        by_h += by_output
        by_c += by_h * carried
        by_gates = (by_c * of_c + by_h * of_h) * tf.reshape(by_each, (4, units, -1))
        by_gates = tf.reshape(by_gates, (4 * units, -1))
        by_h = tf.matmul(recurrent, by_gates)
        return at - 1, by_h, by_c * forgotten, found.write(at, by_gates)

    start = steps - 1, tf.zeros_like(c), by_last, tf.TensorArray(gates.dtype, steps)
    _, by_h, by_c, found = tf.while_loop(lambda at, *_: at >= 0, step, start, parallel_iterations=1)
    return _flat(found.stack()), by_h, by_c


def _by_time(flat: Any, steps: Any) -> Any:
    """An array of (units, rows) per step, of (units, time * rows)."""
    units = flat.shape[0]
    by_time = tf.transpose(tf.reshape(flat, (units, steps, -1)), (1, 0, 2))
    return tf.TensorArray(flat.dtype, steps).unstack(by_time)


def _flat(by_time: Any) -> Any:
    """(units, time * rows), of (time, units, rows)."""
    return tf.reshape(tf.transpose(by_time, (1, 0, 2)), (by_time.shape[1], -1))
