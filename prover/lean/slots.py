"""The scheduler's records: slots for workers, and the jobs that wait for them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from search.base import Path


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
    """A slot for one worker: the jobs at work and in its queue, and the theorems whose states its present worker holds.
    A seat is what starts and replaces that worker."""

    index: int
    is_up: bool = False
    queue: deque[LeanJob] = field(default_factory=deque)
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
