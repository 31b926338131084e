"""Every public name says what it takes and gives, with an example that runs."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import zoo
import zoo.training

# What examples take to train, or to read a run that is there; they need seconds.
TRAINS = re.compile(r"\.(fit|ensemble|tune|load_run|resume|forecast)\(")


def _own(name: str, kind: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that a class adds to its bases."""
    inherited = {each for base in kind.__mro__[1:] for each in vars(base)}
    for attribute, value in vars(kind).items():
        described = isinstance(value, property | classmethod) or inspect.isfunction(value)
        described = described or hasattr(value, "func")  # a cached property
        if described and attribute[0] != "_" and attribute not in inherited:
            yield f"{name}.{attribute}", value


def _public() -> dict[str, Any]:
    found: dict[str, Any] = {"zoo": zoo}
    found |= {
        f"training.{name}": getattr(zoo.training, name)
        for name in ("fit", "open_arrays", "write_arrays")
    }
    for name in zoo.__all__:
        found[name] = getattr(zoo, name)
        if isinstance(found[name], type):
            found |= _own(name, found[name])
    return found


PUBLIC = _public()


def _document(value: Any) -> str:
    return inspect.getdoc(getattr(value, "func", value)) or ""


def _function(value: Any) -> Any:
    """What is called, of a method, property or plain function; None of a class or module."""
    if isinstance(value, property):
        return value.fget
    value = getattr(value, "__func__", getattr(value, "func", value))
    return value if inspect.isfunction(value) else None


def _section(text: str, title: str) -> str:
    """What stands below a title of a docstring, up to the next one."""
    found = re.search(rf"^{title}:\n((?: .*\n?|\n)+)", text, re.MULTILINE)
    return found[1] if found else ""


def _marked(name: str) -> Any:
    trains = TRAINS.search(_section(_document(PUBLIC[name]), "Example") or "")
    return pytest.param(name, marks=[pytest.mark.slow] if trains else [])


@pytest.mark.parametrize("name", PUBLIC)
def test_arguments_and_results_are_described(name: str) -> None:
    text, function = _document(PUBLIC[name]), _function(PUBLIC[name])
    if function is not None:
        described = _section(text, "Args")
        for parameter in inspect.signature(function).parameters:
            if parameter not in ("self", "cls"):
                assert re.search(rf"(?<!\w){parameter}(?!\w)", described), parameter
        if function.__annotations__.get("return") not in (None, "None"):
            assert _section(text, "Returns")
    for raised in re.findall(r"^    (\w+(?:, \w+)*):", _section(text, "Raises"), re.MULTILINE):
        assert all(each.endswith(("Error", "Early")) for each in raised.split(", ")), raised
    fields = getattr(PUBLIC[name], "__dataclass_fields__", {})
    for field in fields:
        assert re.search(rf"(?<!\w){field}(?!\w)", _section(text, "Attributes")), field


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.fixture
def trained(workplace: Path) -> None:
    """The run that examples load by its recipe's name."""
    if not (workplace / "tensorboard_logs" / "tiny_dense").is_dir():
        quick: dict[str, Any] = {"data": "planted", "epochs": 2, "engine": "fit", "verbose": 0}
        zoo.fit("tiny_dense", logdir=workplace / "tensorboard_logs", **quick)


@pytest.mark.parametrize("name", [_marked(name) for name in PUBLIC])
@pytest.mark.usefixtures("clean_registries")
def test_examples_run_as_printed(
    name: str, workplace: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    text = _document(PUBLIC[name])
    monkeypatch.chdir(workplace)
    if "load_run(" in text:
        request.getfixturevalue("trained")
    names = {"__name__": "example"}
    example = doctest.DocTestParser().get_doctest(text, names, name, None, 0)
    assert any(line.want for line in example.examples), "an example that says what comes out"
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=told.append)
    assert not told, "".join(told)
