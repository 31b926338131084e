"""The workers that the environment names: `TF_CONFIG`, or a Slurm step of several tasks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from zoo._keras import tf
from zoo.core.errors import TrainingError

CONFIG = "TF_CONFIG"
EXAMPLE = '{"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", "index": 0}}'


def named(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment says that this process is one of several workers.

    Raises:
        TrainingError: TF_CONFIG is not what TensorFlow takes.
    """
    if environment.get(CONFIG):
        return _workers(environment[CONFIG]) > 1
    tasks = environment.get("SLURM_STEP_NUM_TASKS", "1")
    return "SLURM_PROCID" in environment and tasks.isdecimal() and int(tasks) > 1


def strategy() -> Any:
    """A MultiWorkerMirroredStrategy of the workers that the environment names.

    TensorFlow wants it before anything else that it computes. It waits for all workers.

    Raises:
        TrainingError: the environment does not name them completely, or an address is taken.
    """
    try:
        resolver = None if os.environ.get(CONFIG) else slurm()
        return tf.distribute.MultiWorkerMirroredStrategy(resolver)
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        reason = " ".join(str(error).split())[:200]
        raise TrainingError(f"the workers cannot be joined: {reason}") from error


def slurm() -> Any:
    """The hosts and ports of a Slurm step; the devices of a task are those that Slurm gave it."""
    resolvers = tf.distribute.cluster_resolver
    tasks = int(os.environ.get("SLURM_STEP_NUM_TASKS", "1"))
    # told of no GPUs, TensorFlow's resolver asks nvidia-smi, which other nodes lack
    found = resolvers.SlurmClusterResolver(gpus_per_node=tasks, gpus_per_task=1, auto_set_gpu=False)
    cluster = found.cluster_spec()  # it finds the task's own place too
    return resolvers.SimpleClusterResolver(
        cluster, task_type=found.task_type, task_id=found.task_id, rpc_layer="grpc"
    )


def _workers(text: str) -> int:
    """How many workers TF_CONFIG names, once it has been checked."""
    try:
        config = json.loads(text)
        cluster, task = config.get("cluster", {}), config.get("task", {})
        kinds = {kind: list(addresses) for kind, addresses in cluster.items()}
        known = all(":" in address for group in kinds.values() for address in group)
        index, kind = int(task.get("index", 0)), task.get("type", "worker")
    except (ValueError, AttributeError, TypeError):
        raise TrainingError(f"{CONFIG} must be JSON such as {EXAMPLE}") from None
    if not kinds:
        return 1
    if not known:
        raise TrainingError(f"{CONFIG}: an address is HOST:PORT, as in {EXAMPLE}")
    if {*kinds} - {"chief", "worker"}:
        raise TrainingError(f"{CONFIG}: the cluster must have workers alone, as in {EXAMPLE}")
    if kind not in kinds or not 0 <= index < len(kinds[kind]):
        raise TrainingError(f"{CONFIG}: there is no {kind} {index} in the cluster")
    return sum(map(len, kinds.values()))
