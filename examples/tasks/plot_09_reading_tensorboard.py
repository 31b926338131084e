"""
Reading TensorBoard
===================

Every run of the zoo writes what TensorBoard shows. Its pages answer questions: did training
converge, does the model overfit, do the gradients reach the first layer, what has an embedding
learned? This lesson makes three runs that differ, reads their files in Python, draws what the
pages draw, and says what to look for on each page.
"""

# %%
# Three runs to compare
# ---------------------
#
# The same model and data, at three learning rates: too small, about right, too large.

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import zoo

runs = TemporaryDirectory()  # training runs are written here, and removed at the end
rates = {"too small": 0.00003, "about right": 0.003, "too large": 0.3}
made = {
    name: zoo.fit(
        "softmax_mlp_32",
        data="mixture",
        learning_rate=rate,
        epochs=6,
        engine="resident",  # compiles faster, which counts in so short a training
        logdir=runs.name,
        verbose=0,
    )
    for name, rate in rates.items()
}
for name, run in made.items():
    print(f"{name}: test accuracy {run.metrics['test']['accuracy']:.2f}")

# %%
# ``zoo tensorboard`` opens the page on all runs of a folder; ``zoo tensorboard FOLDER`` on
# another one. The same files can be read in Python.

folder = made["about right"].folder
print(sorted(path.name for path in folder.iterdir()))


def events(folder: Path) -> EventAccumulator:
    """Everything that was written into a folder."""
    return EventAccumulator(str(folder), {"histograms": 0, "tensors": 0}).Reload()


def scalar(folder: Path, tag: str) -> tuple[list[int], list[float]]:
    """Steps and values of a tag."""
    points = events(folder).Tensors(tag)
    return [point.step for point in points], [
        float(tf.make_ndarray(point.tensor_proto)) for point in points
    ]


tags = events(folder / "train").Tags()
print("scalars:", [tag for tag in tags["tensors"] if "/" not in tag])
print(len(tags["histograms"]), "histograms, such as", tags["histograms"][:2])

# %%
# Scalars: has it converged?
# --------------------------
#
# ``train`` and ``validation`` have the same tags, so the page draws both in one chart. Look at
# three things: does the curve still fall at the end (train longer, or faster); does it jump
# (train more slowly); do training and validation part (it overfits)?

figure, axes = plt.subplots(layout="constrained")
for color, (name, run) in zip(("tab:blue", "tab:green", "tab:red"), made.items(), strict=True):
    for part, style in (("train", "-"), ("validation", "--")):
        axes.plot(*scalar(run.folder / part, "loss"), style, color=color, label=f"{name}, {part}")
axes.set(xlabel="optimizer's steps", ylabel="loss (nats)", ylim=(0, 3))
axes.legend(fontsize="small")
plt.show()

# %%
# The horizontal axis counts steps of the optimizer, so runs with other batch sizes can be
# compared. At the smallest rate the curve has hardly begun to fall. At the largest it comes down
# once, to the loss of a guess among ten, and stays there. From the curve alone these two look
# alike.
#
# Gradients: does anything move?
# ------------------------------
#
# ``gradient_norm/LAYER/WEIGHT`` is the size of a gradient at the end of each epoch. It tells the
# two apart.

for name, run in made.items():
    _, norms = scalar(run.folder / "train", "gradient_norm/hidden_1/kernel")
    print(f"{name}: {norms[0]:.0e} after the first epoch, {norms[-1]:.0e} after the last")

# %%
# At the smallest rate the gradient is as large as at the right one: the model would learn, given
# time. At the largest rate it is zero. The first steps have thrown the weights so far that the
# units of a layer put out 0 for every row, and a ``relu`` that puts out 0 passes no gradient on.
# A norm that grows from epoch to epoch is the other thing to look for: it ends in NaN.
#
# Histograms: where are the weights?
# ----------------------------------
#
# There is a histogram for each weight and epoch. Here they are drawn as curves, the share of the
# weights below a value, from dark (first epoch) to light (last).

figure, grid = plt.subplots(1, 3, figsize=(9, 3), layout="constrained", sharey=True)
for axes, (name, run) in zip(grid, made.items(), strict=True):
    histograms = events(run.folder / "train").Histograms("weights/hidden_1/kernel")
    for number, each in enumerate(histograms):
        values = each.histogram_value
        share = np.cumsum(values.bucket) / np.sum(values.bucket)
        axes.plot(values.bucket_limit, share, color=plt.cm.viridis(number / 6))
    axes.set(title=name, xlabel="weight of the first layer")
grid[0].set_ylabel("share of the weights below")
plt.show()

# %%
# At the right rate the weights spread from epoch to epoch. At the other two, all curves lie on
# one another: on the left the weights have not left their start, on the right they are more than
# ten times as large, and dead.
#
# HParams, Graphs, Text, Images and Projector
# -------------------------------------------
#
# - **HParams** has a row for each run: settings and scores. Sort by a score, or look at the
#   parallel axes to see which setting goes with good scores.
# - **Graphs**: choose the tag ``layers`` for the model as Keras sees it; a shared layer is one
#   box with two calls.
# - **Text** has the model's card, **Images** its diagram and the run's picture.
# - **Projector** draws the rows of each embedding, with their labels: similar words, or strong
#   teams, lie together.
#
# In your own training
# --------------------
#
# The callback works with any compiled Keras model.

data = zoo.load_data("classes_20", "mixture").splits["train"]
model = zoo.build("dropout_mlp")
model.compile("adam", loss="sparse_categorical_crossentropy")
own = Path(runs.name) / "own"
sample = (data["features"][:32], data["category"][:32])
board = zoo.TensorBoard(own, sample=sample, texts={"notes": "a first try"})
model.fit(data["features"], data["category"], epochs=2, verbose=0, callbacks=[board])
print([tag for tag in events(own / "train").Tags()["tensors"] if "/" not in tag])

# %%
# What goes wrong, and how one sees it
# ------------------------------------
#
# - Two trainings that write into one folder: the curves go back and forth. Give each run a folder
#   of its own, as the zoo does.
# - Only ``train`` is shown: the fit had no validation data.
# - The smoothing slider hides jumps. Set it to 0 before you judge.
#
# Exercises
# ---------
#
# 1. At which epoch has the run at the right rate its lowest validation loss?
# 2. Write a scalar of your own into a folder, so that it appears beside the others.
# 3. Which scores are in the HParams row of a run? Find them in its record.

# %%
# Answer 1
# --------

_, values = scalar(made["about right"].folder / "validation", "loss")
print(int(np.argmin(values)) + 1, "of", len(values))

# %%
# Answer 2
# --------

writer = tf.summary.create_file_writer(str(own / "mine"))
with writer.as_default():
    for step in range(3):
        tf.summary.scalar("temperature", 20.0 + step, step=step)
writer.close()
print(events(own / "mine").Tags()["tensors"])

# %%
# Answer 3
# --------

print({split: list(scores) for split, scores in made["about right"].metrics.items()})
