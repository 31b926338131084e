"""The lessons' check: which numbers count as measured, and what a lesson must have."""

from __future__ import annotations

import json
from pathlib import Path

import lessons
import pytest
from _lesson_text import Block, faults, numbers, unmeasured

pytest.importorskip("sphinx_gallery", reason="the check splits lessons as sphinx-gallery does")

LESSON = '''"""
A lesson
========

Text.
"""

print(8.7208, 23_851_784)

# %%
# The error is {error} points, of 23.9 million.

import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.plot([1, 2])
axes.set(xlabel="step (1)", ylabel="{label}")

# %%
# Exercises
# ---------
#
# 1. First?
# 2. Second?
# 3. Third?

# %%
# Answer 1
# --------
#
# So.

# %%
# Answer 2
# --------
#
# So.

# %%
# Answer 3
# --------
#
# So.
'''


def lesson(text: str, printed: str = "", code: str = "") -> list[Block]:
    return [Block("text", text, 1), Block("code", code, 10, printed)]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("8.7 points", "mae 8.7208"),
        ("9 points", "mae 8.7208"),
        ("-0.50", "-0.4978"),
        ("89% of them", "share 0.887"),
        ("89 % of them", "89%"),
        ("1,000 rows", "(1000, 32)"),
        ("23.9 million", "Total params: 23,851,784"),
        ("a rate of 0.003", "3e-03"),
        ("at the end: 12.", "12"),
    ],
)
def test_numbers_are_compared_as_rounded_in_the_text(text: str, printed: str) -> None:
    assert list(unmeasured(lesson(text, printed))) == []


@pytest.mark.parametrize(
    ("text", "printed", "missing"),
    [
        ("8.8 points", "mae 8.7208", "8.8"),
        ("8.72", "mae 8.7", "8.72"),
        ("90%", "share 0.887", "90%"),
        ("1,001 rows", "1000", "1,001"),
        ("24.9 million", "23,851,784", "24.9million"),
        ("about 7", "seven", "7"),
    ],
)
def test_a_number_that_is_not_printed_is_reported(text: str, printed: str, missing: str) -> None:
    assert [number for _, number in unmeasured(lesson(text, printed))] == [missing]


@pytest.mark.parametrize(
    "text",
    [
        "in 2018, section 7.1.4 and listings 7.3 to 7.6",
        "Keras 3 or TensorFlow 2.21, arXiv 1409.4842",
        "Exercise 3; a list:\n\n1. one\n2. two",
        "https://example.org/99",
        "Conv2D, float32, softmax_mlp_64, dlwp-7.1, 1x1",
        "ten classes, two inputs",
    ],
)
def test_years_versions_sections_and_names_are_no_measurements(text: str) -> None:
    assert list(numbers(text)) == []


def test_code_vouches_for_a_number_and_a_comment_does_not() -> None:
    assert list(unmeasured(lesson("64 units", code="Dense(64)"))) == []
    assert list(unmeasured(lesson("64 units", code="Dense(n)  # 64 units"))) == [
        (1, "64"),
        (10, "64"),
    ]


def test_a_text_may_announce_the_next_block_and_no_later_one() -> None:
    blocks = [Block("text", "5 rows", 1), Block("code", "a", 3, "0"), Block("code", "b", 5, "5")]
    assert list(unmeasured(blocks)) == [(1, "5")]
    assert list(unmeasured([blocks[0], blocks[2]])) == []
    assert list(unmeasured([blocks[2], blocks[1], Block("text", "5 rows", 7)])) == []


def test_the_line_is_that_of_the_paragraph() -> None:
    blocks = [Block("code", "a", 1, "1"), Block("text", "One.\n\nTwo is\n2.\n\nThree is 3.", 20)]
    assert list(unmeasured(blocks)) == [(22, "2"), (25, "3")]


def test_a_lesson_needs_a_title_exercises_and_their_answers() -> None:
    whole = "Title\n=====\n\nExercises\n---\n\n1. A?\n2. B?\n3. C?\n\n"
    answers = "".join(f"Answer {number}\n---\n\nYes.\n\n" for number in (1, 2, 3))
    assert list(faults([Block("text", whole + answers, 1)])) == []
    assert list(faults([Block("text", whole, 1)])) == [
        f"has no section 'Answer {number}'" for number in (1, 2, 3)
    ]
    few = whole.replace("3. C?\n", "") + answers
    assert [fault[:15] for fault in faults([Block("text", few, 1)])] == ["has 2 exercises"]
    assert [fault[:5] for fault in faults([Block("text", "no " + whole + answers, 1)])] == []
    assert "title" in next(faults([Block("text", "Text.\n", 1)]))


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty gallery, checked by the scripts that are here."""
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    (tmp_path / "examples" / "tasks").mkdir(parents=True)
    (tmp_path / "scripts").symlink_to(Path(lessons.__file__).parent)
    return tmp_path / "examples" / "tasks"


@pytest.mark.slow  # a lesson runs in a process of its own
@pytest.mark.parametrize(
    ("error", "label", "change", "problem"),
    [
        ("8.7", "loss (nats)", ("", ""), ""),
        ("8.8", "loss (nats)", ("", ""), ":11: 8.8 is neither printed by the lesson nor in"),
        ("8.7", "", ("", ""), ":12: a picture's y axis has no label"),
        ("8.7", "loss", ("plt.subplots()", "None, 1 / 0"), ":15: ZeroDivisionError: division by"),
        ("8.7", "loss", ("plt.subplots()", "None, plt.Axes"), "draws no picture"),
    ],
)
def test_a_lesson_is_run_and_judged(
    examples: Path, tmp_path: Path, error: str, label: str, change: tuple[str, str], problem: str
) -> None:
    text = LESSON.format(error=error, label=label).replace(*change)
    (examples / "plot_1_test.py").write_text(text)
    assert lessons.lessons() == ["tasks/plot_1_test"]
    seconds, problems = lessons.outcome("tasks/plot_1_test", tmp_path / "out")
    assert 0 < seconds < lessons.EACH
    if problem:
        assert any(problem in line for line in problems), problems
    else:
        assert problems == []
        outcome = json.loads((tmp_path / "out" / "outcome.json").read_text())
        assert outcome["pictures"] == ["picture_1.png"]
        assert "8.7208" in (tmp_path / "out" / "printed.txt").read_text()


def test_every_lesson_of_the_gallery_is_found() -> None:
    names = lessons.lessons()
    assert sum(name.startswith("documents/") for name in names) == 5
    assert sum(name.startswith("tasks/") for name in names) == 10
