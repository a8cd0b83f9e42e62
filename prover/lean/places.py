"""The scheduler's records: places for workers, and the jobs that wait for them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from search.base import Path


@dataclass(slots=True, eq=False)
class Job:
    """A request about the state at `path` of the theorem `key`; it waits since `since`, in seconds of the scheduler's
    clock."""

    key: int
    path: Path
    since: float
    home: Place | None = None
    """The place in whose queue it waits; others may take it."""
    is_taken: bool = False


@dataclass(slots=True, eq=False)
class Place:
    """A place for one worker: the jobs at work and in its queue, and the theorems whose states its present worker
    holds."""

    index: int
    is_up: bool = False
    queue: deque[Job] = field(default_factory=deque)
    running: int = 0
    knows: set[int] = field(default_factory=set)

    @property
    def load(self) -> int:
        """The number of jobs that are at work or wait here."""
        return self.running + len(self.queue)

    def drop_taken(self) -> None:
        """Remove from the queue's head the jobs that were started elsewhere or withdrawn."""
        while self.queue and self.queue[0].is_taken:
            self.queue.popleft()
