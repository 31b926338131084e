"""The site's panels: the runtime from npm, and the models' files, copied into the built site."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import _gallery
from _page import ROOT

SOURCE = ROOT / "docs" / "site"
RUNTIME = ROOT / "build" / "runtime"  # where npm installs it
PACKAGE = "onnxruntime-web"
FILES = (  # the smallest build that runs every model: WebAssembly on the processor
    "ort.wasm.min.mjs",
    "ort-wasm-simd-threaded.mjs",
    "ort-wasm-simd-threaded.wasm",
)
PINNED = ("package.json", "package-lock.json")
SECONDS = 600  # at most, for npm


class PanelsLeftOut(Exception):
    """Why the site is built without panels."""


def runtime() -> Path:
    """A folder with the runtime's files alone, as the lock file has them.

    Raises:
        PanelsLeftOut: no npm on this machine, or it fails.
    """
    with _gallery.alone("runtime"):
        wanted = {name: (SOURCE / name).read_bytes() for name in PINNED}
        same = all(
            (RUNTIME / name).is_file() and (RUNTIME / name).read_bytes() == content
            for name, content in wanted.items()
        )
        home = RUNTIME / "ort"
        if not (same and all((home / file).is_file() for file in FILES)):
            shutil.rmtree(RUNTIME, ignore_errors=True)
            RUNTIME.mkdir(parents=True)
            for name, content in wanted.items():
                (RUNTIME / name).write_bytes(content)
            _install()
            package = RUNTIME / "node_modules" / PACKAGE
            home.mkdir()
            for file in FILES:
                shutil.copyfile(package / "dist" / file, home / file)
            shutil.rmtree(RUNTIME / "node_modules")  # 150 MB
        return home


def with_runtime() -> Path:
    """The gallery's folder, laid out as `_static/try`, for checks in Node.js."""
    shutil.copytree(runtime(), _gallery.GALLERY / "ort", dirs_exist_ok=True)
    return _gallery.GALLERY


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise PanelsLeftOut("no npm is installed; Node.js from https://nodejs.org has it")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        subprocess.run(
            command, cwd=RUNTIME, check=True, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if line.strip()]
        raise PanelsLeftOut(f"npm ci failed: {lines[0] if lines else error}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PanelsLeftOut(f"npm ci failed: {error}") from error


def copy(site: Path, gallery: Path, ort: Path, recipes: Sequence[str] = ()) -> None:
    """Put the models, the vocabularies and the runtime where the panels look for them.

    Args:
        site: The built site.
        gallery: The folder that `_gallery.build` gives.
        ort: The folder that `runtime` gives.
        recipes: Those whose models are copied; by default all.
    """
    home = site / "_static" / "try"
    for name in ("models", "words", "ort"):
        shutil.rmtree(home / name, ignore_errors=True)
    for name in recipes or _gallery.recipes():
        shutil.copytree(gallery / "models" / name, home / "models" / name)
    shutil.copytree(gallery / "words", home / "words")
    shutil.copytree(ort, home / "ort")


def version() -> str:
    """The runtime's, as it is pinned."""
    package = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
    return package["dependencies"][PACKAGE]


def size(site: Path) -> tuple[int, int]:
    """Bytes of a built site without the runtime, and of the runtime."""
    ort = site / "_static" / "try" / "ort"
    whole = runtime_bytes = 0
    for folder, _, files in os.walk(site):
        total = sum((Path(folder) / file).stat().st_size for file in files)
        if Path(folder) == ort:
            runtime_bytes += total
        else:
            whole += total
    return whole, runtime_bytes
