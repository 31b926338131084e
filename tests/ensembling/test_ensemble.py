"""Ensembles of runs: what goes together, and the run that they leave."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ensemble_helpers import assert_weighted
from support import QUICK_RUN, example_inputs, tiny

import zoo
from zoo._keras import keras
from zoo.cli.root import cli, run
from zoo.core.console import Reporter
from zoo.core.errors import BuildError, DataError, RecipeError, TrainingError, ZooError
from zoo.core.files import replacing
from zoo.ensembling.build import _held_out
from zoo.ensembling.members import Member, check_alike
from zoo.experiments import runs
from zoo.experiments.feeding import feed
from zoo.experiments.predict import predict_one
from zoo.experiments.record import DataRecord, EnsembleRecord, RunRecord
from zoo.experiments.reproduce import reproduce
from zoo.experiments.runs import Run
from zoo.training import inference
from zoo.training.compile import compile_model

SILENT = Reporter(silent=True)
MEMBERS: dict[str, Any] = {**QUICK_RUN, "epochs": 1, "baseline": ""}


# Runs, made without training


def made_run(
    folder: Path,
    recipe: str,
    seed: int = 0,
    *,
    arguments: dict[str, Any] | None = None,
    fingerprint: str = "",
    **changes: Any,
) -> Run:
    """A finished run of an untrained model, as `zoo.fit` would have left it."""
    chosen = zoo.recipe(recipe).override({"baseline": "", **changes})
    data = zoo.load_data(chosen.dataset, **chosen.dataset_options)
    keras.utils.set_random_seed(seed)
    known = zoo.spec(chosen.architecture).defaults
    sizes = {name: size for name, size in data.sizes.items() if name in known}
    model = zoo.build(chosen.architecture, **{**sizes, **chosen.arguments, **(arguments or {})})
    compile_model(model, dataclasses.replace(chosen, optimizer="sgd", optimizer_options={}), 1)
    model.optimizer.build(model.trainable_variables)
    record = RunRecord(
        status="finished",
        command="",
        recipe=chosen,
        seed=seed,
        data=DataRecord(data.name, data.source, fingerprint or data.fingerprint, {}, {}, {}),
        engine="fit",
        parameters=model.count_params(),
        metrics={"test": {"loss": 1.0}},
    )
    place = runs.create(folder, recipe, seed)
    with replacing(place / runs.MODEL) as partial:
        model.save(partial)
    record.write(place)
    return Run(place, model, record)


def ensemble_of(run: Run) -> EnsembleRecord:
    assert run.record.ensemble is not None
    return run.record.ensemble


def test_what_does_not_go_together(tmp_path: Path) -> None:
    first = Member(made_run(tmp_path, "mlp"), True)

    def other(recipe: str = "mlp", **settings: Any) -> Member:
        return Member(made_run(tmp_path, recipe, 1, **settings), True)

    check_alike(first, other())
    with pytest.raises(BuildError, match=r"input 'features' differs, \(10,\) float32 and \(7,\)"):
        check_alike(first, other(arguments={"n_features": 7}))
    with pytest.raises(BuildError, match=r"output 'label' was trained with .* and mse"):
        check_alike(first, other(loss={"label": "mse"}, metrics={"label": ("mse",)}))
    with pytest.raises(
        BuildError, match="input 'features' is made of different columns, features and others"
    ):
        check_alike(first, other(columns={"features": ("others",)}))
    with pytest.raises(DataError, match="trained on different data"):
        check_alike(first, other(fingerprint="another"))
    with pytest.raises(BuildError, match="has no input"):
        check_alike(first, other("two_branch_add"))


@pytest.mark.slow
def test_two_architectures_in_one_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`zoo ensemble --runs` with runs of two recipes that read the same data."""
    runs = [
        made_run(tmp_path, "digit_mlp"),
        made_run(tmp_path, "shallow_mlp"),
    ]
    folders = [str(each.folder) for each in runs]
    call = ["ensemble", "--runs", *folders, "--weights", "validation", "--logdir", str(tmp_path)]
    assert run(cli, call) == 0
    out = capsys.readouterr().out
    assert "digit_mlp, seed 0" in out
    assert "mean member ± half the range" in out
    assert "weights of digit by validation rows" in out
    joint = zoo.load_run("digit_mlp_shallow_mlp_ensemble", tmp_path)
    assert joint.model.count_params() == 55_050 + 25_450
    assert joint.record.parameters == 55_050 + 25_450
    made = ensemble_of(joint)
    assert made.shares is not None
    shares = made.shares["digit"]
    assert sum(shares) == pytest.approx(1)
    inputs = example_inputs(runs[0].model, 5)
    assert_weighted(joint.model, [each.model for each in runs], shares, inputs)
    scores = made.averages
    assert scores["weighted average"]["validation"]["log_loss"] <= (
        scores["average"]["validation"]["log_loss"] + 1e-6
    )
    assert joint.metrics == scores["weighted average"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["mlp", "--members", "1"], "takes 2 to 1,000 members"),
        (["mlq"], "did you mean mlp"),
        (["mlp", "--set", "epoch=2"], "did you mean epochs"),
        (["mlp", "rnn"], "give one recipe"),
        (["--runs", "some/run"], "at least 2 runs"),
        (["--runs", "no/run", "none/at/all"], "unknown run 'no/run'"),
        (["--runs", "a", "b", "--seed", "3"], "leave out --members, --data, --seed"),
        (["mlp", "--data", "nowhere"], "nowhere"),
    ],
)
def test_one_line_for_a_mistake(
    call: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["ensemble", *call, "--logdir", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert said in error
    assert not list(tmp_path.iterdir()), "nothing was left behind"


def test_mistakes_from_python(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="needs either a recipe or finished runs"):
        zoo.ensemble(logdir=tmp_path)
    with pytest.raises(RecipeError, match="unknown weights 'equal'"):
        zoo.ensemble("mlp", weights="equal", logdir=tmp_path)
    once = made_run(tmp_path, "mlp")
    with pytest.raises(BuildError, match="given twice"):
        zoo.ensemble(runs=[once.folder, str(once.folder)], logdir=tmp_path, reporter=SILENT)
    (once.folder / runs.MODEL).unlink()
    with pytest.raises(TrainingError, match=r"model\.keras is missing"):
        zoo.ensemble(runs=[once.folder, tmp_path], logdir=tmp_path, reporter=SILENT)


def test_rows_that_no_member_trained_on() -> None:
    """A recipe that splits off its last training rows validates on those, not on the data's."""
    recipe = zoo.recipe("mlp").override({"validation_split": 0.25})
    data = DataRecord("classes_20", "mixture", "", {}, {}, {})
    record = RunRecord(recipe=recipe, seed=0, command="", data=data, engine="fit", parameters=0)
    member = Member(Run(Path("run"), tiny("mlp"), record), True)
    train = ({"features": np.arange(6)}, {"label": np.arange(6)})
    held = ({"features": np.arange(6, 8)}, {"label": np.arange(6, 8)})
    found = _held_out([member], {"train": train, "validation": held})
    assert found is not None
    np.testing.assert_array_equal(found[0]["features"], [6, 7])
    plain = dataclasses.replace(record, recipe=zoo.recipe("mlp"))
    other = Member(Run(Path("other"), member.run.model, plain), True)
    assert _held_out([member, other], {"train": train, "validation": held}) is None
    assert _held_out([other], {"train": train, "validation": held}) == held


# The whole way


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def two_seeds(logdir: Path) -> Run:
    return zoo.ensemble(
        "seed_difference", members=2, weights="validation", logdir=logdir, **MEMBERS
    )


def test_the_run_folder(two_seeds: Run, logdir: Path) -> None:
    folder = two_seeds.folder
    assert folder.parent == logdir / "seed_difference_ensemble"
    names = {path.name for path in folder.iterdir()}
    assert {"run.json", "model.keras", "diagram.svg", "picture.png", "labels.json"} <= names
    assert RunRecord.read(folder) == two_seeds.record
    made = ensemble_of(two_seeds)
    assert [(each.seed, each.reused) for each in made.members] == [(0, False), (1, False)]
    assert made.shares is not None
    shares = made.shares["score_diff"]
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1)
    assert two_seeds.record.command.startswith("zoo ensemble --runs ")


def test_the_ensemble_is_scored_as_the_average_of_its_members(two_seeds: Run) -> None:
    recipe = zoo.recipe("seed_difference")
    data = zoo.load_data(recipe.dataset, source="league", seasons=4)
    test = feed(recipe, data, two_seeds.model, SILENT.line)["test"]
    inputs, truth = test[0], test[1]["score_diff"]
    made = ensemble_of(two_seeds)
    members = [zoo.load_run(each.run) for each in made.members]
    assert made.shares is not None
    shares = made.shares["score_diff"]
    each = [inference.predict(member.model, inputs)["score_diff"] for member in members]
    for mixture, name in ((shares, "weighted average"), ([0.5, 0.5], "average")):
        error = np.abs(sum(a * b for a, b in zip(mixture, each, strict=True)) - truth).mean()
        assert made.averages[name]["test"]["mae"] == pytest.approx(error, rel=1e-5)
    for member, known in zip(members, made.members, strict=True):
        assert known.scores["test"]["mae"] == pytest.approx(member.metrics["test"]["mae"], rel=1e-6)
    assert two_seeds.metrics == made.averages["weighted average"]


def test_other_commands_take_it_like_any_run(two_seeds: Run, logdir: Path) -> None:
    again = zoo.evaluate("seed_difference_ensemble", logdir=logdir, reporter=SILENT)
    for split, metrics in two_seeds.metrics.items():
        assert again[split] == pytest.approx(metrics, rel=1e-6)
    said = predict_one("seed_difference_ensemble", {"seed_diff": "3"}, logdir=logdir)
    inputs = {"seed_diff": np.array([[3]], "float32")}
    expected = inference.predict(two_seeds.model, inputs)["score_diff"].item()
    assert float(said["score_diff"].split()[0]) == pytest.approx(expected, abs=0.001)
    with pytest.raises(TrainingError, match="reproduce its members"):
        reproduce("seed_difference_ensemble", logdir=logdir, reporter=SILENT)
    with pytest.raises(ZooError, match="has finished"):
        zoo.resume("seed_difference_ensemble", logdir=logdir, reporter=SILENT)


@pytest.mark.slow
def test_trained_members_are_reused(
    two_seeds: Run, logdir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same call trains nothing; an ensemble never passes for a member."""
    settings = {**MEMBERS, "reporter": Reporter()}
    again = zoo.ensemble("seed_difference", members=2, logdir=logdir, **settings)
    out = capsys.readouterr().out
    assert out.count("from ") >= 2
    assert "training with seed" not in out
    assert all(each.reused for each in ensemble_of(again).members)
    assert len(list((logdir / "seed_difference" / "members").iterdir())) == 2
    assert ensemble_of(again).weights == "uniform"
    assert again.metrics["test"] == pytest.approx(
        ensemble_of(two_seeds).averages["average"]["test"], rel=1e-6
    )


@pytest.mark.slow
def test_an_ensemble_of_several_outputs(tmp_path: Path) -> None:
    """Every output gets shares of its own."""
    settings: dict[str, Any] = {
        "data": "league",
        "epochs": 1,
        "engine": "resident",
        "baseline": "",
        "members": 2,
    }
    made = zoo.ensemble(
        "score_and_win", weights="validation", logdir=tmp_path, reporter=SILENT, **settings
    )
    assert set(ensemble_of(made).shares or ()) == {"score_diff", "won"}
    assert "won_accuracy" in made.metrics["test"]
    again = zoo.evaluate("score_and_win_ensemble", logdir=tmp_path, reporter=SILENT)
    assert again["test"] == pytest.approx(made.metrics["test"], rel=1e-6)


@pytest.mark.slow
def test_the_projector_shows_every_members_embedding(tmp_path: Path) -> None:
    runs = [made_run(tmp_path, "basketball", seed).folder for seed in range(2)]
    made = zoo.ensemble(runs=runs, logdir=tmp_path, reporter=SILENT)
    config = (made.folder / "train" / "projector_config.pbtxt").read_text(encoding="utf-8")
    assert config.count("embeddings {") == 2
    assert (made.folder / "picture.png").is_file()


@pytest.mark.slow
def test_a_metric_that_keras_does_not_have(tmp_path: Path) -> None:
    """A model compiled with `mean_prediction` joins and reloads like the others."""
    runs = [made_run(tmp_path, "binary_mlp", seed).folder for seed in range(2)]
    made = zoo.ensemble(runs=runs, logdir=tmp_path, reporter=SILENT)
    again = zoo.evaluate(made.folder, reporter=SILENT)
    assert again["test"] == pytest.approx(made.metrics["test"], rel=1e-6)
    assert "mean_prediction" in again["test"]


@pytest.mark.slow
def test_settings_of_a_source_and_of_the_user(tmp_path: Path) -> None:
    """As in `zoo.fit`: the recipe's settings for the source, and before them the user's."""
    given: dict[str, Any] = {"data": "league", "epochs": 1, "members": 2, "logdir": tmp_path}
    given |= {"engine": "resident", "baseline": "", "reporter": SILENT}
    made = zoo.ensemble("score_and_win", **{"dataset_options.seasons": 9}, **given)
    assert made.record.recipe.dataset_options["seasons"] == 9
