"""Tables and picture of docs/forecast.md, from the measured rows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from _claims_page import INK, PLAIN, STYLES, rounded
from _forecast_scores import BINS, calibration_error, error_by_luck, from_both_sides, pooled
from _page import ROOT, table

FOLDER = ROOT / "docs" / "forecast"
MODELS = ("tournament_forecast", "tournament_scores")
METHODS = (*MODELS, "closed form", "strengths alone", "seeds alone")
SCORES = ("log_loss", "brier", "accuracy")
TARGETS = {"log-loss": 0.535, "Brier score": 0.1815, "calibration error": 0.03}  # at most
WINNERS = {2014: 0.530, 2015: 0.439, 2016: 0.481}  # log-loss, of men's tournaments
SIZE = 4.2  # inches


def blocks(frame: pd.DataFrame, rows: pd.DataFrame) -> dict[str, str]:
    """What the page takes from the two CSV files.

    Args:
        frame: A row for each season, gender and method, with the scores.
        rows: A row for each season, gender, method and bin.
    """
    return {
        "scores": _means(frame, rows),
        "verdict": "\n".join(_verdicts(frame, rows)),
        "seasons": _seasons(frame),
        "calibration": _calibration(rows),
        "contests": _contests(frame),
    }


def error_of(rows: pd.DataFrame, gender: str, method: str) -> float:
    """The calibration error over all games of all seasons, from both sides of each."""
    return calibration_error(from_both_sides(pooled(_of(rows, gender, method))))


def _of(frame: pd.DataFrame, gender: str, method: str) -> pd.DataFrame:
    return frame[(frame["gender"] == gender) & (frame["method"] == method)]


def _genders(frame: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(frame["gender"]))


def _name(method: str) -> str:
    return f"`{method}`" if method in MODELS else method


def _means(frame: pd.DataFrame, rows: pd.DataFrame) -> str:
    cells = []
    for gender in _genders(frame):
        for method in METHODS:
            own = _of(frame, gender, method)
            counts = [str(len(own)), f"{own['games'].sum():,}"]
            means = [f"{own[score].mean():.4f}" for score in SCORES]
            total = pooled(_of(rows, gender, method))
            errors = [f"{error_of(rows, gender, method):.4f}"]
            errors += [f"{calibration_error(total):.4f}", f"{error_by_luck(total):.4f}"]
            cells.append([gender, _name(method), *counts, *means, *errors])
    header = (
        "seasons: | games: | log-loss: | Brier score: | accuracy: | calibration error: | "
        "from one side: | by luck:"
    )
    return table(f"games of | method | {header}", cells)


def _verdicts(frame: pd.DataFrame, rows: pd.DataFrame) -> Iterator[str]:
    """A line per gender: the first model's means beside the targets."""
    for gender in _genders(frame):
        own = _of(frame, gender, MODELS[0])
        found = (
            own["log_loss"].mean(),
            own["brier"].mean(),
            error_of(rows, gender, MODELS[0]),
        )
        words = [
            f"{name} {value:.4f} ({'at most' if value <= most else 'above'} {most:g})"
            for (name, most), value in zip(TARGETS.items(), found, strict=True)
        ]
        yield f"- {gender}, `{MODELS[0]}`: {', '.join(words)}."


def _seasons(frame: pd.DataFrame) -> str:
    """The first model's scores of every season, and the log-loss of the other methods."""
    cells = []
    for gender in _genders(frame):
        losses = frame[frame["gender"] == gender].pivot_table(
            index="season", columns="method", values="log_loss"
        )
        for _, row in _of(frame, gender, MODELS[0]).iterrows():
            own = [f"{row[score]:.4f}" for score in SCORES]
            others = [f"{losses.loc[row['season'], method]:.4f}" for method in METHODS[1:]]
            cells.append([row["season"], gender, row["games"], *own, *others])
    columns = " | ".join(f"{_name(method)}:" for method in METHODS[1:])
    return table(
        f"season: | games of | games: | log-loss: | Brier score: | accuracy: | {columns}", cells
    )


def _calibration(rows: pd.DataFrame) -> str:
    cells = []
    for gender in _genders(rows):
        for number, row in pooled(_of(rows, gender, MODELS[0])).iterrows():
            shares = [f"{row[column]:.3f}" for column in ("predicted", "won")]
            cells.append([gender, _bin(int(str(number))), int(row["games"]), *shares])
    return table("games of | chance | games: | mean chance: | share won:", cells)


def _bin(number: int) -> str:
    return f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}"


def _contests(frame: pd.DataFrame) -> str:
    """Our log-loss of the men's seasons whose winners are known."""
    own = _of(frame, "men", MODELS[0]).set_index("season")["log_loss"]
    closed = _of(frame, "men", "closed form").set_index("season")["log_loss"]
    cells = [
        [season, f"{winner:.3f}", f"{own[season]:.3f}", f"{closed[season]:.3f}"]
        for season, winner in WINNERS.items()
        if season in own.index
    ]
    return table(f"season: | winner: | `{MODELS[0]}`: | closed form:", cells)


def pictures(rows: pd.DataFrame) -> dict[Path, str]:
    """The picture of the calibration; equal rows give equal bytes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    file = io.StringIO()
    with rc_context({**PLAIN, "svg.hashsalt": "forecast"}):
        figure = Figure(figsize=(SIZE, SIZE))
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], ":", color=INK, label="as often as foretold")
        for gender, (color, marker, line) in zip(_genders(rows), STYLES, strict=False):
            total = pooled(_of(rows, gender, MODELS[0]))
            label = f"{gender}, {int(total['games'].sum()):,} games"
            axes.plot(total["predicted"], total["won"], line, marker=marker, color=color)
            axes.lines[-1].set_label(label)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.set_xlabel("mean chance of the bin", color=INK)
        axes.set_ylabel("share of games won", color=INK)
        axes.legend(loc="upper left", frameon=False)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(colors=INK)
        figure.subplots_adjust(left=0.14, right=0.97, bottom=0.12, top=0.97)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    return {FOLDER / "calibration.svg": rounded(file.getvalue())}
