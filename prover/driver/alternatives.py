"""The alternatives to a statement's proof: a proof of its negation, and a contradiction in its hypotheses."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from prover.driver.parts import Components, Opener
from prover.driver.proof_attempt import Claim
from prover.driver.small_values import counterexamples, introduced
from prover.errors import LeanFault
from prover.lean.problem import OpenFailed, Problem
from prover.run.result import Status
from prover.tasks import TheoremTask
from prover.tasks.negation import negation_of
from search.base import (
    Advanced,
    Candidate,
    Environment,
    LogProb,
    Outcome,
    Path,
    Premise,
    ProofState,
    Step,
    TacticCall,
    TacticLimits,
    Theorem,
)

DISPROOF, CONTRADICTION = "disproof", "contradictory_hypotheses"
"""What the result and the trace call these."""
_OPENING = "intros; exfalso"
"""What is left to prove after this is a contradiction in the hypotheses."""
_INWARD = "Classical.not_forall, exists_prop, Classical.not_not, not_or, not_exists"
DISPROVING = (
    Candidate(f"simp only [{_INWARD}]", LogProb(-0.1), origin="disproof"),
    Candidate("exact ⟨default, by simp⟩", LogProb(-1.0), origin="disproof"),
    Candidate("exact ⟨default, by decide⟩", LogProb(-1.0), origin="disproof"),
)
"""Carry a negation inward, so that a counterexample becomes a witness; and the simplest witness of any type."""

_NEGATE = "refine no_implicit_lambda% ((fun {p : Prop} (_ : ¬p) (h : p) => h) ?_ ?_)"
"""Leaves the negation of a goal beside the goal."""


def searched_beside(task: TheoremTask, note: str) -> tuple[Theorem, tuple[Candidate, ...]] | None:
    """The theorem of an alternative's search, and the candidates tried at every state; for note "", those of the
    statement itself. None for the negation of a statement that has none."""
    if note != DISPROOF:
        return task.theorem(), ()
    negation = negation_of(task)
    return None if negation is None else (negation.theorem(), DISPROVING)


class Below:
    """A theorem after a first tactic, as an environment of its own. The owner of the theorem closes it."""

    def __init__(self, whole: Environment, first: Step, root: ProofState) -> None:
        self._whole = whole
        self._first = first
        self._root = root

    @property
    def root(self) -> ProofState:
        return self._root

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        return await self._whole.apply((self._first, *path), calls)

    def stream(
        self, path: Path, calls: Sequence[TacticCall], left_s: float = math.inf
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        return self._whole.stream((self._first, *path), calls, left_s)

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
        return await self._whole.premises((self._first, *path), limit)

    async def close(self) -> None:
        pass


@asynccontextmanager
async def open_alternatives(
    parts: Components, task: TheoremTask, environment: Environment, *, until: float
) -> AsyncIterator[list[Claim]]:
    """Open the alternatives that may settle the statement, by the time `until` on the components' clock; none unless a
    share of the budget is set aside for them. The hypotheses of a proof that somebody began are not the statement's."""
    claims: list[Claim] = []
    if parts.settings.disprove <= 0:
        yield claims
        return
    opened: Environment | None = None
    try:
        negation = negation_of(task)
        opened = None if negation is None else await open_negation(parts.lean, negation, until - parts.clock())
        if negation is not None and opened is not None:
            claim = Claim.of(negation, opened)
            goal = None if task.further else await introduced(environment, parts.limits)
            known = () if goal is None else tuple(counterexamples(goal, needs_values=False))
            claim = replace(claim, settles=Status.DISPROVED, note=DISPROOF)
            claims.append(replace(claim, extra=DISPROVING, counterexamples=known))
        contradiction = None if task.further else await _contradiction(parts, task, environment)
        if contradiction is not None:
            claims.append(contradiction)
        yield claims
    finally:
        if opened is not None:
            await opened.close()


async def open_negation(lean: Opener, negation: TheoremTask, limit_s: float | None = None) -> Environment | None:
    """Open the negation, if its goal is `¬ …` without hypotheses, else None. A proof that used a hypothesis (a
    `variable` that Lean includes) would be no disproof."""
    problem = Problem(negation.name, "", negation.challenge, negation.hole_position, limit_s)
    try:
        opened = await lean.open(problem)
    except LeanFault:
        return None
    if isinstance(opened, OpenFailed):
        return None
    goals = opened.root.goals
    if len(goals) == 1 and goals[0].head == "Not" and not goals[0].hypotheses:
        return opened
    await opened.close()
    return None


async def open_negation_of_goal(environment: Environment, limits: TacticLimits) -> Below | None:
    """The negation of an environment's goal under all its hypotheses; None where that is no proposition. It is for
    knowledge alone: what is proved of it says nothing to Lean of the goal."""
    negate = _negating(environment.root)
    (outcome,) = await environment.apply((), [TacticCall(negate, limits)])
    if not isinstance(outcome, Advanced) or len(outcome.state.goals) != 2:
        return None
    goal = outcome.state.goals[0]
    if goal.head != "Not" or any(each.is_prop for each in goal.hypotheses):
        return None
    return Below(environment, Step(negate, (0,)), ProofState((goal,), goal.key, ((0,),)))


def _negating(root: ProofState) -> str:
    """The tactic that leaves the negation of a goal under all its hypotheses as the first of two goals."""
    hypotheses = root.goals[0].hypotheses
    hidden = [f"hidden_{number}" for number, each in enumerate(hypotheses) if not each.is_accessible]
    fresh: Callable[[], str] = iter(hidden).__next__
    names = [each.name if each.is_accessible else fresh() for each in hypotheses]
    lines = [f"rename_i {' '.join(hidden)}"] if hidden else []
    lines += [f"revert {' '.join(names)}"] if names else []
    return "\n".join((*lines, _NEGATE))


async def _contradiction(parts: Components, task: TheoremTask, environment: Environment) -> Claim | None:
    """The claim that the hypotheses contradict each other, if there are some and the statement doesn't say so itself. A
    proof of it proves the statement vacuously."""
    if environment.root.goals[0].head == "False":
        return None
    (outcome,) = await environment.apply((), [TacticCall(_OPENING, parts.limits)])
    if not isinstance(outcome, Advanced):
        return None
    if not any(hypothesis.is_prop for hypothesis in outcome.state.goals[0].hypotheses):
        return None
    below = Below(environment, Step(_OPENING), outcome.state)
    return replace(Claim.of(task, below), note=CONTRADICTION, opening=_OPENING)
