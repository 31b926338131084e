"""Writing a model in a format, checking the file, and only then giving it its name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.console import Reporter
from zoo.core.errors import DataError, TrainingError
from zoo.core.files import replacing, replacing_folder, write_text
from zoo.experiments.feeding import feed
from zoo.experiments.record import FILE as RECORD
from zoo.experiments.runs import LOGDIR, MODEL, Run, load_run, logdir_of, read_labels
from zoo.exporting import preprocessing, serving, verify
from zoo.exporting.formats import FORMATS, Arrays, Artifact, ExportError
from zoo.exporting.text_inputs import WithIds, with_ids
from zoo.models.registry import list_models, spec
from zoo.models.spec import TensorSpec

TOLERANCE = 1e-4


@dataclass(frozen=True)
class Exported:
    """A written and checked artifact.

    Attributes:
        path: The file, or the folder of a SavedModel.
        format: A name in `FORMATS`.
        runtime: What it was checked in.
        bytes: Size of the file, or of all files in the folder.
        difference: The largest absolute difference from the model's own outputs.
        batches: Rows at a time in the check.
        lengths: Lengths of the axes that vary in the check; empty if none does.
        rows: `test`, or another split, `given` or `made up`: what it was checked on.
        ids: Inputs that take ids of words in the file, and text in the model.
    """

    path: Path
    format: str
    runtime: str
    bytes: int
    difference: float
    batches: tuple[int, ...]
    lengths: tuple[int, ...]
    rows: str
    ids: tuple[str, ...] = ()


def export(
    model: keras.Model | Run | str | Path,
    format: str,
    path: str | Path | None = None,
    *,
    rows: Mapping[str, np.ndarray] | None = None,
    tolerance: float = TOLERANCE,
    logdir: str | Path = LOGDIR,
    split: str = "given",
) -> Exported:
    """Write a model in one format, and run the file in its own runtime before it takes its name.

    The file's inputs and outputs have the model's names; the batch may have any number of rows,
    and axes that vary in the model vary in the file. `signature.json` beside it gives names,
    types, shapes and units. Preprocessing is part of the file as far as it is of the model;
    inputs of text that the format cannot look up take ids, whose words `signature.json` lists.

    Args:
        model: A functional or Sequential model, a run, or a run's folder or recipe name.
        format: A name in `FORMATS`: `keras`, `savedmodel`, `litert` or `onnx`.
        path: File to write (a folder for `savedmodel`) with the format's suffix; by default in
            `export/` in the run's folder. What is there is replaced once the check has
            passed.
        rows: Input arrays by name to check with, rows on axis 0; by default the run's test
            rows, else made-up ones.
        tolerance: The largest allowed difference from the model's own output: absolute, or
            relative to the output's largest value where that is above 1.
        logdir: Where runs are looked up.
        split: Which split `rows` are from, for the record.

    Returns:
        What was written and how it was checked: `path`, `bytes`, `difference` and more.

    Raises:
        UnknownNameError: no such format.
        ExportError: the format cannot express the model, its runtime is not installed, or the
            file gives other outputs.
        TrainingError: no such run, or it is damaged.

    Example:
        >>> import zoo
        >>> model = zoo.build("tiny_dense")
        >>> written = zoo.export(model, "keras", "tiny.keras")
        >>> written.path.name, written.difference
        ('tiny.keras', 0.0)
    """
    target = FORMATS.get(format)
    loaded: Any = load_run(model, logdir) if isinstance(model, str | Path) else model
    run = loaded if isinstance(loaded, Run) else None
    chosen: Any = run.model if run else loaded
    serving.check_exportable(chosen)
    if path is None:
        if run is None:
            raise ExportError("give a path to export a model: export(model, format, path)")
        path = run.folder / "export" / target.file
    path = Path(path)
    _check_path(path, format, Path(target.file).suffix)
    if rows is None:
        split, rows = rows_for(run) if run else ("made up", verify.made_up_rows(chosen))
    inputs = verify.given_rows(chosen, rows)
    changed = with_ids(chosen, target.lookups)
    replace = replacing if Path(target.file).suffix else replacing_folder
    with replace(path) as partial:
        artifact = _written(changed.model, format, partial)
        found = verify.check(changed.model, artifact, changed.rows(inputs), tolerance)
    exported = Exported(
        path,
        format,
        artifact.runtime,
        _size(path),
        rows=split,
        ids=tuple(changed.lookups),
        **vars(found),
    )
    signature = _signature(changed, exported, tolerance, run)
    add_signature(path.parent, path.name, signature)
    return exported


def rows_for(run: Run) -> tuple[str, Arrays]:
    """Rows of the run's data that it was not trained on, and their split.

    They are made up where the data is not on this machine, or the run that a stacked one builds
    on is gone.
    """
    from zoo.experiments import setup  # data readers: a plain model needs none

    recipe, upstream = run.record.recipe, run.record.upstream
    silent = Reporter(silent=True)
    try:
        dataset = setup.load(recipe, run.record.data.source, silent)
        logdir = logdir_of(run.folder, recipe.name) or run.folder.parent.parent
        if upstream:  # never train here: this run's own upstream, or none
            before = load_run(f"{recipe.stacked_on}/{upstream.run}", logdir)
            dataset = setup.add_prediction(dataset, before.model, before.record.recipe)
    except (DataError, TrainingError):
        return "made up", verify.made_up_rows(run.model)
    splits = feed(recipe, dataset, run.model, silent.line)
    split = next(name for name in ("test", "validation", "train", *splits) if name in splits)
    return split, {name: array[: verify.ROWS] for name, array in splits[split][0].items()}


def load(path: str | Path) -> Artifact:
    """Open a written artifact in its runtime, chosen by its suffix.

    Raises:
        ExportError: it is not an artifact of a known format.
    """
    path = Path(path)
    for format in FORMATS.values():
        suffix = Path(format.file).suffix
        held = path if suffix else path / "saved_model.pb"
        if held.is_file() and suffix in ("", path.suffix):
            return format.open(path)
    raise ExportError(f"{path} is not a file or folder written by zoo export")


def _check_path(path: Path, format: str, suffix: str) -> None:
    """Refuse a path of the wrong suffix, or one where something else would be overwritten."""
    if path.name == MODEL and (path.parent / RECORD).is_file():
        raise ExportError(f"{path} is the model of a run; choose another path")
    if suffix:
        if path.suffix != suffix:
            raise ExportError(f"{format} files must end in {suffix}, not {path.name!r}")
        if path.is_dir():
            raise ExportError(f"{path} is a folder, but {format} is written to a file")
        return
    filled = any(path.iterdir()) if path.is_dir() else path.exists()
    if filled and not (path / "saved_model.pb").is_file():
        raise ExportError(f"{path} exists and is not a SavedModel; choose another path")


def _written(model: keras.Model, format: str, path: Path) -> Artifact:
    """Write the file and open it in its runtime."""
    target = FORMATS.get(format)
    try:
        target.write(model, path)
        return target.open(path)
    except Exception as error:  # Keras and TensorFlow raise many kinds
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ExportError(f"{model.name} as {format}: {reason}") from error


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def add_signature(folder: Path, artifact: str, entry: Mapping[str, Any]) -> None:
    """Set one artifact's entry in the folder's signature.json, which others call it by.

    Entries of neighbors that are still there stay; a damaged file is rewritten.
    """
    path = folder / "signature.json"
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        read = {}
    known = read.items() if isinstance(read, dict) else ()
    entries = {name: old for name, old in known if (folder / name).exists()}
    entries[artifact] = dict(entry)
    write_text(path, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


def _signature(
    changed: WithIds, exported: Exported, tolerance: float, run: Run | None
) -> dict[str, Any]:
    """What signature.json says of one artifact, with units if its architecture is registered."""
    model, words = changed.model, changed.words()
    architecture = run.record.recipe.architecture if run else model.name
    known = spec(architecture) if architecture in list_models() else None
    inputs = _described(serving.inputs_of(model), known.inputs if known else ())
    outputs = _described(serving.outputs_of(model), known.outputs if known else ())
    for each in inputs:
        if each["name"] in words:
            each["words"] = words[each["name"]]
    asked = _asked(inputs, outputs, run) if run else {}
    return {
        "format": exported.format,
        "model": model.name,
        **({"run": f"{run.folder.parent.name}/{run.folder.name}"} if run else {}),
        "inputs": inputs,
        "outputs": outputs,
        **asked,
        "check": {
            "runtime": exported.runtime,
            "rows": exported.rows,
            "batches": list(exported.batches),
            "lengths": list(exported.lengths),
            "largest_difference": exported.difference,
            "tolerance": tolerance,
        },
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
    }


def _asked(inputs: list[dict[str, Any]], outputs: list[dict[str, Any]], run: Run) -> dict[str, Any]:
    """Add to inputs and outputs what a person gives and reads; the vocabularies for it.

    A run whose files are gone, or whose model was changed, has none of it.
    """
    try:
        labels = read_labels(run.folder)
        columns = preprocessing.columns(run, labels)
        answers = preprocessing.read_outputs(run.model, run, labels)
        vocabularies = preprocessing.vocabularies(run, labels)
    except TrainingError:
        return {}
    for described, key, found in ((inputs, "columns", columns), (outputs, "answers", answers)):
        for each in described:
            if each["name"] in found:
                each[key] = found[each["name"]]
    return {"vocabularies": vocabularies}


def _described(tensors: Mapping[str, Any], specs: Sequence[TensorSpec]) -> list[dict[str, Any]]:
    """Name, type and shape of each tensor (null where it varies), with its unit."""
    known = {each.name: each for each in specs}
    described = []
    for name, tensor in tensors.items():
        entry = {"name": name, "dtype": tensor.dtype, "shape": list(tensor.shape)}
        if found := known.get(name):
            told = {"unit": found.unit, "vocabulary": found.vocabulary}
            entry |= {key: text for key, text in told.items() if text}
        described.append(entry)
    return described
