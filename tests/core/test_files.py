"""Files that are written whole, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from zoo.core.files import FORMER, IDLE, PARTIAL, replacing, replacing_folder, write_text


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


def left_by(pid: int, path: Path, *, seconds_ago: float = 2 * IDLE) -> Path:
    """What a process wrote beside `path` when it was killed."""
    left = path.with_name(f"{PARTIAL}{pid}-{path.name}")
    left.write_text("half")
    then = time.time() - seconds_ago
    os.utime(left, (then, then))
    return left


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_what_killed_processes_left_goes_with_the_next_write(tmp_path: Path, gone: int) -> None:
    path = tmp_path / "[a] table.csv"
    left = left_by(gone, path)
    kept = [
        left_by(os.getppid(), path),  # still being written
        left_by(gone, tmp_path / "other.csv"),
        left_by(gone, path, seconds_ago=0).rename(tmp_path / f"{PARTIAL}x-{path.name}"),
    ]
    write_text(path, "whole")
    assert path.read_text() == "whole"
    assert not left.exists()
    assert [each.read_text() for each in kept] == ["half"] * 3
    fresh = left_by(gone, path, seconds_ago=0)
    write_text(path, "more")
    assert fresh.exists()


def test_a_folder_whose_replacement_was_killed_comes_back(tmp_path: Path, gone: int) -> None:
    place = tmp_path / "export"
    former = tmp_path / f"{FORMER}{gone}-export"
    former.mkdir()
    (former / "model").write_text("before")
    os.utime(former, (0, 0))
    with pytest.raises(ValueError, match="no luck"), replacing_folder(place):
        raise ValueError("no luck")
    assert (place / "model").read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["export"]
