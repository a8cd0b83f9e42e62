"""A theorem whose time ended in a wait says nothing of itself; what was answered before is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from prover.config import SearchConfig
from prover.run.result import Status, TheoremResult
from search.base import Candidate, Outcome, Path, ProposalRequest, TacticCall
from search.budget import Budget
from tests.fakes.graph import GraphEnvironment, proposing
from tests.fakes.judge import FakeJudge
from tests.fakes.policy import TablePolicy
from tests.unit.driver.test_theorem import components, proved


class Silent(GraphEnvironment):
    """Answers the first `answers` calls, then no more."""

    handful = 2

    def __init__(self, answers: int = 0) -> None:
        super().__init__({"root": {}})
        self.answers = answers

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        if self.answers < len(calls):
            await asyncio.Event().wait()
        self.answers -= len(calls)
        return await super().apply(path, calls)


class Mute(TablePolicy):
    """A policy that never proposes anything."""

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        await asyncio.Event().wait()
        return []


FIVE = proposing({"root": ["a", "b", "c", "d", "e"]})


async def ended(environment: GraphEnvironment, policy: TablePolicy) -> TheoremResult:
    settings = SearchConfig(rule="sum", attempts=1, in_flight=1)
    parts = components(environment, FakeJudge(), policy, settings)
    return await proved(parts, Budget(wall_s=0.05))


async def test_a_theorem_that_lean_never_answered_is_unknown_and_counts_no_tactic() -> None:
    result = await ended(Silent(), FIVE)
    assert (result.status, result.stop_reason, result.tactics) == (Status.UNKNOWN, "unanswered", 0)
    assert result.error == "its time ended in the wait for Lean's first answer"


async def test_a_theorem_that_waited_for_its_policy_is_unknown() -> None:
    result = await ended(Silent(), Mute({}))
    assert (result.status, result.stop_reason) == (Status.UNKNOWN, "unanswered")
    assert "the policy or the critic" in result.error


class Interrupted(GraphEnvironment):
    """Gives only the first of its answers, when its time is nearly over."""

    async def stream(
        self, path: Path, calls: Sequence[TacticCall], left_s: float = 0.0
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        await asyncio.sleep(left_s * 0.8)
        yield await self.apply(path, calls[:1])


async def test_an_answer_from_an_interrupted_request_is_kept() -> None:
    result = await ended(Interrupted({"root": {"a": []}}), FIVE)
    assert (result.status, result.proof, result.tactics) == (Status.PROVED, "a", 1)


async def test_answers_are_counted_and_not_what_was_planned() -> None:
    result = await ended(Silent(answers=2), FIVE)
    assert (result.status, result.stop_reason, result.tactics) == (Status.FAILED, "wall_time", 2)
