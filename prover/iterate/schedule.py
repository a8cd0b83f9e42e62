"""The schedule of the rounds: how Lean's seconds are shared out, what is searched next, and when it is over.

Budgets that grow from round to round, and the better half of what is open, are those of InternLM2.5-StepProver's
training (arXiv 2410.15700). Pure bookkeeping, without I/O.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prover.errors import UsageError

_KEPT = 0.5  # of the open theorems, from the second round on
_LEAST_LEAN_S = 0.5  # of Lean for a theorem: less finds hardly anything


class Stop(StrEnum):
    """Why no further round is made."""

    ROUNDS = "all rounds are done"
    BUDGET = "the budget is used"
    NOTHING_NEW = "the last round found nothing new"
    SETTLED = "nothing is open"


@dataclass(frozen=True, slots=True)
class Schedule:
    """So many `rounds` with `budget_s` seconds of Lean in all; each round has `growth` times the seconds of the one
    before."""

    rounds: int
    budget_s: float
    growth: float

    def __post_init__(self) -> None:
        if self.rounds < 1 or not 0 < self.budget_s < math.inf or not 1 <= self.growth < math.inf:
            raise UsageError("rounds and budget take positive numbers, growth one of at least 1")

    def share_s(self, number: int, spent_s: float) -> float:
        """The seconds of Lean for round `number` (from 0), when the rounds before it have spent so many: what they left
        over goes to those to come."""
        later = [self.growth**k for k in range(number, self.rounds)]
        return max(0.0, self.budget_s - spent_s) * later[0] / sum(later)

    def each_s(self, number: int, spent_s: float, count: int) -> float:
        """The seconds for each of `count` theorems in round `number`; 0 where they would be too few to search."""
        each = self.share_s(number, spent_s) / max(1, count)
        return each if each >= _LEAST_LEAN_S else 0.0


def better_half(open_: Sequence[str], promise: Mapping[str, float]) -> list[str]:
    """The theorems that promise most, in the order of the list; where promises are equal, the earlier ones."""
    place = {name: number for number, name in enumerate(open_)}
    ranked = sorted(open_, key=lambda name: (-promise.get(name, 0.0), place[name]))
    return sorted(ranked[: math.ceil(_KEPT * len(ranked))], key=place.__getitem__)
