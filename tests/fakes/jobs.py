"""Jobs and attempts without a run."""

from __future__ import annotations

from prover.driver.job import Attempt, Ending, Job, Unproved
from prover.run.usage import Usage
from prover.tasks import TheoremTask
from search.budget import Budget, Spent, StopReason


def job_of(task: TheoremTask, attempt: int = 0, *, budget: Budget = Budget(wall_s=10.0)) -> Job:  # noqa: B008 (frozen)
    """Pass `attempt` over a theorem."""
    return Job(task, attempt, attempt, budget)


def attempt_of(ending: Ending = Unproved(StopReason.EXPANSIONS)) -> Attempt:  # noqa: B008 (frozen)
    """An attempt that used nothing."""
    return Attempt(ending, Spent(), Usage(), 0.0)
