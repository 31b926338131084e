"""`fetch` against a server on this machine: what comes is stored only when it is right."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from data_helpers import COURSE, COURSE_TOURNEY, GOOD_COURSE
from download_helpers import GOOD, SEASON, TOURNEY, refused, serve, stored, text, write_manifest
from pytest_httpserver import HTTPServer

import zoo.data
from zoo.cli.data import command
from zoo.core.errors import DataError
from zoo.data import download as download_module
from zoo.data.download import check_url, fetch
from zoo.data.manifest import CHECKS, read_manifest
from zoo.data.registry import described_in


@pytest.mark.parametrize("sha256", ["right", ""])
@pytest.mark.parametrize("progress", [False, True])
def test_good_files_are_stored_and_can_be_loaded(
    sha256: str, progress: bool, home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    serve(httpserver)
    manifest = write_manifest(tmp_path, httpserver.url_for, sha256=sha256)
    done = fetch("basketball", home, progress=progress, manifest=manifest)
    assert stored(home) == [SEASON, TOURNEY]
    assert [(file.path.name, file.status, file.rows) for file in done] == [
        (SEASON, "downloaded", 5640),
        (TOURNEY, "downloaded", 378),
    ]
    for file in done:
        assert file.path.read_bytes() == GOOD[file.path.name]
        assert file.sha256 == hashlib.sha256(GOOD[file.path.name]).hexdigest()
        assert file.warnings == ()
        assert file.path.stat().st_mode & 0o044  # others may read what is no secret
    dataset = zoo.data.load("basketball", home=home)
    assert dataset.source == "ncaa"
    assert sum(dataset.rows.values()) == 5640 + 378


def test_the_bar_shows_the_name_and_reaches_the_end(
    home: Path, tmp_path: Path, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(httpserver)
    fetch("basketball", home, manifest=write_manifest(tmp_path, httpserver.url_for, SEASON))
    captured = capsys.readouterr()
    assert captured.out == ""
    kilobytes = f"{len(GOOD[SEASON]) / 1000:.1f}"
    assert SEASON in captured.err
    assert f"{kilobytes}/{kilobytes} kB" in captured.err


def test_valid_files_are_kept_unless_forced(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    serve(httpserver)
    manifest = write_manifest(tmp_path, httpserver.url_for)
    fetch("basketball", home, progress=False, manifest=manifest)
    asked = len(httpserver.log)
    again = fetch("basketball", home, progress=False, manifest=manifest)
    assert [file.status for file in again] == ["kept", "kept"]
    assert len(httpserver.log) == asked  # the server was not asked
    forced = fetch("basketball", home, progress=False, manifest=manifest, force=True)
    assert [file.status for file in forced] == ["downloaded", "downloaded"]
    assert len(httpserver.log) == asked + 2


def test_a_damaged_file_that_is_there_is_replaced_and_said_so(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    serve(httpserver)
    manifest = write_manifest(tmp_path, httpserver.url_for, SEASON, sha256="")
    path = home / "basketball" / SEASON
    path.parent.mkdir(parents=True)
    path.write_bytes(GOOD[SEASON][:1000])
    (done,) = fetch("basketball", home, progress=False, manifest=manifest)
    assert done.status == "downloaded"
    assert path.read_bytes() == GOOD[SEASON]
    (warning,) = done.warnings
    assert warning.startswith("games_season.csv did not pass its checks (games_season.csv, line")


def test_a_damaged_file_stays_when_the_download_fails(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    serve(httpserver, {SEASON: b"nothing"})
    path = home / "basketball" / SEASON
    path.parent.mkdir(parents=True)
    path.write_bytes(GOOD[SEASON])
    refused(home, write_manifest(tmp_path, httpserver.url_for, SEASON), force=True)
    assert path.read_bytes() == GOOD[SEASON]
    assert stored(home) == [SEASON]


def test_a_wrong_checksum(home: Path, tmp_path: Path, httpserver: HTTPServer) -> None:
    serve(httpserver)
    manifest = write_manifest(tmp_path, httpserver.url_for, SEASON, sha256="0" * 64)
    message = refused(home, manifest)
    digest = hashlib.sha256(GOOD[SEASON]).hexdigest()
    assert f"wrong checksum, sha256 {digest[:12]}... instead of 000000000000..." in message
    assert httpserver.url_for(f"/{SEASON}") in message
    assert stored(home) == []


def test_contents_are_checked_without_a_checksum(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    lines = GOOD[SEASON].decode().splitlines()
    cases = {
        "half a file": (GOOD[SEASON][: len(GOOD[SEASON]) // 2], f"{SEASON}, line "),
        "one view is missing": (text(lines[:-1]), "from the other side"),
        "a page of the server": (b"<html>\n<p>gone</p>\n</html>\n", f"{SEASON}, line 1: no column"),
        "nothing": (b"", f"{SEASON}, line 1: the file is empty"),
        "a column is missing": (
            text([line.rpartition(",")[0] for line in lines]),
            f"{SEASON}, line 1: no column 'won'",
        ),
    }
    manifest = write_manifest(tmp_path, httpserver.url_for, SEASON, sha256="")
    for case, (body, message) in cases.items():
        httpserver.clear()
        serve(httpserver, {SEASON: body})
        assert message in refused(home, manifest), case
        assert stored(home) == [], case


def test_a_different_number_of_rows_or_columns_is_a_warning(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    wide = text([f"extra,{line}" for line in [COURSE, *GOOD_COURSE]])
    serve(httpserver, {SEASON: wide})
    manifest = write_manifest(tmp_path, httpserver.url_for, SEASON, sha256="")
    (done,) = fetch("basketball", home, progress=False, manifest=manifest)
    assert done.rows == 6
    assert done.warnings == (
        "games_season.csv: columns extra, season, team_1, team_2, home, score_diff, score_1, "
        "score_2, won differ from the manifest",
        "games_season.csv: 6 rows, expected about 5,640",
    )


def test_a_data_home_that_cannot_be_written(tmp_path: Path, httpserver: HTTPServer) -> None:
    serve(httpserver)
    manifest = write_manifest(tmp_path, httpserver.url_for)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file is a file, not a folder"):
        refused(tmp_path / "file", manifest)
    folder = tmp_path / "home" / "basketball" / SEASON
    folder.mkdir(parents=True)
    assert str(folder) in refused(tmp_path / "home", manifest)
    assert stored(tmp_path / "home") == []


def test_the_shipped_manifest() -> None:
    files = {file.file: file for file in read_manifest("tournament").files}
    assert set(files) == {SEASON, TOURNEY}
    for file in files.values():
        check_url(file.url)
        assert file.url.startswith("https://s3.amazonaws.com/")
        assert file.check in CHECKS
    assert files[SEASON].sha256_note.startswith("the file was not at hand")
    assert files[SEASON].rows == 312_178
    assert files[TOURNEY].sha256
    assert list(files[TOURNEY].columns) == COURSE_TOURNEY.split(",")
    # No data in the repository.
    assert sorted(path.name for path in described_in("basketball").iterdir()) == [
        "README.md",
        "manifest.json",
    ]


def entry(**changes: str) -> str:
    """A manifest of one file."""
    file = {"file": "x", "url": "u", "sha256": "0" * 64, **changes}
    return json.dumps({"dataset": "a", "license": "b", "files": [file]})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a manifest"),
        ('{"files": []}', "not a manifest"),
        ('{"dataset": "a", "license": "b", "files": [{"file": "x"}]}', "not a manifest"),
        (entry(file="../x"), "'../x' is not a plain file name"),
        (entry(sha256="abc"), "'abc' is not a sha256 in hexadecimal digits"),
        (entry(check="idy"), "unknown check 'idy'"),
        (entry(sha256=""), "x needs a sha256, or a sha256_note that says why there is none"),
        (entry(sha256_note="not known"), "x needs a sha256, or a sha256_note"),
    ],
)
def test_a_file_that_is_not_a_manifest(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(DataError, match=r"manifest\.json: ") as caught:
        read_manifest("basketball", path)
    assert message in str(caught.value)


def test_the_command_line(
    home: Path, tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(httpserver)
    manifest = write_manifest(tmp_path, httpserver.url_for, rows=7)
    monkeypatch.setattr(
        download_module, "read_manifest", lambda name, path: read_manifest(name, path or manifest)
    )
    runner = CliRunner()

    def listed() -> list[str]:
        result = runner.invoke(command, ["list", "--home", str(home)])
        assert result.exit_code == 0
        return result.stdout.splitlines()[:2]  # the two datasets of these files come first

    assert [line.split()[:3] for line in listed()] == [
        ["basketball", "ncaa,", "league*"],
        ["tournament", "ncaa,", "league*"],
    ]
    result = runner.invoke(command, ["fetch", "basketball", "--home", str(home), "--quiet"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"downloaded: {home / 'basketball' / SEASON}, 5,640 rows, sha256 ")
    assert len(lines) == 2
    assert "warning: games_tourney.csv: 378 rows, expected about 7" in result.stderr
    assert "license: " in result.stderr
    result = runner.invoke(command, ["fetch", "basketball", "--home", str(home), "--quiet"])
    assert result.stdout.startswith("kept: ")
    assert [line.split()[1] for line in listed()] == ["ncaa*,", "ncaa*,"]
    card = runner.invoke(command, ["card", "basketball"])
    assert card.stdout.startswith("# Basketball")
    for arguments in (["card", "nothing"], ["fetch", "nothing"]):
        failed = runner.invoke(command, arguments)
        assert "unknown dataset 'nothing'" in str(failed.exception)


def packed(kind: str, members: dict[str, bytes]) -> bytes:
    """An archive of the members; a tar file also gets a link and a folder."""
    content = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(content, "w") as archive:
            for name, body in members.items():
                archive.writestr(name, body)
        return content.getvalue()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, body in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
        link = tarfile.TarInfo("top/link.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return content.getvalue()


def members_manifest(folder: Path, url: str, **members: str) -> Path:
    """A manifest of two files that are members of one archive."""
    files = [
        {
            "file": name,
            "url": url,
            "sha256": hashlib.sha256(GOOD[name]).hexdigest(),
            "member": members.get(name.partition(".")[0], f"top/{name}"),
        }
        for name in (SEASON, TOURNEY)
    ]
    path = folder / "manifest.json"
    path.write_text(json.dumps({"dataset": "basketball", "license": "none", "files": files}))
    return path


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_members_come_out_of_one_download(
    kind: str, home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    body = packed(kind, {f"top/{name}": content for name, content in GOOD.items()})
    httpserver.expect_request("/all").respond_with_data(body)
    manifest = members_manifest(tmp_path, httpserver.url_for("/all"))
    done = fetch("basketball", home, progress=False, manifest=manifest)
    assert [file.status for file in done] == ["downloaded", "downloaded"]
    assert len(httpserver.log) == 1
    assert stored(home) == [SEASON, TOURNEY]
    assert all(file.path.read_bytes() == GOOD[file.path.name] for file in done)
    again = fetch("basketball", home, progress=False, manifest=manifest)
    assert [file.status for file in again] == ["kept", "kept"]
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("body", "member", "message"),
    [
        (packed("tar.gz", {"top/x": b"x"}), "top/none", "no file 'top/none' in this archive"),
        (packed("tar.gz", {"top/x": b"x"}), "top/link.csv", "no file 'top/link.csv' in this"),
        (packed("zip", {"top/x": b"x"}), "top/none", "no file 'top/none' in this archive"),
        (packed("zip", {"top/x": b"x"}), "top/x", "wrong checksum"),
        (b"neither", "top/x", "damaged or incomplete"),
        (packed("tar.gz", {"top/x": os.urandom(9999)})[:5000], "top/x", "damaged or incomplete"),
    ],
)
def test_a_bad_archive_leaves_nothing(
    body: bytes, member: str, message: str, home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/all").respond_with_data(body)
    url = httpserver.url_for("/all")
    found = refused(home, members_manifest(tmp_path, url, games_season=member))
    assert message in found
    assert url in found
    assert stored(home) == []
