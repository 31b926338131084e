"""Tables of one's own: read strictly, and never turned into code."""

from __future__ import annotations

import inspect
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from project_helpers import install, plug_in, write_csv

import zoo
from zoo.core.errors import DataError
from zoo.data import tabular
from zoo.data.dataset import Dataset
from zoo.data.references import trivial_scores
from zoo.data.source import Request
from zoo.data.tabular import Description, Field
from zoo.experiments.reports import Finished
from zoo.scaffold.project import create


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty"),
        ("x,y\n", "line 2: no rows after the header"),
        ("x,z\n1,2\n", "line 1: no column 'y'"),
        ("x,x,y\n1,2,3\n", "line 1, column 'x': this column is in the header twice"),
        ("x,y\n1,0\n2\n", "line 3, column 'y': 2 cells are needed, not 1"),
        ("x,y\n1,0\n,1\n", "line 3, column 'x': no value"),
        ("x,y\n1,0\n\ntwo,1\n", "line 4, column 'x': 'two' is not a number"),
        ("x,y\n1,0\nnan,1\n", "line 3, column 'x': 'nan' is not a finite number"),
        ("x,y\n1,0\n2,2\n", "line 3, column 'y': 2 is neither 0 nor 1"),
        ("x,y\n1,yes\n2,no\n3,so so\n", "column 'y': 3 different words, yes, no, so so; expected"),
        ("x,y\n1,yes\n2,yes\n", "column 'y': 1 different words, yes; expected two, or 0 and 1"),
        ("x,y\n1,0\n2,1\n", "2 rows are too few to split"),
        ("x,y,split\n1,0,train\n2,1,tset\n", "line 3, column 'split': 'tset' is not one of train"),
        ("x,y,split\n1,0,test\n2,1,test\n", "column 'split': no row is in the split 'train'"),
    ],
)
def test_a_damaged_table_is_reported_by_line_and_column(
    text: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    fields = {"x": Field(("x",)), "y": Field(("y",), "flag")}
    with pytest.raises(DataError) as refused:
        read_table(path, fields)
    assert message in str(refused.value)
    assert str(path) in str(refused.value)


def read_table(
    path: Path, fields: dict[str, Field], sizes: dict[str, str] | None = None
) -> Dataset:
    source = tabular.table_source(path, Description(fields, sizes or {}))
    content = source.load(Request("mine", path.parent, 0, source.checked("mine", {})))
    trivial = trivial_scores(content.splits, content.targets)
    return Dataset(
        "mine",
        source.name,
        content.splits,
        sizes=content.sizes,
        labels=content.labels,
        references={"trivial": trivial},
    )


@pytest.mark.slow
def test_no_header_of_a_table_becomes_code(plugged: Path, tmp_path: Path) -> None:
    """Column names are data in the project's files; its own test passes whatever they are."""
    names = [
        "{__import__('os').system('touch pwned')}0",
        'x"0',
        "a\\N0",
        "two\nlines",
        '"""',
        "Age (years)",
        "$package `|` \x7f",
        "🙂",
        "label",
    ]
    rows: list[list[Any]] = [[*names]]
    rows += [[*((i * j) % 7 for j in range(1, len(names))), i % 2] for i in range(30)]
    path = write_csv(tmp_path / "odd.csv", rows)
    create(tmp_path / "own_odd", "mlp", table=path)
    install(plugged, "own_odd", tmp_path / "own_odd")
    plug_in()
    assert zoo.recipe("own_odd").columns["features"] == tuple(names[:-1])
    assert "pwned" not in (tmp_path / "own_odd" / "own_odd" / "model.py").read_text()
    tests = runpy.run_path(str(tmp_path / "own_odd" / "tests" / "test_own_odd.py"))
    for name in [name for name in tests if name.startswith("test_")]:
        takes_path = "tmp_path" in inspect.signature(tests[name]).parameters
        tests[name](*([tmp_path] if takes_path else []))
    assert not list(Path().glob("pwned"))


def test_a_wrong_description_of_a_table_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    for text, message in (
        ("arrays = [", "is not TOML"),
        ("x = 1", "does not describe a table: 'arrays'"),
        ('[[arrays]]\ncolumns = ["a"]\nkind = "nmber"', "unknown kind 'nmber'"),
        ('[[arrays]]\ncolumns = ["a"]\nwidth = 3', "unexpected keyword argument 'width'"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=re.escape(message)):
            tabular.read_description(path)
    with pytest.raises(DataError, match="No such file"):
        tabular.read_description(tmp_path / "none.toml")


def test_two_words_are_a_flag(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y,split\n1,poor,train\n2,good,train\n3,good,train\n4,poor,test\n")
    fields = {"x": Field(("x",)), "y": Field(("y",), "flag", target=True)}
    data = read_table(path, fields)
    assert data.labels == {"y": ("good", "poor")}
    assert data.splits["train"]["y"].tolist() == [[1.0], [0.0], [0.0]]
    assert data.splits["test"]["y"].tolist() == [[1.0]]
    assert data.references["trivial"]["test"]["y_accuracy"] == 0.0


def test_zero_and_one_name_the_classes_of_columns_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y,split\n1,0,train\n2,1,train\n3,1.0,train\n4,0,test\n")
    for port, labels in (("features", {"y": ("0", "1")}), ("", {})):
        fields = {"x": Field(("x",), port=port), "y": Field(("y",), "flag", target=True)}
        data = read_table(path, fields)
        assert data.labels == labels
        assert data.splits["train"]["y"].tolist() == [[0.0], [1.0], [1.0]]


def test_a_picture_names_classes_by_port_or_by_column() -> None:
    recipe = zoo.recipe("mlp").override({"columns": {"label": ("y",)}})
    none: dict[str, Any] = {"inputs": {}, "targets": {}, "predicted": {}, "model": None}
    for labels, expected in (
        ({"y": ("bad", "good")}, ("bad", "good")),
        ({"label": ("no", "yes"), "y": ("bad", "good")}, ("no", "yes")),
        ({}, ()),
    ):
        dataset = Dataset("mine", "csv", {}, labels=labels)
        assert Finished(recipe, dataset=dataset, **none).names("label") == expected


def test_the_column_split_decides(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y,split\n1,10,train\n2,9,test\n3,10,train\n4,2,validation\n")
    fields = {"x": Field(("x",), target=True), "y": Field(("y",), "label", vocabulary="v")}
    data = read_table(path, fields, {"n": "v"})
    assert {split: arrays["x"].ravel().tolist() for split, arrays in data.splits.items()} == {
        "train": [1, 3],
        "validation": [4],
        "test": [2],
    }
    assert data.labels["v"] == ("2", "9", "10")
    assert data.splits["train"]["y"].tolist() == [[2], [2]]
    assert data.sizes == {"n": 3}
    assert data.references["trivial"]["test"] == {"x_mae": 0, "x_mse": 0}
