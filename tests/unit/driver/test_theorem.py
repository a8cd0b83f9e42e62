"""One theorem from its text to its result, with a world of hashes for Lean and a judge who has opinions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pytest

from prover.config import SearchConfig
from prover.driver.theorem import Components, TheoremProver
from prover.driver.trace import Untraced
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status
from prover.tasks import TheoremTask, load_tasks
from search.base import (
    Advanced,
    Environment,
    Goal,
    Hypothesis,
    Outcome,
    Path,
    ProofState,
    Proved,
    Rejected,
    RejectKind,
    TacticCall,
    TacticLimits,
)
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener
from tests.fakes.policy import AllTactics


class Wordy(FakeEnvironment):
    """A world in which `t4`, asked by itself at the root, is proof enough."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """As the fake, but for that."""
        if not path and [call.text for call in calls] == ["t4"]:
            return [Proved("t4")]
        return self.run(path, calls)


def task() -> TheoremTask:
    (made,) = load_tasks([], ["theorem t : True := by sorry"], stdin=BytesIO(), header=None).tasks
    return made


def prover(
    environment: Environment,
    judge: FakeJudge,
    *,
    minimise: bool = True,
    negation: Environment | None = None,
    settings: SearchConfig | None = None,
) -> TheoremProver:
    wanted = settings or SearchConfig(rule="sum", attempts=1, disprove=0.5 if negation is not None else 0.0)
    parts = Components(
        lean=FakeOpener(environment, {} if negation is None else {"disproof": negation}),
        policy=AllTactics(5),
        critic=None,
        judge=judge,
        settings=replace(wanted, minimise=minimise),
        limits=TacticLimits(),
        time_limit_s=10.0,
        seed=0,
    )
    return TheoremProver(parts, lambda *_: Untraced())


def long_world() -> World:
    """A world whose root needs two tactics, the last of them `t4`."""
    for seed in range(5000):
        world = World(seed=seed, num_tactics=5, coupled=0)
        after = [world.goals_after(0, f"t{n}") for n in range(5)]
        single = [goals for goals in after if isinstance(goals, tuple)]
        if len(single) == 1 and len(single[0]) == 1 and single[0][0] != 0:
            closing = [n for n in range(5) if world.goals_after(single[0][0], f"t{n}") == ()]
            if closing == [4]:
                return world
    raise AssertionError("there is no such world")


async def test_a_proof_is_shortened_before_it_is_judged() -> None:
    judge = FakeJudge(lambda solution: True)
    done = await prover(Wordy(long_world()), judge).prove(task())
    assert (done.result.status, done.result.proof, done.result.proof_steps) == (Status.PROVED, "t4", 1)
    assert len(judge.asked) == 1


async def test_the_proof_as_found_counts_if_the_shorter_one_is_not_accepted() -> None:
    judge = FakeJudge(lambda solution: "\n" in solution.strip().split(":= by")[1].strip())
    done = await prover(Wordy(long_world()), judge).prove(task())
    assert done.result.status is Status.PROVED
    assert done.result.proof_steps == 2
    assert len(judge.asked) == 2


async def test_shortening_can_be_left_out() -> None:
    judge = FakeJudge(lambda solution: True)
    done = await prover(Wordy(long_world()), judge, minimise=False).prove(task())
    assert done.result.proof_steps == 2


@pytest.mark.parametrize("minimise", [True, False])
async def test_what_the_judge_rejects_is_not_proved(minimise: bool) -> None:
    judge = FakeJudge(lambda solution: False)
    done = await prover(Wordy(long_world()), judge, minimise=minimise).prove(task())
    assert (done.result.status, done.result.stop_reason) == (Status.FAILED, "rejected")
    assert done.accepted is None


async def test_without_a_proof_the_reason_is_told() -> None:
    judge = FakeJudge(lambda solution: True)
    world = World(shares=(1, 0, 0, 0, 0))
    done = await prover(FakeEnvironment(world), judge).prove(task())
    assert (done.result.status, done.result.stop_reason) == (Status.FAILED, "exhausted")
    assert judge.asked == []


# ------------------------------------------------------------------------------------------------------ refusals


def many_ways() -> World:
    """A world whose root has several proofs."""
    return World(seed=1, num_tactics=5, num_goals=12, shares=(2, 0, 0, 2, 6), coupled=0)


def with_bullets(solutions: list[str]) -> list[str]:
    """Without those that only write a proof with bullets in words."""
    return [solution for solution in solutions if "next =>" not in solution]


async def test_after_a_proof_that_the_judge_refuses_another_one_is_looked_for() -> None:
    judge = FakeJudge(lambda solution: "next =>" not in solution and len(with_bullets(judge.asked)) > 2)
    done = await prover(FakeEnvironment(many_ways()), judge, minimise=False).prove(task())
    assert done.result.status is Status.PROVED
    assert len(set(with_bullets(judge.asked))) == len(with_bullets(judge.asked)) == 3
    assert done.result.stats["overruled"] == 2


async def test_a_proof_whose_bullets_are_refused_is_judged_in_words() -> None:
    judge = FakeJudge(lambda solution: "· " not in solution)
    splitting = World(seed=17, num_tactics=4, num_goals=12, shares=(0, 0, 0, 4, 6), coupled=0)
    done = await prover(FakeEnvironment(splitting), judge, minimise=False).prove(task())
    assert done.result.status is Status.PROVED
    assert done.result.proof is not None and "next =>" in done.result.proof
    assert done.result.stats["overruled"] == 0


async def test_refusals_come_to_an_end() -> None:
    judge = FakeJudge(lambda solution: False)
    done = await prover(FakeEnvironment(many_ways()), judge, minimise=False).prove(task())
    assert (done.result.status, done.result.stop_reason) == (Status.FAILED, "rejected")
    assert 1 < len(judge.asked) <= 8


async def test_when_asked_the_search_goes_on_to_a_shorter_proof() -> None:
    for seed in (1, 20):
        world = World(seed=seed, num_tactics=5, num_goals=12, shares=(3, 0, 0, 1, 6), coupled=0)
        steps = []
        for share in (0.0, 0.5):
            settings = SearchConfig(rule="depth-first", attempts=1, shorten=share, expansions=40)
            done = await prover(FakeEnvironment(world), FakeJudge(), settings=settings, minimise=False).prove(task())
            steps.append(done.result.proof_steps or 0)
        assert steps[1] < steps[0]


# -------------------------------------------------------------------------------------------------------- disproof


class Negation(FakeEnvironment):
    """A negation that `t1` proves."""

    hypotheses: tuple[Hypothesis, ...] = ()

    @property
    def root(self) -> ProofState:
        """A negation and nothing else."""
        return ProofState((Goal("¬P", self.hypotheses, key="n", head="Not", pretty="⊢ ¬P"),), "n", ((0,),))

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """Proved by one tactic."""
        refused = Rejected(RejectKind.ERROR, "")
        return [Proved(call.text) if call.text == "t1" else refused for call in calls]


class Burdened(Negation):
    """A negation that Lean has put a hypothesis before."""

    hypotheses = (Hypothesis("h", "False", is_prop=True),)


HOPELESS = World(num_goals=5000, shares=(30, 0, 0, 0, 70), coupled=0)


async def test_a_proof_of_the_negation_is_judged_as_that_and_disproves() -> None:
    judge = FakeJudge()
    done = await prover(FakeEnvironment(HOPELESS), judge, negation=Negation(World())).prove(task())
    assert (done.result.status, done.result.stop_reason, done.result.proof) == (Status.DISPROVED, "disproved", "t1")
    assert done.accepted is not None
    assert "theorem disproof : ¬(type_of% @_root_.t)" in judge.challenges[0]
    assert done.accepted.challenge == judge.challenges[0]


async def test_a_disproof_that_the_judge_refuses_is_none() -> None:
    judge = FakeJudge(lambda solution: False)
    settings = SearchConfig(expansions=5, disprove=0.5)
    done = await prover(FakeEnvironment(HOPELESS), judge, negation=Negation(World()), settings=settings).prove(task())
    assert (done.result.status, done.result.stop_reason) == (Status.FAILED, "expansions")
    assert done.accepted is None


async def test_what_follows_from_a_hypothesis_beside_the_statement_is_no_disproof() -> None:
    judge = FakeJudge()
    settings = SearchConfig(expansions=5, disprove=0.5)
    done = await prover(FakeEnvironment(HOPELESS), judge, negation=Burdened(World()), settings=settings).prove(task())
    assert done.result.status is Status.FAILED
    assert judge.asked == []


async def test_a_proof_of_the_statement_ends_the_search_for_a_disproof() -> None:
    hopeless = FakeEnvironment(HOPELESS)
    done = await prover(Wordy(long_world()), FakeJudge(), negation=hopeless).prove(task())
    assert done.result.status is Status.PROVED


async def test_a_statement_and_its_negation_are_not_both_believed() -> None:
    settings = SearchConfig(rule="sum", attempts=1, disprove=0.5)
    done = await prover(Negation(World()), FakeJudge(), negation=Negation(World()), settings=settings).prove(task())
    assert (done.result.status, done.result.stop_reason) == (Status.UNKNOWN, "contradiction")
    assert done.accepted is None


class Contradictory(FakeEnvironment):
    """Hypotheses that contradict each other, which `t1` sees; the statement itself is out of reach."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """The contradiction is one tactic away once the goal is gone."""
        if path:
            return [Proved("t1") if call.text == "t1 h" else Rejected(RejectKind.ERROR, "") for call in calls]
        if [call.text for call in calls] == ["intros; exfalso"]:
            hypothesis = Hypothesis("h", "1 = 2", is_prop=True)
            state = ProofState(
                (Goal("False", (hypothesis,), key="f", head="False", pretty="h\n⊢ False"),), "f", ((0,),)
            )
            return [Advanced(state, calls[0].text)]
        return [Rejected(RejectKind.ERROR, "") for _ in calls]


async def test_contradictory_hypotheses_prove_a_statement_and_are_said() -> None:
    settings = SearchConfig(attempts=1, disprove=0.5, minimise=False)
    done = await prover(Contradictory(World()), FakeJudge(), settings=settings).prove(task())
    assert (done.result.status, done.result.proof) == (Status.PROVED, "intros; exfalso\nt1")
    assert done.result.stats["contradictory_hypotheses"]


async def test_a_wait_for_lean_is_not_the_theorems_time() -> None:
    now = 0.0

    class Late(FakeOpener):
        """Has no worker for a minute."""

        async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
            """Late."""
            nonlocal now
            now += 60.0
            return await super().open(problem)

    parts = Components(
        lean=Late(FakeEnvironment(many_ways())),
        policy=AllTactics(5),
        critic=None,
        judge=FakeJudge(),
        settings=SearchConfig(rule="sum"),
        limits=TacticLimits(),
        time_limit_s=10.0,
        seed=0,
        clock=lambda: now,
    )
    done = await TheoremProver(parts, lambda *_: Untraced()).prove(task())
    assert (done.result.status, done.result.elapsed_s) == (Status.PROVED, 60.0)
