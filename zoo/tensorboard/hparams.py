"""TensorBoard's HParams tab: one row per run, its settings beside its scores."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zoo._keras import tf
from zoo.core.files import replacing

PATTERN = "events.out.tfevents.*.hparams"

HParam = bool | int | float | str


def write_hparams(
    folder: Path,
    hparams: Mapping[str, HParam],
    metrics: Mapping[str, float],
    *,
    name: str | None = None,
) -> None:
    """Write a run's settings and scores into the events of `folder`, whole or not at all.

    What an earlier call wrote there goes. The page makes a column of every scalar in the folder
    and below, so a folder of its own (`RUN/scores`) shows these metrics alone.

    Args:
        folder: Where to write; made if there is none.
        hparams: Setting -> value; NumPy's numbers serve too.
        metrics: Tag -> value, such as `test/mae`.
        name: Runs of one name share a row, whose scores are averaged; by default those with
            the same `hparams` do.

    Raises:
        TypeError: a setting that is neither a truth value, a number nor text.
    """
    open_records = tf.io.TFRecordWriter  # loads TensorFlow quietly, before TensorBoard would
    content = _events(hparams, metrics, name)
    folder.mkdir(parents=True, exist_ok=True)
    earlier = list(folder.glob(PATTERN))
    # the zero-padded time comes first in the name: TensorBoard reads a folder's files in order
    path = folder / f"events.out.tfevents.{time.time_ns():020d}.{os.getpid()}.hparams"
    with replacing(path) as partial, open_records(str(partial)) as writer:
        for event in content:
            writer.write(event.SerializeToString())
    for old in earlier:
        old.unlink(missing_ok=True)


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, HParam]:
    """Nested settings as `name.entry` -> value; a list becomes text, an empty one is left out."""
    return dict(_flat(values, prefix))


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, HParam]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, bool | int | float | str):
            yield f"{prefix}{key}", value
        elif isinstance(value, Iterable):
            if text := ", ".join(map(str, value)):
                yield f"{prefix}{key}", text
        elif value is not None:
            yield f"{prefix}{key}", str(value)


def _events(
    hparams: Mapping[str, HParam], metrics: Mapping[str, float], name: str | None
) -> list[Any]:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import api, api_pb2, summary

    now = time.time()
    values = [Summary.Value(tag=tag, simple_value=value) for tag, value in metrics.items()]
    ended = summary.session_end_pb(api_pb2.STATUS_SUCCESS, now).SerializeToString()
    return [
        Event(wall_time=now, file_version="brain.Event:2"),
        Event(wall_time=now, summary=api.hparams_pb(hparams, trial_id=name, start_time_secs=now)),
        Event(wall_time=now, summary=Summary(value=values)),
        Event(wall_time=now, summary=Summary.FromString(ended)),
    ]
