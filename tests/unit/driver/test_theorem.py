"""One theorem from its text to its result, with a picture for Lean and a judge who has opinions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO

import pytest

from prover.config import SearchConfig
from prover.driver import proof_attempt
from prover.driver.parts import Components
from prover.driver.results import result_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced
from prover.judge import Verdict
from prover.lean.problem import OpenFailed, Problem, late
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status, TheoremResult
from prover.tasks import TheoremTask, load_tasks
from search.base import Environment, Goal, Hypothesis, Path, Policy, Premise, TacticLimits
from search.budget import Budget
from tests.fakes.graph import Endless, GraphEnvironment, Picture, proposing
from tests.fakes.jobs import job_of
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener

TWO_STEPS: Picture = {"root": {"a": ["middle"], "b": []}, "middle": {"b": []}}
LONG_WAY = proposing({"root": ["a"], "middle": ["b"]})
"""Proposes `a`, then `b`; alone `b` would do, which only shortening finds."""
THREE_PROOFS: Picture = {"root": {"a": ["x"], "b": ["y"], "c": ["z"]}, "x": {"x": []}, "y": {"y": []}, "z": {"z": []}}
STUCK: Picture = {"root": {}}
EAGER = SearchConfig(rule="sum", attempts=1, minimise=False)


def task() -> TheoremTask:
    (made,) = load_tasks([], ["theorem t : True := by sorry"], stdin=BytesIO(), header=None).tasks
    return made


def components(
    environment: Environment,
    judge: FakeJudge,
    policy: Policy,
    settings: SearchConfig = EAGER,
    negation: Environment | None = None,
) -> Components:
    return Components(
        lean=FakeOpener(environment, {} if negation is None else {"disproof": negation}),
        policy=policy,
        critic=None,
        judge=judge,
        settings=settings,
        limits=TacticLimits(),
        time_limit_s=10.0,
        seed=0,
    )


async def proved(parts: Components, budget: Budget = Budget(wall_s=10.0)) -> TheoremResult:  # noqa: B008 (frozen)
    """The result of a job with these components."""
    job = job_of(task(), budget=budget)
    return result_of(job, await TheoremProver(parts, lambda *_: Untraced()).prove(job))


async def prove(
    picture: Picture, judge: FakeJudge, *, policy: Policy | None = None, settings: SearchConfig = EAGER
) -> TheoremResult:
    """The result of a theorem that looks like the picture; by itself the policy proposes all that works."""
    offered = policy or proposing({goal: list(tactics) for goal, tactics in picture.items()})
    return await proved(components(GraphEnvironment(picture), judge, offered, settings))


def script_of(solution: str) -> Sequence[str]:
    return [line.strip() for line in solution.split(":= by")[1].strip().splitlines()]


async def test_a_proof_is_shortened_before_it_is_judged() -> None:
    judge = FakeJudge()
    result = await prove(TWO_STEPS, judge, policy=LONG_WAY, settings=replace(EAGER, minimise=True))
    assert (result.status, result.proof, result.proof_steps) == (Status.PROVED, "b", 1)
    assert [script_of(solution) for solution in judge.asked] == [["b"]]


async def test_the_proof_as_found_counts_if_the_shorter_one_is_not_accepted() -> None:
    judge = FakeJudge(lambda solution: len(script_of(solution)) > 1)
    result = await prove(TWO_STEPS, judge, policy=LONG_WAY, settings=replace(EAGER, minimise=True))
    assert (result.status, result.proof, result.proof_steps) == (Status.PROVED, "a\nb", 2)
    assert [script_of(solution) for solution in judge.asked] == [["b"], ["a", "b"]]


async def test_shortening_can_be_left_out() -> None:
    assert (await prove(TWO_STEPS, FakeJudge(), policy=LONG_WAY)).proof == "a\nb"


@pytest.mark.parametrize("minimise", [True, False])
async def test_what_the_judge_rejects_is_not_proved(minimise: bool) -> None:
    judge = FakeJudge(lambda _: False)
    result = await prove(TWO_STEPS, judge, policy=LONG_WAY, settings=replace(EAGER, minimise=minimise))
    assert (result.status, result.stop_reason) == (Status.FAILED, "rejected")


async def test_without_a_proof_the_reason_is_told() -> None:
    judge = FakeJudge()
    result = await prove(STUCK, judge)
    assert (result.status, result.stop_reason) == (Status.FAILED, "exhausted")
    assert judge.asked == []


# ------------------------------------------------------------------------------------------------------ refusals


async def test_after_a_proof_that_the_judge_refuses_another_one_is_looked_for() -> None:
    judge = FakeJudge(lambda solution: script_of(solution) == ["c", "z"])
    result = await prove(THREE_PROOFS, judge)
    assert (result.status, result.proof) == (Status.PROVED, "c\nz")
    assert [script_of(solution) for solution in judge.asked] == [["a", "x"], ["b", "y"], ["c", "z"]]
    assert result.usage.counts.overruled == 2


async def test_a_proof_whose_bullets_are_refused_is_judged_in_words() -> None:
    judge = FakeJudge(lambda solution: "· " not in solution)
    result = await prove({"root": {"split": ["left", "right"]}, "left": {"l": []}, "right": {"r": []}}, judge)
    assert result.status is Status.PROVED
    assert result.proof is not None and "next =>" in result.proof
    assert result.usage.counts.overruled == 0


async def test_refusals_come_to_an_end() -> None:
    judge = FakeJudge(lambda _: False)
    ways = [f"way {number}" for number in range(20)]
    result = await prove({"root": {way: [way] for way in ways}, **{way: {"end": []} for way in ways}}, judge)
    assert (result.status, result.stop_reason) == (Status.FAILED, "rejected")
    assert len(judge.asked) == 8


async def test_when_asked_the_search_goes_on_to_a_shorter_proof() -> None:
    deep: Picture = {
        "root": {"long": ["a"], "short": ["y"]},
        "a": {"to b": ["b"]},
        "b": {"to c": ["c"]},
        "c": {"end": []},
        "y": {"to z": ["z"]},
        "z": {"end": []},
    }
    settings = SearchConfig(rule="depth-first", attempts=1, minimise=False, in_flight=1)
    first = await prove(deep, FakeJudge(), settings=settings)
    best = await prove(deep, FakeJudge(), settings=replace(settings, shorten=0.5))
    assert (first.proof, best.proof) == ("long\nto b\nto c\nend", "short\nto z\nend")


# -------------------------------------------------------------------------------------------------------- disproof

NEGATION: Picture = {"¬P": {"t1": []}}
NOT = Goal("¬P", head="Not", pretty="⊢ ¬P", key="¬P")
BURDENED = Goal("¬P", (Hypothesis("h", "False", is_prop=True),), head="Not", pretty="⊢ ¬P", key="¬P")
DISPROVING = replace(EAGER, disprove=0.5)
BOTH = proposing({"root": ["t1", "a", "b"], "¬P": ["t1"], "middle": ["b"]})


async def disprove(
    picture: Picture, judge: FakeJudge, *, negation: Environment | None = None, goals: dict[str, Goal] | None = None
) -> TheoremResult:
    """The result of a theorem whose negation is tried beside it."""
    environment = GraphEnvironment(picture, goals)
    beside = negation or GraphEnvironment(NEGATION, {"¬P": NOT})
    return await proved(components(environment, judge, BOTH, DISPROVING, beside))


async def test_a_proof_of_the_negation_is_judged_as_that_and_disproves() -> None:
    judge = FakeJudge()
    result = await disprove(STUCK, judge)
    assert (result.status, result.stop_reason, result.proof) == (Status.DISPROVED, "disproved", "t1")
    assert result.usage.disproof
    assert "theorem _root_.disproof : ¬(type_of% @_root_.t)" in judge.challenges[0]


async def test_a_disproof_that_the_judge_refuses_is_none() -> None:
    result = await disprove(STUCK, FakeJudge(lambda _: False))
    assert (result.status, result.stop_reason, result.proof) == (Status.FAILED, "exhausted", None)
    assert result.usage.beside == {"disproof": "rejected"}


async def test_what_follows_from_a_hypothesis_beside_the_statement_is_no_disproof() -> None:
    judge = FakeJudge()
    result = await disprove(STUCK, judge, negation=GraphEnvironment(NEGATION, {"¬P": BURDENED}))
    assert result.status is Status.FAILED
    assert judge.asked == []


async def test_a_proof_of_the_statement_ends_the_search_for_a_disproof() -> None:
    result = await disprove(TWO_STEPS, FakeJudge(), negation=Endless(NEGATION, {"¬P": NOT}))
    assert result.status is Status.PROVED
    assert result.usage.beside == {"disproof": "cancelled"}


async def test_a_statement_and_its_negation_are_not_both_believed() -> None:
    result = await disprove({"root": {"t1": []}}, FakeJudge())
    assert (result.status, result.stop_reason, result.proof) == (Status.UNKNOWN, "contradiction", None)


async def test_contradictory_hypotheses_prove_a_statement_and_are_said() -> None:
    picture: Picture = {"root": {"intros; exfalso": ["False"]}, "False": {"t1": []}}
    false = Goal("False", (Hypothesis("h", "1 = 2", is_prop=True),), head="False", pretty="h\n⊢ False", key="False")
    policy = proposing({"root": ["t1"], "False": ["t1"]})
    result = await proved(components(GraphEnvironment(picture, {"False": false}), FakeJudge(), policy, DISPROVING))
    assert (result.status, result.proof, result.proof_steps) == (Status.PROVED, "intros; exfalso\nt1", 2)
    assert result.usage.contradictory_hypotheses


# -------------------------------------------------------------------------------------------------------- opening


class Opening(FakeOpener):
    """Calls `before` whenever a theorem is opened."""

    before: Callable[[], None]

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        self.before()
        return await super().open(problem)


async def test_a_wait_for_lean_is_not_the_theorems_time() -> None:
    now = 0.0

    def wait() -> None:
        nonlocal now
        now += 60.0

    late = Opening(GraphEnvironment(THREE_PROOFS))
    late.before = wait
    parts = components(GraphEnvironment(STUCK), FakeJudge(), proposing({"root": ["a"], "x": ["x"]}))
    result = await proved(replace(parts, lean=late, clock=lambda: now))
    assert (result.status, result.elapsed_s) == (Status.PROVED, 0.0)


async def test_elaborating_the_declaration_is() -> None:
    slow = GraphEnvironment(THREE_PROOFS)
    slow.opening_s = 60.0
    result = await proved(components(slow, FakeJudge(), proposing({"root": ["a"], "x": ["x"]})))
    assert (result.status, result.stop_reason) == (Status.UNKNOWN, "unanswered")
    assert result.elapsed_s >= 60.0


async def test_a_declaration_that_is_not_elaborated_in_time_is_unknown_and_says_so() -> None:
    class Late(FakeOpener):
        """Takes as long as it may."""

        async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
            assert problem.limit_s == 10.0
            return late(problem.limit_s)

    parts = components(GraphEnvironment(STUCK), FakeJudge(), proposing({}))
    result = await proved(replace(parts, lean=Late(GraphEnvironment(STUCK))))
    assert (result.status, result.stop_reason) == (Status.UNKNOWN, "unanswered")
    assert "elaborate the statement" in result.error


async def test_the_index_of_premises_is_made_before_a_theorems_time_begins() -> None:
    now = 0.0

    class Indexing(GraphEnvironment):
        """Takes a minute for the first question about premises."""

        async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
            nonlocal now
            now += 60.0 if now == 0.0 else 0.0
            return ()

    policy = proposing({"root": ["a"], "x": ["x"]})
    policy.num_premises = 8
    parts = components(Indexing(THREE_PROOFS), FakeJudge(), policy)
    result = await proved(replace(parts, clock=lambda: now))
    assert (result.status, result.elapsed_s) == (Status.PROVED, 0.0)


async def test_a_judge_that_does_not_end_holds_up_no_theorem(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pondering(FakeJudge):
        """Never comes to a verdict."""

        async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
            await asyncio.Event().wait()
            raise AssertionError("it was answered")

    monkeypatch.setattr(proof_attempt, "_JUDGING_S", 0.05)
    parts = components(GraphEnvironment(TWO_STEPS), Pondering(), LONG_WAY, replace(EAGER, minimise=True))
    result = await proved(parts, Budget(wall_s=0.2))
    assert (result.status, result.stop_reason) == (Status.UNKNOWN, "unjudged")
    assert "time was over" in result.error
    assert result.elapsed_s < 1.0


async def test_the_start_of_a_judging_process_is_not_the_theorems_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Starting(FakeJudge):
        """Is up only when the theorem's time is over."""

        async def ready(self) -> None:
            await asyncio.sleep(0.4)

    monkeypatch.setattr(proof_attempt, "_JUDGING_S", 0.05)
    result = await proved(components(GraphEnvironment(TWO_STEPS), Starting(), LONG_WAY), Budget(wall_s=0.2))
    assert result.status == Status.PROVED


@pytest.mark.parametrize(("is_refused", "stop_reason"), [(False, "does_not_elaborate"), (True, "refused_type")])
async def test_what_lean_can_not_open_is_no_theorem(is_refused: bool, stop_reason: str) -> None:
    class Refusing(FakeOpener):
        """Opens nothing."""

        async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
            return OpenFailed(("unknown identifier 'x'",), is_refused)

    parts = components(GraphEnvironment(STUCK), FakeJudge(), proposing({}))
    result = await proved(replace(parts, lean=Refusing(GraphEnvironment(STUCK))))
    assert (result.status, result.stop_reason) == (Status.INVALID, stop_reason)
    assert (result.error, result.to_json()["stats"]) == ("unknown identifier 'x'", {})
