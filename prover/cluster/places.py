"""Where a pool's actors are, and the work that waits for them: plain records."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from prover.cluster.far_worker import FarWorker
from prover.cluster.handle import Handle
from prover.lean.health import WorkerHealth
from search.base import Path


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work that needs an actor."""

    key: int
    path: Path
    work: Callable[[FarWorker], Awaitable[Any]]
    future: asyncio.Future[Any]
    since: float
    home: Place | None = None  # where it waits; others may take it
    is_taken: bool = False
    task: asyncio.Task[None] | None = None


@dataclass(slots=True, eq=False)
class Place:
    """A place for an actor, its queue, and what is known of it."""

    index: int
    handle: Handle
    worker: FarWorker | None = None  # only while it is ready
    queue: deque[Job] = field(default_factory=deque)
    running: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    health: WorkerHealth = field(default_factory=WorkerHealth)
    busy_s: float = 0.0
    busy_since: float = 0.0
    losses: int = 0
    failed: str | None = None

    @property
    def load(self) -> int:
        """How many jobs are at work or wait here."""
        return self.running + len(self.queue)

    def drop_taken(self) -> None:
        """Pass over what others took, or nobody waits for any more."""
        while self.queue and self.queue[0].is_taken:
            self.queue.popleft()
