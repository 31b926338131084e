"""Every count of the catalog, published and actual, in total and layer by layer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import abstract, slow_if_large

import zoo
from zoo.inspection.arithmetic import evaluate
from zoo.models.abstract_build import abstract_build

GOLDEN = Path(__file__).parent / "golden"

# The catalog's own columns, typed from it and not from the registry:
# name -> (count the document prints, count of current Keras); None where the zoo sizes the model.
CATALOG: dict[str, tuple[int | None, int | None]] = {
    "seed_difference": (None, 2),
    "team_strength": (None, 10_888),
    "two_team": (None, 10_888),
    "adder": (None, 0),
    "basketball": (None, 10_892),
    "tournament_stack": (4, 4),
    "two_scores": (None, 6),
    "score_and_win": (None, 4),
    "season_strengths": (None, 10_889),
    "tournament_forecast": (None, 10_892),
    "season_scores": (None, 21_778),
    "tournament_scores": (None, 21_781),
    "single_dense": (None, 1_056),
    "tiny_dense": (None, 6),
    "first_mlp": (None, 7_114),
    "softmax_mlp_32": (2_442, 2_442),
    "softmax_mlp_64": (3_466, 3_466),
    "two_branch_add": (None, 6_602),
    "digit_mlp": (None, 55_050),
    "shallow_mlp": (None, 25_450),
    "binary_mlp": (None, 3_265),
    "multiclass_mlp": (None, 3_562),
    "dropout_mlp": (None, 6_154),
    "mlp": (551, 551),
    "cnn": (8_933, 8_933),
    "vgg_like": (None, 7_998_250),
    "shared_input": (415_045, 415_045),
    "two_resolution": (49_699, 49_699),
    "inception_module": (163_328, 163_696),
    "inception_network": (None, None),
    "residual_identity": (None, 442_752),
    "residual_projection": (None, 229_760),
    "residual_network": (None, None),
    "fire_module": (11_920, 11_920),
    "inception_v3": (None, 23_851_784),
    "xception": (None, 22_910_480),
    "siamese_xception": (None, 20_861_480),
    "rnn": (601, 601),
    "shared_features": (1_151, 1_151),
    "sequence_tagger": (1_452, 1_452),
    "lstm_classifier": (None, 459_393),
    "video_classifier": (None, 55_050),
    "headline": (None, 5_200_610),
    "tweet_pair": (None, 82_305),
    "siamese_lstm": (None, 20_673),
    "qa": (None, 1_000_052),
    "posts": (None, 14_146_316),
    "novel": (None, None),
    "memory_qa": (None, None),
    "text_generator": (None, None),
    "clothing_price": (None, None),
}

MISPRINTS = [
    ("cnn", {"flatten": True}, 35_813),
    ("posts", {"as_printed": True}, 45_982_476),
    ("two_branch_add", {"as_printed": True}, 6_602),
]


def test_the_zoo_holds_the_catalog() -> None:
    assert sorted(zoo.list_models()) == sorted(CATALOG)
    assert len(CATALOG) == 51


@pytest.mark.parametrize("name", CATALOG)
def test_counts_of_the_catalog(name: str) -> None:
    """The document's printed count and the count of current Keras, each from the catalog."""
    published, actual = CATALOG[name]
    entry = zoo.spec(name)
    assert entry.published == published
    if actual is not None:
        assert entry.count == actual


@pytest.mark.parametrize(("name", "arguments", "expected"), MISPRINTS)
def test_counts_of_errata(name: str, arguments: dict[str, Any], expected: int) -> None:
    with abstract_build():
        assert zoo.build(name, **arguments).count_params() == expected


def golden(name: str, variant: str = "") -> tuple[list[list[Any]], int]:
    """What Keras counted: path, class, shape, count and sources of every layer; and in all."""
    file = f"{name}.{variant}.jsonl" if variant else f"{name}.jsonl"
    lines = (GOLDEN / file).read_text(encoding="utf-8").splitlines()
    *layers, (_, total) = [json.loads(line) for line in lines]
    return layers, total


@pytest.mark.parametrize("name", CATALOG)
def test_goldens_have_the_registered_counts(name: str) -> None:
    entry = zoo.spec(name)
    assert golden(name)[1] == entry.count
    for variant, each in entry.variants.items():
        assert golden(name, variant)[1] == each.count


@pytest.mark.parametrize("name", [slow_if_large(name) for name in CATALOG])
def test_layer_by_layer_arithmetic_is_keras_count(name: str) -> None:
    """Goldens, which hold Keras's own counts, against a model and against `zoo explain`."""
    for variant in ("", *zoo.spec(name).variants):
        layers, total = golden(name, variant)
        assert abstract(name, variant).count_params() == total
        explained = zoo.explain(abstract(name, variant))
        assert explained.total == explained.trainable + explained.non_trainable == total
        for line in explained.lines:
            assert not line.formula or line.count == evaluate(line.formula)
        worked_out: dict[str, int] = {}
        for line in explained.lines:
            worked_out[line.path] = worked_out.get(line.path, 0) + line.count
        leaves = {path: params for path, _, _, params, _ in layers if _is_leaf(path, layers)}
        for path, params in leaves.items():
            assert worked_out.get(path, 0) == params, path


def _is_leaf(path: str, layers: list[list[Any]]) -> bool:
    return not any(other.startswith(f"{path}/") for other, *_ in layers)


def test_goldens_are_of_this_registry() -> None:
    expected = {f"{name}.jsonl" for name in zoo.list_models()}
    for name in zoo.list_models():
        expected |= {f"{name}.{variant}.jsonl" for variant in zoo.spec(name).variants}
    assert {path.name for path in GOLDEN.iterdir()} == expected
