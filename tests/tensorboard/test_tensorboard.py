"""A real TensorBoard server on loopback, asked for what a run wrote."""

from __future__ import annotations

import gzip
import html
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from support import QUICK_RUN

import zoo
from zoo._keras import keras
from zoo.core.console import Reporter
from zoo.experiments.runs import Run

pytestmark = pytest.mark.slow  # a server process; test_tensorboard_callback.py reads the files


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    logdir = tmp_path_factory.mktemp("logs")
    settings = {**QUICK_RUN, "engine": "resident", "baseline": "", "epochs": 2}
    return zoo.fit("basketball", logdir=logdir, **settings)


class Server:
    """GET requests to a TensorBoard server, answered as text or JSON."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str, **query: str) -> str:
        return self.bytes(path, **query).decode()

    def json(self, path: str, **query: str) -> Any:
        return json.loads(self.get(path, **query))

    def ask(self, path: str, question: Any) -> Any:
        """A POST request with JSON, answered as JSON."""
        url, body = f"{self.address}data/{path}", json.dumps(question).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def bytes(self, path: str, **query: str) -> bytes:
        url = f"{self.address}data/{path}" + (f"?{urlencode(query)}" if query else "")
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server on a folder of runs."""
    command = [sys.executable, "-m", "zoo", "tensorboard", str(folder), "--port", "0"]
    process = subprocess.Popen([*command, "--host", "127.0.0.1"], stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            pytest.fail("TensorBoard printed no address")
        written = {
            str(path.parent.relative_to(folder)) for path in folder.rglob("events.out.tfevents.*")
        }
        server = Server(found[0])
        for _ in range(120):
            if written <= set(server.json("runs")):
                break
            time.sleep(0.25)
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def server(run: Run) -> Iterator[Server]:
    with serving(run.folder) as made:
        yield made


def test_scalars(server: Server, run: Run) -> None:
    tags = server.json("plugin/scalars/tags")
    assert {"loss", "mae", "learning_rate"} <= set(tags["train"])
    assert {"loss", "mae"} <= set(tags["validation"])
    points = server.json("plugin/scalars/scalars", run="validation", tag="mae")
    steps = [step for _, step, _ in points]
    per_epoch = -(-run.record.data.rows["train"] // run.record.recipe.batch_size)
    assert steps == [per_epoch, 2 * per_epoch], "steps are the optimizer's"
    norms = {tag for tag in tags["train"] if tag.startswith("gradient_norm")}
    assert norms == {
        "gradient_norm",
        *(f"gradient_norm/{weight.path}" for weight in run.model.trainable_weights),
    }
    values = {
        tag: server.json("plugin/scalars/scalars", run="train", tag=tag)[-1][2] for tag in norms
    }
    whole = values.pop("gradient_norm")
    assert whole == pytest.approx(np.linalg.norm(list(values.values())), rel=1e-5)
    assert whole > 0
    assert points[-1][2] == pytest.approx(run.metrics["validation"]["mae"], rel=1e-4)


def test_histograms(server: Server, run: Run) -> None:
    tags = server.json("plugin/histograms/tags")["train"]
    paths = {weight.path for weight in run.model.weights}
    kinds = ("weights", "gradients")
    assert {f"{kind}/{path}" for kind in kinds for path in paths} | {"gradient_norms"} == set(tags)
    tag = "weights/lookup/embeddings"
    points = server.json("plugin/histograms/histograms", run="train", tag=tag)
    assert len(points) == 2
    last = points[-1][2]
    rows = run.record.data.sizes["n_teams"]
    assert sum(count for _, _, count in last) == pytest.approx(rows)


def test_projector_gives_strengths_and_team_names(server: Server, run: Run) -> None:
    assert server.json("plugin/projector/runs") == ["train"]
    (entry,) = server.json("plugin/projector/info", run="train")["embeddings"]
    name = entry["tensorName"]
    assert name == "team_strength.lookup"
    rows = run.record.data.sizes["n_teams"]
    assert entry["tensorShape"] == [rows, 3], "the page draws at least 3 dimensions"
    query = {"run": "train", "name": name}
    answer = server.bytes("plugin/projector/tensor", **query)
    table = np.frombuffer(answer, np.float32).reshape(rows, 3)
    lookup = run.model.get_layer("team_strength").get_layer("lookup")
    learned = keras.ops.convert_to_numpy(lookup.embeddings)
    np.testing.assert_allclose(table[:, :1], learned, rtol=1e-4, atol=1e-6)
    assert not table[:, 2].any()
    header, *lines = server.get("plugin/projector/metadata", **query).splitlines()
    columns = header.split("\t")
    assert columns == ["name", "team", "season", "games", "strength"]
    cells = dict(zip(columns, zip(*(line.split("\t") for line in lines), strict=True), strict=True))
    data = zoo.load_data("basketball", source="league", seasons=4)
    assert list(cells["name"]) == list(data.labels["team"])
    seasons = np.array(cells["season"], float)
    assert np.corrcoef(seasons, table[:, 1])[0, 1] == pytest.approx(1), "it fills up the table"
    played = np.concatenate([data.splits["train"][f"team_{at}"].ravel() for at in (1, 2)])
    assert list(map(int, cells["games"])) == list(np.bincount(played, minlength=rows))
    strongest = (run.folder / "strengths.csv").read_text(encoding="utf-8").splitlines()[1]
    first = int(np.argmax(np.array(cells["strength"], float)))
    assert strongest.split(",")[1:3] == [cells["team"][first], cells["season"][first]]
    (view,) = json.loads(server.get("plugin/projector/bookmarks", **query))
    assert (view["selectedProjection"], view["selectedColorOptionName"]) == ("pca", "strength")
    assert view["dataSetDimensions"] == [rows, 3]
    assert len(view["projections"]) == rows


def test_the_page_opens_on_the_layers(server: Server) -> None:
    tags = server.json("plugin/graphs/info")["train"]["tags"]
    assert min(tags) == "layers", "it opens on the first tag by name, as an op graph"
    assert tags["layers"]["op_graph"]
    text = server.get("plugin/graphs/graph", run="train", tag="layers")
    assert edges(text) == {
        "team_1": [],
        "team_2": [],
        "home": [],
        "team_strength/team": ["team_1", "team_2"],
        "team_strength/lookup": ["team_strength/team"],
        "team_strength/strength": ["team_strength/lookup"],
        "game": ["team_strength/strength", "team_strength/strength:1", "home"],
        "score_diff": ["game"],
    }


def test_op_graph_holds_the_operations_of_a_forward_pass(server: Server) -> None:
    tags = server.json("plugin/graphs/info")["train"]["tags"]
    assert tags["operations"]["op_graph"]
    text = server.get("plugin/graphs/graph", run="train", tag="operations")
    found = edges(text)
    assert {"team_1", "team_2", "home"} <= set(found)
    operations = re.findall(r'^  op: "(\w+)"', text, re.MULTILINE)
    assert operations.count("GatherV2") == 2, "the table is looked up once per team"
    assert "MatMul" in operations


def edges(pbtxt: str) -> dict[str, list[str]]:
    """Node -> inputs of a graph as the page gets it."""
    return {
        re.findall(r'^  name: "(.*)"', node, re.MULTILINE)[0]: re.findall(
            r'^  input: "(.*)"', node, re.MULTILINE
        )
        for node in pbtxt.split("node {\n")[1:]
    }


def test_images_are_the_diagram_and_the_pictures(server: Server, run: Run) -> None:
    shown_tags = {"diagram", "picture", "curves"}
    assert set(server.json("plugin/images/tags")["train"]) == shown_tags
    for tag in shown_tags:
        (shown,) = server.json("plugin/images/images", run="train", tag=tag)
        png = server.bytes(f"plugin/images/individualImage?{shown['query']}")
        assert png.startswith(b"\x89PNG")
        if tag != "diagram":
            assert png == (run.folder / f"{tag}.png").read_bytes()


def test_text_is_the_card_of_this_run(server: Server, run: Run) -> None:
    (shown,) = server.json("plugin/text/text", run="train", tag="card")
    text = html.unescape(shown["text"])
    assert f"<h1>basketball/{run.folder.name}</h1>" in text
    count, teams = run.model.count_params(), run.record.data.sizes["n_teams"]
    assert count != zoo.spec("basketball").count
    assert f"<td>{count:,}, of which {count:,} are trained</td>" in text
    assert f"n_teams={teams}" in text
    assert "epochs=2" in text
    assert "team_1 (1) int32" in text


def test_a_run_is_listed_by_its_splits_and_scores_are_among_them(server: Server, run: Run) -> None:
    assert set(server.json("runs")) == {"train", "validation", "test"}
    tags = server.json("plugin/scalars/tags")
    assert {"loss", "mae"} <= set(tags["test"]) & set(tags["validation"]), "in the same charts"
    ((_, step, value),) = server.json("plugin/scalars/scalars", run="test", tag="mae")
    assert value == pytest.approx(run.metrics["test"]["mae"], rel=1e-6)
    assert step == server.json("plugin/scalars/scalars", run="train", tag="mae")[-1][1]


def rows(server: Server, metric: str) -> list[dict[str, Any]]:
    """The rows of the HParams page."""
    question = {
        "experimentName": "",
        "allowedStatuses": ["STATUS_SUCCESS"],
        "colParams": [{"metric": {"group": "", "tag": metric}}],
        "startIndex": 0,
        "sliceSize": 10,
    }
    return server.ask("plugin/hparams/session_groups", question)["sessionGroups"]


def test_hparams_hold_settings_and_scores(server: Server, run: Run) -> None:
    (row,) = rows(server, "mae")
    recipe = run.record.recipe
    assert row["name"].startswith("basketball seed 0, seasons=4-")
    assert row["hparams"] == row["hparams"] | {
        "recipe": "basketball",
        "data": "league",
        "changed": "dataset_options.seasons=4, epochs=2, engine=resident",
        "seed": 0,
        "engine": recipe.engine,
        "epochs": 2,
        "learning_rate": pytest.approx(recipe.learning_rate),
    }
    scores = {each["name"]["tag"]: each["value"] for each in row["metricValues"]}
    assert set(scores) == {
        metric if split == "test" else f"{split}/{metric}"
        for split, found in run.metrics.items()
        for metric in found
    }
    assert scores["mae"] == pytest.approx(run.metrics["test"]["mae"], rel=1e-6)


def test_searches_and_ensembles_have_their_own_rows(tmp_path: Path) -> None:
    pytest.importorskip("optuna", reason="a search needs functional-zoo[tune]")
    options: dict[str, Any] = {"data": "league", "logdir": tmp_path}
    options |= {"reporter": Reporter(silent=True), "epochs": 1, "engine": "resident"}
    found = [zoo.tune("seed_difference", trials=1, seed=seed, **options).value for seed in range(2)]
    joined = zoo.ensemble("seed_difference", members=2, **options)
    with serving(tmp_path) as server:
        shown = rows(server, "validation/loss")
        entry = f"{joined.record.recipe.name}/{joined.folder.name}/train"
        assert set(server.json("plugin/graphs/info")[entry]["tags"]) == {"layers", "operations"}
        assert set(server.json("plugin/images/tags")[entry]) == {"diagram", "picture"}
        (card,) = server.json("plugin/text/text", run=entry, tag="card")
    assert joined.record.ensemble is not None
    for member in joined.record.ensemble.members:
        assert Path(member.run).name in card["text"]
    assert f"<td>{joined.model.count_params():,}, of which" in card["text"]
    assert all(len(row["sessions"]) == 1 for row in shown), "none is an average"
    losses = {
        (row["hparams"]["recipe"], row["hparams"]["seed"], "outcome" in row["hparams"]): next(
            each["value"]
            for each in row["metricValues"]
            if each["name"]["tag"] == "validation/loss"
        )
        for row in shown
    }
    assert len(losses) == len(shown) == 5
    for seed, value in enumerate(found):
        assert losses["seed_difference", seed, True] == pytest.approx(value, rel=1e-6)
    assert losses["seed_difference_ensemble", 0, False] == pytest.approx(
        joined.metrics["validation"]["loss"], rel=1e-6
    )


@pytest.mark.skipif(not find_spec("xprof"), reason="the page needs functional-zoo[profile]")
def test_profile_has_a_step_for_each_call(tmp_path: Path) -> None:
    options: dict[str, Any] = {"data": "league", "epochs": 2, "reporter": Reporter(silent=True)}
    run = zoo.fit("basketball", logdir=tmp_path, profile=True, **options)
    with serving(run.folder) as server:
        check_profile(server)


def check_profile(server: Server) -> None:
    def ask(page: str, **query: str) -> Any:
        answer = server.bytes(f"plugin/profile/{page}", **query)
        return json.loads(gzip.decompress(answer) if answer.startswith(b"\x1f\x8b") else answer)

    (session,) = ask("runs")
    assert "trace_viewer@" in ask("run_tools", run=session)
    (host,) = ask("hosts", run=session, tag="overview_page")
    tables = ask("data", run=session, tag="overview_page", host=host["hostname"])
    steps = [row["c"][0]["v"] for table in tables for row in table.get("rows", [])]
    assert "train 0" in steps, "the resident engine's call is an epoch"
