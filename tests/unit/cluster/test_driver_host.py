"""What stands in a driver actor: the parts of a run in one process, and a trace that travels."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from prover.cluster.driver_host import DriverHost, DriverParts
from prover.config import SearchConfig
from prover.driver.theorem import Parts
from prover.judge import Verdict, VerdictStatus
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status
from prover.run.utilisation import Load
from prover.tasks import Document
from search.base import TacticLimits
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.policy import AllTactics
from tests.unit.cluster.test_drivers import task


@dataclass
class Side:
    """A Lean side whose outages are set by hand: `outage_s` seconds pass without Lean while a theorem is open."""

    environment: FakeEnvironment
    outage: float = 0.0
    lost_s: float = 0.0
    is_ready: bool = False

    async def ready(self, *, count: int = 1) -> None:
        self.is_ready = True

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        assert self.is_ready
        self.lost_s += self.outage
        return cast(OpenTheorem, self.environment)

    def outage_s(self) -> float:
        return self.lost_s

    def load(self) -> Load:
        return Load({"lean": 1.0})


class Yes:
    """Accepts everything."""

    async def judge(self, challenge: str, solution: str, theorem: str) -> Verdict:
        return Verdict(VerdictStatus.ACCEPTED, theorem)


def host(seed: int, *, outage: float = 0.0, expansions: int = 100) -> DriverHost:
    side = Side(FakeEnvironment(World(seed=seed)), outage)

    @asynccontextmanager
    async def parts() -> AsyncIterator[DriverParts]:
        made = Parts(
            lean=side,
            policy=AllTactics(),
            critic=None,
            judge=Yes(),
            settings=SearchConfig(expansions=expansions, minimise=False),
            limits=TacticLimits(),
            time_limit_s=10.0,
            seed=0,
        )
        yield DriverParts(made, side)

    return DriverHost(parts, is_traced=True)


async def test_a_theorem_comes_back_with_its_whole_trace() -> None:
    driver = host(2)
    whole = task()
    delivery = await driver.prove(whole, whole.document, 0)
    assert delivery.attempt.result.status is Status.PROVED
    assert delivery.attempt.result.id == whole.id
    header, *expansions = gzip.decompress(delivery.traces[""]).splitlines()
    assert b'"name":"foo"' in header
    assert expansions
    load = await driver.load()
    assert set(load.busy_s) == {"lean", "policy", "judge"}
    await driver.close()


async def test_a_search_without_lean_for_much_of_its_time_is_not_a_failure() -> None:
    failed = await host(2, expansions=1).prove(task(), Document(task().document.text), 0)
    assert failed.attempt.result.status is Status.FAILED
    lost = await host(2, outage=100.0, expansions=1).prove(task(), task().document, 0)
    assert (lost.attempt.result.status, lost.attempt.result.stop_reason) == (Status.UNKNOWN, "lean_fault")
    found = await host(2, outage=100.0).prove(task(), task().document, 0)
    assert found.attempt.result.status is Status.PROVED
