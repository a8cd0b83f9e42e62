"""What stands in a driver actor: the parts of a run in one process, and a trace that travels."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from prover.cluster.driver_host import DriverComponents, DriverHost
from prover.cluster.engine_host import CriticHost
from prover.config import SearchConfig
from prover.driver.job import Accepted, Ending, Fault, FaultKind, Unproved
from prover.driver.parts import Components
from prover.errors import UsageError
from prover.judge import Verdict, VerdictStatus
from prover.lean.pool_health import PoolHealth, WaitTimes, WorkerHealth
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.models.facts import ModelFacts
from prover.policy.critics import open_critic
from prover.tasks import Document
from search.base import TacticLimits
from search.budget import Budget, StopReason
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.jobs import job_of
from tests.unit.cluster.test_drivers import task

JOB = job_of(task())
TWO_STEPS: Picture = {"root": {"a": ["middle"]}, "middle": {"b": []}}


@dataclass
class Side:
    """A Lean side whose outages are set by hand: `outage_s` seconds pass without Lean while a theorem is open.

    With an event it opens nothing before that is set.
    """

    environment: GraphEnvironment
    outage: float = 0.0
    opens: asyncio.Event | None = None
    lost_s: float = 0.0
    is_ready: bool = False

    async def ready(self, *, count: int = 1) -> None:
        self.is_ready = True

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        assert self.is_ready
        if self.opens is not None:
            await self.opens.wait()
        self.lost_s += self.outage
        return cast(OpenTheorem, self.environment)

    def outage_s(self) -> float:
        return self.lost_s

    def health(self) -> PoolHealth:
        return PoolHealth(1.0, (WorkerHealth(busy_s=1.0),), 0, WaitTimes())


class Yes:
    """Accepts everything."""

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
        return Verdict(VerdictStatus.ACCEPTED, theorem)

    async def ready(self) -> None:
        pass


LINE = ModelFacts("mine.json", "a line through features", "float64", "ab" * 32, "cpu")


def host(*, outage: float = 0.0, opens: asyncio.Event | None = None) -> DriverHost:
    side = Side(GraphEnvironment(TWO_STEPS), outage, opens)

    @asynccontextmanager
    async def parts() -> AsyncIterator[DriverComponents]:
        made = Components(
            lean=side,
            policy=proposing({"root": ["a"], "middle": ["b"]}),
            critic=None,
            judge=Yes(),
            settings=SearchConfig(minimise=False),
            limits=TacticLimits(),
            time_limit_s=10.0,
            seed=0,
        )
        yield DriverComponents(made, side, facts={"critic": (LINE,)})

    return DriverHost(parts, is_traced=True)


async def test_a_theorem_comes_back_with_its_whole_trace() -> None:
    driver = host()
    delivery = await driver.prove(JOB, JOB.task.document)
    assert isinstance(delivery.attempt.ending, Accepted)
    header, *expansions = gzip.decompress(delivery.traces[""]).splitlines()
    assert b'"name":"foo"' in header
    assert expansions
    load = await driver.load()
    assert set(load.busy_s) == {"lean", "policy", "judge"}
    await driver.close()


async def test_a_driver_tells_of_the_models_that_it_opened_itself() -> None:
    driver = host()
    await driver.ready()
    assert await driver.facts() == {"critic": (LINE,)}
    await driver.close()


async def test_what_is_missing_on_one_machine_is_said_with_that_machine(tmp_path: Path) -> None:
    @asynccontextmanager
    async def parts() -> AsyncIterator[DriverComponents]:
        await open_critic(f"{tmp_path}/mine.json")
        raise AssertionError
        yield

    here = re.escape(f"on {socket.gethostname()}: no critic at {tmp_path}/mine.json (what a run names")
    with pytest.raises(UsageError, match=here):
        await DriverHost(parts, is_traced=True).ready()
    with pytest.raises(UsageError, match=here):
        await CriticHost(f"{tmp_path}/mine.json", None).ready()


async def test_a_search_without_lean_for_much_of_its_time_is_not_a_failure() -> None:
    async def ended(driver: DriverHost, expansions: int = 100) -> Ending:
        job = job_of(task(), budget=Budget(expansions, wall_s=10.0))
        attempt = (await driver.prove(job, Document(task().document.text))).attempt
        await driver.close()
        return attempt.ending

    assert await ended(host(), expansions=1) == Unproved(StopReason.EXPANSIONS)
    missed = await ended(host(outage=100.0), expansions=1)
    assert missed == Fault(FaultKind.LEAN, "there was no Lean for 100 s of its time")
    assert isinstance(await ended(host(outage=100.0)), Accepted)


async def test_a_driver_that_is_ended_in_the_middle_of_a_theorem_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    driver = host(opens=asyncio.Event())
    proving = asyncio.create_task(driver.prove(JOB, JOB.task.document))
    while not list(tmp_path.glob("stepwise-*/*")):
        await asyncio.sleep(0)
    await driver.close()
    assert list(tmp_path.iterdir()) == []
    proving.cancel()
    await asyncio.gather(proving, return_exceptions=True)
