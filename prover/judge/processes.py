"""The judge's Lean processes: warm ones for elaboration, each used for one proof, and one that compares.

A process that elaborates foreign text is not trusted and ends with its proof. The one that compares sees no foreign
text, only declarations as data, so it is kept for many proofs.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from prover.errors import DeathReason, ProtocolFault, StepwiseError, WorkerDied
from prover.keeper import Keeper, Patience, started
from prover.lean.toolchain import Toolchain
from prover.lean.transport import LeanProcess

log = logging.getLogger(__name__)

_KEEP_REQUESTS = 500  # the comparing process is replaced after so many
_KEEP_BYTES = 1400 << 20  # or at this resident size: WebAssembly ends at 2 GiB

_TWICE = Patience(retries=1, pause_s=0.0)
_ONCE = Patience(retries=0)

Answer = Mapping[str, Any]
Start = Callable[[], Coroutine[Any, Any, LeanProcess]]


async def start_process(toolchain: Toolchain, *, memory_bytes: int, start_timeout_s: float) -> LeanProcess:
    """Start a judging process. Raises LeanFault if the second try fails as well."""
    launch = replace(toolchain.judge_launch(), memory_bytes=memory_bytes)
    return await started(
        lambda: LeanProcess.start(launch, ready_timeout_s=start_timeout_s), _TWICE, on_failure=_note_failure
    )


def _note_failure(failure: StepwiseError, failures: int) -> None:
    log.warning("a judging process did not start (%d in a row): %s", failures, failure)


def refuse_fault(answer: Answer) -> Answer:
    """The answer, unless the process says that it could not serve the request: then ProtocolFault."""
    if "fault" in answer:
        raise ProtocolFault(str(answer["fault"]))
    return answer


class SpareProcesses:
    """Hands out started processes, each to be used once and closed by the caller; keeps `spares` of them warm.

    Spares are started when the first process is taken, so a judge that is never used costs nothing.
    """

    def __init__(self, start: Start, *, spares: int) -> None:
        self._start = start
        self._spares = spares
        self._starting: deque[asyncio.Task[LeanProcess]] = deque()
        self._is_closed = False

    async def take(self) -> LeanProcess:
        """A fresh process. Raises LeanFault if it can't be started."""
        task = self._starting.popleft() if self._starting else asyncio.create_task(self._start())
        while len(self._starting) < self._spares and not self._is_closed:
            self._starting.append(asyncio.create_task(self._start()))
        try:
            process = await asyncio.shield(task)
        except asyncio.CancelledError:
            if self._is_closed:
                await _end(task)
            else:
                self._starting.appendleft(task)
            raise
        if not process.is_alive:  # a spare that died while it waited
            await process.close(grace_s=0.0)
            return await self._start()
        return process

    async def close(self) -> None:
        """End every spare."""
        self._is_closed = True
        await asyncio.gather(*(_end(task) for task in self._starting))
        self._starting.clear()


async def _end(task: asyncio.Task[LeanProcess]) -> None:
    """End a process in any state: running, being started, or failed to start."""
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(outcome, LeanProcess):
        await outcome.close(grace_s=0.0)


class ComparingProcess:
    """The process that compares: started when first needed; replaced when it has died, after many requests, or when it
    has grown.

    Import lists stay in its memory once loaded, and so does anything that a hostile proof made it allocate.
    """

    def __init__(self, start: Start) -> None:
        self._keeper: Keeper[LeanProcess] = Keeper(start, lambda process: process.close(grace_s=0.0), _ONCE)
        self._turn = asyncio.Lock()

    async def ask(self, request: Answer, *, timeout_s: float) -> Answer:
        """The answer to one comparison. Raises LeanFault as `LeanProcess.submit` does.

        If the process ends by itself, a fresh one answers, so that leftovers of earlier proofs can't harm this one.
        """
        async with self._turn:  # one at a time: a proof that ends the process takes no other with it
            process = await self._ready()
            is_fresh = process.use.requests == 0
            try:
                return await process.submit(request, timeout_s=timeout_s)
            except WorkerDied as death:
                if is_fresh or death.reason is DeathReason.DEADLINE:
                    raise
                log.info("the comparing process ended, trying once more in a fresh one: %s", death)
                return await (await self._ready()).submit(request, timeout_s=timeout_s)

    async def close(self) -> None:
        """End the process."""
        await self._keeper.close()

    async def _ready(self) -> LeanProcess:
        process = self._keeper.current
        if process is not None and not process.is_alive:
            self._keeper.lose(process)
        elif process is not None and self._is_worn(process):
            self._keeper.renew(is_room_for_two=False)
        self._keeper.begin()
        return await self._keeper.ready()

    def _is_worn(self, process: LeanProcess) -> bool:
        return process.use.requests >= _KEEP_REQUESTS or process.use.rss_bytes >= _KEEP_BYTES
