"""Recipes of the basketball family.

Strengths are learned from regular seasons; the tournament models are trained on tournaments up
to 2010 and tested on later ones, `pred` coming from a model that saw regular seasons only.
"""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="basketball",  # zoo train basketball --data league
        architecture="basketball",
        dataset="basketball",
        summary="team strengths and home advantage from regular-season games",
        arguments={"l2": 0.0015},
        loss={"score_diff": "mse"},
        metrics={"score_diff": ("mae",)},
        learning_rate=0.1,
        schedule="cosine",
        epochs=8,
        batch_size=2048,
        monitor="val_mae",
        early_stopping=3,
        engine="resident-xla",
        baseline="ridge_strengths",
        report="strengths",
        search={
            "learning_rate": ("log", 0.01, 1.0),
            "batch_size": ("choice", 1024, 2048, 4096),
            "arguments.l2": ("log", 0.0001, 0.01),
        },
        seconds={"league": 8},
        expect={"league": {"mae": 8.8}, "ncaa": {"mae": 8.45}},
        note="Squared error, where the document trains on absolute error: game noise is close to "
        "normal, so the mean wastes less of a team's 28 games than the median does.",
        limit="The best possible score is that of a model that knows the true strengths. A "
        "season's 28.5 games leave each strength uncertain by 2 points even for the best "
        "estimator: the baseline is as far from it.",
    ),
    Recipe(
        name="basketball_as_printed",  # zoo train basketball_as_printed --data league
        architecture="basketball",
        dataset="basketball",
        summary="the same model with the document's own settings",
        loss={"score_diff": "mae"},
        metrics={},
        epochs=1,
        batch_size=2048,
        validation_split=0.1,
        engine="resident-xla",
        baseline="ridge_strengths",
        report="strengths",
        search={
            "optimizer": ("choice", "adam", "rmsprop", "nadam"),
            "learning_rate": ("log", 0.001, 1.0),
            "schedule": ("choice", "constant", "cosine"),
            "batch_size": ("choice", 256, 512, 1024, 2048),
        },
        seconds={"league": 15},
        expect={"league": {"loss": 12.5}},
        note="as printed: Adam at 0.001, one epoch of 2,048 games a step, last tenth for "
        "validation",
    ),
    Recipe(
        name="two_team",  # zoo train two_team --data league
        architecture="two_team",
        dataset="basketball",
        summary="team strengths alone, without the home advantage, from regular-season games",
        arguments={"l2": 1e-05},
        loss={"score_diff": "mse"},
        metrics={"score_diff": ("mae",)},
        learning_rate=0.5,
        schedule="cosine",
        epochs=6,
        batch_size=2048,
        monitor="val_mae",
        early_stopping=3,
        engine="resident-xla",
        baseline="ridge_strengths",
        report="strengths",
        seconds={"league": 7},
        expect={"league": {"mae": 9.45}, "ncaa": {"mae": 9.05}},
        note="Trained on regular seasons: a team-season without a training game has no learned "
        "strength.",
        limit="The best possible score is that of a model that knows the true strengths. A "
        "season's 28.5 games leave each strength uncertain by 2 points even for the best "
        "estimator: the baseline is as far from it. Nor is the model told who plays at home.",
    ),
    Recipe(
        name="two_team_tournaments",  # zoo train two_team_tournaments --data league
        architecture="two_team",
        dataset="tournament",
        summary="the same model on tournaments alone, which it cannot generalize from",
        loss={"score_diff": "mse"},
        metrics={"score_diff": ("mae",)},
        learning_rate=0.5,
        schedule="cosine",
        batch_size=256,
        engine="resident-xla",
        baseline="ridge_strengths",
        report="strengths",
        seconds={"league": 7},
        expect={"league": {"mae": 12.5}},
        note="Every team-season of the test tournaments is new: its strength stays near its random "
        "start, and the prediction near 0, which is the trivial score. `two_team` learns from the "
        "regular seasons, where every team-season plays, and is tested on tournaments as well.",
        limit="Nothing that it learns about one team-season says anything about another, and no "
        "team-season of the test rows is among the training rows. It is here to show that: nothing "
        "could close any of the gap.",
    ),
    Recipe(
        name="seed_difference",  # zoo train seed_difference --data league
        architecture="seed_difference",
        dataset="tournament",
        summary="tournament score difference from the difference of seeds",
        loss={"score_diff": "mae"},
        metrics={"score_diff": ("mae",)},
        learning_rate=0.05,
        schedule="cosine",
        epochs=20,
        batch_size=256,
        engine="resident-xla",
        baseline="linear",
        seconds={"league": 6},
        expect={"league": {"mae": 9.3}, "ncaa": {"mae": 9.4}},
        limit="The best possible score is that of a model that knows the true strengths; a seed "
        "from 1 to 16 says little about them.",
    ),
    Recipe(
        name="tournament_stack",  # zoo train tournament_stack --data league
        architecture="tournament_stack",
        dataset="tournament",
        summary="tournament score difference from seeds and the basketball model's prediction",
        columns={"game": ("home", "seed_diff", "pred")},
        loss={"score_diff": "mae"},
        metrics={"score_diff": ("mae",)},
        learning_rate=0.05,
        schedule="cosine",
        epochs=20,
        batch_size=256,
        engine="resident-xla",
        stacked_on="basketball",
        baseline="linear",
        seconds={"league": 10},
        expect={"league": {"mae": 9.0}, "ncaa": {"mae": 9.1}},
        limit="The best possible score is that of a model that knows the true strengths; this one "
        "has their estimates and the seeds.",
    ),
    Recipe(
        name="two_scores",  # zoo train two_scores --data league
        architecture="two_scores",
        dataset="tournament",
        summary="both tournament scores from seeds and the basketball model's prediction",
        columns={"game": ("seed_diff", "pred"), "scores": ("score_1", "score_2")},
        loss={"scores": "mae"},
        metrics={"scores": ("mae",)},
        learning_rate=1.0,
        schedule="cosine",
        epochs=40,
        batch_size=128,
        engine="resident-xla",
        stacked_on="basketball",
        baseline="linear",
        seconds={"league": 10},
        expect={"league": {"mae": 9.45}, "ncaa": {"mae": 8.9}},
        note="A larger learning rate than the others: the two biases start at 0 and end near 70.",
    ),
    Recipe(
        name="score_and_win",  # zoo train score_and_win --data league
        architecture="score_and_win",
        dataset="tournament",
        summary="tournament score difference and who wins, from the difference of seeds",
        loss={"score_diff": "mae", "won": "binary_crossentropy"},
        metrics={"score_diff": ("mae",), "won": ("log_loss", "accuracy")},
        learning_rate=0.05,
        schedule="cosine",
        epochs=30,
        batch_size=256,
        engine="resident-xla",
        baseline="linear",
        # the seasons behind the published figures; and enough games that luck does not decide
        by_source={
            "ncaa": {"dataset_options.test_until": 2017},
            "league": {"dataset_options.seasons": 120},
        },
        seconds={"league": 19},
        expect={
            "league": {"score_diff_mae": 9.35, "won_log_loss": 0.585},
            "ncaa": {"score_diff_mae": 9.38, "won_log_loss": 0.59},
        },
        note="On real games tested on 2011-2017, the seasons behind the published MAE 9.28 and "
        "log-loss 0.58. The invented league plays 120 seasons: of the 20 of the other recipes 126 "
        "games are for testing, and luck passes the best possible accuracy.",
        limit="The best possible score is that of a model that knows the true strengths; a seed "
        "from 1 to 16 says little about them.",
    ),
)
