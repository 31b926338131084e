"""The members of an ensemble: trained by seed, or given as runs that fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.baselines.estimators import classifies
from zoo.core.console import Reporter
from zoo.core.errors import BuildError, DataError
from zoo.ensembling.tensors import output_tensors
from zoo.experiments.feeding import columns_of
from zoo.experiments.record import MemberRecord, Scores
from zoo.experiments.runs import MEMBERS, Run, RunContext, load_run
from zoo.experiments.setup import matching_run
from zoo.experiments.trainer import train
from zoo.recipes.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset


@dataclass(frozen=True)
class Member:
    """A trained model of an ensemble, and whether it was there before."""

    run: Run
    reused: bool

    @property
    def recipe(self) -> Recipe:
        return self.run.record.recipe

    @property
    def seed(self) -> int:
        return self.run.record.seed

    @property
    def title(self) -> str:
        return f"{self.recipe.name}, seed {self.seed}"


def trained(
    recipe: Recipe,
    dataset: Dataset,
    count: int,
    seed: int,
    *,
    logdir: Path,
    reporter: Reporter,
) -> list[Member]:
    """`count` runs of `recipe` on `dataset` with seeds from `seed` on.

    A finished run of the very recipe, seed and data serves as it is. New ones are kept in
    `LOGDIR/RECIPE/members`: the latest run of the recipe stays the one that a person trained.
    """
    members = []
    for number in range(count):
        each = seed + number
        run = matching_run(recipe, dataset.fingerprint, each, logdir)
        known = run is not None
        place = f"from {run.folder}" if run is not None else f"training with seed {each}"
        reporter.line(f"member {number + 1} of {count}: {place}")
        if run is None:
            run = train(RunContext(logdir, reporter, each, part=MEMBERS), recipe, dataset.source)
        members.append(Member(run, known))
    return members


def given(runs: Sequence[str | Path | Run], *, logdir: Path) -> list[Member]:
    """Finished runs, by folder, `RECIPE/RUN` or recipe name, checked to go together.

    Raises:
        TrainingError: no such run, or it did not finish.
        BuildError: one run twice, or inputs or outputs that differ.
        DataError: the runs were trained on different data.
    """
    members = [Member(load_run(run, logdir), True) for run in runs]
    folders = [member.run.folder.resolve() for member in members]
    for folder in folders:
        if folders.count(folder) > 1:
            raise BuildError(f"{folder} is given twice")
    for member in members[1:]:
        check_alike(members[0], member)
    return members


def check_alike(first: Member, other: Member) -> None:
    """Refuse two members that do not answer the same question.

    Raises:
        BuildError: their inputs or outputs, or the columns behind them, differ.
        DataError: they were trained on different data.
    """
    pair = f"cannot combine {first.run.folder} and {other.run.folder}: "
    for kind, tensors in (("input", _inputs), ("output", output_tensors)):
        one, two = tensors(first.run.model), tensors(other.run.model)
        for name in (*one, *two):
            if name not in one or name not in two:
                which = "second" if name in one else "first"
                raise BuildError(f"{pair}the {which} has no {kind} {name!r}")
            if not _fits(one[name], two[name]):
                forms = [f"{tuple(each.shape[1:])} {each.dtype}" for each in (one[name], two[name])]
                raise BuildError(f"{pair}{kind} {name!r} differs, {' and '.join(forms)}")
            columns = [columns_of(member.recipe, name) for member in (first, other)]
            if columns[0] != columns[1]:
                read = " and ".join(", ".join(each) for each in columns)
                raise BuildError(f"{pair}{kind} {name!r} is made of different columns, {read}")
    for name in output_tensors(first.run.model):
        losses = [member.recipe.loss[name] for member in (first, other)]
        if classifies(losses[0]) != classifies(losses[1]):
            raise BuildError(
                f"{pair}output {name!r} was trained with different losses, {' and '.join(losses)}"
            )
    data = [member.run.record.data for member in (first, other)]
    if data[0].fingerprint != data[1].fingerprint:
        names = " and ".join(f"{each.name} ({each.source})" for each in data)
        raise DataError(f"{pair}they were trained on different data, {names}")


def _inputs(model: keras.Model) -> dict[str, Any]:
    """A model's input tensors by name."""
    return {tensor.name: tensor for tensor in model.inputs}


def _fits(one: Any, two: Any) -> bool:
    """Whether two tensors have the same dtype, and the same sizes where both are fixed."""
    return (
        one.dtype == two.dtype
        and len(one.shape) == len(two.shape)
        and all(a == b or None in (a, b) for a, b in zip(one.shape, two.shape, strict=True))
    )


def summary(
    members: Sequence[Member],
    shares: Mapping[str, Sequence[float]] | None,
    scores: Sequence[Scores],
) -> tuple[MemberRecord, ...]:
    """The members as run.json lists them, with each one's share by output and its scores."""
    return tuple(
        MemberRecord(
            run=str(member.run.folder),
            recipe=member.recipe.name,
            seed=member.seed,
            reused=member.reused,
            shares={name: each[at] for name, each in (shares or {}).items()},
            scores=scores[at],
        )
        for at, member in enumerate(members)
    )
