"""Lean actors as one pool: who serves what, and what a lost actor means for a request.

A request goes to the actor that holds its state (`homes`), one at work and one on the way; an actor with nothing to do
takes requests that have waited a moment for another, opening the theorem and replaying the path itself, and keeps what
grows from them. Choosing takes the same time for ten actors and for a thousand. Each actor keeps its own Lean process
up (`lean_host`); here only the loss of a whole actor is met: what it held is repeated elsewhere, for no tactic is to
blame for a node that vanished.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from prover.cluster.far_worker import ActorLimits, FarWorker
from prover.cluster.handle import ActorLost, Handle
from prover.cluster.homes import Homes
from prover.cluster.lean_host import Whereabouts
from prover.cluster.places import Job, Place
from prover.cluster.waiting import Waiting
from prover.driver.meters import lean_load
from prover.errors import DeathReason, StepwiseError, ToolchainError, WorkerDied, WorkerStartFailed
from prover.lean.health import PoolHealth, WaitTimes, WorkerHealth
from prover.lean.pieces import Pieces
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.utilisation import Load
from search.base import Path

log = logging.getLogger(__name__)
T = TypeVar("T")


class LeanActors:
    """Opens theorems on many Lean actors (`prover.driver.theorem.Opener`). Owns the actors it is given.

    `fingerprint` is that of the run's Lean: an actor with another is not used.
    """

    def __init__(
        self,
        handles: Sequence[Handle],
        *,
        fingerprint: str | None = None,
        limits: ActorLimits = ActorLimits(),  # noqa: B008 (frozen)
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._fingerprint = fingerprint
        self._clock = clock
        self._places = [Place(index, handle) for index, handle in enumerate(handles)]
        self._idle: dict[Place, None] = {}  # ready and with nothing at work, longest idle first
        self._homes = Homes()
        self._waiting = Waiting()
        self._serving: set[Job] = set()
        self._num_live = 0
        self._outage_s = 0.0
        self._outage_since = clock()
        self._keys = itertools.count()
        self._room = asyncio.Semaphore(limits.max_waiting)
        self._waits = WaitTimes()
        self._started = clock()
        self._keepers: list[asyncio.Task[None]] = []
        self._nudge: asyncio.TimerHandle | None = None
        self._forgetting: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._changed = asyncio.Event()

    async def __aenter__(self) -> LeanActors:
        self._started = self._outage_since = self._clock()
        self._keepers = [asyncio.create_task(self._keep(place)) for place in self._places]
        self._keepers.append(asyncio.create_task(self._watch_health()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        """Open a theorem. A statement that doesn't elaborate is a value; raises LeanFault if no actor could tell."""
        return await OpenTheorem.open(self, next(self._keys), problem)

    async def ready(self, *, count: int = 1) -> None:
        """Wait until `count` actors are ready. Raises WorkerStartFailed if that can't be."""
        while self._num_live < count:
            self._refuse_if_hopeless(needed=count)
            self._changed.clear()
            await self._changed.wait()

    @property
    def pieces(self) -> Pieces:
        """How calls are cut for these workers."""
        return Pieces.over_network(len(self._places), self._limits.calls_a_second)

    async def run(self, key: int, path: Path, work: Callable[[FarWorker], Awaitable[T]]) -> T:
        """Do `work` on an actor, if possible one that holds the state at `path` of the theorem `key`."""
        async with self._room:
            self._refuse_if_hopeless(needed=1)
            job = Job(key, path, work, asyncio.get_running_loop().create_future(), self._clock())
            self._place(job)
            try:
                result: T = await job.future
                return result
            finally:
                self._withdraw(job)

    def forget(self, key: int) -> None:
        """Free what any actor holds for a theorem."""
        self._waiting.forget(key)
        for place in self._homes.forget(key):
            worker = place.worker
            if worker is not None and key in worker.knows:
                worker.knows.discard(key)
                task = asyncio.create_task(self._tell_to_forget(place, key))
                self._forgetting.add(task)
                task.add_done_callback(self._forgetting.discard)

    async def close(self) -> None:
        """End every actor; whatever waits is told that the pool closed. Safe to call twice."""
        self._is_closed = True
        if self._nudge is not None:
            self._nudge.cancel()
        tasks = [*self._keepers, *self._forgetting]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        closed = WorkerDied("the pool was closed", reason=DeathReason.CLOSED, was_running=False)
        self._fail_all(closed)
        serving = list(self._serving)
        for job in serving:
            self._answer(job, closed)
            self._withdraw(job)
        await asyncio.gather(*(job.task for job in serving if job.task is not None), return_exceptions=True)
        await asyncio.gather(*(self._end(place) for place in self._places))

    def health(self) -> PoolHealth:
        """What the actors did so far; sizes as they last told them."""
        now = self._clock()
        workers = tuple(self._health(place, now) for place in self._places)
        return PoolHealth(now - self._started, workers, self._waiting.count, replace(self._waits))

    def load(self) -> Load:
        """The same as a load."""
        return lean_load(self.health())

    def outage_s(self) -> float:
        """The seconds so far in which no actor was ready."""
        return self._outage_s + (self._clock() - self._outage_since if self._num_live == 0 else 0.0)

    # ----------------------------------------------------------------------------------------------- scheduling

    def _place(self, job: Job) -> None:
        """Start a job, or let it wait: at its home, if there is one."""
        job.home = self._homes.find(job.key, job.path)
        self._waiting.add(job)
        if job.home is not None:
            job.home.queue.append(job)
            self._fill(job.home)
        if not job.is_taken and self._idle:
            if job.home is None:
                self._start(next(iter(self._idle)), job)
            else:
                self._nudge_later()

    def _fill(self, place: Place) -> None:
        """Give a place what it can take: its own jobs first, then one that waits too long elsewhere."""
        while place.worker is not None and not self._is_closed:
            place.drop_taken()
            if place.queue and place.running < self._depth(place):
                self._start(place, place.queue.popleft())
            elif place.running == 0 and (job := self._from_elsewhere(place.worker)) is not None:
                self._start(place, job)
            else:
                return

    def _depth(self, place: Place) -> int:
        """One at work; another on the way only while nobody else is free to take it."""
        is_somebody_free = len(self._idle) > (place in self._idle)
        return 1 if is_somebody_free else self._limits.in_flight

    def _from_elsewhere(self, worker: FarWorker) -> Job | None:
        """What an idle worker may take: of what waits too long, a job of a theorem that it knows, else the oldest."""
        oldest = self._waiting.oldest()
        if oldest is None or self._is_ripe(oldest):
            known = self._waiting.oldest_of(worker.knows)
            return known if known is not None and self._is_ripe(known) else oldest
        self._nudge_later()
        return None

    def _is_ripe(self, job: Job) -> bool:
        """Whether anybody may take a job: it has waited long enough for its home, or that is gone."""
        is_free = job.home is None or job.home.worker is None
        return is_free or self._clock() - job.since >= self._limits.steal_after_s

    def _nudge_later(self) -> None:
        if self._nudge is None:
            loop = asyncio.get_running_loop()
            self._nudge = loop.call_later(self._limits.steal_after_s, self._on_nudge)

    def _on_nudge(self) -> None:
        self._nudge = None
        for place in list(self._idle):
            self._fill(place)
            if place in self._idle:  # nothing was left for it, nor for the others
                break

    def _start(self, place: Place, job: Job) -> None:
        now = self._clock()
        self._waiting.take(job)
        self._waits.add(now - job.since)
        if place.running == 0:
            place.busy_since = now
            self._idle.pop(place, None)
        place.running += 1
        self._homes.serve(job.key, job.path, place)
        if job.home is not None:
            job.home.drop_taken()
        worker = place.worker
        assert worker is not None
        self._serving.add(job)
        job.task = asyncio.create_task(self._serve(place, worker, job))
        job.task.add_done_callback(lambda _: self._finish(place, job))  # also if it is cancelled before it began

    async def _serve(self, place: Place, worker: FarWorker, job: Job) -> None:
        try:
            result = await job.work(worker)
        except asyncio.CancelledError:
            job.future.cancel()
            raise
        except ActorLost as loss:
            self._lose(place, worker, loss)
            self._answer(job, WorkerDied(f"its actor was lost: {loss}", was_running=False))
        except Exception as error:  # noqa: BLE001 (handed on whole to whoever waits for the job)
            self._answer(job, error)
        else:
            if not job.future.done():
                job.future.set_result(result)

    def _answer(self, job: Job, fault: Exception) -> None:
        if not job.future.done():
            job.future.set_exception(fault)

    def _finish(self, place: Place, job: Job) -> None:
        self._serving.discard(job)
        place.running -= 1
        if place.running == 0:
            place.busy_s += self._clock() - place.busy_since
            if place.worker is not None:
                self._idle[place] = None
        self._fill(place)

    def _withdraw(self, job: Job) -> None:
        """Nobody waits for the job any more (it is done, or its caller was cancelled)."""
        if job.task is not None:
            job.task.cancel()
        elif not job.is_taken:
            self._waiting.take(job)

    # ------------------------------------------------------------------------------------------------ keeping up

    async def _keep(self, place: Place) -> None:
        """Have the actor in `place` ready, again whenever it is lost, until too many starts fail in a row."""
        failures, reason = 0, ""
        while failures < self._limits.start_attempts:
            try:
                where: Whereabouts = await place.handle.call("ready", deadline_s=self._limits.start_s)
                self._check(where)
            except StepwiseError as fault:
                failures, reason = failures + 1, str(fault)
                log.warning("Lean actor %d did not start: %s", place.index, fault)
                if isinstance(fault, ToolchainError) or (isinstance(fault, ActorLost) and fault.is_final):
                    break
                await asyncio.sleep(min(60.0, self._limits.backoff_s * 2**failures))
                continue
            failures = 0
            place.wake.clear()
            place.worker = FarWorker(place.handle, self._limits)
            if self._num_live == 0:
                self._outage_s += self._clock() - self._outage_since
            self._num_live += 1
            if place.running == 0:
                self._idle[place] = None
            self._changed.set()
            self._fill(place)
            await place.wake.wait()
        place.failed = reason
        self._changed.set()
        if all(other.failed is not None for other in self._places):
            self._fail_all(WorkerStartFailed(f"no Lean actor starts: {reason}"))

    def _check(self, where: Whereabouts) -> None:
        if self._fingerprint is not None and where.fingerprint != self._fingerprint:
            raise ToolchainError(f"{where.host} has another Lean ({where.fingerprint}) than the run")

    def _lose(self, place: Place, worker: FarWorker, loss: ActorLost) -> None:
        """An actor is gone with its state: others take what waits for it."""
        if place.worker is not worker:
            return
        log.warning("Lean actor %d was lost: %s", place.index, loss)
        place.worker = None
        place.losses += 1
        self._num_live -= 1
        if self._num_live == 0:
            self._outage_since = self._clock()
        self._idle.pop(place, None)
        place.queue.clear()  # its jobs stay in the queue of all
        place.wake.set()
        for other in list(self._idle):
            self._fill(other)

    async def _watch_health(self) -> None:
        """Ask for what only the actors know: sizes, restarts, Lean's seconds. The more actors, the less often."""
        every_s = max(self._limits.health_every_s, len(self._places) / self._limits.health_calls_a_second)
        while True:
            await asyncio.sleep(every_s)
            await asyncio.gather(*(self._ask_health(place) for place in self._places if place.worker is not None))

    async def _ask_health(self, place: Place) -> None:
        worker = place.worker
        try:
            answer: PoolHealth | None = await place.handle.call("health", deadline_s=60.0)
        except ActorLost as loss:
            if worker is not None:
                self._lose(place, worker, loss)
            return
        except StepwiseError as fault:
            log.warning("Lean actor %d does not say how it is: %s", place.index, fault)
            return
        if answer is not None:
            place.health = answer.workers[0]

    # --------------------------------------------------------------------------------------------------- helpers

    async def _tell_to_forget(self, place: Place, key: int) -> None:
        with contextlib.suppress(StepwiseError):  # what is lost holds nothing
            await place.handle.call("forget", key, deadline_s=60.0)

    async def _end(self, place: Place) -> None:
        """Let the actor end its Lean process, then end the actor."""
        if place.worker is not None:
            with contextlib.suppress(StepwiseError, TimeoutError):
                await asyncio.wait_for(place.handle.call("close", deadline_s=10.0), 10.0)
        place.handle.end()

    def _fail_all(self, fault: Exception) -> None:
        for job in self._waiting.take_all():
            self._answer(job, fault)

    def _refuse_if_hopeless(self, *, needed: int) -> None:
        if self._is_closed:
            raise WorkerDied("the pool was closed", reason=DeathReason.CLOSED, was_running=False)
        failures = [place.failed for place in self._places if place.failed is not None]
        if len(self._places) - len(failures) < needed:
            raise WorkerStartFailed(f"no Lean actor starts: {failures[-1] if failures else 'there are none'}")

    def _health(self, place: Place, now: float) -> WorkerHealth:
        busy_s = place.busy_s + (now - place.busy_since if place.running else 0.0)
        return replace(
            place.health,
            busy_s=busy_s,
            restarts=place.health.restarts + place.losses,
            is_ready=place.worker is not None,
            is_failed=place.failed is not None,
        )
