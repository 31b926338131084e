"""`zoo summary`: Keras's table, whole, and equal to the tables that the documents print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import LARGE, abstract, slow

import zoo
from zoo.cli.root import cli, run
from zoo.core.errors import ZooError
from zoo.inspection.summary import Row, rows, summary

TABLES = json.loads((Path(__file__).with_name("printed_tables.json")).read_text(encoding="utf-8"))
AS_PRINTED: dict[str, dict[str, Any]] = {
    "two_branch_add": {"as_printed": True}
}  # whose branches read one input
SEVERAL = [
    name if name not in LARGE else slow(name)
    for name in ("basketball", "qa", "siamese_lstm", "residual_network", "inception_v3")
]


def matched(table: dict[str, Any], found: list[Row]) -> dict[str, str]:
    """The document's layers -> the model's: of equal type, shape, count and connections.

    A document breaks off long class names, and its order of parallel branches is Keras 2's.
    """
    names: dict[str, str] = {}
    for line in table["rows"]:
        sources = []
        for source in line["connected_to"]:
            layer, bracket, place = source.partition("[")
            sources.append(f"{names[layer]}{bracket}{place}")
        (name, *_) = [
            row.layer
            for row in found
            if row.layer not in names.values()
            and row.type.startswith(line["type"])
            and (row.shape, row.parameters) == (line["shape"], line["params"])
            and (not sources or list(row.connected_to) == sources)
        ] or pytest.fail(f"no layer like {line}")
        names[line["layer"]] = name
    return names


@pytest.mark.parametrize("table", TABLES, ids=[table["model"] for table in TABLES])
def test_the_documents_tables(table: dict[str, Any]) -> None:
    model = zoo.build(table["model"], **AS_PRINTED.get(table["model"], {}))
    found = rows(model)
    names = matched(table, found)
    if not table.get("cut_off"):
        assert set(names.values()) == {row.layer for row in found}
        assert table["total"] == model.count_params()
        assert f"Trainable params: {table['trainable']:,}" in summary(model)


@pytest.mark.parametrize("name", SEVERAL)
def test_nothing_is_cut_off(name: str) -> None:
    model = abstract(name)
    table = summary(model)
    assert "…" not in table
    assert [row.layer for row in rows(model)] == [layer.name for layer in model.layers]
    lines = [line for line in table.splitlines() if line[:1] == "│"]
    assert len(lines) == len(model.layers), "a line for each layer"
    assert len({len(line) for line in lines}) == 1
    for row in rows(model):
        for source in row.connected_to:
            assert source in table


def test_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert run(cli, ["summary", "basketball", "--set", "n_teams=5", "--expand-nested"]) == 0
    printed = capsys.readouterr().out
    assert "│ team_strength[0][0], team_strength[1][0], home[0][0] │" in printed
    assert "└ lookup (Embedding)" in printed
    assert "Total params: 9 " in printed
    assert run(cli, ["summary", "basketbal"]) == 1
    assert "did you mean basketball" in capsys.readouterr().err


def test_it_takes_a_model() -> None:
    with pytest.raises(ZooError, match="summary takes a Keras model, not str"):
        zoo.summary("basketball")  # type: ignore[arg-type]
