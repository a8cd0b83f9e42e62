"""The scheduler's records: slots for workers, and the jobs that wait for them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from search.base import Path

_MOST_SEEN = 64
"""So many jobs of a queue are looked at for the next one."""


@dataclass(slots=True, eq=False)
class LeanJob:
    """A request about the state at `path` of the theorem `key`; it waits since `since`, in seconds of the scheduler's
    clock."""

    key: int
    path: Path
    since: float
    home: Slot | None = None
    """The slot in whose queue it waits; others may take it."""
    is_taken: bool = False


@dataclass(slots=True, eq=False)
class Slot:
    """A slot for one worker: the jobs at work and in its queue, and the theorems whose states its present worker
    holds, each with its last turn. A seat is what starts and replaces that worker."""

    index: int
    is_up: bool = False
    queue: deque[LeanJob] = field(default_factory=deque)
    running: int = 0
    knows: dict[int, int] = field(default_factory=dict)
    turn: int = 0

    @property
    def load(self) -> int:
        """The number of jobs that are at work or wait here."""
        return self.running + len(self.queue)

    def serves(self, key: int) -> None:
        """Note that a job of the theorem is started here."""
        self.running += 1
        self.turn += 1
        self.knows[key] = self.turn

    def take(self) -> LeanJob:
        """Take out of the queue, which is not empty, the oldest job of the theorem whose last turn is longest ago: one
        with many jobs does not hold up another with few."""
        waiting = (job for job in islice(self.queue, _MOST_SEEN) if not job.is_taken)
        job = min(waiting, key=lambda job: self.knows.get(job.key, 0))
        self.queue.remove(job)
        return job

    def drop_taken(self) -> None:
        """Remove from the queue's head the jobs that were started elsewhere or withdrawn."""
        while self.queue and self.queue[0].is_taken:
            self.queue.popleft()
