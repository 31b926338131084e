"""Stereo pairs and garments: generated ones are what they claim, the real pair is read strictly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from text_helpers import real

import zoo.data
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.data.multimodal import clothing
from zoo.data.registry import dataset_home
from zoo.data.stereo import stereo

GENERATED = {"stereo": "stereograms", "clothing": "wardrobe"}
TARGET = {"stereo": "depth", "clothing": "price"}


def small(name: str, seed: int = 0) -> Dataset:
    return zoo.data.load(name, GENERATED[name], seed=seed, rows=200)


@pytest.mark.parametrize("name", GENERATED)
def test_data_come_from_the_seed_alone_and_are_in_one_split_only(name: str) -> None:
    one = small(name)
    assert one.fingerprint == small(name).fingerprint
    assert one.fingerprint != small(name, seed=1).fingerprint
    picture = "left" if name == "stereo" else "picture"
    items = [row.tobytes() for columns in one.splits.values() for row in columns[picture]]
    assert len(set(items)) == len(items) == sum(one.rows.values())


@pytest.mark.parametrize("name", GENERATED)
def test_references_follow_from_targets_and_truth(name: str) -> None:
    dataset = small(name)
    target = TARGET[name]
    train = dataset.splits["train"][target]
    for split, columns in dataset.splits.items():
        if name == "stereo":
            best = dataset.truth[f"depth_{split}"]
        else:
            parts = ("metadata", "description", "picture")
            best = clothing.BASE * np.prod([dataset.truth[f"{p}_{split}"] for p in parts], axis=0)
        values = columns[target]
        for reference, for_mae, for_mse in (
            ("best possible", best, best),
            ("trivial", np.median(train), train.mean()),
        ):
            scores = dataset.references[reference][split]
            assert scores[f"{target}_mae"] == pytest.approx(np.abs(values - for_mae).mean())
            assert scores[f"{target}_mse"] == pytest.approx(((values - for_mse) ** 2).mean())


def test_the_right_eye_sees_the_left_picture_shifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stereo, "MOST", 1e-9)
    monkeypatch.setattr(stereo, "UNSEEN", 0.0)
    views, _ = stereo.draw(np.random.default_rng(0), 20)
    assert np.abs(views["left"] - views["right"]).max() < 0.35  # noise of both
    monkeypatch.setattr(stereo, "MOST", 8.0)
    views, disparity = stereo.draw(np.random.default_rng(0), 200)
    for row in range(0, 200, 10):
        errors = [
            np.abs(views["left"][row, :, shift:] - views["right"][row, :, : 32 - shift]).mean()
            for shift in range(12)
        ]
        assert abs(int(np.argmin(errors)) - disparity[row]) < 1


def test_one_eye_alone_says_nothing_of_the_depth() -> None:
    dataset = zoo.data.load("stereo", "stereograms", rows=2_000)
    columns = dataset.splits["train"]
    for view in ("left", "right"):
        brightness = columns[view].mean(axis=(1, 2, 3))
        assert abs(np.corrcoef(brightness, columns["depth"].ravel())[0, 1]) < 0.08


def test_each_kind_of_input_carries_a_part_of_the_price() -> None:
    dataset = zoo.data.load("clothing", "wardrobe")
    scores = {name: values["test"]["price_mse"] for name, values in dataset.references.items()}
    for part in ("metadata", "description", "picture"):
        assert scores["best possible"] * 5 < scores[f"{part}_alone"] < scores["trivial"] * 0.9
    words = dataset.splits["test"]["description"]
    assert words.min() == 0
    assert words.max() < dataset.sizes["vocabulary"] == len(dataset.labels["description"])
    assert dataset.splits["test"]["metadata"].shape[1] == dataset.sizes["n_metadata"]


def test_the_order_of_the_same_words_counts() -> None:
    phrases = list(clothing.CONDITIONS)
    assert len({tuple(sorted(phrase)) for phrase in phrases}) == 1
    assert len(set(clothing.CONDITIONS.values())) == len(phrases)


@pytest.mark.parametrize("name", GENERATED)
def test_bad_options_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="rows takes a whole number"):
        zoo.data.load(name, GENERATED[name], rows=1)
    with pytest.raises(UnknownNameError, match="color"):
        zoo.data.load(name, GENERATED[name], color=1)


def write_pair(shift: int = 20, mode: str = "RGB") -> Path:
    """A pair of 160 x 740 random pixels, one picture shifted against the other."""
    from PIL import Image

    folder = dataset_home("stereo")
    folder.mkdir(parents=True, exist_ok=True)
    levels = np.random.default_rng(0).integers(0, 256, (160, 740 + shift, 3), dtype=np.uint8)
    left, right = levels[:, :740], levels[:, shift:]
    for file, picture in zip(stereo.FILES[:2], (left, right), strict=True):
        Image.fromarray(picture).convert(mode).save(folder / file)
    np.savez(folder / stereo.FILES[2], np.full((160, 740), shift, np.float32))
    return folder


def test_patches_of_the_two_eyes_fit_together() -> None:
    write_pair()
    dataset = zoo.data.load("stereo")
    assert dataset.source == "motorcycle"
    for columns in dataset.splits.values():
        assert columns["left"].shape[1:] == columns["right"].shape[1:] == (32, 32, 3)
        np.testing.assert_array_equal(columns["depth"], 5)
        # 20 pixels are 5 after scaling, and the right patch starts 8 further left.
        np.testing.assert_array_equal(columns["right"][:, :, 3:], columns["left"][:, :, :29])


def test_no_split_sees_what_another_one_sees() -> None:
    write_pair()
    dataset = zoo.data.load("stereo")
    pixels = [
        {tuple(pixel) for pixel in np.concatenate([d["left"], d["right"]]).reshape(-1, 3).tolist()}
        for d in dataset.splits.values()
    ]
    for first in range(3):
        for second in range(first):
            assert len(pixels[first] & pixels[second]) < 20  # equal by chance


def test_damaged_pairs_are_named() -> None:
    folder = dataset_home("stereo")
    with pytest.raises(DataError, match=r"motorcycle_left.png.* not in"):
        zoo.data.load("stereo", "motorcycle")
    write_pair(mode="L")
    with pytest.raises(DataError, match="mode L, not a color picture"):
        zoo.data.load("stereo", "motorcycle")
    write_pair()
    content = (folder / stereo.FILES[1]).read_bytes()
    (folder / stereo.FILES[1]).write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"motorcycle_right.png: damaged or cut short"):
        zoo.data.load("stereo", "motorcycle")
    (folder / stereo.FILES[1]).write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"motorcycle_right.png: not a picture"):
        zoo.data.load("stereo", "motorcycle")
    write_pair()
    np.savez(folder / stereo.FILES[2], np.ones((50, 740), np.float32))
    with pytest.raises(DataError, match="differ in shape"):
        zoo.data.load("stereo", "motorcycle")
    np.savez(folder / stereo.FILES[2], other=np.ones(3))
    with pytest.raises(DataError, match="no array 'arr_0'"):
        zoo.data.load("stereo", "motorcycle")
    (folder / stereo.FILES[2]).write_bytes(b"nothing")
    with pytest.raises(DataError, match="not an NPZ file"):
        zoo.data.load("stereo", "motorcycle")


@pytest.mark.slow
@pytest.mark.realdata
def test_the_real_pair() -> None:
    dataset = real("stereo", "motorcycle")
    depth = np.concatenate([columns["depth"] for columns in dataset.splits.values()])
    assert 1 < depth.min() < depth.max() < 16
    assert dataset.rows["train"] > 1_000
