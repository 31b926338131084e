"""Train kinds of model by two devices of this machine, and print the histories and weights.

    python tests/training/mirrored_kinds.py KIND:ENGINE...

One line of JSON for each: what came out, or the line that says why not.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import numpy as np
from training import kinds_of_training
from training.kinds_of_model import KINDS
from training.test_any_model import plain, trained

import zoo.training
from zoo._keras import tf
from zoo.core.errors import TrainingError

assert kinds_of_training  # it adds to KINDS


def main() -> None:
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for asked in sys.argv[1:]:
        name, _, engine = asked.partition(":")
        kind = KINDS[name]

        def make(kind: object = kind) -> object:
            with strategy.scope():
                return kind.make()  # type: ignore[attr-defined]

        try:
            found = trained(dataclasses.replace(kind, make=make), zoo.training.fit, engine=engine)
        except TrainingError as error:
            line = {"refused": str(error)}
        else:
            both = found, plain(name)
            line = {key: [_plain(each[key]) for each in both] for key in found}
        print(json.dumps({"kind": asked, "values": line}), flush=True)


def _plain(values: object) -> object:
    return np.asarray(values).tolist()


if __name__ == "__main__":
    main()
