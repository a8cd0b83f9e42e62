"""Which Lean worker serves which request next. Pure: no process, no actor, no event loop; the clock is injected.

A request waits for the place that holds its state (`homes`); each place has one request at work and, while no other
is idle, further ones on the way. An idle place takes requests that have waited a moment for another, first those of
theorems that its worker knows, and becomes the home of the states that grow from them. Every decision takes the same
time for ten places and for a thousand.
"""

from __future__ import annotations

from collections.abc import Callable

from prover.lean.homes import Homes
from prover.lean.places import Job, Place
from prover.lean.pool_health import WaitTimes
from prover.lean.waiting import Waiting


class Scheduler:
    """Calls `start` for each job when its turn comes; its owner says `finish` when the job is over.

    `wake_after` is asked, once at a time, for a call of `on_wake` after so many seconds. `in_flight` is how many
    requests a place may have at work and on the way.
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
        """Start a job, or let it wait: at its home, if it has one."""
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
        """Nobody waits for a job that was not started."""
        if not job.is_taken:
            self._waiting.take(job)

    def withdraw_all(self) -> list[Job]:
        """Every job that waits; none does any longer."""
        return self._waiting.take_all()

    def finish(self, place: Place) -> None:
        """A job that was started at `place` is over."""
        place.running -= 1
        if place.running == 0 and place.is_up:
            self._idle[place] = None
        self._fill(place)

    def forget(self, key: int) -> list[Place]:
        """A theorem was closed; the places whose workers know it."""
        self._waiting.forget(key)
        places = [place for place in self._homes.forget(key) if place.is_up and key in place.knows]
        for place in places:
            place.knows.discard(key)
        return places

    # ------------------------------------------------------------------------------------------------------ places

    def set_up(self, place: Place) -> None:
        """A new worker stands at `place`, and knows nothing."""
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
        """The worker at `place` is gone with its states: others take the jobs that wait for it."""
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
        """The time that was asked for has passed."""
        self._is_waking = False
        for place in list(self._idle):
            self._fill(place)
            if place in self._idle:  # nothing was left for it, nor for the others
                break

    # ------------------------------------------------------------------------------------------------ what is known

    @property
    def num_up(self) -> int:
        """Places with a worker."""
        return self._num_up

    @property
    def num_waiting(self) -> int:
        """Jobs that were not started."""
        return self._waiting.count

    def outage_s(self) -> float:
        """The seconds in which no place had a worker."""
        return self._outage_s + (self._clock() - self._outage_since if self._num_up == 0 else 0.0)

    # --------------------------------------------------------------------------------------------------- decisions

    def _fill(self, place: Place) -> None:
        """Give a place what it can take: its own jobs first, then one that waits too long elsewhere."""
        while place.is_up:
            place.drop_taken()
            if place.queue and place.running < self._depth(place):
                self._start(place, place.queue.popleft())
            elif place.running == 0 and (job := self._from_elsewhere(place)) is not None:
                self._start(place, job)
            else:
                return

    def _depth(self, place: Place) -> int:
        is_another_idle = len(self._idle) > (place in self._idle)
        return 1 if is_another_idle else self._in_flight

    def _from_elsewhere(self, place: Place) -> Job | None:
        """What an idle place may take: of what waits too long, a job of a theorem that it knows, else the oldest."""
        oldest = self._waiting.oldest()
        if oldest is None or self._is_ripe(oldest):
            known = self._waiting.oldest_of(place.knows)
            return known if known is not None and self._is_ripe(known) else oldest
        self._wake_later()
        return None

    def _is_ripe(self, job: Job) -> bool:
        """Whether any place may take a job: it has waited long enough for its home, or has none that is up."""
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
