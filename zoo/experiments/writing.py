"""Text that a trained model writes: character by character, each drawn from what it predicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.csv import as_number
from zoo.data.text.encoding import SPECIAL
from zoo.experiments.runs import Run, read_labels, with_model

if TYPE_CHECKING:
    import keras

MOST = 10_000  # characters that are written at a time
LARGEST = 1e6  # temperature, at which all characters are equally likely


@dataclass(frozen=True)
class Manner:
    """How a text is continued.

    Attributes:
        length: Characters to add, 1 to 10,000.
        temperature: 1 draws by the model's own probabilities, less makes likely characters
            likelier, more makes them less likely; 0 always takes the likeliest one.
        seed: Fixes what is drawn; not negative.
    """

    length: int = 200
    temperature: float = 0.8
    seed: int = 0


@dataclass(frozen=True)
class _Range:
    """The numbers that an option takes, and how a message says so."""

    low: float
    high: float
    whole: bool
    words: str

    def holds(self, number: float) -> bool:
        return self.low <= number <= self.high and (number.is_integer() or not self.whole)


_RANGES = {
    "length": _Range(1, MOST, True, f"a whole number from 1 to {MOST:,}"),
    "temperature": _Range(0, LARGEST, False, f"a number from 0 to {LARGEST:,.0f}"),
    "seed": _Range(0, 2**32 - 1, True, "a whole number from 0 to 4,294,967,295"),
}

OPTIONS = {  # name -> what it takes
    name: f"{_RANGES[name].words}; {value:g} if left out" for name, value in vars(Manner()).items()
}


def continued(
    model: keras.Model, alphabet: Sequence[str], text: str, manner: Manner, window: int
) -> str:
    """The text, and what the model makes follow it.

    Args:
        model: Takes ids (rows, steps), gives probabilities (rows, steps, characters).
        alphabet: The character of each id. The unknown one is never written.
        text: One or more characters of the alphabet.
        manner: How much is added, and how it is drawn.
        window: The most characters that the model reads at once; it sees the last ones.
    """
    number = {character: place for place, character in enumerate(alphabet)}
    unknown = [place for place, character in enumerate(alphabet) if character in SPECIAL]
    ids = [number[character] for character in text]
    rng = np.random.default_rng(manner.seed)
    for _ in range(manner.length):
        seen = np.array([ids[-window:]], np.int32)
        chance = np.asarray(model.predict_on_batch(seen)[0, -1], np.float64)
        chance[unknown] = 0
        ids.append(_drawn(chance, manner.temperature, rng))
    return "".join(alphabet[each] for each in ids)


def _drawn(chance: np.ndarray, temperature: float, rng: np.random.Generator) -> int:
    """The place of a character, by its chances to the power of 1 / temperature."""
    if not temperature:
        return int(chance.argmax())
    with np.errstate(divide="ignore", over="ignore"):  # a chance of 0 stays 0
        scores = np.log(chance / chance.max()) / temperature
    raised = np.exp(scores)
    return int(rng.choice(len(chance), p=raised / raised.sum()))


class Writer:
    """A run whose model continues texts, asked with the values that a person types."""

    def __init__(self, run: Run) -> None:
        self._run = run
        (self.column,) = run.record.data.inputs
        self._window = run.record.data.inputs[self.column][0]
        self._alphabet = read_labels(run.folder)["character"]
        self.columns = (self.column, *_RANGES)

    def write(self, values: Mapping[str, str], place: Callable[[str], str]) -> str:
        """The text of the input column, continued.

        Args:
            values: The text, and any of `length`, `temperature` and `seed`, as they were typed.
            place: How a message names the place of a value.

        Raises:
            DataError: a value is missing, unknown or out of its range, or the text has a
                character that the model does not know.
        """
        for name in values:
            if name not in self.columns:
                raise DataError(str(UnknownNameError("input", name, self.columns)))
        if not values.get(self.column):
            raise DataError(f"{place(self.column)} is missing: a text to continue")
        text = values[self.column]
        for character in text:
            if character not in self._alphabet:
                known = "".join(sorted(each for each in self._alphabet if len(each) == 1))
                raise DataError(
                    f"{place(self.column)}: the run does not know the character {character!r}; "
                    f"it knows {known!r}"
                )
        numbers = {field: float(default) for field, default in vars(Manner()).items()}
        for name in [name for name in _RANGES if name in values]:
            number = as_number(values[name])
            if number is None or not _RANGES[name].holds(number):
                raise DataError(f"{place(name)} takes {_RANGES[name].words}, not {values[name]!r}")
            numbers[name] = number
        manner = Manner(int(numbers["length"]), numbers["temperature"], int(numbers["seed"]))
        return continued(self._model, self._alphabet, text, manner, self._window)

    @cached_property
    def _model(self) -> keras.Model:
        return with_model(self._run).model  # once what is asked has been checked
