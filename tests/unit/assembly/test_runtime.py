"""How many theorems are worked on at once, where nobody said a number."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

from prover.assembly.runtime import Runtime, balanced, load
from prover.config import Config, LeanConfig, SearchConfig
from prover.driver.agenda import make_agenda
from prover.driver.job import Attempt, Job
from prover.driver.meters import metered
from prover.driver.parts import Components
from prover.driver.run import Run
from prover.run.folder import RunFolder
from prover.run.utilisation import Load
from prover.tasks import load_tasks
from search.base import Environment, TacticLimits
from tests.fakes.jobs import attempt_of
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener
from tests.fakes.policy import HashPolicy


class Slow:
    """Proves nothing until it is told to, and counts how many wait."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.at_work = 0

    async def prove(self, job: Job) -> Attempt:
        self.at_work += 1
        await self.gate.wait()
        self.at_work -= 1
        return attempt_of()


async def test_theorems_at_once_follow_the_samples_and_are_shown_with_them(tmp_path: Path) -> None:
    slow = Slow()
    runtime = balanced(Runtime(slow, lambda: Load({"lean": 1.0}, {"requests_waiting": 0})), Config())
    assert runtime.balance is not None
    tasks = load_tasks([], [f"theorem t{number} : 1 = 1 := by sorry" for number in range(8)])
    folder = RunFolder.create(tmp_path / "run", tasks, config={}, versions={}, seed=0, toolchain="none", started_at=0.0)
    agenda = make_agenda(tasks.tasks, [], Config())
    run = Run(folder, slow, agenda, concurrency=8, admit=runtime.balance.admit)
    async with asyncio.TaskGroup() as group:
        group.create_task(run.work())
        await asyncio.sleep(0.001)
        assert slow.at_work == 2  # as many as Lean workers
        for listener in runtime.listeners:
            listener({"lean_ready": 2, "lean_busy": 0.3, "requests_waiting": 0})
        await asyncio.sleep(0.001)
        assert slow.at_work == 3
        gauges = runtime.load().gauges
        assert gauges == {"requests_waiting": 0, "theorems_at_once": 3, "theorems_allowed": 3}
        slow.gate.set()


def test_a_number_that_was_said_is_kept() -> None:
    runtime = Runtime(Slow(), Load)
    assert balanced(runtime, Config(concurrency=5, lean=LeanConfig(workers=2))) is runtime


async def test_several_leans_are_balanced_together() -> None:
    balance = balanced(Runtime(Slow(), Load, leans=3), Config(lean=LeanConfig(workers=2))).balance
    assert balance is not None
    assert (balance.limit, balance.high) == (6, 24)


def test_policy_and_critic_are_metered_once_and_each_judge_by_itself() -> None:
    policy, judges = HashPolicy(), [FakeJudge(), FakeJudge()]
    lean = FakeOpener(cast(Environment, None))
    parts = [Components(lean, policy, None, judge, SearchConfig(), TacticLimits(), 1.0, 0) for judge in judges]
    measured, meters = metered(parts)
    assert measured[0].policy is measured[1].policy
    assert measured[0].judge is not measured[1].judge
    with meters[1][1].at_work(), meters[2][1].at_work(2):
        taken = load([lean, lean], meters)
    assert [kind for kind, _ in meters] == ["policy", "judge", "judge"]
    assert (taken.gauges["judge_in_flight"], taken.counts["judge"]) == (3, 2)
