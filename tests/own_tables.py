"""Tables of different kinds, like those that people have: made up, with something to learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from project_helpers import write_csv

ROWS = 120
PLACES = ("north", "east", "south")
GOOD, BAD = ("lovely", "warm", "funny"), ("dull", "weak", "awful")

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A table, and the call of `zoo new` for it.

    Attributes:
        source: The architecture.
        row: A row by its number.
        options: Attributes of `Wanted`.
        kinds: Input -> kind, of every input that the model should have.
    """

    source: str
    row: Callable[[int], Row]
    options: dict[str, Any]
    kinds: dict[str, str]


def _drawn(at: int) -> np.random.Generator:
    return np.random.default_rng([7, at])


def flowers(at: int) -> Row:
    """A row number, four numbers, three words."""
    kind = at * 31 % 3
    sizes = _drawn(at).normal([5, 3, 2 + 2 * kind, 0.5 + kind], 0.3).round(1)
    names = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    return {"": at, **dict(zip(names, sizes, strict=True)), "species": "abc"[kind] * 3}


def passengers(at: int) -> Row:
    """Gaps, words, a name, an identifier."""
    rng = _drawn(at)
    woman = bool(rng.integers(2))
    return {
        "PassengerId": at + 1,
        "Name": f"{'Mrs.' if woman else 'Mr.'} {PLACES[at % 3].title()} Smith {at}",
        "Sex": "female" if woman else "male",
        "Age": "" if at % 5 == 0 else int(rng.integers(1, 80)),
        "Cabin": "" if at % 3 else f"C{at}",
        "Embarked": ("S", "C", "NA")[at % 3],
        "Survived": int(woman != (rng.random() < 0.1)),
    }


def diamonds(at: int) -> Row:
    """A number to predict, of a large unit."""
    rng = _drawn(at)
    carat = rng.uniform(0.2, 3)
    cut = int(rng.integers(3))
    price = 4_000 * carat * (1 + 0.2 * cut)
    return {"carat": round(carat, 2), "cut": ("Fair", "Good", "Ideal")[cut], "price": int(price)}


def wines(at: int) -> Row:
    """Classes that are numbers."""
    kind = at * 17 % 3
    return {"alcohol": round(12 + kind + _drawn(at).normal(0, 0.3), 2), "ash": at % 7, "kind": kind}


def applicants(at: int) -> Row:
    """Question marks, and two words to predict."""
    score = _drawn(at).normal()
    return {
        "a1": "?" if at % 9 == 0 else "bav"[at % 3],
        "a2": round(score, 3),
        "a3": "?" if at % 8 == 0 else "tf"[at % 2],
        "approved": "+" if score > 0 else "-",
    }


def houses(at: int) -> Row:
    """Text beside numbers."""
    good = at * 13 % 2
    adjective = (GOOD if good else BAD)[at % 3]
    return {
        "text": f"A {adjective} house in the {PLACES[at % 3]}, very {adjective}.",
        "rooms": at % 6 + 1,
        "price": round(50 + 20 * (at % 6) + 100 * good + _drawn(at).normal(), 2),
    }


def weather(at: int) -> Row:
    """A day, and a number to predict for days to come."""
    day = date(2019, 1, 1) + timedelta(at * 5)
    warm = 10 - 10 * np.cos(2 * np.pi * (day - date(2019, 1, 15)).days / 365.25)
    return {"day": day.isoformat(), "wind": at % 4, "warm": round(warm + _drawn(at).normal(), 1)}


def sleepers(at: int) -> Row:
    """Ten rows of each person."""
    person = at // 10
    return {"person": f"p{person:02d}", "days": at % 10, "reaction": 250 + 10 * (at % 10) + person}


def penguins(at: int) -> Row:
    """A class and a number to predict, which some rows lack."""
    kind = at * 7 % 3
    mass = 3_500 + 800 * kind + _drawn(at).normal(0, 100)
    return {
        "island": PLACES[(kind + at // 40) % 3],
        "bill": round(40 + 5 * kind + _drawn(at).normal(), 1),
        "species": ("Adelie", "Chinstrap", "Gentoo")[kind],
        "mass": "" if at % 20 == 0 else round(mass),
    }


def branches(at: int) -> Row:
    """Three columns for one input, two for another."""
    values = _drawn(at).normal(size=5).round(3)
    names = dict(zip(("v0", "v1", "v2", "w0", "w1"), values, strict=True))
    return {**names, "both": "yes" if values[0] + values[4] > 0 else "no"}


def reviews(at: int) -> Row:
    """A text for a text model, and a column that it has no input for."""
    good = at * 13 % 2
    word = (GOOD if good else BAD)[at % 3]
    return {"said": f"The film {at} was {word}, so {word}!", "year": at % 9, "good": good}


def pixels(at: int) -> Row:
    """Numbered columns."""
    kind = at % 3
    levels = _drawn(at).integers(0, 3, 16)
    levels[kind * 5 : kind * 5 + 5] += 9
    return {**{f"pixel_{place}": level for place, level in enumerate(levels)}, "digit": kind}


def pictures(at: int) -> Row:
    """Paths of pictures."""
    return {"picture": f"png/{at}.png", "shape": ("bar", "box")[at % 2]}


def write_pictures(folder: Path, color: bool = False) -> None:
    """The files that `pictures` names."""
    from PIL import Image

    (folder / "png").mkdir()
    for at in range(ROWS):
        levels = _drawn(at).integers(0, 80, (20, 24)).astype(np.uint8)
        levels[5:15, 5 : 15 if at % 2 else 8] = 250
        picture = Image.fromarray(levels)
        if color:
            picture = Image.merge("RGB", (picture, *(2 * [Image.new("L", picture.size)])))
        picture.save(folder / "png" / f"{at}.png")


FEATURES = {"sepal_length_cm": "number", "sepal_width_cm": "number"}
CASES = {
    "flowers": Case(
        "softmax_mlp_32",
        flowers,
        {"targets": ["species"]},
        {**FEATURES, "petal_length_cm": "number", "petal_width_cm": "number"},
    ),
    "passengers": Case(
        "mlp",
        passengers,
        {"targets": ["Survived"]},
        {"name": "text", "sex": "category", "age": "number", "embarked": "category"},
    ),
    "diamonds": Case(
        "first_mlp", diamonds, {"targets": ["price"]}, {"carat": "number", "cut": "category"}
    ),
    "wines": Case(
        "dropout_mlp", wines, {"targets": ["kind"]}, {"alcohol": "number", "ash": "number"}
    ),
    "applicants": Case(
        "binary_mlp",
        applicants,
        {"targets": ["approved"]},
        {"a1": "category", "a2": "number", "a3": "category"},
    ),
    "houses": Case(
        "clothing_price", houses, {"targets": ["price"]}, {"rooms": "number", "text": "text"}
    ),
    "weather": Case(
        "mlp", weather, {"targets": ["warm"], "time": "day"}, {"day": "date", "wind": "number"}
    ),
    "sleepers": Case(
        "multiclass_mlp", sleepers, {"targets": ["reaction"], "group": "person"}, {"days": "number"}
    ),
    "penguins": Case(
        "softmax_mlp_64",
        penguins,
        {"targets": ["species", "mass"]},
        {"island": "category", "bill": "number"},
    ),
    "branches": Case(
        "two_branch_add",
        branches,
        {"targets": ["both"], "columns": {"a": ["v0", "v1", "v2"]}},
        dict.fromkeys(("v0", "v1", "v2", "w0", "w1"), "number"),
    ),
    "reviews": Case("lstm_classifier", reviews, {"targets": ["good"]}, {"said": "text"}),
    "pixels": Case("shallow_mlp", pixels, {"targets": ["digit"]}, {"pixel": "number"}),
    "pictures": Case("shared_input", pictures, {"targets": ["shape"]}, {"picture": "picture"}),
}


def table(name: str, folder: Path, rows: int = ROWS) -> Path:
    """The table of a case, and the pictures that it names."""
    made = [CASES[name].row(at) for at in range(rows)]
    if name == "pictures":
        write_pictures(folder)
    lines = [list(made[0]), *(list(row.values()) for row in made)]
    return write_csv(folder / f"{name}.csv", lines)
