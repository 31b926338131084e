"""Dataset `novels`: passages of novels with genre and date.

Source `nouvelles` reads French short stories of the 19th century. Source `library` invents novels.
They come from schools; each school has one genre and a few years in which it flourished. A passage
is 60 units: common words and the school's own two-word phrases. Two schools share the words of
their phrases and differ in their order, in genre and in date, so that genre and date each tell the
other, and counts of words tell neither.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import Table, read_csv, read_text
from zoo.data.references import Scores, class_scores, median_of, number_scores, softmax
from zoo.data.registry import Entry, register
from zoo.data.source import ROWS, Content, Request, Whole, source
from zoo.data.splits import PARTS, by_item, parted
from zoo.data.text.encoding import PADDING, Vocabulary, tokens

TARGETS = {"genre": "classes", "date": "number"}


def novel_columns(
    *, text: np.ndarray, genre: np.ndarray, year: np.ndarray, novel: np.ndarray
) -> dict[str, np.ndarray]:
    """The columns of word ids (rows, words), ids, years AD and ids, (rows,) each."""
    return {
        "text": text.astype(np.int32),
        "genre": genre.astype(np.int32)[:, None],
        "date": ((year - 1900) / 10).astype(np.float32)[:, None],  # decades after 1900
        "novel": novel.astype(np.int32)[:, None],
    }


# Source `library`

GENRES = ["gothic", "romance", "western", "crime", "war", "travel", "satire", "science-fiction"]
SCHOOLS = 24  # three of each genre; schools s and s + 12 share their words
GENRE_OF = np.arange(SCHOOLS) % len(GENRES)
YEARS = np.arange(1860, 2051)
MEANS = 1895 + 14 * GENRE_OF + np.repeat([-15, 0, 15], len(GENRES))  # years, by school
SPREAD = 6.0  # years, within a school
PASSAGES = 3  # of each novel
UNITS = 60  # of a passage; a phrase counts as one
OWN = 0.07  # share of the school's phrases among the units; the rest are common words
PHRASES = 3  # of each school
COMMON = 80
LENGTH = 80  # words; UNITS and the second words of the phrases, of which 20 would be very many


@source(rows=replace(ROWS, default=3_000))
def library(request: Request) -> Content:
    """Generate passages."""
    rng = np.random.default_rng([request.seed, 0x11B])
    novels = -(-request.options["rows"] * 10 // (7 * PASSAGES))
    school = np.arange(novels) % SCHOOLS
    years = np.clip(np.round(rng.normal(MEANS[school], SPREAD)), YEARS[0], YEARS[-1]).astype(int)
    novel = np.repeat(np.arange(novels), PASSAGES)
    units = draw(rng, school[novel])
    columns = novel_columns(
        text=np.stack([spell(row) for row in units]),
        genre=GENRE_OF[school[novel]],
        year=years[novel],
        novel=novel,
    )
    parts = by_item(novel.tolist(), rng)
    by_school = posterior(units)
    by_genre = by_school @ np.eye(len(GENRES))[GENRE_OF]
    by_year = by_school @ softmax(-(((YEARS - MEANS[:, None]) / SPREAD) ** 2) / 2)
    decades = (YEARS - 1900) / 10
    best: dict[str, Scores] = {}
    for part, at in parts.items():
        median, mean = median_of(decades, by_year[at]), by_year[at] @ decades
        best[part] = class_scores("genre", columns["genre"][at], by_genre[at])
        best[part] |= number_scores("date", columns["date"][at, 0], median, mean)
    vocabulary = Vocabulary(WORDS)
    return Content(
        parted(columns, parts),
        sizes={"vocabulary": len(vocabulary), "n_genres": len(GENRES)},
        labels={**vocabulary.labels("text"), "genre": tuple(GENRES)},
        targets=TARGETS,
        references={"best possible": best},
    )


# Units are numbered: first the phrases in one order, then in the other, then common words.
PAIRS = SCHOOLS // 2 * PHRASES
ALL_UNITS = 2 * PAIRS + COMMON


WORDS = [f"{end}{pair}" for pair in range(PAIRS) for end in ("first", "second")]
WORDS += [f"common{word}" for word in range(COMMON)]


def spell(units: np.ndarray) -> np.ndarray:
    """Word ids of a passage, (LENGTH,), padded on the left."""
    words: list[int] = []
    for unit in units.tolist():
        if unit < 2 * PAIRS:
            first = 2 + 2 * (unit % PAIRS)
            words += [first, first + 1] if unit < PAIRS else [first + 1, first]
        else:
            words.append(2 + unit)
    return np.array(([PADDING] * LENGTH + words)[-LENGTH:], np.int32)


def unit_chances() -> np.ndarray:
    """Probability of each unit, given the school: (schools, units)."""
    chance = np.zeros((SCHOOLS, ALL_UNITS))
    for school in range(SCHOOLS):
        chance[school, school * PHRASES : (school + 1) * PHRASES] = OWN / PHRASES
    chance[:, 2 * PAIRS :] = (1 - OWN) / COMMON
    return chance


def draw(rng: np.random.Generator, school: np.ndarray) -> np.ndarray:
    """Units of each passage, (rows, UNITS)."""
    chances = unit_chances()
    return np.stack([rng.choice(ALL_UNITS, UNITS, p=chances[own]) for own in school])


def posterior(units: np.ndarray) -> np.ndarray:
    """Probability of each school given a passage, (rows, schools); all are equally frequent."""
    counts = np.stack([np.bincount(row, minlength=ALL_UNITS) for row in units])
    # Every school makes phrases equally often, so one that it never uses rules it out.
    return softmax(counts @ np.log(unit_chances() + 1e-30).T)


# Source `nouvelles`

TABLE = "metadata.csv"
COLUMNS = {name: name for name in ("idno", "author-name", "title", "year", "subgenre")}
SUBGENRES = ("fantastique", "autre")  # what the collection's own table tells apart
FEWEST = 5  # stories of each genre
_NAME = re.compile(r"[\w-]+")


def _inner(folder: Path) -> Path:
    """The folder `cligs-nouvelles` in the data home's folder, or that folder itself."""
    inner = folder / "cligs-nouvelles"
    return inner if inner.is_dir() else folder


def stories_are_there(request: Request) -> bool:
    """Whether the collection's table is in the data home."""
    return (_inner(request.folder) / TABLE).is_file()


def stories_table(request: Request) -> Table:
    """The collection's table, a row for each story.

    Raises:
        DataError: it is missing or damaged.
    """
    (path,) = replace(request, folder=_inner(request.folder)).need(TABLE)
    return read_csv(path, COLUMNS)


def story_files(table: Table) -> list[Path]:
    """The text file of each row.

    Raises:
        DataError: one is missing, or has no plain name.
    """
    files = []
    for story, name in enumerate(table.texts("idno")):
        if not _NAME.fullmatch(name):
            raise table.wrong(story, "idno", "not a plain file name")
        files.append(table.path.parent / f"{name}.txt")
        if not files[-1].is_file():
            raise DataError(f"{files[-1]} is missing, but {TABLE} lists it")
    return files


@source(
    available=stories_are_there,
    length=Whole(200, 20, 5_000),  # words of a passage
    vocabulary=Whole(4_000, 10, 50_000),  # different words
)
def nouvelles(request: Request) -> Content:
    """Read the stories and cut them into passages; a story is in one split only."""
    table = stories_table(request)
    years = table.numbers("year", 1500, 2100).astype(int)
    genres = np.array([int(cell.strip() != SUBGENRES[0]) for cell in table.texts("subgenre")])
    length = request.options["length"]
    passages: list[list[str]] = []
    stories: list[int] = []
    for story, file in enumerate(story_files(table)):
        words = tokens(read_text(file))
        whole = [words[at : at + length] for at in range(0, len(words) - length + 1, length)]
        if not whole:
            raise DataError(f"{file}: {len(words)} words, at least {length} are needed")
        passages += whole
        stories += [story] * len(whole)
    novel = np.array(stories)
    by_story = _split_stories(genres, request.seed)
    parts = {part: np.flatnonzero(np.isin(novel, chosen)) for part, chosen in by_story.items()}
    train = (passages[row] for row in parts["train"])
    vocabulary = Vocabulary.of(train, request.options["vocabulary"], 2)
    columns = novel_columns(
        text=vocabulary.encode(passages, length),
        genre=genres[novel],
        year=years[novel],
        novel=novel,
    )
    names = zip(table.texts("author-name"), table.texts("title"), strict=True)
    titles = tuple(f"{author}, {title}" for author, title in names)
    return Content(
        parted(columns, parts),
        sizes={"vocabulary": len(vocabulary), "n_genres": len(SUBGENRES)},
        labels={**vocabulary.labels("text"), "genre": SUBGENRES, "novel": titles},
        targets=TARGETS,
        origin=str(table.path.parent),
    )


def _split_stories(genres: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Story numbers of each split; of each genre a fifth for the test and a tenth held out."""
    rng = np.random.default_rng(seed)
    parts: dict[str, list[int]] = {part: [] for part in PARTS}
    for genre, title in enumerate(SUBGENRES):
        own = rng.permutation(np.flatnonzero(genres == genre)).tolist()
        if len(own) < FEWEST:
            raise DataError(
                f"{TABLE}: {len(own)} stories of genre {title}, at least {FEWEST} are needed"
            )
        test, held = len(own) // 5, max(1, len(own) // 10)
        parts["test"] += own[:test]
        parts["validation"] += own[test : test + held]
        parts["train"] += own[test + held :]
    return {part: np.array(sorted(numbers)) for part, numbers in parts.items()}


register(Entry("novels", "stories", "passages of novels with genre and date", (nouvelles, library)))
