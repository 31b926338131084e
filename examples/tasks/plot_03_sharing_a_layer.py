"""
Sharing a layer between two inputs
==================================

When two inputs are of the same kind, two sentences, two pictures, two teams, the same layer
should read both. A layer object is made once and called twice; its weights are then used and
trained in both places. This lesson shows how, what it saves, and how the two results must be
merged to be compared.
"""

# %%
# Make once, call twice
# ---------------------
#
# The layer is the object, not the call. Here two sentences of word vectors go through one LSTM.

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import zoo

keras.utils.set_random_seed(0)

left = keras.Input((None, 128), name="left")
right = keras.Input((None, 128), name="right")

lstm = layers.LSTM(32, name="lstm")
left_vector = lstm(left)
right_vector = lstm(right)

merged = layers.Concatenate(name="merged")([left_vector, right_vector])
similarity = layers.Dense(1, activation="sigmoid", name="similarity")(merged)
shared = keras.Model([left, right], similarity, name="siamese_lstm")
print(zoo.explain(shared))

# %%
# The LSTM is counted once, with the note that it is called twice. Two LSTMs would be counted
# twice:

separate = zoo.build("siamese_lstm", shared=False)
assert shared.count_params() == zoo.build("siamese_lstm").count_params()
print(f"shared {shared.count_params():,}, separate {separate.count_params():,} parameters")

# %%
# In the zoo's diagram a shared layer is one frame, and each call is seen. Keras's own drawing
# merges the calls.

zoo.plot_model(shared, None, show_shapes=True, show_layer_names=True)

# %%
# Sharing also means symmetry: the same sentence gives the same vector on both sides.

encoder = keras.Model([left, right], [left_vector, right_vector])
sentence = np.random.default_rng(0).normal(size=(1, 5, 128)).astype("float32")
one, other = encoder.predict([sentence, sentence], verbose=0)
print("same vector:", np.array_equal(one, other))

# %%
# Merge so that the model can compare
# -----------------------------------
#
# A ``Dense`` layer on the two vectors side by side adds a score of the left to a score of the
# right. It cannot see whether they agree. Products and differences can be seen through, so merge
# with those. The zoo's builder has both ways.

compare = zoo.build("siamese_lstm", merge="compare")
print([layer.name for layer in compare.layers])
print(f"{compare.count_params():,} parameters")

# %%
# Three trainings on sentence pairs, half of which mean the same: side by side, compared, and
# compared but with an LSTM for each side.

pairs = zoo.load_data("sentence_pairs", "paraphrases", rows=8_000).splits
variants = {
    "side by side": {"merge": "concatenate"},
    "compared": {"merge": "compare"},
    "compared, two LSTMs": {"merge": "compare", "shared": False},
}
accuracy = {}
for name, arguments in variants.items():
    keras.utils.set_random_seed(0)
    model = zoo.build("siamese_lstm", length=9, **arguments)
    model.compile(keras.optimizers.Adam(0.006), "binary_crossentropy", metrics=["accuracy"])
    train, test = (
        ({side: pairs[split][side] for side in ("left", "right")}, pairs[split]["similarity"])
        for split in ("train", "test")
    )
    model.fit(*train, batch_size=64, epochs=3, verbose=0)
    accuracy[name] = model.evaluate(*test, batch_size=512, verbose=0)[1]
    print(f"{name}: accuracy {accuracy[name]:.2f}")

figure, axes = plt.subplots(figsize=(6, 2.2), layout="constrained")
axes.barh(list(accuracy), list(accuracy.values()), color="tab:blue")
axes.axvline(0.5, color="tab:gray", linestyle="--", label="a coin")
axes.set(xlabel="accuracy on test pairs (share)", ylabel="the model", xlim=(0, 1))
axes.invert_yaxis()
axes.legend()
plt.show()

# %%
# Side by side is no better than a coin. Of the two that compare, the shared LSTM has learned more
# in the same time: each pair trains it twice.
#
# What goes wrong, and how one sees it
# ------------------------------------
#
# - ``layers.LSTM(32)(left)`` and ``layers.LSTM(32)(right)`` are two layers. They look alike in
#   code; the count and the summary tell them apart.
# - An encoder that is frozen or given other weights changes for both inputs; there is one set.
# - A model that compares badly although its loss falls: look at the merge. Chance on the test
#   pairs with a falling training loss means that it has learned pairs by heart.
#
# Exercises
# ---------
#
# 1. Share a ``Dense`` layer between three inputs. How many parameters has it?
# 2. Two inputs of different widths, 8 and 12, cannot share a ``Dense`` layer. What does Keras
#    say?
# 3. Freeze the shared LSTM, so that only the last layer is trained. How many parameters are left
#    to train?

# %%
# Answer 1
# --------
#
# As many as with one input: (8 + 1) x 4.

dense = layers.Dense(4, name="dense")
three = [keras.Input((8,), name=name) for name in ("first", "second", "third")]
print(keras.Model(three, layers.Add()([dense(each) for each in three])).count_params())

# %%
# Answer 2
# --------

try:
    dense(keras.Input((12,)))
except ValueError as error:
    print(str(error).partition(". ")[0])

# %%
# Answer 3
# --------
#
# ``trainable = False`` before ``compile``. Only the last layer is left.

lstm.trainable = False
print(sum(int(np.prod(weight.shape)) for weight in shared.trainable_weights))
