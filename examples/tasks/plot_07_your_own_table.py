"""
Your own table
==============

Most data come as a table with a row for each case: a CSV file, a DataFrame. This lesson takes one
from file to prediction, first by hand, so that each step is seen, then with ``zoo new``, which
writes a project for a table.
"""

# %%
# The table
# ---------
#
# A chemical analysis of wines from three growers, which comes with scikit-learn: 13 measurements
# for each of 178 bottles. Written to a CSV file, it is what you would start from.

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from sklearn.datasets import load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

import zoo

keras.utils.set_random_seed(0)
folder = TemporaryDirectory()  # the project and its runs are written here, and removed at the end
file = Path(folder.name) / "wine.csv"
wines = load_wine(as_frame=True).frame.rename(columns={"target": "grower"})
wines["grower"] = wines["grower"].map({0: "first", 1: "second", 2: "third"})
wines.to_csv(file, index_label="bottle")

table = pd.read_csv(file)
columns = [name for name in table.columns if name not in ("bottle", "grower")]
print(len(table), "bottles,", len(columns), "measurements")
print(table[["alcohol", "magnesium", "proline"]].agg(["min", "max"]))
print(table.groupby("grower")["bottle"].agg(["min", "max"]))

# %%
# Look before you train. The columns have very different sizes: ``proline`` is in the hundreds,
# others are near 1. The column to predict must not be among the inputs, and nor must the number
# of the bottle: the table is sorted by grower, so the number gives the answer away.
#
# Split first
# -----------
#
# Rows to test on are put aside before anything is computed from the table, with equal shares of
# the three growers.

growers = sorted(table["grower"].unique())
train, test = train_test_split(table, test_size=0.3, random_state=0, stratify=table["grower"])
print(len(train), "rows to train on,", len(test), "to test on")


def arrays(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets as Keras takes them."""
    return rows[columns].to_numpy("float32"), rows["grower"].map(growers.index).to_numpy()


# %%
# The scale belongs into the model
# --------------------------------
#
# ``Normalization`` learns mean and spread of each column from the training rows (``adapt``). As a
# layer it goes wherever the model goes: predictions and exports take raw numbers. The classifier
# behind it is the zoo's ``multiclass_mlp``, sized for this table and called like a layer.


def classifier(scaled: bool) -> keras.Model:
    """The zoo's model on the table's columns, perhaps scaled first."""
    keras.utils.set_random_seed(0)
    measurements = keras.Input((len(columns),), name="measurements")
    x = measurements
    if scaled:
        scale = layers.Normalization(name="scale")
        scale.adapt(arrays(train)[0])
        x = scale(x)
    network = zoo.build("multiclass_mlp", n_features=len(columns), n_classes=3)
    return keras.Model(measurements, network(x))


models, histories = {}, {}
for scaled in (True, False):
    model = classifier(scaled)
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    histories[scaled] = model.fit(*arrays(train), batch_size=16, epochs=30, verbose=0).history
    models[scaled] = model
    accuracy = model.evaluate(*arrays(test), verbose=0)[1]
    print(f"{'scaled' if scaled else 'raw'}: test accuracy {accuracy:.2f}")

figure, axes = plt.subplots(layout="constrained")
for scaled, history in histories.items():
    axes.plot(range(1, 31), history["loss"], label="scaled" if scaled else "raw")
axes.set(yscale="log", xlabel="epoch", ylabel="training loss (nats)")
axes.legend()
plt.show()

# %%
# On raw columns the loss begins far higher: ``proline`` outweighs all other columns.
#
# How good is that?
# -----------------
#
# Always compare with something simple. On a table that is gradient boosting.

boosting = HistGradientBoostingClassifier(random_state=0).fit(*arrays(train))
print(f"gradient boosting: test accuracy {boosting.score(*arrays(test)):.2f}")

# %%
# The short way: a project
# ------------------------
#
# ``zoo new`` does these steps for a table of any kind: numbers with gaps, words, dates, texts. It
# shows what it takes each column for, leaves out the row number, and writes a project: the
# model's code to change, a recipe, the table, a test. On the command line it is ``zoo new mywine
# --from mlp --csv wine.csv --target grower``.

project = Path(folder.name) / "mywine"
command = ["new", str(project), "--from", "mlp", "--csv", str(file), "--target", "grower"]
made = subprocess.run(
    [sys.executable, "-m", "zoo", *command], check=True, capture_output=True, text=True
)
print(made.stderr.replace(f"{folder.name}/", ""))

# %%
# ``pip install -e mywine`` makes the project known to all commands, so that ``zoo train mywine``
# and ``zoo predict mywine --alcohol 13 ...`` work. In a running Python it is enough to import
# it. The table of scores has gradient boosting on the same split beside the model.

sys.path.insert(0, str(project))
import mywine  # noqa: E402, F401

run = zoo.fit("mywine", epochs=30, logdir=folder.name)

# %%
# The model takes a bottle as the table has it; what is missing is left out or an empty cell.

bottle = {name: float(table[name].iloc[0]) for name in columns}
print(zoo.predict(run.folder, **bottle))

# %%
# What goes wrong, and how one sees it
# ------------------------------------
#
# - A score that is too good: a column that knows the answer, or rows of one patient or one day in
#   both parts of the split.
# - A loss of NaN: an empty cell became NaN. ``table.isna().sum()`` finds it.
# - A loss that hardly falls: unscaled columns, as above.

print(int(table.isna().sum().sum()), "empty cells")

# %%
# Exercises
# ---------
#
# 1. Predict one new bottle from raw numbers, with the scaled model.
# 2. Which columns matter? Shuffle one column of the test rows at a time.
# 3. What happens if the scale is adapted on all rows, test rows too?

# %%
# Answer 1
# --------
#
# A row is a table of one row.

model = models[True]
bottle, truth = (each[:1] for each in arrays(test))
chances = model.predict(bottle, verbose=0)[0]
print(growers[int(chances.argmax())], "in truth", growers[int(truth[0])])

# %%
# Answer 2
# --------
#
# The more the accuracy falls, the more the model relies on the column.

rows, targets = arrays(test)
order = np.random.default_rng(0).permutation(len(rows))
falls = {}
for at, name in enumerate(columns):
    changed = rows.copy()
    changed[:, at] = rows[order, at]
    falls[name] = 1 - model.evaluate(changed, targets, verbose=0)[1]
print(sorted(falls, key=lambda name: -falls[name])[:3])

# %%
# Answer 3
# --------
#
# The model then knows a little about rows that it should not have seen. With mean and spread of a
# few columns the effect is small; with a vocabulary, or with values filled in, it is not.

scale = layers.Normalization()
scale.adapt(arrays(table)[0])
change = np.abs(scale.mean - model.get_layer("scale").mean) / np.sqrt(scale.variance)
print(f"means move by up to {float(np.max(change)):.1f} standard deviations")
