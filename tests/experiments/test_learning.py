"""Every recipe learns on the data that ships, at its own size or a reduced one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.core.console import Reporter
from zoo.data import sources
from zoo.experiments.runs import Run

JUDGED = ("accuracy", "mae", "mse")


@dataclass(frozen=True)
class Case:
    """What a recipe must reach.

    Attributes:
        least: Share of the way from the trivial score to the best possible one; of every
            accuracy and error, or by metric.
        changes: Recipe fields that make the run shorter.
        near: How large every error may be, as a multiple of the baseline's; 0 for no limit.
        beats: Whether every accuracy and error must be better than the baseline's.
    """

    least: float | Mapping[str, float]
    changes: Mapping[str, Any] = field(default_factory=dict)
    near: float = 0
    beats: bool = False


WHOLE = Case(0.9, beats=True)


def reduced(share: float, rows: int, epochs: int) -> Case:
    """Fewer rows to train on and fewer epochs."""
    return Case(share, {"dataset_options.rows": rows, "epochs": epochs})


CASES = {
    # The best possible score of these is that of a model that knows the true strengths.
    # Its own engine: stacked recipes take its run only if it has the recipe's settings.
    "basketball": Case(0.85, {"engine": "resident-xla"}, near=1.02),
    "two_team": Case(0.66, near=1.02),
    "seed_difference": Case(0.72, near=1.02),
    "tournament_stack": Case(0.8, near=1.02),
    "two_scores": Case(0.7, near=1.02),
    # from the seeds alone, over so many games that luck does not help
    "score_and_win": Case({"score_diff_mae": 0.64, "won_accuracy": 0.85, "won_log_loss": 0.68}),
    "single_dense": Case(0.9),
    "tiny_dense": Case(0.9),
    "first_mlp": WHOLE,
    "softmax_mlp_32": WHOLE,
    "softmax_mlp_64": WHOLE,
    "two_branch_add": WHOLE,
    "digit_mlp": Case(0.9, {"epochs": 8}, beats=True),
    "shallow_mlp": Case(0.88, {"epochs": 8}, beats=True),
    "binary_mlp": WHOLE,
    "multiclass_mlp": WHOLE,
    "dropout_mlp": WHOLE,
    "mlp": WHOLE,
    "cnn": reduced(0.8, 1_500, 6),
    "shared_input": reduced(0.8, 6_000, 8),
    "two_resolution": reduced(0.7, 1_500, 3),
    "vgg_like": reduced(0.8, 4_000, 6),
    "inception_network": reduced(0.8, 2_000, 5),
    "residual_network": reduced(0.8, 2_000, 5),
    "siamese_xception": reduced(0.8, 1_500, 4),
    "clothing_price": reduced(0.85, 3_000, 8),
    "rnn": Case(0.9, {"epochs": 6}, beats=True),
    "shared_features": Case(0.9, {"epochs": 6}, beats=True),
    "sequence_tagger": WHOLE,
    "video_classifier": WHOLE,
    "tweet_pair": Case({"accuracy": 0.85, "log_loss": 0.7}, {"epochs": 6}),
    "siamese_lstm": Case({"accuracy": 0.85}, {"dataset_options.rows": 8_000}),
    "lstm_classifier": Case(0.85, {"epochs": 7}),
    "headline": Case({"main_output_accuracy": 0.8}, {"dataset_options.rows": 8_000, "epochs": 6}),
    "qa": Case({"accuracy": 0.85}, {"dataset_options.rows": 2_500, "epochs": 14}),
    "qa_two_facts": Case({"accuracy": 0.45}, {"epochs": 8, "engine": "resident-xla"}),
    "memory_qa": Case(0.95, {"epochs": 8, "engine": "resident-xla"}),
    "memory_qa_two_facts": Case(0.95, {"epochs": 8, "engine": "resident-xla"}, beats=True),
    "posts": Case(
        {"age_mae": 0.8, "income_accuracy": 0.85, "gender_accuracy": 0.8}, {"epochs": 13}
    ),
    "novel": Case({"genre_accuracy": 0.95, "date_mae": 0.85}),
}
# One tournament is too few games: tests/forecasting/test_forecast.py looks at all pairings.
FORECASTS = {"season_strengths", "tournament_forecast", "season_scores", "tournament_scores"}
LEARNS_NOTHING = {"two_team_tournaments"}  # every test team is new to it; its note says so
NATURAL = {"text_generator"}  # the best possible score is not known: see test_writing.py


def trained(recipe: str, changes: Mapping[str, Any], logdir: Path) -> Run:
    """A run without XLA, whose compilation takes longer than most of these trainings."""
    changes = {"engine": "resident", **changes}
    source = sources(zoo.recipe(recipe).dataset)[-1]
    return zoo.fit(recipe, data=source, logdir=logdir, reporter=Reporter(silent=True), **changes)


def share_closed(run: Run) -> dict[str, float]:
    """Test metric -> share of the way from the trivial to the best possible score."""
    best, trivial = (run.record.references[key]["test"] for key in ("best possible", "trivial"))
    scores = run.metrics["test"]
    return {
        metric: (scores[metric] - trivial[metric]) / (best[metric] - trivial[metric])
        for metric in best
    }


def test_no_recipe_is_left_out() -> None:
    own = {name for name in zoo.list_recipes() if not name.endswith("_as_printed")}
    assert set(CASES) | FORECASTS | LEARNS_NOTHING | NATURAL == own


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: stacked recipes take the run of `basketball` that is there."""
    return tmp_path_factory.mktemp("logs")


@pytest.mark.claim("seed_difference", "tournament_stack", "two_scores", "cnn", "lstm_classifier")
@pytest.mark.slow
@pytest.mark.usefixtures("forget_models")
@pytest.mark.parametrize("recipe", CASES)
def test_it_learns(recipe: str, logdir: Path) -> None:
    case = CASES[recipe]
    # Where nothing is asked of the baseline, its warnings shall not count as errors either.
    quiet = {} if case.beats or case.near else {"baseline": ""}
    run = trained(recipe, {**quiet, **case.changes}, logdir)
    closed = share_closed(run)
    judged = [metric for metric in closed if metric.endswith(JUDGED)]
    least = case.least if isinstance(case.least, Mapping) else dict.fromkeys(judged, case.least)
    assert least
    for metric, bound in least.items():
        assert closed[metric] >= bound, closed
    for metric in judged if case.near else ():
        assert run.metrics["test"][metric] <= case.near * run.baseline["test"][metric]
        assert 0 < closed[metric] < 1
    if run.record.upstream:
        trained_once = [path.parent.name for path in (logdir / "basketball").rglob("run.json")]
        assert trained_once == [run.record.upstream.run]
    for metric in judged if case.beats else ():
        better = run.metrics["test"][metric] > run.baseline["test"][metric]
        assert better == metric.endswith("accuracy"), f"{metric}: not better than the baseline"


@pytest.mark.slow
@pytest.mark.parametrize("recipe", sorted(LEARNS_NOTHING))
def test_it_says_truly_that_it_learns_nothing(recipe: str, tmp_path: Path) -> None:
    assert abs(share_closed(trained(recipe, {}, tmp_path))["mae"]) < 0.05
    assert zoo.recipe(recipe).limit


@pytest.mark.slow
def test_encodings_side_by_side_cannot_be_compared(tmp_path: Path) -> None:
    """The documents' own head of a Siamese model, of any weights, cannot see agreement."""
    changes = {"dataset_options.rows": 4_000, "arguments.merge": "concatenate", "baseline": ""}
    closed = share_closed(trained("siamese_lstm", changes, tmp_path))
    assert closed["accuracy"] < 0.3, closed
