"""A proposal: a tactic with the template it came from and what it may cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from prover.policy.builtin.view import View
from search.base import TacticLimits

_CHEAP = TacticLimits(heartbeats=500, wall_s=1.0)
MEDIUM = TacticLimits(heartbeats=1_200, wall_s=2.0)
EXPENSIVE = TacticLimits(heartbeats=3_000, wall_s=4.0)
HEAVY = TacticLimits(heartbeats=9_000, wall_s=6.0)
KERNEL = TacticLimits(heartbeats=20_000, wall_s=5.0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`template` names a row of the table of success rates; `factor` scales that rate for this instance, in (0, 1]."""

    template: str
    tactic: str
    factor: float = 1.0
    limits: TacticLimits = _CHEAP


Generator: TypeAlias = Callable[[View], Iterable[Proposal]]
"""A family of proposals: a pure function of the goal."""


def ranked(rank: int, strength: float = 0.5) -> float:
    """The factor of the `rank`-th (from 0) of several instances of one template."""
    return 1.0 / (1.0 + strength * rank)
