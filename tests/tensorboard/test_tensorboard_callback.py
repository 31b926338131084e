"""The TensorBoard callback in anyone's own `model.fit`: what it writes, and that it only looks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import tiny

import zoo
from zoo._keras import keras, tf
from zoo.tensorboard import events, graphs
from zoo.tensorboard.callback import gradient_function
from zoo.tensorboard.events import flattened, write_hparams
from zoo.tensorboard.projector import Labels, write_projector
from zoo.training import engine, inference

ROWS = 24


def everything() -> keras.Model:
    """Dropout, batch normalization, a penalty, a shared layer, a dict of outputs."""
    words = keras.Input((3,), dtype="int32", name="words")
    shared = keras.layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.1), name="shared")
    x = keras.layers.Embedding(5, 4, name="table")(words)
    x = keras.layers.Flatten(name="flat")(shared(shared(x)))
    x = keras.layers.BatchNormalization(name="normal")(x)
    x = keras.layers.Dropout(0.5, seed=1, name="drop")(x)
    outputs = {name: keras.layers.Dense(1, name=name)(x) for name in ("high", "low")}
    model = keras.Model(words, outputs, name="everything")
    metrics = {name: ["mae"] for name in outputs}
    model.compile("adam", dict.fromkeys(outputs, "mse"), metrics=metrics)
    return model


def rows() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    words = rng.integers(0, 5, (ROWS, 3)).astype("int32")
    return words, {name: rng.normal(size=(ROWS, 1)).astype("float32") for name in ("high", "low")}


def values(folder: Path) -> Iterator[tuple[int, Any]]:
    """Step and value of every summary in a folder's own event files."""
    for path in sorted(folder.glob("events.out.tfevents.*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                yield event.step, value


def tags(folder: Path) -> list[str]:
    return [value.tag for _, value in values(folder)]


def trained(name: str, callbacks: list[Any]) -> keras.Model:
    keras.utils.set_random_seed(3)
    words, targets = rows()
    model = everything()
    engine.fit(
        model,
        words,
        targets,
        batch_size=8,
        epochs=2,
        verbose=0,
        validation_data=(words, targets),
        engine=name,
        callbacks=callbacks,
    )
    return model


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fit", "resident", "resident-xla"])
def test_training_is_the_same_to_the_last_bit(name: str, tmp_path: Path) -> None:
    words, targets = rows()
    sample = (words[:5], {key: each[:5] for key, each in targets.items()})
    looked_at = trained(name, [zoo.TensorBoard(tmp_path, sample=sample)])
    alone = trained(name, [])
    for one, other in zip(
        [*looked_at.variables, *looked_at.optimizer.variables],
        [*alone.variables, *alone.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
    found = list(values(tmp_path / "train"))
    assert [at for at, value in found if value.tag == "high_loss"] == [3, 6], "optimizer's steps"
    assert {"loss", "high_mae", "low_mae", "learning_rate"} <= {value.tag for _, value in found}
    assert {"loss", "high_mae", "low_mae"} == {
        tag for tag in tags(tmp_path / "validation") if not tag.endswith("_loss")
    }


@pytest.mark.slow
def test_a_folder_is_enough(tmp_path: Path) -> None:
    words, targets = rows()
    everything().fit(words, targets, verbose=0, callbacks=[zoo.TensorBoard(tmp_path)])
    found = set(tags(tmp_path / "train"))
    assert {"loss", "learning_rate", "layers", "operations", "diagram"} <= found
    assert "weights/table/embeddings" in found
    assert not any(tag.startswith("gradient") for tag in found), "they need a sample"
    assert (tmp_path / "train" / "table.tensor.tsv").is_file()


def test_a_model_without_symbolic_inputs(tmp_path: Path) -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="own")
            self.dense = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    x, y = np.ones((8, 2), "float32"), np.ones((8, 1), "float32")
    for folder, sample in (("without", None), ("with", (x, y))):
        model = Own()
        model.compile("sgd", "mse")
        callback = zoo.TensorBoard(tmp_path / folder, sample=sample)
        model.fit(x, y, verbose=0, callbacks=[callback])
    assert "operations" not in tags(tmp_path / "without" / "train")
    assert {"operations", "layers", "gradient_norm"} <= set(tags(tmp_path / "with" / "train"))


@pytest.mark.slow
def test_what_a_resumed_run_has_is_not_written_again(tmp_path: Path) -> None:
    words, targets = rows()
    model = everything()
    for first in (0, 1):
        callback = zoo.TensorBoard(tmp_path, texts={"card": "# A card"})
        model.fit(
            words, targets, initial_epoch=first, epochs=first + 1, verbose=0, callbacks=[callback]
        )
    found = tags(tmp_path / "train")
    assert [found.count(tag) for tag in ("card", "layers", "operations", "diagram")] == [1] * 4
    assert found.count("loss") == 2


@pytest.mark.slow
def test_histograms_are_at_most_about_twenty_in_a_run(tmp_path: Path) -> None:
    model = tiny("seed_difference")
    model.compile("sgd", "mse")
    x, y = np.ones((2, 1), "float32"), np.ones((2, 1), "float32")
    for folder, every, epochs, expected in (("many", None, 45, 15), ("none", 0, 2, 0)):
        callback = zoo.TensorBoard(tmp_path / folder, every, graph=False)
        model.fit(x, y, epochs=epochs, verbose=0, callbacks=[callback])
        found = tags(tmp_path / folder / "train")
        assert found.count("weights/score_diff/kernel") == expected
        assert found.count("loss") == epochs


@pytest.mark.slow
def test_a_profile_is_written_when_asked_for(tmp_path: Path) -> None:
    words, targets = rows()
    model = everything()
    callback = zoo.TensorBoard(tmp_path, profile=True)
    model.fit(words, targets, batch_size=1, epochs=3, verbose=0, callbacks=[callback])
    (profile,) = tmp_path.glob("train/plugins/profile/*/*.xplane.pb")
    content = profile.read_bytes()
    assert b"/host:CPU" in content
    assert b"step_num" in content, "without marks the page knows no step time"


def test_gradients_are_the_optimizers(tmp_path: Path) -> None:
    inputs = keras.Input((2,), name="x")
    dense = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.5), name="y")
    model = keras.Model(inputs, dense(inputs))
    model.compile("sgd", "mse")
    x = np.array([[1.0, 2.0], [3.0, -1.0]], "float32")
    y = np.array([[1.0], [0.0]], "float32")
    kernel, bias = dense.get_weights()
    wrong = x @ kernel + bias - y
    on_kernel, on_bias = gradient_function(model, (x, y))()
    assert on_kernel is not None
    assert on_bias is not None
    np.testing.assert_allclose(on_kernel, x.T @ wrong + kernel, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(on_bias, wrong.sum(axis=0), rtol=1e-5, atol=1e-6)
    assert np.linalg.norm(on_kernel) == pytest.approx(float(np.sqrt((on_kernel**2).sum())))
    weighted = gradient_function(model, (x, y, np.array([2.0, 0.0], "float32")))()[1]
    assert weighted is not None
    np.testing.assert_allclose(weighted, 2 * wrong[0], rtol=1e-5)


def test_the_gradient_of_an_embedding_has_one_entry_a_row() -> None:
    words = keras.Input((3,), dtype="int32")
    table = keras.layers.Embedding(9, 2, name="table")
    model = keras.Model(words, keras.layers.GlobalAveragePooling1D()(table(words)))
    model.compile("sgd", "mse")
    read = np.array([[1, 1, 4], [4, 1, 1]], "int32")
    targets = np.zeros((2, 2), "float32")
    (found,) = gradient_function(model, (read, targets))()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(read)))
    dense = tf.convert_to_tensor(tape.gradient(loss, table.embeddings.value)).numpy()
    assert found is not None
    np.testing.assert_allclose(found, dense[[1, 4]], rtol=1e-5)


def drawn(model: keras.Model) -> dict[str, list[str]]:
    """Node -> inputs."""
    return {node.name: list(node.input) for node in graphs.layer_nodes(model).node}


def test_nodes_say_what_their_layers_are() -> None:
    nodes = {node.name: node for node in graphs.layer_nodes(tiny("tweet_pair")).node}
    lstm = nodes["lstm"]
    assert lstm.op == "LSTM"
    assert lstm.attr["settings"].s.decode().startswith("LSTM ")
    layer = tiny("tweet_pair").get_layer("lstm")
    assert lstm.attr["parameters"].i == layer.count_params()
    shapes = [[dim.size for dim in each.dim] for each in lstm.attr["_output_shapes"].list.shape]
    assert shapes == [[-1, layer.units]] * 2, "of both calls"


def test_graphs_of_layers() -> None:
    assert drawn(tiny("score_and_win")) == {  # a dict of outputs
        "seed_diff": [],
        "score_diff": ["seed_diff"],
        "won": ["score_diff"],
    }
    assert drawn(tiny("video_classifier")) == {  # a model inside TimeDistributed
        "frames": [],
        "digits/pixels": ["frames"],
        "digits/hidden_1": ["digits/pixels"],
        "digits/hidden_2": ["digits/hidden_1"],
        "digits/digit": ["digits/hidden_2"],
    }
    assert drawn(tiny("tweet_pair")) == {  # one layer, called twice
        "tweet_a": [],
        "tweet_b": [],
        "lstm": ["tweet_a", "tweet_b"],
        "merged": ["lstm", "lstm:1"],
        "same_author": ["merged"],
    }
    assert drawn(tiny("shallow_mlp")) == {  # a Sequential model
        "pixels": [],
        "hidden": ["pixels"],
        "digit": ["hidden"],
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", zoo.list_models())
def test_every_architecture_has_both_graphs(name: str) -> None:
    model = tiny(name)
    nodes = drawn(model)
    assert [node for node, sources in nodes.items() if not sources] == model_inputs(model)
    read = {source.partition(":")[0] for sources in nodes.values() for source in sources}
    assert read <= set(nodes)
    ends = {node.rpartition("/")[2] for node in set(nodes) - read}
    assert len(ends) <= len(inference.output_names(model))
    assert graphs.operation_graph(model) is not None


def model_inputs(model: keras.Model) -> list[str]:
    return [tensor.name for tensor in model.inputs]


def test_histogram_counts_what_is_finite() -> None:
    one = events.histogram("one", np.full((2, 3), 0.5)).histo
    assert (list(one.bucket), one.min, one.max) == ([6], 0.5, 0.5)
    spread = events.histogram("spread", np.linspace(0, 1, 90)).histo
    assert list(spread.bucket) == [3] * 30
    holes = events.histogram("holes", np.array([1.0, np.nan, np.inf, 2.0])).histo
    assert sum(holes.bucket) == 2
    assert not events.histogram("none", np.array([])).histo.bucket


def test_a_picture_is_png() -> None:
    with pytest.raises(ValueError, match="'logo' is not a PNG"):
        events.picture("logo", b"<svg/>")


def test_hparams_replace_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    for score in (1.0, 2.0):
        write_hparams(folder, {"seed": 1, "on": True, "rate": 0.5, "kind": "a"}, {"mae": score})
    assert len(list(folder.glob("events.out.tfevents.*"))) == 1
    found = {value.tag: value for _, value in values(folder)}
    assert found["mae"].simple_value == 2.0
    assert "_hparams_/session_start_info" in found
    with pytest.raises(TypeError):
        write_hparams(folder, {"seed": None}, {})  # type: ignore[dict-item]
    assert flattened({"a": {"b": (1, 2), "c": None}, "d": [], "e": 1.5, "f": False}) == {
        "a.b": "1, 2",
        "e": 1.5,
        "f": False,
    }


def nested_tables() -> keras.Model:
    """An embedding in a model that is wrapped, and called again directly."""
    words = keras.Input((4,), dtype="int32", name="words")
    table = keras.layers.Embedding(3, 2, name="table")
    inner = keras.Model(words, keras.layers.Flatten()(table(words)), name="inner")
    lines = keras.Input((2, 4), dtype="int32", name="lines")
    each = keras.layers.TimeDistributed(inner, name="each")(lines)
    other = keras.Input((4,), dtype="int32", name="other")
    return keras.Model([lines, other], [each, inner(other)])


def test_projector_finds_wrapped_and_shared_embeddings_once(tmp_path: Path) -> None:
    model = nested_tables()
    names = write_projector(tmp_path, model, {"words": ["a", "b\tc", " "]})
    assert names == ["each.table"]
    labels = (tmp_path / "each.table.labels.tsv").read_text(encoding="utf-8")
    assert labels.splitlines() == ["a", "b c", "␣"], "one column has no header"
    with pytest.warns(UserWarning, match=r"cannot label each\.table .*: 2 labels for 3 rows"):
        write_projector(tmp_path / "other", model, {"words": ["a", "b"]})
    config = (tmp_path / "other" / "projector_config.pbtxt").read_text(encoding="utf-8")
    assert "metadata_path" not in config


def test_projector_takes_columns_and_a_function(tmp_path: Path) -> None:
    model = nested_tables()
    asked: list[tuple[str, tuple[str, ...]]] = []

    def labels(name: str, reads: Sequence[str]) -> Labels:
        asked.append((name, tuple(reads)))
        return {"word": ["a", "b", "\n"], "year": [1990, 2000, 2010], "count": [0.5, 1e6, 7.0]}

    write_projector(tmp_path, model, labels)
    assert asked == [("each.table", ("words",))]
    lines = (tmp_path / "each.table.labels.tsv").read_text(encoding="utf-8").splitlines()
    assert lines == ["word\tyear\tcount", "a\t1990\t0.5", "b\t2000\t1e+06", "\\n\t2010\t7"]
    table = np.loadtxt(tmp_path / "each.table.tensor.tsv", delimiter="\t")
    learned = model.get_layer("inner").get_layer("table").embeddings
    np.testing.assert_allclose(table[:, :2], learned, rtol=1e-4)
    assert np.corrcoef(table[:, 2], [1990, 2000, 2010])[0, 1] == pytest.approx(1)
    (view,) = json.loads((tmp_path / "each.table.bookmarks.json").read_text(encoding="utf-8"))
    assert (view["label"], view["selectedLabelOption"]) == ("components by count", "word")
    places = np.array([[row[f"pca-{axis}"] for axis in range(3)] for row in view["projections"]])
    spread = places.std(axis=0)
    assert list(spread) == sorted(spread, reverse=True), "the first component spreads most"
    np.testing.assert_allclose(  # turned and moved, nothing else
        np.linalg.norm(places[0] - places[2]), np.linalg.norm(table[0] - table[2]), rtol=1e-3
    )


def test_the_projector_reads_the_configuration(tmp_path: Path) -> None:
    from google.protobuf import text_format
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

    write_projector(tmp_path, nested_tables(), {"words": ["a", "b", "c"]})
    text = (tmp_path / "projector_config.pbtxt").read_text(encoding="utf-8")
    (entry,) = text_format.Parse(text, ProjectorConfig()).embeddings
    for path in (entry.tensor_path, entry.metadata_path, entry.bookmarks_path):
        assert (tmp_path / path).is_file()
