"""Seats of a pool whose Lean workers are actors.

An actor keeps its own Lean process up (`lean_host`); a seat handles the loss of the whole actor, whose states are then
rebuilt elsewhere. No tactic is blamed for a lost node.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from prover.cluster.far_worker import FarWorker
from prover.cluster.handle import ActorLost, Handle
from prover.cluster.lean_host import Whereabouts
from prover.driver.meters import Meter
from prover.errors import StepwiseError, ToolchainError, WorkerDied
from prover.keeper import Keeper, Patience
from prover.lean.pieces import Pieces
from prover.lean.pool import LeanPool, Queueing, Work
from prover.lean.pool_health import WorkerHealth

log = logging.getLogger(__name__)
T = TypeVar("T")

_FORGET_S = 60.0
_HEALTH_S = 60.0
_CLOSE_S = 10.0


@dataclass(frozen=True, slots=True)
class ActorLimits:
    """Deadlines and waits, in seconds. `start_s` has to be enough for an autoscaler to add a machine."""

    start_s: float = 1800.0
    call_s: float = 420.0  # beside the tactics' own limits: a start, an elaboration and a replay may come first
    starts: Patience = Patience(retries=4, pause_s=1.0, longest_pause_s=60.0)  # noqa: RUF009 (frozen)
    queueing: Queueing = Queueing(max_waiting=8192)  # noqa: RUF009 (frozen)
    health_every_s: float = 5.0
    health_calls_a_second: float = 20.0  # at most, over all actors: each costs the driver as much as an expansion
    calls_a_second: float = 300.0  # aimed at; the requests are made longer where there are many actors


class _ActorSeat:
    """Keeps one actor in use (`prover.lean.pool.Seat`); an actor with another Lean than the run's is refused."""

    def __init__(
        self,
        handle: Handle,
        fingerprint: str | None,
        limits: ActorLimits,
        clock: Callable[[], float],
    ) -> None:
        self._handle = handle
        self._fingerprint = fingerprint
        self._limits = limits
        self._known = WorkerHealth()
        self._meter = Meter(clock)  # what the actor says of itself is seconds old
        self._tasks: set[asyncio.Task[None]] = set()
        self._on_change: Callable[[], None] = lambda: None
        self._keeper = Keeper(
            self._start,
            self._end,
            limits.starts,
            on_change=lambda: self._on_change(),
            on_failure=self._note_failure,
            is_final=lambda fault: (
                isinstance(fault, ToolchainError) or (isinstance(fault, ActorLost) and fault.is_final)
            ),
        )

    @property
    def is_changing(self) -> bool:
        return False

    @property
    def is_up(self) -> bool:
        return self._keeper.current is not None

    @property
    def fault(self) -> StepwiseError | None:
        return self._keeper.fault

    def begin(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._keeper.begin()
        self._spawn(asyncio.create_task(self._watch_health()))

    async def run(self, work: Work[T]) -> T:
        worker = await self._keeper.ready()
        try:
            with self._meter.at_work():
                return await work(worker)
        except ActorLost as loss:
            self._lose(worker, loss)
            raise WorkerDied(f"its actor was lost: {loss}", was_running=False) from loss

    def forget(self, key: int) -> None:
        worker = self._keeper.current
        if worker is not None and key in worker.knows:
            worker.knows.discard(key)
            self._spawn(asyncio.create_task(self._tell_to_forget(key)))

    def health(self) -> WorkerHealth:
        restarts = self._known.restarts + self._keeper.losses
        return replace(self._known, busy_s=self._meter.busy_s(), restarts=restarts)

    async def close(self) -> None:
        is_up = self.is_up
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._keeper.close()
        if is_up:  # let the actor end its Lean process first
            with contextlib.suppress(StepwiseError, TimeoutError):
                await asyncio.wait_for(self._handle.call("close", deadline_s=_CLOSE_S), _CLOSE_S)
        self._handle.end()

    # -------------------------------------------------------------------------------------------------- one actor

    async def _start(self) -> FarWorker:
        where: Whereabouts = await self._handle.call("ready", deadline_s=self._limits.start_s)
        if self._fingerprint is not None and where.fingerprint != self._fingerprint:
            raise ToolchainError(f"{where.host} has another Lean ({where.fingerprint}) than the run")
        return FarWorker(self._handle, self._limits.call_s)

    async def _end(self, _: FarWorker) -> None:
        """Do nothing: Ray starts a lost actor again."""

    def _lose(self, worker: FarWorker, loss: ActorLost) -> None:
        if worker is self._keeper.current:
            log.warning("%s was lost: %s", self._handle.name, loss)
            self._keeper.lose(worker)

    def _note_failure(self, failure: StepwiseError, failures: int) -> None:
        log.warning("%s did not start (%d in a row): %s", self._handle.name, failures, failure)

    async def _watch_health(self) -> None:
        """Ask the actor now and then for its own figures: sizes, restarts, Lean's seconds."""
        while True:
            await asyncio.sleep(self._limits.health_every_s)
            worker = self._keeper.current
            if worker is None:
                continue
            try:
                answer: WorkerHealth | None = await self._handle.call("health", deadline_s=_HEALTH_S)
            except ActorLost as loss:
                self._lose(worker, loss)
            except StepwiseError as fault:
                log.warning("%s does not say how it is: %s", self._handle.name, fault)
            else:
                self._known = self._known if answer is None else answer

    async def _tell_to_forget(self, key: int) -> None:
        with contextlib.suppress(StepwiseError):  # an actor that is lost holds nothing
            await self._handle.call("forget", key, deadline_s=_FORGET_S)

    def _spawn(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def actor_pool(
    handles: Sequence[Handle],
    *,
    fingerprint: str | None = None,
    limits: ActorLimits = ActorLimits(),
    clock: Callable[[], float] = time.monotonic,
) -> LeanPool:
    """A pool of actors, which it owns. The more actors there are, the more rarely each is asked for its health."""
    every_s = max(limits.health_every_s, len(handles) / limits.health_calls_a_second)
    limits = replace(limits, health_every_s=every_s)
    return LeanPool(
        [_ActorSeat(handle, fingerprint, limits, clock) for handle in handles],
        queueing=limits.queueing,
        pieces=Pieces.over_network(len(handles), limits.calls_a_second),
        clock=clock,
    )
