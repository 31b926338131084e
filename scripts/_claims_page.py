"""Tables and pictures of the claims: docs/claims.md and docs/claims/."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _claims import Axis, Claim, by_seed
from _page import half_range, table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#30363d"
STYLES = (  # color, marker, line: three ways to tell variants apart; Okabe and Ito's colors
    ("#0072b2", "o", "-"),
    ("#d55e00", "s", "--"),
    ("#009e73", "^", "-."),
    ("#cc79a7", "D", ":"),
)
VERDICTS = {True: "As claimed", False: "Contrary to the claim", None: "No clear difference"}
WIDTH, HEIGHT = 6.8, 3.0  # inches
LETTER = 0.078  # inches, of a label
CENTERS = {True: "Medians (least to largest)", False: "Means ± half the range"}
TITLE = 88  # letters in a line of it
# Text stays text and ids are fixed, so that equal numbers give equal files.
PLAIN: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "claims",
    "font.sans-serif": ["DejaVu Sans", "Arial"],
    "font.size": 9,
}


def arranged(claim: Claim, rows: pd.DataFrame) -> pd.DataFrame:
    """The scores as a row per variant, or per variant and `at`, and a column per seed."""
    index = ["variant", "at"] if claim.over else ["variant"]
    return rows.pivot_table(index=index, columns="seed", values="score", sort=False)


def section(name: str, claim: Claim, scores: pd.DataFrame) -> str:
    """One claim: what the document says, how it was measured, the verdict, picture and table."""
    found = claim.judge(scores)
    over = f", by {claim.over.label}" if claim.over else ""
    swept = claim.over is not None
    return "\n".join(
        [
            f"## {name}",
            "",
            f"{claim.text}. Score: {claim.score.label}{over}.{f' {claim.note}' * bool(claim.note)}",
            "",
            f"**{VERDICTS[found.holds]}**: {found.text}.",
            "",
            f"![{found.text}](claims/{name}.svg)",
            "",
            *([f"{CENTERS[claim.score.log]} over {len(scores.columns)} seeds.", ""] * swept),
            swept_table(claim, scores) if claim.over else seeds_table(claim, scores),
        ]
    )


def seeds_table(claim: Claim, scores: pd.DataFrame) -> str:
    """A column per seed."""
    header = "variant | " + " | ".join(f"seed {seed}:" for seed in scores.columns)
    cells = [
        [variant, *(f"{value:{claim.score.form}}" for value in [*values, values.mean()])]
        for variant, values in scores.iterrows()
    ]
    return table(f"{header} | mean:", cells)


def swept_table(claim: Claim, scores: pd.DataFrame) -> str:
    """A row per value of what the variants are measured at, and a column per variant."""
    assert claim.over
    variants = scores.index.unique("variant")
    cells = [
        [
            f"{at:{claim.over.form}}",
            *(spread(by_seed(scores, variant, at), claim.score) for variant in variants),
        ]
        for at in scores.index.unique("at")
    ]
    header = " | ".join(f"{variant}:" for variant in variants)
    return table(f"{claim.over.label}: | {header}", cells)


def spread(seeds: pd.Series, score: Axis) -> str:
    """The middle of the seeds and how far they lie apart."""
    if not score.log:
        return half_range(seeds, score.form)
    middle, least, most = (
        f"{value:{score.form}}" for value in (seeds.median(), seeds.min(), seeds.max())
    )
    return f"{middle} ({least} to {most})"


def picture(claim: Claim, scores: pd.DataFrame) -> str:
    """The claim's SVG file: a dot per seed, the finding as its title."""
    from matplotlib import rc_context

    file = io.StringIO()
    with rc_context(PLAIN):
        figure_of(claim, scores).savefig(
            file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type"))
        )
    return rounded(file.getvalue())


def figure_of(claim: Claim, scores: pd.DataFrame) -> Figure:
    """The picture in inches that do not depend on the size of any letter."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT))
    axes = figure.add_subplot()
    beside = 0.7 + LETTER * max(map(len, scores.index.unique("variant")))
    draw: Callable[..., None] = lines if claim.over else dots
    draw(axes, claim, scores)
    figure.subplots_adjust(
        left=(0.75 if claim.over else beside - 0.3) / WIDTH,
        right=1 - (beside if claim.over else 0.3) / WIDTH,
        bottom=0.5 / HEIGHT,
        top=1 - 0.55 / HEIGHT,
    )
    found = claim.judge(scores).text
    title = "\n".join(wrap(found[0].upper() + found[1:], TITLE))
    figure.text(0.12 / WIDTH, 1 - 0.1 / HEIGHT, title, va="top", color=INK, fontsize=10)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=INK)
    return figure


def dots(axes: Axes, claim: Claim, scores: pd.DataFrame) -> None:
    """A line per variant: its mean as a bar, its seeds as dots."""
    for at, values in enumerate(scores.to_numpy()):
        color, marker, _ = STYLES[0 if at == 0 else 1]
        axes.plot([values.mean()] * 2, [at - 0.25, at + 0.25], color=INK, clip_on=False)
        axes.plot(values, [at] * len(values), marker, color=color, clip_on=False, alpha=0.8)
    axes.set_yticks(range(len(scores)), list(scores.index))
    axes.set_ylim(len(scores) - 0.5, -0.5)
    low, high = np.min(scores.values), np.max(scores.values)
    axes.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    axes.set_xlabel(f"{claim.score.label} (lower is better)", color=INK)


def lines(axes: Axes, claim: Claim, scores: pd.DataFrame) -> None:
    """A line per variant through its means, on a logarithmic scale medians; a dot per seed."""
    assert claim.over
    values = list(scores.index.unique("at"))
    for variant, (color, marker, line) in zip(scores.index.unique("variant"), STYLES, strict=False):
        own = scores.loc[variant]
        center = own.median(axis=1) if claim.score.log else own.mean(axis=1)
        axes.plot(own.index, center, line, color=color, label=variant, marker=marker)
        for seed in own:
            axes.plot(own.index, own[seed], marker, color=color, alpha=0.4, markersize=4)
    if claim.over.log:
        axes.set_xscale("log")
        axes.minorticks_off()
    if claim.score.log:
        axes.set_yscale("log")
    axes.set_xticks(values, [f"{at:g}" for at in values])
    axes.set_xlabel(claim.over.label, color=INK)
    axes.set_ylabel(claim.score.label, color=INK)
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)


def rounded(svg: str) -> str:
    """Coordinates to two decimals: smaller, and alike where fonts differ by a hair."""

    def short(attribute: re.Match[str]) -> str:
        return re.sub(r"-?\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}", attribute[0])

    return re.sub(r' (?:d|x|y|transform|points)="[^"]*"', short, svg)
