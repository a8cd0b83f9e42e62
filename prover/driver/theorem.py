"""One theorem from its text to its result: open, search, judge; beside it, if wanted, its negation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

from prover.driver.history import fits, relive
from prover.driver.hunt import Claim, Found, Hunt
from prover.driver.loop import Observer
from prover.driver.parts import Accepted, Attempt, Components, Opener
from prover.driver.searches import Allowance, budget_of, make_search, notation
from prover.driver.sides import Side, open_sides
from prover.errors import LeanFault
from prover.judge import VerdictStatus
from prover.lean.problem import OpenFailed, Problem
from prover.run.result import Status, TheoremResult
from prover.tasks import TheoremTask
from search.base import Environment
from search.budget import Spent, StopReason
from search.experience import Experience
from search.replay import ReplayError
from search.side_by_side import AnySearch

__all__ = ["Accepted", "Attempt", "Components", "Opener", "TheoremProver", "problem_of"]


OPENING_S = 1.0
"""So much of the time to open a theorem counts at most; what is longer is a wait for Lean, and none of its own."""
_RANKED = 16  # states that speak for a theorem


def problem_of(task: TheoremTask) -> Problem:
    """What Lean has to open for a task: its challenge, cut where the theorem begins if that is the start of a line."""
    context = task.context.removesuffix("\n") if task.context.endswith("\n") else ""
    return Problem(task.name, context, task.challenge[len(context) + bool(context) :], task.hole_position)


@dataclass(frozen=True, slots=True)
class _Place:
    """One attempt at a theorem that is open: what is common to the hunts of it."""

    task: TheoremTask
    attempt: int
    allowance: Allowance
    environment: Environment
    began: float

    @property
    def wall_s(self) -> float:
        """The seconds that the attempt may take, from `began`."""
        wall_s = self.allowance.budget.wall_s
        return float("inf") if wall_s is None else max(0.0, wall_s - self.allowance.spent_s)


ObserverFor: TypeAlias = Callable[[TheoremTask, int, str], Observer]
"""Gives an attempt at a theorem its observer; the text names what is searched beside the statement, if it is that."""


class TheoremProver:
    """Proves single theorems with the shared parts of a run; `observer_for` gives each attempt its trace."""

    def __init__(self, parts: Components, observer_for: ObserverFor) -> None:
        self._parts = parts
        self._observer_for = observer_for
        self._experience = Experience() if parts.settings.learn_order else None

    async def prove(self, task: TheoremTask, attempt: int = 0, allowance: Allowance | None = None) -> Attempt:
        """Search for a proof and have it judged. Lean faults and ill-typed statements become results.

        Without an `allowance` the attempt is a pass of that number with the whole budget of a theorem. Raises
        ModelError if the policy or the critic fails: that is nothing that another theorem would be spared.
        """
        parts = self._parts
        began = parts.clock()
        result = _begun(task, attempt, started_at=parts.wall_clock())
        if allowance is None:
            allowance = Allowance(attempt, budget_of(parts.settings, parts.time_limit_s))
        try:
            environment = await parts.lean.open(problem_of(task))
        except LeanFault as fault:
            result = replace(result, stop_reason="lean_fault", error=str(fault))
            return Attempt(replace(result, elapsed_s=parts.clock() - began))
        if isinstance(environment, OpenFailed):
            error = "\n".join(environment.messages)
            stop_reason = "refused_type" if environment.is_refused else "does_not_elaborate"
            result = replace(result, status=Status.INVALID, stop_reason=stop_reason, error=error)
            return Attempt(replace(result, elapsed_s=parts.clock() - began))
        try:
            counted = max(began, parts.clock() - OPENING_S)
            done = await self._settle(_Place(task, attempt, allowance, environment, counted), result)
        finally:
            await environment.close()
        elapsed_s = parts.clock() - began
        judge_s = done.result.stats.get("judge_s", 0.0)
        stats = {**done.result.stats, "search_s": round(elapsed_s - judge_s, 4)}
        return replace(done, result=replace(done.result, elapsed_s=elapsed_s, stats=stats))

    async def _settle(self, place: _Place, result: TheoremResult) -> Attempt:
        """The statement's own hunt, and beside it those that could settle it otherwise; the first to succeed counts."""
        observer = self._observer_for(place.task, place.attempt, "")
        hunts: list[Hunt] = []
        try:
            main, observer = self._main_hunt(place, observer)
            async with open_sides(self._parts, place.task, place.environment) as sides:
                hunts.append(main)
                hunts += (self._side_hunt(place, side, len(sides)) for side in sides)
                founds = await _first_success(hunts)
        finally:
            observer.close()
            for hunt in hunts[1:]:
                hunt.observer.close()
        result = _with_usage(result, hunts, sides, self._parts, place.allowance)
        if self._parts.settings.rounds > 1 and not any(found is not None and found.accepted for found in founds):
            result = replace(result, stats={**result.stats, "value": await self._promise(place.task, main.search)})
        return _decided(result, founds, sides)

    def _main_hunt(self, place: _Place, observer: Observer) -> tuple[Hunt, Observer]:
        """The hunt for the statement's proof, its search standing where its history left it, and its observer."""
        task, history = place.task, place.allowance.history
        search = self._search(place, observer)
        if fits(search, history):
            try:
                relive(search, history, observer)
            except ReplayError:  # another version made it: begin anew, trace and all
                observer.close()
                observer = self._observer_for(task, place.attempt, "")
                search = self._search(place, observer)
        claim = Claim(place.environment, task.challenge, task.name, task.solution)
        return self._hunt(place, claim, search, observer), observer

    async def _promise(self, task: TheoremTask, search: AnySearch) -> float | None:
        """The critic's best value among the likeliest open states: what ranks theorems for the next round."""
        states = search.open_states(_RANKED)
        if self._parts.critic is None or not states:
            return None
        return float(max(await self._parts.critic.score(task.theorem(), states)))

    def _search(self, place: _Place, observer: Observer) -> AnySearch:
        parts = self._parts
        spent_s = place.allowance.spent_s + parts.clock() - place.began
        return make_search(
            place.task.theorem(),
            place.environment.root,
            parts.settings,
            replace(place.allowance, spent_s=spent_s),
            limits=parts.limits,
            seed=parts.seed,
            clock=parts.clock,
            record=observer.record,
            experience=self._experience,
        )

    def _side_hunt(self, place: _Place, side: Side, count: int) -> Hunt:
        """A hunt beside the statement's with its part of the share that is set aside for these."""
        parts = self._parts
        share = parts.settings.disprove / count
        budget = place.allowance.budget.scaled(share)
        lean_s = share * min(place.wall_s, parts.time_limit_s)
        budget = replace(
            budget,
            lean_s=lean_s if budget.lean_s is None else min(lean_s, budget.lean_s),
            wall_s=max(0.0, place.wall_s - (parts.clock() - place.began)),
        )
        observer = self._observer_for(place.task, place.attempt, side.note)
        search = make_search(
            side.theorem,
            side.claim.environment.root,
            parts.settings,
            Allowance(place.allowance.number, budget),
            limits=parts.limits,
            seed=parts.seed,
            clock=parts.clock,
            record=observer.record,
            experience=self._experience,
            extra=side.extra,
        )
        return replace(self._hunt(place, side.claim, search, observer), width=1, shorten_s=0.0)

    def _hunt(self, place: _Place, claim: Claim, search: AnySearch, observer: Observer) -> Hunt:
        settings = self._parts.settings
        shorten_s = settings.shorten * min(place.wall_s, self._parts.time_limit_s)
        until = place.began + place.wall_s
        return Hunt(self._parts, claim, search, observer, until=until, shorten_s=shorten_s, width=settings.in_flight)


async def _first_success(hunts: Sequence[Hunt]) -> list[Found | None]:
    """What each hunt came to: all of them until one finds a proof that is accepted, which ends the others (None)."""
    tasks = [asyncio.create_task(hunt.run()) for hunt in hunts]
    try:
        pending = set(tasks)
        while pending:
            ended, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            if any(task.result().accepted is not None for task in ended):
                break
        return [task.result() if task.done() else None for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# ------------------------------------------------------------------------------------------------------- results


def _begun(task: TheoremTask, attempt: int, *, started_at: float) -> TheoremResult:
    return TheoremResult(
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


def _with_usage(
    result: TheoremResult, hunts: Sequence[Hunt], sides: Sequence[Side], parts: Components, allowance: Allowance
) -> TheoremResult:
    """The result with what all hunts used; the counts are those of the statement's own search."""
    spent, counts = hunts[0].used()
    total = Spent()
    for used, _ in (hunt.used() for hunt in hunts):
        total.add(used)
    known = hunts[0].search.result()
    stats: dict[str, Any] = {
        "strategy": known.strategy,
        "budget": notation(parts.settings),
        "limits": {name: value for name, value in asdict(allowance.budget).items() if value is not None},
        "tokens": total.tokens,
        "value": known.value,
        "proven_share": known.proven_share,
        **counts,
    }
    if len(hunts) > 1:
        stats["beside_lean_s"] = round(total.lean_s - spent.lean_s, 4)
        stats["beside"] = {side.note: hunt.ending for side, hunt in zip(sides, hunts[1:], strict=True)}
    answered = sum(_answers(hunt.used()[1]) for hunt in hunts)
    return replace(result, expansions=total.expansions, tactics=answered, lean_s=total.lean_s, stats=stats)


def _answers(counts: Mapping[str, Any]) -> int:
    """How many tactics Lean answered, of a search's counts."""
    plain: int = counts["advanced"] + counts["closed"] + counts["timed_out"] + counts["crashed"]
    refused: Mapping[str, int] = counts["refused"]
    return plain + sum(refused.values())


def _decided(result: TheoremResult, founds: Sequence[Found | None], sides: Sequence[Side]) -> Attempt:
    """The end that the accepted hunt came to; without one, the statement's own."""
    notes = ("", *(side.note for side in sides))
    statuses = (Status.PROVED, *(side.status for side in sides))
    ended = zip(founds, statuses, notes, strict=True)
    accepted = [(found, status, note) for found, status, note in ended if found is not None and found.accepted]
    if len({status for _, status, _ in accepted}) > 1:
        error = "the judge accepted the statement and its negation: what the file says before it can't be trusted"
        return Attempt(replace(result, stop_reason="contradiction", error=error))
    if accepted:
        found, status, note = accepted[0]
        return _concluded(result, found, status, {note: True} if note else {})
    assert founds[0] is not None
    return _concluded(result, founds[0], Status.PROVED, {})


def _concluded(result: TheoremResult, found: Found, status: Status, notes: dict[str, Any]) -> Attempt:
    """The result with the end that the statement's hunt, or the one that settled it, came to."""
    stats = {**result.stats, **notes}
    if found.verdict is None:
        ended = Status.UNKNOWN if found.reason is StopReason.CANCELLED else Status.FAILED
        ended_so = replace(result, status=ended, stop_reason=str(found.reason), stats=stats)
        if found.reason is StopReason.WALL_TIME and not result.tactics:
            return Attempt(
                replace(ended_so, status=Status.UNKNOWN, stop_reason="unanswered", error=_unanswered(result))
            )
        return Attempt(ended_so)
    judged = replace(
        result,
        proof=found.script,
        proof_steps=found.steps,
        verdict=found.verdict.to_json(),
        stats={**stats, "judge_s": round(found.judge_s, 4)},
    )
    if found.accepted is not None:
        return Attempt(replace(judged, status=status, stop_reason=str(status)), found.accepted)
    if found.is_unjudged:
        said = found.verdict.reason if found.verdict.status is VerdictStatus.UNKNOWN else "not for an earlier proof"
        return Attempt(
            replace(judged, status=Status.UNKNOWN, stop_reason="unjudged", error=f"the judge could not tell: {said}")
        )
    reason = f"the judge rejected the proof: {found.verdict.reason}"
    return Attempt(replace(judged, status=Status.FAILED, stop_reason="rejected", error=reason))


def _unanswered(result: TheoremResult) -> str:
    """What a search waited for whose time ended without one answer: nothing is known of its theorem."""
    waited_for = "Lean's first answer" if result.stats["proposed"] else "the policy or the critic"
    return f"its time ended in the wait for {waited_for}"
