"""The attempt at a theorem by sketches, which runs beside its search.

After the search had a share of the time for itself, a planner is asked for a sketch; one that somebody wrote already is
worked at from the beginning. What Lean refuses goes back with its messages; what it accepts is worked at for half of
the time that is left. A sketch that got stuck waits: its first open hole is asked for alone, or the whole again, with
what is proved and what is false. When nobody has more to say, the sketch with the fewest holes left gets the rest of
the time. Of a theorem with several `sorry`s each that is left is planned in turn, in a like part of the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

from prover.config import PlanConfig
from prover.driver.hole_search import HoleSearch, MakeSeeker
from prover.driver.holes import HolesAttempt
from prover.driver.job import Accepted, Ending, Job, Unproved
from prover.driver.parts import Components
from prover.driver.proof_attempt import ProofAttempt
from prover.plan.asking import Asker
from prover.plan.counts import PlanCounts
from prover.plan.planner import Planner, Request
from prover.plan.sketch_attempt import Offer
from prover.plan.sketches import Aim, Refused, Sketches, Worked
from prover.run.subgoals import Subgoals
from prover.tasks import TheoremTask
from search.base import Environment
from search.budget import Spent, StopReason
from search.result import Statistics
from search.split import merge_key

Note: TypeAlias = Callable[[dict[str, Any]], None]
"""Keeps an event of a plan."""

_ALONE_POLL_S = 0.05
_PREMISES, _PREMISES_S = 30, 2.0


@dataclass(frozen=True, slots=True)
class Planning:
    """What the plans of a run share: who writes sketches, the settings, and the goals that are proved. `note_for` gives
    what keeps the events of a job's plan."""

    planners: tuple[Planner, ...]
    config: PlanConfig
    subgoals: Subgoals
    note_for: Callable[[Job], Note]


@dataclass(frozen=True, slots=True)
class _Target:
    """What sketches are asked for: the one `sorry` of `task`, open in `environment`; where the theorem has several, the
    hole that it is."""

    task: TheoremTask
    environment: Environment
    hole: HoleSearch | None = None

    @property
    def number(self) -> int:
        return 0 if self.hole is None else self.hole.index + 1

    @property
    def is_filled(self) -> bool:
        """Whether the search beside it has filled the hole."""
        return self.hole is not None and self.hole.script is not None


@dataclass(slots=True)
class PlanAttempt:
    """Sketches for the theorem of a job by the time `until`, beside the `main` attempt. `root` is its environment."""

    planning: Planning
    parts: Components
    job: Job
    root: Environment
    make: MakeSeeker
    until: float
    main: ProofAttempt | HolesAttempt
    note: str = "plan"
    _counts: PlanCounts = field(default_factory=PlanCounts)
    _target: _Target = field(init=False)
    _sketches: Sketches = field(init=False)
    _asker: Asker = field(init=False)
    _tell: Note = field(init=False)

    def __post_init__(self) -> None:
        shared = self.planning
        self._target = _Target(self.job.task, self.root)
        self._sketches = self._sketches_for(self.job.task, self.until, [])
        self._asker = Asker(shared.planners, shared.config, self._counts, self.parts.clock)
        self._tell = shared.note_for(self.job)

    async def run(self) -> None:
        """Run until a proof is accepted, the time is over, or nothing is left to do. Raises ModelError as a search."""
        share = 0.0 if self._asker.is_written else self.planning.config.share
        begin = self.parts.clock() + share * self._left_s()
        while self.parts.clock() < begin and not self.main.is_over():
            await asyncio.sleep(_ALONE_POLL_S)
        await (self._plan_holes(self.main) if isinstance(self.main, HolesAttempt) else self._plan())
        self._tell({"event": "ended", **self.counted})

    async def close(self) -> None:
        """Close what was opened."""
        await self._sketches.close()

    # ----------------------------------------------------------------------------------------------- what it came to

    @property
    def ending(self) -> Ending:
        """The ending of the attempt, or, while it runs, the one it would have now."""
        if self._sketches.proof is not None:
            return Accepted(self._sketches.proof)
        return Unproved(StopReason.WALL_TIME if self._left_s() <= 0 else StopReason.EXHAUSTED)

    @property
    def said(self) -> str:
        """What it came to, as a text for people."""
        return str(self.counts)

    @property
    def judge_s(self) -> float:
        return self._sketches.judge_s

    @property
    def counts(self) -> PlanCounts:
        """What was used and came of it so far."""
        attempts = [worked.attempt for worked in self._sketches.all]
        return replace(
            self._counts,
            sketches=len(attempts),
            depth=max((worked.aim.depth for worked in self._sketches.all), default=0),
            holes=sum(len(each.scripts) for each in attempts),
            filled=sum(script is not None for each in attempts for script in each.scripts),
            from_board=sum(each.num_known for each in attempts),
            disproved=sum(bool(each.disproofs) for each in attempts),
            restated=sum(each.is_restated for each in attempts),
        )

    @property
    def counted(self) -> dict[str, Any]:
        return self.counts.to_json()

    def used(self) -> tuple[Spent, Statistics]:
        """The usage of all searches of holes and of their negations."""
        spent, counts = Spent(), Statistics()
        for worked in self._sketches.all:
            own, counted = worked.attempt.used()
            spent.add(own)
            counts.add(counted)
        return spent, counts

    def _left_s(self) -> float:
        return self.until - self.parts.clock()

    def _sketches_for(
        self, task: TheoremTask, until: float, known: list[Worked], offer: Offer | None = None
    ) -> Sketches:
        job, shared = replace(self.job, task=task), self.planning
        return Sketches(self.parts, job, self.make, until, shared.config, shared.subgoals, offer, known)

    # ---------------------------------------------------------------------------------------------------- the loop

    async def _plan_holes(self, main: HolesAttempt) -> None:
        """Plan each hole that is left, once it is open."""
        planned: set[int] = set()
        while self._left_s() > 0:
            left = [hole for hole in main.plannable if hole.index not in planned]
            if left:
                planned.add(left[0].index)
                until = self.parts.clock() + self._left_s() / len(left)
                await self._plan_hole(main, left[0], until)
            elif main.is_over():
                return
            else:
                await asyncio.sleep(_ALONE_POLL_S)

    async def _plan_hole(self, main: HolesAttempt, hole: HoleSearch, until: float) -> None:
        assert hole.environment is not None, "it is open"
        self._target = _Target(main.text.place(hole), hole.environment, hole)
        self._sketches = self._sketches_for(self._target.task, until, self._sketches.all, partial(main.offer, hole))
        self._asker.begin_again()
        await self._plan()
        await self._sketches.close()

    async def _plan(self) -> None:
        sketches, aim = self._sketches, self._top()
        request = await self._question(aim)
        while len(sketches.all) < self.planning.config.sketches and not self._target.is_filled:
            script = await self._asker.ask(request, sketches.until)
            if script is None:
                break
            outcome = await self._take(aim, script)
            if outcome is None or sketches.is_done:
                return
            if isinstance(outcome, Refused) and aim.repairs and not outcome.is_late:
                aim = replace(aim, repairs=aim.repairs - 1)
                request = replace(await self._question(aim), sketch=script, messages=outcome.messages)
            elif isinstance(outcome, Refused):
                aim = self._top()
                request = await self._question(aim)
            else:
                aim = self._after(outcome)
                request = await self._question(aim)
        if sketches.open and sketches.left_s() > 0 and not self._target.is_filled:
            await self._work_at(sketches.open[0], share=1.0)

    async def _take(self, aim: Aim, script: str) -> Worked | Refused | None:
        """Work at a script that was sent for an aim, if Lean accepts it as a sketch; None for an accepted proof."""
        outcome, planner = await self._sketches.add(aim, script), self._asker.name
        if isinstance(outcome, Refused):
            self._counts.refused += 1
            event = {"event": "refused", "planner": planner, "script": script, "said": outcome.messages}
            self._tell({**event, "depth": aim.depth})
            if outcome.is_late:  # a worker was kept from the search for so long
                self._asker.dismiss()
        elif outcome is not None:
            await self._work_at(outcome, share=0.5)
        elif self._sketches.proof is not None:
            self._tell({"event": "proof", "planner": planner, "script": self._sketches.proof.script})
        return outcome

    async def _work_at(self, worked: Worked, share: float) -> None:
        await self._sketches.work_at(worked, share)
        event = {"event": "sketch", "planner": self._asker.name, "depth": worked.aim.depth}
        self._tell({**event, **worked.attempt.to_json()})

    # ------------------------------------------------------------------------------------------------- what is asked

    def _top(self) -> Aim:
        root = self._target.environment.root
        return Aim(root, frozenset((merge_key(root),)), self.planning.config.repairs)

    def _after(self, worked: Worked) -> Aim:
        """What to ask for after a sketch that is no proof: its first open hole, or the theorem."""
        attempt, depth = worked.attempt, worked.aim.depth
        proofs = [each for each in attempt.stuck if not attempt.searches[each[0]].is_value]
        if attempt.is_ended or not proofs or depth >= self.planning.config.depth:
            return self._top()
        if not self._asker.answers_holes:
            return self._top()
        hole, goal = proofs[0]
        around = worked.aim.around | {merge_key(goal)}
        return Aim(goal, around, self.planning.config.repairs, depth + 1, worked, hole)

    async def _question(self, aim: Aim) -> Request:
        """The request for an aim, with what is known by now."""
        target, best = self._target, aim.within or next(iter(self._sketches.open), None)
        asked_for = None if aim.within is None else aim.hole
        stuck = [] if best is None else [goal for number, goal in best.attempt.stuck if number != asked_for]
        part = None if best is None else best.attempt.sketch.filled(best.attempt.scripts)
        return Request(
            target.task,
            aim.goal.pretty,
            number=target.number,
            part=target.task.declared([part]) if target.number else part or "",
            is_for_hole=aim.within is not None or target.number > 0,
            stuck=[goal.pretty for goal in stuck],
            disproofs=tuple(self._sketches.disproofs),
            premises=await self._premises() if self._asker.answers_holes else (),
        )

    async def _premises(self) -> tuple[str, ...]:
        """Lemmas for the request. On a tape requests are told apart by their bytes, so that there a busy machine is
        waited for as long as it takes."""
        config = self.planning.config
        is_taped = config.record is not None or config.replay is not None
        try:
            async with asyncio.timeout(self._left_s() if is_taped else _PREMISES_S):
                found = await self._target.environment.premises((), _PREMISES)
        except TimeoutError:
            return ()
        return tuple(premise.name for premise in found)
