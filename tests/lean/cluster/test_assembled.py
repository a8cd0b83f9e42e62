"""A whole cluster run on the embedded Lean with its actors in this process: what is put together is what works."""

from __future__ import annotations

import gzip
from dataclasses import replace
from io import BytesIO

import pytest

from prover.assembly.far import open_driver
from prover.assembly.toolchains import open_toolchain
from prover.cluster.cluster import open_cluster
from prover.config import Config, LeanConfig
from prover.driver.job import Accepted
from prover.tasks import TheoremTask, load_tasks
from search.budget import Budget
from tests.fakes.cluster import FakeSystem
from tests.fakes.jobs import job_of

pytestmark = [pytest.mark.timeout(600)]


async def test_a_theorem_is_proved_and_judged_by_actors_and_its_trace_comes_home() -> None:
    toolchain = await open_toolchain(LeanConfig())
    (task,) = load_tasks([], ["theorem t (a b : Nat) : a + b = b + a := by sorry"], stdin=BytesIO()).tasks
    config = replace(Config(), time_limit_s=120.0, lean=LeanConfig(workers=1))
    traces: list[bytes] = []

    def store(task: TheoremTask, attempt: int, beside: str, data: bytes) -> None:
        traces.append(data)

    system = FakeSystem()
    said: list[str] = []
    opening = open_cluster(system, config, open_driver, fingerprint=toolchain.fingerprint, say=said.append)
    async with opening as cluster:
        done = await cluster.prover(store).prove(job_of(task, budget=Budget(wall_s=120.0)))
    assert isinstance(done.ending, Accepted)
    assert [handle.name for handle in system.handles] == ["driver 0", "lean 0.0"]
    assert all(handle.is_ended for handle in system.handles)
    assert b'"name":"t"' in gzip.decompress(traces[0])
