"""The page on runtimes in the browser: its blocks, from rows as the script measures them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from _browser_page import NOTHING, blocks


def row(recipe: str, way: str, answer: float | None, **more: Any) -> dict[str, Any]:
    ran = answer is not None
    return {
        "recipe": recipe,
        "kind": "recurrent" if recipe == "rnn" else "others",
        "way": way,
        "error": None if ran else "Int32[1, 1] is not Int32[-1, 1]",
        "longer_error": None,
        "ready_ms": 800.0 if ran else None,
        "first_ms": 10.0 if ran else None,
        "difference": 1e-7 if ran else None,
        "longer_difference": None,
        "answer_ms": answer,
        "answer_q1": answer,
        "answer_q3": answer,
        "model_bytes": 2_000,
        "bytes": 14_000_000,
        "gzip_bytes": 3_500_000,
        "chromium": "150",
        "cores": 2,
        "load": 1.0,
        **more,
    }


def test_blocks() -> None:
    rows = [
        row("mlp", "onnxruntime-web", 2.0),
        row("mlp", "LiteRT.js", None),
        row("mlp", "LiteRT.js, unchecked", 1.0),
        row("rnn", "onnxruntime-web", 3.0, longer_difference=2e-7),
        row("rnn", "LiteRT.js", None),
        row("rnn", "LiteRT.js, unchecked", 6.0, longer_error="23 is not 16"),
        row("cnn", "onnxruntime-web", 1.0, kind="convolutions"),
        row("cnn", "LiteRT.js", None, kind="convolutions"),
        row("cnn", "LiteRT.js, unchecked", 1.0, kind="convolutions"),
    ]
    found = blocks(pd.DataFrame(rows))
    _, _, first, second, third = found["ways"].splitlines()
    assert first == (
        "| onnxruntime-web | 3 of 3 | 1 of 1 | 14.0 | 3.50 | 0.80 | 10 | 1.00x | 1.00x | 1.00x |"
    )
    assert second == "| LiteRT.js | 0 of 3 | 0 of 1 | 14.0 | 3.50 | - | - | - | - | - |"
    assert third.endswith("| 3 of 3 | 0 of 1 | 14.0 | 3.50 | 0.80 | 10 | 0.50x | 1.00x | 2.00x |")
    assert found["errors"].splitlines() == [
        *(
            f"- LiteRT.js, 3 models, here `{name}`: `Int32[1, 1] is not Int32[-1, 1]`"
            for name in ("mlp", "rnn", "cnn")
        ),
        "- LiteRT.js, unchecked, 1 longer row, here `rnn`: `23 is not 16`",
    ]
    assert "2e-07 (`rnn`, onnxruntime-web)" in found["conditions"]
    assert "| `rnn` | recurrent | 2.0 | 2.0 | 3 (3 to 3) | 6 (6 to 6) |" in found["models"]


def test_without_measurements() -> None:
    assert blocks(pd.DataFrame(columns=["recipe"]))["ways"] == NOTHING
