"""The weights that ship: their manifest, their files, what they score, and who asks wrongly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import weights

import results
import zoo
from zoo.cli.root import cli, run
from zoo.core.errors import BuildError, UnknownNameError
from zoo.experiments import examples, pretrained
from zoo.recipes import shipped_weights
from zoo.training import inference

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = shipped_weights.manifest()["weights"]
QUICK = [name for name in ("binary_mlp", "basketball") if name in SHIPPED]
SAME = 1e-3  # relative: another processor adds in another order
NEAR = 0.01  # of the mean over seeds, or as far as the seeds lie apart if that is more

every_recipe = pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in SHIPPED],
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return results.RESULTS.read()


def test_some_weights_ship() -> None:
    assert QUICK
    assert not [name for name in SHIPPED if name.endswith("_as_printed")]


@every_recipe
def test_scores_again_what_the_manifest_says(name: str, table: pd.DataFrame) -> None:
    found = pretrained.score(name)
    said = SHIPPED[name]["scores"]
    assert set(found) == set(said)
    for metric, value in said.items():
        assert found[metric] == pytest.approx(value, rel=SAME, abs=SAME), metric
    rows = table[table["recipe_sha256"] == results.recipe_hash(name, results.embedded(name))]
    rows = rows[rows["fingerprint"] == SHIPPED[name]["data"]["fingerprint"][:16]]
    assert len(rows), "results.csv has no run of this recipe as it is now"
    for metric, seeds in rows.groupby("metric")["model"]:
        apart = max(seeds.max() - seeds.min(), NEAR * abs(seeds.mean()))
        assert found[str(metric)] == pytest.approx(seeds.mean(), abs=apart), metric


@pytest.mark.parametrize("name", SHIPPED)
def test_files_are_as_the_manifest_says(name: str) -> None:
    entry = SHIPPED[name]
    path = shipped_weights.FOLDER / f"{name}.weights.h5"
    assert shipped_weights.sha256(path) == entry["sha256"]
    assert path.stat().st_size == entry["bytes"] < shipped_weights.LIMIT
    assert entry["architecture"] == zoo.recipe(name).architecture
    assert entry["seed"] == 0
    assert entry["versions"]["keras"]


def test_an_architectures_name_means_its_default_recipe() -> None:
    by_alias = zoo.build("three_input", weights="embedded")
    entry = SHIPPED["basketball"]
    assert by_alias.count_params() == entry["parameters"]
    again = zoo.build("basketball", weights="embedded", n_teams=entry["arguments"]["n_teams"])
    for one, other in zip(by_alias.get_weights(), again.get_weights(), strict=True):
        assert (one == other).all()
    blank = zoo.build("basketball", n_teams=entry["arguments"]["n_teams"])
    assert any(
        (one != other).any()
        for one, other in zip(by_alias.get_weights(), blank.get_weights(), strict=True)
    )


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("basketball", {"n_teams": 350}, r"are for n_teams=\d+, not 350; leave n_teams out"),
        ("basketball", {"nteams": 350}, "unknown argument 'nteams'; did you mean n_teams"),
        ("rnn", {"units": 20}, "the embedded weights of rnn are for units=10, not 20"),
        ("adder", {}, "adder has no recipe, so there are no weights"),
        ("mpl", {}, "unknown architecture or recipe 'mpl'; did you mean mlp"),
        ("basketball_as_printed", {}, "no weights of basketball_as_printed ship with the zoo"),
    ],
)
def test_wrong_requests_are_reported(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises((BuildError, UnknownNameError), match=message):
        zoo.build(name, weights="embedded", **arguments)


def test_weights_other_than_embedded_are_reported() -> None:
    with pytest.raises(BuildError, match="weights must be 'embedded' or None, not 'imagenet'"):
        zoo.build("rnn", weights="imagenet")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The weights in a folder of the test's own."""
    for path in shipped_weights.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(shipped_weights, "FOLDER", tmp_path)
    monkeypatch.setattr(shipped_weights, "MANIFEST", tmp_path / "manifest.json")
    shipped_weights.manifest.cache_clear()
    monkeypatch.setattr(shipped_weights, "manifest", shipped_weights.manifest.__wrapped__)
    return tmp_path


def test_large_models_say_how_they_are_trained(copied: Path) -> None:
    content = json.loads(shipped_weights.MANIFEST.read_text())
    content["weights"].pop("rnn")
    content["larger"]["rnn"] = {"fingerprint": "", "bytes": 4_200_000}
    shipped_weights.MANIFEST.write_text(json.dumps(content))
    with pytest.raises(BuildError, match=r"4\.2 MB.*zoo train rnn.*zoo\.load_run\('rnn'\)\.model"):
        zoo.build("rnn", weights="embedded")


def test_damage_is_reported(copied: Path) -> None:
    path = copied / "rnn.weights.h5"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BuildError, match="its sha256 differs from the manifest"):
        zoo.build("rnn", weights="embedded")
    path.unlink()
    with pytest.raises(BuildError, match="install the zoo again"):
        zoo.build("rnn", weights="embedded")
    (copied / "manifest.json").write_text("{}")
    with pytest.raises(BuildError, match="is damaged"):
        zoo.build("rnn", weights="embedded")


def test_weights_of_another_shape_are_reported(copied: Path) -> None:
    content = json.loads(shipped_weights.MANIFEST.read_text())
    content["weights"]["rnn"]["arguments"] = {"units": 11}
    shipped_weights.MANIFEST.write_text(json.dumps(content))
    with pytest.raises(BuildError, match="does not fit rnn"):
        zoo.build("rnn", weights="embedded")


def test_show_says_that_there_are_weights(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["show", "rnn"]) == 0
    assert "zoo.build('rnn', weights='embedded')" in capsys.readouterr().out
    assert run(cli, ["show", "rnn", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["weights"] == ["rnn"]
    assert run(cli, ["show", "adder"]) == 0
    assert "weights=" not in capsys.readouterr().out


def test_the_fingerprint_leaves_words_out() -> None:
    recipe = zoo.recipe("rnn")
    fields = recipe.to_dict()
    worded = zoo.Recipe.from_dict({**fields, "note": "another", "expect": {}, "seconds": {}})
    assert worded.fingerprint == recipe.fingerprint
    changed = recipe.override({"epochs": recipe.epochs + 1})
    assert changed.fingerprint != recipe.fingerprint
    stack = zoo.recipe("tournament_stack")
    upstream = zoo.recipe("basketball").fingerprint
    assert shipped_weights.fingerprint(stack) == f"{stack.fingerprint}+{upstream}"


def test_the_check_names_what_is_not_current(copied: Path) -> None:
    content = json.loads(shipped_weights.MANIFEST.read_text())
    content["weights"]["rnn"]["fingerprint"] = "0" * 16
    content["weights"]["gone"] = content["weights"]["basketball"]
    content["weights"]["basketball"]["data"]["fingerprint"] = "0" * 64
    content["larger"]["mlp"] = {"fingerprint": zoo.recipe("mlp").fingerprint, "bytes": 9}
    del content["weights"]["qa"]
    content["larger"]["qa"] = {"fingerprint": "0" * 16, "bytes": 9}
    shipped_weights.MANIFEST.write_text(json.dumps(content))
    (copied / "binary_mlp.weights.h5").write_bytes(b"")
    (copied / "stray.weights.h5").write_bytes(b"")
    lines = {line.partition(":")[0]: line for line in weights.stale()}
    assert "its recipe has changed since" in lines["rnn"]
    assert "is in the manifest but is not a recipe" in lines["gone"]
    assert "binary_mlp.weights.h5 has changed" in lines["binary_mlp"]
    assert "no weights" in lines["qa"]
    assert "is not in the manifest" in lines["stray.weights.h5"]
    assert "mlp" not in lines


def test_no_tensorflow_is_loaded_to_look_or_to_check() -> None:
    program = (
        "import sys, zoo.experiments.pretrained, zoo.recipes.shipped_weights as p, weights\n"
        "list(weights.stale()), p.facts(['rnn'])\n"
        "assert 'tensorflow' not in sys.modules; print('fine')"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, 'scripts')\n{program}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.stdout == "fine\n", done.stderr


@pytest.mark.parametrize("name", ["tiny_dense", "two_scores"])
def test_a_run_of_shipped_weights_is_asked_as_a_trained_one(name: str, tmp_path: Path) -> None:
    run, _, splits = pretrained.run_of(name, tmp_path)
    again = zoo.load_run(run.folder)
    (rows, _) = splits["test"]
    few = {port: array[:3] for port, array in rows.items()}
    wanted = inference.predict(zoo.build(name, weights="embedded"), few)
    for output, values in inference.predict(again.model, few).items():
        np.testing.assert_array_equal(values, wanted[output])
    assert again.record.status == "finished"
    assert again.record.metrics["test"]
    assert zoo.predict(run, **examples.read(run.folder))
