"""The CSV reader: what it takes, and where it says a file is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zoo.core.errors import DataError
from zoo.data.csv import Table, read_csv


def table(tmp_path: Path, text: str, **how: object) -> Table:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    return read_csv(path, **how)  # pyright: ignore[reportArgumentType]


def test_cells_stay_as_they_are_written(tmp_path: Path) -> None:
    found = table(tmp_path, "a,b\n007,NA\n1.0,null\n")
    assert found.texts("a") == ["007", "1.0"]
    assert found.texts("b") == ["NA", "null"]
    assert found.frame().to_dict("list") == {"a": ["007", "1.0"], "b": ["NA", "null"]}
    assert found.whole("a", 0, 9).tolist() == [7, 1]


@pytest.mark.parametrize(
    "text", ["a,b\n1,x\n2,y\n", 'a,b\n"1",x\n\n"2","y"', "\ufeffa,b\r1,x\r2,y\r"]
)
def test_every_way_to_write_a_table(text: str, tmp_path: Path) -> None:
    found = table(tmp_path, text, columns={"n": "A", "word": "none|B"})
    assert len(found) == 2
    np.testing.assert_array_equal(found.whole("n", 1, 2), [1, 2])
    assert found.words("word").tolist() == ["x", "y"]
    assert found.numbers("n").tolist() == [1.0, 2.0]
    assert found.header == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a;b;c\n1;2;3\n", ["a", "b", "c"]),
        ("a\tb\n1\t2\n", ["a", "b"]),
        ("a,b\n1;2,3;4\n", ["a", "b"]),  # the header alone has commas
        ("price, net;b\n1,5;2\n2;3\n", ["price, net", "b"]),
        ('"a;b",c\n1,2\n', ["a;b", "c"]),
        ("a;b,c\n1,2\n", ["a;b", "c"]),
        ("a\n1;2\n", ["a"]),
    ],
)
def test_what_separates_cells_is_found(text: str, header: list[str], tmp_path: Path) -> None:
    assert table(tmp_path, text).header == header


def test_decimal_commas_are_read_where_they_can_mean_nothing_else(tmp_path: Path) -> None:
    read = table(tmp_path, "a;b;c;d\n1,5;1,200;2,5 x;\n-2;3,400;1;7,25\n")
    assert read.numbers("a").tolist() == [1.5, -2]
    assert read.texts("b") == ["1,200", "3,400"]  # perhaps thousands
    assert read.texts("c") == ["2,5 x", "1"]
    assert read.texts("d") == ["", "7.25"]
    assert table(tmp_path, 'a,b\n"1,5",2\n').texts("a") == ["1,5"]
    assert table(tmp_path, "a;b\n0,125;1\n2,250;2\n").numbers("a").tolist() == [0.125, 2.25]


def test_cells_of_several_lines_and_quotes_in_quotes(tmp_path: Path) -> None:
    found = table(tmp_path, 'a,b\n"one\ntwo","he said ""hi"""\n3,4\n')
    assert found.texts("a") == ["one\ntwo", "3"]
    assert found.texts("b") == ['he said "hi"', "4"]
    assert [found.line(row) for row in range(2)] == [3, 4]


def test_a_file_without_a_header(tmp_path: Path) -> None:
    found = table(tmp_path, "1,2\n3,4\n", header=("left", "right"))
    assert found.texts("right") == ["2", "4"]
    assert found.line(1) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a,b\n1,2\n3,"x\n4,5\n6,7\n', "line 3: a cell opens with a quote that is never closed"),
        ('a,b\n1,2\n"x\ny",3\n5,"z\n6,"w"\n', "line 5: a cell opens with a quote that is never"),
        ('a,b\n"""",""\n"x"y,3\n', "line 3: a cell opens with a quote that is never closed"),
        ("a,b\n1,2\n3\n4,5\n", "line 3, column 'b': 2 cells are needed, not 1"),
        ("a,b\n1,2,3\n4\n", "line 2, column 'b': 2 cells are needed, not 3"),
        ("a,b\n1,2\n4", "line 3, column 'b': 2 cells are needed, not 1; the file seems to be"),
        ("a,b\n1,2\n4,", "line 3, column 'b': no value; the file seems to be cut short"),
        ("", "line 1: the file is empty"),
        ("a,b\n", "line 2: no rows after the header"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        table(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 't.csv'}, {message}")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("whole", "line 3, column 'whole': 'x' is not a whole number"),
        ("large", "line 2, column 'large': 99 is outside 0 to 9"),
        ("empty", "line 4, column 'empty': no value"),
        ("while", "line 1: no column 'while'; the nearest is 'whole'"),
        ("twice", "line 1, column 'twice': this column is in the header twice"),
    ],
)
def test_a_damaged_column_is_refused_when_it_is_asked_for(
    column: str, message: str, tmp_path: Path
) -> None:
    found = table(
        tmp_path, "whole,large,empty,twice,twice\n1,99,1,1,1\nx,2,2,1,1\n3,99,,1,1\n4,x,,1,1\n"
    )
    with pytest.raises(DataError) as refused:
        found.whole(column, 0, 9)
    assert str(refused.value).endswith(message)


def test_a_device_is_not_read() -> None:
    """It may never end."""
    with pytest.raises(DataError, match="/dev/zero: a device, not a file"):
        read_csv(Path("/dev/zero"))
