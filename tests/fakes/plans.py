"""A theorem, its sketches as pictures, and planners: what a plan does without Lean and without a model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any, cast

from prover.config import PlanConfig, SearchConfig
from prover.driver.parts import Components
from prover.driver.results import result_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.plan.attempt import PlanAttempt, Planning
from prover.plan.planner import Planner
from prover.run.result import TheoremResult
from prover.run.subgoals import Subgoals
from prover.tasks import TheoremTask, load_tasks
from search.base import Goal, TacticLimits
from search.budget import Budget
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.jobs import job_of
from tests.fakes.judge import FakeJudge

STATEMENT = "theorem t (n : Nat) : p n := by\n  sorry\n"
SKETCH = "have h : p n := by\n  sorry -- first\nhave g : q := sorry\nexact f h g"
EAGER = SearchConfig(rule="sum", attempts=1, minimise=False)
_NEGATE = "refine no_implicit_lambda% ((fun {p : Prop} (_ : ¬p) (h : p) => h) ?_ ?_)"
ROOT: Picture = {"root": {}}
PROVABLE: Picture = {"root": {"direct": []}}
A: Picture = {"a": {"close a": []}}
B: Picture = {"b": {"close b": []}}
STUCK: Picture = {"stuck": {}}
FALSE: Picture = {"false": {_NEGATE: ["not false", "false"]}, "not false": {"witness": []}}
OFFERED: Picture = {**PROVABLE, **A, **B, **STUCK, "false": {}, "not false": {"witness": []}}


@dataclass
class Lean:
    """Opens the statement as `root`, and each hole of `SKETCH` as a picture, by what stands before it on its line.
    Refuses a text with the word `refused` in it, and is late with `heavy`."""

    root: Picture
    holes: Mapping[str, Picture]
    texts: list[str] = field(default_factory=list)

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        self.texts.append(problem.text)
        if "refused" in problem.text:
            return OpenFailed(("2:3: it is refused",))
        if "heavy" in problem.text:
            return OpenFailed(("Lean took longer",), is_late=True)
        assert problem.position is not None
        line, column = problem.position
        before = problem.text.split("\n")[line - 1][:column]
        name = next((name for name in self.holes if re.fullmatch(name, before)), None)
        if problem.text == STATEMENT or name is None:
            return cast(OpenTheorem, GraphEnvironment(self.root))
        negation = Goal("¬ false", head="Not", pretty="⊢ ¬ false", key="not false")
        return cast(OpenTheorem, GraphEnvironment(self.holes[name], {"not false": negation}))


def task(statement: str = STATEMENT) -> TheoremTask:
    (made,) = load_tasks([], [statement], stdin=BytesIO(), header=None).tasks
    return made


@dataclass
class World:
    """One theorem, its planners, and what they did. `third` is the hole behind `have k`."""

    statement: str = STATEMENT
    root: Picture = field(default_factory=lambda: ROOT)
    first: Picture = field(default_factory=lambda: A)
    second: Picture = field(default_factory=lambda: B)
    third: Picture = field(default_factory=lambda: STUCK)
    judge: FakeJudge = field(default_factory=FakeJudge)
    subgoals: Subgoals = field(default_factory=Subgoals)
    events: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def prove(self, *planners: Planner, limit_s: float = 2.0, **settings: Any) -> TheoremResult:
        holes = {r" +": self.first, r" +have g.*": self.second, r" +have k.*": self.third}
        policy = proposing({goal: list(tactics) for goal, tactics in OFFERED.items()})
        parts = Components(
            Lean(self.root, holes), policy, None, self.judge, EAGER, TacticLimits(), time_limit_s=limit_s, seed=0
        )
        config = PlanConfig(**{"share": 0.0, **settings})
        planning = Planning(planners, config, self.subgoals, lambda job: self.events.append)
        prover = TheoremProver(parts, lambda *_: Untraced(), partial(PlanAttempt, planning))
        job = job_of(task(self.statement), budget=Budget(wall_s=limit_s))
        return result_of(job, await prover.prove(job))
