"""Recipes: how an architecture is trained, on which data, and what to expect of it.

A recipe is plain data. Each architecture with weights to train has one or more of them in
`zoo/recipes/`; `Recipe.override` changes settings for one run (`--set key=value` on the command
line).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoo.recipes.changes import check_recipe, overridden
from zoo.recipes.fields import (
    SAID,
    Columns,
    Count,
    Engine,
    Folder,
    FolderOrNone,
    NotNegative,
    Option,
    Patience,
    Positive,
    Precision,
    Schedule,
    Share,
    Word,
    WordOrNone,
    as_json,
    from_json,
)
from zoo.recipes.html import as_html
from zoo.recipes.options import ClassWeights, EarlyStopping, Function, Mode, ModelCheckpoint

_NO_WEIGHT = (*SAID, "baseline", "report", "model_checkpoint", "threads")
# Shipped weights, results and old runs are from before these fields, which were then off.
ADDED: Mapping[str, Any] = {
    "decay": 0.0,
    "ema": 0.0,
    "mode": "auto",
    "early_stopping_options": {},
    "class_weight": {},
    "sample_weight": "",
    "weighted_metrics": {},
    "steps_per_epoch": 0,
    "initial_epoch": 0,
    "validation_freq": 1,
    "precision": "float32",
    "threads": 0,
}


@dataclass(frozen=True)
class Recipe:
    """One way to train one architecture.

    Attributes:
        name: What `zoo train` is given.
        architecture: A registered architecture.
        dataset: A dataset of `zoo.data`.
        summary: One line: what is learned, and from what.
        loss: Output -> a name from `keras.losses`, a function of (y_true, y_pred) or a Keras
            object; the last two are kept by name (`zoo.recipes.functions`).
        metrics: Output -> metrics: the zoo's own words (`mae`, `mse`, `accuracy`, `log_loss`,
            `mean_prediction`), names from `keras.metrics` such as `AUC`, functions or objects.
        weighted_metrics: Output -> metrics that weigh the rows as the loss does; they are
            reported as `weighted_NAME`.
        loss_weights: Output -> weight; empty means 1 for each.
        columns: Input or output -> dataset columns, side by side; a tensor that is not listed
            takes the column of its own name.
        arguments: Builder arguments; the sizes that follow from the data are added to them.
        dataset_options: Options of the dataset's loader.
        optimizer: A Keras optimizer name.
        optimizer_options: Further arguments of the optimizer.
        learning_rate: The first learning rate.
        schedule: `constant`, or `cosine`: from learning_rate down to 0 over all epochs.
        decay: Keras 2's `decay`: step t takes learning_rate / (1 + decay * t); 0 is off.
        epochs: Number of the last epoch; early stopping may end before.
        batch_size: Rows in a step.
        initial_epoch: Number of the first epoch, from 0: `epochs - initial_epoch` are run.
        steps_per_epoch: Steps in an epoch, over rows drawn anew for each; 0 takes all rows.
        validation_freq: Validate after every such number of epochs.
        class_weight: Class id, or the label that the data gives it -> weight of its training
            rows; a class that is not named weighs 1. Needs a model with one output.
        sample_weight: Dataset column with the weight of each row, in training and in scores.
        validation_split: If above 0, the last share of the training rows replaces the data's
            own validation split.
        ema: Momentum of a moving average of the weights, taken after every step; 0 is off.
            Validation, checkpoints and the finished model then use the averages.
        monitor: The value that the callbacks watch, such as `val_loss`.
        mode: Whether lower (`min`) or higher (`max`) values of `monitor` are better; `auto` knows
            it of losses and of Keras's metrics.
        early_stopping: Epochs without improvement before training stops and the best
            weights return; 0 is off.
        early_stopping_options: Further arguments of `keras.callbacks.EarlyStopping`: `min_delta`,
            `baseline`, `start_from_epoch`, `restore_best_weights`, and a `monitor` and `mode` of
            its own.
        model_checkpoint: Arguments of a `keras.callbacks.ModelCheckpoint`; empty is none.
            `filepath` names files in the run's `checkpoints` folder, such as
            `{epoch:02d}-{val_loss:.2f}.keras`; the others are `save_best_only`,
            `save_weights_only`, `save_freq` in steps (with engine=fit), `monitor`, `mode` and
            `initial_value_threshold`.
        reduce_lr: Epochs without improvement before the learning rate is halved; 0 is off.
        engine: How epochs are run (`zoo.training.engine`).
        precision: Keras's dtype policy for the model's layers. `mixed_float16` is for GPUs,
            `mixed_bfloat16` for TPUs and CPUs that have it.
        threads: How many threads may share an operation of TensorFlow; 0 is one per core. The
            operations of a small model are over before a second thread has begun. A process that
            has used TensorFlow before keeps the number that it had.
        stacked_on: Recipe whose prediction fills the column `pred`, and from whose layers of the
            same name layers that do not train have their weights.
        baseline: Classical model on the same split (`zoo.baselines`).
        report: What a finished run shows besides its scores (`zoo.experiments.reports`).
        expect: Data source -> test metric -> bound: the lowest accuracy, or the highest
            error or loss, that counts as reached.
        seconds: Data source -> measured cost of the whole command on 2 cores.
        note: Where the recipe differs from its document's settings, and why.
        limit: If it closes less than 90% of the gap between the trivial score and the best
            possible one, the reason.
        search: What `zoo tune` varies: field, or entry of a mapping (`arguments.l2`) -> ("choice",
            VALUE, ...), or ("float", LOW, HIGH), ("log", LOW, HIGH) or ("int", LOW, HIGH), both
            ends included. It does not affect how this recipe trains; `to_dict` leaves it out.
        by_source: Data source -> fields that differ on it, such as more epochs over few rows.

    Example:
        >>> import zoo
        >>> quick = zoo.recipe("mlp").override({"epochs": 3})
        >>> quick.epochs, quick.loss
        (3, {'label': 'binary_crossentropy'})
    """

    name: Folder
    architecture: Word
    dataset: Word
    summary: str
    loss: Mapping[str, Function]
    metrics: Mapping[str, tuple[Function, ...]]
    weighted_metrics: Mapping[str, tuple[Function, ...]] = field(default_factory=dict)
    loss_weights: Mapping[str, NotNegative] = field(default_factory=dict)
    columns: Mapping[str, Columns] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    dataset_options: Mapping[str, Any] = field(default_factory=dict)
    optimizer: Word = "adam"
    optimizer_options: Mapping[str, Option] = field(default_factory=dict)
    learning_rate: Positive = 0.001
    schedule: Schedule = "constant"
    decay: NotNegative = 0.0
    epochs: Count = 10
    batch_size: Count = 32
    initial_epoch: Patience = 0
    steps_per_epoch: Patience = 0
    validation_freq: Count = 1
    class_weight: ClassWeights = field(default_factory=dict)
    sample_weight: WordOrNone = ""
    validation_split: Share = 0.0
    ema: Share = 0.0
    monitor: Word = "val_loss"
    mode: Mode = "auto"
    early_stopping: Patience = 0
    early_stopping_options: EarlyStopping = field(default_factory=dict)
    reduce_lr: Patience = 0
    model_checkpoint: ModelCheckpoint = field(default_factory=dict)
    engine: Engine = "resident"
    precision: Precision = "float32"
    threads: Patience = 0
    stacked_on: FolderOrNone = ""
    baseline: WordOrNone = ""
    report: WordOrNone = ""
    expect: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    seconds: Mapping[str, NotNegative] = field(default_factory=dict)
    note: str = ""
    limit: str = ""
    search: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, compare=False)
    by_source: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)

    __post_init__ = check_recipe

    def __repr__(self) -> str:
        return (
            f"<Recipe {self.name}: architecture {self.architecture}, dataset {self.dataset}, "
            f"{self.epochs} {'epoch' if self.epochs == 1 else 'epochs'}>"
        )

    def _repr_html_(self) -> str:
        return as_html(self)

    def override(self, changes: Mapping[str, Any]) -> Recipe:
        """A copy with fields changed; values may be text, as a command line gives them.

        A dotted key changes one entry of a mapping: `arguments.l2`, `loss_weights.won`.

        Args:
            changes: Field or dotted key -> value.

        Returns:
            The changed `Recipe`; this one stays as it is.

        Raises:
            RecipeError: an unknown field (the nearest known ones are named) or a wrong value.

        Example:
            >>> import zoo
            >>> zoo.recipe("basketball").override({"arguments.l2": "0.01"}).arguments
            {'l2': 0.01}
        """
        return overridden(self, changes)

    def for_source(self, source: str) -> Recipe:
        """The recipe with the fields that `by_source` gives for this source of its data.

        Args:
            source: A source of its dataset, such as `league`.

        Returns:
            The `Recipe` that a run on that source follows.

        Example:
            >>> import zoo
            >>> recipe = zoo.recipe("rnn")
            >>> recipe.for_source("gunpoint").epochs
            300
        """
        return dataclasses.replace(self.override(self.by_source.get(source, {})), by_source={})

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values, without `search` and `by_source`.

        Returns:
            Field -> value, as run.json holds it.

        Example:
            >>> import zoo
            >>> zoo.recipe("mlp").to_dict()["metrics"]
            {'label': ['accuracy', 'log_loss']}
        """
        return as_json(self)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with anything that the trained weights depend on.

        What is only said about the recipe or expected of it does not count.

        Returns:
            The digits.

        Example:
            >>> import zoo
            >>> recipe = zoo.recipe("mlp")
            >>> recipe.fingerprint == recipe.override({"baseline": ""}).fingerprint
            True
            >>> recipe.fingerprint == recipe.override({"epochs": 3}).fingerprint
            False
        """
        fields = {name: value for name, value in self.to_dict().items() if name not in _NO_WEIGHT}
        for name, off in ADDED.items():
            if fields.get(name) == off:
                del fields[name]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def from_dict(cls, fields: Any) -> Recipe:
        """The recipe that `to_dict` or a file describes.

        Args:
            fields: Field -> value.

        Returns:
            The `Recipe`.

        Raises:
            RecipeError: a field that is unknown or missing, or a wrong value.

        Example:
            >>> import zoo
            >>> recipe = zoo.recipe("mlp")
            >>> zoo.Recipe.from_dict(recipe.to_dict()) == recipe
            True
        """
        return from_json(cls, fields)
