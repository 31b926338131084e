"""The inputs of a run as a person gives them: by column, with what each takes and means."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zoo.core.columns import safe_names
from zoo.core.errors import DataError, TrainingError, UnknownNameError
from zoo.data.cells import date_example
from zoo.data.files import Form
from zoo.experiments import examples, word_vectors
from zoo.experiments.feeding import columns_of
from zoo.experiments.runs import LOGDIR, Run
from zoo.models.registry import spec
from zoo.models.spec import ModelSpec, TensorSpec, shape_text

SINGLY = 10_000  # values of one input that may also be given one by one
SHORT = 12  # values that an example writes out
WORDS = 20  # of a text, likewise
TAKEN = ("csv", "help", "json", "logdir", "out")  # options of `zoo predict` itself

Shape = tuple[int | None, ...]
Part = tuple[str, int | None]  # a column, and which of its values; None for all of them


@dataclass(frozen=True)
class Port:
    """A column that an input is made of.

    Attributes:
        column: The name to give it by.
        tensor: What the architecture says of the input.
        shape: Of one row; None on an axis of any length.
        names: Of its single values, where the data names them.
    """

    column: str
    tensor: TensorSpec
    shape: Shape
    names: tuple[str, ...] = ()

    @property
    def size(self) -> int | None:
        """Numbers in one row; None if it may vary."""
        return None if None in self.shape else math.prod(each or 1 for each in self.shape)

    @property
    def kind(self) -> str:
        """`text`, `word` or words as they stand, `label`, `picture`, `number` or `numbers`."""
        if self.tensor.text or (self.tensor.vocabulary and self.size != 1):
            return "text"
        if self.tensor.dtype == "string":
            return "word"
        if self.tensor.vocabulary:
            return "label"
        if self.tensor.picture:
            return "picture"
        return "number" if self.size == 1 else "numbers"

    @property
    def form(self) -> Form:
        """The pictures that it takes."""
        black, white = self.tensor.picture or (0.0, 1.0)
        if len(self.shape) >= 3:
            height, width, channels = self.shape[-3:]
            return Form(height, width, channels or 1, black, white)
        side = math.isqrt((self.shape or (1,))[-1] or 1)
        return Form(side, side, 1, black, white)

    @property
    def parts(self) -> dict[str, Part]:
        """Every name that a value may be given by."""
        found: dict[str, Part] = {self.column: (self.column, None)}
        if self.kind in ("picture", "numbers") and self.size and self.size <= SINGLY:
            found |= {f"{self.column}_{at}": (self.column, at) for at in range(self.size)}
            found |= {name: (self.column, at) for at, name in enumerate(self.names)}
        return found

    def _reads(self) -> str:
        if self.tensor.text == "sentences":
            one = len(self.shape) == 1
            return "a sentence" if one else "sentences, each ending with . ! ? or a new line"
        letters = self.tensor.text == "characters" or self.tensor.vocabulary == "character"
        return f"a text, read {'character by character' if letters else 'word by word'}"

    def takes(self, called: Callable[[str], str]) -> str:
        """What to give, in words; `called` is how an input is called."""
        tensor, form = self.tensor, self.form
        says = {
            "text": self._reads(),
            "word": f"a {tensor.unit or 'word'}",
            "label": f"a {tensor.vocabulary}, by name or number",
            "number": f"a date such as {date_example(tensor.format)}"
            if tensor.format
            else f"a number [{tensor.unit}]"
            if tensor.unit
            else "a number",
        }
        if self.kind in says:
            return says[self.kind]
        if self.kind == "picture":
            color = "gray" if form.channels == 1 else "color"
            frames = self.shape[0] if len(self.shape) in (2, 4) else 1
            many = f"a {color} picture" if frames == 1 else f"{frames} {color} pictures"
            levels = f"black is {form.black:g}, white {form.white:g}"
            return f"{many} of {form.width} x {form.height}: PNG, JPEG, GIF, NPY or CSV; {levels}"
        count = f"{self.size:,} numbers" if self.size else "numbers"
        single = ""
        if self.names:
            single = f", or singly: {', '.join(map(called, self.names[:3]))}, ..."
        elif self.size and self.size <= SINGLY:
            first, last = (called(f"{self.column}_{at}") for at in (0, self.size - 1))
            single = f", or singly: {first} to {last}"
        return f"{count}, or an NPY or CSV file{single}"


def safe(name: str) -> str:
    """A name of letters, digits and _, for an option: `Mean radius (mm)` as `mean_radius_mm`."""
    return re.sub(r"\W+", "_", name.casefold()).strip("_")


def architecture(run: Run) -> ModelSpec:
    """The run's architecture, its tensors as its model has them."""
    recipe = run.record.recipe
    entry = spec(recipe.architecture)
    given = {**run.record.data.sizes, **recipe.arguments}
    return entry.resolved({name: given[name] for name in entry.defaults if name in given})


def ports_of(run: Run, labels: Mapping[str, Sequence[str]]) -> list[Port]:
    """The columns of every input of the run's model, in the architecture's order.

    Args:
        run: One whose model is not loaded serves too: its record says the same.
        labels: Vocabularies by name; those that go with a column name its single values.

    Raises:
        TrainingError: the model has an input that its architecture lacks.
    """
    known = {tensor.name: tensor for tensor in architecture(run).inputs}
    read: Any = run.model.inputs if run.model else known.values()
    first = 1 if run.model else 0  # a model's shapes begin with the rows
    shapes: dict[str, Shape] = {each.name: tuple(each.shape[first:]) for each in read}
    for name in shapes:
        if name not in known:
            raise TrainingError(
                f"{run.folder}: the saved model has an input {name!r}, but "
                f"{run.record.recipe.architecture} does not"
            )
    found = []
    for name, tensor in known.items():
        if name not in shapes:
            continue
        shape = shapes[name]
        if tensor.picture:  # of any size, perhaps: then as in training
            shape = run.record.data.inputs.get(name, shape)
        if examples.has_own_vectors(tensor, labels) and not word_vectors.kept(run.folder):
            tensor = replace(tensor, text="")
        columns = columns_of(run.record.recipe, name)
        if len(columns) > 1 and shape != (len(columns),):
            columns = (name,)  # how wide each column is, the run does not say
        each = (1,) if len(columns) > 1 else shape
        for column in columns:
            port = Port(column, tensor, each)
            names = labels.get(column, ())
            if port.kind == "numbers" and len(names) == port.size:
                port = Port(column, tensor, each, tuple(names))
            found.append(port)
    return found


def matched(ports: Sequence[Port], given: Iterable[str]) -> tuple[dict[Part, str], list[str]]:
    """What each given name stands for, and the names that stand for nothing.

    Case, blanks and marks do not count where the exact name is not there.

    Raises:
        DataError: two names stand for the same value.
    """
    exact: dict[str, Part] = {}
    for parts in (port.parts for port in reversed(ports)):
        exact |= parts
    exact |= {port.tensor.header: (port.column, None) for port in ports if port.tensor.header}
    exact |= {port.column: (port.column, None) for port in ports}  # before values of others
    loose = {safe(name): part for name, part in reversed(exact.items())}
    loose |= {f"input_{name}": loose[name] for name in TAKEN if name in loose}
    names = list(given)
    written = safe_names(names)  # as `zoo new` names the columns of a table
    found: dict[Part, str] = {}
    unknown = []
    for name in names:
        part = exact.get(name) or loose.get(safe(name)) or exact.get(written[name])
        if part is None:
            unknown.append(name)
        elif part in found:
            raise DataError(f"{found[part]!r} and {name!r} are the same input; give one of them")
        else:
            found[part] = name
    return found, unknown


def unknown_input(name: str, ports: Sequence[Port], others: Iterable[str] = ()) -> DataError:
    """The error for a name that is no input."""
    known = [safe(each) for port in ports for each in port.parts]
    return DataError(str(UnknownNameError("input", name, [*known, *others])))


def listing(ports: Sequence[Port], called: Callable[[str], str]) -> list[str]:
    """One line for each input: its name, shape, what it takes and what that means.

    Args:
        ports: A run's.
        called: How an input is called: `option`, or `str` in Python and in tables.
    """
    heads = [f"{called(port.column)} {shape_text(port.shape)}" for port in ports]
    wide = max(map(len, heads), default=0)
    lines = []
    for head, port in zip(heads, ports, strict=True):
        tensor = port.tensor
        meant = tensor.meaning and port.kind != "text"  # which says how the words are encoded
        meaning = f" ({tensor.meaning})" if meant else ""
        told = bool(meaning) and "left out" in tensor.meaning
        left_out = "; may be left out" if tensor.missing and not told else ""
        if tensor.default is not None:
            left_out = f"; {tensor.default:g} if left out"
        lines.append(f"  {head:{wide}s}  {port.takes(called)}{meaning}{left_out}")
    return lines


def option(name: str) -> str:
    """The option of the command line that gives an input."""
    plain = safe(name)
    return f"--{f'input_{plain}' if plain in TAKEN else plain}".replace("_", "-")


def example(run: Run, asked: str | Path, logdir: Path, ports: Sequence[Port]) -> str:
    """A command line that asks the run about the case that its folder keeps; it can be pasted."""
    values = examples.read(run.folder)
    words = ["zoo", "predict", str(asked)]
    if logdir != LOGDIR:
        words += ["--logdir", str(logdir)]
    given: list[str] = []
    for port in ports:
        value = values.get(port.column)
        if value is None and port.size and port.size <= SHORT:
            singles = [values.get(f"{port.column}_{at}") for at in range(port.size)]
            if None not in singles:
                value = ",".join(map(str, singles))
        if value is None:
            table = run.folder / examples.TABLE
            return shlex.join([*words, "--csv", str(table)]) if values else ""
        if port.kind == "text" and port.tensor.text != "characters":
            value = " ".join(value.split()[:WORDS])
        elif (run.folder / examples.FOLDER / value).is_file():
            value = str(run.folder / examples.FOLDER / value)
        given += [option(port.column), value]
    return shlex.join([*words, *given])
