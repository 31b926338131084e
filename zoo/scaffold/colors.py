"""What becomes of the pictures of a table: their size, and whether their color stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zoo.data.cells import has_color
from zoo.data.csv import Table
from zoo.data.tabular import Field
from zoo.models.registry import list_models, spec
from zoo.models.spec import ModelSpec
from zoo.scaffold.ports import Port, ports_of
from zoo.scaffold.slots import base_recipe
from zoo.scaffold.wanted import Wanted

LOOKED_AT = 20  # pictures of a column, to find whether they have color


def form(field: Field) -> str:
    """How a picture is read: `gray, 32 x 32`."""
    height, width, channels = field.shape
    return f"{'gray' if channels == 1 else 'color'}, {width} x {height}"


def colors_lost(
    wanted: Wanted,
    entry: ModelSpec,
    ports: Sequence[Port],
    table: Table,
    fields: Mapping[str, Field],
) -> Iterator[str]:
    """A note for each column of color pictures that the model reads in gray alone."""
    read: dict[str, list[Field]] = {}
    for field in fields.values():
        if field.kind == "picture":
            read.setdefault(field.columns[0], []).append(field)
    sizes = {port.name: port.sizes[0] for port in ports}
    for title, forms in read.items():
        if any(field.shape[2] > 1 for field in forms) or not _in_color(table, title):
            continue
        height, width, _ = forms[0].shape
        arguments = {**wanted.arguments, sizes[forms[0].port]: f"{height},{width},3"}
        yield (
            f"the pictures of {title!r} have color, but {entry.name} reads them in gray; in color: "
            f"{wanted.command(arguments=arguments)}, or --from {' or '.join(color_models())}"
        )


def _in_color(table: Table, title: str) -> bool:
    cells = table.texts(title)
    step = max(1, len(cells) // LOOKED_AT)
    return any(has_color(table.path.parent / cell.strip()) for cell in cells[::step])


def color_models() -> list[str]:
    """The architectures that read one picture, in color."""
    found = []
    for name in list_models():
        entry = spec(name)
        recipe = base_recipe(entry)
        ports = ports_of(entry, recipe.arguments if recipe else {}) or []
        channels = [port.shape[2] for port in ports if port.kind == "picture"]
        if channels == [3] and all(port.switch or port.kind == "picture" for port in ports):
            found.append(name)
    return found
