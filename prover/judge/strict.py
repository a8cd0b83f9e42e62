"""The strict form of the judge: each proof is elaborated in a process of its own, which ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from prover.errors import LeanFault
from prover.judge.judgement import Judgement
from prover.judge.processes import Answer, ComparingProcess, SpareProcesses, Start
from prover.judge.verdict import Verdict


class StrictForm:
    """Judges up to `parallel` proofs at once, with `spares` warm processes waiting for more; one process compares."""

    def __init__(self, start: Start, *, parallel: int, spares: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._spares = SpareProcesses(start, spares=spares)
        self._comparing = ComparingProcess(start, clock=clock)
        self._places = asyncio.Semaphore(parallel)

    def begin(self) -> None:
        """Start the processes of the first proof."""
        self._spares.begin()
        self._comparing.begin()

    async def ready(self) -> None:
        """Wait until the processes of the next proof are up, or can't be started."""
        await asyncio.gather(self._spares.ready(), self._comparing.ready())

    async def close(self) -> None:
        """End every process."""
        await self._spares.close()
        await self._comparing.close()

    async def judge(self, question: Judgement, file: str) -> Verdict:  # noqa: ARG002 (no text runs beside another)
        """The verdict, challenge and solution in one process of their own."""
        async with self._places:
            began_s = self._clock()
            try:
                process = await self._spares.take()
            except LeanFault as fault:
                return question.fault(fault)
            try:
                verdict = await question.run(process.submit, process.submit, self._comparing.ask)
                return replace(verdict, elapsed_s=self._clock() - began_s)
            finally:
                await process.close(grace_s=0.0)

    async def ask_challenge(self, request: Answer, *, timeout_s: float, file: str) -> Answer:  # noqa: ARG002
        """The answer of a process of its own."""
        process = await self._spares.take()
        try:
            return await process.submit(request, timeout_s=timeout_s)
        finally:
            await process.close(grace_s=0.0)
