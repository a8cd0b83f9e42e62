"""Rounds of budgets: every theorem of a run gets a small budget first, and the unsolved ones a larger one each round.

Round 0 gives every theorem the budget `first`; each later round gives the theorems that are still open `growth` times
the budget of the round before, the more promising half first (InternLM2.5-StepProver, arXiv 2410.15700: quick
scans first, budgets that grow over the rounds, the better half by critic first). Pure bookkeeping: the driver takes
assignments, many at a time, and reports their ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from search.budget import Budget, Spent, StopReason


@dataclass(frozen=True, slots=True)
class Assignment:
    """An order to search for `theorem` up to `budget`, resuming the search of an earlier round if there is one."""

    theorem: str
    round: int
    budget: Budget


@dataclass(frozen=True, slots=True)
class Signs:
    """How promising an unfinished search is. `value` is the critic's best value among its open states in [0, 1],
    `closed_share` the share of its states that were proven."""

    reason: StopReason
    value: float = 0.5
    closed_share: float = 0.0

    @property
    def promise(self) -> float:
        """The rank of the theorem, higher is better. Exhausted searches come last: only new samples can help them."""
        return (0.0 if self.reason is StopReason.EXHAUSTED else 2.0) + self.value + self.closed_share


class Rounds:
    """Hands out assignments until all theorems are settled, the rounds are over, or `total` is used up.

    A round begins when the last assignment of the round before has been handed out, without waiting for answers;
    theorems that are still being searched join a round when their answers come.
    """

    def __init__(
        self,
        theorems: list[str],
        *,
        first: Budget,
        growth: float = 3.0,
        rounds: int = 3,
        total: Budget | None = None,
    ) -> None:
        if len(set(theorems)) != len(theorems):
            raise ValueError("theorems need different names")
        if growth < 1.0 or rounds < 1:
            raise ValueError(f"no such rounds: growth {growth!r}, rounds {rounds!r}")
        self._budgets = [first.scaled(growth**number) for number in range(rounds)]
        self._total = total if total is not None else Budget()
        self._place = {name: number for number, name in enumerate(theorems)}
        self._queue: list[tuple[int, str]] = [(0, name) for name in theorems]
        self._searched: dict[str, int] = {}
        self._open: dict[int, dict[str, Signs]] = {}
        self.spent = Spent()

    def next(self) -> Assignment | None:
        """The next assignment; None while there is none, and for good once `total` is used up."""
        if self.spent.limit_reached(self._total) is not None:
            return None
        if not self._queue:
            self._begin_round()
        if not self._queue:
            return None
        number, name = self._queue.pop(0)
        self._searched[name] = number
        return Assignment(name, number, self._budgets[number])

    def tell(self, theorem: str, spent: Spent, signs: Signs | None) -> None:
        """Report the end of an assignment; `signs` is None if the theorem is settled.

        Raises KeyError if the theorem wasn't assigned.
        """
        number = self._searched.pop(theorem)
        self.spent.add(spent)
        if signs is not None and number + 1 < len(self._budgets):
            self._open.setdefault(number + 1, {})[theorem] = signs

    def _begin_round(self) -> None:
        """Fill the queue with the theorems of the earliest waiting round: the more promising half, then the others,
        each in input order."""
        if not self._open:
            return
        number = min(self._open)
        waiting = self._open.pop(number)
        ranked = sorted(waiting, key=lambda name: (-waiting[name].promise, self._place[name]))
        kept = max(1, round(0.5 * len(ranked)))
        first = sorted(ranked[:kept], key=self._place.__getitem__)
        self._queue = [(number, name) for name in (*first, *ranked[kept:])]
