"""Who the environment says are the workers."""

from __future__ import annotations

import json

import pytest
from training.loopback import config

from zoo.core.errors import TrainingError
from zoo.training.cluster import named, slurm

TWO = ["a:1", "b:1"]


def test_workers_of_the_environment() -> None:
    assert not named({})
    assert not named({"TF_CONFIG": "{}"})
    assert not named({"TF_CONFIG": config(["a:1"], 0)})
    assert named({"TF_CONFIG": config(TWO, 1)})
    with_chief = {"cluster": {"chief": TWO[:1], "worker": TWO[1:]}, "task": {"type": "chief"}}
    assert named({"TF_CONFIG": json.dumps(with_chief)})
    assert named({"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "2"})
    assert not named({"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "must be JSON such as"),
        ("[]", "must be JSON such as"),
        ('{"cluster": {"worker": 3}}', "must be JSON such as"),
        (config(["a", "b"], 0), "an address is HOST:PORT"),
        (config(TWO, 2), "there is no worker 2"),
        ('{"cluster": {"ps": ["a:1"]}}', "workers alone"),
    ],
)
def test_a_broken_config_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TrainingError, match=reason):
        named({"TF_CONFIG": text})


def test_slurm_names_hosts_and_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SLURM_PROCID": "2",
        "SLURM_STEP_NUM_TASKS": "3",
        "SLURM_STEP_NODELIST": "node[01-02]",
        "SLURM_STEP_TASKS_PER_NODE": "2,1",
    }.items():
        monkeypatch.setenv(name, value)
    resolver = slurm()
    assert resolver.cluster_spec().as_dict() == {
        "worker": ["node01:8888", "node01:8889", "node02:8888"]
    }
    assert (resolver.task_type, resolver.task_id) == ("worker", 2)
