"""The tables of docs/speed.md: epochs by engine, and whole runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from _page import table

import results
import zoo

VARIANTS = ("keras", "tf.data", "resident", "resident-xla", "torch")


def blocks(frame: pd.DataFrame) -> dict[str, str]:
    """What docs/speed.md takes from results/speed.csv (`frame`) and results/results.csv."""
    rows, own = [], []
    entries: list[dict[str, Any]] = frame.to_dict("records")  # pyright: ignore
    for entry in entries:
        engine = zoo.recipe(entry["recipe"]).engine
        own.append(entry["keras" if engine == "fit" else engine])
        ratios = {each: ratio(entry["keras"], entry[each]) for each in VARIANTS[1:]}
        if engine in ratios:
            ratios[engine] = f"**{ratios[engine]}**"
        rows.append(
            [
                f"`{entry['recipe']}`",
                f"{entry['rows']:,}",
                f"{entry['keras']:.3f}",
                *ratios.values(),
                ratio(entry["resident"], entry["free"]),
                f"{entry['resume_point'] / own[-1]:.0%}",
            ]
        )
    columns = " | ".join(f"{each}:" for each in VARIANTS[1:])
    return {
        "epochs": table(
            f"recipe | rows: | fit, s: | {columns} | not deterministic: | resume point:", rows
        ),
        "summary": "\n".join(_summary(frame, np.array(own))),
        "runs": table(
            "recipe | start-up, s: | to expected score, s: | all, s: | memory, MiB:", _runs()
        ),
    }


def _summary(frame: pd.DataFrame, own: np.ndarray) -> Iterator[str]:
    """How the engine that each recipe names compares; `own` has its seconds, shape (recipes,)."""
    ratios = frame["keras"].to_numpy() / own
    slowest = frame["recipe"].iloc[int(ratios.argmin())]
    yield (
        f"Over {len(frame)} recipes with the engine that each names: geometric mean "
        f"{np.exp(np.log(ratios).mean()):.2f} times as fast as plain fit, least "
        f"{ratios.min():.2f} (`{slowest}`)."
    )
    free = (frame["resident"] / frame["free"]).dropna()
    yield f"Determinism costs {np.median(free) - 1:+.1%} on the median recipe."
    torch = (frame["torch"].to_numpy() / own)[frame["torch"].notna()]
    if len(torch):
        yield (
            f"Against PyTorch, over {len(torch)} recipes: geometric mean "
            f"{np.exp(np.log(torch).mean()):.2f} times as fast, {int((torch >= 1).sum())} recipes "
            "at least as fast."
        )


def _runs() -> Iterator[list[str]]:
    """Whole runs on the data that ships, from results/results.csv."""
    frame = results.shipped(results.own(results.RESULTS.read()))
    first = frame[frame["seed"] == results.SHIPPED_SEED].drop_duplicates("recipe")
    columns = ["startup_seconds", "reached_seconds", "seconds", "memory_mib"]
    for name, values in zip(first["recipe"], first[columns].to_numpy(), strict=True):
        yield [f"`{name}`", *_seconds(values)]
    yield ["median", *_seconds(first[columns].median().to_numpy())]


def _seconds(values: np.ndarray) -> list[str]:
    *seconds, memory = values
    return [*("-" if np.isnan(each) else f"{each:.1f}" for each in seconds), f"{memory:.0f}"]


def ratio(base: float, seconds: float | None) -> str:
    """How many times as fast as `base`; a dash for what was not measured."""
    return "-" if seconds is None or np.isnan(seconds) else f"{base / seconds:.2f}x"
