"""Recipes: how an architecture is trained, on which data, and what to expect of it.

A recipe is plain data. `zoo/recipes/` holds one per trainable architecture; any field can be
changed for one run with `Recipe.override` (`--set key=value` on the command line).
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from zoo.errors import RecipeError, UnknownNameError

ENGINES = ("fit", "resident", "resident-xla")
SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Recipe:
    """One way to train one architecture.

    Attributes:
        name: What `zoo train` is given.
        architecture: A registered architecture.
        dataset: A dataset of `zoo.data`.
        summary: What is learnt from what, in one line.
        loss: Output port -> Keras loss name.
        metrics: Output port -> metric names (`zoo.training.compiling.METRICS`).
        loss_weights: Output port -> weight; empty means 1 for each.
        columns: Port -> dataset columns side by side; a port not listed takes its own name's.
        arguments: Builder arguments; sizes that the data decides are added to them.
        dataset_options: Options of the dataset's loader.
        optimizer: A Keras optimizer name; `optimizer_options` are its further arguments.
        learning_rate: The first learning rate.
        schedule: `constant`, or `cosine`: from learning_rate down to 0 over all epochs.
        epochs, batch_size: As in `keras.Model.fit`; epochs is the most there can be.
        validation_split: If above 0, the last share of the training rows replaces the data's
            own validation split.
        monitor: The validation value that the callbacks watch; lower is better.
        early_stopping: Epochs without improvement before training stops and the best
            weights return; 0 is off.
        reduce_lr: Epochs without improvement before the learning rate is halved; 0 is off.
        engine: How epochs are run (`zoo.training.engine`).
        stacked_on: Recipe whose prediction fills the column `pred`.
        baseline: Classical model on the same split (`zoo.training.baselines`).
        report: What else to show of a finished run (`zoo.reports`).
        expect: Data source -> test metric -> bound: the least for an accuracy, the most for
            errors and losses.
        seconds: Data source -> measured cost of the whole command on 2 cores.
        note: Where and why the recipe leaves its document's settings.
    """

    name: str
    architecture: str
    dataset: str
    summary: str
    loss: Mapping[str, str]
    metrics: Mapping[str, tuple[str, ...]]
    loss_weights: Mapping[str, float] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    dataset_options: Mapping[str, Any] = field(default_factory=dict)
    optimizer: str = "adam"
    optimizer_options: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float = 0.001
    schedule: str = "constant"
    epochs: int = 10
    batch_size: int = 32
    validation_split: float = 0.0
    monitor: str = "val_loss"
    early_stopping: int = 0
    reduce_lr: int = 0
    engine: str = "fit"
    stacked_on: str = ""
    baseline: str = ""
    report: str = ""
    expect: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        checks = (
            (self.epochs >= 1, f"epochs must be at least 1, not {self.epochs}"),
            (self.batch_size >= 1, f"batch_size must be at least 1, not {self.batch_size}"),
            (
                0 < self.learning_rate < float("inf"),
                f"learning_rate must be a number above 0, not {self.learning_rate}",
            ),
            (
                0 <= self.validation_split < 1,
                f"validation_split must be from 0 to below 1, not {self.validation_split}",
            ),
            (self.early_stopping >= 0, "early_stopping must be 0 (off) or more epochs"),
            (self.reduce_lr >= 0, "reduce_lr must be 0 (off) or more epochs"),
            (self.schedule in SCHEDULES, f"schedule must be one of {', '.join(SCHEDULES)}"),
            (self.engine in ENGINES, f"engine must be one of {', '.join(ENGINES)}"),
            (
                not (self.reduce_lr and self.schedule != "constant"),
                "reduce_lr needs schedule=constant: a schedule sets the rate itself",
            ),
        )
        for holds, message in checks:
            if not holds:
                raise RecipeError(f"recipe {self.name}: {message}")

    def override(self, changes: Mapping[str, Any]) -> Recipe:
        """A copy with fields changed; values may be text, as a command line gives them.

        A dotted key changes one entry of a mapping: `arguments.l2`, `loss_weights.won`.

        Raises:
            RecipeError: an unknown field (the nearest known ones are named) or a wrong type.
        """
        changed: dict[str, Any] = {}
        for key, value in changes.items():
            name, _, entry = key.partition(".")
            if name not in FIELDS:
                raise RecipeError(f"recipe {self.name}: {UnknownNameError('field', name, FIELDS)}")
            if name in _FIXED:
                raise RecipeError(f"recipe {self.name}: {name} cannot be overridden")
            present = changed.get(name, getattr(self, name))
            if isinstance(present, Mapping):
                changed[name] = _merged(name, present, entry, value)
            elif entry:
                raise RecipeError(f"{name} is one value, not a mapping: there is no {key!r}")
            else:
                changed[name] = _converted(name, type(present), value)
        return dataclasses.replace(self, **changed)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values."""
        return {
            name: _plain(getattr(self, name))
            for name in FIELDS  # dataclasses.asdict would copy tuples as tuples
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_dict` described; fields of another version are refused by name."""
        for name in fields:
            if name not in FIELDS:
                raise RecipeError(str(UnknownNameError("recipe field", name, FIELDS)))
        return cls(**{name: _with_tuples(value) for name, value in fields.items()})


FIELDS = tuple(item.name for item in dataclasses.fields(Recipe))
_FIXED = ("name", "summary", "expect", "seconds", "note")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, tuple | list) else value


def _with_tuples(value: Any) -> Any:
    """JSON's lists as the tuples that recipes hold."""
    if isinstance(value, Mapping):
        return {key: _with_tuples(entry) for key, entry in value.items()}
    return tuple(map(_with_tuples, value)) if isinstance(value, tuple | list) else value


def _literal(value: Any) -> Any:
    """A Python literal written as text, or the text itself."""
    if not isinstance(value, str):
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value


def _converted(name: str, wanted: type, value: Any) -> Any:
    """`value` as the field's type; a whole number serves as float, nothing else is bent."""
    if wanted is str:
        if isinstance(value, str):
            return value
    else:
        value = _literal(value)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
            return value
    kind = {int: "a whole number", float: "a number", str: "text"}.get(wanted, wanted.__name__)
    raise RecipeError(f"{name} takes {kind}, not {value!r}")


def _merged(name: str, present: Mapping[str, Any], entry: str, value: Any) -> dict[str, Any]:
    """`present` with one entry changed (`name.entry=value`) or replaced by a whole mapping."""
    value = _with_tuples(_literal(value))
    if entry:
        known = present.get(entry)
        if isinstance(known, float):
            value = _converted(f"{name}.{entry}", float, value)
        elif isinstance(known, tuple):
            value = value if isinstance(value, tuple) else (value,)
        return {**present, entry: value}
    if isinstance(value, Mapping):
        return dict(value)
    raise RecipeError(f"{name} is a mapping: set one entry with {name}.KEY=VALUE, not {value!r}")


_recipes: dict[str, Recipe] = {}


def add(*recipes: Recipe) -> None:
    """Register recipes under their names.

    Raises:
        ValueError: a name is taken.
    """
    for entry in recipes:
        if entry.name in _recipes:
            raise ValueError(f"recipe {entry.name!r} is registered already")
        _recipes[entry.name] = entry


def _load_recipes() -> None:
    importlib.import_module("zoo.recipes")


def list_recipes(pattern: str = "*") -> list[str]:
    """Names of the registered recipes that match a shell wildcard."""
    _load_recipes()
    return [name for name in _recipes if fnmatchcase(name, pattern)]


def recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UnknownNameError: no such recipe; the message gives the nearest known ones.
    """
    _load_recipes()
    if name not in _recipes:
        raise UnknownNameError("recipe", name, _recipes)
    return _recipes[name]
