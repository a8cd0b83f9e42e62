"""The components that all theorems of a run share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from prover.config import SearchConfig
from prover.driver.before import Before
from prover.judge import Judging
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from search.base import Critic, Policy, TacticLimits


class Opener(Protocol):
    """Opens theorems for search: the interface of Lean pools, near or far."""

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed: ...


@dataclass(frozen=True, slots=True)
class Components:
    """The components that every theorem of a run shares."""

    lean: Opener
    policy: Policy
    critic: Critic | None
    judge: Judging
    settings: SearchConfig
    limits: TacticLimits
    time_limit_s: float
    seed: int
    before: Before = field(default_factory=Before)
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
