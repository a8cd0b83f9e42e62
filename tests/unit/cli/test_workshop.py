"""How many theorems are worked on at once, where nobody said a number."""

from __future__ import annotations

import asyncio

from prover.cli.workshop import Workshop, balanced
from prover.config import Config, LeanConfig
from prover.driver.parts import Attempt
from prover.driver.searches import Allowance
from prover.run.result import Status, TheoremResult
from prover.run.utilisation import Load
from prover.tasks import TheoremTask, load_tasks


class Slow:
    """Proves nothing until it is told to, and counts how many wait."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.at_work = 0

    async def prove(self, task: TheoremTask, attempt: int = 0, allowance: Allowance | None = None) -> Attempt:
        self.at_work += 1
        await self.gate.wait()
        self.at_work -= 1
        return Attempt(TheoremResult(task.id, task.name, Status.FAILED, "expansions", attempt=attempt))


def task() -> TheoremTask:
    return load_tasks([], ["theorem t : 1 = 1 := by sorry"]).tasks[0]


async def test_theorems_at_once_follow_the_samples_and_are_shown_with_them() -> None:
    slow = Slow()
    workshop = balanced(Workshop(slow, lambda: Load({"lean": 1.0}, {"requests_waiting": 0})), Config())
    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(workshop.prover.prove(task(), number))
        await asyncio.sleep(0.001)
        assert slow.at_work == 2  # as many as Lean workers
        for listener in workshop.listeners:
            listener({"lean_ready": 2, "lean_busy": 0.3, "requests_waiting": 0})
        await asyncio.sleep(0.001)
        assert slow.at_work == 3
        gauges = workshop.load().gauges
        assert gauges == {"requests_waiting": 0, "theorems_at_once": 3, "theorems_allowed": 3}
        slow.gate.set()


def test_a_number_that_was_said_is_kept() -> None:
    workshop = Workshop(Slow(), Load)
    assert balanced(workshop, Config(concurrency=5, lean=LeanConfig(workers=2))) is workshop
