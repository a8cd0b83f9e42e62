"""Decides which Lean worker serves which job next. Pure: no process, no actor, no event loop; the clock is injected.

A job waits for its home, the place whose worker holds the job's state (`homes`). Each place has one job at work and,
while no other place is idle, further ones in its worker's pipe. An idle place steals jobs that have waited for
`steal_after_s` at another place, first those of theorems that its own worker knows, and becomes the home of the states
that these jobs lead to. A job without a home, as the opening of a theorem or of a hole, comes behind those of theorems
that are known where it could go, but is not left waiting for long. A decision takes the same time for ten places and
for a thousand.
"""

from __future__ import annotations

from collections.abc import Callable

from prover.lean.homes import Homes
from prover.lean.places import Job, Place
from prover.lean.pool_health import WaitTimes
from prover.lean.waiting import Waiting

_STARVED = 10
"""After so many times `steal_after_s` a job without a home goes first: a theorem at work may have jobs waiting at all
times."""


class Scheduler:
    """Calls `start` with a place and a job when the job's turn comes; the owner calls `finish` when the job is over.

    The scheduler calls `wake_after` with a number of seconds, after which the owner has to call `on_wake`; at most one
    such call is outstanding. A place has at most `in_flight` jobs at work and in its worker's pipe.
    """

    def __init__(
        self,
        num_places: int,
        *,
        start: Callable[[Place, Job], None],
        wake_after: Callable[[float], None],
        in_flight: int,
        steal_after_s: float,
        clock: Callable[[], float],
    ) -> None:
        self.places = [Place(index) for index in range(num_places)]
        self.waits = WaitTimes()
        self._start_job = start
        self._wake_after = wake_after
        self._in_flight = in_flight
        self._steal_after_s = steal_after_s
        self._clock = clock
        self._idle: dict[Place, None] = {}  # up and with nothing at work, longest idle first
        self._homes = Homes()
        self._waiting = Waiting()
        self._num_up = 0
        self._is_waking = False
        self._outage_s = 0.0
        self._outage_since = clock()

    # -------------------------------------------------------------------------------------------------------- jobs

    def add(self, job: Job) -> None:
        """Start a job, or enqueue it: at its home, if it has one."""
        job.home = self._homes.find(job.key, job.path)
        self._waiting.add(job)
        if job.home is not None:
            job.home.queue.append(job)
            self._fill(job.home)
        if not job.is_taken and self._idle:
            if job.home is None:
                self._start(next(iter(self._idle)), job)
            else:
                self._wake_later()

    def withdraw(self, job: Job) -> None:
        """Take a job that was not started out of its queue."""
        if not job.is_taken:
            self._waiting.take(job)

    def withdraw_all(self) -> list[Job]:
        """Take all jobs that were not started out of their queues, and return them."""
        return self._waiting.take_all()

    def finish(self, place: Place) -> None:
        """Note that a job which was started at `place` is over, and start the next one there."""
        place.running -= 1
        if place.running == 0 and place.is_up:
            self._idle[place] = None
        self._fill(place)

    def forget(self, key: int) -> list[Place]:
        """Forget a theorem that was closed. Returns the places whose workers know it."""
        self._waiting.forget(key)
        places = [place for place in self._homes.forget(key) if place.is_up and key in place.knows]
        for place in places:
            place.knows.discard(key)
        return places

    # ------------------------------------------------------------------------------------------------------ places

    def set_up(self, place: Place) -> None:
        """Note that a new worker is ready at `place`; it holds no state."""
        place.knows.clear()
        if not place.is_up:
            place.is_up = True
            if self._num_up == 0:
                self._outage_s += self._clock() - self._outage_since
            self._num_up += 1
            if place.running == 0:
                self._idle[place] = None
        self._fill(place)

    def set_down(self, place: Place) -> None:
        """Note that the worker at `place` is lost with its states; other places may take the jobs that wait there."""
        if not place.is_up:
            return
        place.is_up = False
        self._num_up -= 1
        if self._num_up == 0:
            self._outage_since = self._clock()
        self._idle.pop(place, None)
        place.queue.clear()  # its jobs stay in the queue of all
        for other in list(self._idle):
            self._fill(other)

    def on_wake(self) -> None:
        """Start the jobs that have waited long enough to be stolen; called when the time given to `wake_after` is
        over."""
        self._is_waking = False
        for place in list(self._idle):
            self._fill(place)
            if place in self._idle:  # nothing was left for it, nor for the others
                break

    # ------------------------------------------------------------------------------------------------ what is known

    @property
    def num_up(self) -> int:
        """The number of places with a ready worker."""
        return self._num_up

    @property
    def num_waiting(self) -> int:
        """The number of jobs that were not started."""
        return self._waiting.count

    def outage_s(self) -> float:
        """The seconds so far in which no place had a ready worker."""
        return self._outage_s + (self._clock() - self._outage_since if self._num_up == 0 else 0.0)

    # --------------------------------------------------------------------------------------------------- decisions

    def _fill(self, place: Place) -> None:
        """Start jobs at a place until it has enough: first those of its own queue, then one that it steals."""
        while place.is_up:
            place.drop_taken()
            has_room = place.running < self._depth(place)
            if has_room and (job := self._starved()) is not None:
                self._start(place, job)
            elif has_room and place.queue:
                self._start(place, place.queue.popleft())
            elif place.running == 0 and (job := self._from_elsewhere(place)) is not None:
                self._start(place, job)
            else:
                return

    def _depth(self, place: Place) -> int:
        is_another_idle = len(self._idle) > (place in self._idle)
        return 1 if is_another_idle else self._in_flight

    def _starved(self) -> Job | None:
        """The oldest job without a home, if it has waited for too long."""
        job = self._waiting.oldest_homeless()
        return job if job is not None and self._clock() - job.since >= _STARVED * self._steal_after_s else None

    def _from_elsewhere(self, place: Place) -> Job | None:
        """The job that an idle place may steal: the oldest one of a theorem that its worker knows, else the oldest of
        all, if it has waited long enough; None if there is none."""
        oldest = self._waiting.oldest()
        if oldest is None or self._is_ripe(oldest):
            known = self._waiting.oldest_of(place.knows)
            return known if known is not None and self._is_ripe(known) else oldest
        self._wake_later()
        return None

    def _is_ripe(self, job: Job) -> bool:
        """Whether any place may start the job: it has waited long enough for its home, or has no home that is up."""
        is_homeless = job.home is None or not job.home.is_up
        return is_homeless or self._clock() - job.since >= self._steal_after_s

    def _wake_later(self) -> None:
        if not self._is_waking:
            self._is_waking = True
            self._wake_after(self._steal_after_s)

    def _start(self, place: Place, job: Job) -> None:
        now = self._clock()
        self._waiting.take(job)
        self.waits.add(now - job.since)
        if place.running == 0:
            self._idle.pop(place, None)
        place.running += 1
        place.knows.add(job.key)
        self._homes.serve(job.key, job.path, place)
        if job.home is not None:
            job.home.drop_taken()
        self._start_job(place, job)
