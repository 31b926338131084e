"""
A model as a layer
==================

Every Keras model can be called like a layer. That lets you build a part once, name it, test it
alone, reuse it, and take along what it has learned. This lesson takes a picture model apart and
puts it into two larger ones: one for videos, and one that starts from trained weights.
"""

# %%
# A part that stands alone
# ------------------------
#
# ``digit_mlp`` reads a digit from a picture of 784 pixels. The zoo ships a trained one.

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import zoo

keras.utils.set_random_seed(0)
reader = zoo.build("digit_mlp", weights="embedded")
test = zoo.load_data("digits", "segments").splits["test"]
guesses = reader.predict(test["pixels"], verbose=0).argmax(axis=1)
print(f"accuracy on pictures: {np.mean(guesses == test['digit'][:, 0]):.2f}")

# %%
# Call it
# -------
#
# On an input of the same shape the model is a layer. The new model holds the old one, as one line
# of its table.

pixels = keras.Input((784,), name="pixels")
chances = reader(pixels)
is_even = layers.Dense(1, activation="sigmoid", name="is_even")(chances)
even = keras.Model(pixels, is_even, name="even_digit")
print(zoo.explain(even))

# %%
# What one model learns, the other knows, for they have the same weights, not copies:

print(even.get_layer("digit_mlp") is reader)

# %%
# Train only what is new
# ----------------------
#
# The part keeps what it has learned if it is frozen. Freeze before ``compile``.

reader.trainable = False
even.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
few = {
    name: rows[:300] for name, rows in zoo.load_data("digits", "segments").splits["train"].items()
}
history = even.fit(few["pixels"], few["digit"] % 2 == 0, epochs=15, verbose=0).history
accuracy = even.evaluate(test["pixels"], test["digit"] % 2 == 0, verbose=0)[1]
trained = sum(int(np.prod(weight.shape)) for weight in even.trainable_weights)
print(f"{trained} parameters trained on {len(few['digit'])} pictures: accuracy {accuracy:.2f}")

# %%
# The same network from nothing, on the same 300 pictures, for comparison:

scratch = keras.Sequential(
    [zoo.build("digit_mlp"), layers.Dense(1, activation="sigmoid", name="is_even")]
)
scratch.compile(keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])
plain = scratch.fit(few["pixels"], few["digit"] % 2 == 0, epochs=15, verbose=0).history
from_nothing = scratch.evaluate(test["pixels"], test["digit"] % 2 == 0, verbose=0)[1]
print(f"from nothing: accuracy {from_nothing:.2f}")

figure, axes = plt.subplots(layout="constrained")
axes.plot(range(1, 16), history["accuracy"], label="with the trained part")
axes.plot(range(1, 16), plain["accuracy"], label="from nothing")
axes.axhline(accuracy, color="tab:blue", linestyle=":", label="test pictures, trained part")
axes.axhline(from_nothing, color="tab:orange", linestyle=":", label="test pictures, from nothing")
axes.set(xlabel="epoch", ylabel="accuracy on the 300 pictures (share)")
axes.legend()
plt.show()

# %%
# From nothing, the network learns its few pictures by heart and knows little about new ones. The
# part that was trained on thousands of pictures does not have that freedom.
#
# At every step of a sequence
# ---------------------------
#
# ``TimeDistributed`` calls a layer, or a model, on each step: a picture model becomes a video
# model.

frames = keras.Input((20, 784), name="frames")
video = keras.Model(frames, layers.TimeDistributed(reader, name="digits")(frames))
videos = zoo.load_data("digit_videos", "segments").splits["test"]
read = video.predict(videos["frames"], verbose=0).argmax(axis=-1)
print(f"{video.count_params():,} parameters, accuracy {np.mean(read == videos['digits']):.2f}")

# %%
# In a diagram the inner model is one box, or, with ``expand_nested``, a frame with its layers.

zoo.plot_model(video, None, show_shapes=True, expand_nested=True)

# %%
# Twice in one model
# ------------------
#
# Two calls share the weights, as with any layer: ``two_team`` calls the table ``team_strength``
# for both teams, and ``siamese_xception`` a whole Xception for both eyes.

for name in ("two_team", "siamese_xception"):
    first = zoo.explain(name).lines[0]
    print(f"{name}: {first.name} is {first.note}")

# %%
# What goes wrong, and how one sees it
# ------------------------------------
#
# - Frozen after ``compile``: Keras goes on training the part. Compile again, and look at
#   ``trainable_weights``.
# - Training the larger model changes the part, and so every other model that holds it. Use
#   ``keras.models.clone_model`` for a part of its own; it has new weights, so copy them.
# - A part called on the wrong shape fails where it is called, with both shapes in the message.

try:
    reader(keras.Input((28, 28)))
except ValueError as error:
    print(str(error).partition(". ")[0])

# %%
# Exercises
# ---------
#
# 1. Make a copy of ``reader`` with weights of its own, and show that changing it leaves the first
#    as it was.
# 2. Use the hidden layer of ``reader`` as features: a model from pixels to 64 numbers.
# 3. Which digits does ``even`` get wrong most often?

# %%
# Answer 1
# --------

copy = keras.models.clone_model(reader)
copy.set_weights(reader.get_weights())
before = reader.predict(test["pixels"][:1], verbose=0)
copy.set_weights([weight * 0 for weight in copy.get_weights()])
print(np.array_equal(before, reader.predict(test["pixels"][:1], verbose=0)))

# %%
# Answer 2
# --------

features = keras.Model(reader.input, reader.get_layer("hidden_2").output)
print(features.predict(test["pixels"][:5], verbose=0).shape)

# %%
# Answer 3
# --------

wrong = (even.predict(test["pixels"], verbose=0) > 0.5) != (test["digit"] % 2 == 0)
share = {digit: float(wrong[test["digit"] == digit].mean()) for digit in range(10)}
for digit in sorted(share, key=lambda digit: -share[digit])[:3]:
    print(f"{digit}: wrong in {share[digit]:.0%}")
