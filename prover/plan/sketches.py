"""The sketches of one theorem: opened when Lean accepts them, worked at, and left when another has fewer holes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from prover.config import PlanConfig
from prover.driver.hole_search import MakeSeeker
from prover.driver.job import Accepted, Job, JudgedProof
from prover.driver.parts import Components
from prover.driver.proof_attempt import Question, verdict_on
from prover.driver.searches import problem_of
from prover.driver.seeker import Seeker
from prover.errors import LeanFault
from prover.judge import VerdictStatus
from prover.judge.scan import scan
from prover.lean.problem import OpenFailed
from prover.lean.theorem import OpenTheorem
from prover.plan.messages import own_lines
from prover.plan.sketch_attempt import Disproof, Offer, SketchAttempt
from prover.run.subgoals import Subgoals
from prover.tasks.sketch import Sketch
from search.base import Candidate, Environment, ProofState

_LEAST_WORK_S = 5.0
"""A sketch is worked at for so long at least, if the theorem's time allows."""
_LEAST_OPENING_S = 2.0
"""So long may Lean take to open it at least."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A script that is not worked at, with the reasons: it is no sketch, or a repetition, or refused by Lean or the
    judge, or Lean did not read it in time (`is_late`)."""

    messages: tuple[str, ...]
    is_late: bool = False


@dataclass(slots=True)
class Worked:
    """A sketch that Lean accepted as an answer to `aim`, open at its first hole; `attempt` fills its holes."""

    aim: Aim
    attempt: SketchAttempt
    environment: OpenTheorem


@dataclass(frozen=True, slots=True)
class Aim:
    """What a planner is asked to prove, the state `goal`: the theorem's, or that of hole number `hole` of the sketch
    `within`. `around` has the keys of `goal` and of all goals around it, none of which may be a hole of the answer. An
    answer that Lean refuses may be mended `repairs` times. `depth` is 1 for the theorem."""

    goal: ProofState
    around: frozenset[str]
    repairs: int
    depth: int = 1
    within: Worked | None = None
    hole: int = 0

    def whole(self, script: str) -> str:
        """A script for the aim as a script for the theorem."""
        if self.within is None:
            return script
        scripts = self.within.attempt.scripts
        scripts[self.hole] = script
        return self.within.attempt.sketch.filled(scripts)


@dataclass(slots=True)
class Sketches:
    """The sketches for the theorem of a job by the time `until`. `all` are those that Lean accepted, in order, `open`
    those that more time may be spent on; `proof` is the judged proof once there is one. Where the theorem is a part of
    one with several `sorry`s, what is found is offered there, not judged, until `offer` takes it (`is_taken`)."""

    parts: Components
    job: Job
    make: MakeSeeker
    until: float
    config: PlanConfig
    subgoals: Subgoals
    offer: Offer | None = None
    all: list[Worked] = field(default_factory=list)
    open: list[Worked] = field(default_factory=list)
    disproofs: list[Disproof] = field(default_factory=list)
    proof: JudgedProof | None = None
    is_taken: bool = False
    _seen: set[str] = field(default_factory=set)
    _own_judge_s: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether a script was accepted."""
        return self.is_taken or self.proof is not None

    @property
    def judge_s(self) -> float:
        return self._own_judge_s + sum(worked.attempt.judge_s for worked in self.all)

    async def close(self) -> None:
        """Close what was opened."""
        for worked in list(self.open):
            await self._leave(worked)

    async def add(self, aim: Aim, script: str) -> Worked | Refused | None:
        """The sketch, opened, or why it was refused; a text without holes is judged: None if it is a proof."""
        posed = self.job.task
        try:
            sketch = Sketch.of(posed, aim.whole(script))
        except ValueError as reason:
            return Refused((str(reason),))
        if sketch.fingerprint in self._seen:
            return Refused(("it is the same as an earlier one",))
        self._seen.add(sketch.fingerprint)
        solution = posed.solution(sketch.filled(["skip"] * len(sketch.holes)))
        banned = await asyncio.to_thread(scan, posed.challenge, solution)
        if banned:
            return Refused((f"`{banned[0].what}` is not allowed",))
        return await (self._open(aim, sketch) if sketch.holes else self._judge(sketch))

    async def work_at(self, worked: Worked, share: float) -> None:
        """Work at a sketch for a share of the time that is left; keep it open if it is the one with the fewest holes
        left so far."""
        attempt = worked.attempt
        await attempt.go_on(min(self.parts.clock() + max(_LEAST_WORK_S, self.left_s() * share), self.until))
        if isinstance(attempt.ending, Accepted):
            self.proof = attempt.ending.proof
        self.disproofs += [each for each in attempt.disproofs if each not in self.disproofs]
        rivals = [each for each in self.open if each is not worked]
        if attempt.is_ended or any(len(each.attempt.stuck) < len(attempt.stuck) for each in rivals):
            rivals = [worked]
        for each in rivals:
            await self._leave(each)

    def left_s(self) -> float:
        """The seconds until the end of the theorem's time."""
        return self.until - self.parts.clock()

    async def _open(self, aim: Aim, sketch: Sketch) -> Worked | Refused:
        limit_s = min(max(_LEAST_OPENING_S, self.left_s() / 4), max(1.0, self.left_s()))
        try:
            opened = await self.parts.lean.open(problem_of(sketch.task, limit_s))
        except LeanFault as fault:
            return Refused((f"Lean was lost under it: {fault}",))
        if isinstance(opened, OpenFailed):
            return Refused(own_lines(opened.messages, sketch.posed), opened.is_late)
        worked = Worked(aim, self._attempt(aim, sketch, opened), opened)
        self.all.append(worked)
        self.open.append(worked)
        return worked

    def _attempt(self, aim: Aim, sketch: Sketch, opened: OpenTheorem) -> SketchAttempt:
        number = len(self.all) + 1

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
            subgoals=self.subgoals,
            disprove=self.config.disprove,
            offer=None if self.offer is None else self._offered,
        )

    async def _offered(self, script: str) -> str | None:
        assert self.offer is not None
        said = await self.offer(script)
        self.is_taken = said is None
        return said

    async def _judge(self, sketch: Sketch) -> Refused | None:
        """Have a sketch without holes judged, or offer it; what is said against it, or None if it is accepted."""
        posed = sketch.posed
        if self.offer is not None:
            said = await self._offered(sketch.script)
            return None if said is None else Refused((said,))
        solution = posed.solution(sketch.script)
        question = Question(posed.challenge, solution, posed.name, posed.file)
        verdict, took_s = await verdict_on(self.parts, question, self.until)
        self._own_judge_s += took_s
        if verdict.status is not VerdictStatus.ACCEPTED:
            return Refused(own_lines((verdict.reason,), posed))
        steps = sketch.script.count("\n") + 1
        self.proof = JudgedProof(posed.challenge, solution, sketch.script, steps, verdict)
        return None

    async def _leave(self, worked: Worked) -> None:
        self.open.remove(worked)
        await worked.attempt.close()
        await worked.environment.close()
