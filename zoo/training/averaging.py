"""Averaged weights (EMA): who sees them during training. Importing this loads TensorFlow.

The optimizer keeps the averages (Keras's `use_ema`) and `fit` leaves them in the model at its
end. In between, Keras alone would validate, checkpoint and stop early on the weights that are
being trained. `keras.callbacks.SwapEMAWeights` exchanges the two in place and needs to know the
last epoch beforehand: a run that stops early or by request would end on the wrong ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo._keras import keras

Logs = dict[str, Any] | None


class AveragesIn(keras.callbacks.Callback):
    """Puts the averages into the model for the validation and the end of every epoch.

    Must be the first callback, so that all others meet the averages at an epoch's end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trained: list[np.ndarray] = []  # the weights that the averages stand in for

    def on_test_begin(self, logs: Logs = None) -> None:
        self._put_in()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self._put_in()  # without validation rows it was not done before

    def _put_in(self) -> None:
        if not self.trained:
            weights = self.model.trainable_variables
            self.trained = [np.asarray(keras.ops.convert_to_numpy(each)) for each in weights]
            self.model.optimizer.finalize_variable_values(weights)

    def put_out(self) -> None:
        """Give the model the weights back that the training goes on from."""
        for weight, value in zip(self.model.trainable_variables, self.trained, strict=True):
            weight.assign(value)
        self.trained = []


class AveragesOut(keras.callbacks.Callback):
    """Ends what `averages` began; a resume point saved after it is of the trained weights."""

    def __init__(self, averages: AveragesIn) -> None:
        super().__init__()
        self.averages = averages

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.averages.put_out()
