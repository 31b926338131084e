"""
Inception and residual blocks
=============================

A block is a piece of a network that is used again and again. The zoo has blocks as functions from
tensor to tensor, and as models to look at. This lesson takes the two best known ones apart, an
inception module, which looks at several scales, and a residual block, which lets the signal pass
by, and measures what the second is for.
"""

# %%
# Inception: several windows side by side
# ---------------------------------------
#
# Which window suits a picture is not known beforehand, so an inception module takes several and
# lays the results side by side. A 5 x 5 window is expensive: on 192 channels, 32 filters have

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

import zoo

keras.utils.set_random_seed(0)
direct = (5 * 5 * 192 + 1) * 32
reduced = (192 + 1) * 16 + (5 * 5 * 16 + 1) * 32
print(f"{direct:,} weights directly, {reduced:,} behind a 1 x 1 convolution to 16 channels")

# %%
# That is the module's trick: a 1 x 1 convolution mixes channels, and makes few of many, before
# each large window.

print(zoo.explain("inception_module"))

# %%

zoo.plot_model(zoo.build("inception_module"), None, show_shapes=True)

# %%
# As a function the module goes into any model. Its name is the prefix of its layers' names.

from zoo.models.blocks import inception_module  # noqa: E402

picture = keras.Input((28, 28, 1), name="picture")
x = layers.Conv2D(16, 3, padding="same", activation="relu", name="stem")(picture)
x = inception_module(x, (8, 8, 12, 2, 4, 4), name="first")
print([layer.name for layer in keras.Model(picture, x).layers])
print("channels:", 8 + 12 + 4 + 4, "=", x.shape[-1])

# %%
# A network of modules, ``inception_network``, ends in global average pooling: the mean of each
# channel, so that few weights follow. The zoo ships trained weights.

network = zoo.build("inception_network", weights="embedded")
figures = zoo.load_data("figures", "drawn").splits["test"]
guesses = network.predict(figures["picture"], verbose=0).argmax(axis=1)
accuracy = np.mean(guesses == figures["label"][:, 0])
print(f"{network.count_params():,} parameters, accuracy {accuracy:.2f}")

# %%
# Residual: a way around
# ----------------------
#
# A residual block adds its input to its output. If its layers do nothing, the block is the
# identity; they need only learn what is to be changed.


def block(x, filters: int, name: str):
    """Two convolutions, and their input added to their output."""
    y = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_1")(x)
    y = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_2")(y)
    return layers.Add(name=name)([y, x])


maps = keras.Input((None, None, 128), name="features")
two = keras.Model(maps, block(maps, 128, "residual"))
assert two.count_params() == zoo.build("residual_identity", depth=2).count_params()
print(f"{two.count_params():,} parameters")

# %%
# The addition needs equal shapes. Where a block changes the number of channels or the size, a 1 x
# 1 convolution on the shortcut, with stride 2, does the same to the input:
# ``residual_projection``.
#
# What shortcuts are for
# ----------------------
#
# The document says: in a deep network the error that comes back gets weaker from layer to layer,
# until nothing of it reaches the first. That can be measured without training: the norm of the
# gradient at the first layer, for networks of more and more layers, with shortcuts and without.

batch = {name: rows[:64] for name, rows in figures.items()}
loss = keras.losses.SparseCategoricalCrossentropy()


def gradient_norm(blocks: int, skip: bool) -> tuple[int, float]:
    """Layers with weights, and the norm of the first one's gradient on a batch."""
    keras.utils.set_random_seed(0)
    model = zoo.build(
        "residual_network", filters=(8,), blocks=blocks, batch_normalization=False, skip=skip
    )
    first = next(layer for layer in model.layers if layer.weights)
    with tf.GradientTape() as tape:
        value = loss(batch["label"], model(batch["picture"]))
    depth = sum(bool(layer.weights) for layer in model.layers)
    return depth, float(tf.norm(tape.gradient(value, first.kernel)))


norms = {skip: [gradient_norm(blocks, skip) for blocks in (1, 3, 6, 12)] for skip in (True, False)}
for skip, values in norms.items():
    said = ", ".join(f"{depth} layers {norm:.0e}" for depth, norm in values)
    print("with shortcuts:" if skip else "without:", said)

figure, axes = plt.subplots(layout="constrained")
for skip, values in norms.items():
    axes.plot(*zip(*values, strict=True), "o-", label=f"{'with' if skip else 'without'} shortcuts")
axes.set(yscale="log", xlabel="layers with weights", ylabel="norm of the first layer's gradient")
axes.legend()
plt.show()

# %%
# Without shortcuts the gradient falls by several powers of ten with every few layers, and a
# network of that depth would not begin to learn. With them it stays within about one power of
# ten.
#
# The second claim: a layer that is too narrow loses information for good, unless a shortcut
# passes it by. Three hidden layers, the middle one with a single unit, on ten classes:

data = zoo.load_data("classes_64", "mixture").splits


def through_one_unit(skip: bool) -> keras.Model:
    """A network with a bottleneck of one unit, and perhaps a way around it."""
    features = keras.Input((64,), name="features")
    before = layers.Dense(32, activation="relu", name="before")(features)
    narrow = layers.Dense(1, activation="relu", name="narrow")(before)
    x = layers.Dense(32, activation="relu", name="after")(narrow)
    if skip:
        x = layers.Add(name="around")([x, before])
    return keras.Model(features, layers.Dense(10, activation="softmax", name="category")(x))


for skip in (False, True):
    keras.utils.set_random_seed(0)
    model = through_one_unit(skip)
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        data["train"]["features"], data["train"]["category"], batch_size=64, epochs=10, verbose=0
    )
    score = model.evaluate(data["test"]["features"], data["test"]["category"], verbose=0)[1]
    print(f"{'with' if skip else 'without'} a shortcut: accuracy {score:.2f}")

# %%
# What goes wrong, and how one sees it
# ------------------------------------
#
# - Shapes that differ at ``Add`` or ``Concatenate``: an error when the model is built, which
#   names both.
# - ``padding="valid"`` in one branch: the maps shrink, and the same error.
# - A deep network without shortcuts or normalization: the loss stays near that of a constant
#   guess. TensorBoard's ``gradient_norm/...`` tags show it, layer by layer.

try:
    layers.Add()([layers.Conv2D(128, 3)(maps), maps])
except ValueError as error:
    print(error)

# %%
# With ``None`` for height and width Keras cannot see that the sizes differ, so nothing is said
# when the model is built, only when it runs.
#
# Exercises
# ---------
#
# 1. How many weights does the 3 x 3 branch of the module save by its 1 x 1 convolution?
# 2. Make a fire module: a 1 x 1 convolution to 16 channels, then 1 x 1 and 3 x 3 to 64 each, side
#    by side, on 96 channels. How many parameters has it?
# 3. What does a residual block give if all its weights are zero?

# %%
# Answer 1
# --------

print(f"{(3 * 3 * 192 + 1) * 128 - ((192 + 1) * 96 + (3 * 3 * 96 + 1) * 128):,}")

# %%
# Answer 2
# --------

inputs = keras.Input((55, 55, 96), name="features")
squeezed = layers.Conv2D(16, 1, activation="relu")(inputs)
sides = [layers.Conv2D(64, size, padding="same", activation="relu")(squeezed) for size in (1, 3)]
fire = keras.Model(inputs, layers.Concatenate()(sides))
assert fire.count_params() == zoo.build("fire_module").count_params()
print(f"{fire.count_params():,}")

# %%
# Answer 3
# --------
#
# Its input.

two.set_weights([weight * 0 for weight in two.get_weights()])
sample = np.random.default_rng(0).normal(size=(1, 4, 4, 128)).astype("float32")
print(np.array_equal(two.predict(sample, verbose=0), sample))
