"""A judge without Lean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from prover.judge import Verdict, VerdictStatus


@dataclass
class FakeJudge:
    """Accepts what `accepts` says, and remembers what it was asked."""

    accepts: Callable[[str], bool] = lambda solution: True
    asked: list[str] = field(default_factory=list)
    challenges: list[str] = field(default_factory=list)

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
        """A verdict on the text of the solution."""
        self.asked.append(solution)
        self.challenges.append(challenge)
        status = VerdictStatus.ACCEPTED if self.accepts(solution) else VerdictStatus.REJECTED
        return Verdict(status, theorem)

    async def ready(self) -> None:
        pass
