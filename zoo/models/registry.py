"""The registry: every architecture is a builder function with a `ModelSpec`, found by name.

Looking around loads no TensorFlow; the first `build` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from zoo.core.errors import BuildError, UnknownNameError, check_text, memory_is_out
from zoo.core.registry import Registry
from zoo.models.arguments import check_arguments
from zoo.models.documents import DOCUMENTS
from zoo.models.spec import CONCEPTS, ModelSpec, TensorSpec, Variant

if TYPE_CHECKING:
    import keras

Builder = TypeVar("Builder", bound=Callable[..., Any])

MODELS: Registry[ModelSpec] = Registry("architecture", listed_by="zoo list")


def register(
    *,
    documents: str | tuple[str, ...],
    section: str = "",
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
        documents: Keys of `zoo.models.documents.DOCUMENTS`, the teaching document first.
        section: Where in the first document the model stands: its heading, or what is taught there.
        inputs, outputs: The model's tensors at default arguments, in the model's order.
        count: Parameters of the model at default arguments, non-trainable ones included.
        published: The count that the document itself prints, if any.
        published_note: What the published count covers where it differs from `count`.
        concepts: Keys of `CONCEPTS`.
        claim: What the document says about the model.
        errata: Misprints of the document, each in a sentence.
        recipe: The default recipe; None where there is nothing to train.
        aliases: Other names that find this entry.
        tiny: Arguments of a small model of the same structure, for fast tests.
        variants: Named arguments with their counts.

    Returns:
        The decorator, which gives the builder back as it is.

    Raises:
        ValueError: a name or alias is taken, or a document or concept is not known.

    Example:
        >>> import zoo
        >>> from zoo._keras import keras
        >>> @zoo.register(
        ...     documents="model-api",
        ...     inputs=(zoo.TensorSpec("x", ("width",)),),
        ...     outputs=(zoo.TensorSpec("y", (1,)),),
        ...     count=3,
        ... )
        ... def straight_line(width: int = 2):
        ...     '''One Dense layer.'''
        ...     x = keras.Input((width,), name="x")
        ...     return keras.Model(x, keras.layers.Dense(1, name="y")(x), name="straight_line")
        >>> zoo.build("straight_line", width=5).count_params()
        6
    """

    def decorate(builder: Builder) -> Builder:
        name = builder.__name__
        keys = (documents,) if isinstance(documents, str) else documents
        for kind, given, known in (("document", keys, DOCUMENTS), ("concept", concepts, CONCEPTS)):
            for key in given:
                if key not in known:
                    raise ValueError(f"{name}: {UnknownNameError(kind, key, known)}")
        entry = ModelSpec(
            name=name,
            builder=builder,
            family=builder.__module__.rpartition(".")[2],
            documents=tuple(DOCUMENTS[key] for key in keys),
            section=section,
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
        MODELS.register(entry)
        return builder

    return decorate


def list_models(
    pattern: str = "*", *, concept: str | None = None, document: str | None = None
) -> list[str]:
    """Names of the registered architectures, in the catalog's order.

    Args:
        pattern: A name, alias or shell wildcard, such as `"*scores*"`.
        concept: Keep only architectures with this key of `CONCEPTS`.
        document: Keep only architectures that cite this key of `DOCUMENTS`, first or further on.

    Returns:
        The names, as a plain list.

    Raises:
        UnknownNameError: `concept` or `document` is not a known one; the message gives the nearest.

    Example:
        >>> import zoo
        >>> zoo.list_models(concept="shared-layers", document="model-api")
        ['video_classifier', 'tweet_pair']
    """
    for kind, wanted, known in (("concept", concept, CONCEPTS), ("document", document, DOCUMENTS)):
        if wanted is None:
            continue
        check_text(f"the {kind}", wanted)
        if wanted not in known:
            raise UnknownNameError(kind, wanted, known, f"zoo list --{kind}s")
    found = []
    for name in MODELS.names(pattern):
        entry = MODELS.get(name)
        cited = [each.key for each in entry.documents]
        if concept in (None, *entry.concepts) and document in (None, *cited):
            found.append(name)
    return found


def spec(name: str) -> ModelSpec:
    """The description of an architecture, found by name or alias.

    Args:
        name: A registered name or alias.

    Returns:
        The `zoo.ModelSpec`: tensors, document, counts, errata, concepts, recipe. A notebook shows
        it as a card with the diagram.

    Raises:
        UnknownNameError: no such name; the message gives the nearest known ones.

    Example:
        >>> import zoo
        >>> zoo.spec("basketball")
        <ModelSpec basketball: team_1, team_2, home -> score_diff, 10,892 parameters>
        >>> zoo.spec("basketball").defaults["n_teams"]
        10888
    """
    return MODELS.get(name)


def build(name: str, /, **arguments: Any) -> keras.Model:
    """Build an architecture: a `keras.Model` ready to compile, every layer named.

    Args:
        name: A registered name or alias.
        **arguments: The builder's own arguments; `spec(name).defaults` lists them.

    Raises:
        UnknownNameError: no such architecture.
        BuildError: an argument that the builder does not have or cannot build from.
    """
    entry = spec(name)
    for argument in arguments:
        if argument not in entry.defaults:
            raise BuildError(
                f"{entry.name}: {UnknownNameError('argument', argument, entry.defaults)}"
            )
    try:
        check_arguments(entry, {**entry.defaults, **arguments})
        return entry.builder(**arguments)
    except Exception as error:
        if memory_is_out(error):
            reason = "it does not fit into memory"
        elif isinstance(error, ValueError | TypeError | OverflowError):
            reason = str(error).partition("\n")[0]
        else:
            raise
        given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        raise BuildError(f"cannot build {entry.name}({given}): {reason}") from error
