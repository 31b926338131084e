"""The exceptions the zoo raises on purpose; a command line prints their one line and exits."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ZooError(Exception):
    """Something that the user can fix; `str(error)` is one line that says how."""


SHOWN = 12  # names of many that a message gives
MOST = 60  # names that it gives at all


class UnknownNameError(ZooError, LookupError):
    """A name that is not registered; the message gives the nearest known ones.

    Where none is near and there are many, it gives the commands that list them, if there are any.

    Attributes:
        hint: What the message says after the name.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str], *listed_by: str) -> None:
        names = sorted(known)
        near = get_close_matches(str(name), names, n=3, cutoff=0.5)
        if near:
            self.hint = f"did you mean {' or '.join(near)}?"
        elif len(names) > SHOWN and any(listed_by):
            commands = " and ".join(f"`{each}`" for each in listed_by)
            self.hint = f"{commands} {'lists' if len(listed_by) == 1 else 'list'} them all"
        elif len(names) > MOST:
            self.hint = f"known: {', '.join(names[:SHOWN])} and {len(names) - SHOWN:,} more"
        else:
            self.hint = f"known: {', '.join(names) or 'none'}"
        super().__init__(f"unknown {kind} {str(name)!r}; {self.hint}")


def not_found(kind: str, pattern: str, known: Iterable[str], listed_by: str = "") -> ZooError:
    """The error for a name or wildcard that nothing matches, with the nearest names."""
    letters = pattern.translate(dict.fromkeys(map(ord, "*?[]")))
    unknown = UnknownNameError(kind, letters or pattern, known, listed_by)
    if letters == pattern:
        return unknown
    return ZooError(f"no {kind} matches {pattern!r}; {unknown.hint}")


def memory_is_out(error: BaseException) -> bool:
    """Whether an error says that memory is used up: Python's, NumPy's or TensorFlow's."""
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


def check_text(what: str, value: object) -> None:
    """Refuse what is no text where a name is due.

    Raises:
        ZooError: the message says what the value is for.
    """
    if not isinstance(value, str):
        raise ZooError(f"{what} must be text, not {type(value).__name__}")


class BuildError(ZooError, ValueError):
    """A builder was given arguments from which no model can be made."""


class RecipeError(ZooError, ValueError):
    """A recipe field or override has the wrong name, type or value."""


class DataError(ZooError, ValueError):
    """A data file or array is missing, damaged or not of the documented form."""


class FetchError(DataError):
    """A download failed or did not pass its checks."""


class ProjectError(ZooError, ValueError):
    """A project cannot be written under that name or in that place."""


class TrainingError(ZooError, RuntimeError):
    """Training could not continue (a loss that is not a number, a full disk, an interrupt)."""


class WorkerLost(TrainingError):
    """One of several workers that train together is gone."""


class StoppedEarly(TrainingError):
    """The user ended a run between two epochs; it can be resumed."""
