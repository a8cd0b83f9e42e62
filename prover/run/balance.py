"""Adjusts the number of theorems at work: enough that Lean never waits for the policy, and no more.

A batch of the policy has one request for each theorem that waits for it, so this one number balances both. While Lean
workers are idle, more theorems ask the policy at a time and its batches grow. While requests queue for Lean, a larger
batch would only make searches plan on old outcomes. While most theorems wait for the judge, Lean workers are idle too,
but more theorems would only give each search a smaller part of the workers within its time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

_IDLE = 0.9  # below this busy share of the Lean workers there is room
_QUEUED = 1.0  # requests waiting for each Lean worker, above which there is too much
_JUDGED = 0.5  # the share of the theorems at work that are with the judge, above which the judge sets the pace


class Balance:
    """A limit on theorems at work, between `low` and `high`, that follows the queues; `admit` enforces it."""

    def __init__(self, low: int, high: int) -> None:
        self.limit = low
        self.at_work = 0
        self.high = max(low, high)
        self._low = low
        self._changed = asyncio.Event()

    def adjust(self, sample: Mapping[str, float]) -> None:
        """Move the limit up or down by an eighth, at least one, or leave it, by a sample of the utilisation."""
        ready = sample.get("lean_ready", 0)
        if not ready:
            return  # Lean is starting, or lost: this says nothing of the balance
        step = max(1, self.limit // 8)
        waiting = sample.get("requests_waiting", 0)
        judged = sample.get("judge_in_flight", 0)
        if waiting > _QUEUED * ready or judged > _JUDGED * self.limit:
            self._set(self.limit - step)
        elif sample.get("lean_busy", 1.0) < _IDLE and waiting < ready and self.at_work >= self.limit:
            self._set(self.limit + step)

    def gauges(self) -> dict[str, float]:
        """The numbers for utilisation samples: theorems at work, and the limit."""
        return {"theorems_at_once": self.at_work, "theorems_allowed": self.limit}

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[None]:
        """Wait for a place, and hold it until the block ends."""
        while self.at_work >= self.limit:
            self._changed.clear()
            await self._changed.wait()
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1
            self._changed.set()

    def _set(self, limit: int) -> None:
        self.limit = min(self.high, max(self._low, limit))
        self._changed.set()
