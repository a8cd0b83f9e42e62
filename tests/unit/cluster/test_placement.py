"""Who needs what of a cluster, and what Ray is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prover.cluster.actors import LOCAL, init_options, options
from prover.cluster.cluster import all_needs, driver_needs, engine_needs, lean_needs, num_drivers, shares
from prover.cluster.handle import Needs
from prover.config import ClusterConfig, Config, LeanConfig, ModelConfig
from prover.errors import UsageError


def config(workers: int = 2, cluster: ClusterConfig | None = None, policy: str = "builtin") -> Config:
    return Config(
        lean=LeanConfig(workers=workers), models=ModelConfig(policy=policy), cluster=cluster or ClusterConfig()
    )


@pytest.mark.parametrize(("workers", "drivers"), [(1, 1), (128, 1), (129, 2), (1000, 8)])
def test_workers_are_shared_out_to_as_many_drivers_as_they_need(workers: int, drivers: int) -> None:
    found = shares(config(workers))
    assert len(found) == num_drivers(config(workers)) == drivers
    assert sum(found) == workers
    assert max(found) - min(found) <= 1


def test_the_number_of_drivers_can_be_said() -> None:
    assert shares(config(10, ClusterConfig(drivers=3))) == [4, 3, 3]


def test_a_lean_worker_reserves_a_core_and_its_whole_memory() -> None:
    needs = lean_needs(config())
    assert needs.cpus == 1.0
    assert needs.memory_bytes > 2 << 30
    project = replace(config(), lean=LeanConfig(project="/p", memory_mb=9000))
    assert lean_needs(project).memory_bytes == 9000 << 20


def test_engines_may_have_fractions_of_gpus_and_none_on_the_cpu() -> None:
    assert engine_needs(config(), 0.25).gpus == 0.25
    assert engine_needs(replace(config(), models=ModelConfig(device="cpu")), 0.25).gpus == 0.0


def test_a_ray_of_our_own_has_room_for_all_of_the_run() -> None:
    plain, model = config(4), config(4, ClusterConfig(policy_engines=2), policy="models/p")
    assert all_needs(plain).cpus == 4 * lean_needs(plain).cpus + driver_needs(plain, 4).cpus
    assert all_needs(model).cpus == all_needs(plain).cpus + 2
    asked = init_options(LOCAL, all_needs(plain))
    assert asked["num_cpus"] == all_needs(plain).cpus
    assert asked["_memory"] == all_needs(plain).memory_bytes


def test_a_cluster_that_is_joined_is_taken_as_it_is() -> None:
    assert "num_cpus" not in init_options("10.0.0.1:6379", Needs(4.0))


def test_labels_and_resources_are_asked_of_ray_and_lost_actors_come_again() -> None:
    asked = options("lean 0.1", Needs(1.0, 0.0, 5, (("stepwise", "lean"),), (("big", 0.5),)))
    assert (asked["label_selector"], asked["resources"], asked["memory"]) == ({"stepwise": "lean"}, {"big": 0.5}, 5)
    assert asked["max_restarts"] > 100
    assert asked["max_task_retries"] == 0  # a retried call would run behind the caller's back


@pytest.mark.parametrize("text", ["lean", "a=", "=b", "a=b,c"])
def test_labels_are_pairs(text: str) -> None:
    with pytest.raises(UsageError, match=r"cluster\.lean_labels"):
        lean_needs(config(cluster=ClusterConfig(lean_labels=text)))


def test_several_labels_can_be_given() -> None:
    needs = lean_needs(config(cluster=ClusterConfig(lean_labels="a=b, c=d")))
    assert needs.labels == (("a", "b"), ("c", "d"))
