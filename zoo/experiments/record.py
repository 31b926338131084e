"""run.json: what is known of a run. Every field is checked when the file is read.

A damaged file gives one TrainingError that names the file and the field.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import platform as here
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from zoo.core.errors import RecipeError, TrainingError
from zoo.core.files import write_text
from zoo.recipes.fields import ENGINES, shown
from zoo.recipes.recipe import Recipe

FILE = "run.json"
VERSION = 1
STATUSES = ("running", "finished", "interrupted", "failed")
PACKAGES = ("functional-zoo", "tensorflow", "keras", "numpy", "pandas", "scikit-learn")
SEEDS = 2**32  # what NumPy takes

Scores = dict[str, dict[str, float]]  # split -> metric -> value


def commit() -> str | None:
    """The checkout's commit, `-dirty` if files differ from it; None outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        found = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide a run's numbers."""
    found = {"python": here.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


@dataclass(frozen=True)
class Machine:
    """Platform, cores, and oneDNN, which changes the last bits of a result."""

    platform: str = field(default_factory=here.platform)
    processor: str = field(default_factory=here.machine)
    cores: int | None = field(default_factory=os.cpu_count)
    onednn: bool = field(
        default_factory=lambda: os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") != "0"
    )


@dataclass(frozen=True)
class DataRecord:
    """The data of a run.

    `rows` is by split, `sizes` are builder arguments that the data decided, and `inputs` gives the
    shape of one row by input.
    """

    name: str
    source: str
    fingerprint: str
    rows: Mapping[str, int]
    sizes: Mapping[str, int]
    inputs: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Upstream:
    """The run whose prediction a stacked run reads, and the fingerprint of its data."""

    recipe: str
    run: str
    data: str


@dataclass(frozen=True)
class MemberRecord:
    """One model of an ensemble; `shares` is its weight by output, empty in a uniform ensemble."""

    run: str
    recipe: str
    seed: int
    reused: bool
    shares: Mapping[str, float]
    scores: Scores


@dataclass(frozen=True)
class EnsembleRecord:
    """What an ensemble is made of.

    Attributes:
        weights: `uniform` or `validation`.
        shares: Output -> weights of the members that the validation rows choose, if there are any.
        averages: `average` and, with shares, `weighted average` -> scores.
    """

    weights: str
    members: tuple[MemberRecord, ...]
    shares: Mapping[str, tuple[float, ...]] | None
    averages: Mapping[str, Scores]


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """All that run.json holds; what is known only at the end is empty until then.

    Attributes:
        status: `running`, `finished`, `interrupted` or `failed`.
        started: When, UTC.
        command: The command line that repeats the run.
        upstream: The run whose prediction this one reads, if its recipe is stacked.
        metrics, baseline: Scores of the model and of the classical model `baseline_name`.
        references: Name, such as `trivial` -> scores that the data itself offers.
        seconds: Phase of the run -> seconds.
        error: What ended the run, if it failed.
        ensemble: Only of an ensemble.
    """

    version: int = VERSION
    status: str = "running"
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    command: str
    recipe: Recipe
    seed: int
    data: DataRecord
    upstream: Upstream | None = None
    engine: str
    parameters: int
    commit: str | None = field(default_factory=commit)
    versions: Mapping[str, str] = field(default_factory=versions)
    machine: Machine = field(default_factory=Machine)
    epochs_run: int = 0
    metrics: Scores = field(default_factory=dict)
    baseline: Scores = field(default_factory=dict)
    baseline_name: str = ""
    references: Mapping[str, Scores] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
    ensemble: EnsembleRecord | None = None

    @classmethod
    def read(cls, folder: Path) -> RunRecord:
        """The record of a run folder.

        Raises:
            TrainingError: run.json is missing or damaged; the message names the field.
        """
        path = folder / FILE
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise TrainingError(f"{folder} is not a run folder: it has no {FILE}") from None
        except (OSError, ValueError, TrainingError) as error:
            raise TrainingError(f"{path} is damaged: {one_line(error)}") from error

    @classmethod
    def from_json(cls, text: str) -> RunRecord:
        """The record that `to_json` wrote.

        Raises:
            TrainingError: a field is missing, unknown, of the wrong type or out of its range.
        """
        try:
            content = parsed(text)
        except ValueError as error:
            raise TrainingError(str(error)) from error
        record = typed(cls, content, "")
        _check_ranges(record)
        return record

    def to_json(self) -> str:
        """The text of run.json."""
        return to_json(as_json(self))

    def write(self, folder: Path) -> None:
        """Write run.json, whole or not at all."""
        write_text(folder / FILE, self.to_json())


def _check_ranges(record: RunRecord) -> None:
    """Refuse values of the right type that no run has."""
    counts = {**record.data.rows, **record.data.sizes}
    scored = record.status == "finished"
    checks = (
        ("version", record.version == VERSION, f"must be {VERSION}, not {record.version}"),
        ("status", record.status in STATUSES, f"must be one of {', '.join(STATUSES)}"),
        ("engine", record.engine in ENGINES, f"must be one of {', '.join(ENGINES)}"),
        ("seed", 0 <= record.seed < SEEDS, "must be from 0 to 2**32 - 1"),
        ("parameters", record.parameters >= 0, "must not be negative"),
        ("epochs_run", record.epochs_run >= 0, "must not be negative"),
        ("machine.cores", (record.machine.cores or 1) >= 1, "must be 1 or more"),
        ("data", min(counts.values(), default=0) >= 0, "rows and sizes must not be negative"),
        ("metrics", bool(record.metrics) or not scored, "a finished run has some"),
        (
            "upstream",
            bool(record.upstream) == bool(record.recipe.stacked_on),
            "does not match recipe.stacked_on",
        ),
    )
    for name, holds, message in checks:
        if not holds:
            raise TrainingError(f"{name}: {message}")
    if record.upstream:  # part of a path
        run = record.upstream.run
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", run):
            raise TrainingError(
                f"upstream.run: takes letters, digits, _, . and -, not {shown(run)}"
            )


# Reading JSON by type

MOST_LEVELS = 16  # of lists and mappings in each other
_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def parsed(text: str) -> Any:
    """JSON without NaN, infinities, characters that no file can hold, or a hundred levels.

    Raises:
        ValueError: the message says where or what.
    """

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not a number")

    try:
        content = json.loads(text, parse_constant=refuse)
        json.dumps(content, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_levels(content, "", MOST_LEVELS)
    return content


def _check_levels(value: Any, where: str, levels: int) -> None:
    if not levels:
        raise ValueError(f"{where[:40]}: is nested too deeply")
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            _check_levels(each, _below(where, str(key)), levels - 1)


def typed(kind: Any, value: Any, where: str) -> Any:
    """A JSON value as the type annotation `kind` says; lists become tuples.

    Raises:
        TrainingError: it is of another type; the message begins with the field, `where`.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):  # X | None
        return None if value is None else typed(inner[0], value, where)
    if kind is Recipe:
        return _recipe(value, where)
    if dataclasses.is_dataclass(kind) and isinstance(value, dict):
        return _fields(kind, value, where)
    if origin in (Mapping, dict) and isinstance(value, dict):
        return {key: typed(inner[1], each, _below(where, key)) for key, each in value.items()}
    if origin is tuple and isinstance(value, list):
        return tuple(typed(inner[0], each, f"{where}[{at}]") for at, each in enumerate(value))
    if kind is float and type(value) is int and abs(value) < 2**63:
        return float(value)
    if kind in _WORDS and type(value) is kind and _usable(value):
        return value
    wanted = _WORDS.get(kind, "a list" if origin is tuple else "a mapping")
    raise TrainingError(f"{where or 'the file'}: must be {wanted}, not {shown(value)}")


def _fields(kind: Any, value: dict[str, Any], where: str) -> Any:
    """A dataclass from a mapping that has each of its fields, and no others."""
    hints = get_type_hints(kind)
    for key in value:
        if key not in hints:
            raise TrainingError(f"{_below(where, key)}: there is no such field")
    _check_keys(hints, value, where)
    return kind(**{key: typed(hints[key], value[key], _below(where, key)) for key in hints})


def _recipe(value: Any, where: str) -> Recipe:
    try:
        recipe = Recipe.from_dict(value)
    except RecipeError as error:
        raise TrainingError(f"{where}: {one_line(error)}") from error
    _check_keys(recipe.to_dict(), value, where)
    return recipe


def _check_keys(wanted: Iterable[str], value: Mapping[str, Any], where: str) -> None:
    for key in wanted:
        if key not in value:
            raise TrainingError(f"{_below(where, key)}: is missing")


def _usable(value: Any) -> bool:
    """Not a number that overflows an int64 or a float."""
    bound = 2**63 if isinstance(value, int) else math.inf
    return isinstance(value, str) or abs(value) < bound


def _below(where: str, key: str) -> str:
    name = key if re.fullmatch(r"[\w .-]{1,40}", key) else shown(key)
    return f"{where}.{name}" if where else name


def one_line(error: object) -> str:
    """An error's message on one line that is not too long to read."""
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else f"{text[:300]}..."


def to_json(content: Any) -> str:
    """JSON as the files of a run folder hold it."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_json(value: Any) -> Any:
    """Dataclasses, mappings and tuples as JSON's values."""
    if isinstance(value, Recipe):
        return value.to_dict()
    if dataclasses.is_dataclass(value):
        return {each.name: as_json(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: as_json(each) for key, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, tuple | list) else value
