"""Fewer boxes for large networks: a run, a block or a row of equal blocks becomes one box.

A run is a layer with the normalization, activation and dropout that follow it. A block is what
lies between two points that all data pass through: the branches of an inception module, or the
body and the shortcut of a residual one. Nothing that is shared, nested, an input or an output
is ever hidden in a block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise, takewhile
from typing import Literal

from zoo.inspection.diagram import describe
from zoo.inspection.diagram.graph import Call, Graph, Tensor, is_automatic

Detail = Literal["layers", "runs", "blocks"]
DETAILS = ("layers", "runs", "blocks")  # from fine to coarse
MAX_BOXES = 24  # more than this in one drawing and the next coarser detail is taken
MAX_PATHS = 6  # branches spelled out in one block
MAX_WIDTH = 40  # characters of a line inside a block
FOLLOWERS = ("Normalization", "Activation", "ReLU", "ELU", "Softmax", "Dropout", "Noise")


@dataclass(frozen=True)
class Unit:
    """What one box shows: calls by index, in order; `parts` are what was folded."""

    calls: tuple[int, ...]
    form: Literal["layer", "run", "block", "repeat"] = "layer"
    parts: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Wire:
    """An edge between two units, by their place in the sketch."""

    tail: int
    head: int
    tensor: Tensor


@dataclass(frozen=True)
class Sketch:
    """A graph's units, each after its sources, and the wires between them."""

    graph: Graph
    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]

    def calls(self, unit: Unit) -> list[Call]:
        return [self.graph.calls[index] for index in unit.calls]


@dataclass(frozen=True)
class Summary:
    """A unit in words.

    Attributes:
        lines: What its box says below the title, parameters aside.
        kind: The family of its first layer, which colors the box.
        parameters: Of all its layers.
        trained: Whether its weights are trained, in words.
    """

    unit: Unit
    calls: list[Call]
    title: str
    lines: list[str]
    kind: str
    parameters: int
    trained: str


def sketch(graph: Graph, detail: Detail | Literal["auto"] = "auto") -> Sketch:
    """The graph at a level of detail; "auto" takes the finest with few enough boxes."""
    drawn = _contract(graph, [Unit((index,)) for index in range(len(graph.calls))])
    for level, fold in (("runs", _join_runs), ("blocks", _fold_blocks)):
        fits = len(drawn.units) <= MAX_BOXES
        if fits if detail == "auto" else DETAILS.index(detail) < DETAILS.index(level):
            break
        drawn = fold(drawn)
    return drawn


def cuts(drawn: Sketch) -> list[int]:
    """The units that everything flowing from the inputs to the outputs passes through."""
    last = len(drawn.units)
    spans = [(wire.tail, wire.head) for wire in drawn.wires]
    home = {call: place for place, unit in enumerate(drawn.units) for call in unit.calls}
    spans += [(-1, home[call]) for call in drawn.graph.inputs]
    spans += [(home[tensor.call], last) for tensor in drawn.graph.outputs]
    return [place for place in range(last) if not any(tail < place < head for tail, head in spans)]


def summaries(drawn: Sketch, show: describe.Show) -> list[Summary]:
    """What there is to say of each unit."""
    found = []
    for unit in drawn.units:
        calls = drawn.calls(unit)
        operations = {id(call.operation): call.operation for call in calls}.values()
        title, lines = _title(drawn, unit), _lines(drawn, unit, show)
        kind = describe.kind(calls[0].operation)
        count = sum(map(describe.parameter_count, operations))
        trained = describe.trained(operations)
        found.append(Summary(unit, calls, title, lines, kind, count, trained))
    return found


def _title(drawn: Sketch, unit: Unit) -> str:
    """The name of a box: its layer's, its block's, or the first and the last block's."""
    if unit.form == "repeat":
        return f"{_title(drawn, unit.parts[0])} … {_title(drawn, unit.parts[-1])}"
    calls = drawn.calls(unit)
    return _block_name(calls) if unit.form == "block" else calls[0].name


def _lines(drawn: Sketch, unit: Unit, show: describe.Show) -> list[str]:
    if unit.form == "repeat":
        return [f"{len(unit.parts)} blocks alike, each:", *_lines(drawn, unit.parts[0], show)]
    if unit.form == "block":
        return _block_lines(drawn, unit)
    first, *rest = [describe.settings(call.operation, show) for call in drawn.calls(unit)]
    if not rest:
        return [first]
    return [first, f"+ {', '.join(text.removeprefix('Activation ') for text in rest)}"]


def _contract(graph: Graph, units: Iterable[Unit]) -> Sketch:
    """The sketch of these units, ordered so that each comes after its sources."""
    ordered = sorted(units, key=lambda unit: unit.calls[-1])
    home = {call: place for place, unit in enumerate(ordered) for call in unit.calls}
    wires = {
        Wire(home[source.call], home[index], source): None  # a dict keeps the order
        for index, call in enumerate(graph.calls)
        for source in call.sources
        if home[source.call] != home[index]
    }
    return Sketch(graph, tuple(ordered), tuple(wires))


def _pinned(drawn: Sketch) -> set[int]:
    """Places of the units that must stay boxes of their own."""
    ends = {*drawn.graph.inputs, *(tensor.call for tensor in drawn.graph.outputs)}
    return {
        place
        for place, unit in enumerate(drawn.units)
        if ends & set(unit.calls) or any(map(_opens, drawn.calls(unit)))
    }


def _opens(call: Call) -> bool:
    """Whether a call is shared, or a model or wrapper with something to see inside."""
    return call.of > 1 or call.model is not None or bool(call.wraps)


def _join_runs(drawn: Sketch) -> Sketch:
    pinned = _pinned(drawn)
    leaving = Counter(wire.tail for wire in drawn.wires)
    arriving = Counter(wire.head for wire in drawn.wires)
    runs: dict[int, list[int]] = {}  # place of the last unit -> places of all
    for wire in drawn.wires:
        follower = type(drawn.calls(drawn.units[wire.head])[0].operation).__name__
        if (
            leaving[wire.tail] == arriving[wire.head] == 1
            and not {wire.tail, wire.head} & pinned
            and any(fragment in follower for fragment in FOLLOWERS)
        ):
            runs[wire.head] = [*runs.pop(wire.tail, [wire.tail]), wire.head]
    return _group(drawn, runs.values(), "run")


def _fold_blocks(drawn: Sketch) -> Sketch:
    pinned = _pinned(drawn)
    passed = cuts(drawn)
    blocks = []
    for opening, closing in pairwise(passed):
        inside = list(range(opening + 1, closing + 1))
        if len(inside) > 1 and not pinned & set(inside):
            blocks.append(inside)
    drawn = _group(drawn, blocks, "block")
    # plain layers whose names share a beginning, as block1_conv1, block1_conv2
    stages = _rows(drawn, ("layer", "run"), lambda unit: _prefix(drawn.calls(unit)[0]))
    drawn = _group(drawn, stages, "block")
    # blocks that are equal in everything but their names
    blocks = _rows(drawn, ("block",), lambda unit: _signature(drawn, unit))
    return _group(drawn, blocks, "repeat")


def _rows(drawn: Sketch, forms: Sequence[str], key: Callable[[Unit], object]) -> list[list[int]]:
    """Places next to each other on the one path, not pinned, whose units' keys are equal."""
    pinned = _pinned(drawn)
    free = [p for p in cuts(drawn) if p not in pinned and drawn.units[p].form in forms]
    rows = groupby(  # of neighbors the place less the index is the same; no key equals no key
        enumerate(free), lambda at: (at[1] - at[0], key(drawn.units[at[1]]) or at[1])
    )
    found = [[place for _, place in row] for _, row in rows]
    return [row for row in found if len(row) > 1]


def _signature(drawn: Sketch, unit: Unit) -> tuple[object, ...]:
    calls = drawn.calls(unit)
    texts = tuple(describe.settings(call.operation) for call in calls)
    weights = sum(describe.parameter_count(call.operation) for call in calls)
    return (*_block_lines(drawn, unit), texts, weights)


def _group(
    drawn: Sketch, groups: Iterable[Sequence[int]], form: Literal["run", "block", "repeat"]
) -> Sketch:
    """Replace each group of places by one unit."""
    units: list[Unit] = []
    grouped: set[int] = set()
    for group in groups:
        parts = tuple(drawn.units[place] for place in group)
        calls = tuple(sorted(call for part in parts for call in part.calls))
        units.append(Unit(calls, form, parts))
        grouped.update(group)
    units += [unit for place, unit in enumerate(drawn.units) if place not in grouped]
    return _contract(drawn.graph, units)


def _prefix(call: Call) -> str:
    """What the layer's name shares with its block's: all before the first underscore."""
    start, _, rest = call.name.partition("_")
    return "" if is_automatic(call) or not rest else start


def _block_name(calls: Sequence[Call]) -> str:
    """The start that most of the names share; failing that, the name of the closing merge."""
    named = [call for call in calls if not is_automatic(call)]
    if len(named) * 2 >= len(calls):
        columns = zip(*(call.name.split("_") for call in named), strict=False)
        common = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, columns)]
        if common:
            return "_".join(common)  # the whole words that all the names begin with
        prefix, times = Counter(map(_prefix, named)).most_common(1)[0]
        if prefix and times * 2 >= len(calls):
            return prefix
    merges = [call for call in calls if describe.kind(call.operation) == "merge"]
    return (merges or calls)[-1].name


def _block_lines(drawn: Sketch, unit: Unit) -> list[str]:
    closing = drawn.calls(unit.parts[-1])[0].operation
    if describe.kind(closing) != "merge":
        return _arrowed([_step(drawn, part) for part in unit.parts])
    paths = list(islice(_paths(drawn, unit), MAX_PATHS + 1))  # a dense block has millions
    number = f"{len(paths)}" if len(paths) <= MAX_PATHS else "many"
    shown = [line for path in paths[:MAX_PATHS] for line in _arrowed(path) or ["identity"]]
    more = ["…"] if len(paths) > MAX_PATHS else []
    return [f"{number} branches, {type(closing).__name__}", *shown, *more]


def _arrowed(steps: Iterable[str]) -> list[str]:
    """Steps joined by arrows, in lines of at most `MAX_WIDTH` characters."""
    said: list[str] = []
    for step in filter(None, steps):
        if said and len(said[-1]) + len(step) + 3 <= MAX_WIDTH:
            said[-1] += f" → {step}"
        else:
            said.append(f"→ {step}" if said else step)
    return said


def _step(drawn: Sketch, unit: Unit) -> str:
    return " ".join(filter(None, (describe.brief(call.operation) for call in drawn.calls(unit))))


def _paths(drawn: Sketch, unit: Unit) -> Iterator[list[str]]:
    """Every way through a block, from the tensor that enters it to the merge that closes it."""
    home = {call: place for place, part in enumerate(unit.parts) for call in part.calls}
    closing = len(unit.parts) - 1

    def ways(place: int | None) -> Iterator[list[str]]:
        if place is None:  # outside the block
            yield []
            return
        part = unit.parts[place]
        step = [] if place == closing else [_step(drawn, part)]
        for source in (source for call in drawn.calls(part) for source in call.sources):
            if home.get(source.call) != place:
                for way in ways(home.get(source.call)):
                    yield [*way, *step]

    return ways(closing)
