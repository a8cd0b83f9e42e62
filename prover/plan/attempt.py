"""The attempt at a theorem by sketches, which runs beside its search.

After the search had a share of the time for itself, a planner is asked for a sketch; one that somebody wrote already is
worked at from the beginning. What Lean refuses goes back with its messages; what it accepts is worked at for half of
the time that is left. A sketch that got stuck waits: its first open hole is asked for alone, or the whole again, with
what is proved and what is false. When nobody has more to say, the sketch with the fewest holes left gets the rest of
the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from prover.config import PlanConfig
from prover.driver.holes import MakeSeeker
from prover.driver.job import Accepted, Ending, Job, JudgedProof, Unproved
from prover.driver.parts import Components
from prover.driver.proof_attempt import Question, verdict_on
from prover.driver.searches import problem_of
from prover.driver.seeker import Seeker
from prover.errors import LeanFault
from prover.judge import VerdictStatus
from prover.judge.scan import scan
from prover.lean.problem import OpenFailed
from prover.lean.theorem import OpenTheorem
from prover.plan.asking import Asker
from prover.plan.counts import PlanCounts
from prover.plan.messages import own_lines
from prover.plan.planner import Planner, Request
from prover.plan.sketch_attempt import Disproof, SketchAttempt
from prover.run.subgoals import Subgoals
from prover.tasks.sketch import Sketch
from search.base import Candidate, Environment, ProofState
from search.budget import Spent, StopReason
from search.result import Statistics
from search.split import merge_key

Note: TypeAlias = Callable[[dict[str, Any]], None]
"""Keeps an event of a plan."""

_LEAST_S = 5.0
"""A sketch is worked at for so long at least, if the theorem's time allows."""
_POLL_S = 0.05
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
class _Refused:
    """A sketch that was not worked at, with the reasons."""

    messages: tuple[str, ...]


@dataclass(slots=True)
class _Worked:
    """A sketch that Lean accepted. `aim` is what it was asked for."""

    aim: _Aim
    attempt: SketchAttempt
    environment: OpenTheorem


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a sketch is asked for: the theorem, or the hole `hole` of another sketch. `around` has the keys of the goals
    that it is a part of, its own among them; it may be mended `repairs` times."""

    goal: ProofState
    around: frozenset[str]
    repairs: int
    depth: int = 1
    within: _Worked | None = None
    hole: int = 0

    def whole(self, script: str) -> str:
        """A script for the aim as a script for the theorem."""
        if self.within is None:
            return script
        scripts = self.within.attempt.scripts
        scripts[self.hole] = script
        return self.within.attempt.sketch.filled(scripts)


@dataclass(slots=True)
class PlanAttempt:
    """Sketches for the theorem of a job by the time `until`. `root` is its environment; `is_alone` says whether the
    search beside it has ended."""

    planning: Planning
    parts: Components
    job: Job
    root: Environment
    make: MakeSeeker
    until: float
    is_alone: Callable[[], bool]
    note: str = "plan"
    _own_judge_s: float = 0.0
    _judged: JudgedProof | None = None
    _counts: PlanCounts = field(default_factory=PlanCounts)
    _worked: list[_Worked] = field(default_factory=list)
    _open: list[_Worked] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _disproofs: list[Disproof] = field(default_factory=list)
    _asker: Asker = field(init=False)
    _tell: Note = field(init=False)

    def __post_init__(self) -> None:
        planning = self.planning
        self._asker = Asker(planning.planners, planning.config, self._counts, self.parts.clock)
        self._tell = planning.note_for(self.job)

    async def run(self) -> None:
        """Run until a proof is accepted, the time is over, or nothing is left to do. Raises ModelError as a search."""
        share = 0.0 if self._asker.is_written else self.planning.config.share
        begin = self.parts.clock() + share * self._left_s()
        while self.parts.clock() < begin and not self.is_alone():
            await asyncio.sleep(_POLL_S)
        await self._plan()
        self._tell({"event": "ended", **self.counted})

    async def close(self) -> None:
        """Close what was opened."""
        for worked in list(self._open):
            await self._leave(worked)

    # ----------------------------------------------------------------------------------------------- what it came to

    @property
    def ending(self) -> Ending:
        """The ending of the attempt, or, while it runs, the one it would have now."""
        if self._judged is not None:
            return Accepted(self._judged)
        return Unproved(StopReason.WALL_TIME if self._left_s() <= 0 else StopReason.EXHAUSTED)

    @property
    def said(self) -> str:
        """What it came to, as a text for people."""
        return str(self.counts)

    @property
    def judge_s(self) -> float:
        return self._own_judge_s + sum(worked.attempt.judge_s for worked in self._worked)

    @property
    def counts(self) -> PlanCounts:
        """What was used and came of it so far."""
        attempts = [worked.attempt for worked in self._worked]
        return replace(
            self._counts,
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
        for worked in self._worked:
            own, counted = worked.attempt.used()
            spent.add(own)
            counts.add(counted)
        return spent, counts

    # ---------------------------------------------------------------------------------------------------- the loop

    async def _plan(self) -> None:
        aim = self._top()
        request = await self._question(aim)
        while len(self._worked) < self.planning.config.sketches:
            script = await self._asker.ask(request, self.until)
            if script is None:
                break
            outcome = await self._work_at(aim, script)
            if outcome is None or self._judged is not None:
                return
            if isinstance(outcome, _Refused) and aim.repairs:
                aim = replace(aim, repairs=aim.repairs - 1)
                request = replace(await self._question(aim), sketch=script, messages=outcome.messages)
            elif isinstance(outcome, _Refused):
                aim = self._top()
                request = await self._question(aim)
            else:
                aim = self._after(outcome)
                request = await self._question(aim)
        if self._open and self._left_s() > 0:
            await self._go_on(self._open[0], self.until)

    def _after(self, worked: _Worked) -> _Aim:
        """What to ask for after a sketch that is no proof: its first open hole, or the theorem."""
        attempt, depth = worked.attempt, worked.aim.depth
        if attempt.is_ended or not attempt.stuck or depth >= self.planning.config.depth:
            return self._top()
        if not self._asker.answers_holes:
            return self._top()
        hole, goal = attempt.stuck[0]
        around = worked.aim.around | {merge_key(goal)}
        return _Aim(goal, around, self.planning.config.repairs, depth + 1, worked, hole)

    def _top(self) -> _Aim:
        root = self.root.root
        return _Aim(root, frozenset((merge_key(root),)), self.planning.config.repairs)

    async def _question(self, aim: _Aim) -> Request:
        """The request for an aim, with what is known by now."""
        best = aim.within or (self._open[0] if self._open else None)
        asked_for = None if aim.within is None else aim.hole
        stuck = [] if best is None else [goal for number, goal in best.attempt.stuck if number != asked_for]
        return Request(
            self.job.task,
            aim.goal.pretty,
            part="" if best is None else best.attempt.sketch.filled(best.attempt.scripts),
            is_for_hole=aim.within is not None,
            stuck=[goal.pretty for goal in stuck],
            disproofs=tuple(self._disproofs),
            premises=await self._premises() if self._asker.answers_holes else (),
        )

    async def _premises(self) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(_PREMISES_S):
                found = await self.root.premises((), _PREMISES)
        except TimeoutError:
            return ()
        return tuple(premise.name for premise in found)

    # -------------------------------------------------------------------------------------------------- one sketch

    async def _work_at(self, aim: _Aim, script: str) -> _Worked | _Refused | None:
        """Work at what somebody sent for an aim, if Lean accepts it as a sketch; None for an accepted proof."""
        outcome = await self._opened(aim, script)
        if isinstance(outcome, _Refused):
            self._counts.refused += 1
            event = {"event": "refused", "planner": self._asker.name, "script": script, "said": outcome.messages}
            self._tell({**event, "depth": aim.depth})
        elif outcome is not None:
            await self._go_on(outcome, self.parts.clock() + max(_LEAST_S, self._left_s() / 2))
        return outcome

    async def _opened(self, aim: _Aim, script: str) -> _Worked | _Refused | None:
        """The sketch, opened, or why it was refused; a text without holes is judged: None if it is a proof."""
        posed = self.job.task
        try:
            sketch = Sketch.of(posed, aim.whole(script))
        except ValueError as reason:
            return _Refused((str(reason),))
        if sketch.fingerprint in self._seen:
            return _Refused(("it is the same as an earlier one",))
        self._seen.add(sketch.fingerprint)
        solution = posed.solution(sketch.filled(["skip"] * len(sketch.holes)))
        banned = await asyncio.to_thread(scan, posed.challenge, solution)
        if banned:
            return _Refused((f"`{banned[0].what}` is not allowed",))
        if not sketch.holes:
            return await self._judge(sketch)
        try:
            limit_s = max(_LEAST_S, self._left_s() / 4)
            opened = await self.parts.lean.open(problem_of(sketch.task, min(limit_s, max(1.0, self._left_s()))))
        except LeanFault as fault:
            return _Refused((f"Lean was lost under it: {fault}",))
        if isinstance(opened, OpenFailed):
            return _Refused(own_lines(opened.messages, posed))
        worked = _Worked(aim, self._attempt(aim, sketch, opened), opened)
        self._worked.append(worked)
        self._open.append(worked)
        self._counts.sketches += 1
        self._counts.depth = max(self._counts.depth, aim.depth)
        return worked

    def _attempt(self, aim: _Aim, sketch: Sketch, opened: OpenTheorem) -> SketchAttempt:
        number, planning = self._counts.sketches + 1, self.planning

        def make(environment: Environment, note: str, extra: tuple[Candidate, ...] = ()) -> Seeker:
            return self.make(environment, f"sketch{number}_{note}", extra)

        return SketchAttempt(
            self.parts,
            self.job,
            sketch,
            opened,
            make,
            self.until,
            around=aim.around,
            subgoals=planning.subgoals,
            disprove=planning.config.disprove,
        )

    async def _go_on(self, worked: _Worked, until: float) -> None:
        """Work at a sketch until `until`; keep it open if it is the one with the fewest holes left so far."""
        attempt = worked.attempt
        await attempt.go_on(min(until, self.until))
        if isinstance(attempt.ending, Accepted):
            self._judged = attempt.ending.proof
        self._disproofs += [each for each in attempt.disproofs if each not in self._disproofs]
        self._tell({"event": "sketch", "planner": self._asker.name, "depth": worked.aim.depth, **attempt.to_json()})
        rivals = [each for each in self._open if each is not worked]
        if attempt.is_ended or any(len(each.attempt.stuck) < len(attempt.stuck) for each in rivals):
            await self._leave(worked)
        else:
            for each in rivals:
                await self._leave(each)

    async def _leave(self, worked: _Worked) -> None:
        self._open.remove(worked)
        await worked.attempt.close()
        await worked.environment.close()

    async def _judge(self, sketch: Sketch) -> _Refused | None:
        """Have a sketch without holes judged; what the judge says, or None if it accepts the proof."""
        posed = sketch.posed
        solution = posed.solution(sketch.script)
        question = Question(posed.challenge, solution, posed.name, posed.file)
        verdict, took_s = await verdict_on(self.parts, question, self.until)
        self._own_judge_s += took_s
        if verdict.status is VerdictStatus.ACCEPTED:
            steps = sketch.script.count("\n") + 1
            self._judged = JudgedProof(posed.challenge, solution, sketch.script, steps, verdict)
            self._tell({"event": "proof", "planner": self._asker.name, "script": sketch.script})
            return None
        return _Refused(own_lines((verdict.reason,), posed))

    def _left_s(self) -> float:
        return self.until - self.parts.clock()
