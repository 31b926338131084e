"""A builder's arguments held against what it declares, before it is called."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from zoo.models.spec import ModelSpec


def check_arguments(entry: ModelSpec, arguments: Mapping[str, Any]) -> None:
    """Refuse what Keras would accept, or refuse without saying which argument is wrong.

    Looks at what is declared as True or False, as a whole number or as a tuple of them. What
    sizes an axis of an input must be at least the input's `least`; a tuple that does so is a
    picture's height, width and channels.

    Args:
        arguments: All arguments of the builder.

    Raises:
        ValueError: the sentence names the argument.
    """
    inputs = {axis: tensor for tensor in entry.inputs for axis in tensor.shape}
    parameters = inspect.signature(entry.builder).parameters
    for name in sorted(arguments, key=inputs.__contains__):  # a `least` may read the others
        value, annotation = arguments[name], parameters[name].annotation
        postponed = isinstance(annotation, str)
        declared = annotation if postponed else inspect.formatannotation(annotation)
        free = "None" in declared
        least = inputs[name].least_at(arguments) if name in inputs else None
        wanted = ""
        if declared == "bool" and isinstance(value, str):  # "no" would switch it on
            wanted = "True or False"
        elif declared in ("int", "int | None") and not _is_size(value, least, free):
            whole = "a whole number" if least is None else f"a whole number of at least {least}"
            wanted = f"None, for any length, or {whole}" if free else whole
        elif declared.startswith("tuple[int") and least is None:
            count = None if "..." in declared else declared.count(",") + 1
            if not _are_sizes(value, count):
                wanted = f"{count or 'a tuple of'} whole numbers of 1 or more"
        elif declared.startswith("tuple[int") and not _is_picture(value, least or 1, free):
            pixels = f"at least {least} x {least} pixels{', or None for any,' if free else ''}"
            wanted = f"(height, width, channels), {pixels} and 1 channel"
        if wanted:
            raise ValueError(f"{name} must be {wanted}, not {value!r}")


def _is_picture(shape: Any, least: int, free: bool) -> bool:
    return (
        _are_sizes(shape, 3, 1, True)
        and _are_sizes(shape[:2], 2, least, free)
        and shape[2] is not None
    )


def _are_sizes(values: Any, count: int | None, least: int = 1, free: bool = False) -> bool:
    return (
        isinstance(values, Sequence)
        and len(values) == (count or len(values))
        and all(_is_size(value, least, free) for value in values)
    )


def _is_size(value: Any, least: int | None, free: bool) -> bool:
    if value is None or isinstance(value, bool) or not isinstance(value, Integral):
        return free and value is None
    return least is None or int(value) >= least
