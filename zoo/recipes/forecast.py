"""Recipes of the forecasts: regular seasons first, then the tournaments before the one foretold.

`dataset_options.season` says which one that is; without it, the last that was played.
"""

from __future__ import annotations

from typing import Any

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

# Adam with large batches and a rate that falls to 0 comes close to ridge regression's strengths.
_SEASONS: dict[str, Any] = {
    "dataset": "forecast_seasons",
    "learning_rate": 0.5,
    "schedule": "cosine",
    "epochs": 16,
    "batch_size": 4096,
    "monitor": "loss",
    "engine": "resident-xla",
}
_TOURNAMENTS: dict[str, Any] = {
    "dataset": "forecast_tournaments",
    "learning_rate": 0.05,
    "schedule": "cosine",
    "epochs": 30,
    "batch_size": 256,
    "monitor": "loss",
    "engine": "resident-xla",
}
_LIMIT = (
    "The test rows are one tournament, 63 games from both sides: luck has its part in every score, "
    "also in that of a model that knows the true strengths."
)

add(
    Recipe(
        name="season_strengths",  # zoo train season_strengths --data league
        architecture="season_strengths",
        summary="team strengths in points and the home advantage, from all games of the seasons",
        columns={"score_diff": ("margin",)},
        loss={"score_diff": "mse"},
        metrics={"score_diff": ("mae",)},
        seconds={"league": 8},
        expect={"league": {"mae": 9.75}},
        note="Margins beyond 30 points count as 30. Every game of the regular seasons trains: the "
        "test rows are the season's own tournament, where it was played.",
        limit=_LIMIT,
        **_SEASONS,
    ),
    Recipe(
        name="tournament_forecast",  # zoo train tournament_forecast --data league
        architecture="tournament_forecast",
        summary="a tournament's score differences and winners, from all that lies before it",
        loss={"score_diff": "mse", "won": "binary_crossentropy"},
        metrics={"score_diff": ("mae",), "won": ("accuracy", "log_loss")},
        stacked_on="season_strengths",
        report="heads",
        seconds={"league": 12},
        expect={"league": {"won_log_loss": 0.58}},
        note="Strengths are those of `season_strengths`, and stay as they are.",
        limit=_LIMIT,
        **_TOURNAMENTS,
    ),
    Recipe(
        name="season_scores",  # zoo train season_scores --data league
        architecture="season_scores",
        summary="attack and defense of every team in points, from all games of the seasons",
        columns={"scores": ("score_1", "score_2")},
        loss={"scores": "mse"},
        metrics={"scores": ("mae",)},
        seconds={"league": 9},
        expect={"league": {"mae": 11.5}},
        note="The test rows are the season's own tournament, where it was played.",
        limit=_LIMIT,
        **_SEASONS,
    ),
    Recipe(
        name="tournament_scores",  # zoo train tournament_scores --data league
        architecture="tournament_scores",
        summary="a tournament's scores and winners, from all that lies before it",
        columns={"scores": ("score_1", "score_2")},
        loss={"scores": "mse", "won": "binary_crossentropy"},
        metrics={"scores": ("mae",), "won": ("accuracy", "log_loss")},
        stacked_on="season_scores",
        report="heads",
        seconds={"league": 13},
        expect={"league": {"won_log_loss": 0.58}},
        note="Attack and defense are those of `season_scores`, and stay as they are.",
        limit=_LIMIT,
        **_TOURNAMENTS,
    ),
)
