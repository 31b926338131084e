"""Recipes: how an architecture is trained, on which data, and what to expect of it.

A recipe is plain data. `zoo/recipes/` holds one per trainable architecture; any field can be
changed for one run with `Recipe.override` (`--set key=value` on the command line).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoo.core.errors import RecipeError, UnknownNameError
from zoo.recipes import search_space
from zoo.recipes.fields import check_together, checked, finite, literal, shown


@dataclass(frozen=True)
class Recipe:
    """One way to train one architecture.

    Attributes:
        name: What `zoo train` is given.
        architecture: A registered architecture.
        dataset: A dataset of `zoo.data`.
        summary: One line: what is learned, and from what.
        loss: Output -> Keras loss name.
        metrics: Output -> metric names (`zoo.training.compile.METRICS`).
        loss_weights: Output -> weight; empty means 1 for each.
        columns: Input or output -> dataset columns, side by side; a tensor that is not listed
            takes the column of its own name.
        arguments: Builder arguments; the sizes that follow from the data are added to them.
        dataset_options: Options of the dataset's loader.
        optimizer: A Keras optimizer name; `optimizer_options` are its further arguments.
        learning_rate: The first learning rate.
        schedule: `constant`, or `cosine`: from learning_rate down to 0 over all epochs.
        epochs, batch_size: As in `keras.Model.fit`; early stopping may end before `epochs`.
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
        report: What a finished run shows besides its scores (`zoo.experiments.reports`).
        expect: Data source -> test metric -> bound: the least for an accuracy, the most for
            errors and losses.
        seconds: Data source -> measured cost of the whole command on 2 cores.
        note: Where the recipe differs from its document's settings, and why.
        limit: If it closes less than 90% of the gap between the trivial score and the best
            possible one, the reason.
        search: What `zoo tune` varies: field, or entry of a mapping (`arguments.l2`) -> ("choice",
            VALUE, ...), or ("float", LOW, HIGH), ("log", LOW, HIGH) or ("int", LOW, HIGH), both
            ends included. It does not affect how this recipe trains; `to_dict` leaves it out.
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
        object.__setattr__(self, "name", checked("name", self.name))
        try:
            for name in FIELDS:
                object.__setattr__(self, name, checked(name, getattr(self, name)))
            check_together(self.reduce_lr, self.schedule)
        except RecipeError as error:
            raise self._error(error) from None
        for key, distribution in self.search.items():
            try:
                _known(key.partition(".")[0])
                search_space.check(self, key, distribution)
            except RecipeError as error:
                raise self._error(f"search.{key}: {error}") from None
        for source, changes in self.by_source.items():
            try:
                fields = self._changed(changes)
                check_together(
                    fields.get("reduce_lr", self.reduce_lr), fields.get("schedule", self.schedule)
                )
            except RecipeError as error:
                raise self._error(f"by_source.{source}: {error}") from None

    def override(self, changes: Mapping[str, Any]) -> Recipe:
        """A copy with fields changed; values may be text, as a command line gives them.

        A dotted key changes one entry of a mapping: `arguments.l2`, `loss_weights.won`.

        Raises:
            RecipeError: an unknown field (the nearest known ones are named) or a wrong value.
        """
        try:
            changed = self._changed(changes)
        except RecipeError as error:
            raise self._error(error) from None
        return dataclasses.replace(self, **changed)

    def _error(self, reason: object) -> RecipeError:
        return RecipeError(f"recipe {self.name}: {reason}")

    def _changed(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Field -> new value, for changes whose keys may be dotted and whose values may be text."""
        changed: dict[str, Any] = {}
        for key, value in changes.items():
            name, _, entry = key.partition(".")
            _known(name)
            if name in _FIXED:
                raise RecipeError(f"{name} cannot be overridden")
            present = changed.get(name, getattr(self, name))
            if isinstance(present, Mapping):
                new = _merged(name, present, entry, value)
            elif entry:
                raise RecipeError(f"{name} is one value, not a mapping: there is no {key!r}")
            else:
                new = value if isinstance(present, str) else literal(value)
            changed[name] = checked(name, new)
        return changed

    def for_source(self, source: str) -> Recipe:
        """The recipe with the fields that `by_source` gives for this source of its data."""
        return dataclasses.replace(self.override(self.by_source.get(source, {})), by_source={})

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values, without `search` and `by_source`."""
        return {
            name: _plain(getattr(self, name))
            for name in FIELDS  # dataclasses.asdict would copy tuples as tuples
            if name not in ("search", "by_source")
        }

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with anything that the trained weights depend on.

        What is only said about the recipe or expected of it does not count.
        """
        fields = {name: value for name, value in self.to_dict().items() if name not in _NO_WEIGHT}
        if not self.ema:
            del fields["ema"]  # shipped weights and results name fingerprints from before it
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def from_dict(cls, fields: Any) -> Recipe:
        """The recipe that `to_dict` or a file describes.

        Raises:
            RecipeError: a field that is unknown or missing, or a wrong value.
        """
        if not isinstance(fields, Mapping):
            raise RecipeError(f"a recipe is a mapping of its fields, not {shown(fields)}")
        for name in fields:
            _known(name)
        for item in dataclasses.fields(cls):
            no_default = item.default is item.default_factory is dataclasses.MISSING
            if no_default and item.name not in fields:
                raise RecipeError(f"{item.name} is missing")
        return cls(**fields)


FIELDS = tuple(item.name for item in dataclasses.fields(Recipe))
SAID = ("summary", "expect", "seconds", "note", "limit")  # about a recipe: nothing trains by it
_FIXED = ("name", *SAID, "search", "by_source")
_NO_WEIGHT = (*SAID, "baseline", "report")


def _known(name: object) -> None:
    """Refuse the name of a field that no recipe has."""
    if name not in FIELDS:
        raise RecipeError(str(UnknownNameError("field", name, FIELDS)))


def _merged(name: str, present: Mapping[str, Any], entry: str, value: Any) -> Any:
    """`present` with one entry changed (`name.entry=value`), or the mapping that replaces it."""
    if name != "loss" or not entry:  # a loss is text in any case
        value = literal(value)
    if not entry:
        if not isinstance(value, Mapping):
            raise RecipeError(
                f"{name} is a mapping: set one entry with {name}.KEY=VALUE, not {shown(value)}"
            )
        return value
    known = present.get(entry)
    if isinstance(known, float):
        value = finite(f"{name}.{entry}", value)
    elif (isinstance(known, tuple) or name in ("metrics", "columns")) and isinstance(value, str):
        value = (value,)  # a list of one may be given as its entry
    return {**present, entry: value}


def _plain(value: Any) -> Any:
    """Tuples as JSON's lists."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value
