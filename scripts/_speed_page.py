"""The tables of docs/speed.md: epochs by engine, and whole runs."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import geometric_mean

import pandas as pd
from _page import table

import results
import zoo

VARIANTS = ("keras", "tf.data", "resident", "resident-xla", "torch")


def blocks(frame: pd.DataFrame) -> dict[str, str]:
    """What docs/speed.md takes from results/speed.csv (`frame`) and results/results.csv."""
    frame = frame.set_index("recipe")
    engines = {name: zoo.recipe(str(name)).engine for name in frame.index}
    own = pd.Series(
        {name: frame.at[name, "keras" if each == "fit" else each] for name, each in engines.items()}
    )
    ratios = frame[list(VARIANTS[1:])].rdiv(frame["keras"], axis=0).map(_times)
    for name, engine in engines.items():
        if engine in ratios:
            ratios.loc[name, engine] = f"**{ratios.loc[name, engine]}**"
    rows = zip(
        (f"`{name}`" for name in frame.index),
        frame["rows"].map("{:,}".format),
        frame["keras"].map("{:.3f}".format),
        *(ratios[each] for each in ratios),
        (frame["resident"] / frame["free"]).map(_times),
        (frame["resume_point"] / own).map("{:.0%}".format),
        strict=True,
    )
    columns = " | ".join(f"{each}:" for each in ratios)
    return {
        "epochs": table(
            f"recipe | rows: | fit, s: | {columns} | not deterministic: | resume point:", rows
        ),
        "summary": "\n".join(_summary(frame, own)),
        "runs": table(
            "recipe | start-up, s: | to expected score, s: | all, s: | memory, MiB:", _runs()
        ),
    }


def _summary(frame: pd.DataFrame, own: pd.Series) -> Iterator[str]:
    """How the engine that each recipe names compares; `own` has its seconds by recipe."""
    fit = frame["keras"] / own
    yield (
        f"Over {len(fit)} recipes with the engine that each names: geometric mean "
        f"{geometric_mean(fit):.2f} times as fast as plain fit, least {fit.min():.2f} "
        f"(`{fit.idxmin()}`)."
    )
    free = (frame["resident"] / frame["free"]).median()
    yield f"Determinism costs {free - 1:+.1%} on the median recipe."
    torch = (frame["torch"] / own).dropna()
    if len(torch):
        yield (
            f"Against PyTorch, over {len(torch)} recipes: geometric mean "
            f"{geometric_mean(torch):.2f} times as fast, {(torch >= 1).sum()} recipes at least as "
            "fast."
        )


def _runs() -> Iterator[list[str]]:
    """Whole runs on the data that ships, from results/results.csv."""
    frame = results.shipped(results.own(results.RESULTS.read()))
    first = frame[frame["seed"] == results.SHIPPED_SEED].drop_duplicates("recipe")
    seconds = first.set_index("recipe")[["startup_seconds", "reached_seconds", "seconds"]]
    memory = first.set_index("recipe")["memory_mib"]
    for (name, values), mebibytes in zip(seconds.iterrows(), memory, strict=True):
        yield [f"`{name}`", *values.map(_seconds), f"{mebibytes:.0f}"]
    yield ["median", *seconds.median().map(_seconds), f"{memory.median():.0f}"]


def _seconds(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.1f}"


def _times(value: float) -> str:
    """How many times as fast; a dash for what was not measured."""
    return "-" if pd.isna(value) else f"{value:.2f}x"
