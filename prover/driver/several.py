"""One prover for a run with several toolchains: each theorem goes to the prover of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from prover.driver.job import Attempt, Job, Prover
from prover.tasks import TheoremTask


class Several:
    """A `Prover` made of one for each Lean; `index_of` gives the index of a theorem's Lean. Each has at most `at_once`
    theorems at a time, also when it is the last one with theorems left."""

    def __init__(self, provers: Sequence[Prover], index_of: Callable[[TheoremTask], int], *, at_once: int) -> None:
        self._provers = provers
        self._index_of = index_of
        self._places = [asyncio.Semaphore(at_once) for _ in provers]

    async def prove(self, job: Job) -> Attempt:
        index = self._index_of(job.task)
        async with self._places[index]:
            return await self._provers[index].prove(job)
