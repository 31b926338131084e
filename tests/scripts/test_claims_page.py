"""What the page of claims says: verdicts from numbers, pictures, and what holds each claim."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import claims
import pandas as pd
import pytest
from _claims import Axis, Claim, first_is_best
from _claims_inventory import held_by, marked
from _claims_page import picture, seeds_table, swept_table
from _claims_xception import separable_network

import zoo
from zoo.models.abstract_build import abstract_build

measured = pytest.mark.parametrize("name", claims.CLAIMS)


def scores_of(**variants: list[float]) -> pd.DataFrame:
    """A row per variant, a column per seed."""
    return pd.DataFrame.from_dict(variants, orient="index").rename_axis("variant")


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ([1.0, 1.1, 0.9], [2.0, 1.2, 1.0], True),
        ([2.0, 2.1, 1.9], [1.0, 1.1, 0.9], False),
        ([1.0, 1.1, 0.9], [2.0, 1.0, 1.0], None),  # one seed differs
        ([1.0, 1.0, 1.0], [1.001, 1.002, 1.003], None),  # less than one percent
    ],
)
def test_seeds_must_agree_on_a_difference_that_counts(
    first: list[float], second: list[float], holds: bool | None
) -> None:
    assert first_is_best(scores_of(joint=first, alone=second)).holds is holds


def test_the_best_of_the_others_counts() -> None:
    found = first_is_best(scores_of(joint=[1.0, 2.0], one=[3.0, 4.0], two=[2.0, 1.5]))
    assert found.text == "lowest score: joint, on 1 of 2 seeds, by 0.2500 in the mean"
    assert found.holds is None
    lost = first_is_best(scores_of(joint=[3.0, 4.0], one=[1.0, 2.0]))
    assert lost.text == "lowest score: one, on 2 of 2 seeds, by 2.0000 in the mean"


@measured
def test_every_claim_is_measured_and_its_verdict_the_registered_one(name: str) -> None:
    scores = claims.measured_scores()[name]
    assert list(scores.columns) == [0, 1, 2]
    assert scores.notna().all(axis=None)
    assert claims.CLAIMS[name].judge(scores).holds == claims.CLAIMS[name].holds


@pytest.mark.slow
@measured
def test_pictures_say_what_they_show(name: str) -> None:
    """Equal numbers give equal bytes; title, axes and variants are text."""
    claim, scores = claims.CLAIMS[name], claims.measured_scores()[name]
    svg = picture(claim, scores)
    assert svg == picture(claim, scores.copy())
    assert len(svg) < 40_000
    words = re.sub(r"\s+", " ", " ".join(ElementTree.fromstring(svg).itertext()))
    axes = [claim.score, *([claim.over] if claim.over else [])]
    for text in (claim.judge(scores).text, *(axis.label for axis in axes)):
        assert text.casefold() in words.casefold()
    for variant in scores.index.unique("variant"):
        assert variant in words


def test_tables_have_seeds_or_ranges() -> None:
    claim = Claim("text", Axis("score", form=".2f"), lambda seed, **_: {})
    table = seeds_table(claim, scores_of(joint=[1.0, 2.0]))
    assert table.endswith("| joint | 1.00 | 2.00 | 1.50 |\n")
    swept = Claim("text", Axis("score"), lambda seed, **_: {}, over=Axis("units", form="g"))
    rows = pd.DataFrame(
        {"variant": ["a", "a"], "at": [1.0, 1.0], "seed": [0, 1], "score": [1.0, 2.0]}
    )
    table = swept_table(swept, claims.arranged(swept, rows))
    assert table == "| units | a |\n|---:|---:|\n| 1 | 1.5000 ± 0.5000 |\n"


def test_the_separable_network_has_as_many_parameters() -> None:
    """`dlwp-7.1` compares two networks of roughly equal size; these two are within 2%."""
    with abstract_build():
        twin = separable_network().count_params()
    wanted = zoo.spec("inception_network").count
    assert twin == pytest.approx(wanted, rel=0.02)
    note = claims.CLAIMS["xception"].note
    assert f"{twin:,}" in note
    assert f"{wanted:,}" in note


def test_every_architectures_claim_is_held_by_a_test_or_an_experiment() -> None:
    assert [name for name in zoo.list_models() if not zoo.spec(name).claim] == []
    assert [name for name, holding in held_by(claims.CLAIMS).items() if not holding] == []


def test_marks_name_architectures() -> None:
    assert {name for name, _ in marked()} <= set(zoo.list_models())
