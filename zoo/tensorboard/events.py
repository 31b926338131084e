"""TensorBoard's event files: a folder's summaries by tag, a run's row of the HParams tab.

The summaries are made in NumPy and written in one piece, since `tf.summary` runs several
operations for each of them. Importing this loads neither TensorFlow nor TensorBoard.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo._keras import tf
from zoo.core.files import replacing

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

BUCKETS = 30
PNG = b"\x89PNG\r\n\x1a\n"
NAME = "events.out.tfevents"
# ends of the names of files that are replaced as a whole
HPARAMS, PICTURES = "hparams", "pictures"

HParam = bool | int | float | str


class Events:
    """The events of one folder; its file is made when the first are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer: Any = None

    def write_numbers(
        self, scalars: Mapping[str, Any], histograms: Mapping[str, np.ndarray], step: int
    ) -> None:
        """Write numbers and arrays by tag, if there are any."""
        values = [scalar(tag, value) for tag, value in scalars.items()]
        values += [histogram(tag, numbers) for tag, numbers in histograms.items()]
        if values:
            self.write(values, step)

    def write(self, values: Sequence[Any], step: int) -> None:
        """Write summary values, as the functions of this module give them, and flush."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        try:
            if self._writer is None:
                self._writer = tf.summary.create_file_writer(str(self.folder))
            with self._writer.as_default():
                content = Summary(value=values).SerializeToString()
                tf.summary.experimental.write_raw_pb(content, step=step)
            self._writer.flush()
        except tf.errors.OpError as error:
            self._writer = None
            kind = errno.EIO
            if isinstance(error, tf.errors.ResourceExhaustedError):
                kind = errno.ENOSPC
            raise OSError(kind, os.strerror(kind), str(self.folder)) from error

    def close(self) -> None:
        """Close the file, if there is one; a later write begins another."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def scalar(tag: str, value: Any) -> Summary.Value:
    """One number."""
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb

    return scalar_pb(tag, float(value)).value[0]


def histogram(tag: str, values: np.ndarray) -> Summary.Value:
    """How the numbers of an array are spread, in 30 buckets; what is not finite is left out."""
    from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary

    flat = np.asarray(values, np.float32).reshape(-1)
    if not np.isfinite(flat).all():
        flat = flat[np.isfinite(flat)]
    if not flat.size:
        return Summary.Value(tag=tag, histo=HistogramProto())
    least, most = float(flat.min()), float(flat.max())
    if np.float32(most - least) / BUCKETS <= np.spacing(np.float32(max(-least, most))):
        counts, limits = np.array([flat.size]), np.array([most])  # no room for 30 buckets
    else:
        counts, edges = np.histogram(flat, BUCKETS, (least, most))
        limits = edges[1:]
    proto = HistogramProto(
        min=least,
        max=most,
        num=flat.size,
        sum=float(flat.sum(dtype=np.float64)),
        bucket_limit=limits.tolist(),
        bucket=counts.tolist(),
    )
    return Summary.Value(tag=tag, histo=proto)


def picture(tag: str, png: bytes) -> Summary.Value:
    """A PNG file's bytes.

    Raises:
        ValueError: not a PNG file.
    """
    from tensorboard.compat.proto.summary_pb2 import Summary

    if not png.startswith(PNG):
        raise ValueError(f"picture {tag!r} is not a PNG file")
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    image = Summary.Image(width=width, height=height, encoded_image_string=png)
    return Summary.Value(tag=tag, image=image)


def write_pictures(folder: Path, pictures: Mapping[str, Path], step: int) -> None:
    """Write PNG files by tag into the events of `folder`, for the page of images.

    They are there whole or not at all, and what an earlier call wrote there goes: a run that was
    killed after its training draws them again.
    """
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    values = [picture(tag, path.read_bytes()) for tag, path in pictures.items()]
    _write_anew(
        folder, PICTURES, [Event(wall_time=time.time(), step=step, summary=Summary(value=values))]
    )


def text(tag: str, markdown: str) -> Summary.Value:
    """A text in Markdown."""
    from tensorboard.plugins.text.summary_v2 import text_pb

    return text_pb(tag, markdown).value[0]


def blob(tag: str, plugin: str, content: bytes) -> Summary.Value:
    """Bytes that one of TensorBoard's plugins reads, in the form that TensorFlow gives them."""
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.util import tensor_util

    data = SummaryMetadata.PluginData(plugin_name=plugin, content=b"1")
    return Summary.Value(
        tag=tag,
        metadata=SummaryMetadata(plugin_data=data),
        tensor=tensor_util.make_tensor_proto(content),
    )


def write_hparams(
    folder: Path,
    hparams: Mapping[str, HParam],
    metrics: Mapping[str, float],
    *,
    name: str | None = None,
    step: int = 0,
) -> None:
    """Write a run's settings and scores into the events of `folder`, whole or not at all.

    What an earlier call wrote there goes. The page makes a column of every scalar in the folder
    and below, so a folder without curves (`RUN/test`) shows these metrics alone.

    Args:
        folder: Where to write; created if missing.
        hparams: Setting -> value; NumPy's numbers serve too.
        metrics: Tag -> value, such as `mae`.
        name: Of the row. Runs of one name share it, and their scores are averaged; by default
            those with the same `hparams` do.
        step: Optimizer step of the scores, where the charts show them.

    Raises:
        TypeError: a setting that is neither a truth value, a number nor text.
    """
    assert tf.__version__  # loaded quietly here, before TensorBoard would
    _write_anew(folder, HPARAMS, _events(hparams, metrics, name, step))


def _write_anew(folder: Path, kind: str, content: Iterable[Event]) -> None:
    """Write events into a file of their own, in place of earlier ones of that kind."""
    from tensorboard.compat.proto.event_pb2 import Event

    folder.mkdir(parents=True, exist_ok=True)
    earlier = list(folder.glob(f"{NAME}.*.{kind}"))
    # the time comes first in the name, as in TensorFlow's files: TensorBoard reads them in order
    path = folder / f"{NAME}.{time.time_ns()}.{os.getpid()}.{kind}"
    with replacing(path) as partial, tf.io.TFRecordWriter(str(partial)) as writer:
        for event in (Event(wall_time=time.time(), file_version="brain.Event:2"), *content):
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
    hparams: Mapping[str, HParam], metrics: Mapping[str, float], name: str | None, step: int
) -> list[Any]:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import api, api_pb2, summary

    now = time.time()
    values = [Summary.Value(tag=tag, simple_value=value) for tag, value in metrics.items()]
    ended = summary.session_end_pb(api_pb2.STATUS_SUCCESS, now).SerializeToString()
    return [
        Event(wall_time=now, summary=api.hparams_pb(hparams, trial_id=name, start_time_secs=now)),
        Event(wall_time=now, step=step, summary=Summary(value=values)),
        Event(wall_time=now, summary=Summary.FromString(ended)),
    ]


def cut_after(folder: Path, step: int) -> None:
    """Take every event after `step`, and a half-written last one, out of a folder's files.

    A file of which nothing is left goes.
    """
    from tensorboard.compat.proto.event_pb2 import Event

    for path in sorted(folder.rglob(f"{NAME}.*")):
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
        if not kept:
            path.unlink()
        elif dropped:
            with replacing(path) as partial, tf.io.TFRecordWriter(str(partial)) as writer:
                for record in kept:
                    writer.write(record)
