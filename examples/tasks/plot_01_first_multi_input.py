"""
Your first model with two inputs
================================

A Sequential model has one input. As soon as two kinds of things are known about each row, such as
measurements and a picture, or here two groups of numbers, the functional API is needed. This
lesson builds a model with two inputs step by step, trains it, and shows that both inputs are
used.
"""

# %%
# The data
# --------
#
# The zoo's data set ``two_views`` has two groups of 64 numbers, ``a`` and ``b``, and one of ten
# classes for each row. It is split into rows to train on, to watch the training with
# (validation), and to score at the end (test).

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import zoo

keras.utils.set_random_seed(0)
data = zoo.load_data("two_views", "halves")
for split, columns in data.splits.items():
    print(split, {name: columns[name].shape for name in ("a", "b", "category")})

# %%
# Step 1: an input for each group
# -------------------------------
#
# ``keras.Input`` takes the shape of one row, so without the number of rows. The name is what
# ``fit`` finds the data by.

a = keras.Input((64,), name="a")
b = keras.Input((64,), name="b")

# %%
# Step 2: a branch for each input
# -------------------------------
#
# A layer is called on a tensor and returns a tensor. Each input gets two layers of its own.

x = layers.Dense(32, activation="relu", name="a_hidden_1")(a)
x = layers.Dense(32, activation="relu", name="a_hidden_2")(x)

y = layers.Dense(32, activation="relu", name="b_hidden_1")(b)
y = layers.Dense(32, activation="relu", name="b_hidden_2")(y)

# %%
# Step 3: merge, and answer
# -------------------------
#
# A merge layer takes a list of tensors. ``Add`` needs equal shapes and keeps them;
# ``Concatenate`` lays its inputs side by side. After it comes the answer: ten probabilities.

total = layers.Add(name="sum")([x, y])
category = layers.Dense(10, activation="softmax", name="category")(total)
model = keras.Model([a, b], category, name="two_branch_add")
print(zoo.summary(model))

# %%
# The column "Connected to" is where a graph is read: ``sum`` takes ``a_hidden_2`` and
# ``b_hidden_2``. A picture says it faster.

zoo.plot_model(model, None, show_shapes=True, show_layer_names=True)

# %%
# It is the zoo's ``two_branch_add``, to the parameter. From here on ``zoo.build`` saves the
# typing.

assert model.count_params() == zoo.build("two_branch_add").count_params()
print(zoo.explain(model))

# %%
# Step 4: train
# -------------
#
# Inputs go in as a dict by name. A list works too, in the order of ``keras.Model([a, b], ...)``.

train, validation, test = (data.splits[name] for name in ("train", "validation", "test"))


def inputs(rows: dict) -> dict:
    """The columns that the model reads."""
    return {"a": rows["a"], "b": rows["b"]}


model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    inputs(train),
    train["category"],
    batch_size=128,
    epochs=12,
    validation_data=(inputs(validation), validation["category"]),
    verbose=0,
).history

figure, axes = plt.subplots(layout="constrained")
axes.plot(range(1, 13), history["accuracy"], label="training rows")
axes.plot(range(1, 13), history["val_accuracy"], label="validation rows")
axes.set(xlabel="epoch", ylabel="accuracy (share)")
axes.legend()
plt.show()

# %%
# Step 5: score, and check that both inputs count
# -----------------------------------------------
#
# If an input is shuffled among the rows, it says nothing about its row any more. A score that
# stays as it was would mean that the model ignores this input.

accuracy = model.evaluate(inputs(test), test["category"], verbose=0)[1]
print(f"both inputs: {accuracy:.2f}")
shuffled = np.random.default_rng(0).permutation(len(test["a"]))
for name in ("a", "b"):
    changed = {**inputs(test), name: test[name][shuffled]}
    print(f"{name} shuffled: {model.evaluate(changed, test['category'], verbose=0)[1]:.2f}")
only_a = data.references["only_a"]["test"]["category_accuracy"]
print(f"best possible from a alone: {only_a:.2f}")

# %%
# With either input shuffled, the score falls far: the model uses both. Both inputs together reach
# 0.96, while the best that ``a`` alone allows is 0.48.
#
# What goes wrong, and how one sees it
# ------------------------------------
#
# - A name in the dict that is no input's: Keras stops and lists both sets of names.
# - Lists in the wrong order: nothing fails where shapes agree, and the score is poor.
# - Numbers of rows that differ: ``fit`` stops with "Data cardinality is ambiguous" and the
#   numbers.

try:
    model.fit({"a": test["a"], "b": test["b"][:10]}, test["category"], verbose=0)
except ValueError as error:
    print(str(error).partition(". ")[0])

# %%
# Exercises
# ---------
#
# 1. Use ``Concatenate`` in place of ``Add``. How many parameters are added, and why?
# 2. Let both inputs have different lengths: 64 and 10.
# 3. Predict with the inputs as a list in the wrong order. What is the accuracy?

# %%
# Answer 1
# --------
#
# The last layer reads 64 numbers in place of 32, and has 10 units: 320 weights more.

joined = layers.Concatenate(name="joined")([x, y])
wider = keras.Model([a, b], layers.Dense(10, activation="softmax")(joined))
print(wider.count_params() - model.count_params())

# %%
# Answer 2
# --------
#
# Only the input changes; its first layer has fewer weights.

short = keras.Input((10,), name="b")
z = layers.Dense(32, activation="relu")(short)
unequal = keras.Model([a, short], layers.Dense(10, activation="softmax")(layers.Add()([x, z])))
print(unequal.input_shape, unequal.output_shape)

# %%
# Answer 3
# --------
#
# Little better than the one in ten of a guess.

wrong = model.predict([test["b"], test["a"]], verbose=0).argmax(axis=1)
print(f"{np.mean(wrong == test['category'][:, 0]):.2f}")
