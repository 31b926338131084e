"""A real TensorBoard server on loopback, asked for what a run wrote."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

import zoo
from zoo._keras import keras
from zoo.reporter import Reporter
from zoo.runs import Run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    logdir = tmp_path_factory.mktemp("logs")
    silent = Reporter(silent=True)
    return zoo.fit("basketball", data="league", logdir=logdir, reporter=silent, epochs=2)


class Server:
    """GET requests to a TensorBoard server, answered as text or JSON."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str, **query: str) -> str:
        url = f"{self.address}data/{path}" + (f"?{urlencode(query)}" if query else "")
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()

    def json(self, path: str, **query: str) -> Any:
        return json.loads(self.get(path, **query))


@pytest.fixture(scope="module")
def server(run: Run) -> Iterator[Server]:
    command = [sys.executable, "-m", "zoo", "tensorboard", str(run.folder), "--port", "0"]
    process = subprocess.Popen([*command, "--host", "127.0.0.1"], stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            pytest.fail("TensorBoard printed no address")
        server = Server(found[0])
        for _ in range(120):
            if {"train", "validation"} <= set(server.json("runs")):
                break
            time.sleep(0.25)
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_scalars(server: Server, run: Run) -> None:
    tags = server.json("plugin/scalars/tags")
    assert {"loss", "mae", "learning_rate"} <= set(tags["train"])
    assert {"loss", "mae"} <= set(tags["validation"])
    points = server.json("plugin/scalars/scalars", run="validation", tag="mae")
    steps = [step for _, step, _ in points]
    per_epoch = -(-run.record["data"]["rows"]["train"] // run.record["recipe"]["batch_size"])
    assert steps == [per_epoch, 2 * per_epoch], "steps are the optimizer's"
    assert points[-1][2] == pytest.approx(run.metrics["validation"]["mae"], rel=1e-4)


def test_histograms(server: Server, run: Run) -> None:
    tags = server.json("plugin/histograms/tags")["train"]
    assert {f"weights/{weight.path}" for weight in run.model.weights} == set(tags)
    tag = "weights/lookup/embeddings"
    points = server.json("plugin/histograms/histograms", run="train", tag=tag)
    assert len(points) == 2
    last = points[-1][2]
    rows = run.record["data"]["sizes"]["n_teams"]
    assert sum(count for _, _, count in last) == pytest.approx(rows)


def test_projector_gives_strengths_and_team_names(server: Server, run: Run) -> None:
    assert server.json("plugin/projector/runs") == ["train"]
    (entry,) = server.json("plugin/projector/info", run="train")["embeddings"]
    name = entry["tensorName"]
    assert name == "team_strength.lookup"
    rows = run.record["data"]["sizes"]["n_teams"]
    assert entry["tensorShape"] == [rows, 3], "width 1 is padded: the page draws 3 dimensions"
    query = {"run": "train", "name": name}
    url = f"{server.address}data/plugin/projector/tensor?{urlencode(query)}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        table = np.frombuffer(answer.read(), np.float32).reshape(rows, 3)
    lookup = run.model.get_layer("team_strength").get_layer("lookup")
    learned = keras.ops.convert_to_numpy(lookup.embeddings)
    np.testing.assert_allclose(table[:, :1], learned, rtol=1e-4, atol=1e-6)
    assert not table[:, 1:].any()
    labels = server.get("plugin/projector/metadata", **query).splitlines()
    assert labels == list(zoo.load_data("basketball", source="league").labels["team"])
