"""`fetch` when the network or the server fails, or sends elsewhere: nothing half is stored."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import re
import socket
import tarfile
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from download_helpers import GOOD, SEASON, TOURNEY, refused, serve, stored, write_manifest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from zoo.core.errors import FetchError
from zoo.data import download as download_module
from zoo.data.download import check_url, fetch


@pytest.mark.parametrize(("status", "reason"), [(404, "NOT FOUND"), (503, "SERVICE UNAVAILABLE")])
def test_an_error_of_the_server(
    status: int, reason: str, home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"/{SEASON}").respond_with_data("gone", status=status)
    manifest = write_manifest(tmp_path, httpserver.url_for)
    url = httpserver.url_for(f"/{SEASON}")
    assert refused(home, manifest) == f"{url}: the server answered {status} {reason}"
    assert stored(home) == []


@contextlib.contextmanager
def raw_server(*answers: bytes, stall: float = 0.0) -> Iterator[Callable[[str], str]]:
    """A server that sends given bytes, waits, and hangs up: what no HTTP library would send."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            for answer in answers:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    connection.recv(65536)
                    connection.sendall(answer)
                    time.sleep(stall)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield lambda path: f"http://127.0.0.1:{listener.getsockname()[1]}{path}"
    thread.join(stall + 5)


def head(length: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: {length}\r\n\r\n".encode()


def test_half_a_file(home: Path, tmp_path: Path) -> None:
    whole = GOOD[SEASON]
    half = whole[: len(whole) // 2]
    with raw_server(head(len(whole)) + half) as url:
        message = refused(home, write_manifest(tmp_path, url, SEASON, sha256=""))
    # What came of the last chunk is lost with the connection.
    assert re.search(rf"the transfer stopped after [\d,]+ of {len(whole):,} bytes", message)
    assert stored(home) == []


@pytest.mark.parametrize("sent", [b"", head(len(GOOD[SEASON])), head(99_999) + GOOD[SEASON][:5000]])
def test_a_stall(sent: bytes, home: Path, tmp_path: Path) -> None:
    with raw_server(sent, stall=1.0) as url:
        start = time.perf_counter()
        message = refused(home, write_manifest(tmp_path, url, SEASON), timeout=0.3)
        assert time.perf_counter() - start < 0.9  # given up before the server did
    assert "no answer for 0.3 seconds" in message
    assert stored(home) == []


def test_no_answer(home: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    manifest = write_manifest(tmp_path, lambda path: f"http://127.0.0.1:{port}{path}", SEASON)
    url = f"http://127.0.0.1:{port}/{SEASON}"
    message = refused(home, manifest)
    assert message.startswith(f"{url}: no connection (")
    assert "refused" in message
    assert "object at 0x" not in message
    assert stored(home) == []


def test_an_answer_that_is_not_http(home: Path, tmp_path: Path) -> None:
    with raw_server(b"220 ftp ready\r\n\r\n") as url:
        message = refused(home, write_manifest(tmp_path, url, SEASON))
    assert message.startswith("http://127.0.0.1")
    assert stored(home) == []


def test_redirects_are_followed_but_not_to_plain_http(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    serve(httpserver)
    target = [f"/{SEASON}"]

    def redirect(request: Request) -> Response:
        return Response("", 302, {"Location": target[0]})

    httpserver.expect_request("/moved").respond_with_handler(redirect)
    manifest = write_manifest(
        tmp_path, httpserver.url_for, SEASON, url=httpserver.url_for("/moved")
    )
    fetch("basketball", home, progress=False, manifest=manifest)
    assert stored(home) == [SEASON]
    (home / "basketball" / SEASON).unlink()
    target[0] = "http://example.org/games_season.csv"
    message = refused(home, manifest)
    assert message.startswith("http://example.org/games_season.csv (a redirect from http://")
    assert message.endswith("only https addresses are allowed")
    assert stored(home) == []
    target[0] = httpserver.url_for("/moved")
    assert "redirects" in refused(home, manifest)


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("http://example.org/a.csv", None),
        ("ftp://example.org/a.csv", None),
        ("file:///etc/passwd", None),
        ("http://127.0.0.1.example.org/a.csv", None),
        ("http://10.0.0.1/a.csv", None),
        ("http://127.0.0.1/a.csv", "https://example.org/a.csv"),
        ("http://example.org/a.csv", "https://example.org/a.csv"),
    ],
)
def test_addresses_that_are_not_allowed(url: str, start: str | None) -> None:
    with pytest.raises(FetchError, match="only https addresses are allowed"):
        check_url(url, start=start)


@pytest.mark.parametrize(
    "url", ["https://example.org/a", "http://127.0.0.1:80/a", "http://[::1]/a", "http://localhost/"]
)
def test_addresses_that_are_used(url: str) -> None:
    check_url(url)
    assert url.startswith("https") or check_url(url, start="http://localhost/") is None


def test_an_interrupt_leaves_nothing(
    home: Path, tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(url: str, destination: Path, *_: object) -> None:
        destination.write_bytes(b"half")
        assert home / "basketball" in destination.parents  # so that the last step is one rename
        assert url.endswith(SEASON)
        raise KeyboardInterrupt

    monkeypatch.setattr(download_module, "download", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch("basketball", home, manifest=write_manifest(tmp_path, httpserver.url_for))
    assert stored(home) == []


def test_what_a_killed_process_left_is_removed_when_old(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    serve(httpserver)
    folder = home / "basketball"
    folder.mkdir(parents=True)
    old, fresh = folder / ".fetch-old", folder / ".fetch-fresh"
    for path in (old, fresh):
        path.mkdir()
        (path / SEASON).write_bytes(b"half")
    for path in (old / SEASON, old, fresh):  # the fresh one's file still grows
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    fetch("basketball", home, progress=False, manifest=write_manifest(tmp_path, httpserver.url_for))
    assert not old.exists()
    assert stored(home) == sorted([SEASON, SEASON, TOURNEY])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (head(2_000) + b"x" * 2_000, "more than the 1,000 bytes that are expected at most"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 70_000, "more than the 1,000 bytes"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://[::1\r\n\r\n", "redirects to no address"),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://x/y\r\n\r\n", "only https addresses are allowed"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://\xe9\xff/\r\n\r\n", "no sense|no address"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: https://" + b"a" * 70 + b".x/\r\n\r\n",
            "https://|sense",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc", "makes no sense"),
    ],
)
def test_what_a_hostile_server_sends_is_refused(
    answer: bytes, message: str, tmp_path: Path
) -> None:
    with raw_server(answer) as address, pytest.raises(FetchError, match=message):
        download_module.download(address("/x"), tmp_path / "x", 5, most=1_000)


@pytest.mark.parametrize("length", ["abc", "-1", "9" * 5_000, ""])
def test_a_length_that_is_no_number_does_not_matter(length: str, tmp_path: Path) -> None:
    answer = (
        f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\nrows".encode()
    )
    with raw_server(answer) as address, contextlib.suppress(FetchError):  # or in one line
        download_module.download(address("/x"), tmp_path / "x", 5, most=1_000)


def test_a_member_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "small.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rows", bytes(1_000_000))
    assert archive.stat().st_size < 2_000
    with pytest.raises(FetchError, match="more than the 2,000 bytes"):
        download_module._member(archive, "rows", "https://example.org/small.zip", 2_000)


def _long_name(size: int) -> bytes:
    """The header of a tar file that tells of a name of many bytes."""
    header = tarfile.TarInfo("x.csv")
    header.size, header.type = size, b"L"
    return header.tobuf(tarfile.GNU_FORMAT)


def _damaged(mode: str) -> bytes:
    """A packed tar file with a hole in its middle."""
    made, content = io.BytesIO(), np.random.default_rng(0).bytes(300_000)
    with tarfile.open(fileobj=made, mode=mode) as packed:  # pyright: ignore[reportCallIssue, reportArgumentType]
        entry = tarfile.TarInfo("x.csv")
        entry.size = len(content)
        packed.addfile(entry, io.BytesIO(content))
    whole = bytearray(made.getvalue())
    whole[150_000:150_100] = bytes(100)
    return bytes(whole)


def _zip_of_another_name() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("\xe9.csv", "a")
    return made.getvalue().replace("\xe9".encode(), b"\xff\xfe")


@pytest.mark.parametrize(
    "content",
    [
        _long_name(10**12) + b"a" * 512,
        gzip.compress(_long_name(1 << 26) + bytes(1 << 26)),
        _damaged("w:xz"),
        _damaged("w:bz2"),
        _zip_of_another_name(),
        b"no archive",
        b"",
    ],
)
def test_archives_that_are_none(content: bytes, tmp_path: Path) -> None:
    """One line each; none is read into memory as a whole."""
    archive = tmp_path / "x"
    archive.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(FetchError) as caught:
        download_module._member(archive, "x.csv", "https://example.org/x", 400_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "\n" not in str(caught.value)
    assert peak < 20_000_000


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_members_of_every_packing(mode: str, tmp_path: Path) -> None:
    archive, content = tmp_path / "x", tmp_path / "x.csv"
    content.write_text("rows")
    with tarfile.open(archive, mode) as packed:  # pyright: ignore[reportCallIssue, reportArgumentType]
        packed.add(content, "in/x.csv")
    assert download_module._member(archive, "in/x.csv", "https://x", 1_000) == b"rows"
    with pytest.raises(FetchError, match=r"no file 'x\.csv' in this archive"):
        download_module._member(archive, "x.csv", "https://x", 1_000)


def test_a_file_that_was_changed_is_moved_aside(
    home: Path, tmp_path: Path, httpserver: HTTPServer
) -> None:
    serve(httpserver)
    manifest = write_manifest(tmp_path, httpserver.url_for)
    fetch("basketball", home, manifest=manifest, progress=False)
    (path,) = home.rglob(SEASON)
    path.write_text("my own work")
    found = fetch("basketball", home, manifest=manifest, progress=False)
    aside = path.with_name(f"{SEASON}.changed")
    assert aside.read_text() == "my own work"
    assert any(f"it is now {aside.name}" in told for each in found for told in each.warnings)
    assert path.read_text() != "my own work"
    httpserver.clear()
    path.write_text("more work")
    with pytest.raises(FetchError):
        fetch("basketball", home, manifest=manifest, progress=False)
    assert path.read_text() == "more work", "a failed download leaves it in its place"
