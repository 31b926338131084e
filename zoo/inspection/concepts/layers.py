"""Concepts of single layers, and of blocks that are known by their layers.

What the documents say is told in the zoo's words.
"""

from __future__ import annotations

from zoo.inspection.concepts.text import Text

TEXTS: dict[str, Text] = {
    "embedding": Text(
        what="A table with one trained row for each id; a call looks rows up.",
        when="Values are names or words, whose numbers say nothing by their size.",
        how="x = Embedding(input_dim=10_000, output_dim=64)(text)",
        beware="Swapped sizes, or ids not below input_dim: a CPU refuses those, XLA does not.",
        check="Rows x width is the count: `zoo explain team_strength`. Compare `ids.max()`, too.",
        documents={
            "advanced-keras": "Embeds team-seasons in one dimension: the one number is the team's "
            "strength, 10,888 of them.",
            "model-api": "Embeds a vocabulary of 10,000 in 512 dimensions; its text speaks of ids "
            "up to 100,000.",
            "using-keras": "Begins its sequence classifier with 1,024 words of width 256.",
            "dlwp-7.1": "Embeds text and question apart, with 640,000 and 320,000 weights. In the "
            "posts listing the two sizes are swapped.",
        },
    ),
    "convolution": Text(
        what="A few weights slid over a picture or series: one pattern, looked for everywhere.",
        when="Neighbors belong together and it may be anywhere: pictures, signals, text.",
        how='x = MaxPooling2D(2)(Conv2D(32, 3, activation="relu")(picture))',
        beware="Without Flatten or global pooling, Dense acts at each position: `cnn` as printed.",
        check="(kernel's area x channels in + 1) x filters is the count: `zoo explain vgg_like`.",
        documents={
            "using-keras": "Alternates convolution and pooling; one network has small kernels and "
            "large ones side by side. The first listing forgets to flatten.",
            "beyond-sequential": "Reads the picture of a garment by convolutions.",
            "dlwp-7.1": "Reads long texts by Conv1D and pooling, pictures by kernels of 1x1 "
            "to 5x5.",
        },
    ),
    "recurrent": Text(
        what="A layer that reads a sequence step by step and carries a state; here an LSTM.",
        when="Order matters, and the sequence is short enough to be read one step at a time.",
        how="last = LSTM(32)(sequence); each = LSTM(32, return_sequences=True)(sequence)",
        beware="A layer that reads steps, such as a second LSTM, needs return_sequences=True.",
        check="4 x (n m + n^2 + n) weights for m inputs and n units: `zoo explain rnn`.",
        documents={
            "using-keras": "Summarizes 100 steps in 10 units and works the count out: 480.",
            "model-api": "Reads headlines, and the characters of two tweets, each by one LSTM.",
            "dlwp-7.1": "Encodes a text and a question by an LSTM each, and two sentences by one.",
        },
    ),
    "attention": Text(
        what="Scores say how well each place fits; their softmax weighs what is read from it.",
        when="What matters is in a few places, and which ones depends on a question or a state.",
        how="fit = Softmax()(Dot((2, 2))([left, right])); read = Dot((2, 1))([fit, right])",
        beware="Padding gets a share, too, unless masked: Softmax()(scores, mask=told).",
        check="At each place the weights sum to 1: `zoo plot memory_qa` shows where they are.",
        documents={
            "using-keras": "Lists question answering with memory networks among its further "
            "examples.",
            "arXiv:1503.08895": "Reads a story's sentences by a softmax over them, hop after hop.",
        },
    ),
    "time-distributed": Text(
        what="A wrapper that applies one layer or model at every step of a sequence.",
        when="Each step is treated alike: a value per step, a picture model on each frame.",
        how="values = TimeDistributed(Dense(1))(sequence)",
        beware="Inside there is one step and no time: what came before must be read outside.",
        check="More steps add no weights, and none are lost: `zoo explain video_classifier`.",
        documents={
            "model-api": "Turns a classifier of digits into one of videos in a line.",
            "using-keras": "Gives the second head of an LSTM one linear value for each step.",
        },
    ),
    "inception": Text(
        what="Convolutions of several sizes on one tensor, concatenated by channel.",
        when="Patterns of several sizes matter: let training choose among 1x1, 3x3, 5x5, pool.",
        how='x = Concatenate()([Conv2D(8, k, padding="same")(picture) for k in (1, 3, 5)])',
        beware="Branches must keep one height and width: same padding, equal strides.",
        check="Channels out are the sum over the branches: `zoo plot inception_module`.",
        documents={
            "dlwp-7.1": "Branches look at different scales, and 1x1 convolutions in front of the "
            "large kernels keep that cheap.",
            "arXiv:1409.4842": "Introduces the module; its table 1 has the widths and the sizes.",
            "arXiv:1512.00567": "Replaces large kernels by stacks of small and flat ones.",
            "arXiv:1610.02357": "Takes the idea to its end: places and channels apart.",
        },
    ),
    "residual": Text(
        what="A block's input is added to its output, so that the block learns a correction.",
        when="A network is deeper than about ten layers, and gradients fade on the way.",
        how='y = Conv2D(3, 3, padding="same", activation="relu")(picture); x = Add()([y, picture])',
        beware="Shapes that differ: a 1x1 convolution of the same stride fits the shortcut.",
        check="Train `residual_network` with `--set arguments.skip=False`, too: docs/claims.md.",
        documents={
            "dlwp-7.1": "Adds the input as it is, or through a 1x1 convolution where the shape "
            "changes; advises it beyond ten layers, against fading gradients and bottlenecks.",
            "beyond-sequential": "Names it among the practices of deep networks.",
            "arXiv:1512.03385": "Introduces identity and projection shortcuts.",
        },
    ),
    "batch-normalization": Text(
        what="Brings each channel to mean 0 and variance 1, then scales and shifts it as trained.",
        when="A deep network learns slowly, or only at small learning rates.",
        how='x = Activation("relu")(BatchNormalization()(Conv2D(8, 3, use_bias=False)(picture)))',
        beware="Training uses the batch's averages, prediction running ones: small batches differ.",
        check="4 weights a channel, 2 not trained: `zoo explain residual_network`.",
        documents={
            "beyond-sequential": "Names it, with residual connections, among the practices that "
            "make deep networks trainable.",
            "dlwp-7.1": "Uses Inception V3 and Xception, which normalize after every convolution.",
        },
    ),
    "dropout": Text(
        what="Training sets outputs to 0 at random and scales the others up; prediction does not.",
        when="A model scores far better on training rows than on others.",
        how='x = Dropout(0.5)(Dense(64, activation="relu")(a))',
        beware="Training loss, taken with it, may look worse than validation loss: no mistake.",
        check="`model(x)` gives the same twice; `model(x, training=True)` does not.",
        documents={
            "using-keras": "Drops half of each hidden layer of a perceptron and of an LSTM's "
            "result; in a VGG-like network a quarter after each pool and half at the end.",
        },
    ),
}
