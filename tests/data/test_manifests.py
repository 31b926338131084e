"""The manifests that ship: each published file has an address and can be verified."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from zoo.core.errors import DataError
from zoo.data.download import check_url, fetch
from zoo.data.manifest import CHECKS, read_manifest
from zoo.data.registry import dataset_home, dataset_names, described_in, sources

IN_SCIKIT_LEARN = {"digits_8x8", "breast_cancer", "diabetes"}
NAMES = dataset_names()


def published(name: str) -> bool:
    """Whether a source of the dataset has files that someone else publishes."""
    return bool(set(sources(name)[:-1]) - IN_SCIKIT_LEARN)


def test_some_are_published_and_some_are_not() -> None:
    assert 0 < sum(map(published, NAMES)) < len(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if published(name)])
def test_every_file_can_be_verified(name: str) -> None:
    manifest = read_manifest(name)
    assert manifest.license
    assert manifest.files
    assert len({file.file for file in manifest.files}) == len(manifest.files)
    for file in manifest.files:
        check_url(file.url)
        assert file.sha256 or (file.check and file.sha256_note), file.file


@pytest.mark.parametrize(
    "name", [name for name in NAMES if not (described_in(name) / "manifest.json").exists()]
)
def test_what_is_generated_cannot_be_fetched_and_says_so(name: str, tmp_path: Path) -> None:
    assert not published(name)
    with pytest.raises(DataError, match=f"{name}: nothing to fetch; .*zoo data card {name}"):
        fetch(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("check", CHECKS)
def test_an_error_page_passes_no_check(check: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"<!DOCTYPE html>\n<html><body>Try again later, please.</body></html>", b""):
        path.write_bytes(content)
        with pytest.raises(DataError, match=str(path)):
            CHECKS[check](path)


@pytest.mark.realdata
@pytest.mark.parametrize("name", [name for name in NAMES if published(name)])
def test_the_real_files_pass(name: str) -> None:
    folder = dataset_home(name)
    there = {path.name: path for path in folder.rglob("*")}
    files = [file for file in read_manifest(name).files if file.file in there]
    if not files:
        pytest.skip(f"none of the manifest's files in {folder}; set ZOO_DATA_HOME")
    for file in files:
        if file.sha256:
            assert hashlib.sha256(there[file.file].read_bytes()).hexdigest() == file.sha256
        if file.check:
            rows = CHECKS[file.check](there[file.file])
            assert file.rows in (None, rows)


@pytest.mark.parametrize("name", dataset_names())
def test_the_table_of_folders_has_every_dataset(name: str) -> None:
    folder = described_in(name)
    text = (folder.parent / "README.md").read_text(encoding="utf-8")
    (row,) = (line for line in text.splitlines() if line.startswith("| ") and f"`{name}`" in line)
    assert row.endswith(f" | [{folder.name}]({folder.name}/README.md) |")
