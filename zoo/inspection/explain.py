"""Parameter arithmetic: every layer's count from a formula, line by line.

    >>> print(zoo.explain("rnn"))
    rnn
      lstm    LSTM   4 x (1 x 10 + 10^2 + 10)  =  480
      hidden  Dense  (10 + 1) x 10             =  110
      label   Dense  (10 + 1) x 1              =   11
      total                                    =  601

The rules of the layers in it follow below the table.

Importing this module does not import TensorFlow.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from zoo._keras import keras
from zoo.core import html
from zoo.core.errors import BuildError, ZooError
from zoo.inspection.arithmetic import RULES, evaluate, rule, terms
from zoo.inspection.diagram.graph import (
    Graph,
    holder,
    is_graph_model,
    stable_names,
    trace,
    uses,
    wrapped,
)
from zoo.models.abstract_build import abstract_build
from zoo.models.registry import build

OUTSIDE = "not in the graph"


@dataclass(frozen=True)
class Line:
    """One line: some weights of a layer, or the heading of a nested model or wrapper.

    Attributes:
        path: Names from the model down to the layer, joined by "/".
        layer: The layer's class.
        formula: Empty for a heading and for a layer without weights.
        count: The formula's result.
        weights: Names of the weights counted.
        note: Whether the layer is shared, outside the graph, not built yet, or its weights are
            not trained.
        rule: Key of `arithmetic.RULES`; None where shapes are multiplied as they are.
    """

    path: str
    layer: str
    formula: str = ""
    count: int = 0
    trainable: bool = True
    weights: tuple[str, ...] = ()
    note: str = ""
    rule: str | None = None

    @property
    def depth(self) -> int:
        """How many models and wrappers the layer is inside of."""
        return self.path.count("/")

    @property
    def name(self) -> str:
        """The layer's own name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Explanation:
    """All lines of a model; `str` gives an aligned table.

    Attributes:
        name: The model's.
        lines: One for the weights of each layer.
        omitted: How many layers without weights have no line.
    """

    name: str
    lines: tuple[Line, ...]
    omitted: int = 0

    @property
    def trainable(self) -> int:
        return sum(line.count for line in self.lines if line.trainable)

    @property
    def non_trainable(self) -> int:
        return sum(line.count for line in self.lines if not line.trainable)

    @property
    def total(self) -> int:
        return self.trainable + self.non_trainable

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain data, for JSON."""
        return {
            "name": self.name,
            "lines": [
                {key: value for key, value in asdict(line).items() if key != "rule"}
                for line in self.lines
            ],
            "total": self.total,
            "trainable": self.trainable,
            "non_trainable": self.non_trainable,
            "omitted": self.omitted,
        }

    def __repr__(self) -> str:
        return f"<Explanation of {self.name}: {self.total:,} parameters; print it for the table>"

    def _repr_html_(self) -> str:
        rows = [
            (
                "\N{NO-BREAK SPACE}" * 4 * line.depth + line.name,
                line.layer,
                line.formula,
                line.note,
                f"{line.count:,}" if line.formula else "",
            )
            for line in self.lines
        ]
        sums = [("total", "", "", "", f"{self.total:,}")]
        if self.non_trainable:
            sums.append(("trained", "", "", "", f"{self.trainable:,}"))
            sums.append(("not trained", "", "", "", f"{self.non_trainable:,}"))
        header = ("layer", "class", "formula", "", "parameters")
        notes = [html.note(text.strip()) for text in self._footnotes() if text]
        return html.card(
            self.name,
            f"{self.total:,} parameters",
            html.table(header, [*rows, *sums], left=4),
            *notes,
        )

    def __str__(self) -> str:
        rows = [
            (
                "  " * line.depth + line.name,
                line.layer,
                line.formula,
                f"{line.count:,}" if line.formula else "",
                line.note,
            )
            for line in self.lines
        ]
        rows.append(("total", "", "", f"{self.total:,}", ""))
        if self.non_trainable:
            rows.append(("trained", "", "", f"{self.trainable:,}", ""))
            rows.append(("not trained", "", "", f"{self.non_trainable:,}", ""))
        name, layer, formula, count = (max(len(row[at]) for row in rows) for at in range(4))
        table = [
            f"  {row[0]:{name}}  {row[1]:{layer}}  {row[2]:{formula}}  {'=' if row[3] else ' '}"
            f"  {row[3]:>{count}}  {row[4]}".rstrip()
            for row in rows
        ]
        return "\n".join([self.name, *table, *self._footnotes()])

    def _footnotes(self) -> list[str]:
        used = [key for key in RULES if any(line.rule == key for line in self.lines)]
        width = max(map(len, used), default=0)
        notes = [f"  {key:{width}}  {RULES[key].words}" for key in used]
        if self.omitted:
            layers = "layer" if self.omitted == 1 else "layers"
            notes.append(f"  and {self.omitted} {layers} without weights")
        return ["", *notes] if notes else []


def explain(model: keras.Model | str, *, weightless: bool = False, **arguments: Any) -> Explanation:
    """Show where a model's parameters come from.

    Args:
        model: A model, or the name of an architecture, which is then built without memory for
            its weights.
        weightless: List layers without weights too.
        **arguments: Arguments of the architecture, where `model` is a name.

    Returns:
        The explanation: `print` it for a table, or let a notebook show it; `lines` and `as_dict()`
        are its data.

    Raises:
        UnknownNameError, BuildError: as `zoo.build`.
        BuildError: the model is not built: it has no weights yet.
        ZooError: it is neither a model nor a name.

    Example:
        >>> import zoo
        >>> print(zoo.explain("seed_difference"))
        seed_difference
          score_diff  Dense  (1 + 1) x 1  =  2
          total                           =  2
        <BLANKLINE>
          Dense  (inputs + 1) x units
          and 1 layer without weights
    """
    explained: Any = model
    if isinstance(model, str):
        with abstract_build():
            explained = build(model, **arguments)
    elif not hasattr(model, "layers"):
        raise ZooError(f"explain takes a Keras model or a name, not {type(model).__name__}")
    elif arguments:
        raise TypeError("builder arguments need the name of an architecture, not a model")
    if not explained.built and not explained.weights:
        raise BuildError(
            f"{explained.name} is not built, so that its parameters are not known: give it a "
            "keras.Input first, or call it on a row"
        )
    graph = trace(explained)
    walk = _Walk(uses(graph), weightless)
    walk.graph(graph, "")
    if is_graph_model(explained):
        walk.rest(explained, graph, "")
    return Explanation(graph.name, tuple(walk.lines), walk.omitted)


class _Walk:
    """Goes through a model's layers, every layer once."""

    def __init__(self, calls: Counter[int], weightless: bool) -> None:
        self.lines: list[Line] = []
        self.omitted = 0
        self._calls = calls
        self._weightless = weightless
        self._seen: set[int] = set()  # layers
        self._counted: set[int] = set()  # weights

    def graph(self, graph: Graph, above: str) -> None:
        """Explain each layer that the graph calls."""
        layers = {id(call.operation): call for call in graph.calls}
        for call in layers.values():
            self.layer(call.operation, f"{above}{call.name}")

    def rest(self, model: Any, graph: Graph, above: str) -> None:
        """Explain what a subclass of a functional model holds beside its graph."""
        called = {id(call.operation) for call in graph.calls}
        held = list(model._flatten_layers(include_self=False, recursive=False))
        others = [layer for layer in held if id(layer) not in called]
        for layer, name in zip(others, stable_names(others), strict=True):
            if not isinstance(layer, keras.layers.InputLayer):
                self.layer(layer, f"{above}{name}", OUTSIDE)
        self._own(model, above.rstrip("/") or graph.name, held, OUTSIDE)

    def layer(self, layer: Any, path: str, note: str = "") -> None:
        """Explain one layer, and what is inside it."""
        kind = type(layer).__name__
        if not getattr(layer, "weights", None):
            if not getattr(layer, "built", True):
                self.lines.append(Line(path, kind, note="not built"))
            elif self._weightless:
                self.lines.append(Line(path, kind))
            else:
                self.omitted += 1
            return
        if id(layer) in self._seen:
            self.lines.append(Line(path, kind, note="weights counted above"))
            return
        self._seen.add(id(layer))
        calls = self._calls[id(holder(layer))]
        shared = note or (f"shared, called {calls} times" if calls > 1 else "")
        if is_graph_model(layer):
            self.lines.append(Line(path, kind, note=shared))
            graph = trace(layer)
            self.graph(graph, f"{path}/")
            self.rest(layer, graph, f"{path}/")
            return
        inside = _inside(layer)
        if inside:
            self.lines.append(Line(path, kind, note=shared))
        self._own(layer, path, inside, "" if inside else shared)
        for inner, name in zip(inside, stable_names(inside), strict=True):
            self.layer(inner, f"{path}/{name}")

    def _own(self, layer: Any, path: str, inside: list[Any], shared: str) -> None:
        """Lines for the weights that belong to the layer itself."""
        inner = {id(weight) for each in inside for weight in each.weights}
        own = [weight for weight in layer.weights if id(weight) not in inner]
        new = [weight for weight in own if id(weight) not in self._counted]
        self._counted |= {id(weight) for weight in own}
        whole = not inside and len(new) == len(own)  # else a rule would count the others again
        key = rule(layer) if whole else None
        kind = type(layer).__name__
        for formula, weights in terms(layer, None if whole else new):
            names = tuple(weight.name for weight in weights)
            trained = all(weight.trainable for weight in weights)
            untrained = "" if trained else f"not trained: {', '.join(names)}"
            note = "; ".join(filter(None, (shared, untrained)))
            count = evaluate(formula)
            self.lines.append(Line(path, kind, formula, count, trained, names, note, key))


def _inside(layer: Any) -> list[Any]:
    """The layers inside a wrapper or another composite layer; none for one that a rule counts."""
    if rule(layer) is not None:
        return []
    return list(wrapped(layer) or layer._flatten_layers(include_self=False, recursive=False))
