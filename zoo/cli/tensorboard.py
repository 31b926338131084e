"""`zoo tensorboard`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli.options import FOLDER
from zoo.core.errors import TrainingError


@click.command("tensorboard")
@click.argument(
    "logdir",
    type=FOLDER,
    default=Path("tensorboard_logs"),
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=6006,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option("--host", default="localhost", show_default=True, help="Address to listen on.")
def command(logdir: Path, port: int, host: str) -> int:
    """Open TensorBoard on LOGDIR (default: tensorboard_logs); Ctrl-C stops it."""
    if not any(logdir.rglob("events.out.tfevents.*")):
        raise TrainingError(f"{logdir} has no runs yet; train one with `zoo train basketball`")

    from zoo._keras import tf

    assert tf.__version__  # loaded quietly here, or TensorBoard would load it with all its noise

    from tensorboard import default, program

    def listening(*given: Any) -> Any:
        try:
            return program.create_port_scanning_werkzeug_server(*given)
        except program.TensorBoardServerException as error:  # TensorBoard would say it twice
            raise TrainingError(f"{error.msg}; choose another with --port") from error

    server = program.TensorBoard(plugins=default.get_plugins(), server_class=listening)
    server.configure(logdir=str(logdir), port=port, host=host)
    return server.main() or 0
