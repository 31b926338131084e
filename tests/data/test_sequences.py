"""The sequence family's data: pulses, GunPoint's files, and videos of digits."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from text_helpers import real

import zoo.data
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.data.images import digit_videos
from zoo.data.images.digit_videos import FRAMES
from zoo.data.references import softmax
from zoo.data.registry import choose_source
from zoo.data.sequences import series
from zoo.data.sequences.series import FILES, GUNPOINT_STEPS, read_series

HEADER = ("#a comment", "@problemName GunPoint", "@classLabel true 1 2", "@data")


def line(label: str = "1", *, steps: int = GUNPOINT_STEPS, first: str = "0.5") -> str:
    return ",".join([first, *["0.25"] * (steps - 1)]) + f":{label}"


def write(folder: Path, *lines: str, file: str = FILES[0]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file
    path.write_text("".join(f"{text}\n" for text in lines), encoding="utf-8")
    return path


@cache
def pulses() -> Dataset:
    """Made once for the tests that only look at it."""
    return zoo.data.load("series", "pulses")


@pytest.mark.parametrize("name", ["series", "noisy_series", "digit_videos"])
def test_the_seed_decides_everything_and_no_row_is_in_two_splits(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sizes in (series.ROWS, digit_videos.VIDEOS):
        for split in sizes:
            monkeypatch.setitem(sizes, split, 50)
    source = zoo.data.sources(name)[-1]
    dataset, again, other = (zoo.data.load(name, source, seed=seed) for seed in (0, 0, 1))
    assert dataset.fingerprint == again.fingerprint != other.fingerprint
    column = "frames" if name == "digit_videos" else "sequence"
    rows = [bytes(row) for part in dataset.splits.values() for row in part[column]]
    assert len(set(rows)) == len(rows)
    with pytest.raises(UnknownNameError, match="'bogus'"):
        zoo.data.load(name, source, bogus=1)


def test_pulses_tell_nothing_but_by_their_order() -> None:
    columns = pulses().splits["train"]
    sequence, label = columns["sequence"][..., 0], columns["label"].ravel() == 1
    for column in (sequence[label], sequence[~label]):
        assert np.abs(column.mean(axis=0)).max() < 0.12
    spread = [sequence[rows].std() for rows in (label, ~label)]
    assert spread[0] == pytest.approx(spread[1], rel=0.02)
    lagged = (sequence[:, 1:] * sequence[:, :-1]).mean(axis=1)
    assert lagged[label].mean() < lagged[~label].mean() - 0.2, "but neighbors tell"


def test_filtering_agrees_with_adding_up_every_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """All hidden paths of a short series, one by one."""
    monkeypatch.setattr(series, "NOISE_SD", 1.0)
    noisy = np.array([[0.3, 1.9, -0.8]])
    weights, labels, last = [], [], []
    always, move = series.chains()
    for label in (0, 1):
        for path in itertools.product(range(len(series.LEVELS)), repeat=3):
            chance = always[label, path[0]] * np.prod(
                [move[label, one, two] for one, two in itertools.pairwise(path)]
            )
            if chance > 0:
                away = np.square(noisy[0] - series.LEVELS[list(path)]).sum()
                weights.append(np.log(chance) - away / 2)
                labels.append(label)
                last.append(series.LEVELS[path[-1]])
    share = softmax(np.array(weights))
    chance, clean = series.estimates(noisy)
    assert chance[0, -1] == pytest.approx(share @ np.array(labels))
    assert clean[0, -1] == pytest.approx(share @ np.array(last))


def test_every_step_of_the_chain_has_the_long_run_distribution() -> None:
    for always, move in zip(*series.chains(), strict=True):
        np.testing.assert_allclose(move.sum(axis=1), 1)
        np.testing.assert_allclose(always @ move, always)


def test_references_of_the_pulses_are_those_of_the_arrays() -> None:
    dataset = pulses()
    columns, train = dataset.splits["test"], dataset.splits["train"]
    chance, clean = series.estimates(columns["sequence"][..., 0])
    best, trivial = (dataset.references[key]["test"] for key in ("best possible", "trivial"))
    right = (chance[:, -1] > 0.5) == (columns["label"].ravel() == 1)
    assert best["label_accuracy"] == pytest.approx(right.mean(), abs=0.002)
    error = np.square(clean - columns["signal"][..., 0]).mean()
    assert best["signal_mse"] == pytest.approx(error, rel=1e-3)
    flat = np.square(columns["signal"] - train["signal"].mean(axis=0)).mean()
    assert trivial["signal_mse"] == pytest.approx(flat, rel=1e-5)
    assert trivial["label_log_loss"] == pytest.approx(np.log(2), abs=0.01)


def test_videos_move_and_change() -> None:
    dataset = zoo.data.load("digit_videos", "segments")
    columns = dataset.splits["train"]
    assert columns["frames"].shape == (600, FRAMES, 784)
    assert columns["digits"].shape == (600, FRAMES)
    changes = (np.diff(columns["digits"], axis=1) != 0).mean()
    assert changes == pytest.approx(digit_videos.CHANGE, abs=0.02)
    assert 0 <= columns["frames"].min() < columns["frames"].max() <= 1
    walks = digit_videos.walk(np.random.default_rng(0), 5_000)
    assert np.abs(np.diff(walks, axis=1)).max() == 1
    for frame in (0, 7, 19):
        share = np.bincount(walks[:, frame]) / len(walks)
        np.testing.assert_allclose(share, digit_videos.ALONG, atol=0.03)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), r"line 1: no line says @data; the series are expected after it"),
        (HEADER[:3], r"line 1: no line says @data"),
        (HEADER, r"line 1: the file is empty"),
        (
            (*HEADER, line(), line(steps=149)),
            r"line 6, column 'class': 151 cells .* cut short",
        ),
        ((*HEADER, line(), line("3")), r"line 6, column 'class': '3' is not 1 or 2"),
        ((*HEADER, line(first="x")), r"line 5, column 'step 1': 'x' is not a number"),
        ((*HEADER, line(first="nan")), r"line 5, column 'step 1': 'nan' is not a finite number"),
        (
            (*HEADER, line().partition(":")[0]),
            r"line 5, column 'class': 151 cells .* cut short",
        ),
        ((*HEADER, line(), line()), r"all 2 series have the same class"),
    ],
)
def test_damaged_series_are_reported(lines: tuple[str, ...], message: str, tmp_path: Path) -> None:
    path = write(tmp_path, *lines)
    with pytest.raises(DataError, match=message) as caught:
        read_series(path)
    assert str(caught.value).startswith(str(path))


def test_series_files_are_read_and_split(tmp_path: Path) -> None:
    folder = tmp_path / "sequences"
    own = [line(str(1 + row % 2), first=f"{row}.5") for row in range(20)]
    write(folder, *HEADER, *own)
    write(folder, *HEADER, line("1"), line("2"), file=FILES[1])
    dataset = zoo.data.load("series", home=tmp_path)
    assert dataset.source == "gunpoint"
    assert dataset.rows == {"train": 16, "validation": 4, "test": 2}
    assert dataset.splits["validation"]["label"].mean() == 0.5
    assert dataset.splits["test"]["label"].ravel().tolist() == [1, 0]
    first = [part["sequence"][:, 0, 0] for part in list(dataset.splits.values())[:2]]
    assert sorted(np.concatenate(first).tolist()) == [row + 0.5 for row in range(20)]
    noisy = zoo.data.load("noisy_series", home=tmp_path).splits["test"]
    assert (noisy["sequence"] - noisy["signal"]).std() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("name", ["series", "noisy_series"])
def test_missing_series_are_reported_with_what_to_do(name: str) -> None:
    with pytest.raises(
        DataError,
        match=f"{name}: GunPoint_TRAIN.ts, GunPoint_TEST.ts not in .*fetch {name}.*--data pulses",
    ):
        zoo.data.load(name, "gunpoint")
    assert choose_source(name, "auto", None, {}) == "pulses"


@pytest.mark.slow
@pytest.mark.realdata
def test_the_real_series() -> None:
    dataset = real("series", "gunpoint")
    assert dataset.rows == {"train": 41, "validation": 9, "test": 150}
    rows = [bytes(row) for part in dataset.splits.values() for row in part["sequence"]]
    assert len(set(rows)) == 200
    assert dataset.splits["test"]["sequence"].std() == pytest.approx(1, abs=0.01)


@pytest.mark.slow
@pytest.mark.realdata
def test_videos_of_real_digits_share_no_picture() -> None:
    dataset = real("digit_videos", "mnist")
    frames = dataset.splits["test"]["frames"]
    assert frames.shape[1:] == (FRAMES, 784)
    assert dataset.splits["test"]["digits"].shape == frames.shape[:2]
    assert dataset.rows["train"] == 400
