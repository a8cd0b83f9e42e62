"""A Ray that was told of GPUs it doesn't have: engines find their places there, or the run ends before it begins."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from prover.cluster.actors import LOCAL, ray_system
from prover.cluster.cluster import start_engines
from prover.cluster.handle import Needs
from prover.config import ClusterConfig, Config, ModelConfig
from prover.errors import StepwiseError, UsageError

pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.timeout(120), pytest.mark.filterwarnings("ignore")]

BOTH = Config(models=ModelConfig(policy="models/policy", critic="models/critic"))


async def started(gpus: float, config: Config, *, can_grow: bool = False) -> list[str]:
    """What was said while the engines were started; no model is loaded."""
    said: list[str] = []
    async with ray_system(LOCAL, local=Needs(8.0, gpus)) as system, contextlib.AsyncExitStack() as stack:
        await start_engines(replace(system, can_grow=can_grow), config, stack, said.append)
    return [line for line in said if "engine" in line]


@pytest.mark.parametrize(
    ("gpus", "expected"),
    [
        (0, []),
        (1, ["1 policy engine with 0.75 GPU each (75% of its memory)", "1 critic engine with 0.25 GPU each (25%"]),
        (2, ["1 policy engine with 1 GPU each (100% of its memory)", "1 critic engine with 1 GPU each (100%"]),
    ],
)
async def test_policy_and_critic_share_the_gpus_of_a_ray_of_our_own(gpus: int, expected: list[str]) -> None:
    said = await started(gpus, BOTH)
    assert len(said) == len(expected)
    for line, beginning in zip(said, expected, strict=True):
        assert line.startswith(beginning)
    used = {line.rpartition(" GPU ")[2] for line in said}
    assert len(used) == min(gpus, len(said))


async def test_engines_on_eight_gpus_have_each_their_own() -> None:
    many = replace(BOTH, cluster=ClusterConfig(policy_engines=6, critic_engines=2))
    said = await started(8, many)
    places = [place for line in said for place in line.partition(", on ")[2].split(", ")]
    assert len(places) == len(set(places)) == 8


async def test_what_a_ray_of_our_own_can_never_place_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="2 GPUs, and there are 1"):
        await started(1, replace(BOTH, cluster=ClusterConfig(policy_gpus=1.0, critic_gpus=1.0)))


async def test_a_cluster_that_does_not_bring_what_is_needed_ends_the_run_before_it_begins() -> None:
    config = replace(BOTH, cluster=ClusterConfig(policy_gpus=1.0, critic_gpus=1.0, place_s=5.0))
    with pytest.raises(StepwiseError, match=r"no place for critic 0 \(1 CPU, 1 GPU\): there are 1 GPUs"):
        await started(1, config, can_grow=True)
