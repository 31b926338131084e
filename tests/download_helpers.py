"""Files, manifests and a server for the tests of downloads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from data_helpers import COURSE, COURSE_TOURNEY, course_lines, small_league
from pytest_httpserver import HTTPServer

from zoo.core.errors import FetchError
from zoo.data.download import fetch

SEASON = "games_season.csv"
TOURNEY = "games_tourney.csv"


def text(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


GOOD = {
    SEASON: text([COURSE, *course_lines(small_league().regular)]),
    TOURNEY: text([COURSE_TOURNEY, *course_lines(small_league().tournament)]),
}


def write_manifest(
    folder: Path,
    url_for: Callable[[str], str],
    *names: str,
    sha256: str = "right",
    **changes: object,
) -> Path:
    """A manifest of the named files at the given addresses."""
    files = []
    for name in names or (SEASON, TOURNEY):
        digest = hashlib.sha256(GOOD[name]).hexdigest() if sha256 == "right" else sha256
        rows = GOOD[name].count(b"\n") - 1
        columns = GOOD[name].partition(b"\n")[0].decode().split(",")
        check = "course_season" if name == SEASON else "course_tourney"
        entry = {"file": name, "url": url_for(f"/{name}"), "sha256": digest, "rows": rows}
        entry["sha256_note"] = "" if digest else "not known"
        files.append({**entry, "columns": columns, "check": check, **changes})
    path = folder / "manifest.json"
    path.write_text(json.dumps({"dataset": "basketball", "license": "none", "files": files}))
    return path


def serve(server: HTTPServer, content: dict[str, bytes] | None = None) -> None:
    for name, body in (GOOD | (content or {})).items():
        server.expect_request(f"/{name}").respond_with_data(body, content_type="text/csv")


def stored(home: Path) -> list[str]:
    """Everything under the data home, hidden files too."""
    return sorted(path.name for path in home.rglob("*") if path.is_file())


def refused(home: Path, manifest: Path, **how: object) -> str:
    with pytest.raises(FetchError) as caught:
        fetch("basketball", home, progress=False, manifest=manifest, **how)  # pyright: ignore[reportArgumentType]
    assert "\n" not in str(caught.value)
    return str(caught.value)
