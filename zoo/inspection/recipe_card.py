"""A recipe's page: what it trains, on which data, at what cost, and the settings it takes.

Loads no TensorFlow and no data.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from textwrap import wrap
from typing import Annotated, Any, get_args, get_origin

from zoo.data.registry import choose_source, entry
from zoo.data.source import Choice, Option, Whole
from zoo.models.registry import MODELS, spec
from zoo.recipes.changes import FIXED
from zoo.recipes.expectations import bound_text
from zoo.recipes.fields import Rule, kinds_of
from zoo.recipes.recipe import Recipe

WIDTH = 100
_WORDS = {str: "text", int: "whole number", float: "number", bool: "True or False"}
_KEYS = {  # what the keys of a mapping are, where they are not names of outputs
    "columns": "TENSOR",
    "optimizer_options": "OPTION",
    "class_weight": "CLASS",
    "early_stopping_options": "OPTION",
    "model_checkpoint": "OPTION",
}


@dataclass(frozen=True)
class Setting:
    """One setting that `--set` takes.

    Attributes:
        name: As `--set` has it.
        value: The recipe's, as `--set` would write it; empty if the recipe says nothing.
        takes: Type and range.
        meaning: One line.
    """

    name: str
    value: str
    takes: str
    meaning: str


def auto_source(recipe: Recipe) -> str:
    """The source of the recipe's data that `--data auto` takes now."""
    return choose_source(recipe.dataset, "auto", None, recipe.dataset_options)


def as_dict(recipe: Recipe) -> dict[str, Any]:
    """The page as plain data, for JSON."""
    auto = auto_source(recipe)
    return {
        "name": recipe.name,
        "summary": recipe.summary,
        "architecture": recipe.architecture,
        "dataset": recipe.dataset,
        "sources": [each.name for each in entry(recipe.dataset).sources],
        "auto": auto,
        "seconds": dict(recipe.seconds),
        "expect": {source: dict(bounds) for source, bounds in recipe.expect.items()},
        "note": recipe.note,
        "limit": recipe.limit,
        "search": {name: list(values) for name, values in recipe.search.items()},
        "by_source": {source: dict(each) for source, each in recipe.by_source.items()},
        "settings": [asdict(each) for each in settings(recipe, auto)],
    }


def as_text(recipe: Recipe) -> str:
    """The page as a person reads it in a terminal."""
    auto = auto_source(recipe)
    title = f"recipe {recipe.name}"
    lines = [title, "=" * len(title), recipe.summary, ""]
    for key, text in facts(recipe, auto):
        begin = f"{key:13s} "
        lines += wrap(text, WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin))
    lines += ["", f"settings, as --set takes them, with their values on {auto}:"]
    for each in settings(recipe, auto):
        head = f"  {each.name}={each.value}"
        told = f"{each.takes}: {each.meaning}" if each.meaning else each.takes
        if len(head) > 44:
            lines.append(head)
            head = ""
        indent = " " * 46
        lines += wrap(told, WIDTH, initial_indent=f"{head:46s}", subsequent_indent=indent)
    lines += ["", "commands:", *(f"  {command}" for command in commands(recipe))]
    return "\n".join(lines)


def facts(recipe: Recipe, auto: str) -> Iterator[tuple[str, str]]:
    """What the page says above the settings: what about, and the text."""
    yield "architecture", f"{recipe.architecture}: {spec(recipe.architecture).summary}"
    for source in entry(recipe.dataset).sources:
        kind = "files of the data home" if source.reads_files else "needs no files"
        now = "; --data auto takes it now" if source.name == auto else ""
        yield "data", f"{recipe.dataset}, source {source.name}: {kind}{now}"
    for source, seconds in recipe.seconds.items():
        yield "cost", f"{source}: {seconds:g} s on 2 cores"
    for source, bounds in recipe.expect.items():
        told = ", ".join(bound_text(*each) for each in bounds.items())
        yield "test score", f"{source}: {told}"
    for source, changes in recipe.by_source.items():
        told = ", ".join(f"{key}={_written(value)}" for key, value in changes.items())
        yield "on this data", f"{source}: {told}"
    for key in ("stacked_on", "baseline", "note", "limit"):
        if text := getattr(recipe, key):
            yield key.replace("_", " "), text
    yield (
        "arguments",
        "sizes that the data decides stand below as the builder has them; a run has the data's",
    )
    if recipe.search:
        told = ", ".join(f"{key} ({_distribution(each)})" for key, each in recipe.search.items())
        yield "zoo tune", f"varies {told}"


def settings(recipe: Recipe, source: str) -> list[Setting]:
    """What `--set` takes, with the recipe's values on a source of its data."""
    held = recipe.for_source(source)
    told = meanings(inspect.getdoc(Recipe) or "", "Attributes:")
    found: list[Setting] = []
    for name, kind in kinds_of(Recipe).items():
        if name in FIXED:
            continue
        value = getattr(held, name)
        if name == "arguments":
            found += _arguments(held)
        elif name == "dataset_options":
            found += _options(held, source)
        elif isinstance(value, Mapping):
            takes, meaning = wanted(get_args(_bare(kind))[1]), told.get(name, "")
            entries = value or {_KEYS.get(name, "OUTPUT"): ""}
            found += [
                Setting(f"{name}.{key}", _written(each), takes, meaning)
                for key, each in entries.items()
            ]
        else:
            found.append(Setting(name, _written(value), wanted(kind), told.get(name, "")))
    return found


def _arguments(recipe: Recipe) -> Iterator[Setting]:
    """The builder's arguments; those that the data decides have no value."""
    builder = spec(recipe.architecture).builder
    told = _arguments_told(builder)
    for name, parameter in inspect.signature(builder).parameters.items():
        declared = parameter.annotation
        declared = declared if isinstance(declared, str) else inspect.formatannotation(declared)
        value = recipe.arguments.get(name, parameter.default)
        takes = _declared(declared)
        yield Setting(f"arguments.{name}", _written(value), takes, told.get(name, ""))


def _arguments_told(builder: Callable[..., Any]) -> dict[str, str]:
    """Argument -> what the docstring says, also where it points to another builder's."""
    told = meanings(inspect.getdoc(builder) or "", "Args:")
    for name, text in told.items():
        other = re.fullmatch(r"As (?:in|for|of) `(\w+)`", text)
        if other and other[1] in MODELS.names():
            theirs = meanings(inspect.getdoc(MODELS.get(other[1]).builder) or "", "Args:")
            told[name] = theirs.get(name, text)
    return told


def _options(recipe: Recipe, source: str) -> Iterator[Setting]:
    """The options of the source of the data."""
    for name, option in entry(recipe.dataset).source(source).options.items():
        value = recipe.dataset_options.get(name, option.default)
        yield Setting(f"dataset_options.{name}", _written(value), _range(option), "of the data")


def _range(option: Option) -> str:
    if isinstance(option, Whole):
        return f"whole number, {option.low:,} to {option.high:,}"
    return f"one of {', '.join(option.words)}" if isinstance(option, Choice) else "file path"


def _declared(annotation: str) -> str:
    """A builder's annotation in words."""
    plain = {"int": "whole number", "float": "number", "bool": "True or False", "str": "text"}
    base, _, free = annotation.partition(" | ")
    if base in plain:
        return plain[base] + (" or None" if free == "None" else "")
    return "tuple" if annotation.startswith("tuple") else "value"


def _bare(kind: Any) -> Any:
    """A type annotation without its rules."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def wanted(kind: Any) -> str:
    """A field's type annotation in words: `whole number, at least 1`."""
    bare = _bare(kind)
    rules = [each.wanted for each in get_args(kind)[1:] if isinstance(each, Rule)]
    if get_origin(bare) is tuple:
        return f"list of {wanted(get_args(bare)[0])}"
    if bare is str and rules:  # letters that a name may have are for the error to say
        return rules[0] if rules[0].startswith("one of") else "name"
    return ", ".join([_WORDS.get(bare, "value"), *rules[:1]])


def meanings(doc: str, section: str) -> dict[str, str]:
    """Name -> its first sentence in a section of a docstring, such as `Args:`."""
    _, _, rest = doc.partition(f"{section}\n")
    body = re.split(r"\n\n", rest, maxsplit=1)[0]
    found: dict[str, str] = {}
    for part in re.split(r"\n(?=    \w)", f"\n{body}"):
        names, colon, text = part.strip().partition(":")
        sentence = re.split(r"[.;](?:\s|$)", " ".join(text.split()), maxsplit=1)[0]
        if colon:
            found |= dict.fromkeys((each.strip() for each in names.split(",")), sentence)
    return found


def commands(recipe: Recipe) -> list[str]:
    """Commands to begin with."""
    sources = [each.name for each in entry(recipe.dataset).sources]
    found = [f"zoo train {recipe.name}"]
    found += [f"zoo train {recipe.name} --data {source}" for source in sources]
    found.append(f"zoo train {recipe.name} --set epochs={recipe.epochs} --set batch_size=64")
    if recipe.search:
        found.append(f"zoo tune {recipe.name}")
    return [*found, f"zoo predict {recipe.name}", f"zoo runs {recipe.name}"]


def _distribution(values: Sequence[Any]) -> str:
    kind, *ends = values
    if kind == "choice":
        return " or ".join(map(_written, ends))
    return f"{_written(ends[0])} to {_written(ends[1])}{', log' if kind == 'log' else ''}"


def _written(value: Any) -> str:
    """A value as `--set` takes it."""
    if value is inspect.Parameter.empty:
        return ""
    if isinstance(value, tuple):
        return "(" + ",".join(repr(each) for each in value) + ("," if len(value) == 1 else "") + ")"
    return f"{value:g}" if isinstance(value, float) else str(value)
