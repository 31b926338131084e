"""A finished run, as Python and notebooks use it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core import html
from zoo.core.console import metric_rows, score_text
from zoo.core.errors import TrainingError
from zoo.core.html import Png
from zoo.experiments import given
from zoo.experiments.feeding import tensors_of
from zoo.experiments.record import RunRecord, Scores, one_line
from zoo.recipes.recipe import Recipe
from zoo.training import inference

if TYPE_CHECKING:
    import keras
    import pandas as pd


@dataclass(frozen=True)
class Run:
    """A finished run; `zoo.fit`, `zoo.ensemble` and `zoo.load_run` give one.

    Functions that take a run's name take the run itself too: `zoo.evaluate`, `zoo.predict`,
    `zoo.export` and `zoo.ensemble(runs=...)`.

    Attributes:
        folder: Its folder.
        model: The trained `keras.Model`.
        record: All that run.json holds.

    Example:
        >>> import zoo
        >>> run = zoo.fit("tiny_dense", data="planted", epochs=2, engine="fit", verbose=0)
        >>> run.model.count_params(), run.record.epochs_run
        (6, 2)
    """

    folder: Path
    model: keras.Model
    record: RunRecord = field(repr=False)

    def __repr__(self) -> str:
        split = _told(self.metrics)
        scores = self.metrics.get(split, {})
        name = next((key for key in scores if not key.endswith("loss")), "loss")
        score = f", {split} {name} {score_text(scores[name])}" if name in scores else ""
        return f"<Run {self.folder.parent.name}/{self.folder.name}{score}>"

    def _repr_html_(self) -> str:
        record = self.record
        columns = {"model": self.metrics}
        if self.baseline:
            columns[record.baseline_name] = self.baseline
        columns |= record.references
        scores = html.table(("", *columns), metric_rows(columns)) if self.metrics else ""
        where = f"{record.parameters:,} parameters, {record.epochs_run} epochs, seed {record.seed}"
        return html.card(
            f"{record.recipe.name} on {record.data.source}",
            f"{where}; {self.folder}",
            scores,
            self.picture.as_html(),
            self.curves.as_html(),
        )

    @property
    def recipe(self) -> Recipe:
        """How it was trained: the recipe with all settings of this run.

        Returns:
            The `zoo.Recipe`.

        Example:
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> run.recipe
            <Recipe tiny_dense: architecture tiny_dense, dataset linear_map, 2 epochs>
        """
        return self.record.recipe

    @property
    def metrics(self) -> Scores:
        """The model's scores at the end of the run.

        Returns:
            Split -> metric -> value.

        Example:
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> list(run.metrics), list(run.metrics["test"])
            (['train', 'validation', 'test'], ['loss', 'mae', 'mse'])
        """
        return self.record.metrics

    @property
    def baseline(self) -> Scores:
        """The classical model's scores on the same rows.

        Returns:
            Split -> metric -> value; empty if the recipe names no baseline.

        Example:
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> round(run.baseline["test"]["mse"], 2)
            0.25
        """
        return self.record.baseline

    @property
    def history(self) -> pd.DataFrame:
        """Learning rate, losses and metrics after every epoch.

        Returns:
            A DataFrame with a row for each epoch, by its number from 1; the columns of validation
            rows begin with `val_`. Without rows for an ensemble, which is not trained.

        Raises:
            TrainingError: history.csv is damaged.

        Example:
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> run.history.index.tolist()
            [1, 2]
            >>> "val_loss" in run.history.columns
            True
        """
        import pandas as pd

        from zoo.experiments.runs import HISTORY

        path = self.folder / HISTORY
        if not path.is_file():
            return pd.DataFrame(index=pd.Index([], name="epoch", dtype="int64"))
        try:
            table = pd.read_csv(io.StringIO(path.read_text("utf-8")), dtype={"epoch": int})
            return table.set_index("epoch").astype(float)
        except (OSError, ValueError, KeyError) as error:
            raise TrainingError(f"{path} cannot be read: {one_line(error)}") from error

    @property
    def picture(self) -> Png:
        """The picture of what the model predicts.

        Returns:
            A `Png`, which a notebook shows; its `path` is the file.

        Example:
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> run.picture.path.name
            'picture.png'
        """
        from zoo.experiments.runs import PICTURE

        return Png(self.folder / PICTURE)

    @property
    def curves(self) -> Png:
        """Losses and metrics over the epochs.

        Returns:
            A `Png`, which a notebook shows; its `path` is the file.

        Example:
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> run.curves.path.name
            'curves.png'
        """
        from zoo.experiments.runs import CURVES

        return Png(self.folder / CURVES)

    def predict(self, x: Any = None, /, **values: Any) -> dict[str, Any]:
        """What the model says of rows of arrays, or of one case in a person's words.

        Args:
            x: Inputs with the rows on axis 0: an array, a list of arrays, a mapping by input name,
                a DataFrame with their columns, spelled as a table for `zoo predict` may be, or a
                finite `tf.data.Dataset` of batches. Where the run was trained on a DataFrame,
                columns are found by its names, in any order.
            **values: Instead of `x`: one case, as `zoo.predict` takes it.

        Returns:
            For `x` the predictions by output name, arrays with the rows on axis 0; for `values`
            what `zoo.predict` returns.

        Raises:
            DataError: an input or column is missing, unknown, of another shape or type, or out of
                its range, or there are no rows.

        Example:
            >>> import numpy as np
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> run.predict(np.zeros((5, 2)))["b"].shape
            (5, 2)
        """
        from zoo.experiments.predict import predict, rows_by_input

        if x is None:
            return predict(self, **values)
        if values:
            raise given.both_given([*values])
        named, names = rows_by_input(self, x), self.record.data.names
        inputs = given.inputs_of(self.recipe, tensors_of(self.model), named, names=names)
        given.check_ids(self.model, inputs)
        return inference.predict(self.model, inputs)

    def evaluate(self, x: Any = None, y: Any = None) -> dict[str, Any]:
        """Score the model on its own data again, or on rows that are given.

        Args:
            x: Inputs as `predict` takes them; or inputs and targets together, as `zoo.fit` takes
                them as `data`. None: the run's own data.
            y: Targets; none where `x` has them.

        Returns:
            Of the run's own data, split -> metric -> value; of given rows, metric -> value.

        Raises:
            DataError: the data is missing or does not fit the model.
            TrainingError: the data of the run was given in memory: give rows.

        Example:
            >>> import zoo
            >>> run = zoo.load_run("tiny_dense")
            >>> run.evaluate()["test"] == run.metrics["test"]
            True
            >>> x, y = zoo.load_data("tiny_dense", source="planted").xy("test")
            >>> round(run.evaluate(x, y)["mse"] - run.metrics["test"]["mse"], 4)
            0.0
        """
        from zoo.experiments.predict import rows_by_input
        from zoo.experiments.scoring import evaluate

        if x is None:
            return evaluate(self, verbose=0)
        x = rows_by_input(self, x)
        return evaluate(self, x if y is None else (x, y), verbose=0)[given.SPLIT]


def _told(metrics: Scores) -> str:
    """The split whose score stands for a run."""
    return next((each for each in ("test", "validation", "train") if each in metrics), "")
