"""The judge's Lean processes: those that elaborate, used once or kept, and those that compare.

A process that elaborates foreign text is not trusted. One that compares sees no foreign text, only declarations as
data, so any number of proofs may share it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, NamedTuple

from prover.errors import DeathReason, LeanFault, ProtocolFault, StepwiseError, WorkerDied
from prover.keeper import Keeper, Patience, started
from prover.lean.toolchain import Toolchain
from prover.lean.transport import LeanProcess

log = logging.getLogger(__name__)

_KEEP_S = 3600.0  # a kept process is replaced at this age
_KEEP_SHARE = 0.45  # or at this part of the memory at which it is ended
_STRAY_S = 30.0  # or after so much processor time that no request can have needed: V8 compiles in the background
_OWN_THREADS = 1  # Lean's tasks share one, which many a tactic starts
_HOST_S = 20.0  # for the host of a process to answer
_PLAIN = "\0plain"  # and no file: texts of any, none of which runs anything of its own

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

    Spares are started when the first process is taken, so a judge that is never used costs nothing; `begin` starts the
    first process ahead of that.
    """

    def __init__(self, start: Start, *, spares: int) -> None:
        self._start = start
        self._spares = spares
        self._starting: deque[asyncio.Task[LeanProcess]] = deque()
        self._is_closed = False

    def begin(self) -> None:
        """Start the process that is taken first."""
        if not self._starting:
            self._starting.append(asyncio.create_task(self._start()))

    async def ready(self) -> None:
        """Wait until the process that is taken next is up, or can't be started."""
        if self._starting:
            await asyncio.wait([self._starting[0]])

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


class KeptProcess:
    """A process that is kept for many requests, served one at a time; replaced when it has died, grown old or large, or
    is at work unasked."""

    def __init__(self, start: Start, *, clock: Callable[[], float] = time.monotonic) -> None:
        async def born() -> LeanProcess:
            process = await start()
            self._born_s = clock()
            return process

        self._clock = clock
        self._born_s = 0.0
        self._keeper: Keeper[LeanProcess] = Keeper(born, lambda process: process.close(grace_s=0.0), _ONCE)
        self._turn = asyncio.Lock()
        self.num_requests = 0
        """Requests that are served or wait."""

    def begin(self) -> None:
        """Start it, if that is still to be done, so that the first request need not wait for it."""
        self._keeper.begin()

    async def ready(self) -> None:
        """Wait until it is up. Where it can't be started, the verdict of the next proof says so."""
        self._keeper.begin()
        with suppress(LeanFault):
            await self._keeper.ready()

    async def close(self) -> None:
        """End the process."""
        await self._keeper.close()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[LeanProcess]:
        """The process, for a request of the block alone. Raises LeanFault if none can be started.

        A request that is cancelled ends the process: the next one does not wait for an answer that nobody wants.
        """
        self.num_requests += 1
        try:
            async with self._turn:
                try:
                    yield await self._ready()
                except asyncio.CancelledError:
                    if self._keeper.current is not None:
                        self._keeper.lose(self._keeper.current)
                    raise
        finally:
            self.num_requests -= 1

    def replace(self) -> None:
        """Let the process go and start another."""
        self._keeper.renew(is_room_for_two=False)

    async def _ready(self) -> LeanProcess:
        process = self._keeper.current
        if process is not None and not process.is_alive:
            self._keeper.lose(process)
        elif process is not None and self._is_worn(process):
            self.replace()
        self._keeper.begin()
        return await self._keeper.ready()

    def _is_worn(self, process: LeanProcess) -> bool:
        limit = process.memory_bytes
        is_large = limit is not None and process.use.rss_bytes >= _KEEP_SHARE * limit
        is_busy = process.use.stray_s >= _STRAY_S
        return is_large or is_busy or self._clock() - self._born_s >= _KEEP_S


class ComparingProcess(KeptProcess):
    """The process that compares. What a hostile proof made it allocate stays in its memory, and nothing else."""

    async def ask(self, request: Answer, *, timeout_s: float) -> Answer:
        """The answer to one comparison. Raises LeanFault as `LeanProcess.submit` does.

        If the process ends by itself, a fresh one answers, so that leftovers of earlier proofs can't harm this one.
        """
        async with self.turn() as process:  # one at a time: a proof that ends the process takes no other with it
            is_fresh = process.use.requests == 0
            try:
                return await process.submit(request, timeout_s=timeout_s)
            except WorkerDied as death:
                if is_fresh or death.reason is DeathReason.DEADLINE:
                    raise
                log.info("the comparing process ended, trying once more in a fresh one: %s", death)
        async with self.turn() as process:
            return await process.submit(request, timeout_s=timeout_s)


class Served(NamedTuple):
    """An answer, whether nothing but the same text had run in the process before, and when its turn came."""

    answer: Answer
    was_clean: bool
    began_s: float


class ElaboratingProcess(KeptProcess):
    """A process that elaborates text after text. It knows what has run in it since it was last clean: started, or taken
    back by its host to the memory that it began with. That frees it of challenges alone: where a solution has run, no
    challenge does, whatever the host says."""

    def __init__(self, start: Start, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(start, clock=clock)
        self._used: LeanProcess | None = None
        self._solved: LeanProcess | None = None  # where a solution has run, restored or not
        self._beside: str | None = None
        self._only: object = None  # the one text that has run, however often

    @property
    def is_open(self) -> bool:
        """Whether a solution has run since the process was started."""
        return self._solved is not None and self._solved is self._used

    async def ask(self, request: Answer, *, timeout_s: float, beside: str | None) -> Served:
        """The answer to a text. Raises LeanFault as `LeanProcess.submit` does.

        `beside` names the texts that may have run there before, of which this is one: those of a file; "" none, so that
        the process is cleaned first; None any. Before a file's, plain ones of other files may have run, too: they leave
        nothing behind. A process that a text leaves with a fault, or with threads of its own, is replaced.
        """
        async with self.turn() as process:
            began_s = self._clock()
            is_barred = process is self._solved and request["judge"] == "challenge"
            is_new, is_same = process is not self._used, request["text"] == self._only
            is_known = is_same or (beside != "" and self._beside in (beside, _PLAIN))
            may_stay = beside is None or (is_known and not is_barred)
            if not is_new and not may_stay:
                process, is_new = await self._cleaned(process, may_restore=not is_barred), True
            if beside and (is_new or self._beside == _PLAIN):  # where another has run, nobody knows who answers
                plain = {**request, "plain": True}
                answer = await self._submit(process, plain, timeout_s, _PLAIN, is_clean=is_new or is_same)
                if "foreign" not in answer:
                    return Served(answer, is_new or is_same, began_s)
                if not is_new:
                    process, is_new = await self._cleaned(process, may_restore=True), True
            is_clean = is_new or is_same
            stays = beside if is_clean or beside == self._beside else None
            answer = await self._submit(process, request, timeout_s, stays, is_clean=is_clean)
            return Served(answer, is_clean, began_s)

    async def _submit(
        self, process: LeanProcess, request: Answer, timeout_s: float, beside: str | None, *, is_clean: bool
    ) -> Answer:
        """The answer to a text, and what has run in the process from now on."""
        self._beside = beside
        self._only = request["text"] if is_clean else None
        self._used = process
        if request["judge"] == "solution":
            self._solved = process
        answer = await process.submit(request, timeout_s=timeout_s)
        if "fault" in answer or await process.look(timeout_s=_HOST_S) > _OWN_THREADS:
            self.replace()
        return answer

    async def _cleaned(self, process: LeanProcess, *, may_restore: bool) -> LeanProcess:
        """The process as it began, or another one."""
        is_restored = False
        if may_restore:
            with suppress(WorkerDied):
                is_restored = await process.restore(timeout_s=_HOST_S)
        if not is_restored:
            self.replace()
            process = await self._ready()
        return process
