"""Random cases as a person might give them, with what Python's `zoo predict` answers.

They hold the panels' JavaScript against Python: names in any case, ids, words that are not known,
marks and capitals, numbers left out, and inputs that are refused.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.text.encoding import SPECIAL
from zoo.experiments.answers import answers
from zoo.experiments.inputs import Inputs
from zoo.experiments.ports import Port, matched, ports_of
from zoo.experiments.runs import Run
from zoo.experiments.texts import Cells
from zoo.experiments.writing import Manner, continued
from zoo.training import inference

CASES = 200
WRITTEN = 20  # texts that a model which writes continues
ADDED = 12  # characters to each
STRANGE = ("zebra", "Übermut", "don't", "x2", "naïve")  # words that no vocabulary has
MARKS = (".", "!", ",", "?", ";")

Labels = Mapping[str, Sequence[str]]
Panel = Mapping[str, Any]
Values = dict[str, Any]


def cases_of(run: Run, labels: Labels, panel: Panel) -> dict[str, Any]:
    """`cases`: values, answers and how many notes; `errors`: values that are refused.

    Args:
        run: With its model.
        labels: The run's vocabularies.
        panel: Its signature says how long texts may be, its ranges what numbers are usual.
    """
    rng = np.random.default_rng(0)
    if panel["writes"]:
        return {"cases": _written(run, labels, rng), "errors": []}
    ports = ports_of(run, labels)
    columns = {
        column["name"]: column
        for each in panel["signature"]["inputs"]
        for column in each["columns"]
    }
    makers = {port.column: _maker(port, columns[port.column], labels, panel) for port in ports}
    cases = [{name: make(rng) for name, make in makers.items()} for _ in range(CASES)]
    for case in cases:
        for port in ports:
            if port.tensor.default is not None and rng.random() < 0.2:
                del case[port.column]
    told = asked(run, labels, cases)
    return {
        "cases": [
            {
                "values": case,
                "answers": said.answers,
                "outputs": said.outputs,
                "notes": said.notes,
            }
            for case, said in zip(cases, told, strict=True)
            if not said.refused
        ],
        "errors": [
            {"values": case, "column": _column(said.refused), "message": said.refused}
            for case, said in zip(cases, told, strict=True)
            if said.refused
        ],
    }


@dataclass
class Told:
    """What `zoo predict` says of a case, or why it is refused.

    Attributes:
        answers: As `zoo.predict` gives them.
        outputs: The model's own, flat.
        notes: How many lines there are beside the answer.
        refused: The message of the error.
    """

    answers: Values
    outputs: dict[str, list[float]]
    notes: int
    refused: str


def asked(run: Run, labels: Labels, cases: Sequence[Values]) -> list[Told]:
    """What Python says of each case; cases of one shape go through the model together."""
    ports = ports_of(run, labels)
    found: list[Told] = []
    read: dict[Any, list[tuple[Told, dict[str, np.ndarray]]]] = defaultdict(list)
    for case in cases:
        notes: list[str] = []
        told = Told({}, {}, 0, "")
        found.append(told)
        try:
            arrays = _arrays(Inputs(run, ports, labels, notes.append), ports, case)
        except DataError as error:
            told.refused = str(error)
            continue
        told.notes = len(notes)
        read[tuple((name, array.shape) for name, array in arrays.items())].append((told, arrays))
    for group in read.values():
        rows = {name: np.concatenate([each[name] for _, each in group]) for name in group[0][1]}
        predicted = inference.predict(run.model, rows)
        listed = answers(run, predicted, labels)
        for place, (told, _) in enumerate(group):
            told.outputs = {
                name: [float(f"{each:.8g}") for each in values[place].ravel().tolist()]
                for name, values in predicted.items()
            }
            for answer in listed:
                told.answers |= answer.plain(place)
    return found


def _column(message: str) -> str:
    """The column that a message begins with: `story: a sentence of ...`, `home is missing`."""
    return message.partition(":")[0].partition(" ")[0]


def _arrays(reader: Inputs, ports: Sequence[Port], case: Values) -> dict[str, np.ndarray]:
    found, _ = matched(ports, case)
    cells = {
        part: Cells([_given(case[name])], lambda _, name=name: name) for part, name in found.items()
    }
    return reader.arrays(cells, 1, lambda column: f"{column} is missing")


def _given(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, list) else value


def _maker(
    port: Port, column: Panel, labels: Labels, panel: Panel
) -> Callable[[np.random.Generator], Any]:
    """What draws a value of a column."""
    if port.kind == "label":
        return lambda rng: _label(rng, labels[port.tensor.vocabulary])
    if port.kind == "text":
        words = [word for word in labels[column["vocabulary"]] if word not in SPECIAL]
        return lambda rng: _text(rng, column, words)
    if port.kind == "picture":
        shown = [each["values"][port.column]["bytes"] for each in panel["examples"]]
        return lambda rng: _picture(rng, port, shown)
    low, high = (np.array(panel["ranges"][port.column][each]) for each in ("low", "high"))
    if panel["ranges"][port.column]["whole"]:
        return lambda rng: int(rng.integers(low[0], high[0] + 1))
    spread = np.maximum(high - low, 1e-3)
    if port.kind == "number":
        return lambda rng: float(f"{rng.uniform(low[0] - spread[0], high[0] + spread[0]):.6g}")
    return lambda rng: np.round(rng.uniform(low, high, port.size), 4).tolist()


def _picture(rng: np.random.Generator, port: Port, shown: Sequence[str]) -> list[float]:
    """One of the examples under noise, from none to nothing else."""
    black, white = port.form.black, port.form.white
    levels = np.frombuffer(base64.b64decode(shown[int(rng.integers(len(shown)))]), np.uint8)
    share = rng.random() ** 2
    mixed = (1 - share) * levels / 255 + share * rng.random(len(levels))
    return np.round(black + (white - black) * mixed, 3).tolist()


def _label(rng: np.random.Generator, words: Sequence[str]) -> str:
    at = int(rng.integers(len(words)))
    return (words[at], words[at].upper(), words[at].lower(), str(at))[int(rng.integers(4))]


def _text(rng: np.random.Generator, column: Panel, words: Sequence[str]) -> str:
    """Words or characters of the vocabulary, some of them not known, some texts too long."""
    shape = column["shape"]
    if column["text"] in ("characters", ""):
        length = int(rng.integers(1, (shape[0] or 40) + 5))
        drawn = "".join(words[int(at)] for at in rng.integers(len(words), size=length))
        return drawn + "aé "[: int(rng.integers(4))]
    if column["text"] == "sentences":
        most, length = shape if len(shape) == 2 else (1, shape[0])
        ends = (". ", "! ", "\n")
        return "".join(
            f"{_sentence(rng, words, length)}{ends[int(rng.integers(3))]}"
            for _ in range(int(rng.integers(1, most + 3)) if most > 1 else 1)
        )
    longest = shape[0] or column["length"]
    text = _sentence(rng, words, longest)
    return text if rng.random() < 0.8 else f"{text} {MARKS[int(rng.integers(len(MARKS)))]}"


def _sentence(rng: np.random.Generator, words: Sequence[str], most: int) -> str:
    plain = [word for word in words if word[:1].isalnum()]
    count = int(rng.integers(1, most + 1)) + int(rng.random() < 0.03)
    drawn = [plain[at] for at in rng.integers(len(plain), size=count)]
    for at in range(count):
        if rng.random() < 0.08:
            drawn[at] = STRANGE[int(rng.integers(len(STRANGE)))]
        elif rng.random() < 0.1:
            drawn[at] = drawn[at].upper()
    return "  ".join(drawn) if rng.random() < 0.1 else " ".join(drawn)


def _written(run: Run, labels: Labels, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Texts, and what the model makes of them by temperature and seed."""
    (column,) = run.record.data.inputs
    window = run.record.data.inputs[column][0]
    alphabet = labels["character"]
    known = [each for each in alphabet if each not in SPECIAL]
    found = []
    for seed in range(WRITTEN):
        text = "".join(known[at] for at in rng.integers(len(known), size=rng.integers(1, 60)))
        manner = Manner(ADDED, (0.0, 0.8)[seed % 2], seed)
        whole = continued(run.model, alphabet, text, manner, window)
        found.append(
            {"values": {column: text, **vars(manner)}, "answers": {column: whole}, "notes": 0}
        )
    return found
