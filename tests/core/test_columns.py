"""Columns of a table: names that everything can have, and a file that is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.core.columns import Column, Columns, inputs_of, read_columns, safe_names, to_json
from zoo.core.errors import BuildError

COLUMNS = Columns(
    (
        Column("age", "number", "features", missing=True, mean=(3.5,), std=(1.25,)),
        Column("said", "text", "text", words=("good", 'a "word"\n'), length=7),
        Column("kind", "class", target=True, words=("é", "b")),
    )
)


def test_names_are_safe_and_differ() -> None:
    titles = [
        "Sepal length (cm)",
        "sepal_length_cm",
        "2nd",
        "class",
        "",
        "Größe",
        "日本",
        "a-b",
        "a b",
    ]
    names = safe_names(titles)
    assert list(names) == titles
    assert list(names.values()) == [
        "sepal_length_cm",
        "sepal_length_cm_2",
        "column_2nd",
        "class_",
        "column_5",
        "groe",
        "column_7",
        "a_b",
        "a_b_2",
    ]
    assert all(name.isidentifier() and name.isascii() for name in names.values())


def test_a_file_gives_the_columns_again(tmp_path: Path) -> None:
    path = tmp_path / "columns.json"
    path.write_text(to_json(COLUMNS), encoding="utf-8")
    assert read_columns(path) == COLUMNS
    assert [column.name for column in inputs_of(COLUMNS)] == ["age", "said"]
    assert repr(COLUMNS) == "<3 columns>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "does not describe columns"),
        ("{}", "does not describe columns: expected a list"),
        ('[{"name": "a"}]', "does not describe columns"),
        ('[{"name": "a", "kind": "number", "wide": 1}]', "wide"),
        ('[{"name": "a", "kind": "colour"}]', "'a' has an unknown kind 'colour'"),
        ('[{"name": "a", "kind": "text", "target": true}]', "unknown kind 'text'"),
    ],
)
def test_a_damaged_file_is_reported(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "columns.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match=message):
        read_columns(path)
    with pytest.raises(BuildError, match="No such file"):
        read_columns(tmp_path / "none.json")
