"""What Lean does before a theorem's time: it is told of where it takes long, and the judge may take as long for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from prover.config import SearchConfig
from prover.driver import before, proof_attempt
from prover.driver.before import Before
from prover.driver.parts import Components
from prover.driver.results import result_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced
from prover.judge import Verdict
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status, TheoremResult
from prover.tasks.document import document_of
from prover.tasks.record import TheoremTask
from prover.tasks.text import theorems
from search.base import TacticLimits
from search.budget import Budget
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.jobs import job_of
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener

EASY: Picture = {"root": {"a": []}}
STD = "import Std\n\ntheorem one : p := by\n  sorry\n\ntheorem two : p := by\n  sorry\n"


class Lean(FakeOpener):
    """Takes `needs_s` on its own clock for what stands before a theorem; turns of the loop pass meanwhile."""

    def __init__(self, needs_s: float) -> None:
        environment = GraphEnvironment(EASY)
        environment.before_s = needs_s
        super().__init__(environment)
        self.needs_s, self.now = needs_s, 0.0

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        await asyncio.sleep(0.01)
        self.now += self.needs_s
        return await super().open(problem)


def tasks_of(text: str) -> list[TheoremTask]:
    return [task for task in theorems(document_of(text, "a.lean")) if isinstance(task, TheoremTask)]


async def proved(lean: Lean, text: str, judge: FakeJudge, tell: Callable[[str], None]) -> list[TheoremResult]:
    """The results of a file's theorems, one after the other, with a limit of 1 s."""
    parts = Components(
        lean=lean,
        policy=proposing({"root": ["a"]}),
        critic=None,
        judge=judge,
        settings=SearchConfig(rule="sum", attempts=1, minimise=False),
        limits=TacticLimits(),
        time_limit_s=1.0,
        seed=0,
        before=Before(tell),
        clock=lambda: lean.now,
    )
    prover = TheoremProver(parts, lambda *_: Untraced())
    jobs = [job_of(task, budget=Budget(wall_s=1.0)) for task in tasks_of(text)]
    return [result_of(job, await prover.prove(job)) for job in jobs]


@pytest.mark.parametrize(
    ("text", "does"),
    [
        (STD, "imports Std"),
        (STD.replace("import Std", "import Std\nimport Lean.Meta"), "imports Lean.Meta, Std"),
        (STD.replace("import Std", "theorem before : p := by\n  long_proof"), "reads what stands before it"),
    ],
)
async def test_what_takes_long_is_told_once_with_its_end_and_no_theorem_s_time_counts_it(
    monkeypatch: pytest.MonkeyPatch, text: str, does: str
) -> None:
    monkeypatch.setattr(before, "_SOON_S", 0.0)
    told: list[str] = []
    results = await proved(Lean(40.0), text, FakeJudge(), told.append)
    assert [(result.status, result.elapsed_s) for result in results] == [(Status.PROVED, 0.0)] * 2
    assert told == [
        f"one: Lean {does} first, which is no part of a theorem's time",
        "one: Lean was ready for it after 40 s",
    ]


async def test_what_is_done_at_once_is_not_told() -> None:
    told: list[str] = []
    await proved(Lean(0.5), STD, FakeJudge(), told.append)
    assert told == []


@pytest.mark.parametrize(("needs_s", "is_judged"), [(0.2, True), (0.0, False)])
async def test_the_judge_may_take_as_long_for_imports_as_lean_did_and_no_longer(
    monkeypatch: pytest.MonkeyPatch, needs_s: float, is_judged: bool
) -> None:
    class Importing(FakeJudge):
        """Is behind when the theorem's time is over."""

        async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
            await asyncio.sleep(0.3)
            return await super().judge(challenge, solution, theorem, file=file)

    monkeypatch.setattr(proof_attempt, "_JUDGING_S", -0.95)  # 0.05 s are left
    first, _ = await proved(Lean(needs_s), STD, Importing(), lambda _: None)
    assert (first.status is Status.PROVED) is is_judged
    assert is_judged or first.stop_reason == "unjudged"
