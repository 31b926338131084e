"""
Using Keras: from one layer to several branches
===============================================

The document ``using-keras`` is a guide from 2018. It goes from the first Sequential model over
perceptrons, pictures and series to models with shared inputs, several inputs and several outputs,
and it counts the parameters of each by hand. This lesson follows it: you build each kind once,
let the zoo do the arithmetic, and train a model of each kind.

You will learn

- Sequential and functional, and that they are the same model;
- where the parameters of ``Dense``, ``Conv2D``, ``LSTM`` and ``Embedding`` come from;
- how branches share an input or a layer, and how a model gets several inputs or outputs;
- which of the guide's lines no longer run, and what one writes today.
"""

# %%
# Thirty seconds to Keras
# -----------------------
#
# The guide's first model is Sequential: layers are added to a stack, and each reads the one
# before.

from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import zoo

keras.utils.set_random_seed(0)
runs = TemporaryDirectory()  # training runs are written here, and removed at the end

stacked = keras.Sequential(name="first_mlp")
stacked.add(keras.Input((100,), name="features"))
stacked.add(layers.Dense(64, activation="relu", name="hidden"))
stacked.add(layers.Dense(10, activation="softmax", name="category"))
print(zoo.explain(stacked))
assert stacked.count_params() == zoo.build("first_mlp").count_params()

# %%
# A ``Dense`` layer has a weight from each input to each unit and a bias for each unit, which is
# what the formula (inputs + 1) x units says: 6,464 and 650 parameters. Then compile, fit,
# evaluate. The guide has random numbers; here are ten classes that can be learned. Its labels are
# one-hot, a row of zeros with a one at the class, as ``categorical_crossentropy`` wants them.

data = zoo.load_data("classes_100", "mixture").splits
train, test = data["train"], data["test"]
stacked.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
stacked.fit(train["features"], train["category_one_hot"], epochs=3, batch_size=32, verbose=0)
slow = stacked.evaluate(test["features"], test["category_one_hot"], batch_size=128, verbose=0)[1]
print(f"accuracy with sgd: {slow:.2f}")

# %%
# The guide then takes an optimizer with momentum: ``keras.optimizers.SGD(learning_rate=0.01,
# momentum=0.9, nesterov=True)``. In the guide the argument is ``lr``, which Keras 3 refuses.

momentum = keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True)
stacked.compile(loss="categorical_crossentropy", optimizer=momentum, metrics=["accuracy"])
stacked.fit(train["features"], train["category_one_hot"], epochs=3, batch_size=32, verbose=0)
fast = stacked.evaluate(test["features"], test["category_one_hot"], batch_size=128, verbose=0)[1]
print(f"after three more epochs with momentum: {fast:.2f}")

# %%
# Functional: an input, and a layer that is called on it
# ------------------------------------------------------
#
# The same in the functional style names its tensors. The smallest model is ``tiny_dense``: two
# numbers in, two out, 6 parameters. ``mlp`` has three hidden layers, and the guide adds up its
# 551 parameters by hand.

features = keras.Input((10,), name="features")
x = layers.Dense(10, activation="relu", name="hidden_1")(features)
x = layers.Dense(20, activation="relu", name="hidden_2")(x)
x = layers.Dense(10, activation="relu", name="hidden_3")(x)
label = layers.Dense(1, activation="sigmoid", name="label")(x)
mlp = keras.Model(features, label, name="mlp")
print(zoo.explain(mlp))
print("the guide:", zoo.spec("mlp").claim)
assert mlp.count_params() == zoo.build("mlp").count_params() == 551
assert zoo.build("tiny_dense").count_params() == 6

# %%
# One unit with a sigmoid answers a question with two answers, and ``binary_crossentropy`` is its
# loss. Ten units with a softmax answer one with ten. ``binary_mlp`` and ``multiclass_mlp`` differ
# in nothing else: 3,265 and 3,562 parameters. ``shallow_mlp`` is the same on the pixels of a
# digit, and ``dropout_mlp`` puts ``Dropout`` after each hidden layer, which leaves out half of
# the units at random in each step of training, and none in a prediction.

for name in ("binary_mlp", "multiclass_mlp", "shallow_mlp", "dropout_mlp"):
    print(f"{name}: {zoo.build(name).count_params():,} parameters")

run = zoo.fit("mlp", data="mixture", logdir=runs.name)
print(f"test accuracy {run.metrics['test']['accuracy']:.2f}")

# %%
# Pictures
# --------
#
# A convolution moves a small window over the picture and computes, at every place, the same
# weighted sums. A window of 4 x 4 pixels takes three pixels off height and width; a pool of 2
# halves them. The guide's ``cnn``:

picture = keras.Input((64, 64, 1), name="picture")
x = layers.Conv2D(32, 4, activation="relu", name="conv_1")(picture)
x = layers.MaxPooling2D(2, name="pool_1")(x)
x = layers.Conv2D(16, 4, activation="relu", name="conv_2")(x)
x = layers.MaxPooling2D(2, name="pool_2")(x)
x = layers.Dense(10, activation="relu", name="hidden")(x)
label = layers.Dense(1, activation="sigmoid", name="label")(x)
cnn = keras.Model(picture, label, name="cnn")
print(zoo.summary(cnn))
assert cnn.count_params() == zoo.build("cnn").count_params() == 8_933

# %%
# The count is the guide's, 8,933, and the last line of the table shows a mistake of the guide:
# the output is (None, 13, 13, 1), a probability at each of 13 x 13 places and not one for the
# picture. ``Dense`` acts on the last axis alone, so without ``Flatten`` it keeps all places.
# Nothing fails until labels of shape (None, 1) meet it in ``fit``, and sometimes not even then.
# The zoo keeps the printed model and its count, and builds the meant one with ``flatten=True``.
# It also ships weights of a trained one, for smaller pictures.

flat = zoo.build("cnn", flatten=True)
print(flat.output_shape, f"{flat.count_params():,} parameters")

pictures = zoo.load_data("outlines", "drawn").splits["test"]
trained = zoo.build("cnn", weights="embedded")
guesses = trained.predict(pictures["picture"], verbose=0) > 0.5
print(f"accuracy of a trained one: {np.mean(guesses == pictures['label']):.2f}")

# %%
# Series
# ------
#
# An LSTM reads a series step by step and keeps what it has seen in a vector. With m numbers at a
# step and n units it has 4 (m n + n n + n) parameters: four gates, each with weights for the
# step, for the last vector, and a bias.

sequence = keras.Input((100, 1), name="sequence")
x = layers.LSTM(10, name="lstm")(sequence)
x = layers.Dense(10, activation="relu", name="hidden")(x)
label = layers.Dense(1, activation="sigmoid", name="label")(x)
rnn = keras.Model(sequence, label, name="rnn")
print(zoo.explain(rnn))
assert rnn.count_params() == zoo.build("rnn").count_params() == 601

# %%
# Text comes as word ids. ``lstm_classifier`` puts an ``Embedding`` before the LSTM: a table with
# a row of 256 numbers for each of 1,024 words, so more than half of its parameters are the table.

print(zoo.explain("lstm_classifier"))

# %%
# Branches
# --------
#
# Now the part that Sequential cannot do. A tensor may be read by several layers. In
# ``shared_input`` two extractors read one picture, with windows of 4 and of 8 pixels; in
# ``shared_features`` two branches read one LSTM. In both, ``Concatenate`` lays the results side
# by side.

picture = keras.Input((64, 64, 1), name="picture")
scales = []
for filters, window in ((32, 4), (16, 8)):
    x = layers.Conv2D(filters, window, activation="relu", name=f"conv_{window}")(picture)
    x = layers.MaxPooling2D(2, name=f"pool_{window}")(x)
    scales.append(layers.Flatten(name=f"flat_{window}")(x))
x = layers.Concatenate(name="merged")(scales)
x = layers.Dense(10, activation="relu", name="hidden")(x)
label = layers.Dense(1, activation="sigmoid", name="label")(x)
shared_input = keras.Model(picture, label, name="shared_input")
print(f"{shared_input.count_params():,} parameters")
assert shared_input.count_params() == zoo.build("shared_input").count_params()
assert zoo.build("shared_features").count_params() == 1_151

# %%
# The guide prints 415,045 parameters for it, and 1,151 for ``shared_features``. The diagram shows
# the two ways.

zoo.plot_model(shared_input, None, show_shapes=True, show_layer_names=True)

# %%
# Does reading at two scales help? The zoo's pictures show a fine grating in front of a coarse
# one, and the label depends on the slope of both. How far each alone can get is known.

both = zoo.build("shared_input", weights="embedded")
pictures = zoo.load_data("two_scales", "drawn").splits["test"]
guesses = both.predict(pictures["picture"], verbose=0) > 0.5
known = zoo.load_data("two_scales", "drawn").references
bars = {
    "best with the fine part": known["fine_alone"]["test"]["label_accuracy"],
    "best with the coarse part": known["coarse_alone"]["test"]["label_accuracy"],
    "shared_input, trained": float(np.mean(guesses == pictures["label"])),
    "best with both": known["best possible"]["test"]["label_accuracy"],
}
for name, accuracy in bars.items():
    print(f"{name}: {accuracy:.2f}")

figure, axes = plt.subplots(figsize=(6, 2.4), layout="constrained")
axes.barh(list(bars), list(bars.values()), color="tab:blue")
axes.set(xlabel="accuracy on test pictures (share)", ylabel="", xlim=(0.5, 1))
axes.set_ylabel("who sees what")
axes.invert_yaxis()
plt.show()

# %%
# Several inputs, several outputs
# -------------------------------
#
# ``two_resolution`` reads a picture in two versions, fine in gray and coarse in color: 49,699
# parameters. ``sequence_tagger`` gives two answers about a series: a label for the whole, and a
# number for every step. For the second, the LSTM must return its vector at each step
# (``return_sequences=True``), and ``TimeDistributed`` applies one ``Dense`` layer to each of
# them.

sequence = keras.Input((100, 1), name="sequence")
steps = layers.LSTM(10, return_sequences=True, name="lstm")(sequence)
x = layers.LSTM(10, name="label_lstm")(steps)
x = layers.Dense(10, activation="relu", name="label_hidden")(x)
label = layers.Dense(1, activation="sigmoid", name="label")(x)
signal = layers.TimeDistributed(layers.Dense(1), name="signal")(steps)
tagger = keras.Model(sequence, [label, signal], name="sequence_tagger")
print("outputs", tagger.output_shape, f"{tagger.count_params():,} parameters")
assert tagger.count_params() == zoo.build("sequence_tagger").count_params()
assert zoo.build("two_resolution").count_params() == 49_699

# %%
# A trained tagger takes the noise off a series. The zoo ships its weights, so there is no need to
# wait for the training.

trained = zoo.build("sequence_tagger", weights="embedded")
series = zoo.load_data("noisy_series", "pulses").splits["test"]
label, cleaned = trained.predict(series["sequence"][:200], verbose=0)
error = float(np.mean((cleaned - series["signal"][:200]) ** 2))
noise = float(np.mean((series["sequence"][:200] - series["signal"][:200]) ** 2))
print(f"mean squared error: the series {noise:.1f}, the model {error:.1f}")

figure, axes = plt.subplots(layout="constrained")
axes.plot(series["sequence"][0, :, 0], color="tab:gray", alpha=0.5, label="the input")
axes.plot(series["signal"][0, :, 0], color="tab:green", label="the series without noise")
axes.plot(cleaned[0, :, 0], color="tab:red", label="the output signal")
axes.set(xlabel="time step", ylabel="value (standard deviations)")
axes.legend()
plt.show()

# %%
# What else the guide names
# -------------------------
#
# The guide closes with examples without listings: fire modules, memory networks, stacked LSTMs
# that write text, a network like VGG. The zoo has them as ``fire_module``, ``memory_qa``,
# ``text_generator`` and ``vgg_like``.

for name in ("fire_module", "memory_qa", "text_generator", "vgg_like"):
    explained = zoo.explain(name)
    print(f"{name}: {explained.total:,} parameters; {zoo.spec(name).claim}")

# %%
# What has changed since the guide: ``lr`` and ``decay`` are gone from optimizers, layers are
# imported from ``keras.layers`` alone, ``input_shape=`` of a first layer gives a warning and an
# ``Input`` is better, ``predict_classes`` is ``predict`` and ``argmax``, and weights are saved in
# ``.keras`` or ``.weights.h5`` files. ``docs/keras-2-to-3.md`` has each with both versions.
#
# What goes wrong, and how one sees it: a missing ``Flatten`` shows in ``model.output_shape``; an
# LSTM that should hand on its steps but lacks ``return_sequences`` makes the next LSTM complain
# of an input with two axes where it expects three; and a label of the wrong shape makes ``fit``
# fail with both shapes in the message.

try:
    layers.LSTM(10)(layers.LSTM(10)(sequence))
except ValueError as error:
    print(str(error).partition(". ")[0])

# %%
# Exercises
# ---------
#
# 1. How many parameters has ``mlp`` with hidden layers of 20, 40 and 20 units? Work it out before
#    you ask the zoo.
# 2. Show that a Sequential and a functional model give the same outputs with the same weights.
# 3. The first convolution of ``cnn`` has 544 parameters and the second 8,208. Where do they come
#    from?

# %%
# Answer 1
# --------
#
# Each ``Dense`` layer has (inputs + 1) x units of them.

print(11 * 20 + 21 * 40 + 41 * 20 + 21 * 1)
print(zoo.explain("mlp", hidden=(20, 40, 20)).total)

# %%
# Answer 2
# --------
#
# Weights come as a list of arrays, in the order of the layers, and can be copied from one to the
# other.

functional = zoo.build("first_mlp")
functional.set_weights(stacked.get_weights())
same = np.array_equal(
    functional.predict(test["features"], verbose=0), stacked.predict(test["features"], verbose=0)
)
print("same outputs:", same)

# %%
# Answer 3
# --------
#
# A window of 4 x 4 pixels has 16 weights for each channel that it reads, and a filter has one
# bias. The first convolution reads one channel, the second the 32 that the first has made.

print((4 * 4 * 1 + 1) * 32, (4 * 4 * 32 + 1) * 16)
