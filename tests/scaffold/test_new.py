"""`zoo new` and plug-ins: a project written, installed, trained, and gone again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from project_helpers import install, mistake, plug_in, write_csv, zoo_command

import zoo
from zoo.core.console import Reporter
from zoo.core.errors import BuildError
from zoo.core.registry import VARIABLE
from zoo.experiments.predict import predict_table
from zoo.experiments.runs import RunContext
from zoo.experiments.setup import prepare
from zoo.experiments.trainer import train
from zoo.scaffold.code import with_defaults
from zoo.scaffold.layout import usable
from zoo.scaffold.project import create
from zoo.training.inference import as_inputs

QUICK = ("basketball",)
FAMILIES = ("basketball", "first", "dense", "sequence")
OWN = [
    name
    for name in zoo.list_models()
    if zoo.spec(name).family in FAMILIES and name != "adder"  # which has nothing to train
]
WHOLE_RUNS = ("basketball", "two_scores", "shallow_mlp", "sequence_tagger", "video_classifier")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in OWN]
)
def test_a_project_of_every_tabular_architecture_trains(
    name: str, plugged: Path, tmp_path: Path
) -> None:
    """A whole run for some, a step for the others: there are many, and tracing takes seconds."""
    package = f"own_{name}"
    create(tmp_path / package, name)
    install(plugged, package, tmp_path / package)
    plug_in()
    assert package in zoo.list_models()
    assert zoo.build(package).name == package
    silent = Reporter(silent=True)
    if name in WHOLE_RUNS:
        quick: dict[str, Any] = {"epochs": 1, "engine": "resident", "reporter": silent}
        made = zoo.fit(package, logdir=tmp_path / "logs", **quick)
        assert made.record.parameters == zoo.spec(package).count
        assert set(made.metrics) == {"train", "validation", "test"}
        assert set(made.record.references["trivial"]) == {"train", "validation", "test"}
        return
    recipe = zoo.recipe(package)
    plan = prepare(RunContext(tmp_path, silent), recipe, "auto", train)
    assert plan.model.count_params() == zoo.spec(package).count
    losses = plan.model.train_on_batch(*map(as_inputs, plan.train), return_dict=True)
    assert np.isfinite(losses["loss"])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("adder", "has no weights to train"),
        ("memory_qa", "reads its input 'story' sentence by sentence, which a table does not hold"),
    ],
)
def test_what_a_table_cannot_feed_is_refused(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=f"{name} {reason}; --from takes") as told:
        create(tmp_path / f"own_{name}", name)
    assert name not in str(told.value).partition("--from takes")[2].split(", ")


@pytest.mark.slow
def test_a_table_from_the_user(plugged: Path, tmp_path: Path) -> None:
    """Other column names, other widths, words for classes; then a prediction by those names."""
    rows: list[list[object]] = [["height", "petals", "color", "kind"]]
    kinds = ("rose", "tulip", "violet", "lily")
    rows += [[i % 7, i % 5 - 2.5, i % 3, kinds[i % 4]] for i in range(40)]
    path = write_csv(tmp_path / "flowers.csv", rows)
    create(tmp_path / "own-flowers", "softmax_mlp_32", table=path, columns={"category": ("kind",)})
    install(plugged, "own_flowers", tmp_path / "own-flowers")
    plug_in()
    card = zoo.spec("own_flowers").resolved()
    assert (card.inputs[0].shape, card.outputs[0].shape) == ((3,), (4,))
    data = zoo.load_data("own_flowers")
    assert data.labels["category"] == ("lily", "rose", "tulip", "violet")
    assert data.rows == {"train": 28, "validation": 6, "test": 6}
    made = zoo.fit(
        "own_flowers", epochs=1, logdir=tmp_path / "logs", reporter=Reporter(silent=True)
    )
    text = predict_table(made.folder, path, None, logdir=tmp_path / "logs")
    assert text.splitlines()[0].startswith("height,petals,color,kind,pred_")
    assert len(text.splitlines()) == 41
    assert "made up" not in zoo_card("own_flowers")


def zoo_card(name: str) -> str:
    from zoo.data.registry import card

    return card(name)


def test_an_existing_folder_and_bad_names_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "own_there"
    there.mkdir()
    assert "already exists" in mistake(capsys, str(there), "--from", "mlp")
    assert list(there.iterdir()) == []
    for name, why in (
        ("Own", "cannot name a package"),
        ("2nd", "cannot name a package"),
        ("class", "cannot name a package"),
        ("mlp", "the zoo already has a 'mlp'"),
        ("three_input", "the zoo already has a 'three_input'"),
        ("json", "has 'json' already"),
    ):
        assert why in mistake(capsys, str(tmp_path / name), "--from", "mlp")
        assert not (tmp_path / name).exists()
    assert "did you mean mlp" in mistake(capsys, str(tmp_path / "own_x"), "--from", "mlpp")
    text = mistake(capsys, str(tmp_path / "own_x"), "--from", "residual_identity")
    assert "residual_identity has no fixed size at its input 'features'" in text
    assert "softmax_mlp_32" in text
    assert "more than 4,096" in mistake(
        capsys, str(tmp_path / "own_x"), "--from", "cnn", "--set", "image_shape=(70, 70, 1)"
    )
    assert list(tmp_path.iterdir()) == [there]


@pytest.mark.parametrize(
    ("source", "header", "options", "message"),
    [
        ("mlp", "a,b,c", [], "t.csv, line 1, column 'label': no column 'label' for this output"),
        ("mlp", "a,b,y", ["--columns", "label=z"], "t.csv, line 1: no column 'z'; found: a, b, y"),
        (
            "mlp",
            "a,b,y",
            ["--columns", "lable=y"],
            "unknown input or output of mlp 'lable'; did you mean",
        ),
        ("mlp", "a,b,label", ["--columns", "label"], "--columns takes NAME=COLUMN"),
        ("tournament_stack", "a,b,score_diff", [], "'game' (3,), but the table has 2"),
        ("basketball", "x,y,score_diff", [], "no column 'home' for this input"),
    ],
)
def test_columns_that_do_not_fit_are_reported(
    source: str,
    header: str,
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = header.split(",")
    rows: list[list[object]] = [
        list(names),
        *([3 * i % 7 + j for j in range(len(names))] for i in range(12)),
    ]
    path = write_csv(tmp_path / "t.csv", rows)
    call = (str(tmp_path / "own_x"), "--from", source, "--csv", str(path), *options)
    assert message in mistake(capsys, *call)
    assert not (tmp_path / "own_x").exists()


def test_defaults_are_replaced_where_they_stand() -> None:
    function = (
        "def f(a: int = 1, b: tuple[int, ...] = (1, 2),\n      *, c: str = 'é', d=3):\n    pass"
    )
    changed = with_defaults(function, {"a": 100, "b": (3,), "d": None})
    assert changed == (
        "def f(a: int = 100, b: tuple[int, ...] = (3,),\n      *, c: str = 'é', d=None):\n    pass"
    )


def test_all_but_four_can_be_started_from() -> None:
    unusable = {"adder", "memory_qa", "residual_identity", "text_generator"}
    assert set(zoo.list_models()) - set(usable()) == unusable


@pytest.mark.slow
def test_installed_trained_and_uninstalled(tmp_path: Path) -> None:
    """The whole way in a virtual environment: pip, other processes, the project's own test."""
    pytest.importorskip("setuptools")
    site = tmp_path / "site"
    project = tmp_path / "own_first"  # named as its package, beside which commands are called
    before = zoo_command("list", path=tmp_path).stdout
    assert zoo_command("new", str(project), "--from", "mlp", path=tmp_path).returncode == 0
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", site], check=True)
    python = str(site / "bin" / "python")
    packages = subprocess.run(
        [sys.executable, "-c", "import site; print(site.getsitepackages()[0])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # a virtual environment made inside another one sees the system's packages, not the other's
    (own,) = (site / "lib").glob("python*/site-packages")
    (own / "outer.pth").write_text(f"{packages}\n{Path(zoo.__file__).parents[1]}\n")
    environment = {key: value for key, value in os.environ.items() if key != VARIABLE}

    def call(*words: str, cwd: Path = tmp_path) -> str:
        done = subprocess.run(
            [python, "-m", *words],
            capture_output=True,
            text=True,
            timeout=240,
            cwd=cwd,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    call("pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", str(project))
    listed = call("zoo", "list")
    assert "own_first" in listed
    trained = call("zoo", "train", "own_first", "--epochs", "1", "--logdir", "logs")
    assert "own_first on csv, 551 parameters" in trained
    assert "4 passed" in call("pytest", "-q", "-p", "no:cacheprovider", cwd=project)
    call("pip", "uninstall", "-q", "-y", "own-first")
    assert call("zoo", "list") == before
