"""What a run writes after its last epoch is there once, whatever the moment of a kill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import asked_to_stop_in_the_third_epoch

import zoo
from zoo._keras import tf
from zoo.core.errors import StoppedEarly
from zoo.experiments import evaluation
from zoo.tensorboard import events
from zoo.tensorboard.events import write_hparams, write_pictures


class Killed(BaseException):
    """A kill that a test can go on after."""


def written(folder: Path) -> Counter[tuple[str, str, int]]:
    """How often the events have what, by folder, tag and step."""
    return Counter(
        (path.parent.name, value.tag, event.step)
        for path in folder.rglob("events.out.tfevents.*")
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    )


def killed_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any, **more: Any) -> None:
        function(*arguments, **more)
        raise Killed

    return called


@pytest.mark.slow
def test_what_comes_after_the_last_epoch_is_written_once(tmp_path: Path) -> None:
    """A run is stopped, killed twice after its last epoch, and resumed each time."""
    settings: dict[str, Any] = {"data": "planted", "epochs": 4, "engine": "fit", "verbose": 0}
    with asked_to_stop_in_the_third_epoch(), pytest.raises(StoppedEarly):
        zoo.fit("tiny_dense", **settings, logdir=tmp_path)
    (folder,) = (tmp_path / "tiny_dense").iterdir()
    for module, name in ((events, "write_pictures"), (evaluation, "write_scores")):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(module, name, killed_after(getattr(module, name)))
            with pytest.raises(Killed):
                zoo.resume(folder, verbose=0)
    zoo.resume(folder, verbose=0)
    found = written(folder)
    assert set(found.values()) == {1}
    ends = {(split, tag) for split, tag, step in found if step == max(each[2] for each in found)}
    pictures = {("train", "curves"), ("train", "picture")}
    assert ends >= {*pictures, ("train", "loss"), ("test", "mse")}
    assert sum((split, tag) in pictures for split, tag, _ in found) == 2, "none of the stopped run"
    assert ("train", "card", 0) in found


def test_events_of_a_kind_are_replaced_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a kill came before the earlier file was removed, or while the new was written."""
    png = tmp_path / "picture.png"
    png.write_bytes(events.PNG + bytes(16))
    folder = tmp_path / "events"

    def write(step: int) -> None:
        write_pictures(folder, {"one": png, "two": png}, step)
        write_hparams(folder, {"seed": 1}, {"mae": 1.0}, step=step)

    def steps() -> set[int]:
        found = written(folder)
        assert set(found.values()) == {1}
        return {step for _, tag, step in found if tag in ("one", "two", "mae")}

    write(1)
    with monkeypatch.context() as patched:
        patched.setattr(events, "picture", killed_after(events.picture))
        with pytest.raises(Killed):
            write(2)
    assert steps() == {1}
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        write(3)
    assert max(written(folder).values()) == 2
    write(4)
    assert steps() == {4}
    assert len(list(folder.iterdir())) == 2
