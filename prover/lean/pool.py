"""A pool of Lean workers that serve many theorems at once: it carries out the scheduler's decisions on the event loop.

Each worker has a seat, which starts it and replaces it when it is lost: a seat for a process of this machine
(`process_seat`) or for a Ray actor (`prover.cluster.actor_seat`). A request whose worker is lost ends with
`WorkerDied`; what that means for a tactic is decided in `prover.lean.theorem`.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from prover.errors import DeathReason, MemoryLacking, StepwiseError, WorkerDied, WorkerStartFailed
from prover.lean.pieces import Pieces
from prover.lean.pool_health import PoolHealth, WorkerHealth
from prover.lean.problem import OpenFailed, Problem
from prover.lean.scheduler import Scheduler
from prover.lean.slots import LeanJob, Slot
from prover.lean.theorem import OpenTheorem, TheoremWorker
from prover.lean.turns import CLIENT
from search.base import Path

_LATER_S = 2.0
"""How long the first worker is up before seats begin that were not to begin at once."""

T = TypeVar("T")
Work = Callable[[TheoremWorker], Awaitable[T]]


class Seat(Protocol):
    """Keeps one worker up: starts it, and starts another one when it is lost."""

    @property
    def is_up(self) -> bool:
        """Whether a worker is ready."""
        ...

    @property
    def is_changing(self) -> bool:
        """Whether a worker that nothing was open at makes room for the next: a theorem to open may wait for that."""
        ...

    @property
    def fault(self) -> StepwiseError | None:
        """The reason why the seat starts no further worker; None while it still does."""
        ...

    def begin(self, on_change: Callable[[], None]) -> None:
        """Keep a worker up from now on. `on_change` is called when a worker becomes ready, when one is lost, and when
        the seat gives up."""
        ...

    async def run(self, work: Work[T]) -> T:
        """Do `work` on the worker. Raises WorkerDied if it is lost, and what `work` raises."""
        ...

    def forget(self, key: int) -> None:
        """Free the states that the worker holds for a theorem."""
        ...

    def health(self) -> WorkerHealth:
        """The work and memory of the seat's workers so far, as far as they are known here."""
        ...

    async def close(self) -> None:
        """End the worker and start no other."""
        ...


@dataclass(frozen=True, slots=True)
class Queueing:
    """Limits on waiting requests. A worker has at most `in_flight` requests: one at work, the others in its pipe. At
    most `max_waiting` requests are accepted; further callers wait. After `steal_after_s` seconds in its worker's queue
    a request may go to an idle worker that knows its theorem, after 25 times as long to any."""

    in_flight: int = 2
    max_waiting: int = 4096
    steal_after_s: float = 0.02


@dataclass(slots=True, eq=False)
class _Call:
    """A caller's request: its work, the future of its answer, and the task that does the work once it is started."""

    work: Work[Any]
    answer: asyncio.Future[Any]
    task: asyncio.Task[None] | None = None

    def fail(self, fault: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(fault)


class LeanPool:
    """Opens theorems on the workers of its seats, which it owns.

    `async with local_pool(toolchain, workers=2) as pool: theorem = await pool.open(problem)`. Starting returns at
    once: the first requests wait for the first worker. With `at_first` only so many seats begin then: the others do
    when a worker has been up for a while, so that what is over soon does not share the machine with their starts.
    """

    def __init__(
        self,
        seats: Sequence[Seat],
        *,
        queueing: Queueing = Queueing(),
        pieces: Pieces = Pieces(),  # noqa: B008 (frozen)
        clock: Callable[[], float] = time.monotonic,
        at_first: int | None = None,
    ) -> None:
        self._seats = seats
        self._num_begun = 0
        self._at_first = len(seats) if at_first is None else at_first
        self._later: asyncio.TimerHandle | None = None
        self._pieces = pieces
        self._clock = clock
        self._scheduler = Scheduler(
            len(seats),
            start=self._start,
            wake_after=self._wake_after,
            in_flight=queueing.in_flight,
            steal_after_s=queueing.steal_after_s,
            clock=clock,
        )
        self._calls: dict[LeanJob, _Call] = {}
        self._keys = itertools.count()
        self._room = asyncio.Semaphore(queueing.max_waiting)
        self._timer: asyncio.TimerHandle | None = None
        self._began = clock()
        self._is_closed = False
        self._changed = asyncio.Event()

    async def __aenter__(self) -> LeanPool:
        self._begin_seats(self._at_first)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def pieces(self) -> Pieces:
        """The sizes of the requests into which tactic calls are cut for these workers."""
        return self._pieces

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        """Open a theorem. Returns OpenFailed if its statement doesn't elaborate; raises LeanFault if every worker that
        tried was lost."""
        return await OpenTheorem.open(self, next(self._keys), problem)

    async def ready(self, *, count: int = 1) -> None:
        """Wait until `count` workers are ready. Raises WorkerStartFailed if too many seats have given up."""
        self._begin_seats(count)
        while self._scheduler.num_up < count:
            self._refuse_if_hopeless(needed=count)
            self._changed.clear()
            await self._changed.wait()

    async def run(self, key: int, path: Path, work: Work[T]) -> T:
        """Do `work` on a worker, if possible one that holds the state at `path` of the theorem `key`."""
        async with self._room:
            self._refuse_if_hopeless(needed=1)
            job = LeanJob(key, path, self._clock(), CLIENT.get())
            call = self._calls[job] = _Call(work, asyncio.get_running_loop().create_future())
            self._scheduler.add(job)
            try:
                result: T = await call.answer
                return result
            finally:
                self._withdraw(job, call)

    async def run_anywhere(self, work: Work[T]) -> T:
        """Do `work`, which leaves nothing behind, on any worker."""
        key = next(self._keys)
        try:
            return await self.run(key, (), work)
        finally:
            self.forget(key)

    def forget(self, key: int) -> None:
        """Free the states that any worker holds for a theorem."""
        for slot in self._scheduler.forget(key):
            self._seats[slot.index].forget(key)

    async def close(self) -> None:
        """End every worker; waiting and running requests end with WorkerDied. Safe to call twice."""
        self._is_closed = True
        for timer in filter(None, (self._timer, self._later)):
            timer.cancel()
        self._scheduler.withdraw_all()
        calls = list(self._calls.values())
        for call in calls:
            call.fail(WorkerDied("the pool was closed", reason=DeathReason.CLOSED, was_running=False))
        tasks = [call.task for call in calls if call.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(seat.close() for seat in self._seats))

    def health(self) -> PoolHealth:
        """The work and memory of all workers so far, and the waiting of their requests."""
        scheduler = self._scheduler
        workers = tuple(replace(seat.health(), is_ready=seat.is_up) for seat in self._seats)
        return PoolHealth(self._clock() - self._began, workers, scheduler.num_waiting, replace(scheduler.waits))

    def outage_s(self) -> float:
        """The seconds so far in which no worker was ready."""
        return self._scheduler.outage_s()

    # -------------------------------------------------------------------------------------------------- the seats

    def _begin_seats(self, count: int | None = None) -> None:
        """Begin the seats up to this number, or all."""
        for seat, slot in list(zip(self._seats, self._scheduler.slots, strict=True))[self._num_begun : count]:
            self._num_begun += 1
            seat.begin(partial(self._on_change, seat, slot))

    def _begin_others(self, *, is_first_up: bool) -> None:
        """Begin the seats that are left: soon if there is a worker, and at once if there is none."""
        if self._num_begun == len(self._seats) or self._is_closed:
            return
        if not is_first_up:
            self._begin_seats()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(_LATER_S, self._begin_seats)

    # ------------------------------------------------------------------------------------------- for the scheduler

    def _start(self, slot: Slot, job: LeanJob) -> None:
        call = self._calls[job]
        call.task = asyncio.create_task(self._serve(self._seats[slot.index], call))
        # A callback, because a task that is cancelled before its first step cleans nothing up.
        call.task.add_done_callback(lambda _: self._finish(slot, job))

    async def _serve(self, seat: Seat, call: _Call) -> None:
        try:
            result = await seat.run(call.work)
        except asyncio.CancelledError:
            call.answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001 (handed on whole to whoever waits for the answer)
            call.fail(error)
        else:
            if not call.answer.done():
                call.answer.set_result(result)

    def _finish(self, slot: Slot, job: LeanJob) -> None:
        self._calls.pop(job, None)
        self._scheduler.finish(slot, job)

    def _withdraw(self, job: LeanJob, call: _Call) -> None:
        """End a call whose answer came or whose caller was cancelled: cancel its task, or take it out of the queue."""
        if call.task is not None:
            call.task.cancel()
        else:
            self._scheduler.withdraw(job)
            self._calls.pop(job, None)

    def _wake_after(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._scheduler.on_wake)

    def _on_change(self, seat: Seat, slot: Slot) -> None:
        self._changed.set()
        self._begin_others(is_first_up=seat.is_up)
        was_changing, slot.is_changing = slot.is_changing, seat.is_changing
        if seat.is_up and not (was_changing and slot.is_up):
            self._scheduler.set_up(slot)
        if seat.is_up or seat.is_changing:
            return
        self._scheduler.set_down(slot)
        if self._is_hopeless(needed=1):
            fault = self._no_start()
            for job in self._scheduler.withdraw_all():
                self._calls[job].fail(fault)

    # ------------------------------------------------------------------------------------------------- no workers

    def _is_hopeless(self, *, needed: int) -> bool:
        return sum(seat.is_up or seat.fault is None for seat in self._seats) < needed

    def _refuse_if_hopeless(self, *, needed: int) -> None:
        if self._is_closed:
            raise WorkerDied("the pool was closed", reason=DeathReason.CLOSED, was_running=False)
        if self._is_hopeless(needed=needed):
            raise self._no_start()

    def _no_start(self) -> WorkerStartFailed:
        faults = [seat.fault for seat in self._seats if seat.fault is not None]
        if faults and isinstance(faults[-1], MemoryLacking):
            return faults[-1]
        return WorkerStartFailed(f"no Lean worker starts: {faults[-1] if faults else 'there are none'}")
