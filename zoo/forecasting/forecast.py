"""From a season to its forecast: strengths, the chance of every pairing, odds of every round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.core.console import Reporter, Verbose, reporter_for
from zoo.core.errors import DataError, StoppedEarly
from zoo.data import load as load_dataset
from zoo.data.basketball.entrants import NAME, Entrants, entrants, files_of
from zoo.data.basketball.league import NOISE_SD
from zoo.data.registry import choose_source
from zoo.experiments.runs import LOGDIR, Run
from zoo.experiments.setup import matching_run
from zoo.experiments.trainer import fit
from zoo.forecasting.bracket import Bracket, bracket_of, read_slots
from zoo.forecasting.chances import simulate
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe
from zoo.training import inference
from zoo.training.quiet import without_retracing_warnings

Floats = NDArray[np.float64]

MODEL = "tournament_forecast"
TIMES = 10_000  # tournaments that are simulated
WORST_SEED = 16  # of a field; a team without a seed counts as one of it, or better by its strength
SHARING = 4  # teams of each seed


@dataclass(frozen=True)
class Forecast:
    """What is foretold of a season's tournament.

    Attributes:
        season: The year.
        run: The trained model's run.
        ids: The source's id of every team of the season, shape (teams,).
        names: Their names.
        seeds: Id -> seed label such as W01; empty before the field is chosen.
        strength: Points that a team is better than the mean one, shape (teams,).
        chance: Probability that team i beats team j on a neutral court, shape (teams, teams).
        bracket: Who meets whom; None before the field is chosen.
        odds: Share of simulated tournaments in which each team of the bracket wins its game of
            each round, shape (bracket teams, rounds); the last column is the title.
        best_odds: The same with the true strengths of an invented league; else None.
    """

    season: int
    run: Run
    ids: NDArray[np.int64]
    names: tuple[str, ...]
    seeds: Mapping[int, str]
    strength: Floats
    chance: Floats
    bracket: Bracket | None = None
    odds: Floats | None = None
    best_odds: Floats | None = None

    def chances(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> Floats:
        """Probability that each first team beats each second one; NaN where one is not known.

        Args:
            first, second: Ids, shape (pairs,).
        """
        known = np.isin(first, self.ids) & np.isin(second, self.ids)
        found = np.full(len(first), np.nan)
        at = [np.searchsorted(self.ids, each[known]) for each in (first, second)]
        found[known] = self.chance[at[0], at[1]]
        return found

    @property
    def bracket_chance(self) -> Floats:
        """The chances of the bracket's teams, in its order, shape (bracket teams, bracket teams).

        Raises:
            DataError: there is no bracket yet.
        """
        at = np.searchsorted(self.ids, self._bracket.teams)
        return self.chance[np.ix_(at, at)]

    @property
    def _bracket(self) -> Bracket:
        if self.bracket is None:
            raise DataError(f"the files have no seeds of {self.season}: there is no bracket yet")
        return self.bracket


@without_retracing_warnings()
def forecast(
    season: int,
    *,
    data: str = "auto",
    gender: str | None = None,
    model: str = MODEL,
    seed: int = 0,
    times: int = TIMES,
    logdir: str | Path = LOGDIR,
    verbose: Verbose = "auto",
    reporter: Reporter | None = None,
) -> Forecast:
    """Foretell a season's tournament from what lies before it.

    The model is trained on the season's own games, on those before it and on the tournaments
    before it; a run of the same data and settings is used again.

    Args:
        season: The year in which the tournament is played.
        data: `ncaa`, `league`, or `auto`: real games where they are on disk.
        gender: `men` or `women`, of real games; by default the men where there are any.
        model: `tournament_forecast`, or `tournament_scores` with attack and defense apart.
        seed: Of the training and the simulation.
        times: Tournaments that are simulated.
        logdir: The folder that holds the run folders.
        verbose, reporter: As `zoo.fit` takes them.

    Returns:
        The `Forecast`.

    Raises:
        DataError: the files lack the season, or a tournament before it, or are damaged.
        UnknownNameError: no such model or source.

    Example:
        >>> import zoo
        >>> found = zoo.forecast(2004, data="league", verbose=0)
        >>> found.odds.shape, round(float(found.odds[:, -1].sum()), 6)
        ((64, 6), 1.0)
        >>> found.names[found.strength.argmax()] in found.names
        True
    """
    told = reporter or reporter_for(verbose)

    def note(line: str) -> None:
        told.line(f"note: {line}")

    options: dict[str, Any] = {"season": int(season)}
    if gender is not None:
        options["league_of"] = gender
    source = choose_source(NAME, data, None, options)
    if gender is not None and source == "league":
        if data == "league":
            raise DataError("the invented league has no men and women: leave out the gender")
        source = "ncaa"  # whose message says which files are missing
    if gender is not None and files_of(source, {}) == files_of(source, options):
        del options["league_of"]  # the files are those of nobody else: one run serves
    with told.phase("reading the teams"):
        teams = entrants(source, int(season), options)
        bracket = _bracket_of(teams, note)  # what is wrong with the seeds is said before training
    run = _trained(model, source, options, seed, Path(logdir), told)
    strength = _strengths(run, teams)
    with told.phase("playing every pairing"):
        chance = _chances(run, teams, strength)
    found = Forecast(
        int(season),
        run,
        teams.ids,
        teams.names,
        {team: label for label, team in teams.seeds.items()},
        strength,
        chance,
    )
    if bracket is None:
        note(f"the files have no seeds of {season}: no bracket and no odds yet")
        return found
    found = replace(found, bracket=bracket)
    odds = simulate(bracket, found.bracket_chance, times, seed)
    best = None
    if teams.strength is not None:
        best = simulate(bracket, _true_chances(bracket, teams), times, seed)
    return replace(found, odds=odds, best_odds=best)


def _bracket_of(teams: Entrants, note: Callable[[str], None]) -> Bracket | None:
    """The season's bracket; the usual one where the files have no slots of it."""
    if not teams.seeds:
        return None
    slots = None
    if teams.slots is not None:
        try:
            slots = read_slots(teams.slots, teams.season)
        except DataError as error:
            note(f"{error}; the usual bracket is taken")
    return bracket_of(teams.seeds, teams.season, note, slots=slots)


def _trained(
    model: str, source: str, options: Mapping[str, Any], seed: int, logdir: Path, told: Reporter
) -> Run:
    """A finished run of this model and data, or a new one."""
    recipe: Recipe = find_recipe(model)
    if recipe.dataset != NAME:
        raise DataError(f"{model} does not forecast: use tournament_forecast or tournament_scores")
    wanted = recipe.for_source(source).override({"dataset_options": dict(options)})
    with told.phase("loading the data"):
        dataset = load_dataset(NAME, source=source, **options)
    told.line(dataset.origin)
    for each in dataset.notes:
        told.line(f"note: {each}")
    run = matching_run(wanted, dataset.fingerprint, seed, logdir)
    if run is not None:
        told.line(f"model: {run.folder}, trained before")
        return run
    with told.phase(f"training {recipe.stacked_on} and {model}"):
        try:
            run = fit(
                model,
                data=source,
                seed=seed,
                logdir=logdir,
                reporter=Reporter(silent=True),
                dataset_options=dict(options),
            )
        except StoppedEarly as error:
            raise StoppedEarly("stopped; the same command begins the training again") from error
    told.line(f"model: {run.folder}, trained now")
    return run


def _strengths(run: Run, teams: Entrants) -> Floats:
    """Points that each team is better than the season's mean one."""
    names = [each.name for each in run.model.layers]
    parts = ("team_strength",) if "team_strength" in names else ("attack", "defense")
    tables = [run.model.get_layer(part).get_weights()[0][teams.rows, 0] for part in parts]
    strength = np.sum(tables, axis=0, dtype=np.float64)
    return strength - strength.mean()


def _chances(run: Run, teams: Entrants, strength: Floats) -> Floats:
    """Probability that team i beats team j on a neutral court."""
    seeds = _seed_of_each(teams, strength)
    one, two = (each.ravel() for each in np.indices((len(teams.ids), len(teams.ids))))
    rows = {
        "team_1": teams.rows[one][:, None].astype(np.int32),
        "team_2": teams.rows[two][:, None].astype(np.int32),
        "home": np.zeros((len(one), 1), np.float32),
        "seed_diff": (seeds[two] - seeds[one])[:, None].astype(np.float32),
    }
    won = inference.predict(run.model, rows)["won"].astype(np.float64)
    chance = won.reshape(len(teams.ids), -1)
    return (chance + 1 - chance.T) / 2  # rounding aside they add up to 1


def _seed_of_each(teams: Entrants, strength: Floats) -> Floats:
    """The seed of each team; one without a seed counts as its rank has it, four teams a seed."""
    rank = np.empty(len(strength))
    rank[np.argsort(-strength, kind="stable")] = np.arange(len(strength))
    seeds = np.minimum(1 + rank // SHARING, WORST_SEED)
    for label, team in teams.seeds.items():
        seeds[np.searchsorted(teams.ids, team)] = int(label[1:3])
    return seeds


def _true_chances(bracket: Bracket, teams: Entrants) -> Floats:
    """What an invented league's own strengths and noise say of the bracket's pairings."""
    from scipy.stats import norm

    assert teams.strength is not None
    strength = teams.strength[np.searchsorted(teams.ids, bracket.teams)]
    return norm.cdf((strength[:, None] - strength) / NOISE_SD)
