"""What the registry knows about an architecture: its tensors, documents, counts and concepts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zoo.core import html
from zoo.models.documents import Document

CONCEPTS: dict[str, str] = {
    "sequential": "layers one after another, as a Sequential model or available as one",
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
    "attention": "a softmax over places says how much of each is read",
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


Shape = tuple[int | None, ...]


def shape_text(shape: Iterable[object]) -> str:
    """A shape without the batch axis, as all pages write it: `(28, 28, 192)`, `(1)`, `(None)`."""
    return f"({', '.join(map(str, shape))})"


@dataclass(frozen=True)
class TensorSpec:
    """An input or output tensor of an architecture.

    Attributes:
        name: Name of the layer that holds it.
        shape: Without the batch axis. An axis is a number, None for any length, or the name of
            the builder argument that sizes it: `("length", 1)`. An argument that holds a tuple
            stands for several axes: `("image_shape",)`. Where a size has to be computed, a
            function of the builder's arguments gives one or several axes.
        meaning, unit, dtype: What a value is.
        vocabulary: The data's list of labels that its ids index, or its probabilities are of.
        text: What one step of a text is: `words`, `vectors` of words, or `characters`; of a text
            that is split in `sentences`, without the marks that end them, a word.
        default: The value that a prediction assumes where none is given.
        header: What a user's table calls it, where that is another name.
        missing: Whether a value may be missing: NaN, or in an input of text "".
        picture: The levels of black and white, of a tensor that holds pictures. Its shape ends in
            height, width and channels, or in the pixels of a square gray picture, row by row.
        format: How a date is written, as in `datetime.strptime`; a value is then in days since
            1970-01-01.
        scale, origin, shown_unit: A person is shown `origin + scale * value`, in this unit, such
            as the year of a value in decades since 1900.
        least: The smallest size of an axis that an argument sizes (both height and width of a
            picture) that survives the convolutions and pools. A number, or a function of the
            builder's arguments.
        when: The builder argument that decides whether the model has this tensor: it does if the
            argument is true or, where it is a list, names the tensor; a text is the tensor's
            name. `not ARGUMENT` is the opposite. Empty: always.

    Example:
        >>> import zoo
        >>> zoo.TensorSpec("age", (1,), meaning="age of the author", unit="years")
        <TensorSpec age (1) float32>
    """

    name: str
    shape: tuple[int | str | Callable[..., Shape] | None, ...]
    meaning: str = ""
    unit: str = ""
    dtype: str = "float32"
    vocabulary: str = ""
    text: str = ""
    default: float | None = None
    header: str = ""
    missing: bool = False
    picture: tuple[float, float] | None = None
    format: str = ""
    scale: float = 1.0
    origin: float = 0.0
    shown_unit: str = ""
    least: int | Callable[..., int] = 1
    when: str = ""

    def __repr__(self) -> str:
        axes = ("computed" if callable(axis) else axis for axis in self.shape)
        return f"<TensorSpec {self.name} {shape_text(axes)} {self.dtype}>"

    def resolved(self, arguments: Mapping[str, Any]) -> TensorSpec | None:
        """The tensor of a model with these arguments, sized; None if the model has no such tensor.

        Args:
            arguments: All arguments of the builder.

        Returns:
            A `TensorSpec` whose shape holds numbers and None alone, or None.

        Example:
            >>> import zoo
            >>> zoo.TensorSpec("walk", ("length", 1)).resolved({"length": 50})
            <TensorSpec walk (50, 1) float32>
        """
        argument = self.when.removeprefix("not ")
        value = arguments[argument] if argument else True
        held = self.name in value if isinstance(value, list | tuple) else bool(value)
        if held == self.when.startswith("not "):
            return None
        shape: list[int | None] = []
        for axis in self.shape:
            size = arguments[axis] if isinstance(axis, str) else axis
            size = size(**arguments) if callable(size) else size
            shape.extend(size if isinstance(size, list | tuple) else (size,))
        name = value if isinstance(value, str) else self.name
        return replace(self, name=name, shape=tuple(shape), least=self.least_at(arguments))

    def least_at(self, arguments: Mapping[str, Any]) -> int:
        """`least` as a number.

        Args:
            arguments: All arguments of the builder.

        Returns:
            The smallest size of an axis that an argument sizes.

        Example:
            >>> import zoo
            >>> entry = zoo.spec("cnn")
            >>> entry.inputs[0].least_at(entry.defaults)
            13
        """
        return self.least(**arguments) if callable(self.least) else self.least


@dataclass(frozen=True)
class Variant:
    """Named arguments, such as those of a document's misprint, with their parameter count."""

    arguments: Mapping[str, Any]
    count: int
    note: str
    published: int | None = None


@dataclass(frozen=True)
class ModelSpec:
    """The description of one architecture; everything but `builder` is plain data.

    Attributes:
        name: What `zoo.build` takes.
        builder: The function that makes the model.
        family: The file of `zoo/models/` that it is in.
        documents: The documents that describe it, the teaching document first.
        section: Where in the first document it stands.
        inputs, outputs: Its tensors, in the model's order.
        count: Parameters at default arguments, non-trainable ones included.
        published: The count that the document prints, if any.
        published_note: What the published count covers where it differs from `count`.
        concepts: What it shows, such as `shared-layers`.
        claim: What the document says about it.
        errata: Misprints of the document.
        recipe: The default recipe; None where there is nothing to train.
        aliases: Other names that find it.
        tiny: Arguments of a small model of the same structure.
        variants: Named arguments with their counts.

    Example:
        >>> import zoo
        >>> entry = zoo.spec("headline")
        >>> [tensor.name for tensor in entry.outputs]
        ['main_output', 'aux_output']
    """

    name: str
    builder: Callable[..., Any]
    family: str
    documents: tuple[Document, ...]
    section: str
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

    def __repr__(self) -> str:
        read, given = (
            ", ".join(each.name for each in side) for side in (self.inputs, self.outputs)
        )
        return f"<ModelSpec {self.name}: {read} -> {given}, {self.count:,} parameters>"

    def _repr_html_(self) -> str:
        return html.shown(self)

    @property
    def summary(self) -> str:
        """The first line of the builder's docstring.

        Returns:
            A sentence.

        Example:
            >>> import zoo
            >>> zoo.spec("rnn").summary
            'Two-class classifier of a series: LSTM, then Dense.'
        """
        return (inspect.getdoc(self.builder) or "").partition("\n")[0]

    @property
    def writes(self) -> bool:
        """Whether it says of every step of its one input what may come next: it can go on.

        Returns:
            True for a model that writes text.

        Example:
            >>> import zoo
            >>> [name for name in zoo.list_models() if zoo.spec(name).writes]
            ['text_generator']
        """
        if len(self.inputs) != 1 or len(self.outputs) != 1:
            return False
        read, written = self.inputs[0].vocabulary, self.outputs[0].vocabulary
        return bool(read) and read == written

    @property
    def defaults(self) -> dict[str, Any]:
        """The builder's arguments with their default values.

        Returns:
            Argument -> value.

        Example:
            >>> import zoo
            >>> zoo.spec("rnn").defaults
            {'length': 100, 'n_features': 1, 'units': 10, 'hidden': 10}
        """
        parameters = inspect.signature(self.builder).parameters.values()
        return {parameter.name: parameter.default for parameter in parameters}

    def resolved(self, arguments: Mapping[str, Any] | None = None) -> ModelSpec:
        """This entry with the inputs and outputs of a model with these arguments, sized.

        Args:
            arguments: Builder arguments that differ from the defaults.

        Returns:
            A `ModelSpec` whose shapes hold numbers and None alone.

        Example:
            >>> import zoo
            >>> zoo.spec("rnn").resolved({"length": 20}).inputs
            (<TensorSpec sequence (20, 1) float32>,)
        """
        chosen = {**self.defaults, **(arguments or {})}
        sides = ((each.resolved(chosen) for each in side) for side in (self.inputs, self.outputs))
        inputs, outputs = (tuple(each for each in side if each) for side in sides)
        return replace(self, inputs=inputs, outputs=outputs)
