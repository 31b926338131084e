"""DOT text to SVG and PNG files, by the `graphviz-pure` program that pip installs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from zoo.core.errors import ZooError
from zoo.core.files import replacing

SUFFIXES = (".svg", ".png", ".dot")
DPI = 128  # of PNG files
TIMEOUT = 120  # seconds; the largest diagram of the zoo takes under one
FONTS = 'font-family="Helvetica,Arial,Liberation Sans,Arimo,sans-serif"'


def write(dot: str, path: str | os.PathLike[str], renderer: str = "graphviz-pure") -> Path:
    """Write DOT text to `path` as its suffix says: .svg, .png or .dot.

    Raises:
        ZooError: another suffix, no renderer, or a folder that cannot be written to.
    """
    final = Path(path)
    suffix = check_suffix(final)
    content = dot.encode() if suffix == ".dot" else _run(dot, suffix[1:], renderer)
    try:
        with replacing(final) as partial:
            partial.write_bytes(content)
    except OSError as error:
        raise ZooError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    return final


def check_suffix(path: Path) -> str:
    """The suffix of a file to draw to, in lower case; ZooError where it is not a known one."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ZooError(f"cannot draw to {str(path)!r}: the name must end in {', '.join(SUFFIXES)}")
    return suffix


def svg(dot: str, renderer: str = "graphviz-pure") -> str:
    """The SVG text of a diagram."""
    return _run(dot, "svg", renderer).decode()


def executable(renderer: str = "graphviz-pure") -> str:
    """The renderer's program: beside this Python, in its scripts folder, else on the PATH."""
    if os.sep in renderer:
        return renderer
    folders = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    for folder in folders if renderer == "graphviz-pure" else []:
        found = shutil.which(renderer, path=str(folder))
        if found:
            return found
    found = shutil.which(renderer)
    if found is None:
        hint = "pip install graphviz-pure" if renderer == "graphviz-pure" else "install Graphviz"
        raise ZooError(f"no program {renderer!r} to draw with: {hint}")
    return found


def _run(dot: str, form: str, renderer: str) -> bytes:
    command = [executable(renderer), f"-T{form}"]
    if form == "png":
        command.append(f"-Gdpi={DPI}")
    try:
        done = subprocess.run(
            command, input=dot.encode(), capture_output=True, timeout=TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ZooError(f"cannot run {command[0]!r}: {error}") from error
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise ZooError(f"{renderer} could not draw the diagram: {said or done.returncode}")
    return _plain_svg(done.stdout) if form == "svg" else done.stdout


def _plain_svg(svg: bytes) -> bytes:
    """SVG without the comments that name the generator, and with fonts that browsers have."""
    text = svg.decode().replace("\r\n", "\n")
    text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
    text = re.sub(r'font-family="Helvetica[^"]*"', FONTS, text)
    return text.encode()
