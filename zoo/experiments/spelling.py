"""Words of a category that the model does not know: in another case, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.errors import UnknownNameError
from zoo.experiments.ports import Port

if TYPE_CHECKING:
    import keras

LOOKUP = "StringLookup"


def as_spelled(
    model: keras.Model,
    ports: Sequence[Port],
    inputs: Mapping[str, np.ndarray],
    note: Callable[[str], None],
) -> dict[str, np.ndarray]:
    """The inputs, with words as the model knows them where the case alone differs.

    Args:
        model: Looks up the words of categories itself.
        ports: Those of the model.
        inputs: Input name -> rows; words are texts.
        note: Called with a line for each word that is read otherwise, or is unknown.
    """
    found = dict(inputs)
    for port in ports:
        words = _known(model, port.column) if port.kind == "word" else None
        if words is not None:
            found[port.column] = _read(port.column, found[port.column], words, note)
    return found


def _known(model: Any, name: str) -> list[str] | None:
    """The words that the lookup of an input knows, without the one for all others."""
    (tensor,) = (each for each in model.inputs if each.name == name)
    for layer in model.layers:
        reads = (each for node in layer._inbound_nodes for each in node.input_tensors)
        if type(layer).__name__ == LOOKUP and any(each is tensor for each in reads):
            return list(map(str, layer.get_vocabulary(include_special_tokens=False)))
    return None


def _read(
    column: str, rows: np.ndarray, words: Sequence[str], note: Callable[[str], None]
) -> np.ndarray:
    folded: dict[str, list[str]] = {}
    for word in words:
        folded.setdefault(word.casefold(), []).append(word)
    instead: dict[str, str] = {}
    for word in dict.fromkeys(rows.ravel().tolist()):
        if word in words:
            continue
        alike = folded.get(word.casefold(), [])
        if len(alike) == 1:
            instead[word] = alike[0]
            note(f"{column}: {word!r} is read as {alike[0]!r}")
        elif word:
            hint = UnknownNameError("word", word, words).hint
            note(f"{column}: no training row has {word!r}; {hint}")
    return np.vectorize(lambda word: instead.get(word, word), otypes=[object])(rows)
