"""What every theorem of a run shares, and what the work on one comes to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from prover.config import SearchConfig
from prover.judge import Judging, Verdict
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.result import TheoremResult
from search.base import Critic, Policy, TacticLimits


class Opener(Protocol):
    """Opens theorems for search: the Lean pool, or what stands in for it."""

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed: ...


@dataclass(frozen=True, slots=True)
class Components:
    """What every theorem of a run shares."""

    lean: Opener
    policy: Policy
    critic: Critic | None
    judge: Judging
    settings: SearchConfig
    limits: TacticLimits
    time_limit_s: float
    seed: int
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Accepted:
    """A proof that the judge accepted: whole files as they were judged."""

    challenge: str
    solution: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the work on a theorem came to: the result for the journal, and what the judge accepted, if anything: a proof
    of the theorem, or of its negation where `result.status` is `disproved`."""

    result: TheoremResult
    accepted: Accepted | None = None
