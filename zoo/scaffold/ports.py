"""Which inputs of an architecture can read a table's columns as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoo.models.spec import ModelSpec, TensorSpec
from zoo.scaffold.slots import vocabulary_argument


@dataclass(frozen=True)
class Port:
    """An input of an architecture.

    Attributes:
        name: The input.
        kind: `vector` for numbers, dates, categories and texts side by side; `text`; `picture`.
        sizes: The builder arguments that it decides: the vector's width; the text's vocabulary
            and, if it has one, length; the picture's shape.
        shape: Of a picture: height, width and channels.
        least: Of a text: the fewest words that it takes.
        switch: The builder argument that lists the inputs to build, if there is one.
    """

    name: str
    kind: str
    sizes: tuple[str, ...]
    shape: tuple[int, ...] = ()
    least: int = 1
    switch: str = ""


def ports_of(entry: ModelSpec, arguments: Mapping[str, Any]) -> list[Port] | None:
    """The inputs, in order; None if one of them cannot read columns as they are."""
    if entry.writes or not entry.count:
        return None
    values = {**entry.defaults, **arguments}
    ports = [_port(entry, tensor, values) for tensor in entry.inputs if tensor.resolved(values)]
    known = [port for port in ports if port is not None]
    return known if known and len(known) == len(ports) else None


def _port(entry: ModelSpec, tensor: TensorSpec, values: Mapping[str, Any]) -> Port | None:
    shape, first = tensor.shape, tensor.shape[0] if tensor.shape else None
    listed = values.get(tensor.when)
    switch = tensor.when if isinstance(listed, list | tuple) else ""
    if tensor.text == "words" and len(shape) == 1:
        size = vocabulary_argument(entry, tensor)
        length = (first,) if isinstance(first, str) else ()
        least = tensor.least_at(values)
        return Port(tensor.name, "text", (size, *length), least=least, switch=switch)
    if tensor.text or tensor.vocabulary or tensor.dtype != "float32" or len(shape) != 1:
        return None
    if not isinstance(first, str):
        return None
    size = values[first]
    if isinstance(size, tuple | list):
        plain = len(size) == 3 and None not in size and size[2] in (1, 3)
        return Port(tensor.name, "picture", (first,), tuple(size), switch=switch) if plain else None
    return Port(tensor.name, "vector", (first,), switch=switch)
