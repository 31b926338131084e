"""What `fetch` asks of a file before it gets its name: each check reads it strictly and counts.

A manifest names the check of each file. A checksum tells more, but is not known of every file,
and a server's page of excuses must not pass for data.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def course_season(path: Path) -> int:
    """Rows of the course's regular seasons."""
    from zoo.data.basketball.course import count_rows

    return count_rows(path, seeds=False)


def course_tourney(path: Path) -> int:
    """Rows of the course's tournaments."""
    from zoo.data.basketball.course import count_rows

    return count_rows(path, seeds=True)


def idx(path: Path) -> int:
    """Pictures or labels of an IDX file."""
    from zoo.data.mnist_files import read_idx

    return len(read_idx(path))


def novels(path: Path) -> int:
    """Stories in the collection's table."""
    from zoo.data.nouvelles import COLUMNS
    from zoo.data.text_tables import read_rows

    return len(read_rows(path, COLUMNS))


def prose(path: Path) -> int:
    """Lines of a plain text, which is neither empty nor a page of markup."""
    from zoo.core.errors import DataError
    from zoo.data.csvtext import read_text

    text = read_text(path).strip()
    if not text or text.startswith("<"):
        raise DataError(f"{path}: {'markup' if text else 'empty'}, where plain text should be")
    return text.count("\n") + 1


def reviews(path: Path) -> int:
    """Film reviews in the zip file."""
    from zoo.data.films import read_reviews

    return len(read_reviews(path)[1])


def stories(path: Path) -> int:
    """Questions of a bAbI task."""
    from zoo.data.babi import read_stories

    return len(read_stories(path))


def survey(path: Path) -> int:
    """Usable answers of the salary survey."""
    from zoo.data.survey import read_survey

    return len(read_survey(path)[0])


# The name in a manifest -> the check. Each raises DataError, naming the file, for what is wrong.
CHECKS: dict[str, Callable[[Path], int]] = {
    check.__name__: check
    for check in (course_season, course_tourney, idx, novels, prose, reviews, stories, survey)
}
