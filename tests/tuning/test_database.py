"""Searches whose trials are in a database: folders of several machines share them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from search_helpers import NAME, search, small, table

from zoo.core.errors import TrainingError
from zoo.tuning import database
from zoo.tuning.study import opened

pytest.importorskip("optuna", reason="a search needs functional-zoo[tune]")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shared.sqlite3'}"


def of(folder: Path) -> Path:
    return folder / NAME / "tune" / "league-seed0"


@pytest.mark.usefixtures("quick")
def test_two_folders_share_the_trials(tmp_path: Path, url: str) -> None:
    search(small(), tmp_path / "a", 3, storage=url)
    found = search(small(), tmp_path / "b", 5, storage=url)
    assert found.trials == 5
    assert len(table(of(tmp_path / "b"))) == 5
    assert not (of(tmp_path / "b") / "study.sqlite3").exists()


@pytest.mark.usefixtures("quick")
def test_settings_must_be_the_ones_in_the_database(tmp_path: Path, url: str) -> None:
    search(small(), tmp_path / "a", 1, storage=url)
    with pytest.raises(TrainingError, match=r"shared\.sqlite3 was started with a different epochs"):
        search(small(epochs=5), tmp_path / "b", 2, storage=url)


@pytest.mark.usefixtures("quick")
def test_a_search_stays_where_it_is(tmp_path: Path, url: str) -> None:
    search(small(), tmp_path / "a", 1, storage=url)
    with pytest.raises(TrainingError, match="give it with --storage"):
        search(small(), tmp_path / "a", 2)
    search(small(), tmp_path / "b", 1)
    with pytest.raises(TrainingError, match="leave out --storage"):
        search(small(), tmp_path / "b", 2, storage=url)


@pytest.mark.usefixtures("quick")
def test_a_trial_without_a_heartbeat_is_tried_again(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BEAT_SECONDS", 1)
    monkeypatch.setattr(database, "GRACE_SECONDS", 1)
    search(small(), tmp_path, 1, storage=url)
    with opened(of(tmp_path), storage_url=url) as study:
        lost = study.ask(3)
        assert lost is not None
        assert study.recover() == 0
    time.sleep(2.5)
    with opened(of(tmp_path), storage_url=url) as study:
        assert study.recover() == 1
        again = study.ask(3)
        assert again is not None
        assert again.params == lost.params


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nonsense", "storage must be an address such as"),
        ("postgresql+pg8000://someone:secret@127.0.0.1:1/none", "needs a driver"),
    ],
)
def test_addresses_that_lead_nowhere(tmp_path: Path, address: str, reason: str) -> None:
    with pytest.raises(TrainingError, match=reason) as told:
        search(small(), tmp_path, 1, storage=address)
    assert "secret" not in str(told.value)
    assert not of(tmp_path).exists()


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """The address of a PostgreSQL of the test's own."""
    driver = next((name for name in ("psycopg", "psycopg2") if find_spec(name)), "")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not driver or not programs:
        pytest.skip("needs PostgreSQL (apt-get install postgresql) and psycopg")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    # its programs refuse to run as root
    home = Path(f"/tmp/zoo-postgres-{port}")
    home.mkdir()
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if user:
        shutil.chown(home, "postgres")
    control = [*user, str(programs[-1].with_name("pg_ctl")), "-D", str(home / "data"), "-w"]
    started = [*control, "-o", f"-p {port} -k {home}", "-l", str(home / "log"), "start"]
    first = [*user, str(programs[-1]), "-D", str(home / "data"), "-A", "trust", "-U", "zoo"]
    try:
        for command in (first, started):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        yield f"postgresql+{driver}://zoo:secret@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False)
        shutil.rmtree(home)


@pytest.mark.slow
def test_postgresql_and_two_processes(tmp_path: Path, postgres: str) -> None:
    """Two commands with folders of their own; half a minute."""
    words = ["tune", "tiny_dense", "--data", "planted", "--set", "epochs=2", "--trials", "6"]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "zoo", *words, "--storage", postgres, "--logdir", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=tmp_path,
        )
        for folder in ("a", "b")
    ]
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], printed
    lines = [line for text in printed for line in text.splitlines() if "/6  trial" in line]
    assert len(lines) == 6
    assert all("secret" not in path.read_text() for path in tmp_path.rglob("*.json"))
