"""How far a run is: of the attempts that its theorems can need, how many are done or no longer needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prover.run.result import SETTLED, Status, TheoremResult


class Progress:
    """Counts results. A theorem counts once: by what settled it, otherwise by its latest result. A settled one needs
    none of its further attempts."""

    def __init__(self, theorems: int, attempts: int = 1, results: Iterable[TheoremResult] = ()) -> None:
        self.theorems = theorems
        self.attempts = attempts
        self.done = 0
        self._status: dict[str, Status] = {}
        self._tried: Counter[str] = Counter()
        for result in results:
            self.add(result)

    @property
    def total(self) -> int:
        """The attempts that all theorems together can need."""
        return self.theorems * self.attempts

    @property
    def unit(self) -> str:
        """What `done` and `total` count."""
        return "theorem" if self.attempts == 1 else "attempt"

    @property
    def counts(self) -> Counter[Status]:
        """Theorems by status."""
        return Counter(self._status.values())

    def add(self, result: TheoremResult) -> int:
        """Take in a result; by how much that brings the run further."""
        before = self._of(result.id)
        self._tried[result.id] += 1
        if self._status.get(result.id) not in SETTLED:
            self._status[result.id] = result.status
        further = self._of(result.id) - before
        self.done += further
        return further

    def _of(self, identifier: str) -> int:
        is_settled = self._status.get(identifier) in SETTLED
        return self.attempts if is_settled else min(self.attempts, self._tried[identifier])
