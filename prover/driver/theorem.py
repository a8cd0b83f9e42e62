"""One theorem from its text to its result: open, search, judge."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from prover.config import SearchConfig
from prover.driver.loop import Observer, SearchLoop
from prover.driver.polish import polish
from prover.errors import LeanFault
from prover.judge import Verdict, VerdictStatus
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status, TheoremResult
from prover.tasks import TheoremTask
from search.base import Critic, Environment, Policy, TacticLimits
from search.best_first import Strategy
from search.budget import Budget, StopReason
from search.engine import Search, SearchOptions
from search.extract import Proof
from search.result import SearchResult

POLISH_S = 2.0
"""How long a found proof may be worked on to make it shorter."""


class Opener(Protocol):
    """Opens theorems for search: the Lean pool, or what stands in for it."""

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed: ...


class Judge(Protocol):
    """Gives the verdict that alone makes a proof count."""

    async def judge(self, challenge: str, solution: str, theorem: str) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What every theorem of a run shares."""

    lean: Opener
    policy: Policy
    critic: Critic | None
    judge: Judge
    strategy: Callable[[], Strategy]
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
    """What the work on a theorem came to: the result for the journal, and the proof if there is one."""

    result: TheoremResult
    proved: Accepted | None = None


def problem_of(task: TheoremTask) -> Problem:
    """What Lean has to open for a task."""
    return Problem(task.name, "", task.challenge, task.hole_position)


class TheoremProver:
    """Proves single theorems with the shared parts of a run; `observer_for` gives each theorem its trace."""

    def __init__(self, parts: Parts, observer_for: Callable[[TheoremTask, int], Observer]) -> None:
        self._parts = parts
        self._observer_for = observer_for

    async def prove(self, task: TheoremTask, attempt: int = 0) -> Attempt:
        """Search for a proof and have it judged. Lean faults and ill-typed statements become results.

        Raises ModelError if the policy or the critic fails: that is nothing that another theorem would be spared.
        """
        clock = self._parts.clock
        began, started_at = clock(), self._parts.wall_clock()
        result = TheoremResult(
            id=task.id,
            name=task.name,
            status=Status.UNKNOWN,
            stop_reason="",
            attempt=attempt,
            fingerprint=task.fingerprint,
            split=task.split,
            source=task.source,
            line=task.line,
            started_at=started_at,
        )
        try:
            environment = await self._parts.lean.open(problem_of(task))
        except LeanFault as fault:
            return Attempt(replace(result, stop_reason="lean_fault", error=str(fault), elapsed_s=clock() - began))
        if isinstance(environment, OpenFailed):
            error = "\n".join(environment.messages)
            return Attempt(
                replace(
                    result,
                    status=Status.INVALID,
                    stop_reason="does_not_elaborate",
                    error=error,
                    elapsed_s=clock() - began,
                )
            )
        try:
            found = await self._search(task, attempt, environment, self._parts.time_limit_s - (clock() - began))
            shorter = await self._shortened(found, environment, end=began + self._parts.time_limit_s)
        finally:
            await environment.close()
        searched_s = clock() - began
        concluded = await self._conclude(task, with_search(result, found), shorter)
        if shorter is not found.proof and concluded.result.status is not Status.PROVED:
            concluded = await self._conclude(task, with_search(result, found), found.proof)
        stats = {**concluded.result.stats, "search_s": round(searched_s, 4)}
        return Attempt(replace(concluded.result, elapsed_s=clock() - began, stats=stats), concluded.proved)

    async def _search(self, task: TheoremTask, attempt: int, environment: Environment, left_s: float) -> SearchResult:
        parts, settings = self._parts, self._parts.settings
        search = Search(
            task.theorem(),
            environment.root,
            strategy=parts.strategy(),
            budget=Budget(
                expansions=settings.expansions,
                tactics=settings.tactics,
                tokens=settings.tokens,
                lean_s=settings.lean_s,
                wall_s=max(0.0, left_s),
            ),
            options=SearchOptions(
                num_samples=settings.samples,
                temperature=settings.temperature,
                max_attempts=settings.attempts,
                piece=settings.piece,
                limits=parts.limits,
            ),
            seed=parts.seed + attempt,
            clock=parts.clock,
        )
        observer = self._observer_for(task, attempt)
        try:
            await SearchLoop(
                search,
                environment,
                parts.policy,
                parts.critic,
                width=settings.in_flight,
                observe=observer,
                clock=parts.clock,
            ).run()
        finally:
            observer.close()
        return search.result()

    async def _shortened(self, found: SearchResult, environment: Environment, *, end: float) -> Proof | None:
        """The proof made shorter, if that is wanted and time is left: `end` is when the theorem's time is over."""
        if found.proof is None or not self._parts.settings.minimise:
            return found.proof
        clock = self._parts.clock
        end = min(end, clock() + POLISH_S)
        limits = replace(self._parts.limits, wall_s=min(self._parts.limits.wall_s, POLISH_S))
        return await polish(found.proof, environment, limits=limits, is_over=lambda: clock() >= end)

    async def _conclude(self, task: TheoremTask, result: TheoremResult, proof: Proof | None) -> Attempt:
        """Without a proof: why. With one: what the judge says of it."""
        if proof is None:
            return Attempt(result)
        solution = task.solution(proof.script)
        began = self._parts.clock()
        verdict = await self._parts.judge.judge(task.challenge, solution, task.name)
        judged = replace(
            result,
            proof=proof.script,
            proof_steps=len(proof.tactics),
            verdict=verdict.to_json(),
            stats={**result.stats, "judge_s": round(self._parts.clock() - began, 4)},
        )
        match verdict.status:
            case VerdictStatus.ACCEPTED:
                return Attempt(replace(judged, status=Status.PROVED), Accepted(task.challenge, solution, verdict))
            case VerdictStatus.REJECTED:
                reason = f"the judge rejected the proof: {verdict.reason}"
                return Attempt(replace(judged, status=Status.FAILED, stop_reason="rejected", error=reason))
            case VerdictStatus.UNKNOWN:
                reason = f"the judge could not tell: {verdict.reason}"
                return Attempt(replace(judged, status=Status.UNKNOWN, stop_reason="unjudged", error=reason))


def with_search(result: TheoremResult, found: SearchResult) -> TheoremResult:
    """The result with what the search used and why it stopped."""
    reason = found.stop_reason or StopReason.CANCELLED
    statistics = asdict(found.statistics)
    return replace(
        result,
        status=Status.UNKNOWN if reason is StopReason.CANCELLED else Status.FAILED,
        stop_reason=str(reason),
        expansions=found.spent.expansions,
        tactics=found.spent.tactics,
        lean_s=found.spent.lean_s,
        stats={**result.stats, "strategy": found.strategy, "tokens": found.spent.tokens, **statistics},
    )
