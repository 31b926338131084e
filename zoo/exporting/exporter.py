"""Writing a model in a format, checking the file, and only then giving it its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.console import Reporter
from zoo.core.errors import DataError, TrainingError, UnknownNameError
from zoo.core.files import replacing
from zoo.experiments.feeding import ported
from zoo.experiments.runs import LOGDIR, Run, load_run
from zoo.exporting import (
    FORMATS,
    TOLERANCE,
    keras_file,
    litert,
    onnx_file,
    saved_model,
    serving,
    signature_json,
    verify,
)
from zoo.exporting.errors import ExportError
from zoo.exporting.folders import replacing_folder, size_of
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe

if TYPE_CHECKING:
    from zoo.exporting.artifact import Arrays

_MODULES = {
    "keras": keras_file,
    "savedmodel": saved_model,
    "litert": litert,
    "onnx": onnx_file,
}


@dataclass(frozen=True)
class Exported:
    """A written and checked artifact.

    Attributes:
        path: The file, or the folder of a SavedModel.
        format: One of `FORMATS`.
        runtime: What it was checked in.
        bytes: Size of the file, or of all files in the folder.
        difference: The largest absolute difference from the model's own outputs.
        batches: Rows at a time in the check.
        lengths: Lengths of the axes that vary in the check; empty if none does.
        rows: `test`, or another split, `given` or `made up`: what it was checked on.
    """

    path: Path
    format: str
    runtime: str
    bytes: int
    difference: float
    batches: tuple[int, ...]
    lengths: tuple[int, ...]
    rows: str


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
    """As `zoo.exporting.export` says; `split` is where `rows` come from."""
    if format not in FORMATS:
        raise ExportError(str(UnknownNameError("format", format, FORMATS)))
    run = load_run(model, logdir) if isinstance(model, str | Path) else model
    source = run if isinstance(run, Run) else None
    chosen: Any = run.model if isinstance(run, Run) else run
    serving.check_exportable(chosen)
    if path is None:
        if source is None:
            raise ExportError("say where to: export(model, format, path)")
        path = source.folder / "export" / FORMATS[format]
    path = Path(path)
    _check_path(path, format)
    if rows is None:
        split, rows = rows_for(source) if source else ("made up", verify.made_up_rows(chosen))
    inputs = verify.given_rows(chosen, rows)
    return _written(chosen, format, path, split, inputs, tolerance, source)


def rows_for(run: Run) -> tuple[str, Arrays]:
    """Rows of the run's data that it was not trained on, and their split.

    They are made up where the data is not on this machine, or the run that a stacked one builds
    on is gone.
    """
    from zoo.experiments import (  # data readers, which a model of one's own needs not
        setup,
        stacking,
    )

    recipe = Recipe.from_dict(run.record["recipe"])
    silent = Reporter(silent=True)
    try:
        dataset = setup.load(recipe, run.record["data"]["source"], silent)
        if recipe.stacked_on:  # never train here: this run's own upstream, or none
            upstream = load_run(
                f"{recipe.stacked_on}/{run.record['upstream']['run']}", run.folder.parent.parent
            )
            dataset = stacking.add_prediction(
                dataset, upstream.model, find_recipe(recipe.stacked_on)
            )
    except (DataError, TrainingError):
        return "made up", verify.made_up_rows(run.model)
    splits = ported(recipe, dataset, run.model, silent.line)
    split = next(name for name in ("test", "validation", "train", *splits) if name in splits)
    return split, {name: array[: verify.ROWS] for name, array in splits[split][0].items()}


def _check_path(path: Path, format: str) -> None:
    """Refuse a path of the wrong ending, or one where something else would be overwritten."""
    if format != "savedmodel":
        ending = Path(FORMATS[format]).suffix
        if path.suffix != ending:
            raise ExportError(f"{format} goes to a file that ends in {ending}, not {path.name!r}")
        if path.is_dir():
            raise ExportError(f"{path} is a folder; {format} is one file")
    elif path.exists() and not (path / "saved_model.pb").is_file() and _full(path):
        raise ExportError(f"{path} holds something else than a SavedModel; choose another place")


def _full(path: Path) -> bool:
    return not path.is_dir() or any(path.iterdir())


def _written(
    model: keras.Model,
    format: str,
    path: Path,
    split: str,
    inputs: Arrays,
    tolerance: float,
    run: Run | None,
) -> Exported:
    """Write under a temporary name, check, rename, and describe in ports.json."""
    module = _MODULES[format]
    replace = replacing_folder if format == "savedmodel" else replacing
    with replace(path) as partial:
        try:
            module.write(model, partial)
            artifact = module.open_(partial)
        except (ExportError, OSError):
            raise
        except Exception as error:  # Keras and TensorFlow raise many kinds
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise ExportError(f"{model.name} as {format}: {reason}") from error
        found = verify.check(model, artifact, inputs, tolerance)
    exported = Exported(
        path,
        format,
        artifact.runtime,
        size_of(path),
        found.difference,
        found.batches,
        found.lengths,
        split,
    )
    signature_json.add(path.parent, path.name, _entry(model, exported, tolerance, run))
    return exported


def _entry(
    model: keras.Model, exported: Exported, tolerance: float, run: Run | None
) -> dict[str, Any]:
    """What ports.json says of one artifact."""
    card = signature_json.card_of(run.record["recipe"]["architecture"] if run else model.name)
    inputs, outputs = serving.inputs_of(model), serving.outputs_of(model)
    return {
        "format": exported.format,
        "model": model.name,
        **({"run": f"{run.folder.parent.name}/{run.folder.name}"} if run else {}),
        "inputs": signature_json.describe(inputs, card.inputs if card else ()),
        "outputs": signature_json.describe(outputs, card.outputs if card else ()),
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


def load(path: str | Path) -> Any:
    """Open a written artifact in its runtime, by its ending: an `Artifact`.

    Raises:
        ExportError: there is none of a known kind.
    """
    path = Path(path)
    if (path / "saved_model.pb").is_file():
        return saved_model.open_(path)
    for format, name in FORMATS.items():
        if path.is_file() and path.suffix and path.suffix == Path(name).suffix:
            return _MODULES[format].open_(path)
    raise ExportError(f"{path} is no artifact that zoo export writes")
