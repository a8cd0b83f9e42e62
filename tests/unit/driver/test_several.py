"""A run with several toolchains: who proves what, and how much at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from prover.driver.job import Attempt, Job
from prover.driver.several import Several
from prover.tasks import TheoremTask, load_tasks
from tests.fakes.jobs import attempt_of, job_of


@dataclass
class Gated:
    """Proves nothing until its gate opens, and remembers what it was given."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    given: list[str] = field(default_factory=list)

    async def prove(self, job: Job) -> Attempt:
        self.given.append(job.task.name)
        await self.gate.wait()
        return attempt_of()


def tasks(*names: str) -> tuple[TheoremTask, ...]:
    return load_tasks([], [f"theorem {name} : 1 = 1 := by sorry" for name in names]).tasks


async def test_each_theorem_goes_to_its_own_prover_and_neither_waits_for_the_other() -> None:
    one, two = Gated(), Gated()
    several = Several([one, two], lambda task: task.name.startswith("b"), at_once=1)
    async with asyncio.TaskGroup() as group:
        for number, task in enumerate(tasks("a1", "a2", "b1", "b2")):
            group.create_task(several.prove(job_of(task, number)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (one.given, two.given) == (["a1"], ["b1"])
        two.gate.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert (one.given, two.given) == (["a1"], ["b1", "b2"])
        one.gate.set()
    assert one.given == ["a1", "a2"]
