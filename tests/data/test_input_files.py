"""Pictures and arrays from files: every format, damage, nothing from elsewhere."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.core.errors import DataError
from zoo.data.files import Form, below, names_a_file, read_array, read_pictures

GRAY = Form(4, 6, 1)
LEVELS = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10


def test_gray_levels_come_back_exactly(tmp_path: Path) -> None:
    Image.fromarray(LEVELS).save(tmp_path / "a.png")
    found, note = read_pictures(tmp_path / "a.png", GRAY)
    assert note == ""
    assert found.dtype == np.float32
    assert np.array_equal(found, (LEVELS.astype(np.float32) / np.float32(255))[None, ..., None])


@pytest.mark.parametrize(("black", "white"), [(0, 1), (-1, 1), (1, 0)])
def test_levels_go_from_black_to_white(tmp_path: Path, black: float, white: float) -> None:
    Image.fromarray(np.array([[0, 255]], np.uint8)).save(tmp_path / "a.png")
    found, _ = read_pictures(tmp_path / "a.png", Form(1, 2, 3, black, white))
    assert found[0, 0].tolist() == [[black] * 3, [white] * 3]


def test_another_size_is_resized_with_a_note(tmp_path: Path) -> None:
    Image.new("L", (60, 20), 51).save(tmp_path / "a.jpg")
    found, note = read_pictures(tmp_path / "a.jpg", GRAY)
    assert note == f"{tmp_path / 'a.jpg'} has 60 x 20 pixels, resized to 6 x 4"
    assert found.shape == (1, 4, 6, 1)
    assert found == pytest.approx(0.2, abs=0.01)
    assert read_pictures(tmp_path / "a.jpg", Form(None, None, 3))[0].shape == (1, 20, 60, 3)


def test_transparent_is_white_and_16_bits_keep_their_level(tmp_path: Path) -> None:
    Image.new("RGBA", (6, 4), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read_pictures(tmp_path / "clear.png", GRAY)[0].min() == 1
    Image.fromarray(np.full((4, 6), 32_768, np.uint16)).save(tmp_path / "deep.png")
    assert read_pictures(tmp_path / "deep.png", GRAY)[0] == pytest.approx(0.5, abs=0.003)


def test_a_film_has_several_pictures(tmp_path: Path) -> None:
    frames = [Image.new("L", (6, 4), level) for level in (0, 255)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    found, _ = read_pictures(tmp_path / "a.gif", GRAY)
    assert found.mean(axis=(1, 2, 3)).tolist() == [0, 1]


def _png() -> bytes:
    file = io.BytesIO()
    Image.fromarray(LEVELS).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a PNG, JPEG or GIF picture"),
        (b"features_0\n1\n", "is not a PNG, JPEG or GIF picture"),
        (_png()[:50], "cannot be read"),
    ],
)
def test_damaged_pictures_are_reported(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_pictures(path, GRAY)


def test_missing_and_enormous_pictures_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_pictures(tmp_path / "a.png", GRAY)
    (tmp_path / "a.png").write_bytes(_png())
    for most in (20, 5):  # Pillow warns, then refuses
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with pytest.raises(DataError, match=f"more than {most} pixels"):
            read_pictures(tmp_path / "a.png", GRAY)


def test_arrays_come_from_npy_and_csv(tmp_path: Path) -> None:
    numbers = np.array([[1.5, -2], [3, 4e3]])
    np.save(tmp_path / "a.npy", numbers)
    assert np.array_equal(read_array(tmp_path / "a.npy"), numbers)
    for name, text in (("plain", "1.5,-2\n3,4e3\n"), ("header", "x,y\r\n1.5,-2\r\n\r\n3,4e3")):
        (tmp_path / f"{name}.csv").write_text(text)
        assert np.array_equal(read_array(tmp_path / f"{name}.csv"), numbers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no numbers"),
        ("x\n", "holds no numbers"),
        ("1,2\n3\n", "line 2: 2 cells are needed, not 1"),
        ("1,2\n3,x\n", "line 2: 'x' is not a number"),
    ],
)
def test_bad_csv_arrays_are_reported(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        read_array(tmp_path / "a.csv")


def test_npy_files_hold_numbers_alone(tmp_path: Path) -> None:
    """Nothing is unpickled, and a header cannot claim more memory than the file has."""
    path = tmp_path / "a.npy"
    np.save(path, np.array([print], dtype=object), allow_pickle=True)
    for content in (path.read_bytes(), b"\x80\x04N.", b"", b"PK\x03\x04"):
        path.write_bytes(content)
        with pytest.raises(DataError, match="is not an NPY file of numbers"):
            read_array(path)
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "<f8", "fortran_order": False, "shape": (2**45,)}
    )
    path.write_bytes(file.getvalue())
    with pytest.raises(DataError, match="is not an NPY file of numbers"):
        read_array(path)


def test_cells_name_files_below_the_table(tmp_path: Path) -> None:
    folder = tmp_path / "table"
    (folder / "pictures").mkdir(parents=True)
    (tmp_path / "secret.png").touch()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    assert below(folder, " pictures/a.png ") == folder / "pictures" / "a.png"
    for name in (
        "../secret.png",
        "pictures/../../secret.png",
        "link.png",
        str(tmp_path),
        "a\0.png",
    ):
        with pytest.raises(DataError, match="is not below the table's folder"):
            below(folder, name)


def test_which_texts_name_files() -> None:
    assert all(map(names_a_file, ("a.png", "x/Y.JPG", "walk.npy ", "c.csv")))
    assert not any(map(names_a_file, ("1.5", "1,2,3.5", "2010 Duke", "a.txt", "")))
