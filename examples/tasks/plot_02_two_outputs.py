"""
Two outputs and their losses
============================

One model can answer two questions about the same input. It then has two outputs, two losses, and
one number that training makes smaller: their weighted sum. This lesson builds such a model, and
shows what the weights do and how to choose them.
"""

# %%
# One trunk, two heads
# --------------------
#
# The zoo's data set ``novels`` has short texts as word ids, and for each its genre (one of eight)
# and its date, in decades since 1900. The trunk makes a vector of the text; two heads read it.

import keras
import matplotlib.pyplot as plt
from keras import layers

import zoo

keras.utils.set_random_seed(0)
novels = zoo.load_data("novels", "library")
train, test = novels.splits["train"], novels.splits["test"]
words = novels.sizes["vocabulary"]
print(words, "words; texts", train["text"].shape, "genres", novels.labels["genre"])


def novel() -> keras.Model:
    """A text in; its genre and its date out."""
    text = keras.Input((None,), dtype="int32", name="text")
    x = layers.Embedding(words, 32, name="embedding")(text)
    x = layers.Conv1D(64, 5, padding="same", activation="relu", name="conv")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    trunk = layers.Dense(32, activation="relu", name="encoding")(x)

    genre = layers.Dense(8, activation="softmax", name="genre")(trunk)
    date = layers.Dense(1, name="date")(trunk)
    return keras.Model(text, [genre, date], name="novel")


model = novel()
assert model.count_params() == zoo.build("novel", vocabulary=words).count_params()
zoo.plot_model(model, None, show_shapes=True, show_layer_names=True)

# %%
# The output layer decides what an output can say: a softmax for one of several classes, a sigmoid
# for yes or no, no activation for a number of any size.
#
# A loss for each head
# --------------------
#
# Losses, weights, metrics and targets are dicts by the output's name, which is its layer's.

targets = {"genre": train["genre"], "date": train["date"]}
held_out = {"genre": test["genre"], "date": test["date"]}


def trained(date_weight: float) -> dict[str, float]:
    """Scores on test rows after training with a weight for the date's loss."""
    keras.utils.set_random_seed(0)
    model = novel()
    model.compile(
        keras.optimizers.Adam(0.006),
        loss={"genre": "sparse_categorical_crossentropy", "date": "mse"},
        loss_weights={"genre": 1.0, "date": date_weight},
        metrics={"genre": ["accuracy"], "date": ["mae"]},
    )
    model.fit(train["text"], targets, epochs=4, batch_size=32, verbose=0)
    return model.evaluate(test["text"], held_out, return_dict=True, verbose=0)


scores = trained(0.1)
for name, value in scores.items():
    print(f"{name}: {value:.2f}")

# %%
# ``loss`` is the weighted sum, the others are named by their output. The sum says nothing to a
# reader; look at the parts. Is the sum what it should be?

remains = scores["loss"] - (scores["genre_loss"] + 0.1 * scores["date_loss"])
print(f"{abs(remains):.2f} remains")

# %%
# What the weights do
# -------------------
#
# A cross-entropy of a guess among eight is about 2; the squared error of a date, in decades, is
# above 11 for the best constant guess. So the date shouts. The same training with several
# weights:

trivial = novels.references["trivial"]["test"]
print(f"trivial: genre {trivial['genre_log_loss']:.2f}, date {trivial['date_mse']:.2f}")
weights = (0.001, 0.1, 10.0)
results = {weight: scores if weight == 0.1 else trained(weight) for weight in weights}
for weight, each in results.items():
    accuracy, error = each["genre_accuracy"], each["date_mae"]
    print(f"date x {weight}: genre accuracy {accuracy:.2f}, date off by {error:.1f} decades")

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
left.plot(weights, [each["genre_accuracy"] for each in results.values()], "o-")
left.set(xscale="log", xlabel="weight of the date's loss", ylabel="genre accuracy (share)")
right.plot(weights, [each["date_mae"] for each in results.values()], "o-", color="tab:red")
right.set(xscale="log", xlabel="weight of the date's loss", ylabel="error of the date (decades)")
plt.show()

# %%
# With a small weight the date is learned badly, with a large one the genre. A rule of thumb:
# weigh each loss by the inverse of its value at the start, so that all count the same, then
# adjust by what matters to you.
#
# What goes wrong, and how one sees it
# ------------------------------------
#
# - One head stays at its trivial score while the total loss falls: its weight is too small.
#   Always print a trivial score beside each head's.
# - A misspelled name in one of the dicts: Keras stops, and lists the outputs.

model.compile(loss={"genre": "sparse_categorical_crossentropy", "dates": "mse"})
try:
    model.fit(train["text"][:10], {name: rows[:10] for name, rows in targets.items()}, verbose=0)
except (ValueError, KeyError) as error:
    print(str(error)[:110], "...")

# %%
# Exercises
# ---------
#
# 1. Which weight makes both losses equal at the start, by the trivial scores above?
# 2. Train the date alone, from the same trunk.
# 3. Give the predictions names: which genre, and which year, has the first test text?

# %%
# Answer 1
# --------

print(f"{trivial['genre_log_loss'] / trivial['date_mse']:.2f}")

# %%
# Answer 2
# --------
#
# A weight of 0 would do. A model with one output is simpler: ``keras.Model`` takes only the
# layers that lead there.

alone = novel()
alone = keras.Model(alone.input, alone.get_layer("date").output)
alone.compile(keras.optimizers.Adam(0.006), loss="mse", metrics=["mae"])
alone.fit(train["text"], train["date"], epochs=4, batch_size=32, verbose=0)
print(f"off by {alone.evaluate(test['text'], test['date'], verbose=0)[1]:.1f} decades")

# %%
# Answer 3
# --------
#
# The zoo's trained model, with its labels.

best = zoo.build("novel", weights="embedded")
genre, date = best.predict(test["text"][:1], verbose=0)
year = 1900 + 10 * float(date[0, 0])
print(novels.labels["genre"][int(genre.argmax())], f"{genre.max():.2f}", round(year))
print(
    "in truth", novels.labels["genre"][test["genre"][0, 0]], round(1900 + 10 * test["date"][0, 0])
)
