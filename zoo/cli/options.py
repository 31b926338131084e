"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

logdir: Decorator = click.option(
    "--logdir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tensorboard_logs"),
    show_default=True,
    help="Parent of the run folders.",
)
