"""The picture datasets: drawn ones are what they claim, published ones are read strictly."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

import zoo.data
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.data.images import published
from zoo.data.images.cloth import draw as draw_cloth
from zoo.data.images.drawing import SHAPES, masks
from zoo.data.images.drawn import SLIPS, slipped
from zoo.data.images.published import CSV, FASHION, read_idx, read_mnist_csv
from zoo.data.registry import dataset_home

DRAWN = ["cloth", "figures", "hidden_shapes", "outlines", "painted_shapes", "two_scales"]
ROW = ",".join(["0"] * 784)


def small(name: str, seed: int = 0) -> Dataset:
    return zoo.data.load(name, "drawn", seed=seed, rows=200)


@pytest.mark.parametrize("name", DRAWN)
def test_pictures_come_from_the_seed_alone(name: str) -> None:
    one = small(name)
    assert one.fingerprint == small(name).fingerprint
    assert one.fingerprint != small(name, seed=1).fingerprint
    more = zoo.data.load(name, "drawn", rows=300)
    for column, values in one.splits["test"].items():
        np.testing.assert_array_equal(values, more.splits["test"][column])


@pytest.mark.parametrize("name", DRAWN)
def test_pictures_are_float32_from_0_to_1_and_in_one_split_only(name: str) -> None:
    dataset = small(name)
    seen: set[bytes] = set()
    for columns in dataset.splits.values():
        for column in ("picture", "gray", "color"):
            if column in columns:
                pictures = columns[column]
                assert pictures.dtype == np.float32
                assert pictures.ndim == 4
                assert 0 <= pictures.min() < pictures.max() <= 1
                found = {picture.tobytes() for picture in pictures}
                assert len(found) == len(pictures)
                assert not found & seen
                seen |= found


@pytest.mark.parametrize("name", DRAWN)
def test_references_follow_from_labels_and_truth(name: str) -> None:
    dataset = small(name)
    classes = len(dataset.labels["label"])
    share = np.bincount(dataset.splits["train"]["label"].ravel().astype(int), minlength=classes)
    share = share / share.sum()
    for split, columns in dataset.splits.items():
        labels = columns["label"].ravel().astype(int)
        right = labels == dataset.truth[f"drawn_{split}"]
        best, trivial = (dataset.references[key][split] for key in ("best possible", "trivial"))
        assert best["label_accuracy"] == pytest.approx(right.mean())
        cost = np.where(right, -np.log(1 - SLIPS), -np.log(SLIPS / (classes - 1)))
        assert best["label_log_loss"] == pytest.approx(cost.mean())
        assert trivial["label_accuracy"] == pytest.approx((labels == share.argmax()).mean())
        assert trivial["label_log_loss"] == pytest.approx(-np.log(share[labels]).mean())
        assert dataset.sizes["classes"] == (1 if classes == 2 else classes)


@pytest.mark.parametrize(
    ("name", "grades"),
    [
        ("cloth", {"gray_alone": "weave", "color_alone": "dye"}),
        ("two_scales", {"fine_alone": "fine", "coarse_alone": "coarse"}),
    ],
)
def test_neither_half_of_the_answer_is_enough(name: str, grades: dict[str, str]) -> None:
    dataset = zoo.data.load(name, "drawn", rows=100)
    columns = dataset.splits["test"]
    label = columns["label"].ravel()
    for reference, grade in grades.items():
        best = 0
        for value in range(3):  # the most frequent label of each grade: nobody can do better
            labels = label[columns[grade].ravel() == value]
            best += max(labels.sum(), len(labels) - labels.sum())
        score = dataset.references[reference]["test"]["label_accuracy"]
        assert score == pytest.approx(best / len(label), abs=0.03)
        assert score < dataset.references["best possible"]["test"]["label_accuracy"] - 0.1


def test_the_weave_is_gone_in_the_coarse_picture_and_the_dye_in_gray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("zoo.data.images.cloth._NOISE", 0.0)
    columns, _ = draw_cloth(np.random.default_rng(0), 50)
    halved = columns["gray"].reshape(50, 32, 2, 32, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(halved, columns["color"].mean(axis=-1), atol=1e-5)


def test_shapes_lie_where_they_are_put() -> None:
    rows = len(SHAPES)
    ones = np.ones(rows)
    drawn = masks(np.arange(rows), 40, 40, 25 * ones, 15 * ones, 8 * ones, 0.3 * ones)
    assert drawn.shape == (rows, 40, 40)
    down, across = np.mgrid[:40, :40]
    assert not drawn[:, np.hypot(across - 25, down - 15) > 12].any()
    assert (drawn.sum(axis=(1, 2)) > 30).all()
    assert drawn[SHAPES.index("disc"), 15, 25] == 1
    assert drawn[SHAPES.index("ring"), 15, 25] == 0


def test_slips_are_as_frequent_as_said() -> None:
    drawn = np.arange(20_000) % 10
    labels = slipped(np.random.default_rng(0), drawn, 10)
    assert (labels != drawn).mean() == pytest.approx(0.03, abs=0.005)


@pytest.mark.parametrize("rows", [99, True, "many", 10**6])
def test_an_impossible_number_of_rows_is_refused(rows: object) -> None:
    with pytest.raises(DataError, match="rows takes a whole number from 100"):
        zoo.data.load("outlines", "drawn", rows=rows)
    with pytest.raises(UnknownNameError, match="row"):
        zoo.data.load("outlines", "drawn", row=3)


def write_csv(folder: Path, lines: list[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CSV
    path.write_bytes(gzip.compress("".join(line + "\n" for line in lines).encode()))
    return path


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "the file is empty"),
        (
            [f"{ROW},7", "1,2,3"],
            "line 2, column 'pixel 4': 785 cells are needed, not 3; .* cut short",
        ),
        ([f"{ROW},7", f"{ROW},x"], "line 2, column 'label': 'x' is not a whole number"),
        ([f"{ROW},7", f"{ROW},10"], "line 2, column 'label': 10 is outside 0 to 9"),
        ([f"256,{ROW}"], "line 1, column 'pixel 1': 256 is outside 0 to 255"),
    ],
)
def test_damaged_digits_are_named(tmp_path: Path, lines: list[str], message: str) -> None:
    path = write_csv(tmp_path, lines)
    with pytest.raises(DataError, match=message):
        read_mnist_csv(path)


def test_a_truncated_archive_is_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [f"{ROW},7"])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"mnist_5k.csv.gz: damaged or cut short"):
        read_mnist_csv(path)
    with pytest.raises(DataError, match="No such file"):
        read_mnist_csv(tmp_path / "none.gz")


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize("packed", [True, False])
def test_idx_files_are_read(tmp_path: Path, packed: bool) -> None:
    array = np.arange(24).reshape(2, 3, 4)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    np.testing.assert_array_equal(read_idx(path), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"PNG!", "not an IDX file"),
        (bytes([0, 0, 13, 1, 0, 0, 0, 0]), "IDX type 0x0d"),
        (bytes([0, 0, 8, 2, 0, 0, 0, 1]), "header is cut short"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2]), "10 bytes, where .* needs 11"),
    ],
)
def test_damaged_idx_files_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_idx(path)


def write_garments(folder: Path, train: int = 100, test: int = 30) -> None:
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    for rows, (images, labels) in zip((train, test), (FASHION[:2], FASHION[2:]), strict=True):
        pictures = rng.integers(0, 256, (rows, 28, 28))
        (folder / images).write_bytes(gzip.compress(idx(pictures)))
        (folder / labels).write_bytes(gzip.compress(idx(np.arange(rows) % 10)))


def test_garments_keep_their_published_test_set() -> None:
    write_garments(dataset_home("figures"))
    dataset = zoo.data.load("figures", rows=50)
    assert dataset.source == "fashion"
    assert dataset.rows == {"train": 50, "validation": 10, "test": 30}
    np.testing.assert_array_equal(dataset.splits["test"]["label"].ravel(), np.arange(30) % 10)
    color = zoo.data.load("painted_shapes", "fashion")
    assert color.splits["test"]["picture"].shape == (30, 32, 32, 3)
    assert not color.splits["test"]["picture"][:, :2].any()


def test_pictures_and_labels_must_fit_together() -> None:
    folder = dataset_home("figures")
    write_garments(folder)
    (folder / FASHION[1]).write_bytes(gzip.compress(idx(np.zeros(7))))
    with pytest.raises(DataError, match=r"shape \(7,\) for 100 pictures"):
        zoo.data.load("figures", "fashion")
    (folder / FASHION[1]).write_bytes(gzip.compress(idx(np.full(100, 11))))
    with pytest.raises(DataError, match="label 11 of row 1 is outside 0 to 9"):
        zoo.data.load("figures", "fashion")


def test_digits_are_split_and_relabeled() -> None:
    lines = [",".join([str(row)] + ["0"] * 783 + [str(row % 10)]) for row in range(100)]
    write_csv(dataset_home("outlines"), lines)
    dataset = zoo.data.load("outlines")
    assert dataset.source == "mnist"
    assert dataset.rows == {"train": 80, "validation": 10, "test": 10}
    rows = [np.rint(255 * d["picture"][:, 2, 2, 0]).astype(int) for d in dataset.splits.values()]
    assert sorted(np.concatenate(rows).tolist()) == list(range(100))  # each in one split
    for found, columns in zip(rows, dataset.splits.values(), strict=True):
        expected = np.isin(found % 10, (0, 6, 8, 9))
        np.testing.assert_array_equal(columns["label"].ravel(), expected)
        assert columns["label_map"].shape == (len(found), 5, 5, 1)


def test_absent_files_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(published, "SYSTEM", tmp_path)
    for source in ("mnist", "fashion"):
        with pytest.raises(DataError, match="zoo data fetch figures"):
            zoo.data.load("figures", source)


@pytest.mark.slow
@pytest.mark.realdata
def test_the_real_digits() -> None:
    if not (dataset_home("outlines") / CSV).is_file():
        pytest.skip(f"no digits in {dataset_home('outlines')}; set ZOO_DATA_HOME")
    pictures, digits = read_mnist_csv(dataset_home("outlines") / CSV)
    assert np.bincount(digits).tolist() == [500] * 10
    assert pictures.shape == (5_000, 28, 28)
    dataset = zoo.data.load("figures", "mnist")
    assert sum(dataset.rows.values()) >= 5_000


@pytest.mark.slow
@pytest.mark.realdata
def test_the_real_garments() -> None:
    if not published.SYSTEM.is_dir():
        pytest.skip(f"no garments in {published.SYSTEM}; install dataset-fashion-mnist")
    dataset = zoo.data.load("figures", "fashion")
    assert dataset.rows == {"train": 6_000, "validation": 1_000, "test": 10_000}
    assert np.bincount(dataset.splits["test"]["label"].ravel()).tolist() == [1_000] * 10
