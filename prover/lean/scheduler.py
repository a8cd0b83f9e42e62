"""Decides which Lean worker serves which job next. Pure: no process, no actor, no event loop; the clock is injected.

A job waits for its home, the slot whose worker holds the job's state (`homes`); theorems that wait there take turns.
Each slot has one job at work and, while no other slot is idle, further ones in its worker's pipe. An idle slot
steals jobs that have waited at another slot, those of theorems that its own worker knows after `steal_after_s`, any
other only after several times as long, and becomes the home of the states that these jobs lead to. A job without a
home, as the opening of a theorem or of a hole, comes behind those of theorems that are known where it could go, but is
not left waiting for long.

Of several clients the one that used least of Lean's time comes first (`turns`), and nothing of another one is in the
pipe before it. A decision takes the same time for ten slots and for a thousand.
"""

from __future__ import annotations

from collections.abc import Callable

from prover.lean.homes import Homes
from prover.lean.pool_health import WaitTimes
from prover.lean.slots import LeanJob, Line, Slot
from prover.lean.turns import Turns
from prover.lean.waiting import Waiting

_STARVED = 10
"""After so many times `steal_after_s` a job without a home goes first: a theorem at work may have jobs waiting at all
times."""
_STRANGE = 25
"""After so many times `steal_after_s` a slot steals a job of a theorem that its worker doesn't know: the worker has to
import what the theorem needs, elaborate its statement, and index the library for its premises."""


class Scheduler:
    """Calls `start` with a slot and a job when the job's turn comes; the owner calls `finish` when the job is over.

    The scheduler calls `wake_after` with a number of seconds, after which the owner has to call `on_wake`; at most one
    such call is outstanding. A slot has at most `in_flight` jobs at work and in its worker's pipe.
    """

    def __init__(
        self,
        num_slots: int,
        *,
        start: Callable[[Slot, LeanJob], None],
        wake_after: Callable[[float], None],
        in_flight: int,
        steal_after_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._turns = Turns(clock)
        self.slots = [Slot(index, Line(self._turns)) for index in range(num_slots)]
        self.waits = WaitTimes()
        self._start_job = start
        self._wake_after = wake_after
        self._in_flight = in_flight
        self._steal_after_s = steal_after_s
        self._clock = clock
        self._idle: dict[Slot, None] = {}  # up and with nothing at work, longest idle first
        self._homes = Homes()
        self._waiting = Waiting(self._turns)
        self._num_up = 0
        self._is_waking = False
        self._outage_s = 0.0
        self._outage_since = clock()

    # -------------------------------------------------------------------------------------------------------- jobs

    def add(self, job: LeanJob) -> None:
        """Start a job, or enqueue it: at its home, if it has one."""
        job.home = self._homes.find(job.key, job.path)
        self._turns.come(job.client)
        self._waiting.add(job)
        if job.home is not None:
            job.home.line.add(job)
            self._fill(job.home)
        if not job.is_taken and self._idle:
            if job.home is None:
                self._start(next(iter(self._idle)), job)
            else:
                self._wake_later()

    def withdraw(self, job: LeanJob) -> None:
        """Take a job that was not started out of its queue."""
        if not job.is_taken:
            self._waiting.take(job)
            self._turns.leave(job.client)

    def withdraw_all(self) -> list[LeanJob]:
        """Take all jobs that were not started out of their queues, and return them."""
        jobs = self._waiting.take_all()
        for job in jobs:
            self._turns.leave(job.client)
        return jobs

    def finish(self, slot: Slot, job: LeanJob) -> None:
        """Note that a job which was started at `slot` is over, and start the next one there."""
        now = self._clock()
        self._turns.leave(job.client, now - max(job.began, slot.free_at))
        slot.free_at = now
        slot.running -= 1
        if slot.running == 0 and slot.is_up:
            self._idle[slot] = None
        self._fill(slot)

    def forget(self, key: int) -> list[Slot]:
        """Forget a theorem that was closed. Returns the slots whose workers know it."""
        self._waiting.forget(key)
        slots = [slot for slot in self._homes.forget(key) if slot.is_up and key in slot.knows]
        for slot in slots:
            del slot.knows[key]
        return slots

    # ------------------------------------------------------------------------------------------------------- slots

    def set_up(self, slot: Slot) -> None:
        """Note that a new worker is ready at `slot`; it holds no state."""
        slot.knows.clear()
        if not slot.is_up:
            slot.is_up = True
            if self._num_up == 0:
                self._outage_s += self._clock() - self._outage_since
            self._num_up += 1
            if slot.running == 0:
                self._idle[slot] = None
        self._fill(slot)

    def set_down(self, slot: Slot) -> None:
        """Note that the worker at `slot` is lost with its states; other slots may take the jobs that wait there."""
        if not slot.is_up:
            return
        slot.is_up = False
        self._num_up -= 1
        if self._num_up == 0:
            self._outage_since = self._clock()
        self._idle.pop(slot, None)
        slot.line.clear()  # its jobs stay in the line of all
        for other in list(self._idle):
            self._fill(other)

    def on_wake(self) -> None:
        """Start the jobs that have waited long enough to be stolen; called when the time given to `wake_after` is
        over."""
        self._is_waking = False
        for slot in list(self._idle):
            self._fill(slot)
            if slot in self._idle and not slot.is_changing:  # nothing was left for it, nor for the others
                break

    # ------------------------------------------------------------------------------------------------ what is known

    @property
    def num_up(self) -> int:
        """The number of slots with a ready worker."""
        return self._num_up

    @property
    def num_waiting(self) -> int:
        """The number of jobs that were not started."""
        return self._waiting.count

    def outage_s(self) -> float:
        """The seconds so far in which no slot had a ready worker."""
        return self._outage_s + (self._clock() - self._outage_since if self._num_up == 0 else 0.0)

    # --------------------------------------------------------------------------------------------------- decisions

    def _fill(self, slot: Slot) -> None:
        """Start jobs at a slot until it has enough."""
        while slot.is_up and (job := self._next(slot)) is not None:
            self._start(slot, job)

    def _next(self, slot: Slot) -> LeanJob | None:
        """The job to start at a slot, if it has room for one: of its own line, or one without a home whose turn it is;
        where it has nothing to do, one that it steals."""
        if slot.running >= self._depth(slot):
            return None
        own, new = slot.next(), self._waiting.first_homeless()
        if new is not None and self._comes_first(new, own):
            return new
        return own if own is not None or slot.running else self._from_elsewhere(slot)

    def _depth(self, slot: Slot) -> int:
        is_another_idle = len(self._idle) > (slot in self._idle)
        return 1 if is_another_idle or self._turns.are_several else self._in_flight

    def _comes_first(self, new: LeanJob, own: LeanJob | None) -> bool:
        """Whether a job without a home comes before the next one of a slot's own line: it is the turn of its client, or
        it has waited for too long."""
        if own is not None and self._is_before(own, new):
            return False
        has_starved = self._clock() - new.since >= _STARVED * self._steal_after_s
        return has_starved or (own is not None and self._is_before(new, own))

    def _is_before(self, one: LeanJob, other: LeanJob) -> bool:
        return self._turns.used_s(one.client) < self._turns.used_s(other.client)

    def _from_elsewhere(self, slot: Slot) -> LeanJob | None:
        """The job that an idle slot may steal: the oldest one of a theorem that its worker knows, unless that makes
        another client wait, or else the first of all; None if neither has waited long enough."""
        first = self._waiting.first()
        if first is None:
            return None
        if slot.is_changing:
            self._wake_later()
            return None
        known = self._waiting.oldest_of(slot.knows)
        if known is not None and self._is_ripe(known) and not self._is_before(first, known):
            return known
        if self._is_ripe(first, patience=1 if first is known else _STRANGE):
            return first
        self._wake_later()
        return None

    def _is_ripe(self, job: LeanJob, *, patience: int = 1) -> bool:
        """Whether a slot may start the job: it has waited long enough for its home, or has no home that is up."""
        is_homeless = job.home is None or not job.home.is_up
        return is_homeless or self._clock() - job.since >= patience * self._steal_after_s

    def _wake_later(self) -> None:
        if not self._is_waking:
            self._is_waking = True
            self._wake_after(self._steal_after_s)

    def _start(self, slot: Slot, job: LeanJob) -> None:
        now = self._clock()
        self._waiting.take(job)
        self.waits.add(now - job.since)
        if slot.running == 0:
            self._idle.pop(slot, None)
        slot.serves(job.key)
        self._homes.serve(job.key, job.path, slot)
        if job.home is not None:
            job.home.line.drop(job)
        job.began = now
        self._start_job(slot, job)
