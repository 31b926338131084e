"""Files that are written whole, or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from zoo.core.files import replacing, replacing_folder, write_text


def test_an_error_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    with pytest.raises(FileNotFoundError), replacing(path) as partial:
        partial.with_name("nowhere").rename(partial)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.txt", "before")]


def test_what_is_not_a_file_is_written_to(tmp_path: Path) -> None:
    """As root, /dev/null would become a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write_text(pipe, "through")
    reader.join(30)
    assert (got, pipe.is_fifo()) == (["through"], True)
    write_text("/dev/null", "gone")
    assert Path("/dev/null").is_char_device()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    file, link, dangling = (tmp_path / name for name in ("place/file", "link", "dangling"))
    file.write_text("before")
    link.symlink_to(file)
    dangling.symlink_to(tmp_path / "place" / "made")
    for path in (link, dangling):
        write_text(path, "after")
        assert path.is_symlink()
        assert path.read_text() == "after"
    assert sorted(each.name for each in file.parent.iterdir()) == ["file", "made"]
    folder = tmp_path / "to_folder"
    folder.symlink_to(file.parent)
    with replacing_folder(folder) as partial:
        partial.mkdir()
        (partial / "new").write_text("new")
    assert folder.is_symlink()
    assert [each.name for each in folder.iterdir()] == ["new"]
