from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from prover.batching import Batcher
from prover.errors import ModelError, RequestFault


class Engine:
    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        await self.gate.wait()
        if 13 in items:
            raise ModelError("unlucky")
        if 17 in items:
            raise RequestFault("too long")
        return [item * 10 for item in items]


async def test_an_idle_engine_starts_at_once_and_a_busy_one_gets_what_collected() -> None:
    engine = Engine()
    batcher = Batcher(engine, max_batch=3)
    first = asyncio.create_task(batcher.submit([1]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(batcher.submit([n, n + 1])) for n in (2, 4)]
    await asyncio.sleep(0)
    engine.gate.set()
    assert await first == [10]
    assert [await other for other in others] == [[20, 30], [40, 50]]
    assert engine.batches == [[1], [2, 3, 4], [5]]
    assert (batcher.statistics.batches, batcher.statistics.items) == (3, 5)


async def test_a_cancelled_caller_costs_the_engine_nothing() -> None:
    engine = Engine()
    batcher = Batcher(engine, max_batch=8)
    first = asyncio.create_task(batcher.submit([1]))
    await asyncio.sleep(0.001)
    gone = asyncio.create_task(batcher.submit([2]))
    await asyncio.sleep(0)
    gone.cancel()
    last = asyncio.create_task(batcher.submit([3]))
    await asyncio.sleep(0)
    engine.gate.set()
    assert (await first, await last) == ([10], [30])
    assert engine.batches == [[1], [3]]


async def test_a_fault_reaches_its_own_batch_only() -> None:
    engine = Engine()
    engine.gate.set()
    batcher = Batcher(engine, max_batch=8)
    with pytest.raises(ModelError, match="unlucky"):
        await batcher.submit([13])
    assert await batcher.submit([4]) == [40]


async def test_a_fault_over_one_request_reaches_its_own_caller_only() -> None:
    engine = Engine()
    engine.gate.set()
    batcher = Batcher(engine, max_batch=8)
    callers = [asyncio.create_task(batcher.submit(items)) for items in ([1, 2], [17], [3])]
    assert await callers[0] == [10, 20]
    assert await callers[2] == [30]
    with pytest.raises(RequestFault, match="too long"):
        await callers[1]
