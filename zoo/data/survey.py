"""Source `survey`: a salary survey; what someone does, in words, with age, salary and gender."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csvtext import damage
from zoo.data.dataset import Dataset
from zoo.data.post_columns import INCOMES, post_columns, post_references
from zoo.data.registry import card
from zoo.data.splits import by_item
from zoo.data.text_options import Whole, settings
from zoo.data.text_scores import Arrays
from zoo.data.text_tables import Row, read_rows
from zoo.data.words import Vocabulary, tokens

FILES = ("ask_a_manager_2023_trimmed.csv", "survey.csv")  # of 2023, of 2021
COLUMNS = {
    "age": ("How old are you?", "how_old_are_you"),
    "industry": ("Industry", "industry"),
    "title": ("Job title", "job_title"),
    "context": ("Job title - additional context", "additional_context_on_job_title"),
    "salary": ("Annual salary (gross)", "annual_salary"),
    "currency": ("Currency", "currency"),
    "gender": ("Gender", "gender"),
}
AREA = {"area": ("Functional area of job",)}  # asked in 2023 only
AGES = {  # middle of each band, in years; the open ones by what their neighbors suggest
    "under 18": 17.0,
    "18-24": 21.5,
    "25-34": 30.0,
    "35-44": 40.0,
    "45-54": 50.0,
    "55-64": 60.0,
    "65 or over": 68.0,
}
GENDERS = {"Man": 0, "Woman": 1}
SALARIES = (10_000, 1_000_000)  # US dollars a year; outside, a typing error or a part of a year
FEWEST = 100  # usable answers
OPTIONS = {"length": Whole(270, 17, 2_000), "vocabulary": Whole(3_000, 10, 50_000)}
MISSING = ("", "NA")


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether one of the files is there."""
    return any((folder / file).is_file() for file in FILES)


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the survey and split it 70/10/20; equal answers fall into one part.

    Args:
        name: `posts`.
        folder: The folder `text_attributes` of the data home.
        seed: Fixes the splits.
        options: `length` (default 270): words of a text, filled up on the left; the default
            architecture needs 269. `vocabulary` (default 3,000): words told apart.

    Raises:
        DataError: the file is missing or damaged, or holds too few usable answers.
    """
    chosen = settings(name, options, OPTIONS)
    found = [folder / file for file in FILES if (folder / file).is_file()]
    if not found:
        raise DataError(
            f"{folder} has neither {' nor '.join(FILES)}; `zoo data fetch posts` gets the "
            "latter, and source topics needs none"
        )
    path = found[0]
    people, notes = read_survey(path)
    texts = [words for words, *_ in people]
    age, salary, gender = (np.array([person[place] for person in people]) for place in (1, 2, 3))
    parts = by_item([" ".join(words) for words in texts], np.random.default_rng(seed))
    vocabulary = Vocabulary.of((texts[row] for row in parts["train"]), chosen["vocabulary"], 2)
    tenths = np.quantile(salary[parts["train"]], np.arange(1, INCOMES) / INCOMES)
    columns = post_columns(
        posts=vocabulary.encode(texts, chosen["length"]),
        age=age,
        income=np.searchsorted(tenths, salary, side="left"),
        gender=gender,
    )
    splits: dict[str, Arrays] = {
        part: {column: array[rows] for column, array in columns.items()}
        for part, rows in parts.items()
    }
    bounds = (SALARIES[0], *tenths.tolist(), SALARIES[1])
    groups = tuple(f"{low:,.0f}-{high:,.0f} USD" for low, high in pairwise(bounds))
    return Dataset(
        name=name,
        source="survey",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(vocabulary), "n_incomes": INCOMES},
        labels={**vocabulary.labels("posts"), "income": groups, "gender": tuple(GENDERS)},
        references=post_references(splits),
        origin=f"data: survey ({path}); for the embedded posts: --data topics",
        notes=notes,
    )


Person = tuple[list[str], float, float, int]  # words, years, dollars, gender


def read_survey(path: Path) -> tuple[list[Person], tuple[str, ...]]:
    """Usable answers: in US dollars, by a man or a woman, with a job in words.

    Raises:
        DataError: the file is damaged (file, line and column are named), or too few are usable.
    """
    with_area = AREA["area"][0] in path.read_bytes()[:2_000].decode("utf-8", errors="replace")
    rows = read_rows(path, {**COLUMNS, **(AREA if with_area else {})})
    people: list[Person] = []
    for row in rows:
        line, cells = row
        age, gender = cells["age"].strip(), cells["gender"].strip()
        if age in MISSING or cells["currency"].strip() != "USD" or gender not in GENDERS:
            continue
        if age not in AGES:
            raise damage(path, f"{age!r} is no age band such as '25-34'", line, "age")
        salary = _salary(path, row)
        words = _job(cells)
        if words and SALARIES[0] <= salary <= SALARIES[1]:
            people.append((words, AGES[age], salary, GENDERS[gender]))
    if len(people) < FEWEST:
        raise DataError(f"{path}: {len(people)} usable answers, at least {FEWEST} are needed")
    left = len(rows) - len(people)
    return people, (
        f"{left:,} of {len(rows):,} answers left out: not in USD, another or no gender, no age "
        "or an impossible salary",
    )


def _salary(path: Path, row: Row) -> float:
    line, cells = row
    text = cells["salary"].strip().replace(",", "")
    try:
        return float(text)
    except ValueError:
        raise damage(path, f"{text!r} is no salary", line, "salary") from None


def _job(cells: Mapping[str, str]) -> list[str]:
    parts = (cells.get(name, "").strip() for name in ("industry", "area", "title", "context"))
    return [word for part in parts if part not in MISSING for word in tokens(part)]
