"""The tables of docs/speed.md: epochs by peer, and whole runs."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import geometric_mean
from typing import Any

import pandas as pd
from _page import table

import results

FIT, FREE = "keras", "nondeterministic"  # in the column `peer`
TWINS = {"torch": "PyTorch", "jax": "JAX"}
NOTHING = "Nothing has been measured yet."


def blocks(frame: pd.DataFrame) -> dict[str, str]:
    """What docs/speed.md takes from results/speed.csv (`frame`) and results/results.csv."""
    runs = table("recipe | start-up, s: | to expected score, s: | all, s: | memory, MiB:", _runs())
    if frame.empty:
        return {"epochs": NOTHING, "twins": NOTHING, "summary": "", "runs": runs}
    return {
        "epochs": _epochs(frame),
        "twins": _twins(frame),
        "summary": "\n".join(_summary(frame)),
        "runs": runs,
    }


def by_peer(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column's values: recipes in rows, peers in columns, both in the file's order."""
    wide = frame.pivot(index="recipe", columns="peer", values=column)
    return wide.reindex(index=frame["recipe"].unique(), columns=frame["peer"].unique())


def _epochs(frame: pd.DataFrame) -> str:
    """Plain fit, and how many times as fast as it Keras's pipeline and the zoo's engines are."""
    seconds, ratio, stall, stalled = (
        by_peer(frame, column) for column in ("seconds", "ratio", "stall", "stalled")
    )
    low, high = by_peer(frame, "ratio_q1"), by_peer(frame, "ratio_q3")
    facts = frame.drop_duplicates("recipe").set_index("recipe")
    others = [each for each in seconds if each not in (FIT, FREE, *TWINS)]
    others.sort(key=lambda each: each != "tf.data")
    spread = pd.concat([ratio[FIT], low[FIT], high[FIT]], axis=1)

    def cells(name: Any) -> Iterator[str]:
        fact, times = facts.loc[name], seconds.loc[name]
        yield f"`{name}`"
        yield f"{fact['rows']:,}"
        yield f"{times[FIT]:.3f}"
        yield _stalls(stall[FIT][name], stalled[FIT][name])
        for each in others:
            own = each == fact["engine"]
            yield f"**{_spread(*spread.loc[name])}**" if own else _times(times[FIT] / times[each])
        yield _times(1 / ratio[FREE][name])
        yield f"{fact['resume_point'] / times[fact['engine']]:.0%}"

    columns = " | ".join(f"{each}:" for each in others)
    heads = f"recipe | rows: | fit, s: | stalls, s: | {columns} | {FREE}: | resume point:"
    return table(heads, map(cells, seconds.index))


def _twins(frame: pd.DataFrame) -> str:
    """The twins' seconds with their spread, and how many times as fast the zoo is."""
    twins = [each for each in TWINS if each in set(frame["peer"])]
    compared = frame[frame["recipe"].isin(frame[frame["peer"].isin(twins)]["recipe"])]
    if compared.empty:
        return NOTHING
    names = {"zoo": "zoo", **{each: TWINS[each] for each in twins}}
    rows = []
    for recipe, group in compared.groupby("recipe", sort=False):
        own = {"zoo": group.iloc[0]["engine"]}
        found = group.set_index("peer")
        cells = [f"`{recipe}`", f"{found.iloc[0]['rows']:,}"]
        for column, form, peers in (("seconds", _seconds_spread, names), ("ratio", _spread, twins)):
            for peer in peers:
                peer = own.get(peer, peer)
                parts = found[[column, f"{column}_q1", f"{column}_q3"]]
                cells.append(form(*parts.loc[peer]) if peer in found.index else "-")
        rows.append(cells)
    heads = [f"{each}, s:" for each in names.values()] + [f"to {TWINS[each]}:" for each in twins]
    return table(f"recipe | rows: | {' | '.join(heads)}", rows)


def _summary(frame: pd.DataFrame) -> Iterator[str]:
    """How the engine that each recipe names compares, and what was compared."""
    ratio, high = by_peer(frame, "ratio"), by_peer(frame, "ratio_q3")
    fit = ratio[FIT].dropna()
    yield (
        f"Against plain fit without its stalls, over {_count(len(fit), 'recipe')} with the engine "
        f"that each names: geometric mean {geometric_mean(fit):.2f} times as fast, least "
        f"{fit.min():.2f} (`{fit.idxmin()}`)."
    )
    for peer, name in TWINS.items():
        if peer in ratio and len(found := ratio[peer].dropna()):
            slower = found[high[peer].reindex(found.index) < 1]  # in three of four rounds
            behind = ", ".join(f"`{recipe}` {value:.2f}" for recipe, value in slower.items())
            yield (
                f"Against {name}, over {_count(len(found), 'twin')}: geometric mean "
                f"{geometric_mean(found):.2f} times as fast, least {found.min():.2f} "
                f"(`{found.idxmin()}`)" + (f"; slower than {name}: {behind}." if behind else ".")
            )
    yield f"Determinism costs {1 / ratio[FREE].median() - 1:+.1%} on the median recipe."
    versions = [
        f"{name} {' and '.join(sorted(set(frame[frame['peer'] == peer]['version'])))}"
        for peer, name in {FIT: "Keras", **TWINS}.items()
        if (frame["peer"] == peer).any()
    ]
    cores = sorted(set(frame["cores"]))
    rounds = " to ".join(map(str, sorted({frame["rounds"].min(), frame["rounds"].max()})))
    yield (
        f"Measured with {', '.join(versions)} on {' and '.join(map(str, cores))} cores, in "
        f"{rounds} rounds; other processes kept "
        f"{frame['others'].median():.2f} cores busy, at most {frame['others'].max():.2f}."
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


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _seconds(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.1f}"


def _seconds_spread(value: float, low: float, high: float) -> str:
    return f"{value:.3g} ({low:.3g} to {high:.3g})"


def _spread(value: float, low: float, high: float) -> str:
    return f"{value:.2f}x ({low:.2f} to {high:.2f})"


def _stalls(mean: float, share: float) -> str:
    """Seconds an epoch that stalls add on the mean, and how many epochs had one."""
    return f"+{mean:.2f} ({share:.0%} of epochs)" if mean else "-"


def _times(value: float) -> str:
    """How many times as fast; a dash for what was not measured."""
    return "-" if pd.isna(value) else f"{value:.2f}x"
