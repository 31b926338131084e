"""`zoo tensorboard`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from zoo.cli.options import FOLDER, logdir_option
from zoo.core.errors import RecipeError, TrainingError


@click.command("tensorboard")
@click.argument("folder", type=FOLDER, required=False)
@logdir_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=6006,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option("--host", default="localhost", show_default=True, help="Address to listen on.")
@click.pass_context
def command(ctx: click.Context, folder: Path | None, logdir: Path, port: int, host: str) -> int:
    """Open TensorBoard on the run folders; Ctrl-C stops it.

    FOLDER is another way to give --logdir, and may be the folder of one recipe or run.
    """
    if folder is not None:
        if ctx.get_parameter_source("logdir") is not ParameterSource.DEFAULT and folder != logdir:
            raise RecipeError(f"give one folder, {folder} or --logdir {logdir}")
        if not folder.exists():
            raise TrainingError(f"there is no folder {folder}")
        logdir = folder
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
