"""The members of an ensemble: trained by seed, or given as runs that fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core.console import Reporter
from zoo.core.errors import BuildError, DataError
from zoo.ensembling.combine import output_tensors
from zoo.experiments.feeding import columns_of
from zoo.experiments.runs import Run, load_run
from zoo.experiments.stacking import matching_run
from zoo.experiments.trainer import fit
from zoo.recipes.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset

Form = dict[str, tuple[tuple[int | None, ...], str]]  # port -> shape without batch, dtype


@dataclass(frozen=True)
class Member:
    """A trained model of an ensemble, and whether it was there before."""

    run: Run
    reused: bool

    @property
    def recipe(self) -> Recipe:
        return Recipe.from_dict(self.run.record["recipe"])

    @property
    def seed(self) -> int:
        return self.run.record["seed"]

    @property
    def title(self) -> str:
        return f"{self.run.record['recipe']['name']}, seed {self.seed}"


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

    A finished run of the very recipe, seed and data serves as it is.
    """
    members = []
    recipe = recipe.for_source(dataset.source)
    for number in range(count):
        each = seed + number
        run = matching_run(recipe, dataset.fingerprint, each, logdir)
        known = run is not None
        place = f"from {run.folder}" if run is not None else f"training with seed {each}"
        reporter.line(f"member {number + 1} of {count}: {place}")
        if run is None:
            run = fit(recipe, data=dataset.source, seed=each, logdir=logdir, reporter=reporter)
        members.append(Member(run, known))
    return members


def given(runs: Sequence[str | Path], *, logdir: Path) -> list[Member]:
    """Finished runs, by folder, `RECIPE/RUN` or recipe name, checked to go together.

    Raises:
        TrainingError: no such run, or it did not finish.
        BuildError: one run twice, or ports that differ.
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
        BuildError: their ports, or what these mean, differ.
        DataError: they were trained on different data.
    """
    pair = f"cannot combine {first.run.folder} and {other.run.folder}: "
    for kind, forms in (("input", input_form), ("output", output_form)):
        one, two = forms(first.run.model), forms(other.run.model)
        for port in (*one, *two):
            if port not in one or port not in two:
                which = "second" if port in one else "first"
                raise BuildError(f"{pair}the {which} has no {kind} {port!r}")
            if not _fits(one[port], two[port]):
                shapes = " and ".join(f"{shape} {dtype}" for shape, dtype in (one[port], two[port]))
                raise BuildError(f"{pair}{kind} {port!r} is {shapes}")
            columns = [columns_of(member.recipe, port) for member in (first, other)]
            if columns[0] != columns[1]:
                read = " and ".join(", ".join(each) for each in columns)
                raise BuildError(f"{pair}{kind} {port!r} stands for {read}")
    for port in output_form(first.run.model):
        kinds = [member.recipe.loss[port] for member in (first, other)]
        if _gives_chances(kinds[0]) != _gives_chances(kinds[1]):
            raise BuildError(f"{pair}output {port!r} was trained on {' and '.join(kinds)}")
    prints = [member.run.record["data"]["fingerprint"] for member in (first, other)]
    if prints[0] != prints[1]:
        names = [
            f"{each.run.record['data']['name']} ({each.run.record['data']['source']})"
            for each in (first, other)
        ]
        raise DataError(f"{pair}they were trained on different data, {' and '.join(names)}")


def input_form(model: keras.Model) -> Form:
    """Shape and dtype of every input by port."""
    return {tensor.name: _form(tensor) for tensor in model.inputs}


def output_form(model: keras.Model) -> Form:
    """Shape and dtype of every output by port."""
    return {port: _form(tensor) for port, tensor in output_tensors(model).items()}


def _form(tensor: Any) -> tuple[tuple[int | None, ...], str]:
    return tuple(tensor.shape[1:]), str(tensor.dtype)


def _fits(one: tuple[tuple[int | None, ...], str], two: tuple[tuple[int | None, ...], str]) -> bool:
    """Same dtype, and same sizes where both are fixed."""
    return (
        one[1] == two[1]
        and len(one[0]) == len(two[0])
        and all(a == b or a is None or b is None for a, b in zip(one[0], two[0], strict=True))
    )


def _gives_chances(loss: str) -> bool:
    return loss.endswith("crossentropy")


def summary(members: Sequence[Member], shares: Mapping[str, Sequence[float]] | None) -> list[Any]:
    """The members as run.json lists them, with each one's share by output."""
    return [
        {
            "run": str(member.run.folder),
            "recipe": member.recipe.name,
            "seed": member.seed,
            "reused": member.reused,
            **({"shares": {port: each[at] for port, each in shares.items()}} if shares else {}),
        }
        for at, member in enumerate(members)
    ]
