"""Rows of a run's data as a person would give them: ranges and examples for the site's panels."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.experiments import examples
from zoo.experiments.answers import answers
from zoo.experiments.feeding import Split
from zoo.experiments.ports import Port, ports_of
from zoo.experiments.runs import Run
from zoo.exporting import serving

EXAMPLES = 5  # where the answer is no class
MOST = 10  # one for each class
GROUND = 200  # pictures whose edges are looked at
FEWEST = 2  # of rows so large that no more than
LARGEST = 32_000  # numbers are kept
TAIL = 0.01  # share of the rows beyond either end of a range
DIGITS = 4  # of a number in an example

Labels = Mapping[str, Sequence[str]]
Row = Mapping[str, np.ndarray]


def parts(run: Run, labels: Labels, row: Row) -> list[tuple[Port, np.ndarray]]:
    """Each column with its values in a row, or in rows: the last axis of an input is cut up."""
    found: list[tuple[Port, np.ndarray]] = []
    known = ports_of(run, labels)
    for name, values in row.items():
        ports = [port for port in known if port.tensor.name == name]
        if len(ports) == 1:
            found.append((ports[0], values))
        else:
            found += [(port, values[..., at : at + 1]) for at, port in enumerate(ports)]
    return found


def ranges_of(run: Run, labels: Labels, split: Split) -> dict[str, Any]:
    """Column -> where nearly all of its numbers lie, value by value, and whether they are whole."""
    found = {}
    for port, values in parts(run, labels, split[0]):
        if port.kind in ("number", "numbers"):
            flat = values.reshape(len(values), -1).astype(np.float64)
            low, high = np.nanquantile(flat, (TAIL, 1 - TAIL), axis=0)
            if port.size and port.size > 1 and len(port.shape) > 1:  # a series: one range for all
                low, high = low.min(keepdims=True), high.max(keepdims=True)
            whole = bool((flat[np.isfinite(flat)] % 1 == 0).all())
            found[port.column] = {"low": _short(low), "high": _short(high), "whole": whole}
        elif port.kind == "picture":
            found[port.column] = _ground(port, values[:GROUND])
    return found


def _ground(port: Port, pictures: np.ndarray) -> dict[str, Any]:
    """What an empty picture is like, from 0, black, to 1, white: its levels by channel, its noise.

    The ground is the usual level along the edges, the noise is what neighbors there differ by.
    """
    form = port.form
    levels = (pictures.reshape(-1, form.height or 0, form.width or 0, form.channels)) - form.black
    levels = levels / (form.white - form.black)
    edge = np.concatenate([levels[:, 0], levels[:, -1], levels[:, :, 0], levels[:, :, -1]], axis=1)
    steps = np.diff(levels[:, (0, -1)], axis=2)
    noise = np.median(np.abs(steps)) / 0.6745 / np.sqrt(2)  # of a bell curve's middle half
    return {"ground": _short(np.median(edge, axis=(0, 1))), "noise": _short(noise)[0]}


def examples_of(run: Run, labels: Labels, dataset: Dataset, split: Split) -> list[dict[str, Any]]:
    """A few test rows: the first of each class, or the first ones."""
    inputs, targets = split
    numbers = sum(rows[0].size for rows in inputs.values())
    return [
        {"name": name, "values": values_of(run, labels, dataset, _row(inputs, at))}
        for name, at in _chosen(run, labels, targets)[: max(FEWEST, LARGEST // numbers)]
    ]


def values_of(run: Run, labels: Labels, dataset: Dataset, row: Row) -> dict[str, Any]:
    """Column -> text, number, list of numbers, or the levels of a picture as bytes in base 64."""
    values: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        cells = examples.cells(Path(folder), run.record.recipe, row, dataset)
    for port, found in parts(run, labels, row):
        if port.kind in ("text", "label", "word"):
            values[port.column] = cells[port.column]
        elif port.kind == "picture":
            values[port.column] = {"bytes": as_bytes(port, found)}
        elif port.kind == "number":
            values[port.column] = _short(found)[0]
        else:
            values[port.column] = _short(found)
    return values


def as_bytes(port: Port, levels: np.ndarray) -> str:
    """A picture's levels from 0, black, to 255, white, in base 64."""
    black, white = port.form.black, port.form.white
    scaled = np.clip((levels - black) / (white - black) * 255 + 0.5, 0, 255).astype(np.uint8)
    return base64.b64encode(scaled.tobytes()).decode()


def _chosen(run: Run, labels: Labels, targets: Row) -> list[tuple[str, int]]:
    """Name and row of each example."""
    for name, rows in targets.items():
        (answer, *_) = answers(run, {name: np.zeros((1, *_widths(run, name)))}, labels)
        if answer.classes and rows.ndim == 2 and rows.shape[1] in (1, len(answer.classes)):
            ids = rows[:, 0] if rows.shape[1] == 1 else rows.argmax(axis=1)
            lead = f"{answer.name} " if answer.classes[0].isdecimal() else ""
            firsts = [
                (f"{lead}{label}", int(np.flatnonzero(ids == at)[0]))
                for at, label in enumerate(answer.classes)
                if (ids == at).any()
            ]
            return firsts[:MOST]
    rows = len(next(iter(targets.values())))
    return [(str(at + 1), at) for at in range(min(EXAMPLES, rows))]


def _row(rows: Row, at: int) -> Row:
    return {name: array[at] for name, array in rows.items()}


def _widths(run: Run, output: str) -> list[int]:
    """The shape of one row of an output, axes of any length as 1."""
    return [size or 1 for size in serving.outputs_of(run.model)[output].shape[1:]]


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{each:.{DIGITS}g}") for each in np.ravel(values).tolist()]
