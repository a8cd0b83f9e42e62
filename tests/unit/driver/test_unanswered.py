"""A theorem whose time ended in a wait says nothing of itself; what was answered before is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import pytest

from prover.config import SearchConfig
from prover.run.result import Status, TheoremResult
from search.base import Candidate, Outcome, Path, ProposalRequest, TacticCall
from search.budget import Budget
from tests.fakes.graph import GraphEnvironment, proposing
from tests.fakes.judge import FakeJudge
from tests.fakes.policy import TablePolicy
from tests.unit.driver.test_theorem import components, proved

_TIME_S = 0.05  # of a theorem; the search looks at its clock as often


class Clock:
    """Stands still, but for the waits for what never comes: those take all of a theorem's time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def wait(self) -> None:
        self.now += _TIME_S
        await asyncio.Event().wait()


class Silent(GraphEnvironment):
    """Answers the first `answers` calls, then no more."""

    handful = 2

    def __init__(self, clock: Clock, answers: int = 0) -> None:
        super().__init__({"root": {}})
        self.clock, self.answers = clock, answers

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        if self.answers < len(calls):
            await self.clock.wait()
        self.answers -= len(calls)
        return await super().apply(path, calls)


class Mute(TablePolicy):
    """A policy that never proposes anything."""

    def __init__(self, clock: Clock) -> None:
        super().__init__({})
        self.clock = clock

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        await self.clock.wait()
        return []


FIVE = proposing({"root": ["a", "b", "c", "d", "e"]})


async def ended(environment: GraphEnvironment, policy: TablePolicy, clock: Clock) -> TheoremResult:
    settings = SearchConfig(rule="sum", attempts=1, in_flight=1)
    parts = replace(components(environment, FakeJudge(), policy, settings), clock=clock)
    return await proved(parts, Budget(wall_s=_TIME_S))


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_theorem_that_lean_never_answered_is_unknown_and_counts_no_tactic(clock: Clock) -> None:
    result = await ended(Silent(clock), FIVE, clock)
    assert (result.status, result.stop_reason, result.tactics) == (Status.UNKNOWN, "unanswered", 0)
    assert result.error == "its time ended in the wait for Lean's first answer"


async def test_a_theorem_that_waited_for_its_policy_is_unknown(clock: Clock) -> None:
    result = await ended(Silent(clock), Mute(clock), clock)
    assert (result.status, result.stop_reason) == (Status.UNKNOWN, "unanswered")
    assert "the policy or the critic" in result.error


class Interrupted(GraphEnvironment):
    """Gives only the first of its answers, when its time is nearly over."""

    def __init__(self, clock: Clock) -> None:
        super().__init__({"root": {"a": []}})
        self.clock = clock

    async def stream(
        self, path: Path, calls: Sequence[TacticCall], left_s: float = 0.0
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        self.clock.now += left_s * 0.8
        yield await self.apply(path, calls[:1])


async def test_an_answer_from_an_interrupted_request_is_kept(clock: Clock) -> None:
    result = await ended(Interrupted(clock), FIVE, clock)
    assert (result.status, result.proof, result.tactics) == (Status.PROVED, "a", 1)


async def test_answers_are_counted_and_not_what_was_planned(clock: Clock) -> None:
    result = await ended(Silent(clock, answers=2), FIVE, clock)
    assert (result.status, result.stop_reason, result.tactics) == (Status.FAILED, "wall_time", 2)
