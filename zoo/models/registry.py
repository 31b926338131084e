"""The registry: every architecture is a builder function with a card, listed by name.

Importing this module loads neither the builders nor TensorFlow; the first look-up loads the
builders, the first `build` loads TensorFlow.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeVar

from zoo.core import plugins
from zoo.core.errors import BuildError, UnknownNameError
from zoo.models.documents import DOCUMENTS, Document

if TYPE_CHECKING:
    import keras

Builder = TypeVar("Builder", bound=Callable[..., Any])

CONCEPTS: dict[str, str] = {
    "sequential": "layers one after another, offered or written as a Sequential model",
    "multi-input": "more than one input tensor",
    "multi-output": "more than one output tensor",
    "shared-layers": "one layer or model called more than once, with one set of weights",
    "model-as-layer": "a whole model used as a layer of another",
    "merge": "branches joined by add, subtract, multiply or concatenate",
    "branches": "one tensor read by several parallel branches",
    "embedding": "integers looked up as vectors",
    "stacking": "a model's prediction is another model's input",
    "auxiliary-output": "an extra output and loss part-way through the model",
    "loss-weights": "several losses added with unequal weights",
    "convolution": "Conv1D or Conv2D layers",
    "recurrent": "LSTM layers",
    "time-distributed": "a layer or model applied at every time step",
    "inception": "parallel convolutions of several sizes, concatenated",
    "residual": "a block's input added to its output",
    "batch-normalization": "BatchNormalization layers",
    "dropout": "Dropout layers",
    "block": "a part of a network, made to be used inside larger models",
    "application": "an architecture that keras.applications provides",
    "multi-modal": "inputs of different kinds: numbers, text, pictures",
    "variable-length": "an axis whose length may differ from batch to batch",
}


@dataclass(frozen=True)
class TensorSpec:
    """An input or output tensor: its layer's name, shape without the batch axis, and meaning.

    `vocabulary` names the data's label list that its ids index; `text` says what a model that
    reads text there takes for a step: `words`, `vectors` of words, or `characters`; `default` is
    what a prediction assumes where the value is not given.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"
    unit: str = ""
    meaning: str = ""
    vocabulary: str = ""
    text: str = ""
    default: float | None = None


@dataclass(frozen=True)
class Variant:
    """Arguments worth a name of their own, such as a document's misprint, with their count."""

    arguments: Mapping[str, Any]
    count: int
    note: str
    published: int | None = None


@dataclass(frozen=True)
class ModelSpec:
    """The card of one registered builder; everything but `builder` is plain data."""

    name: str
    builder: Callable[..., Any]
    family: str
    sources: tuple[Document, ...]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    count: int
    published: int | None = None
    published_note: str = ""
    concepts: tuple[str, ...] = ()
    claim: str = ""
    errata: tuple[str, ...] = ()
    recipe: str | None = None
    aliases: tuple[str, ...] = ()
    tiny: Mapping[str, Any] = field(default_factory=dict)
    variants: Mapping[str, Variant] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The first line of the builder's docstring."""
        return (inspect.getdoc(self.builder) or "").partition("\n")[0]

    @property
    def defaults(self) -> dict[str, Any]:
        """The builder's arguments with their default values."""
        parameters = inspect.signature(self.builder).parameters.values()
        return {parameter.name: parameter.default for parameter in parameters}

    def takes_only_bool(self, argument: str) -> bool:
        """Whether the builder declares an argument as True or False and nothing else."""
        declared = inspect.signature(self.builder).parameters[argument].annotation
        return declared in (bool, "bool")  # a string where annotations are postponed


_architectures: dict[str, ModelSpec] = plugins.restorable({})
_names: dict[str, str] = plugins.restorable({})  # every name and alias -> the name it stands for


def register(
    *,
    sources: str | tuple[str, ...],
    inputs: tuple[TensorSpec, ...],
    outputs: tuple[TensorSpec, ...],
    count: int,
    published: int | None = None,
    published_note: str = "",
    concepts: tuple[str, ...] = (),
    claim: str = "",
    errata: tuple[str, ...] = (),
    recipe: str | None = None,
    aliases: tuple[str, ...] = (),
    tiny: Mapping[str, Any] | None = None,
    variants: Mapping[str, Variant] | None = None,
) -> Callable[[Builder], Builder]:
    """Register the decorated builder under its function name.

    Args:
        sources: Keys of `zoo.models.documents.DOCUMENTS`, the teaching document first.
        inputs, outputs: The ports of the model at default arguments, in the model's order.
        count: Parameters of the model at default arguments, non-trainable ones included.
        published: The count that the document itself prints, if any.
        published_note: What the published count stands for where it differs from `count`.
        concepts: Keys of `CONCEPTS`.
        claim: What the document says of the model.
        errata: Misprints of the document, each in a sentence.
        recipe: The default recipe; None where there is nothing to train.
        aliases: Other names that find this entry.
        tiny: Arguments of a small model of the same structure, for fast tests.
        variants: Named arguments with their counts.

    Raises:
        ValueError: a name or alias is taken, or a source or concept is not known.
    """

    def decorate(builder: Builder) -> Builder:
        name = builder.__name__
        keys = (sources,) if isinstance(sources, str) else sources
        for kind, given, known in (("source", keys, DOCUMENTS), ("concept", concepts, CONCEPTS)):
            for key in given:
                if key not in known:
                    raise ValueError(f"{name}: {UnknownNameError(kind, key, known)}")
        for taken in (name, *aliases):
            if taken in _names:
                raise ValueError(f"{taken!r} is registered already, by {_names[taken]!r}")
        entry = ModelSpec(
            name=name,
            builder=builder,
            family=builder.__module__.rpartition(".")[2],
            sources=tuple(DOCUMENTS[key] for key in keys),
            inputs=inputs,
            outputs=outputs,
            count=count,
            published=published,
            published_note=published_note,
            concepts=concepts,
            claim=claim,
            errata=errata,
            recipe=recipe,
            aliases=aliases,
            tiny=dict(tiny or {}),
            variants=dict(variants or {}),
        )
        _architectures[name] = entry
        _names.update(dict.fromkeys((name, *aliases), name))
        return builder

    return decorate


def _load_builders() -> None:
    importlib.import_module("zoo.models")
    plugins.load()


def list_models(pattern: str = "*", *, concept: str | None = None) -> list[str]:
    """Names of the registered architectures, in the catalogue's order.

    Args:
        pattern: A name, alias or shell wildcard, such as `"*scores*"`.
        concept: Keep only architectures with this key of `CONCEPTS`.

    Raises:
        UnknownNameError: `concept` is not a known one.
    """
    _load_builders()
    if concept is not None and concept not in CONCEPTS:
        raise UnknownNameError("concept", concept, CONCEPTS)
    return [
        name
        for name, entry in _architectures.items()
        if any(fnmatchcase(known, pattern) for known in (name, *entry.aliases))
        and (concept is None or concept in entry.concepts)
    ]


def spec(name: str) -> ModelSpec:
    """The card of an architecture, found by name or alias.

    Raises:
        UnknownNameError: no such name; the message gives the nearest known ones.
    """
    _load_builders()
    if name not in _names:
        raise UnknownNameError("architecture", name, _names)
    return _architectures[_names[name]]


def build(name: str, *, weights: str | None = None, **arguments: Any) -> keras.Model:
    """Build an architecture: a `keras.Model` ready to compile, every layer named.

    Args:
        name: A registered name or alias; with weights, a recipe's name will do.
        weights: `embedded` for the trained weights that ship with the zoo; the model is then
            built with the sizes that its recipe and data gave it.
        **arguments: The builder's own arguments; `spec(name).defaults` lists them.

    Raises:
        UnknownNameError: no such architecture.
        BuildError: an argument that the builder does not have or cannot build from, or weights
            that do not ship or were trained with other arguments.
    """
    if weights is not None:
        return importlib.import_module("zoo.experiments.pretrained").build(name, weights, arguments)
    entry = spec(name)
    for argument, value in arguments.items():
        if argument not in entry.defaults:
            raise BuildError(
                f"{entry.name}: {UnknownNameError('argument', argument, entry.defaults)}"
            )
        if isinstance(value, str) and entry.takes_only_bool(argument):
            raise BuildError(  # or "no" would switch it on
                f"{entry.name}: {argument} takes True or False, not {value!r}"
            )
    try:
        return entry.builder(**arguments)
    except (ValueError, TypeError, OverflowError) as error:
        reason = str(error).partition("\n")[0]
        given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        raise BuildError(f"cannot build {entry.name}({given}): {reason}") from error
