"""The TensorBoard callback with models that are not the zoo's: it shows what it can."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo
from zoo._keras import keras, layers, tf
from zoo.tensorboard.projector import embeddings, write_projector
from zoo.training import engine


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Step and value of every number in a folder's event files, by tag."""
    found: dict[str, list[tuple[int, float]]] = {}
    for path in sorted(folder.glob("events.out.tfevents.*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    number = float(tf.make_ndarray(value.tensor))
                    found.setdefault(value.tag, []).append((event.step, number))
    return found


class Gan(keras.Model):
    """Two networks with an optimizer each; the compiled one stays unused."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = layers.Dense(2)
        self.critic = layers.Dense(1)

    def call(self, noise: Any) -> Any:
        return self.critic(self.generator(noise))

    def compile(self, generator: Any, critic: Any, critic_steps: int = 1) -> None:
        super().compile()
        self.generator_optimizer = generator
        self.critic_optimizer = critic
        self.critic_steps = critic_steps

    def train_step(self, data: Any) -> dict[str, Any]:
        real = keras.utils.unpack_x_y_sample_weight(data)[0]
        critic_loss: Any = 0.0
        for _ in range(self.critic_steps):
            with tf.GradientTape() as tape:
                scores = self.critic(real), self.critic(self.generator(real))
                critic_loss = tf.reduce_mean((scores[0] - 1) ** 2) + tf.reduce_mean(scores[1] ** 2)
            weights = self.critic.trainable_variables
            self.critic_optimizer.apply(tape.gradient(critic_loss, weights), weights)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self.critic(self.generator(real)) - 1) ** 2)
        weights = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(loss, weights), weights)
        return {"critic_loss": critic_loss, "generator_loss": loss}


def noise(rows: int = 40) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(rows, 2)).astype("float32")


@pytest.mark.parametrize(("critic_steps", "steps"), [(1, [5, 10]), (3, [15, 30])])
def test_a_gan_is_drawn_against_the_steps_of_its_own_optimizers(
    tmp_path: Path, critic_steps: int, steps: list[int]
) -> None:
    model = Gan()
    model.compile(keras.optimizers.Adam(0.5), keras.optimizers.SGD(0.25), critic_steps)
    model.fit(noise(), batch_size=8, epochs=2, verbose=0, callbacks=[zoo.TensorBoard(tmp_path)])
    assert int(model.optimizer.iterations) == 0
    found = scalars(tmp_path / "train")
    rates = {"learning_rate/generator_optimizer": 0.5, "learning_rate/critic_optimizer": 0.25}
    assert set(found) == {"critic_loss", "generator_loss", *rates}
    assert all([step for step, _ in points] == steps for points in found.values())
    assert {tag: found[tag][0][1] for tag in rates} == rates


def test_a_gan_goes_on_where_it_stopped(tmp_path: Path) -> None:
    model = Gan()
    model.compile(keras.optimizers.Adam(0.5), keras.optimizers.SGD(0.25))
    board = zoo.TensorBoard(tmp_path)
    for first in (0, 1):
        model.fit(
            noise(),
            batch_size=8,
            initial_epoch=first,
            epochs=first + 1,
            verbose=0,
            callbacks=[board],
        )
    points = scalars(tmp_path / "train")["generator_loss"]
    assert [step for step, _ in points] == [5, 10]


def test_without_optimizers_the_steps_are_those_of_the_epochs(tmp_path: Path) -> None:
    class ByHand(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.scale = self.add_weight(shape=())

        def call(self, x: Any) -> Any:
            return x * self.scale

        def train_step(self, data: Any) -> dict[str, Any]:
            self.scale.assign_add(0.5)
            return {"scale": self.scale + 0.0}

    model = ByHand()
    model.compile()
    model.fit(noise(), batch_size=8, epochs=2, verbose=0, callbacks=[zoo.TensorBoard(tmp_path)])
    found = scalars(tmp_path / "train")
    assert list(found) == ["scale"], "no learning rate of an optimizer that does nothing"
    assert [step for step, _ in found["scale"]] == [5, 10]


@pytest.mark.parametrize("kind", ["fit", "resident"])
def test_a_metric_of_each_class_has_a_chart_of_each(tmp_path: Path, kind: str) -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "softmax")])
    metric = keras.metrics.F1Score(average=None, name="f1")
    model.compile("sgd", "categorical_crossentropy", metrics=[metric])
    x, y = noise(), np.eye(3, dtype="float32")[np.arange(40) % 3]
    log = engine.fit(
        model,
        x,
        y,
        batch_size=8,
        epochs=2,
        verbose=0,
        validation_data=(x, y),
        engine=kind,
        callbacks=[zoo.TensorBoard(tmp_path, graph=False)],
    )
    for split, prefix in (("train", ""), ("validation", "val_")):
        found = scalars(tmp_path / split)
        for at in range(3):
            steps, shown = zip(*found[f"f1/{at}"], strict=True)
            assert steps == (5, 10)
            np.testing.assert_array_equal(shown, [each[at] for each in log.history[f"{prefix}f1"]])


def test_a_sample_without_gradients_is_a_warning(tmp_path: Path) -> None:
    model = Gan()
    model.compile(keras.optimizers.Adam(0.5), keras.optimizers.SGD(0.25))
    board = zoo.TensorBoard(tmp_path, sample=(noise(4), noise(4)))
    with pytest.warns(UserWarning, match=r"cannot show the gradients of gan.* No loss to compute"):
        model.fit(noise(), batch_size=8, epochs=2, verbose=0, callbacks=[board])
    assert len(scalars(tmp_path / "train")["generator_loss"]) == 2


def test_a_model_that_cannot_be_traced_is_a_warning(tmp_path: Path) -> None:
    class Asks(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.score = layers.Dense(1)
            self.score.build((None, 2))
            self.unused = layers.Embedding(3, 2)

        def build(self, shape: Any) -> None:
            pass

        def call(self, x: Any) -> Any:
            return self.score(x) if float(tf.reduce_sum(x)) > 0 else -self.score(x)

    model = Asks()
    model.compile("sgd", "mse", run_eagerly=True)
    board = zoo.TensorBoard(tmp_path, sample=(noise(4), np.ones((4, 1))))
    with pytest.warns(UserWarning, match="cannot show") as told:
        model.fit(noise(8), np.ones((8, 1)), batch_size=8, verbose=0, callbacks=[board])
    lines = [str(each.message) for each in told]
    for what in ("operations", "gradients"):
        start = f"cannot show the {what} of asks in TensorBoard: float() argument must be"
        assert any(line.startswith(start) and "\n" not in line for line in lines)
    assert [step for step, _ in scalars(tmp_path / "train")["loss"]] == [1]


def lookup_inside() -> keras.Model:
    """An embedding inside a model, of words that the outer model looks up from text."""
    ids = keras.Input((3,), dtype="int64", name="ids")
    inner = keras.Model(ids, layers.Embedding(4, 3, name="table")(ids), name="inner")
    text = keras.Input((3,), dtype="string", name="text")
    lookup = layers.StringLookup(vocabulary=["a", "b", "c"], name="lookup")
    return keras.Model(text, layers.Flatten()(inner(lookup(text))))


@pytest.mark.parametrize("name", ["inner.table", "table", "ids", "text"])
def test_labels_are_taken_under_every_name_of_an_embedding(tmp_path: Path, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        write_projector(tmp_path, lookup_inside(), {name: ["?", "a", "b", "c"]})
    labels = (tmp_path / "inner.table.labels.tsv").read_text(encoding="utf-8")
    assert labels == "?\na\nb\nc\n"


def test_labels_of_a_shared_model_are_found_under_each_outer_input() -> None:
    ids = keras.Input((3,), dtype="int32", name="ids")
    inner = keras.Model(ids, layers.Embedding(4, 3, name="table")(ids), name="inner")
    sides = [keras.Input((3,), dtype="int32", name=name) for name in ("left", "right")]
    model = keras.Model(sides, [layers.Flatten()(inner(side)) for side in sides])
    (table,) = embeddings(model)
    assert (table.name, table.reads) == ("inner.table", ("ids",))
    assert set(table.aliases) == {"table", "ids", "left", "right"}


def test_labels_under_no_known_name_are_told(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"labels of 'words' .*: the embeddings' names are "):
        write_projector(tmp_path, lookup_inside(), {"words": ["?", "a", "b", "c"]})
    assert not (tmp_path / "inner.table.labels.tsv").exists()


@pytest.mark.parametrize("empty", ["", " ", "\t", "\n", "\ufeff", "\x85", "\u2028"])
def test_an_empty_label_keeps_its_line(tmp_path: Path, empty: str) -> None:
    """The page trims each line and passes over what is empty then."""
    given: Sequence[str] = ["a", empty, "b", empty]
    write_projector(tmp_path, lookup_inside(), {"table": given})
    text = (tmp_path / "inner.table.labels.tsv").read_text(encoding="utf-8")
    lines = [line.strip().strip("\ufeff") for line in text.split("\n")]
    assert [lines[at] for at in (0, 2)] == ["a", "b"]
    assert all(lines[:4])
    assert len(lines) == 5
