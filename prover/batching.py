"""Joins the small requests of many searches into batches for one engine, without waiting for a batch to fill.

While the engine works on one batch, what arrives is collected; when it is done, all of that is the next batch. So an
idle engine answers at once and a busy one gets large batches, with no timer and no lock-step.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from prover.errors import ModelError, RequestFault

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(slots=True)
class BatchStatistics:
    """The batches and items of a batcher so far, and the seconds for which its engine was at work."""

    batches: int = 0
    items: int = 0
    busy_s: float = 0.0


class Batcher(Generic[In, Out]):
    """Calls `run` with batches of at most `max_batch` items, one batch at a time, in order of arrival.

    An item whose caller was cancelled before its batch started is left out. After a fault over one request, each item
    goes alone; any other fault of `run` reaches every caller of that batch, and no other.
    """

    def __init__(
        self,
        run: Callable[[Sequence[In]], Awaitable[Sequence[Out]]],
        *,
        max_batch: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.statistics = BatchStatistics()
        self._run = run
        self._max_batch = max_batch
        self._clock = clock
        self._waiting: deque[tuple[In, asyncio.Future[Out]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, items: Sequence[In]) -> list[Out]:
        """One output per item, in order."""
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Out]] = [loop.create_future() for _ in items]
        self._waiting.extend(zip(items, futures, strict=True))
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._drain())
        try:
            return list(await asyncio.gather(*futures))
        finally:
            for future in futures:
                future.cancel()

    async def _drain(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            if not batch:
                continue
            started = self._clock()
            self.statistics.batches += 1
            self.statistics.items += len(batch)
            await self._answer(batch)
            self.statistics.busy_s += self._clock() - started

    def _next_batch(self) -> list[tuple[In, asyncio.Future[Out]]]:
        batch: list[tuple[In, asyncio.Future[Out]]] = []
        while self._waiting and len(batch) < self._max_batch:
            entry = self._waiting.popleft()
            if not entry[1].done():
                batch.append(entry)
        return batch

    async def _answer(self, batch: list[tuple[In, asyncio.Future[Out]]]) -> None:
        try:
            outputs = await self._run([item for item, _ in batch])
            if len(outputs) != len(batch):
                raise ModelError(f"an engine answered {len(outputs)} of {len(batch)} requests")
        except BaseException as fault:
            if isinstance(fault, RequestFault) and len(batch) > 1:
                for entry in batch:
                    await self._answer([entry])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(fault) if isinstance(fault, Exception) else future.cancel()
            if not isinstance(fault, Exception):
                raise
            return
        for (_, future), output in zip(batch, outputs, strict=True):
            if not future.done():
                future.set_result(output)
