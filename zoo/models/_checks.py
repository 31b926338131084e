"""Checks of sizes that Keras would accept, or refuse with a message that does not help."""

from __future__ import annotations

from numbers import Integral


def check_sizes(**sizes: int) -> None:
    """Raise ValueError unless every size is a whole number of at least 1."""
    for name, size in sizes.items():
        if not _is_at_least(size, 1):
            raise ValueError(f"{name} must be a whole number of at least 1, not {size!r}")


def check_length(shortest: int = 1, why: str = "", **lengths: int | None) -> None:
    """Raise ValueError unless every length is None, for any, or at least `shortest`.

    Args:
        shortest: The least length that leaves something to compute on.
        why: What uses the length up, told in the message.
        **lengths: Argument name -> length in steps.
    """
    for name, length in lengths.items():
        if length is not None and not _is_at_least(length, shortest):
            raise ValueError(
                f"{name} must be None, for any length, or a whole number of at least {shortest}"
                f"{f' ({why})' if why else ''}, not {length!r}"
            )


def _is_at_least(value: object, least: int) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least
