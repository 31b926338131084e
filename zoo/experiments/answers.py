"""What a run's model predicts, as a person reads it: classes by name, numbers with their units."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.baselines.estimators import classifies
from zoo.experiments.feeding import columns_of
from zoo.experiments.ports import architecture
from zoo.experiments.runs import Run
from zoo.models.spec import TensorSpec, shape_text

TOP = 3  # classes that a printed answer names
SHOWN = 20  # values of a long answer that are printed


@dataclass(frozen=True)
class Answer:
    """What the model says in one output, or in one column of an output.

    Attributes:
        name: Of the column that it predicts.
        rows: (rows, ...); of classes, the last axis holds their probabilities.
        tensor: What the architecture says of the output.
        classes: Names of the classes, if it is probabilities of several.
    """

    name: str
    rows: np.ndarray
    tensor: TensorSpec
    classes: tuple[str, ...] = ()

    def plain(self, row: int) -> dict[str, Any]:
        """Texts and numbers of one row; of a map or series, lists of them.

        Classes come as the name of the likeliest one, with its probability as `NAME_probability`.
        """
        values, chances = self._values()
        found = {self.name: values.tolist()[row]}
        if chances is not None and values.ndim == 1:
            found[f"{self.name}_probability"] = chances.tolist()[row]
        return found

    def cells(self) -> dict[str, list[str]]:
        """Column of a table -> a text a row."""
        values, chances = self._values()
        flat = values.reshape(len(values), -1)
        names = [self.name]
        if values.ndim > 1:
            names = [f"{self.name}_{at}" for at in range(flat.shape[1])]
        found = {
            name: [each if isinstance(each, str) else f"{each:.6g}" for each in column.tolist()]
            for name, column in zip(names, flat.T, strict=True)
        }
        if chances is not None and values.ndim == 1:
            found[f"{self.name}_probability"] = [f"{each:.6g}" for each in chances.tolist()]
        return found

    def text(self, row: int) -> str:
        """One row as it is printed: the top classes, or the number with its unit."""
        if self.classes and self.rows.ndim == 2:
            chances = self._by_class()[row]
            best = np.argsort(-chances, kind="stable")[:TOP]
            return ", ".join(f"{self.classes[at]} {chances[at]:.2f}" for at in best)
        values, _ = self._values()
        if values.ndim == 1:
            return self._number(values.tolist()[row])
        listed = values[row].ravel().tolist()
        words = [each if isinstance(each, str) else significant(each) for each in listed]
        more = f", ... ({len(words):,} values)" if len(words) > SHOWN else ""
        shape = f"{shape_text(values.shape[1:])}: " if values.ndim > 2 else ""
        return shape + ", ".join(words[:SHOWN]) + more

    def _values(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Names of classes with their probabilities, or numbers as a person is shown them."""
        if not self.classes:
            shown = self.tensor.origin + self.tensor.scale * np.asarray(self.rows, np.float64)
            return (shown[..., 0] if shown.ndim > 1 and shown.shape[-1] == 1 else shown), None
        chances = self._by_class()
        best = chances.argmax(axis=-1)
        return np.array(self.classes, dtype=object)[best], chances.max(axis=-1)

    def _by_class(self) -> np.ndarray:
        """(rows, ..., classes); of two classes the model may give the second one's chance alone."""
        chances = np.asarray(self.rows, np.float64)
        if chances.shape[-1] == len(self.classes):
            return chances
        return np.concatenate([1 - chances, chances], axis=-1)

    def _number(self, value: float) -> str:
        tensor = self.tensor
        if tensor.unit in ("probability", "0-1"):
            return f"{value:.2f} ({tensor.meaning or tensor.unit})"
        unit = tensor.unit if (tensor.scale, tensor.origin) == (1, 0) else tensor.shown_unit
        return f"{significant(value)} {unit}".strip()


def answers(
    run: Run, predicted: Mapping[str, np.ndarray], labels: Mapping[str, Sequence[str]]
) -> list[Answer]:
    """What the model says, by output; an output of several columns gives one answer for each.

    Args:
        run: Its recipe says which columns an output is trained on.
        predicted: Output -> array, rows on axis 0.
        labels: The run's vocabularies.
    """
    recipe = run.record.recipe
    known = {tensor.name: tensor for tensor in architecture(run).outputs}
    found = []
    for output, rows in predicted.items():
        tensor = known.get(output, TensorSpec(output, ()))
        columns = columns_of(recipe, output)
        if sum(columns_of(recipe, other) == columns for other in recipe.loss) > 1:
            columns = (output,)  # another output is trained on the same
        if len(columns) > 1 and rows.shape[1:] == (len(columns),):
            found += [
                Answer(column, rows[:, at : at + 1], tensor) for at, column in enumerate(columns)
            ]
            continue
        name = columns[0] if len(columns) == 1 else output
        chances = tensor.unit == "probability" or (
            not tensor.unit and classifies(recipe.loss.get(output, ""))
        )
        names = ()
        if chances:
            listed = (labels.get(key) for key in (tensor.vocabulary, *columns, output))
            width = rows.shape[-1]
            fitting = (
                each for each in listed if each and len(each) == (2 if width == 1 else width)
            )
            numbered = tuple(map(str, range(width))) if width > 1 else ()
            names = tuple(next(fitting, numbered))
        found.append(Answer(name, rows, tensor, names))
    return found


def significant(value: float) -> str:
    """A number to four digits, or to the unit where it has more."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    return f"{value:.{min(max(0, 3 - math.floor(math.log10(abs(value)))), 12)}f}"
