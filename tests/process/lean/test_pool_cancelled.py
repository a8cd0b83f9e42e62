"""A caller who goes away at any moment leaves the pool as it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from prover.lean.session import Worker
from tests.fakes.toolchain import POOL, pool

pytestmark = pytest.mark.timeout(20)


async def test_a_caller_who_is_cancelled_just_as_its_turn_comes_keeps_no_place() -> None:
    """The place was kept for ever: the job's task was made and then cancelled before its first step."""
    gate = asyncio.Event()
    next_one: list[asyncio.Task[None]] = []

    async def go_and_cancel_the_next(_: Worker) -> None:
        await gate.wait()
        next_one[0].cancel()  # its caller hears of it only after this worker has looked for its next job

    async def nothing(_: Worker) -> None:
        pass

    async with pool(limits=replace(POOL, in_flight=1)) as workers:
        await workers.ready()
        first = asyncio.create_task(workers.run(0, (), go_and_cancel_the_next))
        await asyncio.sleep(0)
        next_one.append(asyncio.create_task(workers.run(0, (), nothing)))
        await asyncio.sleep(0)
        gate.set()
        await first
        with pytest.raises(asyncio.CancelledError):
            await next_one[0]
        async with asyncio.timeout(5.0):
            await workers.run(0, (), nothing)
        assert workers.health().waiting == 0
