"""Seconds per training epoch of every recipe: plain fit, the zoo's engines, PyTorch, JAX.

    python scripts/bench_training.py [--budget 30] [--torch-python PATH] [--jax-python PATH]
                                     [--missing] [RECIPE...]
    python scripts/bench_training.py --check

The same model learns the same rows from the same weights with every peer:

- `keras`: plain `model.fit` on arrays, as the documents print it;
- `tf.data`: `model.fit` on a shuffled, prefetched pipeline with steps_per_execution = all steps;
- the zoo's engines, `zoo.training.fit(engine=...)`; the recipe's own is what the others are
  compared with;
- `nondeterministic`: the recipe's engine with deterministic operations off, which the engines
  have on otherwise;
- `torch`, `jax`: for eight recipes the twins in scripts/torch_twins.py and scripts/jax_twins.py.

Every peer has a process of its own and the defaults of its library. They take turns, an epoch
each (several where these are short), so that other work on the machine slows all of them
equally. The first epochs, which compile, do not count. No callbacks run, and no validation. An
epoch lasts from one epoch's end to the next one's. Rows beyond EPOCH seconds of plain fit are
left out, the same for all. A twin must have the zoo's number of parameters, with the zoo's
weights its predictions, and after an epoch its loss.

Python that has PyTorch or JAX may be another one: neither needs the zoo. Without it, and without
the library in this Python, the peer is left out.

The machine should have nothing else to do: `others` in the CSV says how many cores other
processes kept busy.

The numbers go to results/speed.csv, a row for each recipe and peer, the tables to docs/speed.md,
which also shows what scripts/results.py measured of whole runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from _bench_driver import environment, figures, in_turns, others_load, workers
from _page import Results, Script, fill
from _speed_page import blocks

import zoo
from zoo.core.errors import ZooError

EPOCH = 3.0  # seconds that an epoch of plain fit may take before rows are left out
TOLERANCE = 1e-4  # of a twin's predictions
APART = 0.2  # share by which the losses of first epochs may differ
QUIET = 0.1  # cores that other processes may keep busy without a word
SCRIPTS = Path(__file__).parent
TWINS = ("basketball", "mlp", "digit_mlp", "rnn", "siamese_lstm", "qa", "cnn", "two_resolution")


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The rows of one recipe."""
    pythons = {
        peer: path
        for peer in ("torch", "jax")
        if name in TWINS and (path := python_with(peer, getattr(given, f"{peer}_python")))
    }
    with tempfile.TemporaryDirectory() as folder:
        job = prepared(name, Path(folder))
        with workers(commands(job, Path(folder), pythons)) as peers:
            for twin in pythons:
                check_twin(twin, peers[twin].facts, job)
            others = others_load(peers.values())
            losses, found = in_turns(peers, given.budget)
            load = others()
            for twin in pythons:
                near = nearest(losses[twin], [losses[peer] for peer in job["peers"]])
                check_loss(twin, losses[twin], near)
            versions = {peer: worker.facts["version"] for peer, worker in peers.items()}
    if load > QUIET:
        print(f"{name}: other processes kept {load:.1f} cores busy", file=sys.stderr)
    shared = {
        "recipe": name,
        "rows": job["rows"],
        "all_rows": job["all_rows"],
        "batch_size": job["recipe"]["batch_size"],
        "cores": os.cpu_count(),
        "others": load,
        "engine": job["peers"][0],
        "resume_point": job["resume_point"],
    }
    for row in figures(found, job["peers"][0]):
        peer = row["peer"]
        yield {**shared, **row, "loss": losses[peer], "version": versions[peer]}


def prepared(name: str, folder: Path) -> dict[str, Any]:
    """Write a recipe's job into an empty folder; what it says."""
    command = [sys.executable, "_bench_keras.py", "prepare", str(folder), name, str(EPOCH)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=SCRIPTS, env=environment()
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads((folder / "job.json").read_text(encoding="utf-8"))


def commands(
    job: Mapping[str, Any], folder: Path, pythons: Mapping[str, str]
) -> dict[str, Sequence[str]]:
    """Peer -> the command of its worker."""
    keras = str(SCRIPTS / "_bench_keras.py")
    found: dict[str, Sequence[str]] = {
        peer: (sys.executable, keras, peer, str(folder)) for peer in job["peers"]
    }
    for peer, python in pythons.items():
        found[peer] = (python, str(SCRIPTS / f"{peer}_twins.py"), str(folder))
    return found


def check_twin(name: str, facts: Mapping[str, Any], job: Mapping[str, Any]) -> None:
    """Refuse to measure another model than the zoo's.

    Raises:
        RuntimeError: another number of parameters, or other predictions.
    """
    if facts["parameters"] != job["parameters"]:
        raise RuntimeError(
            f"{name}: {facts['parameters']:,} parameters, not the {job['parameters']:,} of the zoo"
        )
    if not facts["difference"] <= TOLERANCE:
        raise RuntimeError(f"{name}: predictions differ from the zoo's by {facts['difference']:g}")


def nearest(loss: float, others: Iterable[float]) -> float:
    """Of the losses of several orders of the rows, the one to compare a loss with."""
    return min(others, key=lambda other: abs(other - loss))


def check_loss(name: str, loss: float, own: float) -> None:
    """Refuse figures of a twin that learns something else; the order of its rows is its own.

    Raises:
        RuntimeError: its first epoch's loss is another one than the zoo's.
    """
    if not abs(loss - own) <= APART * own:
        raise RuntimeError(f"{name}: the first epoch's loss is {loss:.4g}, the zoo's {own:.4g}")


def python_with(library: str, wanted: str) -> str:
    """The Python that has a library: the wanted one, this one, or none.

    Raises:
        ZooError: the wanted one has not.
    """
    python = wanted or sys.executable
    probe = f"import importlib.util, sys; sys.exit(not importlib.util.find_spec({library!r}))"
    try:
        has = not subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode
    except OSError as error:
        raise ZooError(f"--{library}-python {python}: {error.strerror}") from error
    if wanted and not has:
        raise ZooError(f"--{library}-python {python}: there is no {library}; install it there")
    return python if has else ""


def names() -> list[str]:
    """The recipes that are compared: all but those with a document's own settings."""
    return [name for name in zoo.list_recipes() if not name.endswith("_as_printed")]


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--budget", type=float, default=30.0, help="seconds per recipe")
    for library, named in (("torch", "PyTorch"), ("jax", "JAX and Optax")):
        parser.add_argument(
            f"--{library}-python", default="", metavar="PATH", help=f"a Python with {named}"
        )


RESULTS = Results("speed.csv", "recipe", names)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/speed.md", blocks(RESULTS.read())),
    results=RESULTS,
    rows=measured,
    options=_options,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
