"""Fields of recipes that are settings of a Keras callback, and those that take functions.

Each table has an argument of the callback -> what it takes; the callbacks themselves are made in
`zoo.training.callbacks`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Annotated, Any

from zoo.core.errors import RecipeError
from zoo.recipes.fields import (
    Convert,
    Count,
    NotNegative,
    Patience,
    Rule,
    Word,
    below,
    checked,
    known,
    one_of,
    shown,
)
from zoo.recipes.functions import named

Mode = Annotated[str, one_of("auto", "min", "max")]
Function = Annotated[Word, Convert(named)]  # a name, or what `named` takes

_PLACE = re.compile(r"\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(:[0-9]{0,2}(\.[0-9]{1,2})?[dfeg]?)?\}")
_FILE = re.compile(rf"(?:{_PLACE.pattern.replace('?P<name>', '?:')}|[A-Za-z0-9_.=-]){{1,100}}")
WEIGHTS_ONLY = ".weights.h5"
WHOLE_MODEL = ".keras"

FileName = Annotated[
    str,
    Rule(
        "a file name of letters, digits, _ . = - and places such as {epoch:02d} or {val_loss:.2f}",
        lambda text: _FILE.fullmatch(text) and text[0] not in ".-",
    ),
]

EARLY_STOPPING: Mapping[str, Any] = {
    "monitor": Word,
    "mode": Mode,
    "min_delta": NotNegative,
    "baseline": float | None,
    "start_from_epoch": Patience,
    "restore_best_weights": bool,
}
MODEL_CHECKPOINT: Mapping[str, Any] = {
    "filepath": FileName,
    "monitor": Word,
    "mode": Mode,
    "save_best_only": bool,
    "save_weights_only": bool,
    "save_freq": Count,
    "initial_value_threshold": float | None,
}


def _early_stopping(value: Any, where: str) -> Any:
    return _entries(value, where, EARLY_STOPPING)


def _model_checkpoint(value: Any, where: str) -> Any:
    if isinstance(value, Mapping) and value.get("save_freq") == "epoch":  # Keras's default
        value = {key: each for key, each in value.items() if key != "save_freq"}
    held = _entries(value, where, MODEL_CHECKPOINT)
    if not held:
        return held
    path = held.get("filepath", "")
    if not path:
        raise RecipeError(f"{where}.filepath is missing, such as " + "{epoch:02d}" + WHOLE_MODEL)
    weights = held.get("save_weights_only", path.endswith(WEIGHTS_ONLY))
    ending = WEIGHTS_ONLY if weights else WHOLE_MODEL
    if not path.endswith(ending):
        what = f"with save_weights_only={weights}"
        raise RecipeError(f"{where}.filepath must end in {ending} {what}, not {shown(path)}")
    return {**held, "save_weights_only": weights}


def _entries(value: Any, where: str, table: Mapping[str, Any]) -> Any:
    """A mapping whose keys are arguments of a callback."""
    if not isinstance(value, Mapping):
        raise RecipeError(f"{where} takes a mapping, not {shown(value)}")
    for key in value:
        known(key, table, where)
    return {key: checked(table[key], each, below(where, key)) for key, each in value.items()}


def _by_class(value: Any, where: str) -> Any:
    """Class ids may be given as numbers."""
    if not isinstance(value, Mapping):
        raise RecipeError(f"{where} takes a mapping, not {shown(value)}")
    return {str(key) if type(key) is int else key: each for key, each in value.items()}


EarlyStopping = Annotated[Mapping[str, Any], Convert(_early_stopping)]
ModelCheckpoint = Annotated[Mapping[str, Any], Convert(_model_checkpoint)]
ClassWeights = Annotated[Mapping[str, NotNegative], Convert(_by_class)]


def places(filepath: str) -> list[str]:
    """What a checkpoint's file name has in braces: `epoch`, `batch`, or a value of training."""
    return [name for _, name, _, _ in string.Formatter().parse(filepath) if name]
