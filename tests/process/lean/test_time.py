"""What counts as a theorem's own time, and that opening ends within it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from prover.lean.pool_health import EventKind, PoolEvent
from prover.lean.problem import OpenFailed, Problem
from prover.lean.process_seat import local_pool
from tests.fakes.toolchain import POOL, QUICK, SIMPLE, FakeToolchain, MakePool, opened

pytestmark = [pytest.mark.timeout(30)]


@pytest.mark.parametrize(
    ("context", "declaration", "counts"),
    [
        ("import Slow -- nap=0.6\n", "theorem foo : p := by sorry", False),
        ("import Init\ndef f := 1 -- nap=0.6\n", "theorem foo : p := by sorry", False),
        ("import Init\n", "theorem foo : p := /- nap=0.6 -/ by sorry", True),
    ],
    ids=["imports", "text before", "declaration"],
)
async def test_the_declaration_is_the_theorems_own_and_what_stands_before_is_not(
    pool: MakePool, context: str, declaration: str, counts: bool
) -> None:
    async with pool() as workers:
        await opened(workers)
        theorem = await opened(workers, Problem("foo", context, declaration))
        assert (theorem.opening_s >= 0.6) is counts
        assert (theorem.before_s >= 0.6) is not counts


async def test_a_declaration_that_takes_too_long_is_given_up_and_others_are_served(pool: MakePool) -> None:
    async with pool(session=replace(QUICK, late_s=0.2)) as workers:
        await workers.ready()
        began = time.monotonic()
        late = await workers.open(Problem("bar", "import Init\n", "theorem bar : p := by sorry -- hang", limit_s=0.4))
        assert isinstance(late, OpenFailed)
        assert late.is_late
        assert time.monotonic() - began < 2.0
        await opened(workers)


async def test_workers_start_a_few_at_a_time() -> None:
    starting, most = 0, 0

    def hear(event: PoolEvent) -> None:
        nonlocal starting, most
        starting += {EventKind.STARTING: 1, EventKind.READY: -1}.get(event.kind, 0)
        most = max(most, starting)

    async with local_pool(FakeToolchain(), workers=9, limits=POOL, session=QUICK, on_event=hear) as workers:
        await asyncio.wait_for(workers.ready(count=9), 20)
        await opened(workers, SIMPLE)
    assert most == 4
