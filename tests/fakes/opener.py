"""Opens theorems without Lean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from search.base import Environment


@dataclass
class FakeOpener:
    """Opens every theorem as the same environment, but for those that have one of their own by their name."""

    environment: Environment
    others: Mapping[str, Environment] = field(default_factory=dict)

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        """The environment."""
        return cast(OpenTheorem, self.others.get(problem.name, self.environment))
