"""A Ray that was told of GPUs it doesn't have: engines find their places there, or the run ends before it begins."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from prover.cluster.actors import LOCAL, ray_system
from prover.cluster.cluster import start_engines
from prover.cluster.handle import Needs, System
from prover.config import ClusterConfig, Config, ModelConfig
from prover.errors import StepwiseError, UsageError

pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.timeout(120), pytest.mark.filterwarnings("ignore")]

BOTH = Config(models=ModelConfig(policy="models/policy", critic="models/critic"))


async def started(system: System, config: Config) -> list[str]:
    """What was said while the engines were started; no model is loaded."""
    said: list[str] = []
    async with contextlib.AsyncExitStack() as stack:
        await start_engines(system, config, stack, said.append)
    return [line for line in said if "engine" in line]


def hold(said: list[str], *beginnings: str) -> None:
    """One line for each kind of engine, which begins so."""
    assert [line[: len(beginning)] for line, beginning in zip(said, beginnings, strict=True)] == list(beginnings)


def places(said: list[str]) -> list[str]:
    return [place for line in said for place in line.partition(", on ")[2].split(", ")]


async def test_without_a_gpu_no_engine_is_promised_one() -> None:
    async with ray_system(LOCAL, local=Needs(8.0, 0)) as system:
        assert await started(system, BOTH) == []


async def test_policy_and_critic_share_one_gpu_and_what_has_no_place_ends_the_run_before_it_begins() -> None:
    whole = ClusterConfig(policy_gpus=1.0, critic_gpus=1.0, place_s=3.0)
    async with ray_system(LOCAL, local=Needs(8.0, 1)) as system:
        said = await started(system, BOTH)
        hold(said, "1 policy engine with 0.75 GPU each (75% of its memory)", "1 critic engine with 0.25 GPU each (25%")
        assert len({line.rpartition(" GPU ")[2] for line in said}) == 1
        with pytest.raises(UsageError, match="2 GPUs, and there are 1"):  # at once: this Ray will never have more
            await started(system, replace(BOTH, cluster=whole))
        with pytest.raises(StepwiseError, match=r"no place for critic 0 \(1 CPU, 1 GPU\): there are 1 GPUs"):
            await started(replace(system, can_grow=True), replace(BOTH, cluster=whole))


async def test_engines_have_each_a_gpu_of_their_own_where_there_are_enough() -> None:
    many = replace(BOTH, cluster=ClusterConfig(policy_engines=6, critic_engines=2))
    async with ray_system(LOCAL, local=Needs(8.0, 8)) as system:
        said = await started(system, BOTH)
        hold(said, "1 policy engine with 1 GPU each (100% of its memory)", "1 critic engine with 1 GPU each (100%")
        assert len(set(places(said))) == 2
        found = places(await started(system, many))
        assert len(found) == len(set(found)) == 8
