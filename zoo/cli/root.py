"""The `zoo` group, and how its errors end."""

from __future__ import annotations

import atexit
import importlib
import os
import sys
import threading
from collections.abc import Sequence
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from zoo import _keras
from zoo.core.console import printable
from zoo.core.errors import StoppedEarly, ZooError, memory_is_out
from zoo.core.interrupts import STATUS, Interrupts, end_at_once, end_quietly, on_ctrl_c

LONGEST = 300  # characters of a word in an error line
TRACEBACK = "ZOO_TRACEBACK"  # a variable that lets Python show what was not expected

# command -> module under zoo.cli and the line that `zoo --help` shows
COMMANDS = {
    "list": ("listing", "List the architectures."),
    "show": ("show", "Show an architecture's model card, or a recipe's settings."),
    "recipes": ("recipes", "List the recipes: how each architecture is trained."),
    "concept": ("concept", "Explain a concept, with the models that show it."),
    "summary": ("summary", "Print Keras's table of an architecture's layers."),
    "explain": ("explain", "Show where an architecture's parameters come from."),
    "plot": ("plot", "Draw an architecture's diagram."),
    "train": ("train", "Train a recipe and write a run folder."),
    "tune": ("tune", "Search for better settings of a recipe."),
    "runs": ("runs", "List the runs, or compare them."),
    "ensemble": ("ensemble", "Average several models into one."),
    "evaluate": ("evaluate", "Score a run again."),
    "reproduce": ("reproduce", "Train a run again and compare bit for bit."),
    "predict": ("predict", "Predict with a run, from options or a CSV file."),
    "forecast": ("forecast", "Foretell a season's tournament: odds, submission, bracket."),
    "export": ("export", "Write a run's model for other runtimes, and check it there."),
    "data": ("data", "List, describe and fetch the datasets."),
    "new": ("new", "Start a project of your own from an architecture."),
    "site": ("site", "Serve the built site to a browser on this machine."),
    "tensorboard": ("tensorboard", "Open TensorBoard on the run folders."),
}


class _LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"zoo.cli.{COMMANDS[cmd_name][0]}")
        return module.command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        commands = [
            CompletionItem(name, help=text)
            for name, (_, text) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="functional-zoo", prog_name="zoo")
def cli() -> None:
    """Functional-API teaching models for Keras: build, explain, draw, train, check."""


class _Interrupted(BaseException):
    """Ctrl-C, on its way past click."""


class _PastClick(click.Command):
    """Runs a command as it is; but at Ctrl-C click would print an empty line."""

    def __init__(self, command: click.Command) -> None:
        super().__init__(command.name)
        self._command = command

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        return self._command.make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return self._command.invoke(ctx)
        except KeyboardInterrupt as error:
            raise _Interrupted from error


def run(command: click.Command, arguments: Sequence[str] | None = None, name: str = "zoo") -> int:
    """Run a command; user errors become one line on stderr and a non-zero status."""
    _open_closed()
    stdout, stderr = sys.stdout, sys.stderr
    _keras.start_lean()
    try:
        with Interrupts():
            status = _PastClick(command).main(arguments, prog_name=name, standalone_mode=False)
            sys.stdout.flush()  # or Python would meet the closed pipe when it ends
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:  # click would print four lines
        context = getattr(error, "ctx", None)
        more = f"; see {context.command_path} --help" if context else ""
        _fail(f"{error.format_message().rstrip('.')}{more}")
        return error.exit_code
    except StoppedEarly as error:
        print(error, file=sys.stderr)  # as was asked for
        return STATUS
    except ZooError as error:
        return _fail(str(error))
    except (_Interrupted, KeyboardInterrupt, click.Abort):
        if sys.stderr.isatty():
            print(file=sys.stderr)  # after the terminal's ^C
        _fail("interrupted")
        return STATUS
    except SystemExit:
        if sys.stdout is stdout:
            raise
        sys.stdout, sys.stderr = stdout, stderr  # click put others there, and made exit 1 of it
        return _reader_gone()
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:  # a full disk, a folder that may not be written
        place = f": {error.filename}" if error.filename else ""
        return _fail(f"{error.strerror or error}{place}")
    except Exception as error:
        return _unexpected(error)
    return status if isinstance(status, int) else 0


def _open_closed() -> None:
    """Let what a closed stream would take go nowhere (`zoo list >&-`)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))


def leave(status: int) -> NoReturn:
    """End the process at once: Python would take TensorFlow apart object by object.

    What a usual exit does for others is done: threads end, `atexit` is called, streams are flushed.
    """
    on_ctrl_c(end_quietly if status == STATUS else end_at_once)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _reader_gone() -> int:
    """End quietly where the reader of a pipe, such as `head`, has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _unexpected(error: Exception) -> int:
    """End in one line here too; a developer asks for the traceback."""
    if os.environ.get(TRACEBACK):
        raise error
    if memory_is_out(error):
        return _fail("not enough memory; smaller sizes, or a smaller batch_size, need less")
    reason = str(error).partition("\n")[0][:300]
    return _fail(
        f"{type(error).__name__}: {reason} (not expected here: please report it; "
        f"{TRACEBACK}=1 shows where it comes from)"
    )


def _fail(message: str) -> int:
    words = [f"{word[:LONGEST]}..." if len(word) > LONGEST else word for word in message.split()]
    print(f"error: {printable(' '.join(words))}", file=sys.stderr)
    return 1
