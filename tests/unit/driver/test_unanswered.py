"""A theorem whose time ended in a wait says nothing of itself; what was answered before is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from prover.config import SearchConfig
from prover.driver.theorem import Components, TheoremProver
from prover.driver.trace import Untraced
from prover.run.result import Status, TheoremResult
from search.base import Candidate, Outcome, Path, ProposalRequest, TacticCall, TacticLimits
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener
from tests.fakes.policy import AllTactics
from tests.unit.driver.test_theorem import task


class Silent(FakeEnvironment):
    """Answers the first `answers` calls, then no more."""

    handful = 2

    def __init__(self, world: World, answers: int = 0) -> None:
        super().__init__(world)
        self.answers = answers

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        if self.answers < len(calls):
            await asyncio.Event().wait()
        self.answers -= len(calls)
        return self.run(path, calls)


class Mute(AllTactics):
    """A policy that never proposes anything."""

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        await asyncio.Event().wait()
        return []


UNPROVABLE = World(seed=3, shares=(0, 0, 100, 0, 0))


async def ended(environment: FakeEnvironment, policy: AllTactics) -> TheoremResult:
    parts = Components(
        lean=FakeOpener(environment, {}),
        policy=policy,
        critic=None,
        judge=FakeJudge(),
        settings=SearchConfig(rule="sum", attempts=1, in_flight=1),
        limits=TacticLimits(),
        time_limit_s=0.05,
        seed=0,
    )
    return (await TheoremProver(parts, lambda *_: Untraced()).prove(task())).result


async def test_a_theorem_that_lean_never_answered_is_unknown_and_counts_no_tactic() -> None:
    result = await ended(Silent(UNPROVABLE), AllTactics(5))
    assert (result.status, result.stop_reason, result.tactics) == (Status.UNKNOWN, "unanswered", 0)
    assert result.error == "its time ended in the wait for Lean's first answer"


async def test_a_theorem_that_waited_for_its_policy_is_unknown() -> None:
    result = await ended(Silent(UNPROVABLE), Mute(5))
    assert (result.status, result.stop_reason) == (Status.UNKNOWN, "unanswered")
    assert "the policy or the critic" in result.error


async def test_answers_are_counted_and_not_what_was_planned() -> None:
    result = await ended(Silent(UNPROVABLE, answers=2), AllTactics(5))
    assert (result.status, result.stop_reason, result.tactics) == (Status.FAILED, "wall_time", 2)
