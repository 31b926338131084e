"""Inputs and outputs of an architecture at given arguments, and the arguments that size them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from zoo.core.errors import BuildError
from zoo.data.csv import damage
from zoo.data.text.encoding import VOCABULARIES
from zoo.models.abstract_build import abstract_build
from zoo.models.registry import build
from zoo.models.spec import ModelSpec, Shape, TensorSpec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe

MOST_COLUMNS = 4096  # a wider table is not for people, nor is a longer text
LENGTH = 12  # time steps of a series where the architecture takes any number
SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@dataclass(frozen=True)
class Slot:
    """An input or output of a sized model, and what it takes from a table.

    Attributes:
        spec: The tensor, with its sizes.
        first, last: The builder arguments that are its first and last axis; empty for none.
        loss: The Keras loss of an output; empty for an input.
    """

    spec: TensorSpec
    first: str
    last: str
    loss: str

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def side(self) -> str:
        """The name, with `input` or `output` before it."""
        return f"{'output' if self.loss else 'input'} {self.name!r}"

    @property
    def sizes(self) -> Shape:
        """The tensor's shape."""
        return cast("Shape", self.spec.shape)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Shape of what a row holds for it: a class in place of its probabilities."""
        if self.spec.text:
            return (1,)
        shape = tuple(LENGTH if size is None else size for size in self.sizes)
        return (shape[:-1] or (1,)) if self.loss == SPARSE else shape

    @property
    def width(self) -> int:
        """How many columns of a table it takes."""
        return math.prod(self.shape)


def base_recipe(entry: ModelSpec) -> Recipe | None:
    """The recipe that a project of this architecture starts from, if it has one."""
    return find_recipe(entry.recipe) if entry.recipe else None


def slots_of(entry: ModelSpec, arguments: Mapping[str, Any]) -> list[Slot]:
    """The inputs, then the outputs, of a model with these arguments."""
    values = {**entry.defaults, **arguments}

    def argument(axis: object) -> str:
        """The argument that is this axis alone."""
        return axis if isinstance(axis, str) and not isinstance(values[axis], tuple | list) else ""

    pairs = [(tensor, "") for tensor in entry.inputs]
    pairs += [(tensor, _loss(entry, tensor.resolved(values))) for tensor in entry.outputs]
    return [
        Slot(sized, argument(declared.shape[0]), argument(declared.shape[-1]), loss)
        for declared, loss in pairs
        if (sized := declared.resolved(values))
    ]


def _loss(entry: ModelSpec, output: TensorSpec | None) -> str:
    """The recipe's loss of an output; without one, what its unit suggests."""
    if output is None:
        return ""
    recipe = base_recipe(entry)
    if recipe and output.name in recipe.loss:
        return recipe.loss[output.name]
    if output.unit != "probability":
        return "mse"
    return BINARY if output.shape[-1] == 1 else SPARSE


def parameters(entry: ModelSpec, arguments: Mapping[str, Any]) -> int:
    """How many the model has; BuildError if it cannot be built."""
    with abstract_build():
        return build(entry.name, **arguments).count_params()


def lengths_for(
    entry: ModelSpec, arguments: Mapping[str, Any], wanted: Mapping[str, int]
) -> dict[str, int]:
    """The wanted lengths by argument, or the least longer ones that can be built."""
    found = dict(wanted)
    for argument, length in wanted.items():
        for longer in range(length, MOST_COLUMNS):  # what cannot be built is refused at once
            with suppress(BuildError):
                parameters(entry, {**arguments, **found, argument: longer})
                found[argument] = longer
                break
    return found


def vocabulary_argument(entry: ModelSpec, tensor: TensorSpec) -> str:
    """The builder argument that is the number of words that a text input knows."""
    own = f"{tensor.name}_vocabulary"
    return own if own in entry.defaults else "vocabulary"


def vocabulary_sizes(entry: ModelSpec, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Builder argument -> vocabulary that decides it."""
    sizes = {}
    for slot in slots_of(entry, arguments):
        spec = slot.spec
        if spec.text == "words":
            sizes[vocabulary_argument(entry, spec)] = VOCABULARIES["words"]
        elif spec.text == "characters":
            sizes[slot.last] = VOCABULARIES["characters"]
        elif not slot.loss and spec.dtype.startswith("int"):
            if f"n_{spec.vocabulary}s" in entry.defaults:
                sizes[f"n_{spec.vocabulary}s"] = spec.vocabulary
        elif slot.loss == SPARSE and slot.last:
            sizes[slot.last] = slot.name
    return sizes


def widened(entry: ModelSpec, slot: Slot, wide: int, path: Path) -> dict[str, int]:
    """The argument that gives a tensor as many values as the table has columns for it."""
    others = slot.width // (slot.sizes[0] or LENGTH)
    if slot.first and wide % others == 0:
        return {slot.first: wide // others}
    raise damage(
        path,
        f"{entry.name} takes {slot.width:,} columns for its {slot.side} {slot.sizes}, but the "
        f"table has {wide:,}; change the number of columns, or the builder's sizes with --set",
        1,
        slot.name,
    )
