"""The documents' own training settings, as they print them.

The `..._as_printed` recipe of every architecture that a document fits has them. `cnn` and
`siamese_lstm` are only defined in theirs: these two recipes keep the printed layers.

What a document leaves out is Keras's default: batches of 32 rows, and one epoch where a listing
calls `fit(data, labels)` alone. All data in the documents is random numbers, but for the
basketball games.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Printed:
    """What one document says of training one architecture.

    Attributes:
        document: Key of the document.
        optimizer: As recipes name it; empty where the document compiles nothing.
        learning_rate: None is Keras's default.
        options: Further arguments of the optimizer, such as the momentum.
        decay: Keras 2's argument of the optimizer.
        loss: Output -> loss.
        loss_weights: Output -> weight.
        metrics: Output -> metrics, `acc` being `accuracy` today; empty where the document has none.
        batch_size, epochs: None where the document does not fit the model.
        validation_split: Share of the rows, the last ones.
        note: What else it says.
    """

    document: str
    optimizer: str = ""
    learning_rate: float | None = None
    options: Mapping[str, float | bool] = field(default_factory=dict)
    decay: float = 0.0
    loss: Mapping[str, str] = field(default_factory=dict)
    loss_weights: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    batch_size: int | None = None
    epochs: int | None = None
    validation_split: float = 0.0
    note: str = ""

    @property
    def text(self) -> str:
        """The settings in one line, as the card has them."""
        if not self.loss:
            return f"{self.document}: {self.note}"
        words = [self.optimizer or "optimizer not named"]
        if self.learning_rate is not None:
            words.append(f"learning rate {self.learning_rate:g}")
        words += [f"{name} {value}" for name, value in self.options.items()]
        if self.decay:
            words.append(f"decay {self.decay:g}")
        words.append("loss " + _by_output(self.loss))
        if self.loss_weights:
            words.append("loss weights " + _by_output(self.loss_weights))
        told = {name: " and ".join(each) for name, each in self.metrics.items()}
        words.append(f"metrics {_by_output(told)}" if told else "no metrics")
        if self.batch_size is not None:
            words.append(f"batch {self.batch_size}")
        if self.epochs is not None:
            words.append(f"{self.epochs} epoch{'s' if self.epochs > 1 else ''}")
        if self.validation_split:
            words.append(f"validation split {self.validation_split:g}")
        words += [self.note] if self.note else []
        return f"{self.document}: {', '.join(words)}"


def _by_output(values: Mapping[str, object]) -> str:
    if len(values) == 1:
        return str(next(iter(values.values())))
    return ", ".join(f"{value} ({name})" for name, value in values.items())


CROSSENTROPY = {"category": "categorical_crossentropy"}
ACCURACY = {"category": ("accuracy",)}
MOMENTUM = {"momentum": 0.9, "nesterov": True}
DEFINED = "defined and plotted only, no settings"

# architecture -> what its document says
PRINTED: dict[str, Printed] = {
    "seed_difference": Printed("advanced-keras", "adam", loss={"score_diff": "mae"}),
    "two_team": Printed("advanced-keras", "adam", loss={"score_diff": "mae"}),
    "basketball": Printed(
        "advanced-keras",
        "adam",
        loss={"score_diff": "mae"},
        batch_size=2048,
        epochs=1,
        validation_split=0.1,
        note="inputs as a list",
    ),
    "tournament_stack": Printed("advanced-keras", "adam", loss={"score_diff": "mae"}),
    "two_scores": Printed("advanced-keras", loss={"scores": "mae"}),
    "score_and_win": Printed(
        "advanced-keras", loss={"score_diff": "mae", "won": "binary_crossentropy"}
    ),
    "single_dense": Printed("model-api", note="defined only, no settings"),
    "digit_mlp": Printed(
        "model-api",
        "rmsprop",
        loss={"digit": "categorical_crossentropy"},
        metrics={"digit": ("accuracy",)},
        batch_size=32,
        epochs=1,
        note="one-hot targets; `fit(data, labels)` alone",
    ),
    "headline": Printed(
        "model-api",
        "rmsprop",
        loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
        loss_weights={"main_output": 1.0, "aux_output": 0.2},
        batch_size=32,
        epochs=50,
        note="by list, then by dict",
    ),
    "tweet_pair": Printed(
        "model-api",
        "rmsprop",
        loss={"same_author": "binary_crossentropy"},
        metrics={"same_author": ("accuracy",)},
        batch_size=32,
        epochs=10,
    ),
    "softmax_mlp_32": Printed(
        "beyond-sequential",
        "rmsprop",
        loss=CROSSENTROPY,
        batch_size=128,
        epochs=10,
        note="1,000 rows, one-hot targets",
    ),
    "two_branch_add": Printed(
        "beyond-sequential",
        "rmsprop",
        loss=CROSSENTROPY,
        batch_size=128,
        epochs=10,
        note="1,000 rows",
    ),
    "softmax_mlp_64": Printed(
        "dlwp-7.1",
        "rmsprop",
        loss=CROSSENTROPY,
        batch_size=128,
        epochs=10,
        note="1,000 rows",
    ),
    "qa": Printed(
        "dlwp-7.1",
        "rmsprop",
        loss={"answer": "categorical_crossentropy"},
        metrics={"answer": ("acc",)},
        batch_size=128,
        epochs=10,
        note="1,000 rows, 100 words; by list, then by dict",
    ),
    "posts": Printed(
        "dlwp-7.1",
        "rmsprop",
        loss={"age": "mse", "income": "categorical_crossentropy", "gender": "binary_crossentropy"},
        loss_weights={"age": 0.25, "income": 1.0, "gender": 10.0},
        batch_size=64,
        epochs=10,
        note="by list, then by dict",
    ),
    "siamese_lstm": Printed("dlwp-7.1", note="`fit` without `compile`, no settings"),
    "first_mlp": Printed(
        "using-keras",
        "sgd",
        loss=CROSSENTROPY,
        metrics=ACCURACY,
        batch_size=32,
        epochs=5,
        note="then SGD 0.01 with momentum 0.9 and Nesterov; `evaluate` with batch 128; "
        "`train_on_batch`",
    ),
    "binary_mlp": Printed(
        "using-keras",
        "rmsprop",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy", "mean_prediction")},
        batch_size=32,
        epochs=10,
        note="1,000 rows",
    ),
    "multiclass_mlp": Printed(
        "using-keras",
        "rmsprop",
        loss=CROSSENTROPY,
        metrics=ACCURACY,
        batch_size=32,
        epochs=10,
        note="1,000 rows, `to_categorical`",
    ),
    "dropout_mlp": Printed(
        "using-keras",
        "sgd",
        learning_rate=0.01,
        options=MOMENTUM,
        decay=1e-6,
        loss=CROSSENTROPY,
        metrics=ACCURACY,
        batch_size=128,
        epochs=20,
        note="1,000 rows, and 100 to test on",
    ),
    "vgg_like": Printed(
        "using-keras",
        "sgd",
        learning_rate=0.01,
        options=MOMENTUM,
        decay=1e-6,
        loss={"label": "categorical_crossentropy"},
        batch_size=32,
        epochs=10,
        note="100 + 20 pictures of 100 x 100 x 3",
    ),
    "lstm_classifier": Printed(
        "using-keras",
        "rmsprop",
        loss={"label": "binary_crossentropy"},
        metrics={"label": ("accuracy",)},
        batch_size=16,
        epochs=10,
    ),
    **{
        name: Printed("using-keras", note=DEFINED)
        for name in ("mlp", "cnn", "rnn", "shared_input", "shared_features", "two_resolution")
    },
    "sequence_tagger": Printed("using-keras", note=DEFINED),
    "tiny_dense": Printed("using-keras", note="defined only, no settings"),
}
