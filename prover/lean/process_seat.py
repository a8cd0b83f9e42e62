"""A seat for a Lean process of this machine: it is started again when it dies, and replaced when it is due."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from prover.confine.process_tree import available_bytes
from prover.errors import DeathReason, MemoryLacking, StepwiseError
from prover.keeper import Keeper, Patience
from prover.lean.pool import LeanPool, Queueing, Work
from prover.lean.pool_health import EventKind, PoolEvent, WorkerHealth
from prover.lean.session import SessionLimits, Worker
from prover.lean.toolchain import Toolchain

log = logging.getLogger(__name__)
T = TypeVar("T")

_WATCH_EVERY_S = 0.25
_STARTS_AT_ONCE = 4
_ROOM_FOR_TWO = 1.5  # times a worker's size must be free for a second one beside it


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """When a worker is replaced, and how often a failed start is tried again. Times in seconds."""

    max_uses: int = 50_000  # requests
    max_age_s: float = 3600.0
    recycle_share: float = 0.6  # of its memory limit; a worker that holds more is replaced, gently
    idle_share: float = 0.5  # the same for one that no theorem is open at, which costs no theorem its time
    min_uses: int = 200  # before memory is a reason, if all texts import the same: the next worker would need as much
    max_stray_s: float = 30.0  # of processor time that no request needed
    stray_share: float = 0.25  # of the time with requests; the process's own compiling and collecting takes less
    starts: Patience = Patience(retries=3)  # noqa: RUF009 (frozen)


class ProcessSeat:
    """Keeps one `Worker` up (`prover.lean.pool.Seat`). `on_event` is told of every start, death and replacement;
    `starts` bounds how many seats that share it start a worker at the same time. It begins with `first`, a worker with
    these limits that was started for something else, and owns it."""

    def __init__(
        self,
        toolchain: Toolchain,
        index: int = 0,
        *,
        limits: ProcessLimits = ProcessLimits(),
        session: SessionLimits = SessionLimits(),  # noqa: B008 (frozen)
        starts: asyncio.Semaphore | None = None,
        on_event: Callable[[PoolEvent], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        first: Worker | None = None,
    ) -> None:
        self._toolchain = toolchain
        self._first = first
        self._starts = starts or asyncio.Semaphore(1)
        self._index = index
        self._limits = limits
        self._session = session
        self._on_event = on_event
        self._clock = clock
        self._past = WorkerHealth()
        self._at_work: dict[Worker, set[asyncio.Future[None]]] = {}
        self._watches: set[asyncio.Task[None]] = set()
        self._is_closing = False
        self.is_changing = False
        self._on_change: Callable[[], None] = lambda: None
        self._keeper = Keeper(
            self._start,
            self._end,
            limits.starts,
            on_change=self._changed,
            on_failure=self._note_failure,
            is_final=lambda fault: isinstance(fault, MemoryLacking) and not self._past.starts_s,
        )

    @property
    def is_up(self) -> bool:
        return self._keeper.current is not None

    @property
    def fault(self) -> StepwiseError | None:
        return self._keeper.fault

    def begin(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._on_change = on_change
        self._keeper.begin()

    async def ready(self) -> None:
        """Wait for a worker. Raises WorkerStartFailed if none starts."""
        await self._keeper.ready()

    async def run(self, work: Work[T]) -> T:
        worker = await self._keeper.ready()
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._at_work[worker].add(over)
        try:
            return await work(worker)
        finally:
            self._at_work[worker].discard(over)
            over.set_result(None)
            self._check(worker)

    def forget(self, key: int) -> None:
        worker = self._keeper.current
        if worker is not None:
            worker.forget(key)
            self._check(worker)

    def health(self) -> WorkerHealth:
        return self._past.with_current(self._keeper.current, restarts=self._keeper.losses)

    async def close(self) -> None:
        self._is_closing = True
        await self._keeper.close()
        if self._first is not None:
            await self._first.process.close(grace_s=0.0)
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    # ------------------------------------------------------------------------------------------------- one worker

    async def _start(self) -> Worker:
        async with self._starts:
            self._tell(EventKind.STARTING)
            worker, self._first = self._first, None
            if worker is not None and self._is_due(worker):
                await worker.process.close(grace_s=0.0)
                worker = None
            if worker is None:
                worker = await Worker.start(self._toolchain.launch(), self._session, clock=self._clock)
        self._past.starts_s.append(worker.start_s)
        self._tell(EventKind.READY, f"{worker.start_s:.1f} s; {', '.join(worker.process.confined) or 'not confined'}")
        self._at_work[worker] = set()
        watch = asyncio.create_task(self._watch(worker))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        return worker

    async def _end(self, worker: Worker) -> None:
        """Let a replaced worker finish its requests, then end it."""
        process = worker.process
        if process.is_alive and not self._is_closing:
            strayed = "; something in it went on running when its request was answered" if self._strays(worker) else ""
            self._tell(EventKind.RECYCLED, f"after {process.use.requests} requests{strayed}")
            if self._at_work[worker]:
                await asyncio.wait(self._at_work[worker])
        self._past.add(worker)
        await process.close(grace_s=1.0 if process.is_alive and not self._is_closing else 0.0)
        del self._at_work[worker]

    async def _watch(self, worker: Worker) -> None:
        while worker.process.is_alive:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worker.process.died.wait(), _WATCH_EVERY_S)
            self._check(worker)

    def _check(self, worker: Worker) -> None:
        """Start another worker if this one is lost or due for replacement."""
        if worker is not self._keeper.current:
            return
        process = worker.process
        if not process.is_alive:
            self._tell(EventKind.DIED, process.death_note, process.reason)
            self._keeper.lose(worker)
        elif not self._keeper.is_renewing and self._is_due(worker):
            self.is_changing = self._is_free(worker)
            is_room = available_bytes() >= _ROOM_FOR_TWO * process.use.rss_bytes
            self._keeper.renew(is_room_for_two=is_room and not self.is_changing)

    def _changed(self) -> None:
        self.is_changing = self.is_changing and self._keeper.current is None and self._keeper.fault is None
        self._on_change()

    def _is_due(self, worker: Worker) -> bool:
        use, limits, memory_bytes = worker.process.use, self._limits, worker.process.memory_bytes
        share = 0.0 if memory_bytes is None else use.rss_bytes / memory_bytes
        holds_others = worker.num_import_lists > 1
        return (
            use.requests >= limits.max_uses
            or self._clock() - worker.born >= limits.max_age_s
            or (share >= limits.recycle_share and (use.requests >= limits.min_uses or holds_others))
            or (share >= limits.idle_share and holds_others and self._is_free(worker))
            or self._strays(worker)
        )

    def _is_free(self, worker: Worker) -> bool:
        """Whether no theorem is open at the worker, nor being opened: nothing has to be opened again at the next."""
        return not (worker.num_theorems or self._at_work.get(worker))

    def _strays(self, worker: Worker) -> bool:
        """Whether the worker runs something that no request waits for, as a thread that a tactic left behind."""
        use = worker.process.use
        return use.stray_s >= max(self._limits.max_stray_s, self._limits.stray_share * use.busy_s)

    # ------------------------------------------------------------------------------------------------------ events

    def _tell(self, kind: EventKind, detail: str = "", reason: DeathReason | None = None) -> None:
        self._on_event(PoolEvent(self._index, kind, detail, reason))

    def _note_failure(self, failure: StepwiseError, failures: int) -> None:
        log.warning("Lean worker %d did not start (%d in a row): %s", self._index, failures, failure)
        self._tell(EventKind.START_FAILED, str(failure))


def local_pool(
    toolchain: Toolchain,
    *,
    workers: int,
    limits: ProcessLimits = ProcessLimits(),
    session: SessionLimits = SessionLimits(),  # noqa: B008 (frozen)
    queueing: Queueing = Queueing(),  # noqa: B008 (frozen)
    on_event: Callable[[PoolEvent], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    first: Worker | None = None,
    at_first: int | None = None,
) -> LeanPool:
    """A pool of Lean processes on this machine, started a few at a time, `at_first` of them at once if that is said. It
    begins with `first`, if there is one, and owns it."""
    starts = asyncio.Semaphore(_STARTS_AT_ONCE)
    seats = [
        ProcessSeat(
            toolchain,
            index,
            limits=limits,
            session=session,
            starts=starts,
            on_event=on_event,
            clock=clock,
            first=first if index == 0 else None,
        )
        for index in range(workers)
    ]
    return LeanPool(seats, queueing=queueing, clock=clock, at_first=at_first)
