"""The site's JavaScript reads words, numbers and labels, and draws numbers, as Python does."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo.data.csv import as_number
from zoo.data.dialect import is_missing
from zoo.data.text.encoding import tokens
from zoo.experiments.answers import significant

FOLDER = Path(__file__).parents[2] / "docs" / "site" / "static" / "try"
NODE = shutil.which("node")
TEXTS, SEEDS, CHANCES = 500, 40, (0.1, 0.0, 0.5, 0.4)
SCRIPT = """
import { readFileSync } from "node:fs";
const from = (name) => import(`${process.argv[1]}/${name}.mjs`);
const { asNumber, fold, isMissing, strip, tokens } = await from("text");
const { significant } = await from("answer");
const { Generator } = await from("random");
const { texts, words, folded, values, seeds, chances } = JSON.parse(readFileSync(0));
const number = (word) => { const found = asNumber(word); return found === null ? "" : `${found}`; };
const draws = (seed) => {
  const random = new Generator(seed);
  return Array.from({ length: 20 }, () => [random.random(), random.choice(chances)]);
};
console.log(JSON.stringify({
  tokens: texts.map(tokens), stripped: texts.map(strip), missing: words.map(isMissing),
  numbers: words.map(number), folded: folded.map(fold), values: values.map(significant),
  draws: seeds.map(draws),
}));
"""

pytestmark = pytest.mark.skipif(NODE is None, reason="needs Node.js")


def _characters() -> list[str]:
    """All that Python's Unicode knows, and plainly those that texts are made of."""
    known = (chr(code) for code in range(sys.maxunicode + 1))
    return [each for each in known if unicodedata.category(each) not in ("Cn", "Cs", "Co")]


@cache
def _given() -> dict[str, Any]:
    rng, every = random.Random(0), _characters()
    letters = [each for each in every if each.casefold() != each or each.upper() != each]
    digits = [each for each in every if each.isnumeric()]
    marks = [each for each in every if each.isspace() or unicodedata.combining(each)]
    usual = "aBz '’._,;:!?-\n\t09éÉßİıΣσςǅ😀\u0301\u200d"
    groups = (usual, usual, usual, letters, digits, marks, every)
    texts = ["".join(rng.choice(rng.choice(groups)) for _ in range(24)) for _ in range(TEXTS)]
    pieces = [
        "1",
        "0",
        "23",
        ".",
        "e",
        "E5",
        "+",
        "-",
        "_",
        " ",
        "inf",
        "nan",
        "\xa0",
        "٣",
        "𝟜",
        ",",
    ]
    words = ["".join(rng.choices(pieces, k=rng.randint(0, 4))) for _ in range(TEXTS)]
    words += [
        "",
        "?",
        "N/A",
        " None",
        "NaN",
        "<na>",
        "#N/A",
        "Infinity",
        "\x1c1",
        "1\x85",
        "\ufeff1",
    ]
    values = [rng.uniform(-1, 1) * 10.0 ** rng.randint(-14, 12) for _ in range(TEXTS)]
    values += [n + 0.5 for n in range(1000, 1020)] + [n / 2**13 for n in range(1, 9000, 37)]
    seeds = [0, 1, 2**32 - 1, *(rng.randrange(2**32) for _ in range(SEEDS))]
    return {
        "texts": texts,
        "words": words,
        "folded": letters,
        "values": values,
        "seeds": seeds,
        "chances": CHANCES,
    }


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    command = [str(NODE), "--input-type=module", "-e", SCRIPT, FOLDER.as_uri()]
    ran = subprocess.run(
        command, input=json.dumps(_given()), capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_words_and_blanks(found: dict[str, Any]) -> None:
    texts = _given()["texts"]
    assert found["tokens"] == [tokens(text) for text in texts]
    assert found["stripped"] == [text.strip() for text in texts]


def test_numbers_in_words(found: dict[str, Any]) -> None:
    words = _given()["words"]
    read = [float(number) if number else None for number in found["numbers"]]
    np.testing.assert_array_equal(
        np.array(read, float), np.array([as_number(word) for word in words], float)
    )
    assert [number is None for number in read] == [as_number(word) is None for word in words]
    assert found["missing"] == [is_missing(word) for word in words]


def test_letters_that_differ_in_case_alone(found: dict[str, Any]) -> None:
    letters = _given()["folded"]
    pairs = {
        (letter.casefold(), fold) for letter, fold in zip(letters, found["folded"], strict=True)
    }
    assert len(pairs) == len({mine for mine, _ in pairs}) == len({other for _, other in pairs})


def test_numbers_as_they_are_written(found: dict[str, Any]) -> None:
    assert found["values"] == [significant(value) for value in _given()["values"]]


def test_draws(found: dict[str, Any]) -> None:
    for seed, drawn in zip(_given()["seeds"], found["draws"], strict=True):
        rng = np.random.default_rng(seed)
        assert drawn == [[rng.random(), rng.choice(len(CHANCES), p=CHANCES)] for _ in range(20)]


def test_its_own_tests_pass() -> None:
    assert NODE
    made = subprocess.run(
        [NODE, "--test"], cwd=FOLDER.parents[1], capture_output=True, text=True, timeout=60
    )
    assert made.returncode == 0, made.stdout
