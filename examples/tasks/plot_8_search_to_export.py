"""
From search to export
=====================

A recipe has settings, some are better than others, and the finished model should run where there
is no Keras. This lesson goes the whole way: search settings, train with the best, compare, and
export to ONNX and LiteRT, with a check in each runtime.
"""

# %%
# What is there to search?
# ------------------------
#
# ``mlp`` is a small classifier. A recipe is plain data; ``search`` says what may vary.

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
import onnxruntime
import pandas as pd

import zoo
from zoo.core.console import Reporter

keras.utils.set_random_seed(0)
runs = TemporaryDirectory()  # training runs are written here, and removed at the end
quiet = Reporter(silent=True)

recipe = zoo.recipe("mlp")
print(recipe.optimizer, recipe.learning_rate, recipe.schedule, recipe.batch_size, recipe.epochs)
print(dict(recipe.search))

# %%
# Search
# ------
#
# A trial trains the model with one choice of settings and looks at the validation rows; the test
# rows are taken away before the first trial, so that no choice depends on them. The first trial
# has the recipe's own settings. Six short trials are enough to see it work; a real search has
# twenty or more.

search = zoo.tune("mlp", data="mixture", trials=6, epochs=4, logdir=runs.name, reporter=quiet)
print("best validation loss", round(search.value, 2))
trials = pd.read_csv(search.folder / "trials.csv")
print(trials.columns.tolist())

# %%
# Each point is a trial. On a logarithmic axis one sees that the learning rate matters by its
# order of magnitude.

rate = next(name for name in trials.columns if "learning_rate" in name)
finished = trials.dropna(subset=["value"])
figure, axes = plt.subplots(layout="constrained")
axes.plot(finished[rate], finished["value"], "o")
axes.set(xscale="log", xlabel="learning rate (1)", ylabel="validation loss (nats)")
plt.show()

# %%
# Train with the best, and compare
# --------------------------------
#
# ``search.best`` is a recipe. It is trained like any other, with more epochs than a trial had. A
# search picks what was best by chance, too, so compare on other seeds than the search's.

scores = {"the recipe's own": [], "found": []}
for seed in (1, 2):
    own = zoo.fit("mlp", data="mixture", seed=seed, epochs=4, logdir=runs.name, reporter=quiet)
    found = zoo.fit(search.best, data="mixture", seed=seed, logdir=runs.name, reporter=quiet)
    scores["the recipe's own"].append(own.metrics["test"]["log_loss"])
    scores["found"].append(found.metrics["test"]["log_loss"])
for name, values in scores.items():
    print(f"{name}: test log-loss {np.mean(values):.2f}")

# %%
# Export
# ------
#
# ``zoo.export`` writes the file, opens it in its own runtime, and keeps it only if the outputs
# agree with Keras's.

files = {}
for format, ending in (("keras", "keras"), ("onnx", "onnx"), ("litert", "tflite")):
    files[format] = zoo.export(found, format, Path(runs.name) / f"mlp.{ending}")
    done = files[format]
    print(f"{format}: {done.bytes / 1000:.0f} kB, checked in {done.runtime.split()[0]}")
    assert done.difference < 1e-4

# %%
# In ONNX's runtime a session takes arrays by the names of the model's inputs. Neither Keras nor
# TensorFlow is needed there.

session = onnxruntime.InferenceSession(os.fspath(files["onnx"].path))
print([(each.name, each.shape) for each in session.get_inputs()])
rows = zoo.load_data("binary_narrow", "mixture").splits["test"]["features"][:4]
(there,) = session.run(None, {"features": rows})
here = found.model.predict(rows, verbose=0)
print(np.abs(there - here).max() < 1e-5)

# %%
# Beside the files lies ``signature.json``: names, types, shapes and units, for whoever calls the
# model from another language.

print((files["onnx"].path.parent / "signature.json").read_text()[:400])

# %%
# What goes wrong, and how one sees it
# ------------------------------------
#
# - A search over the test rows: its score is too good, and nothing says so. ``zoo.tune`` makes it
#   impossible; in your own loop keep a set that no choice has seen.
# - Preprocessing outside the model, such as scaling or a vocabulary, is not in the exported file.
#   Put it into the model as layers where you can.
# - An input of another type: the runtime refuses it.

try:
    session.run(None, {"features": rows.astype("float64")})
except Exception as error:
    print(str(error)[:110])

# %%
# Exercises
# ---------
#
# 1. How many weights are in the exported file? Compare its size with the count of parameters.
# 2. Search only the learning rate, between 0.0001 and 0.1.
# 3. Export a model that you have built yourself, without a run.

# %%
# Answer 1
# --------
#
# Four bytes for each of the 551 parameters; the rest of the file is the graph.

print(4 * found.model.count_params(), "of", files["litert"].bytes, "bytes")

# %%
# Answer 2
# --------
#
# ``search`` is a field of the recipe, and a recipe is a dataclass.

from dataclasses import replace  # noqa: E402

narrow = replace(zoo.recipe("mlp"), search={"learning_rate": ("log", 0.0001, 0.1)})
again = zoo.tune(
    narrow, data="mixture", trials=2, epochs=1, study="rate", logdir=runs.name, reporter=quiet
)
print(list(again.settings))

# %%
# Answer 3
# --------
#
# Any functional model will do; the rows to check with are made up.

mine = zoo.build("two_branch_add")
exported = zoo.export(mine, "onnx", Path(runs.name) / "two_branch_add.onnx")
print(exported.rows, exported.difference < 1e-4)
