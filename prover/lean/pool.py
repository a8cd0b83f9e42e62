"""N Lean workers that serve many theorems at once, and stay up.

A theorem's requests go to a worker that holds the state they start from; a worker with nothing to do takes requests
that have waited for another. A worker that dies is started again, one that is due (by uses, age, memory, or what goes
on running in it) is replaced by a warm one; what was in flight is told so with `WorkerDied`. What a death means for a
tactic is decided in `prover.lean.theorem`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from prover.confine.usage import available_bytes
from prover.errors import DeathReason, WorkerDied, WorkerStartFailed
from prover.lean.health import EventKind, PoolEvent, PoolHealth, WaitTimes, WorkerHealth
from prover.lean.pieces import Pieces
from prover.lean.problem import OpenFailed, Problem
from prover.lean.session import SessionLimits, Worker
from prover.lean.theorem import OpenTheorem
from prover.lean.toolchain import Toolchain
from search.base import Path

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """When a worker is replaced, how deep its pipe is filled, and how failures to start are met. Times in seconds."""

    max_uses: int = 50_000  # requests
    max_age_s: float = 3600.0
    recycle_share: float = 0.7  # of its memory limit; a worker that holds more is replaced, gently
    min_uses: int = 200  # before memory is a reason: what a worker needs from the start won't change with the next
    max_stray_s: float = 30.0  # of processor time that no request needed
    stray_share: float = 0.25  # of the time with requests: less is the compiling and tidying of the process itself
    in_flight: int = 2  # requests on a worker: one running, the next already in its pipe
    max_waiting: int = 4096
    steal_after_s: float = 0.02
    start_attempts: int = 4  # in a row, before a slot gives up
    backoff_s: float = 0.5  # after the first failure, doubled each time


@dataclass(slots=True, eq=False)
class _Job:
    """One piece of work that needs a worker."""

    key: int
    path: Path
    work: Callable[[Worker], Awaitable[Any]]
    future: asyncio.Future[Any]
    since: float
    task: asyncio.Task[None] | None = None


@dataclass(slots=True, eq=False)
class _Slot:
    """A place for a worker: it keeps its queue and its statistics when the worker in it changes."""

    index: int
    worker: Worker | None = None
    queue: deque[_Job] = field(default_factory=deque)
    running: set[_Job] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)  # died, due, or closing: somebody has to look
    restarts: int = 0
    past: WorkerHealth = field(default_factory=WorkerHealth)
    failed: str | None = None

    @property
    def live(self) -> Worker | None:
        return self.worker if self.worker is not None and self.worker.process.is_alive else None

    @property
    def load(self) -> int:
        return len(self.queue) + len(self.running)


class LeanPool:
    """`async with LeanPool(toolchain, workers=2) as pool: theorem = await pool.open(problem)`.

    Starting returns at once: the first requests wait for the first worker. `on_event` is told about every start,
    death and replacement, from the event loop.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        *,
        workers: int,
        limits: PoolLimits = PoolLimits(),
        session: SessionLimits = SessionLimits(),  # noqa: B008 (frozen)
        on_event: Callable[[PoolEvent], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._toolchain = toolchain
        self._limits = limits
        self._session = session
        self._on_event = on_event
        self._clock = clock
        self._slots = [_Slot(index) for index in range(workers)]
        self._keepers: list[asyncio.Task[None]] = []
        self._retiring: set[asyncio.Task[None]] = set()
        self._unburied: set[Worker] = set()
        self._keys = itertools.count()
        self._room = asyncio.Semaphore(limits.max_waiting)
        self._waits = WaitTimes()
        self._nudge: asyncio.TimerHandle | None = None
        self._started = 0.0
        self._is_closed = False

    async def __aenter__(self) -> LeanPool:
        self._started = self._clock()
        self._keepers = [asyncio.create_task(self._keep(slot)) for slot in self._slots]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        """Open a theorem. A statement that doesn't elaborate is a value; raises LeanFault if no worker could tell."""
        return await OpenTheorem.open(self, next(self._keys), problem)

    async def ready(self, *, count: int = 1) -> None:
        """Wait until `count` workers are ready. Raises WorkerStartFailed if that can't be."""
        while sum(slot.worker is not None for slot in self._slots) < count:
            self._refuse_if_hopeless(needed=count)
            await asyncio.sleep(0.01)

    @property
    def pieces(self) -> Pieces:
        """How calls are cut for these workers."""
        return Pieces()

    async def run(self, key: int, path: Path, work: Callable[[Worker], Awaitable[T]]) -> T:
        """Do `work` on a worker, if possible one that holds the state at `path` of the theorem `key`."""
        async with self._room:
            self._refuse_if_hopeless(needed=1)
            job = _Job(key, path, work, asyncio.get_running_loop().create_future(), self._clock())
            self._choose(job).queue.append(job)
            self._pump()
            try:
                result: T = await job.future
                return result
            finally:
                self._withdraw(job)

    def forget(self, key: int) -> None:
        """Free what any worker holds for a theorem."""
        for slot in self._slots:
            if slot.worker is not None and slot.worker.process.is_alive:
                slot.worker.forget(key)

    async def close(self) -> None:
        """End every worker; whatever waits is told that the pool closed. Safe to call twice."""
        self._is_closed = True
        if self._nudge is not None:
            self._nudge.cancel()
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        closed = WorkerDied("the pool was closed", reason=DeathReason.CLOSED, was_running=False)
        for slot in self._slots:
            self._fail_queue(slot, closed)
        workers = {slot.worker for slot in self._slots if slot.worker is not None} | self._unburied
        await asyncio.gather(*(worker.process.close() for worker in workers), *self._retiring)
        tasks = [job.task for slot in self._slots for job in slot.running if job.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def health(self) -> PoolHealth:
        """What the workers did so far."""
        now = self._clock()
        workers = tuple(self._health(slot) for slot in self._slots)
        waiting = sum(len(slot.queue) for slot in self._slots)
        return PoolHealth(now - self._started, workers, waiting, replace(self._waits))

    # ----------------------------------------------------------------------------------------------- scheduling

    def _choose(self, job: _Job) -> _Slot:
        """The slot that can start soonest from what it holds: the state, else the theorem; a new theorem goes where the
        fewest are."""

        def cost(slot: _Slot) -> tuple[int, int, int]:
            worker = slot.live
            if worker is None:
                return (3 if slot.failed is None else 4, slot.load, 0)
            held = 0 if worker.holds(job.key, job.path) else 1 if worker.has_open(job.key) else 2
            return (held, slot.load, worker.num_open)

        best = min(self._slots, key=cost)
        if cost(best)[0] < 2:
            return best
        return min(self._slots, key=lambda slot: (slot.live is None, slot.failed is not None, *cost(slot)[1:]))

    def _pump(self) -> None:
        """Start whatever can start."""
        for slot in self._slots:
            worker = slot.live
            while worker is not None and len(slot.running) < self._room_on(slot):
                job = slot.queue.popleft() if slot.queue else self._steal(slot)
                if job is None:
                    break
                self._start(slot, worker, job)

    def _room_on(self, slot: _Slot) -> int:
        """One running; another in the pipe only from the slot's own queue, and while nobody else is free to take it."""
        is_somebody_free = any(other.live is not None and not other.running for other in self._slots)
        return self._limits.in_flight if slot.queue and not is_somebody_free else 1

    def _steal(self, thief: _Slot) -> _Job | None:
        """The oldest job that waits elsewhere, once it has waited long enough (at once if its worker is not there)."""
        now = self._clock()
        waiting = [slot for slot in self._slots if slot is not thief and slot.queue]
        ripe = [
            slot for slot in waiting if slot.live is None or now - slot.queue[0].since >= self._limits.steal_after_s
        ]
        if ripe:
            return min(ripe, key=lambda slot: slot.queue[0].since).queue.popleft()
        if waiting and self._nudge is None:
            loop = asyncio.get_running_loop()
            self._nudge = loop.call_later(self._limits.steal_after_s, self._on_nudge)
        return None

    def _on_nudge(self) -> None:
        self._nudge = None
        self._pump()

    def _start(self, slot: _Slot, worker: Worker, job: _Job) -> None:
        if job.future.done():  # its caller was cancelled: a task cancelled before its first step would not clean up
            return
        slot.running.add(job)
        self._waits.add(self._clock() - job.since)
        job.task = asyncio.create_task(self._serve(slot, worker, job))

    async def _serve(self, slot: _Slot, worker: Worker, job: _Job) -> None:
        try:
            result = await job.work(worker)
        except asyncio.CancelledError:
            job.future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 (handed on whole to whoever waits for the job)
            if not job.future.done():
                job.future.set_exception(error)
        else:
            if not job.future.done():
                job.future.set_result(result)
        finally:
            slot.running.discard(job)
            if slot.worker is worker and self._is_due(worker):
                slot.wake.set()
            self._pump()

    def _withdraw(self, job: _Job) -> None:
        """Nobody waits for the job any more (it is done, or its caller was cancelled)."""
        if job.task is not None:
            job.task.cancel()
            return
        for slot in self._slots:
            with contextlib.suppress(ValueError):
                slot.queue.remove(job)

    # ------------------------------------------------------------------------------------------------ keeping up

    async def _keep(self, slot: _Slot) -> None:
        """Keep a worker in `slot` until the pool closes."""
        while True:
            worker = await self._start_worker(slot)
            if worker is None:
                return
            old, slot.worker = slot.worker, worker
            slot.wake.clear()
            watch = asyncio.create_task(self._watch(slot, worker))
            try:
                self._pump()
                if old is not None:
                    self._retire(slot, old)
                await slot.wake.wait()
            finally:
                watch.cancel()
            if not worker.process.is_alive:
                await self._bury(slot, worker)
            elif available_bytes() < 1.5 * worker.process.use.rss_bytes:
                slot.worker = None  # no room for two: requests wait, or go elsewhere
                self._retire(slot, worker)
                await asyncio.wait(self._retiring)

    async def _watch(self, slot: _Slot, worker: Worker) -> None:
        """Wake the keeper when the worker is gone or due."""
        while not self._is_due(worker):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worker.process.died.wait(), 1.0)
                break
        slot.wake.set()

    def _is_due(self, worker: Worker) -> bool:
        process, limits = worker.process, self._limits
        is_big = (
            process.memory_bytes is not None and process.use.rss_bytes >= limits.recycle_share * process.memory_bytes
        )
        return (
            not process.is_alive
            or process.use.requests >= limits.max_uses
            or self._clock() - worker.born >= limits.max_age_s
            or (is_big and process.use.requests >= limits.min_uses)
            or self._strays(worker)
        )

    def _strays(self, worker: Worker) -> bool:
        """Whether something goes on running in the worker that no request waits for."""
        use = worker.process.use
        return use.stray_s >= max(self._limits.max_stray_s, self._limits.stray_share * use.busy_s)

    async def _start_worker(self, slot: _Slot) -> Worker | None:
        """A ready worker; None after too many failures in a row, with everything that waited told so."""
        reason = ""
        for attempt in range(self._limits.start_attempts):
            began = self._clock()
            self._on_event(PoolEvent(slot.index, EventKind.STARTING, f"attempt {attempt + 1}" if attempt else ""))
            try:
                worker = await Worker.start(self._toolchain.launch(), self._session, clock=self._clock)
            except WorkerStartFailed as failure:
                log.warning("worker %d did not start: %s", slot.index, failure)
                self._on_event(PoolEvent(slot.index, EventKind.START_FAILED, str(failure)))
                reason = str(failure)
                await asyncio.sleep(self._limits.backoff_s * 2**attempt)
                continue
            slot.past.starts_s.append(self._clock() - began)
            confined = ", ".join(worker.process.confined) or "not confined"
            self._on_event(PoolEvent(slot.index, EventKind.READY, f"{self._clock() - began:.1f} s; {confined}"))
            return worker
        slot.failed = reason
        if slot.worker is None or not slot.worker.process.is_alive:
            slot.worker = None
            self._give_up(slot)
        return None

    def _give_up(self, slot: _Slot) -> None:
        """Others may serve what waits here; with no others it can't be served."""
        others = [other for other in self._slots if other.failed is None]
        if others:
            others[0].queue.extend(slot.queue)
            slot.queue.clear()
            self._pump()
            return
        for each in self._slots:
            self._fail_queue(each, WorkerStartFailed(f"no Lean worker starts: {slot.failed}"))

    async def _bury(self, slot: _Slot, worker: Worker) -> None:
        """Account for a worker that died and make room for the next."""
        self._on_event(PoolEvent(slot.index, EventKind.DIED, worker.process.death_note, worker.process.reason))
        slot.worker = None
        slot.restarts += 1
        slot.past.add(worker)
        self._pump()  # idle workers may take what waits here
        self._unburied.add(worker)
        await worker.process.close(grace_s=0.0)
        self._unburied.discard(worker)

    def _retire(self, slot: _Slot, worker: Worker) -> None:
        """Let a replaced worker finish what it runs, then end it."""
        strayed = "; something in it went on running when its request was answered" if self._strays(worker) else ""
        self._on_event(
            PoolEvent(slot.index, EventKind.RECYCLED, f"after {worker.process.use.requests} requests{strayed}")
        )

        running = [job.future for job in slot.running]

        async def end() -> None:
            if running:
                await asyncio.wait(running)
            slot.past.add(worker)
            await worker.process.close()

        task = asyncio.create_task(end())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    # --------------------------------------------------------------------------------------------------- helpers

    def _fail_queue(self, slot: _Slot, fault: Exception) -> None:
        while slot.queue:
            job = slot.queue.popleft()
            if not job.future.done():
                job.future.set_exception(fault)

    def _refuse_if_hopeless(self, *, needed: int) -> None:
        if self._is_closed:
            raise WorkerDied("the pool was closed", reason=DeathReason.CLOSED, was_running=False)
        failures = [slot.failed for slot in self._slots if slot.failed is not None]
        if len(self._slots) - len(failures) < needed:
            raise WorkerStartFailed(f"no Lean worker starts: {failures[-1] if failures else 'there are none'}")

    def _health(self, slot: _Slot) -> WorkerHealth:
        return slot.past.with_current(slot.worker, restarts=slot.restarts, is_failed=slot.failed is not None)
