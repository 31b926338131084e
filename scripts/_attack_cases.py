"""Bad inputs for every command: what is typed, what stands in tables, what damages a run."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HUGE = "9" * 20
DIGITS = "7" * 5_000  # more than Python turns into a number
BAD_NUMBERS = ("-1", "abc", "nan", "1e999", HUGE, DIGITS, "", "None", "[]", "{}", "'", "(1,")
WHOLE = ("epochs", "batch_size", "steps_per_epoch", "initial_epoch", "validation_freq", "threads")
PARTS = ("learning_rate", "decay", "ema", "validation_split")
WORDS = ("optimizer", "schedule", "monitor", "mode", "engine", "precision", "baseline", "report")
BUILDER = (
    "n_features=-1", "n_features=1e99", f"n_features={HUGE}", f"n_features={DIGITS}", "hidden=(1,2",
    "hidden=()", "hidden=None", "nothing=1", "=",
)  # fmt: skip
READ = ("/dev/zero", "/dev/full", "runs", "missing", "good.csv/x", "/proc/x/y", "é\udcff")
NAMES = (
    "nothing", "../../etc/passwd", "/", "", " ", "a" * 300, "x\ny", "*", "--", "é", "\\", "$(id)",
    "%s", "a;b", "a\tb", ".", "..", "~", "con", "name'quote", 'name"quote',
)  # fmt: skip
PROJECTS = (
    "functional_zoo", "pillow", "protobuf", "sitecustomize", "conftest", "setup", "json", "keras",
    "pip", "tests", "build", "dist", "src", "usercustomize", "scikit_learn", "__init__", "class",
    "1abc", "A", "mlp", "zoo", "numpy", "site", "pytest_xdist", "python_dateutil", "a b",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One command line.

    Attributes:
        refused: Whether it must end with an error; otherwise it may, in one line.
    """

    arguments: tuple[str, ...]
    refused: bool = True


def overrides() -> Iterator[Case]:
    """Recipe fields that mean nothing."""
    for name in (*WHOLE, *PARTS):
        for value in BAD_NUMBERS:
            yield Case(("train", "mlp", "--epochs", "1", "--set", f"{name}={value}"))
    for name in WORDS:
        for value in ("nothing", "7", "../x", "[]"):
            yield Case(("train", "mlp", "--set", f"{name}={value}"))
    wrong = (
        "arguments.n_features=7", "arguments.n_features=-1", "arguments.hidden=(0,)",
        "arguments.hidden=(1000000000000,)", "arguments.hidden=abc", "arguments.nothing=1",
        "optimizer_options.beta_1=abc", "optimizer_options.beta_1=7", "optimizer_options.x=1",
        "report=strengths", "report=samples", "loss_weights.label=1e999", "loss_weights.label=-1",
        "loss_weights.nothing=1", "loss_weights=1", "loss.label=nothing", "loss.nothing=mse",
        "metrics.label=nothing", "metrics=1", "columns.nothing=abc", "columns.label=abc",
        "columns.features=label", "class_weight.0=-1", "class_weight.9=1", "class_weight.0=abc",
        "dataset_options.home=5", "dataset_options.rows=-1", "nothing=1", "=1", "epochs", "",
        "name=../../x", "architecture=nothing", "dataset=nothing", "stacked_on=nothing",
        "early_stopping=-1", "early_stopping_options.patience=-1", "reduce_lr=-1",
        "model_checkpoint.filepath=/etc/passwd", "sample_weight=nothing", "expect.x=1",
    )  # fmt: skip
    for each in wrong:
        yield Case(("train", "mlp", "--epochs", "1", "--set", each))
        yield Case(("tune", "mlp", "--trials", "1", "--set", each))
    for seed in ("-1", "4294967296", HUGE, DIGITS, "abc", "", "1.5"):
        for command in ("train", "tune", "ensemble"):
            yield Case((command, "mlp", "--seed", seed))
    for value in ("0", "-1", HUGE, DIGITS, "abc", ""):
        yield Case(("tune", "mlp", "--trials", value))
        yield Case(("ensemble", "mlp", "--members", value))
        yield Case(("train", "mlp", "--workers", value))
        yield Case(("train", "mlp", "--epochs", value))
        yield Case(("train", "mlp", "--batch-size", value))
    for name in ("summary", "explain", "plot"):
        for value in BUILDER:
            yield Case((name, "mlp", "--set", value), refused=value != "hidden=()")


def names() -> Iterator[Case]:
    """Names that nothing has, and names that lead elsewhere."""
    for name in NAMES:
        for command in ("train", "show", "summary", "explain", "plot", "tune"):
            yield Case((command, name))
        lists = name == "--"  # ends the options, and no name lists all
        yield Case(("concept", name), refused=not lists)
        for command in ("predict", "evaluate", "reproduce"):
            yield Case((command, name, "--logdir", "runs"))
        yield Case(("export", name, "--format", "onnx", "--logdir", "runs"))
        yield Case(("ensemble", name))
        yield Case(("forecast", name))
        yield Case(("forecast", "2003", "--data", name, "--logdir", "/dev/null"))
        yield Case(("train", "mlp", "--data", name))
        yield Case(("train", "--resume", name, "--logdir", "runs"))
        yield Case(("data", "fetch", name))
        yield Case(("tune", "tiny_dense", "--trials", "1", "--study", name), refused=False)
        yield Case(("recipes", name), refused=name != "*" and not lists)
    for name in PROJECTS:
        yield Case(("new", name, "--from", "mlp"))
    for extra in (("--seed", "1"), ("--data", "mixture"), ("--epochs", "3"), ("--engine", "fit")):
        yield Case(("train", "--resume", "mlp", "--logdir", "runs", *extra))


def places() -> Iterator[Case]:
    """Files and folders that cannot be read or written."""
    for place in (
        "/dev/zero",
        "/dev/full",
        "runs",
        "missing",
        "good.csv/x",
        "/proc/x/y",
        "é\udcff",
    ):
        yield Case(("predict", "mlp", "--logdir", "runs", "--csv", place))
        yield Case(("train", "--recipe", place))
        sample = ("--data", "league", "--submission", place, "--out", "mine.csv")
        yield Case(("forecast", "2003", *sample))
        yield Case(("new", "own", "--from", "mlp", "--csv", place, "--target", "label"))
    for place in ("/dev/full", "runs", "good.csv/x", "/proc/x/y.csv"):
        yield Case(("predict", "mlp", "--logdir", "runs", "--csv", "good.csv", "--out", place))
        yield Case(
            ("plot", "mlp", "--out", f"{place}.png"), refused=place not in ("runs", "/dev/full")
        )
    for place in ("/dev/null", "/proc/x", "good.csv", "good.csv/x"):
        yield Case(("train", "tiny_dense", "--epochs", "1", "--logdir", place))
        for command in ("predict", "evaluate", "reproduce"):
            yield Case((command, "mlp", "--logdir", place))
        yield Case(("tune", "tiny_dense", "--trials", "1", "--logdir", place))


def tables(seed: int) -> Iterator[tuple[str, bytes, bool]]:
    """Name, content, and whether `predict` must refuse the table."""
    header = ",".join(f"features_{at}" for at in range(10))
    row = ",".join(["0.5"] * 10)
    whole = f"{header}\n{row}\n{row}\n"
    wrong = {
        "empty": "", "header": f"{header}\n", "blank": "\n\n\n", "short": f"{header}\n1,2\n",
        "long": f"{header}\n{row},1\n", "twice": f"features_0,{header}\n0,{row}\n",
        "quote": f'{header}\n"{row}\n{row}\n', "inner": f'{header}\n"1"x,{row[4:]}\n',
        "huge": f"{header}\n1e39,{row[4:]}\n", "infinite": f"{header}\ninf,{row[4:]}\n",
        "nan": f"{header}\nnan,{row[4:]}\n", "word": f"{header}\nabc,{row[4:]}\n",
        "gap": f"{header}\n,{row[4:]}\n", "digits": f"{header}\n{DIGITS},{row[4:]}\n",
        "pipes": whole.replace(",", "|"), "zero": f"{header}\n\0{row}\n", "other": "a,b\n1,2\n",
        "cell": f"{header}\n{'x' * 140_000},{row[4:]}\n", "cut": whole[:-3] + ",",
    }  # fmt: skip
    for name, text in wrong.items():
        yield name, text.encode(), name not in ("cut",)
    yield "bytes", b"\xff\xfe" + whole.encode(), True
    yield "gzip", b"\x1f\x8b" + whole.encode(), True
    yield "semicolons", whole.replace(",", ";").encode(), False
    draw = random.Random(seed)
    for at in range(40):  # a few bytes changed anywhere
        content = bytearray(whole.encode())
        for _ in range(draw.randint(1, 6)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        yield f"random{at}", bytes(content), False


def damages(name: str, content: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    """What may happen to a file of a run: a word for it, and the file's content."""
    yield "empty", b""
    yield "half", content[: len(content) // 2]
    yield "zeros", bytes(len(content))
    draw = random.Random(f"{name}{seed}")
    changed = bytearray(content)
    for _ in range(max(1, len(content) // 200)):
        changed[draw.randrange(len(content))] = draw.randrange(256)
    yield "changed", bytes(changed)
    if not name.endswith(".json"):
        return
    for text in ("null", "[]", "{}", "1", '"x"', "[" * 100_000, '{"a":' * 5_000, DIGITS, "NaN"):
        yield text[:8], text.encode()
    for place in _places(json.loads(content)):
        for value in (None, "x", -1, 1e300, [], {}, True, "../../x", ["x"], {"x": {"x": 1}}):
            yield f"{'.'.join(map(str, place))}={value!r}", _with(content, place, value)


def _places(content: Any, depth: int = 2) -> Iterator[tuple[Any, ...]]:
    entries = content.items() if isinstance(content, dict) else enumerate(content[:3])
    for key, value in entries:
        yield (key,)
        if depth > 1 and isinstance(value, dict | list):
            yield from ((key, *rest) for rest in _places(value, depth - 1))


def _with(content: bytes, place: tuple[Any, ...], value: Any) -> bytes:
    whole = json.loads(content)
    inner = whole
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return json.dumps(whole).encode()


def readers(folder: Path) -> list[tuple[str, ...]]:
    """Commands that read a run."""
    run = str(folder)
    return [
        ("predict", run, "--csv", "good.csv"),
        ("evaluate", run),
        ("runs", "--logdir", str(folder.parents[1])),
    ]
