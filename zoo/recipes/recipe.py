"""Recipes: how an architecture is trained, on which data, and what to expect of it.

A recipe is plain data. `zoo/recipes/` holds one per trainable architecture; any field can be
changed for one run with `Recipe.override` (`--set key=value` on the command line).
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoo.core.errors import RecipeError, UnknownNameError

ENGINES = ("fit", "resident", "resident-xla")
SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Recipe:
    """One way to train one architecture.

    Attributes:
        name: What `zoo train` is given.
        architecture: A registered architecture.
        dataset: A dataset of `zoo.data`.
        summary: What is learned from what, in one line.
        loss: Output port -> Keras loss name.
        metrics: Output port -> metric names (`zoo.training.compile.METRICS`).
        loss_weights: Output port -> weight; empty means 1 for each.
        columns: TensorSpec -> dataset columns side by side; a port not listed takes its own name's.
        arguments: Builder arguments; sizes that the data decides are added to them.
        dataset_options: Options of the dataset's loader.
        optimizer: A Keras optimizer name; `optimizer_options` are its further arguments.
        learning_rate: The first learning rate.
        schedule: `constant`, or `cosine`: from learning_rate down to 0 over all epochs.
        epochs, batch_size: As in `keras.Model.fit`; epochs is the most there can be.
        validation_split: If above 0, the last share of the training rows replaces the data's
            own validation split.
        ema: Momentum of a moving average of the weights, taken after every step; 0 is off.
            Validation, checkpoints and the finished model then use the averages.
        monitor: The validation value that the callbacks watch; lower is better.
        early_stopping: Epochs without improvement before training stops and the best
            weights return; 0 is off.
        reduce_lr: Epochs without improvement before the learning rate is halved; 0 is off.
        engine: How epochs are run (`zoo.training.engine`).
        stacked_on: Recipe whose prediction fills the column `pred`.
        baseline: Classical model on the same split (`zoo.baselines`).
        report: What else to show of a finished run (`zoo.experiments.reports`).
        expect: Data source -> test metric -> bound: the least for an accuracy, the most for
            errors and losses.
        seconds: Data source -> measured cost of the whole command on 2 cores.
        note: Where and why the recipe leaves its document's settings.
        limit: Why it closes less than 90% of the gap between the trivial score and the best
            possible one, if it does.
        search: What `zoo tune` varies: field, or entry of a mapping (`arguments.l2`) -> ("choice",
            VALUE, ...), or ("float", LOW, HIGH), ("log", LOW, HIGH) or ("int", LOW, HIGH), both
            ends included. It is no part of how this recipe trains, nor of `to_dict`.
        by_source: Data source -> fields that differ on it, such as more epochs over few rows.
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
    ema: float = 0.0
    monitor: str = "val_loss"
    early_stopping: int = 0
    reduce_lr: int = 0
    engine: str = "resident"
    stacked_on: str = ""
    baseline: str = ""
    report: str = ""
    expect: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    limit: str = ""
    search: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, compare=False)
    by_source: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)

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
            (0 <= self.ema < 1, f"ema must be from 0 (off) to below 1, not {self.ema}"),
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
        for key, distribution in self.search.items():
            try:
                _check_search(self, key, distribution)
            except RecipeError as error:
                reason = str(error).removeprefix(f"recipe {self.name}: ")
                raise RecipeError(f"recipe {self.name}: search.{key}: {reason}") from None

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

    def for_source(self, source: str) -> Recipe:
        """The recipe with the fields that `by_source` gives for this source of its data."""
        return dataclasses.replace(self.override(self.by_source.get(source, {})), by_source={})

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values, without `search` and `by_source`."""
        return {
            name: _plain(getattr(self, name))
            for name in FIELDS  # dataclasses.asdict would copy tuples as tuples
            # without these a recipe reads as it did before they were: older records still match
            if name not in ("search", "by_source")
            and (name not in ("ema", "limit") or getattr(self, name))
        }

    @property
    def fingerprint(self) -> str:
        """Changes when anything changes that the trained weights depend on; 16 hexadecimal digits.

        What is said or expected of the recipe does not count.
        """
        fields = {name: value for name, value in self.to_dict().items() if name not in _WORDS}
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_dict` described; fields of another version are refused by name."""
        for name in fields:
            if name not in FIELDS:
                raise RecipeError(str(UnknownNameError("recipe field", name, FIELDS)))
        return cls(**{name: _with_tuples(value) for name, value in fields.items()})


FIELDS = tuple(item.name for item in dataclasses.fields(Recipe))
SAID = ("summary", "expect", "seconds", "note", "limit")  # of a recipe: nothing trains by it
_FIXED = ("name", *SAID, "search", "by_source")
_WORDS = (*SAID, "search", "baseline", "report")
# a search compares trials by one value on the same rows: these would change either
_NOT_SEARCHED = (
    *_FIXED,
    *("architecture", "dataset", "dataset_options", "columns", "loss", "metrics", "monitor"),
    *("validation_split", "stacked_on", "baseline", "report"),
)


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


def _check_search(recipe: Recipe, key: str, distribution: Any) -> None:
    """Refuse a distribution whose values the field could not take."""
    name, _, entry = key.partition(".")
    if name not in FIELDS:
        raise RecipeError(str(UnknownNameError("field", name, FIELDS)))
    if name in _NOT_SEARCHED:
        raise RecipeError(f"{name} cannot be searched")
    if name == "loss_weights" and recipe.monitor == "val_loss":
        raise RecipeError("loss_weights change what val_loss means; monitor one metric instead")
    present = getattr(recipe, name)
    if isinstance(present, Mapping) != bool(entry):
        raise RecipeError("one entry of a mapping is searched, or a field with one value")
    for value in _extremes(distribution):
        if not entry:
            value = _converted(name, type(present), value)
            dataclasses.replace(recipe, search={}, **{name: value})


def _extremes(distribution: Any) -> tuple[Any, ...]:
    """All choices, or the two ends of a range."""
    if not isinstance(distribution, tuple | list) or len(distribution) < 2:
        raise RecipeError(f"takes a kind and its values, not {distribution!r}")
    kind, *values = distribution
    if kind == "choice":
        if not all(isinstance(value, bool | int | float | str) for value in values):
            raise RecipeError("choices are numbers, texts, True or False")
        if len({(type(value), value) for value in values}) < len(values):
            raise RecipeError("a choice stands there twice")
        return tuple(values)
    if kind not in ("float", "log", "int"):
        raise RecipeError(f"the kinds are choice, float, log and int, not {kind!r}")
    numbers = int if kind == "int" else int | float
    if len(values) != 2 or any(
        isinstance(value, bool) or not isinstance(value, numbers) for value in values
    ):
        raise RecipeError(f"{kind} takes its lowest and its highest value")
    low, high = values
    if not float("-inf") < low < high < float("inf"):
        raise RecipeError(f"{low} is not below {high}")
    if kind == "log" and low <= 0:
        raise RecipeError("the ends of a log range are above 0")
    return (low, high) if kind == "int" else (float(low), float(high))
