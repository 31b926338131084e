"""
Deep Learning with Python, section 7.1: beyond stacks of layers
===============================================================

The document ``dlwp-7.1`` is a set of notes on a section of *Deep Learning with Python*, first
edition. It begins with the functional twin of a Sequential model and goes on to several inputs,
several outputs, graphs with branches and shortcuts, shared layers, and whole models used as
layers. This lesson follows it, section by section.

You will learn

- how to feed a model with two text inputs, by list and by name;
- why losses of different size need weights;
- what inception modules and residual connections are made of;
- how one LSTM, or a whole picture network, reads two inputs.
"""

# %%
# 7.1.1: the same model twice
# ---------------------------
#
# A Sequential model and its functional twin have the same layers. Here is the functional one.

from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import zoo

keras.utils.set_random_seed(0)
runs = TemporaryDirectory()  # training runs are written here, and removed at the end

features = keras.Input((64,), name="features")
x = layers.Dense(32, activation="relu", name="hidden_1")(features)
x = layers.Dense(32, activation="relu", name="hidden_2")(x)
category = layers.Dense(10, activation="softmax", name="category")(x)
functional = keras.Model(features, category, name="softmax_mlp_64")
print(zoo.summary(functional))

# %%
# The document prints 3,466 parameters. With the same weights, the twins give the same outputs to
# the last bit:

sequential = zoo.build("softmax_mlp_64", sequential=True)
sequential.set_weights(functional.get_weights())
rows = np.random.default_rng(0).normal(size=(5, 64)).astype("float32")
assert functional.count_params() == sequential.count_params() == 3_466
print(type(sequential).__name__, np.array_equal(functional(rows), sequential(rows)))

# %%
# The document compiles with RMSprop and trains on random numbers. The recipe ``softmax_mlp_64``
# trains the same model on ten classes that can be learned:

run = zoo.fit("softmax_mlp_64", data="mixture", epochs=10, logdir=runs.name)
print(f"test accuracy {run.metrics['test']['accuracy']:.2f}")

# %%
# 7.1.2: two inputs
# -----------------
#
# A question about a text, answered with one word. Text and question have words and lengths of
# their own, so each gets an ``Embedding`` and an LSTM; the two vectors are concatenated, and a
# softmax picks one of 500 answers. ``None`` leaves the number of words open.

text = keras.Input((None,), dtype="int32", name="text")
x = layers.Embedding(10_000, 64, name="text_embedding")(text)
encoded_text = layers.LSTM(32, name="text_lstm")(x)

question = keras.Input((None,), dtype="int32", name="question")
x = layers.Embedding(10_000, 32, name="question_embedding")(question)
encoded_question = layers.LSTM(16, name="question_lstm")(x)

merged = layers.Concatenate(name="merged")([encoded_text, encoded_question])
answer = layers.Dense(500, activation="softmax", name="answer")(merged)
qa = keras.Model([text, question], answer, name="qa")
print(zoo.explain(qa))
assert qa.count_params() == zoo.build("qa").count_params()

# %%
# The document prints the two tables, 640,000 and 320,000. It trains on random words, once with
# the inputs as a list and once as a dict by name. Both do the same:

random = np.random.default_rng(0)
texts = random.integers(1, 10_000, (1_000, 100)).astype("int32")
questions = random.integers(1, 10_000, (1_000, 100)).astype("int32")
answers = random.integers(0, 500, (1_000, 1))
qa.compile("rmsprop", loss="sparse_categorical_crossentropy", metrics=["acc"])
by_list = qa.evaluate([texts, questions], answers, verbose=0)
by_name = qa.evaluate({"text": texts, "question": questions}, answers, verbose=0)
print(by_list == by_name)

# %%
# On text that means something, where people walk from room to room, a trained model answers most
# questions. The zoo ships its weights.

trained = zoo.build("qa", weights="embedded")
rooms = zoo.load_data("questions", "rooms")
test = rooms.splits["test"]
guesses = trained.predict({name: test[name] for name in ("text", "question")}, verbose=0)
right = guesses.argmax(axis=1) == test["answer"][:, 0]
words = np.array(rooms.labels["word"])
print("...", *words[test["text"][0]][-14:], "|", *words[test["question"][0]][-4:])
print("answer:", rooms.labels["answer"][int(guesses[0].argmax())])
print(f"accuracy {right.mean():.2f} over {len(right):,} questions")

# %%
# 7.1.3: three outputs
# --------------------
#
# Age, income group and gender of an author, from what they wrote. Convolutions and pools make one
# vector of the text, and three heads read it. The three losses are of very different size:
# squared years are in the hundreds, a cross-entropy is near 1. Added up as they are, the age
# would be all that is learned. The document weighs them 0.25, 1 and 10.

posts = zoo.build("posts")
print(dict(zip(posts.output_names, posts.output_shape, strict=True)))
print(f"{posts.count_params():,} parameters")
print("the document:", zoo.spec("posts").claim)

# %%
# Are these weights enough? At the start of training, with nothing learned, each loss times its
# weight says how much it counts. ``trivial`` is the score of the best constant guess.

trivial = zoo.load_data("posts", "topics").references["trivial"]["test"]
losses = {
    "age": trivial["age_mse"],
    "income": trivial["income_log_loss"],
    "gender": trivial["gender_log_loss"],
}
weights = {
    "none": {"age": 1, "income": 1, "gender": 1},
    "the document's": {"age": 0.25, "income": 1, "gender": 10},
    "the zoo's recipe": zoo.recipe("posts").loss_weights,
}
shares = {}
for name, each in weights.items():
    parts = np.array([each[head] * losses[head] for head in losses])
    shares[name] = parts / parts.sum()
    print(f"{name}: age {shares[name][0]:.0%}, income {shares[name][1]:.0%}, gender", end=" ")
    print(f"{shares[name][2]:.0%}")

figure, axes = plt.subplots(figsize=(6, 2.4), layout="constrained")
left = np.zeros(len(shares))
for at, head in enumerate(losses):
    share = [each[at] for each in shares.values()]
    axes.barh(list(shares), share, left=left, label=head)
    left += share
axes.set(xlabel="share of the loss before training", ylabel="loss weights")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %%
# With the document's weights the age is still 90% of the loss. The recipe weighs it so that each
# head counts. Its weights ship:

test = zoo.load_data("posts", "topics").splits["test"]
age, income, gender = zoo.build("posts", weights="embedded").predict(test["posts"], verbose=0)
print(f"age: off by {np.abs(age - test['age']).mean():.1f} years in the mean")
print(f"income: accuracy {np.mean(income.argmax(axis=1) == test['income'][:, 0]):.2f}")
print(f"gender: accuracy {np.mean((gender > 0.5) == test['gender']):.2f}")

# %%
# The document's listings have three slips. The first, ``Embedding``'s two numbers swapped, makes
# a table of few and very long rows, and runs until a word id comes that is not in it.

for erratum in zoo.spec("posts").errata:
    print("-", erratum)
for as_printed in (False, True):
    print(f"{zoo.explain('posts', as_printed=as_printed).total:,} parameters")

# %%
# 7.1.4: inception modules and residual connections
# -------------------------------------------------
#
# An inception module reads the same maps at several scales, side by side: 1 x 1, 3 x 3 and 5 x 5
# pixels, and a pool. A 1 x 1 convolution before the large ones makes few channels of many.

maps = keras.Input((28, 28, 192), name="features")


def conv(tensor, filters, size, name):
    """A convolution with a ReLU that keeps height and width."""
    return layers.Conv2D(filters, size, padding="same", activation="relu", name=name)(tensor)


one = conv(maps, 64, 1, "one")
three = conv(conv(maps, 96, 1, "three_reduce"), 128, 3, "three")
five = conv(conv(maps, 16, 1, "five_reduce"), 32, 5, "five")
pooled = layers.MaxPooling2D(3, strides=1, padding="same", name="pool")(maps)
pooled = conv(pooled, 32, 1, "pool_project")
module = keras.Model(maps, layers.Concatenate(name="inception")([one, three, five, pooled]))
print(zoo.explain(module))
assert module.count_params() == zoo.build("inception_module").count_params()

# %%
# The widths are those of GoogLeNet's first module (arXiv 1409.4842), whose paper counts the
# weights without the biases. ``padding="same"`` is what keeps the branches at one size; without
# it ``Concatenate`` refuses them.

print(f"the paper: {zoo.spec('inception_module').published:,}")
zoo.plot_model(module, None, show_shapes=True)

# %%
# A residual connection adds what went into some layers to what comes out of them. The layers then
# only learn the difference, and the signal, forwards and backwards, has a way around them. Where
# the layers change the size, a 1 x 1 convolution on the shortcut changes it as well.

maps = keras.Input((32, 32, 64), name="features")
x = conv(conv(maps, 128, 3, "conv_1"), 128, 3, "conv_2")
x = layers.MaxPooling2D(2, padding="same", name="pool")(x)
shortcut = layers.Conv2D(128, 1, strides=2, name="shortcut")(maps)
block = keras.Model(maps, layers.Add(name="residual")([x, shortcut]))
print("from", block.input_shape, "to", block.output_shape, f"{block.count_params():,} parameters")
assert block.count_params() == zoo.build("residual_projection").count_params()
print(f"{zoo.build('residual_identity').count_params():,} in the block that keeps the size")

# %%
# The document's listing pools without padding. On an odd size the pool then rounds down and the
# shortcut up, and ``Add`` fails:

maps = keras.Input((33, 33, 64))
pooled = layers.MaxPooling2D(2)(conv(maps, 128, 3, "odd"))
try:
    layers.Add()([pooled, layers.Conv2D(128, 1, strides=2)(maps)])
except ValueError as error:
    print(str(error)[:120])

# %%
# Whole networks of such blocks: ``inception_network`` and ``residual_network`` are small enough
# to train here, ``inception_v3`` and ``xception`` are the large ones that Keras provides. The
# document says that these two are of about the same size.

for name in ("inception_network", "residual_network", "inception_v3", "xception"):
    print(f"{name}: {zoo.spec(name).count:,} parameters")

test = zoo.load_data("hidden_shapes", "drawn").splits["test"]
residual = zoo.build("residual_network", weights="embedded")
guesses = residual.predict(test["picture"][:400], verbose=0).argmax(axis=1)
print(f"residual_network, trained: accuracy {np.mean(guesses == test['label'][:400, 0]):.2f}")

# %%
# 7.1.5: sharing a layer
# ----------------------
#
# How close in meaning are two sentences? The question is the same with left and right swapped, so
# one LSTM reads both.

left = keras.Input((None, 128), name="left")
right = keras.Input((None, 128), name="right")
lstm = layers.LSTM(32, name="lstm")
merged = layers.Concatenate(name="merged")([lstm(left), lstm(right)])
similarity = layers.Dense(1, activation="sigmoid", name="similarity")(merged)
siamese = keras.Model([left, right], similarity, name="siamese_lstm")
print(f"{siamese.count_params():,} parameters")
print(f"{zoo.build('siamese_lstm', shared=False).count_params():,} with an LSTM for each")
assert siamese.count_params() == zoo.build("siamese_lstm").count_params()

# %%
# The document then calls ``fit`` without ``compile``, and Keras refuses:

pair = [rows.reshape(5, 1, 64).repeat(2, axis=2)] * 2
try:
    siamese.fit(pair, np.ones((5, 1)), verbose=0)
except ValueError as error:
    print(error)

# %%
# As with the tweets of ``model-api``, a sigmoid of two vectors side by side cannot see whether
# they agree, and the printed model stays at chance. The recipe compares the vectors
# (``merge="compare"``) with as many parameters; the lesson on sharing a layer trains both. Here
# is the trained one.

compare = zoo.build("siamese_lstm", weights="embedded")
pairs = zoo.load_data("sentence_pairs", "paraphrases").splits["test"]
guesses = compare.predict([pairs["left"], pairs["right"]], verbose=0) > 0.5
print(f"accuracy {np.mean(guesses == pairs['similarity']):.2f}")

# %%
# 7.1.6: models as layers
# -----------------------
#
# Two cameras see a scene from two places; one picture network reads both. Calling the network
# twice uses the same weights, and whatever it has learned before.

stereo = zoo.spec("siamese_xception")
print(f"{stereo.count:,} parameters, for two pictures as for one")
print("the document:", stereo.claim)

# %%
# What goes wrong, and how one sees it: an ``Add`` of different shapes fails when the model is
# built, with both shapes; losses of different size fail nowhere, so look at each head's score
# beside a trivial one; and a second encoder where one was meant shows in the count.
#
# Exercises
# ---------
#
# 1. Feed ``qa`` with its inputs in the wrong order, as a list. What happens?
# 2. Give an inception module half of its widths. How do the parameters change?
# 3. With which weight of the age would age, income and gender start at the same loss?

# %%
# Answer 1
# --------
#
# Both inputs are word ids, so nothing fails; the score is what shows it. With a dict it cannot
# happen.

test = rooms.splits["test"]
swapped = trained.predict([test["question"], test["text"]], verbose=0).argmax(axis=1)
print(f"accuracy {np.mean(swapped == test['answer'][:, 0]):.2f}")

# %%
# Answer 2
# --------
#
# A 1 x 1 convolution from the 192 input channels loses half, the large ones lose three quarters,
# since both sides of them are halved.

half = zoo.build("inception_module", widths=(32, 48, 64, 8, 16, 16))
print(f"{half.count_params():,} of {module.count_params():,}")
print(f"{half.count_params() / module.count_params():.0%}")

# %%
# Answer 3
# --------
#
# The weights are the inverse of the losses: times their loss, all give 1.

print({head: round(1 / loss, 4) for head, loss in losses.items()})
