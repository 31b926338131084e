"""`zoo site`: what it serves, to whom, and how it ends."""

from __future__ import annotations

import contextlib
import http.client
import mimetypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zoo.cli import site as site_command
from zoo.cli.root import cli, run
from zoo.core.serving import Server

FILES = {
    "index.html": "text/html; charset=utf-8",
    "models/index.html": "text/html; charset=utf-8",
    "try/panel.mjs": "text/javascript; charset=utf-8",
    "try/ort.wasm": "application/wasm",
    "try/model.onnx": "application/octet-stream",
    "try/panel.json": "application/json",
    "try/two words.svg": "image/svg+xml",
    "try/unknown": "application/octet-stream",
    "empty/picture.png": "image/png",
}
Answer = tuple[int, http.client.HTTPMessage, bytes]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a file of every kind, each of which holds its own name."""
    folder = tmp_path / "site"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    """The port of a server of that folder."""
    with serving(site) as server:
        yield server.server_address[1]


@contextlib.contextmanager
def serving(folder: Path, **given: bool) -> Iterator[Server]:
    with Server(folder, 0, **given) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """What the server answers to a path, which is sent as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.closing(connection):
        connection.request(method, path, headers=named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_its_type_whatever_the_machine_says(
    name: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_, **__: ("text/plain", None))
    status, headers, content = ask(port, f"/{name.replace(' ', '%20')}?v=1")
    assert (status, content.decode()) == (200, name)
    assert headers["Content-Type"] == FILES[name]
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_folder_is_its_index_and_never_a_list(port: int) -> None:
    assert ask(port, "/")[2] == b"index.html"
    assert ask(port, "/models/")[2] == b"models/index.html"
    status, headers, content = ask(port, "//other.example/../models")
    assert (status, headers["Location"], content) == (301, "/models/", b"")
    for path in ("/empty", "/empty/", "/index.html/", "/missing"):
        status, headers, content = ask(port, path)
        assert (status, content) == (404, b"404 no such file\n")
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert headers["Cache-Control"] == "no-cache"


def test_nothing_outside_the_folder(site: Path, port: int) -> None:
    outside = site.with_name("secret.txt")
    outside.write_text("secret")
    site.with_name("site-too").mkdir()
    (site.with_name("site-too") / "index.html").write_text("secret")
    (site / "link.txt").symlink_to(outside)
    (site / "up").symlink_to("..", target_is_directory=True)
    (site / "inside.html").symlink_to("models/index.html")
    os.mkfifo(site / "pipe")
    paths = [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/models/..%2f..%2fsecret.txt",
        "/models/../../site-too/",
        "/../site-too",
        f"/{outside}",
        f"/%2f{outside}",
        outside.as_uri(),
        "/link.txt",
        "/up/secret.txt",
        "/up/site-too/",
        "/pipe",
        "/index.html%00",
        f"/{'x' * 5000}",
        "/%ff%fe",
    ]
    for path in paths:
        status, _, content = ask(port, path)
        assert (status, content) == (404, b"404 no such file\n"), path
    assert ask(port, "/inside.html")[2] == b"models/index.html"
    assert ask(port, "/up/site/models/")[0] == 200


def test_a_rebuilt_page_is_shown(site: Path, port: int) -> None:
    _, headers, _ = ask(port, "/")
    status, again, content = ask(port, "/", If_None_Match=headers["ETag"])
    assert (status, content, again["ETag"]) == (304, b"", headers["ETag"])
    (site / "index.html").write_text("index.htmX")
    assert ask(port, "/", If_None_Match=headers["ETag"])[2] == b"index.htmX"


def test_get_and_head_alone(port: int) -> None:
    status, headers, content = ask(port, "/index.html", "HEAD")
    assert (status, headers["Content-Length"], content) == (200, "10", b"")
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        status, headers, _ = ask(port, "/index.html", method)
        assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert ask(port, "/index.html", "MAKE")[0] == 501


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:9", 200),
        ("127.0.0.1:8000", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("evil.example:8000", 403),
        ("", 403),
    ],
)
def test_other_names_of_the_machine_are_refused(host: str, status: int, port: int) -> None:
    assert ask(port, "/", Host=host)[0] == status


def test_one_host_is_asked_for(port: int) -> None:
    for path, lines, status in (
        ("/", "", 403),
        ("/", "Host: localhost\r\nHost: evil.example\r\n", 403),
        ("/", "Host: localhost\r\n", 200),
        ("http://[/", "Host: localhost\r\n", 404),
        ("*", "Host: localhost\r\n", 404),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
            raw.sendall(f"GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
            assert raw.makefile("rb").readline().startswith(f"HTTP/1.1 {status} ".encode())


def test_a_connection_is_kept_and_others_need_not_wait(port: int) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as kept:
        for name in ("index.html", "try/panel.json"):
            kept.request("GET", f"/{name}")
            assert kept.getresponse().read().decode() == name
        with ThreadPoolExecutor(8) as pool:
            answers = [*pool.map(lambda name: ask(port, f"/{name}")[0], ["index.html"] * 24)]
        assert set(answers) == {200}


def test_requests_are_told_where_asked_for(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verbose, told in ((False, ""), (True, '"GET /%1b HTTP/1.1" 404 -\n')):
        with serving(site, verbose=verbose) as server:
            ask(server.server_address[1], "/%1b")
        assert capsys.readouterr().err.endswith(told)
        assert bool(told) == verbose


def test_a_browser_that_leaves_is_no_error(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "large").write_bytes(bytes(20_000_000))
    with serving(site) as server:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", server.server_address[1])) as raw:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                raw.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
                raw.recv(10)
        assert ask(server.server_address[1], "/")[0] == 200
    assert capsys.readouterr().err == ""


def called(site: Path, *words: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "zoo", "site", str(site), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(number: signal.Signals, site: Path) -> None:
    begun = time.monotonic()
    with called(site, "--port", "0") as process:
        assert process.stdout
        line = process.stdout.readline()
        assert time.monotonic() - begun < 5, "it loads TensorFlow?"
        assert line.startswith(f"serving {site} at http://127.0.0.1:")
        assert line.endswith("/ (Ctrl-C ends it)\n")
        assert ask(int(line.split("/ (")[0].rpartition(":")[2]), "/")[2] == b"index.html"
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


def test_no_site_says_how_to_build_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    for words, place in ((["site"], "build/site"), (["site", "other"], "other")):
        assert run(cli, words) == 1
        assert capsys.readouterr().err == (
            f"error: there is no site in {place}; in a checkout of the repository, "
            "`python scripts/site.py` builds it into build/site\n"
        )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the command end where it would begin to serve."""

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", ended)
    monkeypatch.setattr(signal, "signal", lambda *_: None)


@pytest.mark.usefixtures("told")
def test_a_port_that_is_taken(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        assert run(cli, ["site", str(site), "--port", str(number)]) == 1
        assert capsys.readouterr().err == (
            f"error: port {number} is taken; "
            "choose another with --port, or a free one with --port 0\n"
        )
        monkeypatch.setattr(
            site_command, "Server", lambda folder, port, **_: Server(folder, {8000: number}[port])
        )
        monkeypatch.setattr(site_command, "TRIED", 1)
        assert run(cli, ["site", str(site)]) == 1
        assert "port 8000 is taken, and so are the next" in capsys.readouterr().err
        monkeypatch.setattr(
            site_command,
            "Server",
            lambda folder, port, **_: Server(folder, {8000: number, 8001: 0}[port]),
        )
        monkeypatch.setattr(site_command, "TRIED", 2)
        assert run(cli, ["site", str(site)]) == 0
        printed = capsys.readouterr()
        assert printed.err == "port 8000 is taken; this is the next free one\n"
        assert printed.out.startswith(f"serving {site} at http://127.0.0.1:")


@pytest.mark.usefixtures("told")
def test_the_browser_is_opened(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened, done = [], threading.Event()

    def browser(url: str) -> bool:
        opened.append(url)
        done.set()
        return True

    monkeypatch.setattr(webbrowser, "open", browser)
    assert run(cli, ["site", str(site), "--port", "0", "--open"]) == 0
    assert done.wait(5)
    assert opened[0] in capsys.readouterr().out
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    site_command._open("http://127.0.0.1:9/")
    assert capsys.readouterr().err == "no browser was found; open http://127.0.0.1:9/\n"
