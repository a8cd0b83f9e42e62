"""One theorem from its text to its ending: open, search, judge; beside it, if wanted, its negation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from prover.driver.alternatives import CONTRADICTION, DISPROOF, open_alternatives
from prover.driver.beside import MakePlan, PlannedAttempt, RunningAttempt
from prover.driver.best_effort import with_partials
from prover.driver.history import relive
from prover.driver.hole_search import MakeSeeker
from prover.driver.holes import HolesAttempt
from prover.driver.job import (
    Accepted,
    Attempt,
    Contradicted,
    Ending,
    Fault,
    FaultKind,
    Job,
    Unanswered,
    Unproved,
)
from prover.driver.loop import Observer
from prover.driver.parts import Components
from prover.driver.proof_attempt import Claim, ProofAttempt
from prover.driver.searches import make_search, notation, problem_of
from prover.driver.seeker import Seeker
from prover.errors import LeanFault, RequestFault
from prover.lean.problem import OpenFailed
from prover.lean.theorem import OpenTheorem
from prover.run.result import HoleResult
from prover.run.usage import Usage
from prover.tasks import TheoremTask
from search.base import Candidate, Environment
from search.budget import Budget, Spent, StopReason
from search.experience import Experience
from search.replay import ReplayError
from search.result import Statistics
from search.side_by_side import AnySearch

log = logging.getLogger(__name__)

_RANKED = 16  # states that speak for a theorem

_Main: TypeAlias = ProofAttempt | HolesAttempt
"""The attempt at the statement itself, which is the first of all."""

ObserverFor: TypeAlias = Callable[[TheoremTask, int, str], Observer]
"""Gives a search at a theorem its observer; the text names the alternative or the hole that is searched, "" the
statement."""


class TheoremProver:
    """Proves single theorems with the components of a run; `observer_for` gives each attempt its trace. With `plan`
    they are tried by sketches too."""

    def __init__(self, parts: Components, observer_for: ObserverFor, plan: MakePlan | None = None) -> None:
        self._parts = parts
        self._observer_for = observer_for
        self._plan = plan
        self._experience = Experience() if parts.settings.learn_order else None

    async def prove(self, job: Job) -> Attempt:
        """Search for a proof and have it judged. Ill-typed statements, faults of Lean, and those of the policy or the
        critic over one request are endings.

        The attempt's time begins when Lean begins with the declaration: waiting for a worker, what stands before the
        declaration, and the index of the library's premises are common to many theorems, and no part of it. Where they
        take long, people are told.

        Raises ModelError if the policy or the critic fails for good: no other theorem would fare better.
        """
        parts = self._parts
        began, started_at = parts.clock(), parts.wall_clock()
        with parts.before.told(job.task, parts.clock):
            environment = await self._opened(job)
        if isinstance(environment, Fault | Unanswered | OpenFailed):
            return Attempt(environment, Spent(wall_s=parts.clock() - began), Usage(), started_at)
        try:
            began = parts.clock() - environment.opening_s
            until = began + job.left_s
            main, attempts, broken = await self._attempts(job, environment, until)
            value = None if broken is not None else await self._promise(job.task, main, attempts)
        finally:
            await environment.close()
        spent = _total(attempts, wall_s=parts.clock() - began)
        ending, usage = _ending(attempts, spent, broken), self._usage(job, main, attempts, spent, value)
        holes = await self._what_became_of_holes(job.task, main, isinstance(ending, Accepted))
        return Attempt(ending, spent, usage, started_at, holes)

    async def _opened(self, job: Job) -> OpenTheorem | Fault | Unanswered | OpenFailed:
        parts = self._parts
        try:
            opened = await parts.lean.open(problem_of(job.task, job.left_s))
        except LeanFault as fault:
            return Fault(FaultKind.LEAN, str(fault))
        if isinstance(opened, OpenFailed):
            return Unanswered("Lean to elaborate the statement") if opened.is_late else opened
        parts.before.took(job.task, opened.before_s)
        try:
            if parts.policy.num_premises:
                await opened.premises((), parts.policy.num_premises)
        except asyncio.CancelledError:
            await opened.close()
            raise
        return opened

    async def _what_became_of_holes(self, task: TheoremTask, main: _Main, is_settled: bool) -> tuple[HoleResult, ...]:
        """Each of several holes, and unfinished proofs if they are wanted and the theorem is not settled."""
        if isinstance(main, HolesAttempt):
            if not is_settled:
                await main.values.take_back()
            holes, seekers = main.holes, main.seekers
        else:
            line, column = task.position
            goal, reason = main.claim.environment.root.pretty, str(main.seeker.reason)
            holes, seekers = (HoleResult(line, column, goal, None, reason),), [main.seeker]
        if self._parts.settings.best_effort and not is_settled:
            return await with_partials(self._parts, task, holes, seekers)
        return holes if task.further else ()

    async def _attempts(
        self, job: Job, environment: Environment, until: float
    ) -> tuple[_Main, list[RunningAttempt], Fault | None]:
        """Run the attempt at the statement, which is the first, and those beside it together; the first success ends
        all, and so does a fault over a request to the policy or the critic."""
        attempts: list[RunningAttempt] = []
        try:
            main = (
                self._holes(job, environment, until)
                if job.task.further
                else self._main(job, Claim.of(job.task, environment), until)
            )
            attempts.append(main)
            if self._plan is not None:
                make = self._makes_seekers(job, until)
                attempts.append(self._plan(self._parts, job, environment, make, until, main))
            async with open_alternatives(self._parts, job.task, environment, until=until) as claims:
                attempts.extend(self._beside(job, claim, len(claims), until) for claim in claims)
                fault = await _until_success(attempts)
            if isinstance(main, HolesAttempt):
                await main.settle()
            return main, attempts, fault
        finally:
            for attempt in attempts:
                await attempt.close()

    # ------------------------------------------------------------------------------------------------- searches

    def _main(self, job: Job, claim: Claim, until: float) -> ProofAttempt:
        """The attempt at the statement itself, its search resumed from the job's history.

        A history that another version or other settings recorded is of no use: the search begins anew, trace and all.
        """
        observer = self._observer_for(job.task, job.attempt, "")
        search = self._search(job, claim, observer, self._budget(job, until))
        try:
            if job.history:
                relive(search, job.history, observer)
        except ReplayError as misfit:
            log.warning("%s: the search can't be resumed and begins anew: %s", job.task.id, misfit)
            observer.close()
            observer = self._observer_for(job.task, job.attempt, "")
            search = self._search(job, claim, observer, self._budget(job, until))
        settings = self._parts.settings
        shorten_s = settings.shorten * min(job.left_s, self._parts.time_limit_s)
        seeker = Seeker(self._parts, claim.environment, search, observer, until, shorten_s, settings.in_flight)
        return ProofAttempt(self._parts, claim, seeker)

    def _holes(self, job: Job, first: Environment, until: float) -> HolesAttempt:
        """The attempt at a statement whose proof somebody began."""
        return HolesAttempt(self._parts, job, first, self._makes_seekers(job, until), until)

    def _makes_seekers(self, job: Job, until: float) -> MakeSeeker:
        """What makes the searches of holes."""
        parts = self._parts

        def make(environment: Environment, note: str, extra: tuple[Candidate, ...] = ()) -> Seeker:
            observer = self._observer_for(job.task, job.attempt, note)
            claim = replace(Claim.of(job.task, environment), extra=extra)
            search = self._search(job, claim, observer, self._budget(job, until))
            return Seeker(parts, environment, search, observer, until, width=parts.settings.in_flight)

        return make

    def _beside(self, job: Job, claim: Claim, count: int, until: float) -> ProofAttempt:
        """An attempt at one of `count` alternatives, with its part of the share that is set aside for them."""
        parts = self._parts
        share = parts.settings.disprove / count
        lean_s = share * min(job.left_s, parts.time_limit_s)
        scaled = job.budget.scaled(share)
        if scaled.lean_s is not None:
            lean_s = min(lean_s, scaled.lean_s)
        budget = replace(scaled, lean_s=lean_s, wall_s=self._budget(job, until).wall_s)
        observer = self._observer_for(job.task, job.attempt, claim.note)
        search = self._search(job, claim, observer, budget)
        return ProofAttempt(parts, claim, Seeker(parts, claim.environment, search, observer, until, width=1))

    def _budget(self, job: Job, until: float) -> Budget:
        """The job's budget, limited to the time that is left."""
        if job.budget.wall_s is None:
            return job.budget
        return job.budget.with_wall(max(0.0, until - self._parts.clock()))

    def _search(self, job: Job, claim: Claim, observer: Observer, budget: Budget) -> AnySearch:
        parts = self._parts
        return make_search(
            claim.theorem,
            claim.environment.root,
            parts.settings,
            job.number,
            budget,
            limits=parts.limits,
            seed=parts.seed,
            clock=parts.clock,
            record=observer.record,
            experience=self._experience,
            extra=claim.extra,
        )

    # --------------------------------------------------------------------------------------------------- usage

    async def _promise(self, task: TheoremTask, main: _Main, attempts: Sequence[RunningAttempt]) -> float | None:
        """The value that ranks an open theorem for the next round: the critic's best value among its likeliest open
        states. Without rounds, the best value that the search knows."""
        parts = self._parts
        if parts.settings.rounds <= 1 or any(isinstance(attempt.ending, Accepted) for attempt in attempts):
            return main.found.value
        states = main.open_states(_RANKED)
        if parts.critic is None or not states:
            return None
        try:
            return float(max(await parts.critic.score(task.theorem(), states)))
        except RequestFault:
            return None

    def _usage(
        self, job: Job, main: _Main, attempts: Sequence[RunningAttempt], spent: Spent, value: float | None
    ) -> Usage:
        """The usage of all attempts together; the counts are those of the statement's own search."""
        beside, decisive = attempts[1:], _decisive(attempts)
        known, (main_spent, counts) = main.found, main.used()
        is_judged = not isinstance(decisive.ending, Unproved)
        return Usage(
            strategy=known.strategy,
            budget=notation(self._parts.settings),
            limits=job.budget,
            tokens=spent.tokens,
            value=value,
            proven_share=known.proven_share,
            counts=counts,
            beside={attempt.note: attempt.said for attempt in beside},
            beside_lean_s=round(spent.lean_s - main_spent.lean_s, 4),
            disproof=decisive.note == DISPROOF,
            contradictory_hypotheses=decisive.note == CONTRADICTION,
            judge_s=round(decisive.judge_s, 4) if is_judged else None,
            search_s=round(spent.wall_s - decisive.judge_s, 4),
            plan=next((attempt.counted for attempt in beside if isinstance(attempt, PlannedAttempt)), {}),
        )


async def _until_success(attempts: Sequence[RunningAttempt]) -> Fault | None:
    """Run all attempts until one ends with an accepted proof, which ends the others, or by a fault over a request to a
    model, which is returned."""
    tasks = {asyncio.create_task(attempt.run()): attempt for attempt in attempts}
    try:
        pending = set(tasks)
        while pending:
            ended, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
            if any(isinstance(tasks[task].ending, Accepted) for task in ended):
                break
    except RequestFault as fault:
        return Fault(FaultKind.MODEL, str(fault))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return None


def _decisive(attempts: Sequence[RunningAttempt]) -> RunningAttempt:
    """The first attempt whose proof was accepted; without one, the statement's own."""
    return next((attempt for attempt in attempts if isinstance(attempt.ending, Accepted)), attempts[0])


def _ending(attempts: Sequence[RunningAttempt], spent: Spent, fault: Fault | None) -> Ending:
    """The ending of the whole: that of the decisive attempt, or the fault that ended all, unless two attempts
    contradict each other."""
    if len({ending.status for attempt in attempts if isinstance(ending := attempt.ending, Accepted)}) > 1:
        return Contradicted()
    ending = _decisive(attempts).ending
    if fault is not None and not isinstance(ending, Accepted):
        return fault
    if ending == Unproved(StopReason.WALL_TIME) and not spent.tactics:
        return Unanswered("Lean's first answer" if attempts[0].used()[1].proposed else "the policy or the critic")
    return ending


def _total(attempts: Sequence[RunningAttempt], *, wall_s: float) -> Spent:
    """The sum of what the attempts used, with the tactics that Lean answered and the wall-clock time of the whole."""
    total = Spent()
    for spent, counts in (attempt.used() for attempt in attempts):
        total.add(replace(spent, tactics=_answers(counts)))
    total.wall_s = wall_s
    return total


def _answers(counts: Statistics) -> int:
    """The number of tactics that Lean answered."""
    return counts.advanced + counts.closed + counts.unknown + sum(counts.refused.values())
