"""The progress of a run: the attempts that are done or no longer needed, of all that its theorems can need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prover.run.result import SETTLED, Status, TheoremResult


class Progress:
    """Counts results. A theorem has one status: that of the result that settled it, otherwise that of its latest one. A
    settled theorem needs no further attempts."""

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
        """The name of the things that `done` and `total` count."""
        return "theorem" if self.attempts == 1 else "attempt"

    @property
    def counts(self) -> Counter[Status]:
        """Theorems by status."""
        return Counter(self._status.values())

    def add(self, result: TheoremResult) -> int:
        """Take in a result. Returns the increase of `done`."""
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
