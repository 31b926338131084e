"""
Callbacks laboratory
====================

A callback is an object whose methods ``fit`` calls at set moments: when training begins, after a
batch, after an epoch. This lesson puts the ones that you will use on the bench, one at a time, on
a training that overfits on purpose, and ends with one of your own.
"""

# %%
# A training that overfits
# ------------------------
#
# A network with two hidden layers and only 200 rows to learn from, 40 of them with a label that
# is taken from another row.

from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import zoo

data = zoo.load_data("classes_20", "mixture").splits
few = {name: rows[:200].copy() for name, rows in data["train"].items()}
few["category"][:40] = np.random.default_rng(0).permutation(few["category"][:40])
held_out = (data["validation"]["features"][:500], data["validation"]["category"][:500])
temporary = TemporaryDirectory()  # files are written here, and removed at the end
folder = Path(temporary.name)


def train(*callbacks: keras.callbacks.Callback, epochs: int = 30) -> tuple[keras.Model, dict]:
    """Train from the same start each time; the model and its history."""
    keras.utils.set_random_seed(0)
    model = zoo.build("dropout_mlp", rate=0.0)
    model.compile(
        keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = model.fit(
        few["features"],
        few["category"],
        batch_size=32,
        epochs=epochs,
        validation_data=held_out,
        validation_batch_size=500,
        verbose=0,
        callbacks=list(callbacks),
    )
    return model, history.history


_, plain = train()
best_epoch = min(range(30), key=lambda epoch: plain["val_loss"][epoch]) + 1
print(f"last epoch: loss {plain['loss'][-1]:.1f}, validation loss {plain['val_loss'][-1]:.1f}")
print(f"best validation loss {min(plain['val_loss']):.1f}")

figure, axes = plt.subplots(layout="constrained")
axes.plot(range(1, 31), plain["loss"], label="training rows")
axes.plot(range(1, 31), plain["val_loss"], label="validation rows")
axes.axvline(best_epoch, color="tab:gray", linestyle=":", label="best epoch")
axes.set(xlabel="epoch", ylabel="loss (nats)", ylim=(0, None))
axes.legend()
plt.show()

# %%
# ``fit`` itself returns a callback, ``History``: a list for each loss and metric, an entry for
# each epoch. On the training rows the loss falls to nothing, on the others it falls and rises
# again.
#
# EarlyStopping
# -------------
#
# It watches one value (``monitor``) and ends training when that has not improved for ``patience``
# epochs. With ``restore_best_weights`` the model goes back to its best epoch. What counts as an
# improvement can be set: ``min_delta`` is the least that counts, ``mode`` says whether larger is
# better, ``baseline`` is a value that must be beaten.

stop = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=5, min_delta=0.001, restore_best_weights=True
)
model, history = train(stop)
loss, _ = model.evaluate(*held_out, verbose=0)
print(f"stopped early: {len(history['loss']) < 30}; validation loss {loss:.1f}")

# %%
# ModelCheckpoint
# ---------------
#
# It writes the model, or its weights, to a file after epochs. The name may hold the epoch's
# number and any value of the epoch. With ``save_best_only`` only improvements are written.

every = keras.callbacks.ModelCheckpoint(
    folder / "epoch-{epoch:02d}-{val_loss:.1f}.weights.h5", save_weights_only=True
)
best = keras.callbacks.ModelCheckpoint(
    folder / "best.keras", monitor="val_loss", save_best_only=True
)
train(every, best, epochs=3)
for file in sorted(folder.glob("*")):
    print(file.name)

# %%
# The ending decides what is written: ``.keras`` for a model, ``.weights.h5`` for weights. The
# documents' ``.hdf5`` and ``period=`` are gone from Keras 3; ``save_freq`` counts batches. Load
# with ``keras.models.load_model``:

again = keras.models.load_model(folder / "best.keras")
print(f"validation loss {again.evaluate(*held_out, verbose=0)[0]:.1f}")

# %%
# ReduceLROnPlateau and LearningRateScheduler
# -------------------------------------------
#
# The first lowers the learning rate when a value stops improving; the second sets it by a
# function of the epoch. Keras notes the rate in the history.

plateau = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2)
_, lowered = train(plateau)
schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.01 * 0.9**epoch)
_, decayed = train(schedule)

figure, axes = plt.subplots(layout="constrained")
for name, run in (("ReduceLROnPlateau", lowered), ("LearningRateScheduler", decayed)):
    axes.plot(range(1, 31), run["learning_rate"], label=name)
axes.set(yscale="log", xlabel="epoch", ylabel="learning rate")
axes.legend()
plt.show()
for name, run in (("constant", plain), ("plateau", lowered), ("schedule", decayed)):
    print(f"{name}: validation loss at the end {run['val_loss'][-1]:.1f}")

# %%
# CSVLogger and TensorBoard
# -------------------------
#
# The first writes the history to a table as training goes, so that it is there even if training
# is killed; ``zoo.TensorBoard`` writes what TensorBoard shows, gradients and the projector
# included.

log = keras.callbacks.CSVLogger(folder / "history.csv")
board = zoo.TensorBoard(folder / "board")
train(log, board, epochs=2)
print(pd.read_csv(folder / "history.csv").round(2).to_string(index=False))
print(sorted(path.name for path in (folder / "board").iterdir()))

# %%
# One of your own
# ---------------
#
# Derive from ``keras.callbacks.Callback`` and define the methods that you need. ``self.model`` is
# the model in training; setting ``stop_training`` ends it after the epoch. This one stops when
# the gap between validation and training loss grows beyond a limit.


class StopAtGap(keras.callbacks.Callback):
    """Stop when the validation loss is above the training loss by more than `most`."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self.most = most

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Compare, and say so when it ends the training."""
        gap = logs["val_loss"] - logs["loss"]
        if gap > self.most:
            print(f"a gap of {gap:.1f}: training ends")
            self.model.stop_training = True


_, history = train(StopAtGap(0.5))

# %%
# What goes wrong, and how one sees it
# ------------------------------------
#
# - A ``monitor`` that does not exist, such as ``val_loss`` without validation data: Keras only
#   warns, and the callback never acts. Here it is ``val_acc``, Keras 2's name for
#   ``val_accuracy``:

import warnings  # noqa: E402

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    train(keras.callbacks.EarlyStopping(monitor="val_acc", patience=1, mode="max"), epochs=2)
print(str(caught[0].message).partition(". ")[0] if caught else "no warning")

# %%
# - One callback object in two trainings keeps what it has seen. Make a new one each time.
# - Early stopping on the test rows chooses by them, and their score is then too good. Watch
#   validation rows.
#
# Exercises
# ---------
#
# 1. Stop when the validation accuracy has not risen for five epochs.
# 2. Write a callback that counts the batches. How many has an epoch of 200 rows, at 32 a batch?
# 3. Keep only the weights of the best epoch by accuracy, in one file.

# %%
# Answer 1
# --------

by_accuracy = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="max", patience=5)
_, history = train(by_accuracy)
print(len(history["loss"]) < 30)

# %%
# Answer 2
# --------
#
# Six full batches and one of the 8 rows that are left.


class Count(keras.callbacks.Callback):
    """Counts batches."""

    batches = 0

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """One more."""
        self.batches += 1


count = Count()
train(count, epochs=1)
print(count.batches, "batches, the last of", 200 - 6 * 32, "rows")

# %%
# Answer 3
# --------

keep = keras.callbacks.ModelCheckpoint(
    folder / "best.weights.h5",
    monitor="val_accuracy",
    mode="max",
    save_best_only=True,
    save_weights_only=True,
)
_, history = train(keep, epochs=10)
fresh = zoo.build("dropout_mlp", rate=0.0)
fresh.load_weights(folder / "best.weights.h5")
guesses = fresh.predict(held_out[0], verbose=0).argmax(axis=1)
print(round(float((guesses == held_out[1][:, 0]).mean() - max(history["val_accuracy"])), 3))
