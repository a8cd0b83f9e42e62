"""Who needs what of a cluster, and what Ray is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.cluster.actors import LOCAL, init_options, options
from prover.cluster.cluster import all_needs, driver_needs, lean_needs, num_drivers, shares
from prover.cluster.handle import Needs
from prover.cluster.placement import memory_parts, plan_engines, refuse_unplaceable, share_gpus
from prover.config import ClusterConfig, Config, LeanConfig, ModelConfig
from prover.errors import UsageError


def config(workers: int = 2, cluster: ClusterConfig | None = None, policy: str = "builtin") -> Config:
    return Config(
        lean=LeanConfig(workers=workers), models=ModelConfig(policy=policy), cluster=cluster or ClusterConfig()
    )


def test_a_critic_that_is_a_line_takes_no_part_of_a_gpu(tmp_path: Path) -> None:
    for kind, shares_of_gpu in (("line", (1.0, 0)), ("heads", (0.75, 1))):
        (tmp_path / f"{kind}.json").write_text(json.dumps({"kind": kind}))
        policy, critic = plan_engines(
            Config(models=ModelConfig(policy="models/policy", critic=f"{tmp_path}/{kind}.json")), 1.0
        )
        assert (policy.needs.gpus, critic.count) == shares_of_gpu


@pytest.mark.parametrize(("workers", "drivers"), [(1, 1), (128, 1), (129, 2), (1000, 8)])
def test_workers_are_shared_out_to_as_many_drivers_as_they_need(workers: int, drivers: int) -> None:
    found = shares(config(workers))
    assert len(found) == num_drivers(config(workers)) == drivers
    assert sum(found) == workers
    assert max(found) - min(found) <= 1


def test_the_number_of_drivers_can_be_said() -> None:
    assert shares(config(10, ClusterConfig(drivers=3))) == [4, 3, 3]


@pytest.mark.parametrize(
    ("lean", "limit_mb"),
    [
        (LeanConfig(), 2560),
        (LeanConfig(memory_mb=1500), 1500),
        (LeanConfig(project="/p"), 12288),
        (LeanConfig(project="/p", memory_mb=9000), 9000),
    ],
)
def test_a_lean_worker_reserves_a_core_and_its_whole_memory(lean: LeanConfig, limit_mb: int) -> None:
    needs = lean_needs(Config(lean=lean))
    assert needs.cpus == 1.0
    assert lean.worker_bytes == limit_mb << 20, "the limit at which a worker is ended"
    assert lean.worker_bytes < needs.memory_bytes <= lean.worker_bytes + (256 << 20)


def test_a_driver_reserves_the_memory_of_the_judging_processes_that_it_may_have_at_once() -> None:
    small, large = (Config(lean=LeanConfig(memory_mb=size)) for size in (1000, 3000))
    for lean_workers, processes in ((1, 2), (64, 4)):
        more = driver_needs(large, lean_workers).memory_bytes - driver_needs(small, lean_workers).memory_bytes
        assert more == processes * 2000 << 20


@pytest.mark.parametrize(
    ("engines", "gpus", "expected"),
    [
        ((1, 1), 0, (0.0, 0.0)),
        ((1, 1), 1, (0.75, 0.25)),
        ((1, 1), 2, (1.0, 1.0)),
        ((1, 0), 1, (1.0, 0.0)),
        ((2, 0), 1, (0.5, 0.0)),
        ((0, 3), 1, (0.0, 0.3333)),
        ((8, 1), 8, (0.75, 0.25)),
        ((4, 4), 8, (1.0, 1.0)),
        ((16, 2), 8, (0.375, 0.25)),
        ((8, 2), 2, (0.2001, 0.1996)),
        ((1, 1), None, (1.0, 1.0)),
    ],
)
def test_engines_share_the_gpus_there_are_and_have_whole_ones_where_there_are_enough(
    engines: tuple[int, int], gpus: float | None, expected: tuple[float, float]
) -> None:
    policy, critic = share_gpus(*engines, gpus=gpus, critic_part=0.25)
    assert (policy * bool(engines[0]), critic * bool(engines[1])) == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 8), st.sampled_from([0.1, 0.25, 0.5]))
def test_whatever_is_shared_out_fits_when_policies_find_their_places_first(
    policies: int, critics: int, gpus: int, critic_part: float
) -> None:
    """As Ray does it: each engine to the fullest GPU that still has room for it."""
    shares = share_gpus(policies, critics, gpus=gpus, critic_part=critic_part)
    free = [1.0] * gpus
    for share in [shares[0]] * policies + [shares[1]] * critics:
        fitting = [left for left in free if left >= share - 1e-9]
        assert fitting, (shares, free)
        free[free.index(min(fitting))] -= share


def test_what_the_settings_say_of_gpus_is_taken_as_it_is_and_nothing_is_asked_for_on_the_cpu() -> None:
    both = replace(config(), models=ModelConfig(policy="models/p", critic="models/c"))
    said = replace(both, cluster=ClusterConfig(policy_gpus=0.6, critic_gpus=0.4))
    assert [plan.needs.gpus for plan in plan_engines(said, 8.0)] == [0.6, 0.4]
    assert [plan.memory_share for plan in plan_engines(said, 8.0)] == [0.6, 0.4]
    on_cpu = replace(both, models=replace(both.models, device="cpu"))
    assert [plan.needs.gpus for plan in plan_engines(on_cpu, 1.0)] == [0.0, 0.0]
    one = replace(both, models=replace(both.models, critic="models/c?device=cpu"))
    assert [plan.needs.gpus for plan in plan_engines(one, 1.0)] == [1.0, 0.0]


def test_no_gpu_is_reserved_for_models_that_are_on_the_cpu_inside_of_a_mix_or_a_critics_file(tmp_path: Path) -> None:
    file = tmp_path / "heads.json"

    def gpus(policy: str, trunk: str, query: str = "") -> list[float]:
        file.write_text(json.dumps({"kind": "heads", "trunk": trunk}))
        models = ModelConfig(policy=policy, critic=f"{file}{query}")
        return [plan.needs.gpus for plan in plan_engines(Config(models=models), 2.0)]

    assert gpus("mix:models/p?device=cpu=0.7,builtin=0.3", "models/t?device=cpu") == [0.0, 0.0]
    assert gpus("mix:models/p?device=cpu=0.7,models/q=0.3", "models/t?bits=8") == [1.0, 1.0]
    assert gpus("mix:builtin=0.7,models/p?bits=8&device=cpu=0.3", "models/t", "?device=cpu") == [0.0, 0.0]
    assert gpus("models/p", "models/t?device=cpu", "?device=cuda") == [1.0, 1.0]


@pytest.mark.parametrize(
    ("policy", "critic", "is_shared"),
    [
        ("models/p", "models/c", True),
        ("models/p", "models/c?device=cuda:1", False),
        ("models/p?device=cuda:0+cuda:1", "models/c?device=cuda:1", True),
        ("mix:models/p?device=cuda:1=0.5,builtin=0.5", "models/c", False),
        ("builtin", "models/c", False),
    ],
)
def test_models_of_one_process_share_the_memory_of_a_device_that_both_are_on(
    policy: str, critic: str, is_shared: bool
) -> None:
    parts = memory_parts(Config(models=ModelConfig(policy=policy, critic=critic)))
    assert (parts != (1.0, 1.0)) is is_shared


def test_what_can_never_be_placed_is_refused_with_what_to_do() -> None:
    wanted = replace(
        config(cluster=ClusterConfig(policy_gpus=1.0, critic_gpus=1.0)),
        models=ModelConfig(policy="models/p", critic="models/c"),
    )
    refuse_unplaceable(plan_engines(wanted, 2.0), 2.0)
    with pytest.raises(UsageError, match=r"2 GPUs, and there are 1\. Leave cluster\.policy_gpus"):
        refuse_unplaceable(plan_engines(wanted, 1.0), 1.0)


def test_a_ray_of_our_own_has_room_for_all_of_the_run() -> None:
    plain, model = config(4), config(4, ClusterConfig(policy_engines=2), policy="models/p")
    assert all_needs(plain).cpus == 4 * lean_needs(plain).cpus + driver_needs(plain, 4).cpus
    assert all_needs(model).cpus == all_needs(plain).cpus + 2
    asked = init_options(LOCAL, all_needs(plain))
    assert asked["num_cpus"] == all_needs(plain).cpus
    assert asked["_memory"] == all_needs(plain).memory_bytes


def test_a_cluster_that_is_joined_is_taken_as_it_is() -> None:
    assert "num_cpus" not in init_options("10.0.0.1:6379", Needs(4.0))


def test_labels_are_asked_of_ray_and_lost_actors_come_again() -> None:
    asked = options("lean 0.1", Needs(1.0, 0.0, 5, (("stepwise", "lean"),)))
    assert (asked["label_selector"], asked["memory"]) == ({"stepwise": "lean"}, 5)
    assert asked["max_restarts"] > 100
    assert asked["max_task_retries"] == 0  # a retried call would run behind the caller's back


@pytest.mark.parametrize("text", ["lean", "a=", "=b", "a=b,c"])
def test_labels_are_pairs(text: str) -> None:
    with pytest.raises(UsageError, match=r"cluster\.lean_labels"):
        lean_needs(config(cluster=ClusterConfig(lean_labels=text)))


def test_several_labels_can_be_given() -> None:
    needs = lean_needs(config(cluster=ClusterConfig(lean_labels="a=b, c=d")))
    assert needs.labels == (("a", "b"), ("c", "d"))


@pytest.mark.parametrize(
    ("models", "engines", "expected"),
    [
        (ModelConfig(policy="models/p", critic="models/c"), ClusterConfig(), [0.75, 0.25]),
        (
            ModelConfig(policy="models/p", critic="models/c", device="cpu"),
            ClusterConfig(policy_engines=3),
            [0.25, 0.25],
        ),
        (ModelConfig(policy="models/p", critic="heuristic"), ClusterConfig(), [1.0, 1.0]),
        (ModelConfig(policy="models/p", critic="models/c?device=cuda:0", device="cpu"), ClusterConfig(), [1.0, 1.0]),
    ],
)
def test_engines_without_a_gpu_share_the_memory_of_the_machine_that_they_may_come_to(
    models: ModelConfig, engines: ClusterConfig, expected: list[float]
) -> None:
    plans = plan_engines(replace(config(), models=models, cluster=engines), 0.0)
    assert [plan.needs.gpus for plan in plans] == [0.0, 0.0]
    assert [plan.memory_share for plan in plans] == pytest.approx(expected)
