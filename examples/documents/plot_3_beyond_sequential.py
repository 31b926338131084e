"""
Going beyond the Sequential model: graphs of layers
===================================================

The document ``beyond-sequential`` shows a model as a graph of layers, first a chain and then two
branches, and says what such graphs are for: inputs of several kinds, and several outputs that
share what they learn. It closes with practices: callbacks, batch normalization, residual
connections, a search for hyperparameters, ensembles. This lesson goes the same way.

You will learn

- how a chain and a graph with two inputs are built, and what a disconnected graph says;
- how numbers, text and pictures enter one model, and whether training them together pays;
- how to measure the practices instead of believing in them.
"""

# %%
# A chain
# -------
#
# Each line calls a layer on the tensor of the line before.

from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import zoo

keras.utils.set_random_seed(0)
runs = TemporaryDirectory()  # training runs are written here, and removed at the end

features = keras.Input((32,), name="features")
x = layers.Dense(32, activation="relu", name="hidden_1")(features)
x = layers.Dense(32, activation="relu", name="hidden_2")(x)
category = layers.Dense(10, activation="softmax", name="category")(x)
chain = keras.Model(features, category, name="softmax_mlp_32")
print(zoo.summary(chain))
assert chain.count_params() == zoo.build("softmax_mlp_32").count_params() == 2_442

# %%
# The 2,442 parameters are the document's own number. Its settings, RMSprop on one-hot targets,
# are the recipe ``softmax_mlp_32_as_printed``; the document trains on random numbers, the zoo on
# ten classes that can be learned.

recipe = zoo.recipe("softmax_mlp_32_as_printed")
print(recipe.optimizer, recipe.loss, recipe.batch_size, "rows a step,", recipe.epochs, "epochs")
run = zoo.fit("softmax_mlp_32_as_printed", data="mixture", logdir=runs.name)

# %%
# The document names no metric, so only the loss is reported, for the model and for the baseline.
# The accuracy is one line more:

test = zoo.load_data("classes_32", "mixture").splits["test"]
guesses = run.model.predict(test["features"], verbose=0).argmax(axis=1)
print(f"accuracy {np.mean(guesses == test['category'][:, 0]):.2f}")

# %%
# Two branches
# ------------
#
# Two inputs of 64 numbers each run through layers of their own and are added. The document's
# listing has a slip: both branches read ``a``, and ``b`` is never used. Here is what its text
# means.

a = keras.Input((64,), name="a")
b = keras.Input((64,), name="b")
branches = []
for name, tensor in (("a", a), ("b", b)):
    x = layers.Dense(32, activation="relu", name=f"{name}_hidden_1")(tensor)
    branches.append(layers.Dense(32, activation="relu", name=f"{name}_hidden_2")(x))
total = layers.Add(name="sum")(branches)
category = layers.Dense(10, activation="softmax", name="category")(total)
two_branch = keras.Model([a, b], category, name="two_branch_add")
print(f"{two_branch.count_params():,} parameters")
assert two_branch.count_params() == zoo.build("two_branch_add").count_params()

zoo.plot_model(two_branch, None, show_shapes=True, show_layer_names=True)

# %%
# The misprint has the same count, 6,602, and trains without a word. Only the graph and the score
# show it. In the zoo's data each half of the features says a part of the class, and the best
# score from ``a`` alone is known. The zoo ships weights of the model as meant.

meant = zoo.build("two_branch_add", weights="embedded")
misprint = zoo.build("two_branch_add", as_printed=True)
halves = zoo.load_data("two_views", "halves")
sides = {
    split: ({"a": rows["a"], "b": rows["b"]}, rows["category"])
    for split, rows in halves.splits.items()
}
misprint.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
misprint.fit(*sides["train"], batch_size=128, epochs=5, verbose=0)
guesses = meant.predict(sides["test"][0], verbose=0).argmax(axis=1)
print(f"as meant: accuracy {np.mean(guesses == sides['test'][1][:, 0]):.2f}")
print(f"as printed: accuracy {misprint.evaluate(*sides['test'], verbose=0)[1]:.1f}")
print(f"best from a: {halves.references['only_a']['test']['category_accuracy']:.1f}")

# %%
# A graph must hang together
# --------------------------
#
# A model needs a way from its inputs to its outputs. The document shows the error "Graph
# disconnected"; Keras 3 says it in other words:

stranger = keras.Input((32,), name="stranger")
try:
    keras.Model(stranger, category)
except ValueError as error:
    print(str(error)[:150], "...")

# %%
# Inputs of several kinds
# -----------------------
#
# What does a garment cost? Numbers about it, its description, and a picture each say something.
# Each gets the layers that suit it: ``Dense`` for numbers, ``Embedding`` and ``Conv1D`` for
# words, ``Conv2D`` for the picture. Then the three vectors are concatenated.

clothing = zoo.build("clothing_price")
print({tensor.name: tensor.shape for tensor in clothing.inputs})
print(f"{clothing.count_params():,} parameters")

zoo.plot_model(clothing, None, show_shapes=True)

# %%
# The document claims that one model trained on all three beats a weighted average of three models
# trained on one each. The zoo ships a trained joint model. Its data were invented so that the
# best score from each part alone is known.

joint = zoo.build("clothing_price", weights="embedded")
wardrobe = zoo.load_data("clothing", "wardrobe")
test = wardrobe.splits["test"]
prices = joint.predict({t.name: test[t.name] for t in joint.inputs}, verbose=0)
errors = {
    f"best from {part} alone": wardrobe.references[f"{part}_alone"]["test"]["price_mae"]
    for part in ("metadata", "description", "picture")
}
errors["joint model"] = float(np.abs(prices - test["price"]).mean())
for name, error in errors.items():
    print(f"{name}: MAE {error:.2f}")

figure, axes = plt.subplots(figsize=(6, 2.4), layout="constrained")
axes.barh(list(errors), list(errors.values()), color="tab:blue")
axes.set(xlabel="MAE of the price (tens of currency units)", ylabel="what is read")
axes.invert_yaxis()
plt.show()

# %%
# Here a price is a product of three factors, one from each part. An average can add the separate
# guesses but not multiply them; layers after the merge can. ``docs/claims.md`` has the weighted
# average itself, over three seeds: it is far behind the joint model, as the document says.
#
# Several outputs
# ---------------
#
# ``novel`` reads a text with one encoder and answers twice: genre and date. The document claims
# that the two help each other, since they are correlated.

novel = zoo.build("novel")
print(dict(zip(novel.output_names, novel.output_shape, strict=True)))

trained = zoo.build("novel", weights="embedded")
library = zoo.load_data("novels", "library").splits["test"]
genre, date = trained.predict(library["text"], verbose=0)
print(f"genre: accuracy {np.mean(genre.argmax(axis=1) == library['genre'][:, 0]):.2f}")
print(f"date: off by {10 * np.abs(date - library['date']).mean():.1f} years in the mean")

# %%
# Measured over three seeds, the joint model is a little better than two separate ones on this
# data (``docs/claims.md``).
#
# Practices
# ---------
#
# Callbacks are called after each epoch. ``EarlyStopping`` ends training when the validation loss
# no longer falls, and can bring back the best weights. Two hundred rows, forty of them with a
# wrong label, show why it is needed.

data = zoo.load_data("classes_20", "mixture").splits
few = {name: column[:200].copy() for name, column in data["train"].items()}
few["category"][:40] = np.random.default_rng(0).permutation(few["category"][:40])
held_out = (data["validation"]["features"][:500], data["validation"]["category"][:500])


def trained_on_few(*callbacks: keras.callbacks.Callback) -> dict[str, list[float]]:
    """Train from the same start for at most 20 epochs; the history."""
    keras.utils.set_random_seed(0)
    model = zoo.build("dropout_mlp", rate=0.0)
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    return model.fit(
        few["features"],
        few["category"],
        epochs=20,
        batch_size=50,
        validation_data=held_out,
        validation_batch_size=500,
        verbose=0,
        callbacks=list(callbacks),
    ).history


plain = trained_on_few()["val_loss"]
stopped = trained_on_few(keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True))
print(f"validation loss: {min(plain):.1f} at its best, {plain[-1]:.1f} after 20 epochs")
print("stopped early:", len(stopped["loss"]) < 20)

figure, axes = plt.subplots(layout="constrained")
axes.plot(range(1, 21), plain, color="tab:red", label="validation rows")
axes.axvline(len(stopped["loss"]), color="tab:gray", linestyle=":", label="early stopping")
axes.set(xlabel="epoch", ylabel="loss (nats)", ylim=(0, None))
axes.legend()
plt.show()

# %%
# Batch normalization and residual connections are for networks that are too deep to learn
# without. ``residual_network`` has both, and its builder takes them out one at a time:

for changes in ({}, {"skip": False}, {"batch_normalization": False}):
    model = zoo.build("residual_network", **changes)
    print(changes or "both", f"{model.count_params():,} parameters")

# %%
# The lesson on inception and residual blocks measures what they do. The document's last two
# practices are one line each: ``zoo.tune`` searches hyperparameters, and ``zoo.ensemble``
# averages the predictions of several runs in one model. What does averaging do? Three short
# trainings that differ in their seed are enough to see it.

rows = zoo.load_data("classes_32", "mixture").splits
chances = []
log_loss = keras.losses.SparseCategoricalCrossentropy()
for seed in (1, 2, 3):
    keras.utils.set_random_seed(seed)
    member = zoo.build("softmax_mlp_32")
    member.compile("adam", loss="sparse_categorical_crossentropy")
    member.fit(
        rows["train"]["features"], rows["train"]["category"], batch_size=128, epochs=4, verbose=0
    )
    chances.append(member.predict(rows["test"]["features"], verbose=0))
    print(f"seed {seed}: log-loss {float(log_loss(rows['test']['category'], chances[-1])):.2f}")
average = np.mean(chances, axis=0)
print(f"their average: log-loss {float(log_loss(rows['test']['category'], average)):.2f}")

# %%
# The average is better than each of the three. It costs three models' time at each prediction.
#
# What goes wrong, and how one sees it: an input that nothing reads is accepted in silence, so
# look at the graph; an average of models that all miss the same thing misses it too; and a
# practice that helped elsewhere may do nothing here, so compare with and without on rows that
# training has not seen.

# %%
# Exercises
# ---------
#
# 1. Show that the misprinted ``two_branch_add`` ignores ``b``.
# 2. Leave the picture out of ``clothing_price``. How many parameters remain?
# 3. Add ``ReduceLROnPlateau`` to the training on few rows. Does it help?

# %%
# Answer 1
# --------
#
# Change ``b`` and compare the outputs.

numbers = np.random.default_rng(0).normal(size=(3, 4, 64)).astype("float32")
one, other = (misprint([numbers[0], b]) for b in numbers[1:])
print(bool(np.allclose(one, other)))

# %%
# Answer 2
# --------

print(f"{zoo.build('clothing_price', branches=('metadata', 'description')).count_params():,}")

# %%
# Answer 3
# --------
#
# It halves the learning rate when the validation loss no longer falls. The loss at the end is
# lower than without: smaller steps overfit more slowly. Stopping at the best epoch is still
# better.

slower = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=3)
losses = trained_on_few(slower)["val_loss"]
print(f"{min(losses):.1f} at its best, {losses[-1]:.1f} at the end")
