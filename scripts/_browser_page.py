"""The blocks of docs/decisions/browser-runtime.md, from results/browser.csv."""

from __future__ import annotations

import numpy as np
import pandas as pd
from _page import table

PEER = "onnxruntime-web"
NOTHING = "Nothing has been measured yet."
FEW = 3  # errors of which each is shown
KINDS = ("recurrent", "convolutions", "others")


def blocks(frame: pd.DataFrame) -> dict[str, str]:
    """The marked blocks; `frame` holds a row for each recipe and way to run it."""
    if "way" not in frame:
        return {"ways": NOTHING, "errors": "", "conditions": "", "models": ""}
    return {
        "ways": _ways(frame),
        "errors": _errors(frame),
        "conditions": _conditions(frame),
        "models": _models(frame),
    }


def _ways(frame: pd.DataFrame) -> str:
    """What runs, what is loaded, and how fast; speeds are those of ONNX Runtime's in turn."""
    answers, ready, first = (_wide(frame, f"{name}_ms") for name in ("answer", "ready", "first"))
    kind = _wide(frame, "kind")[PEER]
    rows = []
    for way in _names(frame):
        own = frame[frame["way"] == way]
        vary = own[own["recipe"].isin(_varying(frame))]
        cells = [
            way,
            f"{int(own['error'].isna().sum())} of {len(own)}",
            f"{int(vary['longer_difference'].notna().sum())} of {len(vary)}",
            f"{own['bytes'].iloc[0] / 1e6:.1f}",
            f"{own['gzip_bytes'].iloc[0] / 1e6:.2f}",
        ]
        if ready[way].notna().any():
            cells += [f"{ready[way].median() / 1000:.2f}", f"{first[way].median():.0f}"]
            ratios = answers[PEER] / answers[way]
            cells += [f"{_mean(ratios[kind == each]):.2f}x" for each in KINDS]
        else:
            cells += ["-"] * (2 + len(KINDS))
        rows.append(cells)
    heads = "way | runs: | longer rows: | MB: | gzip, MB: | ready, s: | first answer, ms:"
    return table(f"{heads} | {' | '.join(f'{each}:' for each in KINDS)}", rows)


def _errors(frame: pd.DataFrame) -> str:
    """An error of each way, as the runtime says it, and how many models have it."""
    lines = []
    for way in _names(frame):
        own = frame[frame["way"] == way]
        for column, what in (("error", "model"), ("longer_error", "longer row")):
            found = own[own[column].notna()] if column in own else own[:0]
            count = f"{len(found)} {what}{'s' if len(found) > 1 else ''}"
            shown = found if len(found) <= FEW else found[:1]
            for recipe, said in zip(shown["recipe"], shown[column], strict=True):
                lines.append(f"- {way}, {count}, here `{recipe}`: `{said}`")
    return "\n".join(lines)


def _conditions(frame: pd.DataFrame) -> str:
    ran = frame[frame["error"].isna()]
    worst = ran[["difference", "longer_difference"]].max(axis=1)
    recipe, way = (ran[column].iloc[int(worst.argmax())] for column in ("recipe", "way"))
    return (
        f"Largest difference from Keras: {worst.max():.0e} (`{recipe}`, {way}). "
        f"Chromium {' and '.join(sorted(set(frame['chromium'])))} on "
        f"{frame['cores'].max()} cores, under a load of {frame['load'].min():.1f} to "
        f"{frame['load'].max():.1f}; 30 samples of each way, in six turns."
    )


def _models(frame: pd.DataFrame) -> str:
    """Every model: sizes of its files, and milliseconds of an answer with the quartiles."""
    ways = [way for way in _names(frame) if frame.loc[frame["way"] == way, "error"].isna().any()]
    sizes = _wide(frame, "model_bytes") / 1000
    kinds = _wide(frame, "kind")[PEER]
    middle, low, high = (_wide(frame, f"answer_{name}") for name in ("ms", "q1", "q3"))
    rows = []
    for recipe in frame["recipe"].unique():
        cells = [f"`{recipe}`", kinds[recipe]]
        cells += [f"{sizes[way][recipe]:.1f}" for way in (PEER, "LiteRT.js")]
        for way in ways:
            spread = f"{low[way][recipe]:.2g} to {high[way][recipe]:.2g}"
            ran = middle[way].notna()[recipe]
            cells.append(f"{middle[way][recipe]:.3g} ({spread})" if ran else "-")
        rows.append(cells)
    heads = " | ".join(f"{way}, ms:" for way in ways)
    return table(f"recipe | kind | onnx, kB: | litert, kB: | {heads}", rows)


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(way) for way in frame["way"].unique()]


def _wide(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.pivot(index="recipe", columns="way", values=column)


def _varying(frame: pd.DataFrame) -> set[str]:
    """Recipes whose models take rows of several lengths, which one of the ways has shown."""
    tried = frame["longer_difference"].notna() | frame["longer_error"].notna()
    return set(frame.loc[tried, "recipe"])


def _mean(ratios: pd.Series) -> float:
    return float(np.exp(np.log(ratios.dropna()).mean()))
