"""Methods that something else stands in for, for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stand_in(owner: Any, **functions: Callable[..., Any]) -> Iterator[None]:
    """Within the block, calls of the named methods of one model or layer go to other functions.

    Past Keras's own `__setattr__`, which would track the functions as state. Blocks may nest.
    """
    before = {name: vars(owner)[name] for name in functions if name in vars(owner)}
    for name, function in functions.items():
        object.__setattr__(owner, name, function)
    try:
        yield
    finally:
        for name in functions:
            if name in before:
                object.__setattr__(owner, name, before[name])
            else:
                object.__delattr__(owner, name)
