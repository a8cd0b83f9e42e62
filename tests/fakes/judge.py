"""A judge without Lean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from prover.judge import Verdict, VerdictStatus


@dataclass
class FakeJudge:
    """Accepts what `accepts` says, of the rest it can tell nothing or, if it `decides`, rejects it; remembers what it
    was asked."""

    accepts: Callable[[str], bool] = lambda solution: True
    decides: bool = True
    asked: list[str] = field(default_factory=list)
    challenges: list[str] = field(default_factory=list)

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
        """A verdict on the text of the solution."""
        self.asked.append(solution)
        self.challenges.append(challenge)
        against = VerdictStatus.REJECTED if self.decides else VerdictStatus.UNKNOWN
        return Verdict(VerdictStatus.ACCEPTED if self.accepts(solution) else against, theorem)

    async def ready(self) -> None:
        pass
