"""Files that are written whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zoo.core.files import replacing


def test_an_error_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    with pytest.raises(FileNotFoundError), replacing(path) as partial:
        partial.with_name("nowhere").rename(partial)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.txt", "before")]


def test_only_regular_files_are_replaced(tmp_path: Path) -> None:
    """As root, /dev/null would become one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="not a regular file"), replacing(pipe):
        pass
    assert pipe.is_fifo()
