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
from zoo.recipes.functions import CUSTOM, named

Mode = Annotated[str, one_of("auto", "min", "max")]
Function = Annotated[  # a name, or what `named` takes
    str,
    Rule(
        "a name of letters, digits and _",
        lambda text: re.fullmatch(rf"(?:{CUSTOM})?[A-Za-z_][A-Za-z0-9_]*", text),
    ),
    Convert(named),
]

_COUNT = r"\{(?:epoch|batch)(?::(?:0[1-9])?d?)?\}"
_VALUE = r"\{(?!epoch\b|batch\b)[A-Za-z_][A-Za-z0-9_]*(?::(?:0[1-9])?(?:\.[0-9])?[feg]?)?\}"
_FILE = re.compile(rf"(?:{_COUNT}|{_VALUE}|[A-Za-z0-9_.=-]){{1,100}}")
BEST = "best.weights.h5"  # every run writes it
LONGEST = 150  # letters of a file's name
WEIGHTS_ONLY = ".weights.h5"
WHOLE_MODEL = ".keras"

FileName = Annotated[
    str,
    Rule(
        "a file name of letters, digits, _ . = - and places such as {epoch:02d} or {val_loss:.2f}",
        lambda text: _FILE.fullmatch(text) and text[0] not in ".-" and _filled(text) <= LONGEST,
    ),
    Rule(f"another name than {BEST}, which every run writes", lambda text: text != BEST),
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


def _filled(path: str) -> int:
    """How long the file's name is, about, with values in its places."""
    return len(re.sub(r"\{[^}]*\}", "0" * 12, path))


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
    if "initial_value_threshold" in held and not held.get("save_best_only"):
        raise RecipeError(f"{where}.initial_value_threshold needs save_best_only")
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
    weights = {str(key) if type(key) is int else key: each for key, each in value.items()}
    if len(weights) < len(value):
        raise RecipeError(f"{where}: a class is given twice, as a number and as text")
    return weights


EarlyStopping = Annotated[Mapping[str, Any], Convert(_early_stopping)]
ModelCheckpoint = Annotated[Mapping[str, Any], Convert(_model_checkpoint)]
ClassWeights = Annotated[Mapping[str, NotNegative], Convert(_by_class)]


def places(filepath: str) -> list[str]:
    """What a checkpoint's file name has in braces: `epoch`, `batch`, or a value of training."""
    return [name for _, name, _, _ in string.Formatter().parse(filepath) if name]
