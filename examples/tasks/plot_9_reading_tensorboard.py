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
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import zoo
from zoo.core.console import Reporter

runs = TemporaryDirectory()  # training runs are written here, and removed at the end
quiet = Reporter(silent=True)
rates = {"too small": 0.00003, "about right": 0.003, "too large": 0.3}
made = {
    name: zoo.fit(
        "softmax_mlp_32",
        data="mixture",
        learning_rate=rate,
        epochs=6,
        logdir=runs.name,
        reporter=quiet,
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


def events(run: zoo.ModelSpec, part: str = "train") -> EventAccumulator:
    """Everything that a part of a run has written."""
    return EventAccumulator(str(run.folder / part), {"histograms": 0, "scalars": 0}).Reload()


tags = events(made["about right"]).Tags()
print("scalars:", [tag for tag in tags["scalars"] if "/" not in tag])
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
        points = events(run, part).Scalars("loss")
        steps, values = [each.step for each in points], [each.value for each in points]
        label = f"{name}, {part}"
        axes.plot(steps, values, style, color=color, label=label)
axes.set(xlabel="optimizer's steps", ylabel="loss (nats)", ylim=(0, 3))
axes.legend(fontsize="small")
plt.show()

# %%
# The horizontal axis counts steps of the optimizer, so runs with other batch sizes can be
# compared.
#
# Gradients: does anything move?
# ------------------------------
#
# ``gradient_norm/LAYER/WEIGHT`` is the size of a gradient at the end of each epoch. A norm near
# zero in the first layers means that they do not learn; one that grows from epoch to epoch ends
# in NaN.

for name, run in made.items():
    accumulated = events(run)
    tag = next(
        tag for tag in accumulated.Tags()["scalars"] if tag.startswith("gradient_norm/hidden_1")
    )
    last = accumulated.Scalars(tag)[-1].value
    print(f"{name}: {tag} {'below' if last < 0.001 else 'above'} 0.001 at the end")

# %%
# Histograms: where are the weights?
# ----------------------------------
#
# A histogram for each weight and epoch. At a good rate the weights spread slowly; at a large one
# they run away; at a small one the histograms of all epochs lie on one another.

figure, grid = plt.subplots(1, 3, figsize=(9, 3), layout="constrained", sharey=True)
for axes, (name, run) in zip(grid, made.items(), strict=True):
    accumulated = events(run)
    tag = next(
        tag for tag in accumulated.Tags()["histograms"] if tag.startswith("weights/hidden_1")
    )
    for number, each in enumerate(accumulated.Histograms(tag)):
        values = each.histogram_value
        share = np.cumsum(values.bucket) / np.sum(values.bucket)
        axes.plot(values.bucket_limit, share, color=plt.cm.viridis(number / 6))
    axes.set(title=name, xlabel="weight of the first layer (1)")
grid[0].set_ylabel("share of the weights below (1)")
plt.show()

# %%
# The curves go from dark (first epoch) to light (last).
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
found = EventAccumulator(str(own / "train")).Reload().Tags()
print([tag for tag in found["scalars"] if "/" not in tag])

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

values = [each.value for each in events(made["about right"], "validation").Scalars("loss")]
print(int(np.argmin(values)) + 1, "of", len(values))

# %%
# Answer 2
# --------

import tensorflow as tf  # noqa: E402

writer = tf.summary.create_file_writer(str(own / "mine"))
with writer.as_default():
    for step in range(3):
        tf.summary.scalar("temperature", 20.0 + step, step=step)
writer.close()
print(EventAccumulator(str(own / "mine")).Reload().Tags()["tensors"])

# %%
# Answer 3
# --------

print({split: list(scores) for split, scores in made["about right"].metrics.items()})
