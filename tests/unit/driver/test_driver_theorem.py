"""One theorem from its text to its result, with a world of hashes for Lean and a judge who has opinions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import cast

import pytest

from prover.config import SearchConfig
from prover.driver.theorem import Parts, TheoremProver
from prover.driver.trace import Untraced
from prover.judge import Verdict, VerdictStatus
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status
from prover.tasks import TheoremTask, load_tasks
from search.base import Outcome, Path, Proved, TacticCall, TacticLimits
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.policy import AllTactics


class Wordy(FakeEnvironment):
    """A world in which `t4`, asked by itself at the root, is proof enough."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """As the fake, but for that."""
        if not path and [call.text for call in calls] == ["t4"]:
            return [Proved("t4")]
        return self.run(path, calls)


@dataclass
class FakeJudge:
    """Accepts what `accepts` says, and remembers what it was asked."""

    accepts: Callable[[str], bool]
    asked: list[str] = field(default_factory=list)

    async def judge(self, challenge: str, solution: str, theorem: str) -> Verdict:
        """A verdict on the text of the solution."""
        self.asked.append(solution)
        status = VerdictStatus.ACCEPTED if self.accepts(solution) else VerdictStatus.REJECTED
        return Verdict(status, theorem)


@dataclass
class FakeOpener:
    """Opens every theorem as the same environment."""

    environment: FakeEnvironment

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        """The environment, whatever the problem."""
        return cast(OpenTheorem, self.environment)


def task() -> TheoremTask:
    (made,) = load_tasks([], ["theorem t : True := by sorry"], stdin=BytesIO(), header=None).tasks
    return made


def prover(environment: FakeEnvironment, judge: FakeJudge, *, minimise: bool = True) -> TheoremProver:
    parts = Parts(
        lean=FakeOpener(environment),
        policy=AllTactics(5),
        critic=None,
        judge=judge,
        settings=SearchConfig(minimise=minimise, attempts=1),
        limits=TacticLimits(),
        time_limit_s=10.0,
        seed=0,
    )
    return TheoremProver(parts, lambda task, attempt: Untraced())


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
