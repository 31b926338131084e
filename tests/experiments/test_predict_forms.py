"""The forms in which a run takes vectors, pictures, series and texts, and how it answers."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from run_helpers import untrained

import zoo
from zoo.core.columns import Column
from zoo.core.errors import DataError
from zoo.experiments import ports
from zoo.experiments.answers import Answer, answers, significant
from zoo.experiments.fitted import as_days
from zoo.experiments.inputs import Inputs
from zoo.experiments.ports import Port
from zoo.experiments.predict import predict_one, predict_table
from zoo.experiments.runs import LOGDIR, Run
from zoo.experiments.texts import Cells
from zoo.models.columns import tensors
from zoo.models.spec import TensorSpec


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Run:
    recipe = zoo.recipe("mlp")
    return untrained(recipe, tmp_path_factory.mktemp("vectors"))[0]


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return untrained("digit_mlp", tmp_path_factory.mktemp("digits"))[0]


@pytest.fixture(scope="module")
def novels(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return untrained("novel", tmp_path_factory.mktemp("novels"))[0]


def ask(run: Run, note: Any = None, **values: Any) -> dict[str, str]:
    return predict_one(run, values, logdir=LOGDIR, note=note or pytest.fail)


NUMBERS = [0.5, -1, 2, 0, 0, 3.25, -0.125, 1, 1, 4]


def test_a_vector_may_be_given_whole_singly_from_files_or_as_an_array(
    vectors: Run, tmp_path: Path
) -> None:
    text = ",".join(map(str, NUMBERS))
    expected = ask(vectors, features=text)
    np.save(tmp_path / "a.npy", np.array(NUMBERS))
    (tmp_path / "a.csv").write_text("\n".join(map(str, NUMBERS)))
    singly = {f"features_{at}": f"{number}" for at, number in enumerate(NUMBERS)}
    for values in (
        {"features": f"[{text.replace(',', ' ')}]"},
        {"features": f"{tmp_path / 'a.npy'}"},
        {"features": tmp_path / "a.csv"},
        {"features": NUMBERS},
        {"features": np.array(NUMBERS, np.float32)},
        singly,
    ):
        assert ask(vectors, **values) == expected
    header = ",".join(singly)
    for table in (f"{header}\n{text}\n", f'features\n"{text}"\n', "Features\na.npy\n"):
        (tmp_path / "table.csv").write_text(table)
        predicted = predict_table(vectors, tmp_path / "table.csv", None, logdir=LOGDIR)
        chance = float(predicted.rpartition(",")[2])
        assert f"{chance:.2f}" == expected["label"][:4]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"features": "1,2"}, "--features: 10 numbers are needed, not 2"),
        ({"features": "1,2,x"}, "--features: 'x' is not a number"),
        ({"features": [[1, 2]] * 5}, r"--features: shape \(10\) is needed, not \(5, 2\)"),
        ({"features": [1, None]}, "--features takes 10 numbers|numbers are needed, not object"),
        ({"features": "1,2,3,4,5,6,7,8,9,inf"}, "--features: every number must be finite"),
        ({"features": "gone.npy"}, "--features: gone.npy: no such file"),
        ({"features": "face.png"}, "face.png: this input takes 10 numbers"),
        ({"features_0": "1"}, "--features-1 is missing"),
        ({"features_10": "1"}, "unknown input 'features_10'; did you mean features_1"),
        ({"features_0": "1", "features": "2"}, "either whole or value by value|are needed"),
    ],
)
def test_bad_vectors_are_reported(vectors: Run, values: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        ask(vectors, **values)


def test_values_with_names_of_their_own(vectors: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("Mean radius (mm)", *(f"n{at}" for at in range(9)))
    monkeypatch.setattr(
        "zoo.experiments.predict.read_labels", lambda _: {"features": names, "label": ("no", "yes")}
    )
    values = {ports.safe(name): f"{number}" for name, number in zip(names, NUMBERS, strict=True)}
    assert "mean_radius_mm" in values
    named = ask(vectors, **values)["label"]
    assert ask(vectors, features=NUMBERS)["label"] == named
    first, second = named.split(", ")
    assert {first.split()[0], second.split()[0]} == {"no", "yes"}
    assert float(first.split()[1]) >= float(second.split()[1])
    plain = zoo.predict(vectors, features=NUMBERS)
    assert plain["label"] == first.split()[0]
    assert f"{plain['label_probability']:.2f}" == first.split()[1]
    with pytest.raises(DataError, match="--n3 is missing"):
        ask(vectors, **{name: value for name, value in values.items() if name != "n3"})


def test_two_names_of_one_value_are_refused(vectors: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text('features,Features\n"1","2"\n')
    with pytest.raises(DataError, match="'features' and 'Features' are the same input"):
        predict_table(vectors, table, None, logdir=LOGDIR)


def test_a_picture_is_read_as_the_data_is(digits: Run, tmp_path: Path) -> None:
    levels = np.arange(784, dtype=np.uint8).reshape(28, 28)
    Image.fromarray(levels).save(tmp_path / "digit.png")
    expected = ask(digits, pixels=levels.ravel() / 255)
    assert ask(digits, pixels=f"{tmp_path / 'digit.png'}") == expected
    assert ask(digits, pixels=levels) == expected
    notes: list[str] = []
    assert ask(digits, notes.append, pixels=",".join(map(str, levels.ravel()))) == expected
    assert notes == ["pixels: levels 0 to 255 become 0 to 1"]
    Image.fromarray(levels).resize((56, 28)).convert("RGB").save(tmp_path / "wide.png")
    notes.clear()
    assert ask(digits, notes.append, pixels=f"{tmp_path / 'wide.png'}")
    assert notes == [f"{tmp_path / 'wide.png'} has 56 x 28 pixels, resized to 28 x 28"]
    with pytest.raises(DataError, match=r"levels go from 0 to 1, or whole to 255, not 2\.5"):
        ask(digits, pixels=np.full(784, 2.5))


def test_tables_name_files_below_their_folder_alone(digits: Run, tmp_path: Path) -> None:
    folder = tmp_path / "table"
    (folder / "pictures").mkdir(parents=True)
    levels = np.arange(784, dtype=np.uint8).reshape(28, 28)
    Image.fromarray(levels).save(folder / "pictures" / "a.png")
    Image.fromarray(levels).save(tmp_path / "b.png")
    table = folder / "digits.csv"
    table.write_text("name,pixels\nx,pictures/a.png\n")
    row = predict_table(digits, table, None, logdir=LOGDIR).splitlines()[1].split(",")
    assert row[:3] == ["x", "pictures/a.png", ask(digits, pixels=levels)["digit"].split()[0]]
    for outside in ("../b.png", str(tmp_path / "b.png")):
        table.write_text(f"pixels\n{outside}\n")
        with pytest.raises(DataError, match=r"line 2, column 'pixels': .* is not below the table"):
            predict_table(digits, table, None, logdir=LOGDIR)


def test_classes_by_name_numbers_with_their_origin(novels: Run) -> None:
    genres = [f"kind {at}" for at in range(8)]
    chances = [0.03, 0.9, 0.04, *[0.006] * 5]
    predicted = {"genre": np.array([chances]), "date": np.array([[2.34]])}
    genre, date = answers(novels, predicted, {"genre": genres})
    assert genre.text(0) == "kind 1 0.90, kind 2 0.04, kind 0 0.03"
    assert genre.plain(0) == {"genre": "kind 1", "genre_probability": 0.9}
    assert genre.cells() == {"genre": ["kind 1"], "genre_probability": ["0.9"]}
    assert date.text(0) == "1923"
    assert date.plain(0) == {"date": pytest.approx(1923.4)}
    genre, _ = answers(novels, predicted, {})
    assert genre.text(0) == "1 0.90, 2 0.04, 0 0.03", "by number where there are no names"


@pytest.mark.parametrize(
    ("tensor", "rows", "text"),
    [
        (TensorSpec("x", (1,), unit="points"), [[7.31249]], "7.312 points"),
        (TensorSpec("x", (1,), unit="USD"), [[254_312.7]], "254313 USD"),
        (
            TensorSpec("x", (1,), "chance of rain", "probability"),
            [[0.256]],
            "0.26 (chance of rain)",
        ),
        (TensorSpec("x", (1,), unit="tens", scale=10, shown_unit="ones"), [[0.5]], "5.000 ones"),
        (TensorSpec("x", (2,)), [[1, -0.25]], "1.000, -0.2500"),
        (TensorSpec("x", (2, 2)), [[[1, 2], [3, 0]]], "(2, 2): 1.000, 2.000, 3.000, 0"),
        (TensorSpec("x", (30,)), [list(range(30))], "19.00, ... (30 values)"),
    ],
)
def test_numbers_have_four_digits_and_a_unit(tensor: TensorSpec, rows: Any, text: str) -> None:
    assert Answer("x", np.array(rows), tensor).text(0).endswith(text)


def test_classes_by_step_are_a_list() -> None:
    rows = np.eye(3)[[[0, 2, 1]]]
    answer = Answer("digits", rows, TensorSpec("digits", (3, 3)), ("a", "b", "c"))
    assert answer.text(0) == "a, c, b"
    assert answer.plain(0) == {"digits": ["a", "c", "b"]}
    assert answer.cells() == {"digits_0": ["a"], "digits_1": ["c"], "digits_2": ["b"]}


def test_significant_digits() -> None:
    assert [significant(each) for each in (0, 0.00012345, 99.996, 1e9, -3.5)] == [
        "0", "0.0001234", "100.00", "1000000000", "-3.500",
    ]  # fmt: skip


def test_unknown_words_are_noted(novels: Run) -> None:
    notes: list[str] = []
    ask(novels, notes.append, text="common39 first0 Xyzzy, plugh common39 xyzzy")
    assert notes == ["unknown words: xyzzy, plugh"]


def _inputs(run: Run, given: dict[str, list[Any]], *made: Port) -> dict[str, np.ndarray]:
    cells: dict[ports.Part, Cells] = {
        (name, None): Cells(values, str) for name, values in given.items()
    }
    rows = len(next(iter(given.values())))
    return Inputs(run, made, {}, pytest.fail).arrays(cells, rows, "{} is missing".format)


def test_words_and_gaps_reach_a_model_that_takes_them(vectors: Run) -> None:
    word = Port("city", TensorSpec("city", (1,), dtype="string"), (1,))
    age = Port("age", TensorSpec("age", (1,), missing=True), (1,))
    found = _inputs(vectors, {"city": ["Oslo", ""], "age": ["3", ""]}, word, age)
    assert found["city"].tolist() == [["Oslo"], [""]]
    assert found["age"].tolist() == [[3], [pytest.approx(np.nan, nan_ok=True)]]
    assert np.isnan(_inputs(vectors, {"city": ["Oslo"]}, word, age)["age"]).all()
    strict = dataclasses.replace(age, tensor=TensorSpec("age", (1,)))
    with pytest.raises(DataError, match="'' is not a number"):
        _inputs(vectors, {"age": [""]}, strict)
    with pytest.raises(DataError, match="age is missing"):
        _inputs(vectors, {"city": ["Oslo"]}, word, strict)


def test_a_missing_word_may_be_pandas_own() -> None:
    word = Port("city", TensorSpec("city", (1,), dtype="string", missing=True), (1,))
    none: Any = None
    cells: dict[ports.Part, Cells] = {("city", None): Cells([float("nan"), None, "Oslo"], str)}
    found = Inputs(none, [word], {}, pytest.fail).arrays(cells, 3, str)
    assert found["city"].tolist() == [[""], [""], ["Oslo"]]


def test_headers_of_the_users_table_serve() -> None:
    tensors = (
        TensorSpec("a_b", (1,), header="a b"),
        TensorSpec("a_b_2", (1,), header="a-b"),
        TensorSpec("groe", (1,), header="größe"),
        TensorSpec("csv", (1,)),
    )
    made = [Port(tensor.name, tensor, (1,)) for tensor in tensors]
    found, unknown = ports.matched(made, ["a b", "a-b", "größe", "csv", "label"])
    assert [column for column, _ in found] == ["a_b", "a_b_2", "groe", "csv"]
    assert unknown == ["label"]
    assert ports.option("csv") == "--input-csv", "--csv is an option of `zoo predict`"
    assert ports.matched(made, ["input_csv"])[0] == {("csv", None): "input_csv"}


def test_titles_of_a_table_serve_as_zoo_new_has_read_them() -> None:
    made = [Port(name, TensorSpec(name, (1,)), (1,)) for name in ("etage", "column_2nd", "class_")]
    found, unknown = ports.matched(made, ["Étage", "2nd", "class", "other"])
    assert found == {(p.column, None): t for p, t in zip(made, found.values(), strict=True)}
    assert [*found.values()] == ["Étage", "2nd", "class"]
    assert unknown == ["other"]


def test_a_frame_is_taken_with_the_titles_that_a_table_may_have(vectors: Run) -> None:
    rows = np.random.default_rng(0).normal(size=(4, 10)).astype("float32")
    plain = vectors.predict(rows)["label"]
    titles = [f"Features {at}" for at in range(10)]
    frame = pd.DataFrame(rows, columns=titles)
    np.testing.assert_array_equal(vectors.predict(frame)["label"], plain)
    shuffled = frame[titles[::-1]].assign(Other="x")
    np.testing.assert_array_equal(vectors.predict(shuffled)["label"], plain)
    unnamed = pd.DataFrame(rows)  # its numbers, in order
    np.testing.assert_array_equal(vectors.predict(unnamed)["label"], plain)
    scored = vectors.evaluate(frame.assign(label=[0, 1, 0, 1]))
    assert scored == vectors.evaluate(rows, np.array([0, 1, 0, 1]))


def test_dates_of_a_frame_are_taken_as_those_of_a_table() -> None:
    day = datetime(2001, 12, 31, 12)
    for values in (["31.12.2001", "2001-12-31", ""], [day.date(), day.date(), None]):
        found = as_days("day", "%d.%m.%Y", np.array(values, object))
        assert found[:2].tolist() == [11687, 11687]
        assert np.isnan(found[2])
    found = as_days("day", "%d.%m.%Y", np.array([day, "NaT"], "datetime64[ns]"))
    assert found[0] == 11687.5
    assert np.isnan(found[1])
    with pytest.raises(DataError, match=r"'soon' is not a date such as 31\.12\.2001"):
        as_days("day", "%d.%m.%Y", np.array(["soon"], object))


def test_the_inputs_of_a_table_are_told_as_a_person_reads_them() -> None:
    gaps = Column("city", "category", "a", missing=True, words=("", "Berlin", "Bonn"))
    (city, rooms, area, day, said), _ = tensors(
        [
            gaps,
            Column("rooms", "number", "a"),
            Column("area", "number", "a", missing=True),
            Column("day", "date", "a", format="%d.%m.%Y"),
            Column("said", "text", "a", missing=True, words=("warm",), length=3),
        ]
    )
    made = [Port(each.name, each, (1,)) for each in (city, rooms, area, day, said)]
    assert ports.listing(made, ports.option) == [
        "  --city (1)   a word (one of Berlin, Bonn, or left out)",
        "  --rooms (1)  a number",
        "  --area (1)   a number (may be left out)",
        "  --day (1)    a date such as 31.12.2001",
        "  --said (1)   a text (may be left out)",
    ]


def test_the_listing_says_what_may_be_left_out(vectors: Run) -> None:
    form = "PNG, JPEG, GIF, NPY or CSV; black is 0, white 1"
    made = [
        Port("age", TensorSpec("age", (1,), "of the house", "years", missing=True), (1,)),
        Port("home", TensorSpec("home", (1,), default=0.0), (1,)),
        Port("film", TensorSpec("film", (2, 4), picture=(0, 1)), (2, 4)),
    ]
    assert ports.listing(made, ports.option) == [
        "  --age (1)      a number [years] (of the house); may be left out",
        "  --home (1)     a number; 0 if left out",
        f"  --film (2, 4)  2 gray pictures of 2 x 2: {form}",
    ]


def test_texts_that_are_cut_and_marks_alone_are_told_apart(tmp_path: Path) -> None:
    """A mark is no word that could be unknown; what is not read of a long text is told."""
    run, _ = untrained("tweet_pair", tmp_path)
    notes: list[str] = []
    long = "ab" * 30
    predict_one(run, {"tweet_a": long, "tweet_b": "ab"}, logdir=tmp_path, note=notes.append)
    assert [each for each in notes if "read" in each] == [
        "tweet_a: the first 48 characters are read, of 60"
    ]
    table = tmp_path / "rows.csv"
    table.write_text(f"tweet_a,tweet_b\n{long},ab\nab,ab\n{long},ab\n", encoding="utf-8")
    notes.clear()
    predict_table(run, table, None, logdir=tmp_path, note=notes.append)
    assert "tweet_a: 2 of 3 texts are too long; the first 48 characters are read" in notes
