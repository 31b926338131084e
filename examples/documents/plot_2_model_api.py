"""
Keras Model class API: models that are called like layers
=========================================================

The document ``model-api`` is a guide to Keras 2's functional API. Its first half shows that a
model can be called like a layer; its second half builds one model with two inputs and two
outputs, and one in which two inputs share a layer. This lesson follows it in its order.

You will learn

- how ``compile``, ``fit``, ``evaluate`` and ``predict`` are used on a functional model;
- how to reuse a whole model, also at every step of a sequence;
- what an auxiliary output and its loss weight do;
- why a shared encoder needs a merge that can compare.
"""

# %%
# A model from two tensors
# ------------------------
#
# ``keras.Model(a, b)`` finds all layers that are needed to compute ``b`` from ``a``.

from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import zoo

keras.utils.set_random_seed(0)
runs = TemporaryDirectory()  # training runs are written here, and removed at the end

a = keras.Input((32,), name="a")
b = layers.Dense(32, name="b")(a)
single_dense = keras.Model(a, b, name="single_dense")
print(zoo.explain(single_dense))
assert single_dense.count_params() == zoo.build("single_dense").count_params()

# %%
# ``zoo.fit`` trains the zoo's ``single_dense`` from its recipe, on pairs whose linear map is
# known, and scores it beside least squares and the best possible prediction.

run = zoo.fit("single_dense", data="planted", epochs=5, logdir=runs.name)

# %%
# The first example: a perceptron on digits
# -----------------------------------------
#
# A picture of 28 x 28 pixels comes as 784 numbers. Two hidden layers and a softmax make ten
# probabilities of it.

pixels = keras.Input((784,), name="pixels")
x = layers.Dense(64, activation="relu", name="hidden_1")(pixels)
x = layers.Dense(64, activation="relu", name="hidden_2")(x)
digit = layers.Dense(10, activation="softmax", name="digit")(x)
digit_mlp = keras.Model(pixels, digit, name="digit_mlp")
print(zoo.summary(digit_mlp))
assert digit_mlp.count_params() == zoo.build("digit_mlp").count_params() == 55_050

# %%
# The document compiles with RMSprop and calls ``fit(data, labels)``, which means one epoch and 32
# rows to a step. Its labels are one-hot. Ids, one number for each picture, say the same in a
# tenth of the memory; their loss has ``sparse`` in its name.

digits = zoo.load_data("digits", "segments").splits
train, test = digits["train"], digits["test"]
print("pictures", train["pixels"].shape, "digits", train["digit"].shape)

digit_mlp.compile("rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
digit_mlp.fit(train["pixels"], train["digit"], verbose=0)
accuracy = digit_mlp.evaluate(test["pixels"], test["digit"], verbose=0)[1]
best = zoo.load_data("digits", "segments").references["best possible"]["test"]["digit_accuracy"]
print(f"accuracy on test pictures: {accuracy:.2f}, best possible {best:.2f}")

# %%
# The digits are displays of seven segments, some of them faulty, under so much noise that no
# model can read them all; the zoo knows the best possible accuracy, since it made them.

figure, grid = plt.subplots(1, 5, figsize=(8, 2), layout="constrained")
guesses = digit_mlp.predict(test["pixels"][:5], verbose=0).argmax(axis=1)
for axes, picture, truth, guess in zip(grid, test["pixels"], test["digit"], guesses, strict=False):
    axes.imshow(picture.reshape(28, 28), cmap="gray")
    axes.set_title(f"{truth[0]}, read as {guess}")
    axes.axis("off")
plt.show()

# %%
# All models are callable
# -----------------------
#
# A model is called on a tensor like a layer. It keeps its weights: what it has learned can be
# used inside a larger model. The document's example takes a video, 20 pictures in a row, and
# ``TimeDistributed`` calls the model on each. The video model has 55,050 parameters, the picture
# model's own.

frames = keras.Input((20, 784), name="frames")
read = layers.TimeDistributed(digit_mlp, name="digits")(frames)
video = keras.Model(frames, read, name="video_classifier")
print(
    "from", video.input_shape, "to", video.output_shape, f"with {video.count_params():,} parameters"
)
assert video.count_params() == zoo.build("video_classifier").count_params() == 55_050

# %%
# No training is needed: the frames of a video are read about as well as single pictures were.

videos = zoo.load_data("digit_videos", "segments").splits["test"]
guesses = video.predict(videos["frames"], verbose=0).argmax(axis=-1)
print("digits of the first video:", *videos["digits"][0])
print("read as                  :", *guesses[0])
print(f"accuracy over all frames: {np.mean(guesses == videos['digits']):.2f}")

# %%
# Two inputs and two outputs
# --------------------------
#
# Will a headline be shared? The document reads its words with an LSTM and adds other facts, such
# as the hour, at a second input. A second output, right after the LSTM, must answer from the
# words alone. It is called auxiliary: nobody needs its answer, but its loss reaches the LSTM on a
# short way.

main_input = keras.Input((100,), dtype="int32", name="main_input")
x = layers.Embedding(10_000, 512, name="embedding")(main_input)
encoded = layers.LSTM(32, name="lstm")(x)
aux_output = layers.Dense(1, activation="sigmoid", name="aux_output")(encoded)

aux_input = keras.Input((5,), name="aux_input")
x = layers.Concatenate(name="merged")([encoded, aux_input])
for number in (1, 2, 3):
    x = layers.Dense(64, activation="relu", name=f"hidden_{number}")(x)
main_output = layers.Dense(1, activation="sigmoid", name="main_output")(x)

headline = keras.Model([main_input, aux_input], [main_output, aux_output], name="headline")
print(zoo.explain(headline))
assert headline.count_params() == zoo.build("headline").count_params()

# %%
# Nearly all of the 5,200,610 parameters are the table of words. The graph:

zoo.plot_model(headline, None, show_shapes=True, show_layer_names=True)

# %%
# The document compiles with one loss name for both outputs and with loss weights 1.0 and 0.2.
# Keras 3 refuses to share one name when there are weights; it wants a loss for each output:

headline.compile("rmsprop", loss="binary_crossentropy", loss_weights=[1.0, 0.2])
words, facts = np.zeros((1, 100), "int32"), np.zeros((1, 5))
answers = [np.ones((1, 1)), np.ones((1, 1))]
try:
    headline.fit([words, facts], answers, verbose=0)
except ValueError as error:
    print(str(error).partition(". ")[0])

headline.compile(
    "rmsprop",
    loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
    loss_weights={"main_output": 1.0, "aux_output": 0.2},
)
total, main, aux = headline.evaluate(
    {"main_input": words, "aux_input": facts},
    {"main_output": answers[0], "aux_output": answers[1]},
    verbose=0,
)
print(f"the total loss is main + 0.2 x aux: {abs(total - (main + 0.2 * aux)):.3f} remains")

# %%
# By name, inputs and targets cannot be mixed up; as lists they must be in the order in which the
# model was made. The document's other slip is in its text:

print(zoo.spec("headline").errata[1])

# %%
# The zoo ships weights of the model, trained on invented headlines of fewer words, so its table
# is smaller.

trained = zoo.build("headline", weights="embedded")
newsroom = zoo.load_data("headlines", "newsroom").splits["test"]
columns = ("hour_sin", "hour_cos", "weekend", "years", "characters")
facts = np.concatenate([newsroom[name] for name in columns], axis=1)
read = trained.predict({"main_input": newsroom["main_input"], "aux_input": facts}, verbose=0)
print(f"{trained.count_params():,} parameters")
for name, chances in zip(trained.output_names, read, strict=True):
    print(f"{name}: accuracy {np.mean((chances > 0.5) == newsroom['success']):.2f}")

# %%
# The main output is better, because it also sees the facts. Does the auxiliary loss help the main
# output, as the document says? ``docs/claims.md`` has a measurement over three seeds:

print(zoo.spec("headline").claim)

# %%
# Shared layers
# -------------
#
# Did the same person write two tweets? Each tweet is a table of 280 rows, a character each, and
# 256 columns, one of which is 1. Whatever tells an author is the same in both, so one LSTM reads
# both: it is made once and called twice.

tweet_a = keras.Input((280, 256), name="tweet_a")
tweet_b = keras.Input((280, 256), name="tweet_b")
lstm = layers.LSTM(64, name="lstm")
merged = layers.Concatenate(name="merged")([lstm(tweet_a), lstm(tweet_b)])
same_author = layers.Dense(1, activation="sigmoid", name="same_author")(merged)
tweet_pair = keras.Model([tweet_a, tweet_b], same_author, name="tweet_pair")
print(zoo.explain(tweet_pair))
assert tweet_pair.count_params() == zoo.build("tweet_pair").count_params()

# %%
# The printed model cannot work, and one sees it without training. Its last layer computes w a + v
# b from the two vectors: a score of one tweet plus a score of the other. Whether the tweets agree
# does not enter. On four pairs of one-number vectors, of which two agree, no such sum gives both
# pairs that agree more than both that do not:

pairs = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]])
agree = np.array([1, 1, 0, 0])
weights, *_ = np.linalg.lstsq(np.c_[pairs, np.ones(4)], agree, rcond=None)
print("best sum :", (np.c_[pairs, np.ones(4)] @ weights).round(2))
print("products :", pairs[:, 0] * pairs[:, 1])

# %%
# The product of the two vectors does it. ``zoo.build("tweet_pair", merge="compare")`` puts the
# squared difference and the product where the document has both vectors: the number of parameters
# stays the same. The zoo ships weights of such a model; here is what it makes of 1,000 pairs.

compare = zoo.build("tweet_pair", weights="embedded")
held_out = zoo.load_data("tweet_pairs", "authors").splits["test"]
chances = compare.predict([held_out[side][:1_000] for side in ("tweet_a", "tweet_b")], verbose=0)
same = held_out["same_author"][:1_000].astype(bool)
print(f"accuracy {np.mean((chances > 0.5) == same):.2f}")

figure, axes = plt.subplots(layout="constrained")
axes.hist([chances[same], chances[~same]], bins=20, label=["one author", "two authors"])
axes.set(xlabel="predicted probability of one author", ylabel="pairs of tweets")
axes.legend()
plt.show()

# %%
# What goes wrong, and how one sees it
# ------------------------------------
#
# - Two LSTMs instead of one called twice: ``zoo.explain`` then has two lines with weights, and
#   none says "shared, called 2 times".
# - Targets in another order than the outputs: both are probabilities here, so nothing fails, and
#   only the scores by output look wrong. Dicts prevent it.
# - A model called on tensors of another shape fails at once, with both shapes in the message.

# %%
# Exercises
# ---------
#
# 1. What is the largest part of ``headline``'s parameters, as a share, and what is left with a
#    table of 1,000 words?
# 2. Make a video model for videos of any length.
# 3. Get the LSTM's vector of a headline out of the trained model.

# %%
# Answer 1
# --------

full, small = zoo.build("headline"), zoo.build("headline", vocabulary=1_000)
table = full.get_layer("embedding").count_params()
print(f"{table / full.count_params():.0%} of the parameters are the table of words")
print(f"{small.count_params():,} parameters are left")

# %%
# Answer 2
# --------
#
# ``None`` in the shape leaves the number of frames open.

frames = keras.Input((None, 784), name="frames")
any_length = keras.Model(frames, layers.TimeDistributed(digit_mlp)(frames))
for length in (3, 50):
    print(any_length(np.zeros((1, length, 784), "float32")).shape)

# %%
# Answer 3
# --------
#
# A model between the input and the layer's output shares the trained weights; there is nothing to
# train or to copy.

encoder = keras.Model(trained.inputs[0], trained.get_layer("lstm").output)
length = trained.inputs[0].shape[1]
print(encoder.predict(np.ones((1, length), "int32"), verbose=0).shape)
