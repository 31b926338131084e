"""A folder of static files, served over HTTP to this machine alone."""

from __future__ import annotations

import os
import socketserver
import sys
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from zoo.core.console import printable

HERE = "127.0.0.1"
OUR_NAMES = (HERE, "localhost")  # other sites may point a name of theirs here
IDLE = 30  # seconds after which an open connection is closed
TYPES = {  # not the machine's table: some lack .mjs and .wasm, which browsers then refuse
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".ipynb": "application/json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".rst": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


class Server(socketserver.ThreadingTCPServer):
    """Serves the files of a folder on 127.0.0.1, a thread for each connection.

    It answers GET and HEAD of files below the folder, with `index.html` for a folder, to requests
    whose Host is this machine. Browsers ask again before they show a file that they have kept.

    Args:
        folder: The folder.
        port: The port; 0 takes a free one.
        verbose: Print a line on stderr for each request.

    Raises:
        OSError: the port is taken, or may not be listened on.

    Example:
        >>> with Server("build/site", 0) as server:  # doctest: +SKIP
        ...     print(server.url)
        ...     server.serve_forever()
        http://127.0.0.1:54321/
    """

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = os.name != "nt"  # there it would take a port that another has

    def __init__(self, folder: str | os.PathLike[str], port: int, *, verbose: bool = False) -> None:
        root = Path(folder).resolve()
        super().__init__((HERE, port), partial(_Handler, root=root, verbose=verbose))

    @property
    def url(self) -> str:
        """Where the folder is."""
        return f"http://{HERE}:{self.server_address[1]}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say in one line what went wrong; a browser that has left is nothing wrong."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"error: {type(error).__name__}: {printable(str(error))}", file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # several files over one connection
    timeout = IDLE
    server_version, sys_version = "zoo", ""
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def __init__(self, *given: Any, root: Path, verbose: bool) -> None:
        self.root = root
        self.verbose = verbose
        super().__init__(*given)

    def do_GET(self) -> None:
        self._answer(with_content=True)

    def do_HEAD(self) -> None:
        self._answer(with_content=False)

    def _refuse(self) -> None:
        self.close_connection = True  # a body may follow
        self._head(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD", "Connection": "close"})

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_CONNECT = do_TRACE = _refuse

    def _answer(self, *, with_content: bool) -> None:
        if self.headers["Content-Length"] or self.headers["Transfer-Encoding"]:
            self.close_connection = True  # what follows is no request
        if self._host() not in OUR_NAMES:
            self.send_error(HTTPStatus.FORBIDDEN, "this server answers to localhost alone")
            return
        path = self._path()
        if path and path.is_dir():  # from here its links would lead elsewhere
            place = quote(os.fsencode(path.relative_to(self.root).as_posix()))
            there = "/" if place == "." else f"/{place}/"
            self._head(HTTPStatus.MOVED_PERMANENTLY, {"Location": there})
            return
        try:
            file = path.open("rb") if path else None
        except OSError:
            file = None
        if path is None or file is None:
            self.send_error(HTTPStatus.NOT_FOUND, "no such file")
            return
        with file:
            state = os.fstat(file.fileno())
            content = file.read()
        tag = {"ETag": f'"{state.st_mtime_ns:x}-{len(content):x}"'}
        if self.headers["If-None-Match"] == tag["ETag"]:
            self._head(HTTPStatus.NOT_MODIFIED, tag)
            return
        kind = {"Content-Type": TYPES.get(path.suffix.lower(), "application/octet-stream")}
        self._head(HTTPStatus.OK, kind | tag, len(content))
        if with_content:
            self.wfile.write(content)

    def _head(self, status: HTTPStatus, headers: dict[str, str], length: int = 0) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _host(self) -> str:
        """The name that the client calls this server by, without the port."""
        given = self.headers.get_all("Host", [])
        return given[0].partition(":")[0].strip().lower() if len(given) == 1 else ""

    def _path(self) -> Path | None:
        """The file below the folder that is asked for, or a folder named without its last slash."""
        try:
            path = unquote(urlsplit(self.path).path, errors="surrogateescape")
            found = (self.root / path.lstrip("/")).resolve()
            if path.endswith("/"):
                found = (found / "index.html").resolve()
            index = found / "index.html" if found.is_dir() else found
            known = path.startswith("/") and index.is_file()
        except (OSError, ValueError):  # a name that no file can have
            return None
        return found if known and found.is_relative_to(self.root) else None

    def end_headers(self) -> None:
        """End the headers with those that each answer has."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Print a line for each request, where that is asked for."""
        if self.verbose:
            print(printable(format % args), file=sys.stderr)
