"""
From tables to a bracket
========================

Tables of games are read, teams get a strength, seeds are added, and a tournament that has not been
played gets odds for every team and a bracket. This lesson takes these steps one by one on the
zoo's invented league, whose true strengths are known, and then gives them to ``zoo forecast``.
"""

# %%
# What is known before a tournament
# ---------------------------------
#
# We foretell the tournament of 2012. Known are the regular seasons up to its own, and the
# tournaments before it. ``forecast_seasons`` has the former to train on, ``forecast_tournaments``
# the latter; the tournament itself is the test split. No game that was played later is in either.

import subprocess
import sys
from collections.abc import Mapping
from tempfile import TemporaryDirectory

import keras
import matplotlib.pyplot as plt
import numpy as np

import zoo

keras.utils.set_random_seed(0)
runs = TemporaryDirectory()  # training runs are written here, and removed at the end

seasons = zoo.load_data("forecast_seasons", "league", season=2012)
tournaments = zoo.load_data("forecast_tournaments", "league", season=2012)
for name, data in (("seasons", seasons), ("tournaments", tournaments)):
    for split, columns in data.splits.items():
        years = columns["season"]
        print(f"{name}, {split}: {years.min()} to {years.max()}, {len(years):,} rows")
print(f"largest margin: {seasons.splits['train']['margin'].max():.0f} points")

# %%
# Each game has two rows, one from each team's side. A column of ``forecast_seasons`` is
# ``margin``: the score difference, but at most 30 points, since a rout tells no more of strength.
#
# Train the strengths
# -------------------
#
# ``season_strengths`` has one number for each team and season, and one for playing at home. Its
# output is the difference of two strengths, plus the home advantage.

rated = zoo.fit(
    "season_strengths",
    data="league",
    dataset_options={"season": 2012},
    logdir=runs.name,
    verbose=0,
)
home = float(rated.model.get_layer("court").get_weights()[0][0, 0])
true_home = float(tournaments.truth["home_advantage"].ravel()[0])
print(f"playing at home: learned {home:.1f} points, in truth {true_home:.1f}")

strength = rated.model.get_layer("team_strength").get_weights()[0][:, 0]
truth = seasons.truth["strength"].ravel()
learned = strength - strength.mean()
print(f"correlation with the true strengths: {np.corrcoef(learned, truth)[0, 1]:.2f}")

figure, axes = plt.subplots(layout="constrained")
axes.scatter(truth[::10], learned[::10], s=8, alpha=0.5)
axes.axline((0, 0), slope=1, color="tab:red")
axes.set(xlabel="true strength (points)", ylabel="learned strength (points)")
plt.show()

# %%
# Freeze them, and train the forecast
# -----------------------------------
#
# ``tournament_forecast`` has the same two parts, ``team_strength`` and ``court``, which do not
# train. We copy what was learned into them. What is left to learn from the tournaments is what a
# seed is worth, and how points become a probability.

model = zoo.build("tournament_forecast", n_teams=len(strength))
for part in ("team_strength", "court"):
    model.get_layer(part).set_weights(rated.model.get_layer(part).get_weights())
print([f"{each.path}: {each.shape}" for each in model.trainable_weights])

train, test = tournaments.splits["train"], tournaments.splits["test"]
inputs, outputs = ("team_1", "team_2", "home", "seed_diff"), ("score_diff", "won")


def columns_of(rows: Mapping, names: tuple[str, ...]) -> dict:
    """Some columns of a split."""
    return {name: rows[name] for name in names}


batch_size, epochs = 256, 30
steps = epochs * -(-len(train["won"]) // batch_size)
rate = keras.optimizers.schedules.CosineDecay(0.05, steps)  # falls to 0
model.compile(
    keras.optimizers.Adam(rate),
    loss={"score_diff": "mse", "won": "binary_crossentropy"},
)
zoo.training.fit(
    model,
    columns_of(train, inputs),
    columns_of(train, outputs),
    batch_size=batch_size,
    epochs=epochs,
    verbose=0,
)
frozen = model.get_layer("team_strength").get_weights()[0][:, 0]
print("strengths as they were:", bool((frozen == strength).all()))

# %%
# The test rows are the tournament of 2012. The best possible log-loss is that of a model that
# knows the true strengths. One tournament is 63 games, so luck decides much of either number.

chance = model.predict(columns_of(test, inputs), verbose=0)[1][:, 0]
won = test["won"][:, 0] == 1
log_loss = -np.mean(np.log(np.where(won, chance, 1 - chance)))
best = tournaments.references["best possible"]["test"]["won_log_loss"]
print(f"{len(won) // 2} games: log-loss {log_loss:.3f}")
print(f"best possible {best:.3f}, a coin {np.log(2):.3f}")

# %%
# The chance of one game
# ----------------------
#
# ``zoo.forecast`` does all this for a season, and goes on: it keeps the chance of every pair of
# teams. From the command line it is ``zoo forecast 2012 --data league``. The two chances of a pair
# add up to 1.

found = zoo.forecast(2012, data="league", logdir=runs.name, verbose=0)
bracket, odds, best_odds = found.bracket, found.odds, found.best_odds
assert bracket is not None  # it is where the files have no seeds of the season yet
assert odds is not None
assert best_odds is not None
one, two = bracket.teams[0], bracket.teams[15]
names = dict(zip(found.ids.tolist(), found.names, strict=True))
ahead, behind = found.chances(np.array([one, two]), np.array([two, one]))
print(f"{names[one]} ({found.seeds[one]}) beats {names[two]} ({found.seeds[two]}): {ahead:.3f}")
print(f"the other way round: {behind:.3f}")

# %%
# Simulate 10,000 tournaments
# ---------------------------
#
# A game of the bracket names what its two sides come from: a team's place, or an earlier game. So
# one pass over the games plays all tournaments at once. ``bracket_chance`` has the chances of the
# bracket's teams, in the bracket's order.

pairs = found.bracket_chance
games = [game.sides for game in bracket.games]


def titles(seed: int, times: int = 10_000) -> np.ndarray:
    """Share of simulated tournaments that each team of the bracket wins."""
    rng = np.random.default_rng(seed)
    winners = [np.full(times, team) for team in range(len(pairs))]
    for sides in games:
        first, second = (winners[side] for side in sides)
        beats = rng.random(times) < pairs[first, second]
        winners.append(np.where(beats, first, second))
    return np.bincount(winners[-1], minlength=len(pairs)) / times


mine = titles(seed=1)
print(f"all teams together: {mine.sum():.2f}")
print(f"largest difference from the forecast's odds: {np.abs(mine - odds[:, -1]).max():.3f}")

# %%
# Beside the true odds
# --------------------
#
# The league was invented, so its true strengths give odds that no forecast can better:
# ``best_odds``. With real data there are none.

order = np.argsort(-odds[:, -1])[:8]
shown = [f"{names[bracket.teams[at]]} {bracket.seeds[at]}" for at in order]
for label, at in zip(shown, order, strict=True):
    print(f"{label}: {odds[at, -1]:.3f}, by true strengths {best_odds[at, -1]:.3f}")

figure, axes = plt.subplots(layout="constrained")
places = np.arange(len(order))
axes.barh(places - 0.2, odds[order, -1], 0.4, label="forecast")
axes.barh(places + 0.2, best_odds[order, -1], 0.4, label="true strengths")
axes.set_yticks(places, shown)
axes.set(xlabel="share of simulated titles", ylabel="team and seed")
axes.invert_yaxis()
axes.legend()
plt.show()

# %%
# A strength that is off by some points counts in every game of a team's way. So the odds of the
# title differ more than the chances of a game do.
#
# Draw the bracket
# ----------------
#
# ``--bracket`` draws it as SVG and PNG into the run's folder. The command finds the run that we
# have and does not train again.

command = ["forecast", "2012", "--data", "league", "--bracket", "--logdir", runs.name]
subprocess.run([sys.executable, "-m", "zoo", *command], check=True, capture_output=True)
figure, axes = plt.subplots(figsize=(11, 6.2), layout="constrained")
axes.imshow(plt.imread(found.run.folder / "bracket.png"))
axes.set_axis_off()
plt.show()

# %%
# With real tables
# ----------------
#
# Put the published tables of regular seasons, tournaments, seeds and teams into a folder and name
# it: ``zoo forecast 2016 --data FOLDER --bracket``. With ``--submission SAMPLE.csv --out mine.csv``
# every row of a sample submission gets its chance; ``--gender women`` reads the women's tables.
# ``docs/forecast.md`` says which files are read, and how such forecasts did on real tournaments.
#
# What goes wrong, and how one sees it
# ------------------------------------
#
# - A game that was played later in the training rows: the score is too good, and nothing says so.
#   Here the data set takes them out.
# - Strengths that train on with the tournaments: few games move many numbers, and the test loss
#   rises. Look at ``model.trainable_weights``.
# - A season that the tables do not have:

try:
    zoo.load_data("forecast_tournaments", "league", season=1999)
except Exception as error:
    print(error)

# %%
# Exercises
# ---------
#
# 1. How far do the odds of the title move with another seed of the simulation?
# 2. Which game of the first round is the closest to even?
# 3. How probable is it that the better side wins every game of the first round?

# %%
# Answer 1
# --------
#
# A share of 10,000 draws has a standard error of at most half a percent.

print(f"{np.abs(titles(seed=2) - titles(seed=3)).max():.3f}")

# %%
# Answer 2
# --------
#
# The sides of a first-round game are places of teams.

first_round = [game.sides for game in bracket.games if game.round == 1]
sides = np.array(first_round).T
chances = pairs[sides[0], sides[1]]
closest = int(np.abs(chances - 0.5).argmin())
pair = [bracket.teams[side] for side in first_round[closest]]
print(" - ".join(f"{names[team]} {found.seeds[team]}" for team in pair))
print(f"{chances[closest]:.3f}")

# %%
# Answer 3
# --------
#
# The games are independent, so it is the product of the favorites' chances.

print(f"{np.prod(np.maximum(chances, 1 - chances)):.6f}")
