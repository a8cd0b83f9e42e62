"""The carrier of an attempt at a theorem: a job goes in, an attempt with its ending comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, TypeAlias

from prover.judge import Verdict
from prover.lean.problem import OpenFailed
from prover.run.result import HoleResult, Status
from prover.run.usage import Usage
from prover.tasks import TheoremTask
from search.budget import Budget, Spent, StopReason
from search.events import Event


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a theorem.

    `attempt` counts the theorem's results in a run; `number` is its pass, and each pass is a search of its own.
    `budget` is that of the whole search. A job that resumes a search names the attempt that it `resumes`, the seconds
    spent on the search so far and, once they are read from its trace, the search's events (`history`). Of a
    theorem with several `sorry`s, only those numbered in `holes` are searched (None: all), and `scripts` has what an
    earlier attempt found for each; Lean runs them again.
    """

    task: TheoremTask
    attempt: int
    number: int
    budget: Budget
    resumes: int | None = None
    spent_s: float = 0.0
    history: Sequence[Event] = ()
    scripts: Sequence[str | None] = ()
    holes: frozenset[int] | None = None

    @property
    def left_s(self) -> float:
        """The seconds that this attempt may take; infinity without a limit."""
        wall_s = self.budget.wall_s
        return float("inf") if wall_s is None else max(0.0, wall_s - self.spent_s)

    def with_history(self, history: Sequence[Event]) -> Job:
        """The job with the events of the search that it resumes; without any the search begins anew, at no cost."""
        return replace(self, history=history, spent_s=self.spent_s if history else 0.0)


# ------------------------------------------------------------------------------------------------------- endings


@dataclass(frozen=True, slots=True)
class JudgedProof:
    """A proof as it was judged: two whole files, the script in the place of the `sorry`, its number of tactics."""

    challenge: str
    solution: str
    script: str
    steps: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Accepted:
    """The judge accepts a proof; of the theorem, or of its negation where `status` is `disproved`."""

    proof: JudgedProof
    status: Status = Status.PROVED


@dataclass(frozen=True, slots=True)
class Rejected:
    """The judge rejects every proof that was found; `proof` is the last one."""

    proof: JudgedProof


@dataclass(frozen=True, slots=True)
class Unjudged:
    """The judge could not decide about a proof and accepts no other; `proof` is the last one, `reason` is for
    people."""

    proof: JudgedProof
    reason: str


@dataclass(frozen=True, slots=True)
class Unproved:
    """The search found no proof before it ended."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The time ended before Lean answered one tactic; `awaited` names what the search waited for."""

    awaited: str


@dataclass(frozen=True, slots=True)
class Contradicted:
    """The judge accepts both the theorem and its negation: what the file says before it can't be trusted."""


class FaultKind(StrEnum):
    """What failed, as a result's `stop_reason` has it."""

    LEAN = "lean_fault"
    MODEL = "model_fault"
    LOST = "lost"  # every try that a cluster allows


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of the system failed, which says nothing about the theorem."""

    kind: FaultKind
    error: str


Ending: TypeAlias = Accepted | Rejected | Unjudged | Unproved | Unanswered | Contradicted | OpenFailed | Fault
"""How an attempt ends. OpenFailed: the statement is ill-typed, or Lean can't open it for a reason of its own."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of a job: its ending and usage. `started_at` is Unix time; `spent.wall_s` is all of its time,
    `spent.tactics` counts the tactics that Lean answered. `holes` says what became of each of several `sorry`s."""

    ending: Ending
    spent: Spent
    usage: Usage
    started_at: float
    holes: tuple[HoleResult, ...] = ()

    def after(self, lost: int) -> Attempt:
        """The attempt, with the number of earlier tries that the cluster lost."""
        return replace(self, usage=replace(self.usage, infrastructure_retries=lost))


class Prover(Protocol):
    """Does jobs: in this process (`TheoremProver`), or on the drivers of a cluster."""

    async def prove(self, job: Job) -> Attempt:
        """The attempt. Raises ModelError if the policy or the critic fails for good: no other theorem would fare
        better."""
        ...
