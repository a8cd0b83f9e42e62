"""All jobs that wait for a worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from prover.lean.slots import LeanJob, Line, oldest
from prover.lean.turns import Turns


class Waiting:
    """Three orders of the same jobs: of all together, of those without a home, and of each theorem. What was taken
    stays in all of them until a query meets it at the head."""

    def __init__(self, turns: Turns) -> None:
        self._all = Line(turns)
        self._homeless = Line(turns)
        self._of: dict[int, deque[LeanJob]] = {}
        self.count = 0

    def add(self, job: LeanJob) -> None:
        """Add a job that begins to wait."""
        self._all.add(job)
        if job.home is None:
            self._homeless.add(job)
        queue = self._of.setdefault(job.key, deque())
        oldest(queue)  # so that one that nobody asks keeps nothing that was taken
        queue.append(job)
        self.count += 1

    def take(self, job: LeanJob) -> None:
        """Count a job as no longer waiting."""
        job.is_taken = True
        self.count -= 1

    def first(self) -> LeanJob | None:
        """The oldest job of the client whose turn it is; None if none waits."""
        return self._all.first()

    def first_homeless(self) -> LeanJob | None:
        """The same among the jobs that had no home when they came."""
        return self._homeless.first()

    def oldest_of(self, keys: Iterable[int]) -> LeanJob | None:
        """The job that has waited longest among those of the theorems `keys`; None if none waits."""
        firsts = [job for key in keys if key in self._of and (job := oldest(self._of[key])) is not None]
        return min(firsts, key=_since, default=None)

    def forget(self, key: int) -> None:
        """Free the order of a theorem that was closed."""
        self._of.pop(key, None)

    def take_all(self) -> list[LeanJob]:
        """All waiting jobs; none waits afterwards."""
        jobs = list(self._all)
        for job in jobs:
            self.take(job)
        return jobs


def _since(job: LeanJob) -> float:
    return job.since
