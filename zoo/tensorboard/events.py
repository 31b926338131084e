"""TensorBoard's event files of a run that goes on: what the resumed run writes again is cut off."""

from __future__ import annotations

from pathlib import Path

from zoo._keras import tf
from zoo.core.files import replacing


def cut_after(folder: Path, step: int) -> None:
    """Take every event after `step`, and a half-written last one, out of a folder's files."""
    from tensorboard.compat.proto.event_pb2 import Event

    for path in sorted(folder.rglob("events.out.tfevents.*")):
        kept: list[bytes] = []
        dropped = False
        records = iter(tf.data.TFRecordDataset(str(path)))
        while True:
            try:
                record = next(records).numpy()
            except StopIteration:
                break
            except tf.errors.DataLossError:  # the process died while writing it
                dropped = True
                break
            if Event.FromString(record).step > step:
                dropped = True
            else:
                kept.append(record)
        if dropped:
            with replacing(path) as partial, tf.io.TFRecordWriter(str(partial)) as writer:
                for record in kept:
                    writer.write(record)
