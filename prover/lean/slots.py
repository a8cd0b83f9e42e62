"""The scheduler's records: slots for workers, the jobs that wait for them, and the lines in which they do."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from prover.lean.turns import Turns
from search.base import Path

_MOST_SEEN = 64
"""So many jobs of a client are looked at for the next one."""


@dataclass(slots=True, eq=False)
class LeanJob:
    """A request about the state at `path` of the theorem `key`, on the account of `client`; it waits since `since`, in
    seconds of the scheduler's clock, and is at a worker since `began`."""

    key: int
    path: Path
    since: float
    client: str = ""
    home: Slot | None = None
    """The slot in whose line it waits; others may take it."""
    is_taken: bool = False
    began: float = 0.0


class Line:
    """Jobs that wait, those of each client in their order. One that was taken stays until a query meets it at the
    head."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._of: dict[str, deque[LeanJob]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def __iter__(self) -> Iterator[LeanJob]:
        """Those that were not taken."""
        return (job for queue in self._of.values() for job in queue if not job.is_taken)

    def add(self, job: LeanJob) -> None:
        """Put a job behind the others of its client."""
        queue = self._of.setdefault(job.client, deque())
        oldest(queue)  # so that a line that nobody asks keeps nothing that was taken
        queue.append(job)

    def drop(self, job: LeanJob) -> None:
        """Take a job out, if it is there."""
        with suppress(ValueError):
            self._of.get(job.client, deque()).remove(job)

    def first(self) -> LeanJob | None:
        """The oldest job of the client whose turn it is, of equal ones the oldest; None if none waits."""
        firsts = {client: oldest(queue) for client, queue in self._of.items()}
        self._of = {client: self._of[client] for client, job in firsts.items() if job is not None}
        return min((job for job in firsts.values() if job is not None), key=self._rank, default=None)

    def of(self, client: str) -> Iterator[LeanJob]:
        """The jobs of a client, oldest first."""
        return (job for job in self._of[client] if not job.is_taken)

    def clear(self) -> None:
        """Let all of them go."""
        self._of.clear()

    def _rank(self, job: LeanJob) -> tuple[float, float]:
        return self._turns.used_s(job.client), job.since


def oldest(queue: deque[LeanJob]) -> LeanJob | None:
    """The first job of a queue that was not taken; those before it are let go."""
    while queue and queue[0].is_taken:
        queue.popleft()
    return queue[0] if queue else None


@dataclass(slots=True, eq=False)
class Slot:
    """A slot for one worker: the jobs at work and in its line, and the theorems whose states its present worker holds,
    each with its last turn. A seat is what starts and replaces that worker. The last job there was over at `free_at`:
    one behind it in the worker's pipe takes Lean's time from then on."""

    index: int
    line: Line
    is_up: bool = False
    is_changing: bool = False  # its worker makes room for the next: it takes theorems to open, and steals nothing
    running: int = 0
    free_at: float = 0.0
    knows: dict[int, int] = field(default_factory=dict)
    turn: int = 0

    @property
    def load(self) -> int:
        """The number of jobs that are at work or wait here."""
        return self.running + len(self.line)

    def serves(self, key: int) -> None:
        """Note that a job of the theorem is started here."""
        self.running += 1
        self.turn += 1
        self.knows[key] = self.turn

    def next(self) -> LeanJob | None:
        """Of the client whose turn it is, the oldest job of the theorem whose last turn is longest ago: one with many
        jobs does not hold up another with few. None if none waits in line."""
        first = self.line.first()
        if first is None:
            return None
        return min(islice(self.line.of(first.client), _MOST_SEEN), key=lambda job: self.knows.get(job.key, 0))
