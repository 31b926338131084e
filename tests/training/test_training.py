"""From a recipe to a run folder: what is learned, what is written, what repeats."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import history, tiny

import zoo
from zoo._keras import keras
from zoo.core.console import Reporter
from zoo.core.errors import RecipeError, TrainingError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.experiments import setup
from zoo.experiments.reports import team_strengths
from zoo.experiments.runs import Run
from zoo.experiments.setup import add_prediction
from zoo.training import callbacks, progress
from zoo.training.callbacks import BestWeights

SILENT = Reporter(silent=True)
ENGINE: dict[str, Any] = {"engine": "resident"}  # without XLA, which takes seconds to compile
SEASONS: dict[str, Any] = {"dataset_options.seasons": 4}
EIGHT: dict[str, Any] = {"dataset_options.seasons": 8}  # enough to learn the strengths from
# Two parameters, trained step by step.
QUICK: dict[str, Any] = {"data": "league", "reporter": SILENT, "engine": "fit", "baseline": ""}
QUICK |= SEASONS


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def league_run(logdir: Path) -> Run:
    settings = {**ENGINE, **EIGHT}
    return zoo.fit("basketball", data="league", logdir=logdir, reporter=SILENT, **settings)


@pytest.fixture(scope="module")
def league() -> Dataset:
    return zoo.load_data("basketball", source="league", seasons=8)


@pytest.mark.claim("basketball")
def test_basketball_comes_near_the_best_possible(league_run: Run, league: Dataset) -> None:
    mae = league_run.metrics["test"]["mae"]
    assert mae <= 1.01 * league_run.baseline["test"]["mae"]
    best = league.references["best possible"]["test"]
    assert mae <= 1.06 * best["score_diff_mae"]


@pytest.mark.claim("team_strength")
def test_learned_strengths_are_the_true_ones(league_run: Run, league: Dataset) -> None:
    truth = league.truth["strength"]
    learned = team_strengths(league_run.model)
    assert np.corrcoef(learned, np.ravel(truth))[0, 1] >= 0.95
    assert 0.9 <= learned.std() / truth.std() <= 1.1, "strengths are in points"


def test_run_folder_is_complete(league_run: Run) -> None:
    folder = league_run.folder
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    expected = {
        "run.json",
        "history.csv",
        "model.keras",
        "diagram.svg",
        "strengths.csv",
        "labels.json",
        "checkpoints/best.weights.h5",
        "train/projector_config.pbtxt",
    }
    assert expected <= names
    assert any(name.startswith("train/events.") for name in names)
    assert any(name.startswith("validation/events.") for name in names)
    assert not any("partial" in name for name in names)


def test_run_json_says_where_the_result_comes_from(league_run: Run, league: Dataset) -> None:
    record = json.loads((league_run.folder / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "finished"
    command = "python -m zoo.train basketball --data league --seed 0 --set engine=resident"
    assert record["command"] == f"{command} --set dataset_options.seasons=8"
    assert record["recipe"] == zoo.recipe("basketball").override({**ENGINE, **EIGHT}).to_dict()
    assert record["data"]["fingerprint"] == league.fingerprint
    assert record["data"]["rows"] == league.rows
    assert record["parameters"] == league.sizes["n_teams"] + 4
    assert record["versions"]["keras"] == keras.__version__
    assert set(record["metrics"]) == {"train", "validation", "test", "tournament"}
    assert set(record["baseline"]) == set(record["metrics"])
    assert record["seconds"]["total"] >= record["seconds"]["train"] > 0


def test_history_has_a_row_per_epoch(league_run: Run) -> None:
    rows = history(league_run)
    assert [int(row["epoch"]) for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == league_run.record.epochs_run
    assert float(rows[-1]["val_mae"]) < float(rows[0]["val_mae"])
    assert float(rows[-1]["learning_rate"]) < 0.01 * float(rows[0]["learning_rate"])


def test_strengths_csv_ranks_every_team(league_run: Run) -> None:
    with (league_run.folder / "strengths.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == league_run.record.data.sizes["n_teams"]
    values = [float(row["strength"]) for row in rows]
    assert values == sorted(values, reverse=True)
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.slow
def test_same_seed_same_metrics(logdir: Path) -> None:
    first, second, other = (
        zoo.fit("seed_difference", seed=seed, logdir=logdir, epochs=1, **QUICK)
        for seed in (3, 3, 4)
    )
    assert first.metrics == second.metrics
    assert first.metrics != other.metrics
    assert first.folder != second.folder
    histories = [(run.folder / "history.csv").read_bytes() for run in (first, second)]
    assert histories[0] == histories[1]


def test_evaluate_gives_the_recorded_metrics(league_run: Run, logdir: Path) -> None:
    assert zoo.evaluate(league_run.folder, reporter=SILENT) == league_run.metrics
    loaded = zoo.load_run("basketball/" + league_run.folder.name, logdir)
    assert loaded.record == league_run.record


@pytest.mark.slow
def test_as_printed_hardly_learns(logdir: Path) -> None:
    """`advanced-keras` trains one epoch at Adam's 0.001, from which a table hardly moves."""
    run = zoo.fit("basketball_as_printed", logdir=logdir, **QUICK)
    assert run.metrics["test"]["loss"] > 11
    assert run.record.recipe.validation_split == 0.1


@pytest.mark.slow
def test_a_loss_without_metrics_is_held_against_what_it_equals(logdir: Path) -> None:
    """The document compiles the model without metrics; its loss is the absolute error."""
    given = {**QUICK, "baseline": "ridge_strengths", "engine": "resident"}
    run = zoo.fit("basketball_as_printed", logdir=logdir, **given)
    as_metric = {"metrics": {"score_diff": ("mae",)}, "epochs": 1}
    other = zoo.fit("basketball_as_printed", logdir=logdir, **given, **as_metric)
    assert set(run.metrics["test"]) == {"loss"}
    assert run.metrics["test"]["loss"] == pytest.approx(other.metrics["test"]["mae"], rel=1e-5)
    assert run.baseline["test"]["loss"] == other.baseline["test"]["mae"]
    for name in ("best possible", "trivial"):
        found, wanted = (each.record.references[name]["test"] for each in (run, other))
        assert found["loss"] == wanted["mae"]


@pytest.fixture(scope="module")
def score_and_win(logdir: Path) -> Run:
    small = {**ENGINE, **SEASONS}
    return zoo.fit("score_and_win", data="league", logdir=logdir, reporter=SILENT, **small)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["score_diff_mae", "won_log_loss"])
def test_score_and_win_comes_near_its_baseline(metric: str, score_and_win: Run) -> None:
    run = score_and_win
    assert run.metrics["test"][metric] <= 1.02 * run.baseline["test"][metric]
    best, trivial = (run.record.references[name]["test"] for name in ("best possible", "trivial"))
    assert best[metric] < run.metrics["test"][metric] < trivial[metric]


@pytest.mark.slow
def test_score_and_win_reports_total_and_parts(score_and_win: Run) -> None:
    test = score_and_win.metrics["test"]
    assert test["loss"] == pytest.approx(test["score_diff_loss"] + test["won_loss"], rel=1e-5)
    assert test["score_diff_loss"] == pytest.approx(test["score_diff_mae"], rel=1e-5)
    assert test["won_loss"] == pytest.approx(test["won_log_loss"], rel=1e-4)


@pytest.mark.claim("tournament_stack")
@pytest.mark.slow
def test_stacking_trains_what_it_needs_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = zoo.recipe("basketball").override({**ENGINE, **SEASONS, "baseline": "", "epochs": 1})
    monkeypatch.setattr(setup, "find_recipe", lambda name: first)
    run = zoo.fit("tournament_stack", seed=5, logdir=tmp_path, epochs=1, **QUICK)
    upstream = run.record.upstream
    assert upstream is not None
    assert upstream.recipe == "basketball"
    assert (tmp_path / "basketball" / "upstream" / upstream.run / "model.keras").is_file()


def test_nan_loss_ends_with_one_clear_error(tmp_path: Path) -> None:
    squares: dict[str, Any] = {**QUICK, **ENGINE, "loss.score_diff": "mse"}
    with pytest.raises(TrainingError, match=r"the loss became nan.*--set learning_rate="):
        zoo.fit("seed_difference", logdir=tmp_path, learning_rate=1e38, **squares)
    (folder,) = (tmp_path / "seed_difference").iterdir()
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "failed"
    assert "the loss became" in record["error"]
    with pytest.raises(TrainingError, match="no finished run"):
        zoo.load_run("seed_difference", tmp_path)


def test_interrupt_keeps_what_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Any, epoch: int, logs: Any = None) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(progress.EpochLines, "on_epoch_begin", interrupt)
    with pytest.raises(KeyboardInterrupt):
        zoo.fit("seed_difference", logdir=tmp_path, **QUICK)
    (folder,) = (tmp_path / "seed_difference").iterdir()
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"] == "interrupted"
    assert len((folder / "history.csv").read_text(encoding="utf-8").splitlines()) == 3
    assert (folder / "checkpoints" / "best.weights.h5").is_file()


def test_full_disk_leaves_the_last_checkpoint_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second save breaks off half-way; the first one's file must still load."""
    model = zoo.build("two_team", n_teams=4)
    model.compile("sgd", "mse")
    path = tmp_path / "best.weights.h5"
    callback = BestWeights(path, "loss")
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 1.0})
    before = path.read_bytes()

    def half(target: Any, **_: Any) -> None:
        Path(target).write_bytes(before[: len(before) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(callbacks, "SHARE", 1.0)
    monkeypatch.setattr(model, "save_weights", half)
    with pytest.raises(OSError, match="No space left"):
        callback.on_epoch_end(1, {"loss": 0.5})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path], "no half-written file is left"
    model.load_weights(path)


def test_best_weights_are_written_at_the_end_where_writing_costs_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "SHARE", 0.0)
    model = zoo.build("two_team", n_teams=4)
    model.compile("sgd", "mse")
    model.optimizer.build(model.trainable_variables)
    best = BestWeights(tmp_path / "best.weights.h5", "loss")
    best.set_model(model)
    best.on_train_begin()
    kept = []
    for epoch, loss in enumerate((3.0, 1.0, 2.0)):
        model.set_weights([weight + epoch + 1 for weight in model.get_weights()])
        kept.append(model.get_weights())
        best.on_epoch_end(epoch, {"loss": loss})
    again = zoo.build("two_team", n_teams=4)
    again.load_weights(best.path)
    for found, wanted in zip(again.get_weights(), kept[0], strict=True):
        np.testing.assert_array_equal(found, wanted)
    best.on_train_end()
    again.load_weights(best.path)
    for found, wanted in zip(again.get_weights(), kept[1], strict=True):
        np.testing.assert_array_equal(found, wanted)
    for found, wanted in zip(model.get_weights(), kept[2], strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.slow
def test_early_stopping_returns_the_best_weights(tmp_path: Path) -> None:
    run = zoo.fit(
        "seed_difference",
        logdir=tmp_path,
        schedule="constant",
        learning_rate=2.0,
        early_stopping=2,
        epochs=60,
        **QUICK,
    )
    losses = [float(row["val_loss"]) for row in history(run)]
    assert len(losses) < 60
    assert run.metrics["validation"]["loss"] == pytest.approx(min(losses), rel=1e-5)


@pytest.mark.slow
def test_learning_rate_falls_on_a_plateau(tmp_path: Path) -> None:
    run = zoo.fit(
        "seed_difference",
        logdir=tmp_path,
        schedule="constant",
        learning_rate=1.0,
        reduce_lr=1,
        epochs=12,
        **QUICK,
    )
    rates = [float(row["learning_rate"]) for row in history(run)]
    assert rates[-1] < rates[0]


def test_cannot_write_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    with pytest.raises(TrainingError, match="choose another with --logdir"):
        zoo.fit("seed_difference", data="league", logdir=tmp_path / "logs", reporter=SILENT)


def test_wrong_words_are_reported(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"data": "league", "logdir": tmp_path, "reporter": SILENT}
    with pytest.raises(UnknownNameError, match="did you mean basketball"):
        zoo.fit("basketbal", **settings)
    with pytest.raises(RecipeError, match="did you mean epochs"):
        zoo.fit("basketball", epoch=1, **settings)
    with pytest.raises(UnknownNameError, match="league"):
        zoo.fit("basketball", **{**settings, "data": "legaue"})
    wrong: list[tuple[str, Any, str]] = [
        ("metrics.score_diff", ["maee"], "unknown metric 'maee'; did you mean mae"),
        ("loss.score_diff", "mea", "unknown loss 'mea'"),
        ("optimizer", "adamm", "optimizer 'adamm'"),
        ("columns.home", ["homes"], "needs column 'homes'"),
        ("columns.hoem", ["home"], "columns: unknown input or output 'hoem'; did you mean home"),
    ]
    for field, value, message in wrong:
        changes: dict[str, Any] = {field: value}
        with pytest.raises(RecipeError, match=message):
            zoo.fit("basketball", **settings, **changes)
    assert not list(tmp_path.iterdir()), "no run folder for a run that never began"


@pytest.mark.parametrize(
    ("name", "why"), [("mlp", "it needs column 'features'"), ("posts", "it has 3 outputs")]
)
def test_what_cannot_be_stacked_on_is_reported(name: str, why: str) -> None:
    dataset = zoo.load_data("tournament", source="league", seasons=4)
    with pytest.raises(RecipeError, match=f"cannot stack on {name}: {why}"):
        add_prediction(dataset, tiny(name), zoo.recipe(name))
