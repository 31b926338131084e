"""Concepts of the graph: which tensors, layers and models are joined, and how.

What the documents say is told in the zoo's words.
"""

from __future__ import annotations

from zoo.inspection.concepts.text import Text

TEXTS: dict[str, Text] = {
    "sequential": Text(
        what="Layers in a row, each fed by the one before: the simplest graph.",
        when="One input, one output, no branch, and no layer used twice.",
        how='x = Dense(32, activation="relu")(a); model = Model(a, Dense(10)(x))',
        beware="A Sequential model cannot branch or take a second input: write calls instead.",
        check="`zoo plot softmax_mlp_64` is one column, as is its Sequential variant.",
        documents={
            "dlwp-7.1": "Writes one classifier as Sequential and as calls from Input to Model, and "
            "counts 3,466 parameters either way.",
            "using-keras": "Introduces models as a stack of layers before it turns to functions.",
            "beyond-sequential": "Sees any model as a graph of layers without cycles, of which a "
            "chain is the simplest.",
        },
    ),
    "multi-input": Text(
        what="A model that reads several tensors, each through an Input of its own.",
        when="One example has parts that differ in meaning or shape: a text and a question on it.",
        how="x = Concatenate()([Dense(16)(a), Dense(16)(b)]); model = Model([a, b], Dense(1)(x))",
        beware="A list of arrays in the wrong order, or an Input that nothing reads: no error.",
        check="Feed a dict by name; `[t.name for t in model.inputs]` is the order for a list.",
        documents={
            "advanced-keras": "Goes from one input to two teams, then adds the home court as a "
            "third, and feeds fit a list in the order of the Inputs.",
            "model-api": "Feeds the headline model a text, and five numbers that join after the "
            "LSTM; first as lists, then as dicts by name.",
            "beyond-sequential": "Runs each of two inputs through its own branch and adds them. "
            "The listing feeds the first input to both branches by mistake.",
            "using-keras": "Lets a network read one picture at two sizes, each by its own layers.",
            "dlwp-7.1": "Answers a question on a text from both, fed as a list or as a dict.",
        },
    ),
    "multi-output": Text(
        what="A model that predicts several tensors, each with a loss of its own.",
        when="Several answers rest on the same features: a writer's age, income and gender.",
        how='x = Dense(16)(a); Model(a, [Dense(1, name="age")(x), Dense(9, name="job")(x)])',
        beware="The losses are added: the largest rules. A dict of losses must name every output.",
        check="Name the output layers, and read each output's own loss in what `evaluate` gives.",
        documents={
            "advanced-keras": "Predicts the score difference and, from that, who won. Evaluation "
            "gives the total and both losses: 9.28 points of MAE, a log-loss of 0.58.",
            "model-api": "Lets the headline model also predict from its LSTM alone.",
            "beyond-sequential": "Claims that one model of a book's genre and date beats two, "
            "since genre and date are correlated.",
            "using-keras": "Ends an LSTM in two heads: one label, and one value for each step.",
            "dlwp-7.1": "Predicts age, income and gender from a person's posts, with a loss that "
            "suits each: regression, many classes, two classes.",
        },
    ),
    "shared-layers": Text(
        what="One layer object that is called several times: all calls use the same weights.",
        when="Inputs are of one kind: two texts to compare, two teams, the views of two eyes.",
        how="encode = LSTM(32); pair = Concatenate()([encode(left), encode(right)])",
        beware="Two layers with equal arguments share nothing: make one object and call it twice.",
        check="`zoo explain siamese_lstm` counts the LSTM once and says that it is called twice.",
        documents={
            "advanced-keras": "Calls one table of strengths on both teams, which halves the "
            "weights and lets every game teach about both.",
            "model-api": "Reads two tweets with one LSTM, as what gives an author away is the same "
            "in both.",
            "dlwp-7.1": "Similarity is symmetric, so two encoders would learn one thing twice. The "
            "pictures of two cameras share one Xception for the same reason.",
        },
    ),
    "model-as-layer": Text(
        what="A whole model called on a tensor like a layer, with the weights that it has.",
        when="A part has a meaning of its own, is called more than once, or is trained already.",
        how="rate = Sequential([Dense(1)]); model = Model([a, b], Subtract()([rate(a), rate(b)]))",
        beware="A call copies nothing: training the outer model also changes the inner one.",
        check="`zoo explain basketball` lists the inner layers; `inner.trainable = False` freezes.",
        documents={
            "advanced-keras": "Makes the team strengths a model of their own, which the models of "
            "games then call.",
            "model-api": "A call reuses a model's weights, not just its design; TimeDistributed "
            "turns a model of one picture into one of a video in a line.",
            "dlwp-7.1": "Treats a model as a bigger layer, and calls one Xception on two pictures.",
        },
    ),
    "merge": Text(
        what="Several tensors become one: Add, Subtract, Multiply or Concatenate.",
        when="Branches or inputs meet. Concatenate also joins tensors of different widths.",
        how="both = Concatenate()([a, b]); gap = Subtract()([a, b])",
        beware="Add stretches an axis of length 1 silently; Subtract depends on the order.",
        check="`zoo plot basketball` has the shape on every arrow into and out of the merge.",
        documents={
            "advanced-keras": "Subtracts two teams' strengths, concatenates three inputs, and "
            "builds a model of one Add, which predicts 3 from 1 and 2.",
            "beyond-sequential": "Adds the results of two branches before the softmax.",
            "using-keras": "Concatenates the features that two extractors give.",
            "model-api": "Concatenates what the LSTM read with five more numbers.",
            "dlwp-7.1": "Concatenates text and question, and the branches of inception modules; "
            "adds the two ways through a residual block.",
        },
    ),
    "branches": Text(
        what="One tensor that several layers read side by side.",
        when="Different views of the same features help, or several heads share one body.",
        how="views = [Dense(4)(a), Dense(8)(a)]; x = Concatenate()(views)",
        beware="A branch that reaches no output is left out of the model, without a message.",
        check="`model.summary()` lists every branch; `zoo plot shared_input` shows them fork.",
        documents={
            "using-keras": "Reads one picture with small and with large kernels; gives an LSTM's "
            "features to a shallow and to a deep branch, and joins both.",
            "beyond-sequential": "Lets one encoder of a text feed two heads.",
            "dlwp-7.1": "Three heads share the body of the posts model; an inception module has "
            "four branches on one tensor.",
        },
    ),
    "stacking": Text(
        what="The prediction of one model is an input of another.",
        when="A second model may weigh the first one against facts that it did not see.",
        how="game = Input((3,)); model = Model(game, Dense(1)(game))  # home, seed_diff, pred",
        beware="On rows that it was trained on, the first model looks too good: predict others.",
        check="`zoo train tournament_stack`: pred comes from a run that saw regular seasons only.",
        documents={
            "advanced-keras": "Adds the first model's prediction as a column of the tournament "
            "games, and fits 4 weights that say how much to trust it.",
        },
    ),
    "auxiliary-output": Text(
        what="An extra output with its own loss, part-way through the model.",
        when="Early layers learn slowly, or what they find should be useful by itself.",
        how='x = Dense(8)(a); Model(a, [Dense(1, name="main")(Dense(8)(x)), '
        'Dense(1, name="aux")(x)])',
        beware="At equal weights the helper pulls as hard as the main loss: give it less weight.",
        check="Train with and without its loss and compare the main output: docs/claims.md.",
        documents={
            "model-api": "Gives the headline model's LSTM a loss of its own, at 0.2 of the main "
            "one, so that LSTM and embedding learn more smoothly.",
        },
    ),
    "loss-weights": Text(
        what="Factors that the losses of several outputs are multiplied by before they are added.",
        when="Losses differ in scale, such as squared years and log-loss, or in importance.",
        how='heads.compile(loss={"age": "mse", "job": "mse"}, '
        'loss_weights={"age": 0.25, "job": 1})',
        beware="A list of weights needs a list of losses: one name for all no longer compiles.",
        check="`evaluate` gives the losses as they are; their weighted sum is the total.",
        documents={
            "model-api": "Weighs the main loss by 1.0 and the auxiliary one by 0.2, by list and "
            "by dict.",
            "dlwp-7.1": "Unequal losses make the shared layers serve the largest, so age gets "
            "0.25, income 1 and gender 10.",
        },
    ),
    "block": Text(
        what="A part of a network, kept as a function or model: features in, features out.",
        when="A network repeats it, or its sizes and weights should be looked at alone.",
        how="def block(x): return Add()([x, Dense(8)(x)])",
        beware="Each call of a function makes new layers; each call of a model shares its own.",
        check="`zoo show residual_projection` has the shapes; call the block twice and count.",
        documents={
            "using-keras": "Names SqueezeNet, a network of fire modules, as a further example.",
            "dlwp-7.1": "Shows an inception module and two kinds of residual block by themselves.",
            "arXiv:1409.4842": "Tabulates the widths of nine inception modules.",
            "arXiv:1512.03385": "Builds its networks from one kind of block, repeated.",
            "arXiv:1602.07360": "Builds a network of fire modules: 1x1 filters squeeze the "
            "channels, then 1x1 and 3x3 filters expand them.",
        },
    ),
    "multi-modal": Text(
        what="Inputs of different kinds, each read by layers that suit it, then joined.",
        when="One answer rests on numbers, words and a picture together: a garment's price.",
        how="x = Concatenate()([a, LSTM(8)(sequence), Flatten()(Conv2D(4, 3)(picture))])",
        beware="The widest or largest features drown the others: scale inputs, match widths.",
        check="The joint model should beat each kind of input alone: docs/claims.md measures it.",
        documents={
            "beyond-sequential": "Predicts a garment's price from metadata, description and "
            "picture, and claims that joint training beats a weighted average of three models.",
        },
    ),
    "variable-length": Text(
        what="An axis given as None: its length may differ from batch to batch.",
        when="Texts, series or pictures come in many sizes, and no layer needs to know them.",
        how='text = Input((None,), dtype="int32"); x = LSTM(8)(Embedding(100, 8)(text))',
        beware="Rows of one batch need one length: pad them. Flatten before Dense fails.",
        check="Call the model on two lengths; `zoo show qa` has None where any length will do.",
        documents={
            "using-keras": "Embeds texts of any length for its LSTM classifier.",
            "dlwp-7.1": "Gives the inputs for texts the shape (None,), and reads vectors of words "
            "with a shared LSTM without fixing their number.",
        },
    ),
    "application": Text(
        what="A published architecture that keras.applications builds, trained or not.",
        when="The inputs are pictures, and a proven network or its trained features will do.",
        how="base = keras.applications.Xception(weights=None, include_top=False)",
        beware="Trained weights need pictures scaled by the same module's preprocess_input.",
        check="`zoo explain xception` adds up to the count, the classifier at its top included.",
        documents={
            "dlwp-7.1": "Inception V3 and Xception are about the same size, so that Xception's "
            "gain comes from better use of its parameters; one Xception serves two cameras.",
            "arXiv:1512.00567": "Is where Inception V3 comes from.",
            "arXiv:1610.02357": "Is where Xception comes from: depthwise separable convolutions "
            "in place of inception modules.",
        },
    ),
}
