"""Tables with dates: written as the table writes them, wherever a person sees or gives one."""

from __future__ import annotations

import csv
import shlex
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from project_helpers import install, mistake, plug_in, write_csv

import zoo
from zoo.cli.root import cli, run
from zoo.core.console import Reporter
from zoo.data.cells import DATES, date_text, days
from zoo.experiments.predict import predict_table
from zoo.experiments.runs import LOGDIR
from zoo.scaffold.project import create, propose
from zoo.scaffold.wanted import Wanted

SILENT: dict[str, Any] = {"reporter": Reporter(silent=True)}
FIRST = datetime(1953, 10, 28, 8, 30)


def dated(folder: Path, rows: int = 60) -> Path:
    """German dates, ISO dates with gaps, dates with times, and what follows from them."""
    cells: list[list[object]] = [["Built on", "Sold on", "seen", "Price"]]
    for at in range(rows):
        moment = FIRST + timedelta(days=400 * (at * 7 % rows), minutes=at)
        sold = "" if at % 3 == 0 else f"{moment + timedelta(days=at):%Y-%m-%d}"
        cells.append([f"{moment:%d.%m.%Y}", sold, f"{moment:%Y-%m-%d %H:%M}", 3.5 * moment.year])
    return write_csv(folder / "houses.csv", cells)


@pytest.mark.parametrize("format", DATES)
def test_a_date_is_written_as_it_was_read(format: str) -> None:
    for moment in (FIRST, datetime(2001, 12, 31), datetime(2024, 2, 29, 23, 59)):
        text = moment.strftime(format)
        value = days(text, format)
        assert value is not None
        if "%y" not in format or moment.year > 1968:  # two digits do not say which century
            assert date_text(value, format) == text
    assert date_text(-400_000, "%Y-%m-%d") == "0874-11-02"


@pytest.mark.slow
def test_dates_of_a_run_are_written_as_in_the_table(
    plugged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example line and the example table of a run are taken as they are."""
    path, package = dated(tmp_path), "own_dated"
    create(tmp_path / package, "mlp", table=path, targets=["Price"])
    install(plugged, package, tmp_path / package)
    plug_in()
    made = zoo.fit(package, epochs=1, logdir=tmp_path / "logs", **SILENT)
    example = made.folder / "example" / "inputs.csv"
    (row,) = csv.DictReader(example.read_text(encoding="utf-8").splitlines())
    datetime.strptime(row["built_on"], "%d.%m.%Y")
    datetime.strptime(row["seen"], "%Y-%m-%d %H:%M")
    logs = ["--logdir", str(tmp_path / "logs")]
    for sold in ("", "2001-12-31"):
        lines = [[*row], [*{**row, "sold_on": sold}.values()]]
        write_csv(example, [[*map(str, line)] for line in lines])
        assert run(cli, ["predict", package, *logs]) == 1
        told = capsys.readouterr().err
        assert "a date such as 31.12.2001" in told
        assert "%" not in told
        line = next(each for each in told.splitlines() if each.startswith("for example: "))
        words = shlex.split(line.removeprefix("for example: "))
        assert run(cli, words[1:]) == 0
        assert capsys.readouterr().out.startswith("price: ")
        assert run(cli, ["predict", package, *logs, "--csv", str(example)]) == 0
        capsys.readouterr()
    frame = pd.read_csv(path, dtype=str)
    table = csv.DictReader(predict_table(made.folder, path, None, logdir=LOGDIR).splitlines())
    wanted = [float(each["pred_price"]) for each in table]
    for rows in (frame, frame.assign(seen=pd.to_datetime(frame["seen"]))):
        assert made.predict(rows)["price"].ravel() == pytest.approx(wanted, rel=1e-4)
    given = {"built_on": "28.10.1953", "seen": "1953-10-28 08:30"}
    moments = {"built_on": FIRST.date(), "seen": FIRST}
    texts, dates = (zoo.predict(made, **each) for each in (given, moments))
    assert texts == dates
    assert run(cli, ["predict", package, *logs, "--built-on", "soon", "--seen", "2001-12-31"]) == 1
    assert "'soon' is not a date such as 31.12.2001" in capsys.readouterr().err


def test_a_time_with_gaps_is_refused_with_a_way_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, folder = dated(tmp_path), tmp_path / "own_x"
    call = [str(folder), "--from", "mlp", "--csv", str(path), "--target", "Price"]
    told = mistake(capsys, *call, "--time", "Sold on")
    assert "20 rows have no value in 'Sold on'; --time needs one in every row" in told
    command = shlex.split(told.rpartition("at random: ")[2])
    assert run(cli, [*command[1:], "--dry-run"]) == 0
    plan = propose(Wanted(folder, "mlp", path, ["Price"], time="Built on")).plan
    assert plan
    assert plan.split.time == "Built on"
