"""The kinds of goals that a rule model tells apart, read off the structured goal.

A kind names no hypothesis, no variable and no lemma, so it means the same in a project that the model has never seen.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from search.base import Goal

_HEADS = frozenset({"Eq", "Iff", "Ne", "Not", "LE.le", "LT.lt", "Membership.mem"})
_NUMBERS = frozenset({"Nat", "Int", "Rat"})


class Kind(NamedTuple):
    """`is_early` where the theorem stands in the middle of Lean's own library, `is_numeric` where all data is numbers,
    `has_facts` where a hypothesis is a proof; `head` is the target's, or `other`."""

    is_early: bool
    is_numeric: bool
    has_facts: bool
    head: str

    @property
    def name(self) -> str:
        """For the model's file."""
        words = ("early" * self.is_early, "numbers" * self.is_numeric, "facts" * self.has_facts, self.head)
        return " ".join(filter(None, words))

    def likeness(self, other: Kind) -> float:
        """How much what was seen on goals of another kind says of this one: 1 for the same kind, less for each
        difference."""
        return math.prod(share for ours, theirs, share in zip(self, other, _SHARES, strict=True) if ours != theirs)


_SHARES = (0.2, 0.1, 0.5, 0.5)
"""What a difference in each trait leaves of the likeness."""


def kind_of(goal: Goal, *, is_early: bool) -> Kind:
    """The kind of a goal."""
    data = [hyp for hyp in goal.hypotheses if not hyp.is_prop and not hyp.is_instance]
    return Kind(
        is_early,
        bool(data) and all(hyp.type in _NUMBERS for hyp in data),
        any(hyp.is_prop for hyp in goal.hypotheses),
        goal.head if goal.head in _HEADS else "other",
    )
