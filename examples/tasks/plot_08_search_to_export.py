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

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
import onnxruntime
import pandas as pd

import zoo

keras.utils.set_random_seed(0)
runs = TemporaryDirectory()  # training runs are written here, and removed at the end

recipe = zoo.recipe("mlp")
print(recipe.optimizer, recipe.learning_rate, recipe.schedule, recipe.batch_size, recipe.epochs)
print(dict(recipe.search))

# %%
# Search
# ------
#
# A trial trains the model with one choice of settings and looks at the validation rows; the test
# rows are taken away before the first trial, so that no choice depends on them. The first trial
# has the recipe's own settings. Four short trials are enough to see it work; a real search has
# twenty or more. ``engine="resident"`` saves these short trainings a compilation.

short = {"data": "mixture", "epochs": 4, "engine": "resident"}
search = zoo.tune("mlp", trials=4, **short, logdir=runs.name, verbose=0)
trials = pd.read_csv(search.folder / "trials.csv").drop(columns=["seconds", "error"])
print(trials.round(3).to_string(index=False))
print("best:", dict(search.settings))

# %%
# Each point is a trial. The axis of the learning rate is logarithmic, because its order of
# magnitude matters.

figure, axes = plt.subplots(layout="constrained")
for _, trial in trials.iterrows():
    axes.plot(trial["learning_rate"], trial["val_loss"], "o", label=trial["optimizer"])
axes.set(xscale="log", xlabel="learning rate", ylabel="validation loss (nats)")
axes.legend()
plt.show()

# %%
# Train with the best, and compare
# --------------------------------
#
# ``search.best`` is a recipe, and is trained like any other. A search also picks what was best by
# luck, so the comparison takes a seed that the search has not used, and the test rows.

own = zoo.fit("mlp", **short, seed=1, logdir=runs.name, verbose=0)
found = zoo.fit(search.best, data="mixture", seed=1, logdir=runs.name, verbose=0)
for name, run in (("the recipe's own", own), ("found", found)):
    print(f"{name}: test log-loss {run.metrics['test']['log_loss']:.2f}")

# %%
# The two are close: the recipe's settings come from such a search. ``docs/tuning.md`` compares
# the documents' settings with what longer searches have found, over three seeds.

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

signature = json.loads((files["onnx"].path.parent / "signature.json").read_text())
print(list(signature))
print(signature["mlp.onnx"]["inputs"])
print(signature["mlp.onnx"]["outputs"])

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

parameters = found.model.count_params()
print(parameters, "parameters:", 4 * parameters, "of", files["litert"].bytes, "bytes")

# %%
# Answer 2
# --------
#
# ``search`` is a field of the recipe, and a recipe is a dataclass.

from dataclasses import replace  # noqa: E402

narrow = replace(zoo.recipe("mlp"), search={"learning_rate": ("log", 0.0001, 0.1)})
again = zoo.tune(narrow, trials=1, study="rate", **short, logdir=runs.name, verbose=0)
print(list(again.settings))

# %%
# Answer 3
# --------
#
# Any functional model will do; the rows to check with are made up.

mine = zoo.build("two_branch_add")
exported = zoo.export(mine, "onnx", Path(runs.name) / "two_branch_add.onnx")
print(exported.rows, exported.difference < 1e-4)
