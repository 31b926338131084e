"""Looking for recipes: the list, a recipe's page, and names that mean something else."""

from __future__ import annotations

import json

import pytest

import zoo
from zoo.cli.root import cli, run
from zoo.inspection import recipe_card
from zoo.recipes.expectations import bound_text, main_metric, more_is_better

RECIPE_ALONE = next(name for name in zoo.list_recipes() if name not in zoo.list_models())


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    assert run(cli, words) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(cli, words) != 0
    line = capsys.readouterr().err
    assert line.startswith("error: ")
    assert line.count("\n") == 1
    return line


def test_the_list_has_every_recipe_in_aligned_columns(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = printed(capsys, "recipes")
    header, *lines = out.splitlines()
    assert [line.split()[0] for line in lines] == zoo.list_recipes()
    assert err.startswith(f"{len(lines)} recipes; ")
    for title in ("architecture", "data", "seconds"):
        at = header.index(title)
        assert all(line[at - 1 : at + 1].strip() == line[at : at + 1] for line in lines), title
    league = next(line for line in lines if line.startswith("basketball "))
    assert "basketball: ncaa, league*" in league, "no files are there"
    assert "mae <= 8.8" in league


def test_the_list_by_pattern_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = printed(capsys, "recipes", "digit_mlp*")
    assert [line.split()[0] for line in out.splitlines()[1:]] == zoo.list_recipes("digit_mlp*")
    assert err.startswith("2 recipes")
    assert "no recipe matches 'zzz*'; `zoo recipes` lists" in refused(capsys, "recipes", "zzz*")
    assert "matches 'basketbal[l'; did you mean basketball" in refused(
        capsys, "recipes", "basketbal[l"
    )
    out, _ = printed(capsys, "recipes", "--json")
    found = {each["name"]: each for each in json.loads(out)}
    assert list(found) == zoo.list_recipes()
    assert found["basketball"]["expect"]["league"] == {"mae": 8.8}
    assert found["basketball"]["auto"] == "league"
    assert "did you mean basketball" in refused(capsys, "recipes", "basketbal")


@pytest.mark.parametrize("name", zoo.list_recipes())
def test_a_page_has_what_the_recipe_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = zoo.recipe(name)
    out, _ = printed(capsys, "show", "--recipe", name)
    words = " ".join(out.split())
    assert max(map(len, out.splitlines())) <= recipe_card.WIDTH
    assert recipe.summary in words
    assert f"zoo train {name}" in out
    for source, bounds in recipe.expect.items():
        assert f"{source}: {', '.join(bound_text(*each) for each in bounds.items())}" in words
    content = json.loads(printed(capsys, "show", "--recipe", name, "--json")[0])
    assert content["seconds"] == recipe.seconds
    held = recipe.for_source(content["auto"])
    for setting in content["settings"]:
        key, value = setting["name"], setting["value"]
        assert setting["takes"], key
        if value and not key.startswith(("arguments.", "dataset_options.")):  # defaults of others
            assert held.override({key: value}) == held, "as --set takes it"


def test_every_setting_has_a_meaning() -> None:
    recipe = zoo.recipe("basketball")
    settings = {each.name: each for each in recipe_card.settings(recipe, "league")}
    assert not [name for name, each in settings.items() if not each.meaning]
    assert settings["epochs"].takes == "whole number, at least 1"
    assert settings["schedule"].takes == "one of constant, cosine"
    assert settings["arguments.l2"].value == "0.0015"
    assert settings["arguments.l2"].meaning != "As in `team_strength`"
    assert settings["dataset_options.seasons"].takes == "whole number, 2 to 200"


def test_show_takes_both_kinds_of_names(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = printed(capsys, "show", "basketball")
    assert out.startswith("basketball\n=====")
    assert "\nrecipe basketball\n=====" in out, "one name has both"
    assert err == ""
    out, err = printed(capsys, "show", "--recipe", "basketball")
    assert out.startswith("recipe basketball\n")
    out, err = printed(capsys, "show", RECIPE_ALONE)
    assert out.startswith(f"recipe {RECIPE_ALONE}\n")
    architecture = zoo.recipe(RECIPE_ALONE).architecture
    code, _ = printed(capsys, "show", RECIPE_ALONE, "--code")
    assert f"def {architecture}(" in code
    unknown = refused(capsys, "show", "digit_mlp_as_print")
    assert "unknown architecture or recipe" in unknown
    assert "did you mean digit_mlp_as_printed" in unknown
    assert "give one name" in refused(capsys, "show")
    assert "did you mean basketball" in refused(capsys, "show", "--recipe", "basketbal")


def test_what_draws_an_architecture_takes_a_recipe(
    capsys: pytest.CaptureFixture[str], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    own = zoo.recipe("cnn_as_printed")
    assert own.arguments, "or take another recipe"
    for command in ("summary", "explain", "plot"):
        expected = printed(capsys, command, own.architecture, *settings_of(own))[0]
        out, err = printed(capsys, command, "cnn_as_printed")
        assert err.startswith("note: recipe cnn_as_printed: architecture cnn with ")
        assert out == expected.replace("cnn.svg", "cnn_as_printed.svg")
    assert "did you mean cnn" in refused(capsys, "summary", "cnn_as")


def settings_of(recipe: zoo.Recipe) -> list[str]:
    return [word for key, value in recipe.arguments.items() for word in ("--set", f"{key}={value}")]


def test_what_has_no_recipe_says_why_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("train", "tune", "ensemble"):
        line = refused(capsys, command, "inception_v3")
        assert "inception_v3 has no recipe: too large to train here" in line
        assert "inception_network (" in line, "it has the same concepts"
        assert "`zoo recipes`" in line
    assert "it has no weights to train" in refused(capsys, "train", "adder")
    for name in zoo.list_models():
        if not zoo.spec(name).recipe:
            assert f"{name} has no recipe: " in refused(capsys, "train", name)


def test_an_alias_says_which_recipes_train_it(capsys: pytest.CaptureFixture[str]) -> None:
    aliased = [zoo.spec(name) for name in zoo.list_models() if zoo.spec(name).aliases]
    entry = next(each for each in aliased if each.recipe)
    line = refused(capsys, "train", entry.aliases[0])
    assert f"{entry.name} is trained by {entry.recipe}" in line


def test_lists_offer_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean basketball" in refused(capsys, "list", "basketbal")
    assert "no architecture matches '['; `zoo list` lists" in refused(capsys, "list", "[")
    assert "no architecture matches 'adr*'; did you mean adder" in refused(capsys, "list", "adr*")
    assert "has what you ask for" in refused(capsys, "list", "adder", "--concept", "stacking")
    assert "zoo concept residual" in printed(capsys, "list", "--concept", "residual")[1]
    out, _ = printed(capsys, "data", "list")
    starts = {
        line.index(zoo.data.registry.entry(line.split()[0]).summary) for line in out.splitlines()
    }
    assert len(starts) == 1, "the summaries stand in one column"


def test_which_metric_a_run_is_compared_by() -> None:
    recipe = zoo.recipe("novel")
    scores = {"loss": 1.0, "date_mae": 0.7, "genre_accuracy": 0.9}
    assert main_metric(recipe, "library", scores) == "genre_accuracy"
    assert main_metric(recipe, "library", {"loss": 1.0, "other": 2.0}) == "other"
    assert main_metric(recipe, "library", {"loss": 1.0}) == "loss"
    assert main_metric(recipe, "library", {}) == ""
    assert more_is_better("genre_accuracy")
    assert not more_is_better("date_mae")
