"""What `zoo new` refuses, with a command line that goes on: each of them is run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from own_tables import table
from project_helpers import mistake, write_csv

from zoo.cli.root import cli, run


def homes(folder: Path) -> Path:
    """Words with gaps, numbers, dates; titles that a shell has to quote."""
    rows: list[list[object]] = [["City", "Rooms", "Garage", "Built on", "Price (EUR)", "Fast"]]
    for at in range(60):
        built = f"{1 + at % 28:02d}.{1 + at % 12:02d}.{1950 + at}"
        city = ("Berlin", "Bonn", "")[at % 3]
        row: list[object] = [city, at % 6, "yn"[at % 2], built, 100 + at * 37 % 61]
        rows.append([*row, ("no", "yes")[at // 7 % 2]])
    return write_csv(folder / "homes.csv", rows)


def told_command(told: str) -> list[str]:
    """The words of the command line that a refusal ends in."""
    return shlex.split(told[told.index("zoo new ") :])


@pytest.mark.parametrize(
    ("source", "options", "message", "way"),
    [
        (
            "basketball",
            "--target 'Price (EUR)'",
            "no column 'home'",
            "--from mlp --target 'Price (EUR)'",
        ),
        (
            "score_and_win",
            "--target 'Price (EUR)' --target Fast",
            "line 4, column 'City': no value",
            "--from mlp --target 'Price (EUR)' --target Fast",
        ),
        (
            "score_and_win",
            "--target Fast",
            "give 2 columns with --target, not 1",
            "--from mlp --target Fast",
        ),
        ("cnn", "--target Fast --drop City", "takes no --drop", "--from mlp --target Fast"),
        ("cnn", "", "no column 'label'", "--from mlp --target Fast"),
        ("mlp", "--target fats", "no column 'fats'; the nearest is 'Fast'", "--target Fast"),
        (
            "mlp",
            "--target price_eur --drop Romms --time built_on",
            "the nearest are 'Price (EUR)', 'Rooms', 'Built on'",
            "--target 'Price (EUR)' --drop Rooms --time 'Built on'",
        ),
        (
            "mlp",
            "--target Fast --kind Rooms=categroy",
            "unknown kind of column 'categroy'; did you mean category or date?",
            "--target Fast --kind Rooms=category",
        ),
        ("mlpp", "--target Fast", "unknown architecture 'mlpp'", "--from mlp --target Fast"),
        ("mlp", "--target Fast --set hiden=3", "did you mean hidden?", "--set hidden=3"),
        (
            "mlp",
            "--target Fast --columns feature=Rooms",
            "unknown input of mlp 'feature'",
            "--columns features=Rooms",
        ),
        (
            "mlp",
            "--target Fast --columns 'features=Rooms,Bulit on'",
            "no column 'Bulit on'",
            "--columns 'features=Rooms,Built on'",
        ),
        ("mlp", "--target Fast --group nocol", "or without --group", "--target Fast"),
        ("mlp", "--target Fast --time nocol", "or without --time", "--target Fast"),
        (
            "mlp",
            "--target Fast --drop City --drop nocol",
            "or without --drop nocol",
            "--target Fast --drop City",
        ),
        (
            "mlp",
            "--target Fast --kind City=number --kind Rooms=category",
            "or without --kind City=number",
            "--target Fast --kind Rooms=category",
        ),
        ("mlp", "--target Fast --kind Rooms=x", "unknown kind of column 'x'", "--target Fast"),
        ("mlp", "--target nocol", "or predict another column", "--target Fast"),
        ("mlp", "--target 'Built on'", "or predict another column", "--target Fast"),
        ("mlp", "--target Fast --group Garage", "or without --group", "--target Fast"),
        (
            "mlp",
            "--target Fast --group City --time 'Built on'",
            "cannot both decide the split",
            "--target Fast --time 'Built on'",
        ),
        ("mlp", "--target Fast --drop Fast", "or without --drop Fast", "--target Fast"),
        ("mlp", "--group Rooms", "--group needs --target", "--target Fast --group Rooms"),
        ("zzzz", "--target Fast", "unknown architecture 'zzzz'", "--from mlp --target Fast"),
        ("adder", "--target Fast", "no weights to train", "--from mlp --target Fast"),
        ("mlp", "--target Fast --set zz=3", "unknown argument of mlp 'zz'", "--target Fast"),
    ],
)
def test_the_command_goes_on_from_what_the_user_wrote(
    source: str,
    options: str,
    message: str,
    way: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = homes(tmp_path)
    call = [str(tmp_path / "own_x"), "--from", source, "--csv", str(path), *shlex.split(options)]
    told = mistake(capsys, *call)
    assert message in told
    words = told_command(told)
    assert words[:3] == ["zoo", "new", str(tmp_path / "own_x")]
    for option, value in re.findall(r"(--\w+) ('[^']*'|\S+)", way):
        assert " ".join((option, value.strip("'"))) in " ".join(words)
    assert run(cli, [*words[1:], "--dry-run"]) == 0


@pytest.mark.parametrize(
    ("case", "target", "source", "message", "other"),
    [
        ("flowers", "species", "cnn", "takes 1,024 columns", "mlp"),
        ("pictures", "shape", "mlp", "no column of numbers", "cnn"),
    ],
)
def test_columns_that_a_model_cannot_read_go_to_another(
    case: str,
    target: str,
    source: str,
    message: str,
    other: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The suggestion is never what was refused."""
    path = table(case, tmp_path)
    call = [str(tmp_path / "own_x"), "--from", source, "--csv", str(path), "--target", target]
    told = mistake(capsys, *call)
    assert message in told
    assert told_command(told)[4] == other
    assert run(cli, [*told_command(told)[1:], "--dry-run"]) == 0


def test_what_no_model_can_take_gets_no_suggestion(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[list[object]] = [["y", "z"], *([f"word {at}", f"{at} all"] for at in range(30))]
    path = write_csv(tmp_path / "t.csv", rows)
    call = [str(tmp_path / "own_x"), "--from", "mlp", "--csv", str(path), "--target", "y"]
    told = mistake(capsys, *call)
    assert "too many classes" in told
    assert "zoo new" not in told


@pytest.mark.parametrize("options", [[], ["--target", "b"]])
def test_a_table_of_two_rows_is_said_to_have_too_few(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "t.csv", [["a", "b"], [1, 2], [3, 4]])
    call = [str(tmp_path / "own_x"), "--from", "mlp", "--csv", str(path), *options]
    assert mistake(capsys, *call).endswith("2 rows are too few to split; at least 10 are needed\n")


def test_a_target_with_few_values_is_said_to_have_too_few(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[list[object]] = [["a", "b"], *([at % 7, at if at < 4 else ""] for at in range(30))]
    path = write_csv(tmp_path / "t.csv", rows)
    told = mistake(
        capsys, str(tmp_path / "x1"), "--from", "mlp", "--csv", str(path), "--target", "b"
    )
    assert "4 rows have a value; at least 10 are needed to predict it" in told


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("1x", "my_1x"),
        ("MyX", "myx"),
        ("class", "my_class"),
        ("mlp", "my_mlp"),
        ("there", "my_there"),
    ],
)
def test_a_name_that_cannot_be_is_answered_with_one_that_can(
    name: str, other: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").mkdir()
    path = homes(tmp_path)
    told = mistake(
        capsys, str(tmp_path / name), "--from", "mlp", "--csv", str(path), "--target", "Fast"
    )
    words = told_command(told)
    assert words[2] == str(tmp_path / other)
    assert run(cli, [*words[1:], "--dry-run"]) == 0


def test_names_and_options_without_a_table_are_answered_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, options in (
        (".", ["--from", "mlp"]),
        ("own_x", ["--from", "mlp", "--set", "hiden=3"]),
        ("own_x", ["--from", "adder"]),
    ):
        words = told_command(mistake(capsys, str(tmp_path / name), *options))
        assert run(cli, [*words[1:], "--dry-run"]) == 0
    told = mistake(capsys, str(tmp_path / "own_x"), "--from", "mlp", "--target", "y")
    assert told_command(told)[5:] == ["--csv", "FILE", "--target", "y"]


def test_columns_that_nobody_named_are_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = homes(tmp_path)
    call = ["new", str(tmp_path / "own_x"), "--from", "two_branch_add", "--csv", str(path)]
    call += ["--target", "Fast", "--columns", "a=City,Rooms", "--columns", "b=Garage,Built on"]
    assert run(cli, [*call, "--dry-run"]) == 0
    assert "left out: --columns does not name it" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name",
    ["functional_zoo", "pillow", "protobuf", "sitecustomize", "conftest", "setup", "json", "dist"],
)
def test_a_project_hides_nothing_that_is_installed(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["new", str(tmp_path / name), "--from", "mlp"]) == 1
    assert f"has {name!r} already; choose another name, for" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("option", "place"), [("--target=Fast", "--target"), ("--columns=features=Rooms,Rooms", "feat")]
)
def test_a_column_is_named_once(
    option: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = [str(tmp_path / "own_x"), "--from", "mlp", "--csv", str(homes(tmp_path))]
    told = mistake(capsys, *call, "--target=Fast", option)
    assert place in told
    assert told.endswith("names this column twice\n")


def test_classes_of_one_row_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["a", "b"], *([str(at % 7), "xy"[at % 2]] for at in range(30)), ["1", "z"]]
    path = write_csv(tmp_path / "t.csv", [list(row) for row in rows])
    call = ["new", str(tmp_path / "x1"), "--from", "mlp", "--csv", str(path), "--target", "b"]
    assert run(cli, [*call, "--dry-run"]) == 0
    assert "3 classes; fewer than 3 rows of z" in capsys.readouterr().err
