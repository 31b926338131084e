"""run.json: what is known of a run. Every field is checked when the file is read.

A damaged file gives one TrainingError that names the file and the field.
"""

from __future__ import annotations

import json
import os
import platform as here
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

from zoo.core.errors import TrainingError
from zoo.core.files import write_text
from zoo.recipes.fields import (
    Count,
    Engine,
    Rule,
    RunName,
    Size,
    as_json,
    from_json,
    one_of,
)
from zoo.recipes.recipe import ADDED, Recipe
from zoo.training.devices import threads

FILE = "run.json"
VERSION = 1
STATUSES = ("running", "finished", "interrupted", "failed")
PACKAGES = ("functional-zoo", "tensorflow", "keras", "numpy", "pandas", "scikit-learn")
SEEDS = 2**32  # what NumPy takes

Version = Annotated[int, Rule(f"{VERSION}", lambda number: number == VERSION)]
Status = Annotated[str, one_of(*STATUSES)]
Seed = Annotated[int, Rule("from 0 to 2**32 - 1", lambda number: 0 <= number < SEEDS)]
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


def usable_cores() -> int | None:
    """Cores that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


@dataclass(frozen=True)
class Machine:
    """Platform, cores, and what changes the last bits of a result: oneDNN and threads.

    `affinity` is the number of cores that the process may use; `intra` threads share an operation
    and `inter` run operations at once, 0 for one per core. Records of earlier versions have none
    of the three.
    """

    platform: str = field(default_factory=here.platform)
    processor: str = field(default_factory=here.machine)
    cores: Count | None = field(default_factory=os.cpu_count)
    onednn: bool = field(
        default_factory=lambda: os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") != "0"
    )
    affinity: Count | None = field(default_factory=usable_cores)
    intra: Size | None = field(default_factory=lambda: threads("intra"))
    inter: Size | None = field(default_factory=lambda: threads("inter"))


@dataclass(frozen=True)
class DataRecord:
    """The data of a run.

    `rows` is by split, `sizes` are builder arguments that the data decided, and `inputs` gives the
    shape of one row by input. `names` gives the columns of the DataFrame that a tensor was made of,
    where the rows were given as one; records of earlier versions have none.
    """

    name: str
    source: str
    fingerprint: str
    rows: Mapping[str, Size]
    sizes: Mapping[str, Size]
    inputs: Mapping[str, tuple[int, ...]]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Upstream:
    """The run whose prediction a stacked run reads, and the fingerprint of its data."""

    recipe: str
    run: RunName
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
        workers: How many processes trained it.
        upstream: The run whose prediction this one reads, if its recipe is stacked.
        metrics, baseline: Scores of the model and of the classical model `baseline_name`.
        references: Name, such as `trivial` -> scores that the data itself offers.
        seconds: Phase of the run -> seconds.
        error: What ended the run, if it failed.
        ensemble: Only of an ensemble.
    """

    version: Version = VERSION
    status: Status = "running"
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    command: str
    recipe: Recipe
    seed: Seed
    data: DataRecord
    upstream: Upstream | None = None
    engine: Engine
    parameters: Size
    workers: Count = 1
    commit: str | None = field(default_factory=commit)
    versions: Mapping[str, str] = field(default_factory=versions)
    machine: Machine = field(default_factory=Machine)
    epochs_run: Size = 0
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
        if path.exists() and not path.is_file():
            raise TrainingError(f"{path} is damaged: it is not a file")
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
            if isinstance(content, dict):
                _complete(content)
            record = from_json(cls, content, complete=True)
        except ValueError as error:
            raise TrainingError(str(error)) from error
        if record.status == "finished" and not record.metrics:
            raise TrainingError("metrics are missing from a finished run")
        if bool(record.upstream) != bool(record.recipe.stacked_on):
            raise TrainingError("upstream does not match recipe.stacked_on")
        return record

    def to_json(self) -> str:
        """The text of run.json."""
        return to_json(as_json(self))

    def write(self, folder: Path) -> None:
        """Write run.json, whole or not at all."""
        write_text(folder / FILE, self.to_json())


_THREADS = ("affinity", "intra", "inter")


def _complete(content: dict[str, Any]) -> None:
    """Add what a record of an earlier version lacks."""
    content.setdefault("workers", 1)
    if isinstance(content.get("data"), dict):
        content["data"].setdefault("names", {})
    if isinstance(content.get("machine"), dict):
        content["machine"] = {**dict.fromkeys(_THREADS), **content["machine"]}
    if isinstance(content.get("recipe"), dict):
        content["recipe"] = {**ADDED, **content["recipe"]}


def parsed(text: str) -> Any:
    """JSON without NaN, infinities or characters that no file can hold.

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
    return content


def one_line(error: object) -> str:
    """An error's message on one line that is not too long to read."""
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else f"{text[:300]}..."


def to_json(content: Any) -> str:
    """JSON as the files of a run folder hold it."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
