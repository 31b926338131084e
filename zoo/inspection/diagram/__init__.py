"""Diagrams of functional models: every call a box, every edge a shape, the same bytes always.

    >>> from zoo.inspection.diagram import render, to_dot
    >>> render(model, "model.svg")

Importing this module does not import TensorFlow.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from zoo.core.errors import ZooError
from zoo.core.files import replacing
from zoo.inspection.diagram.coarsen import Detail
from zoo.inspection.diagram.describe import Show
from zoo.inspection.diagram.dot import dot_text
from zoo.inspection.diagram.drawing import compose
from zoo.inspection.diagram.keras_style import keras_dot

if TYPE_CHECKING:
    import keras

__all__ = ["keras_dot", "render", "to_dot"]

DPI = 128  # of PNG files


def to_dot(
    model: keras.Model,
    *,
    nested: bool = True,
    shapes: bool = True,
    detail: Detail | Literal["auto"] = "auto",
) -> str:
    """The model's graph as DOT text, made from names alone: no object ids, no counters.

    Args:
        model: A functional or Sequential model; a subclassed one is a single box.
        nested: Open nested models, TimeDistributed and Bidirectional.
        shapes: Write tensor shapes, without the batch axis, on the edges.
        detail: "layers" draws every layer; "runs" joins a layer with the normalization,
            activation and dropout that follow it; "blocks" draws parallel branches and repeated
            blocks as one box each; "auto" takes the finest of these with at most 24 boxes.
    """
    return dot_text(compose(model, nested=nested, show=Show(shapes=shapes), detail=detail))


def render(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    style: Literal["zoo", "keras"] = "zoo",
    nested: bool = True,
    shapes: bool = True,
    detail: Detail | Literal["auto"] = "auto",
    renderer: str = "graphviz-pure",
) -> Path:
    """Draw a model to a .svg, .png or .dot file; on an error no file is written.

    Args:
        style: "zoo" for `to_dot`'s drawing, "keras" for that of `keras.utils.plot_model`.
        renderer: The layout program: pip's `graphviz-pure`, or `dot` of an installed
            Graphviz, whose version then decides the bytes.
        nested, shapes, detail: As in `to_dot`; "keras" takes the first two.

    Raises:
        ZooError: another suffix, no renderer, or a folder that cannot be written to.
    """
    if style == "keras":
        text = keras_dot(model, nested=nested, show=Show(shapes=shapes, activations=True))
    else:
        text = to_dot(model, nested=nested, shapes=shapes, detail=detail)
    return write(text, path, renderer)


SUFFIXES = (".svg", ".png", ".dot")
TIMEOUT = 120  # seconds; the largest diagram of the zoo takes under one
FONTS = 'font-family="Helvetica,Arial,Liberation Sans,Arimo,sans-serif"'


def write(
    dot: str, path: str | os.PathLike[str], renderer: str = "graphviz-pure", dpi: float = DPI
) -> Path:
    """Write DOT text to `path` as its suffix says: .svg, .png of `dpi` dots per inch, or .dot.

    Raises:
        ZooError: another suffix, no renderer, or a folder that cannot be written to.
    """
    final = Path(path)
    suffix = check_suffix(final)
    content = dot.encode() if suffix == ".dot" else _run(dot, suffix[1:], renderer, dpi)
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


def png(dot: str, renderer: str = "graphviz-pure", dpi: float = DPI) -> bytes:
    """The PNG file of a diagram."""
    return _run(dot, "png", renderer, dpi)


def executable(renderer: str = "graphviz-pure") -> str:
    """The renderer's program: the file that the installed package lists, else one on the PATH."""
    if os.sep in renderer:
        return renderer
    packaged = renderer == "graphviz-pure"
    found = (_packaged() if packaged else None) or shutil.which(renderer)
    if found is None:
        hint = "pip install graphviz-pure" if packaged else "install Graphviz"
        raise ZooError(f"drawing program {renderer!r} not found: {hint}")
    return found


def _packaged() -> str | None:
    """The program of the graphviz-pure package, which holds that and no Python code."""
    try:
        files = metadata.files("graphviz-pure") or ()
    except metadata.PackageNotFoundError:
        return None
    programs = (Path(file.locate()) for file in files if file.stem == "graphviz-pure")
    return next((str(path.resolve()) for path in programs if path.is_file()), None)


def _run(dot: str, form: str, renderer: str, dpi: float = DPI) -> bytes:
    command = [executable(renderer), f"-T{form}"]
    if form == "png":
        command.append(f"-Gdpi={dpi}")
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
