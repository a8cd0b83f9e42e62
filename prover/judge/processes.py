"""The judge's Lean processes: warm ones for elaboration, each used for one proof, and one that compares.

What elaborates foreign text is believed by nobody and ends with its proof. What compares sees no foreign text, only
declarations as data, so it lives on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from prover.errors import LeanFault, ProtocolFault
from prover.lean.transport import Launch, LeanProcess

log = logging.getLogger(__name__)

_KEEP_COMPARING = 500  # judgements after which the comparing process is replaced

Answer = Mapping[str, Any]


class JudgeToolchain(Protocol):
    """A Lean that is installed and ready to be started."""

    @property
    def name(self) -> str:
        """For people: which Lean this is."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash over Lean, its libraries and what was changed in them, in hex."""
        ...

    def judge_launch(self) -> Launch:
        """How to start one judging process (`JudgeMain.lean`)."""
        ...


async def start_process(toolchain: JudgeToolchain, *, memory_bytes: int, start_timeout_s: float) -> LeanProcess:
    """A judging process, ready. Raises LeanFault if it doesn't start at the second try."""
    launch = replace(toolchain.judge_launch(), memory_bytes=memory_bytes)
    try:
        return await LeanProcess.start(launch, ready_timeout_s=start_timeout_s)
    except LeanFault as fault:
        log.warning("a judging process did not start, trying again: %s", fault)
        return await LeanProcess.start(launch, ready_timeout_s=start_timeout_s)


def refuse_fault(answer: Answer) -> Answer:
    """The answer, unless the process says that it could not serve the request: then ProtocolFault."""
    if "fault" in answer:
        raise ProtocolFault(str(answer["fault"]))
    return answer


class SpareProcesses:
    """Hands out started processes, each to be used once and closed by who took it; keeps `spares` of them warm.

    A spare is started when the first process is taken, so one that is never used costs nothing.
    """

    def __init__(self, start: Callable[[], Awaitable[LeanProcess]], *, spares: int) -> None:
        self._start = start
        self._spares = spares
        self._starting: deque[asyncio.Task[LeanProcess]] = deque()
        self._is_closed = False

    def warm_up(self) -> None:
        """Begin to start the spares."""
        while len(self._starting) < self._spares and not self._is_closed:
            self._starting.append(asyncio.create_task(self._begin()))

    async def take(self) -> LeanProcess:
        """A process that nobody has used. Raises LeanFault if it can't be started."""
        task = self._starting.popleft() if self._starting else asyncio.create_task(self._begin())
        self.warm_up()
        try:
            process = await asyncio.shield(task)
        except asyncio.CancelledError:
            self._starting.appendleft(task)
            raise
        if not process.is_alive:  # a spare that died while it waited
            await process.close(grace_s=0.0)
            return await self._start()
        return process

    async def close(self) -> None:
        """End every spare."""
        self._is_closed = True
        tasks = list(self._starting)
        self._starting.clear()
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, LeanProcess):
                await outcome.close(grace_s=0.0)

    async def _begin(self) -> LeanProcess:
        return await self._start()


class ComparingProcess:
    """The process that compares: started when first needed, replaced when it died or has served for long."""

    def __init__(self, start: Callable[[], Awaitable[LeanProcess]]) -> None:
        self._start = start
        self._process: LeanProcess | None = None
        self._turn = asyncio.Lock()

    def warm_up(self) -> asyncio.Task[None]:
        """Begin to start it."""
        return asyncio.create_task(self._warm())

    async def ask(self, request: Answer, *, timeout_s: float) -> Answer:
        """The answer to one comparison. Raises LeanFault as `LeanProcess.submit` does."""
        async with self._turn:  # one at a time: a hostile proof that ends the process takes no other with it
            return await (await self._ready()).submit(request, timeout_s=timeout_s)

    async def close(self) -> None:
        if self._process is not None:
            await self._process.close(grace_s=0.0)

    async def _warm(self) -> None:
        async with self._turn:
            await self._ready()

    async def _ready(self) -> LeanProcess:
        if self._process is not None and self._process.is_alive and self._process.use.requests < _KEEP_COMPARING:
            return self._process
        if self._process is not None:
            await self._process.close(grace_s=0.0)
        self._process = await self._start()
        return self._process
