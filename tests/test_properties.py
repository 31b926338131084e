"""Whatever a user types or a file holds: it is read for what it is, or refused by the zoo's errors.

What no one would think of comes from hypothesis, the same inputs on every machine.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import keyword
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support import QUICK_RUN

import zoo
from zoo.core.errors import DataError, ProjectError, TrainingError, ZooError
from zoo.data import cells
from zoo.data.csv import parse_csv
from zoo.experiments.record import RunRecord
from zoo.recipes.recipe import Recipe
from zoo.scaffold.code import literal
from zoo.scaffold.filling import as_code
from zoo.scaffold.names import package_name
from zoo.scaffold.wanted import Wanted

settings.register_profile("zoo", derandomize=True, deadline=None, database=None)
settings.load_profile("zoo")

FILE = Path("table.csv")
TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=9)
NASTY = st.sampled_from(
    ['x"0', "a\\N0", '"""', "{__import__('os').system('x')}0", "Age (years)", "a,b", "1e39", "'"]
)
CELL = TEXT | NASTY
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | CELL,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CELL, inner, max_size=3),
    max_leaves=6,
)


def tried(call: Callable[[], Any], *errors: type[Exception]) -> tuple[Any, str]:
    """What a call gives, or the message of its refusal."""
    try:
        return call(), ""
    except errors as error:
        return None, str(error) or type(error).__name__


@given(st.data())
def test_a_table_is_read_as_it_was_written(data: st.DataObject) -> None:
    """Any titles and cells, quotes and line breaks too."""
    titles = data.draw(st.lists(CELL.map(str.strip).filter(bool), min_size=2, max_size=4))
    assume(len(set(titles)) == len(titles))
    row = st.lists(CELL, min_size=len(titles), max_size=len(titles))
    rows = data.draw(st.lists(row.filter(lambda made: any(made) and made[-1]), min_size=1))
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([titles, *rows])
    table = parse_csv(FILE, text.getvalue())
    assert table.separator == ","
    assert list(table.header) == titles
    for at, title in enumerate(titles):
        assert table.texts(title) == [made[at] for made in rows]


@given(st.text(st.sampled_from('ab",;\t\n 1.') | st.characters(blacklist_characters="\0\r")))
@example('a,b\n"1,2\n3,4\n')
@example("a,a\n1,2\n")
def test_any_text_is_a_table_or_refused(text: str) -> None:
    table, refusal = tried(lambda: parse_csv(FILE, text), DataError)
    if refusal:
        assert refusal.startswith(f"{FILE}, line ")
        return
    assert len(table) >= 1
    lines = [table.line(row) for row in range(len(table))]
    assert lines == sorted(set(lines))
    assert lines[-1] <= text.count("\n") + 1


@given(
    CELL | st.floats().map(str) | st.integers().map(str) | st.integers(0, 400).map("1e{}".format)
)
@example("9" * 5_000)
@example("nan")
@example("1e39")
@example("٣")
def test_a_number_is_finite_or_refused(cell: str) -> None:
    found, refusal = tried(lambda: cells.number(cell), ValueError)
    assert refusal or (math.isfinite(found) and abs(found) <= cells.LARGEST)


FIELDS = st.sampled_from([*Recipe.__dataclass_fields__, "qqqqqq"])


@given(FIELDS, st.just("") | CELL | st.sampled_from(["label", "hidden"]), JSON | CELL)
@settings(max_examples=400)
@example("epochs", "", "9" * 5_000)
@example("arguments", "hidden", "(" * 500)
@example("loss_weights", "label", "1e999")
def test_an_override_is_taken_or_refused(field: str, entry: str, value: Any) -> None:
    key = f"{field}.{entry}" if entry else field
    changed, refusal = tried(lambda: zoo.recipe("mlp").override({key: value}), ZooError)
    assert refusal or Recipe.from_dict(json.loads(json.dumps(changed.to_dict()))) == changed


def _places(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON document."""
    found = [at] if at else []
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            found += _places(value, (*at, key))
    return found


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    logdir = tmp_path_factory.mktemp("logs")
    return zoo.fit("seed_difference", epochs=1, logdir=logdir, **QUICK_RUN).record.to_json()


@given(data=st.data())
@settings(max_examples=300)
def test_a_damaged_record_is_read_or_refused(record: str, data: st.DataObject) -> None:
    """One value of run.json replaced by another, at any depth, or taken out."""
    content = json.loads(record)
    *way, last = data.draw(st.sampled_from(_places(content)))
    node = content
    for key in way:
        node = node[key]
    if data.draw(st.booleans()):
        node[last] = data.draw(JSON)
    else:
        del node[last]
    read, refusal = tried(lambda: RunRecord.from_json(json.dumps(content)), ZooError)
    if refusal:
        assert len(refusal.splitlines()) == 1
        return
    assert RunRecord.from_json(read.to_json()) == read


@given(st.text(max_size=40) | st.text("{[", min_size=1, max_size=999))
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(TrainingError):
        RunRecord.from_json(text)


@given(st.from_regex(r"[A-Za-z0-9_ .-]{1,12}", fullmatch=True) | CELL)
@example("class")
@example("conftest")
@example("my-project")
def test_a_name_is_a_package_or_refused(name: str) -> None:
    folder = Path("nowhere") / name
    package, refusal = tried(lambda: package_name(Wanted(folder, "mlp")), ProjectError)
    if refusal:
        return
    assert package.isidentifier()
    assert not keyword.iskeyword(package)
    assert package == folder.name.replace("-", "_")


@given(CELL)
def test_a_title_in_source_is_only_text(title: str) -> None:
    assert ast.literal_eval(literal(title)) == title
    shown = as_code(title)
    assert "\n" not in shown
    assert shown.startswith("`") == shown.endswith("`")
