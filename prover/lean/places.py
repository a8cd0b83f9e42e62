"""Where workers stand, and the requests that wait for them: plain records."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from search.base import Path


@dataclass(slots=True, eq=False)
class Job:
    """A request about the state at `path` of the theorem `key`, waiting since a time of the scheduler's clock."""

    key: int
    path: Path
    since: float
    home: Place | None = None
    """The place in whose queue it waits; others may take it."""
    is_taken: bool = False


@dataclass(slots=True, eq=False)
class Place:
    """A place for a worker: its queue, and what the worker in it has been told since it came."""

    index: int
    is_up: bool = False
    queue: deque[Job] = field(default_factory=deque)
    running: int = 0
    knows: set[int] = field(default_factory=set)

    @property
    def load(self) -> int:
        """How many jobs are at work or wait here."""
        return self.running + len(self.queue)

    def drop_taken(self) -> None:
        """Pass over jobs that other places took or nobody waits for any more."""
        while self.queue and self.queue[0].is_taken:
            self.queue.popleft()
