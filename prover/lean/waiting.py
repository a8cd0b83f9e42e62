"""Jobs that wait for a worker, oldest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from prover.lean.slots import LeanJob


class Waiting:
    """Three orders of the same jobs: of all together, of those without a home, and of each theorem. What was taken
    stays in all of them until a query meets it at the head."""

    def __init__(self) -> None:
        self._all: deque[LeanJob] = deque()
        self._homeless: deque[LeanJob] = deque()
        self._of: dict[int, deque[LeanJob]] = {}
        self.count = 0

    def add(self, job: LeanJob) -> None:
        """Add a job that begins to wait."""
        for queue in (self._all, self._of.setdefault(job.key, deque()), *([self._homeless] * (job.home is None))):
            _first(queue)  # so that one that nobody asks keeps nothing that was taken
            queue.append(job)
        self.count += 1

    def take(self, job: LeanJob) -> None:
        """Count a job as no longer waiting."""
        job.is_taken = True
        self.count -= 1

    def oldest(self) -> LeanJob | None:
        """The job that has waited longest; None if none waits."""
        return _first(self._all)

    def oldest_homeless(self) -> LeanJob | None:
        """The job that has waited longest among those that had no home when they came; None if none waits."""
        return _first(self._homeless)

    def oldest_of(self, keys: Iterable[int]) -> LeanJob | None:
        """The job that has waited longest among those of the theorems `keys`; None if none waits."""
        firsts = [job for key in keys if key in self._of and (job := _first(self._of[key])) is not None]
        return min(firsts, key=_since, default=None)

    def forget(self, key: int) -> None:
        """Free the order of a theorem that was closed."""
        self._of.pop(key, None)

    def take_all(self) -> list[LeanJob]:
        """All waiting jobs; none waits afterwards."""
        jobs = [job for job in self._all if not job.is_taken]
        for job in jobs:
            self.take(job)
        return jobs


def _first(queue: deque[LeanJob]) -> LeanJob | None:
    while queue and queue[0].is_taken:
        queue.popleft()
    return queue[0] if queue else None


def _since(job: LeanJob) -> float:
    return job.since
