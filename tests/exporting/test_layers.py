"""Models that also give what flows out of the boxes of their diagram."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import tiny

import zoo
from zoo._keras import keras
from zoo.exporting import exporter, serving, verify
from zoo.exporting.layers import with_layers
from zoo.inspection.diagram.drawing import compose

NAMES = [
    *("basketball", "season_scores", "memory_qa", "siamese_xception", "tweet_pair"),
    *("sequence_tagger", "clothing_price", "video_classifier", "qa", "headline"),
]


@pytest.mark.parametrize("name", NAMES)
def test_outputs_stay_and_every_box_is_there(name: str) -> None:
    model = tiny(name)
    rows = verify.made_up_rows(model, 3)
    wide, boxes = with_layers(model)
    wanted, found = serving.predict(model, rows), serving.predict(wide, rows)
    for output, values in wanted.items():
        np.testing.assert_allclose(found[output], values, atol=1e-5)
    drawn = {box.id for frame in compose(model) for box in frame.boxes}
    assert {each["box"] for each in boxes} <= drawn
    for each in boxes:
        values = rows[each["input"]] if "input" in each else found[each["output"]]
        assert values.ndim == len(each["shape"]) + 1
        sizes = zip(values.shape[1:], each["shape"], strict=True)
        assert all(size in (None, have) for have, size in sizes)


def test_both_calls_of_a_shared_model_are_told_apart() -> None:
    model = tiny("basketball")
    wide, boxes = with_layers(model)
    rows = {"team_1": [[0]], "team_2": [[1]], "home": [[0.0]]}
    found = serving.predict(
        wide, verify.given_rows(wide, {k: np.array(v) for k, v in rows.items()})
    )
    inside = [each for each in boxes if each["box"] == "team_strength/strength"]
    assert [(each["call"], each["of"]) for each in inside] == [(1, 2), (2, 2)]
    table = model.get_layer("team_strength").get_layer("lookup").get_weights()[0]
    for each, team in zip(inside, (0, 1), strict=True):
        np.testing.assert_allclose(found[each["output"]].item(), table[team, 0], rtol=1e-6)


def test_layers_of_one_name_in_two_nested_models_keep_their_names() -> None:
    model = tiny("season_scores")
    inner = [each for each in model._flatten_layers() if isinstance(each, keras.Model)]
    before = [[layer.name for layer in each.layers] for each in inner]
    with_layers(model)
    assert [[layer.name for layer in each.layers] for each in inner] == before


def test_the_file_has_the_weights_of_a_shared_model_once(tmp_path: Path) -> None:
    pytest.importorskip("tf2onnx")
    model = zoo.build("basketball", n_teams=5_000)
    wide, _ = with_layers(model)
    made = zoo.export(wide, "onnx", tmp_path / "model.onnx")
    assert made.bytes < 1.5 * 4 * 5_000
    assert set(exporter.load(made.path).outputs) >= {"score_diff", "zoo_layer_9"}
