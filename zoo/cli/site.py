"""`zoo site`."""

from __future__ import annotations

import errno
import signal
import threading
import webbrowser
from pathlib import Path

import click
from click.core import ParameterSource

from zoo.cli.options import FOLDER
from zoo.core.errors import ZooError
from zoo.core.serving import Server

PORT = 8000
TRIED = 20  # ports, where none was asked for
HINT = "choose another with --port, or a free one with --port 0"


@click.command("site")
@click.argument("folder", type=FOLDER, default=Path("build/site"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option("--open", "in_browser", is_flag=True, help="Open the browser.")
@click.option("--verbose", "-v", is_flag=True, help="Print a line for each request.")
@click.pass_context
def command(ctx: click.Context, folder: Path, port: int, in_browser: bool, verbose: bool) -> None:
    """Serve the built site to this machine; Ctrl-C ends it.

    FOLDER holds the site, by default build/site.
    """
    if not (folder / "index.html").is_file():
        raise ZooError(
            f"there is no site in {folder}; in a checkout of the repository, "
            "`python scripts/site.py` builds it into build/site"
        )
    asked = ctx.get_parameter_source("port") is not ParameterSource.DEFAULT
    with _server(folder, port, asked=asked, verbose=verbose) as server:
        try:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, signal.default_int_handler)
            click.echo(f"serving {folder} at {server.url} (Ctrl-C ends it)")
            if in_browser:  # some return late
                threading.Thread(target=_open, args=(server.url,), daemon=True).start()
            server.serve_forever()
        except KeyboardInterrupt:
            pass


def _server(folder: Path, port: int, *, asked: bool, verbose: bool) -> Server:
    """The server, on another port where the usual one is taken.

    Raises:
        ZooError: the port is taken or may not be listened on.
    """
    for at in range(port, port + (1 if asked else TRIED)):
        try:
            server = Server(folder, at, verbose=verbose)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ZooError(f"cannot listen on port {at}: {error.strerror}; {HINT}") from error
            continue
        if at != port:
            click.echo(f"port {port} is taken; this is the next free one", err=True)
        return server
    raise ZooError(f"port {port} is taken{'' if asked else ', and so are the next ones'}; {HINT}")


def _open(url: str) -> None:
    if not webbrowser.open(url):
        click.echo(f"no browser was found; open {url}", err=True)
