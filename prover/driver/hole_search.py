"""One `sorry` of a theorem that holds several, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol, assert_never

from prover.driver.refuter import Refuter
from prover.driver.seeker import Seeker
from prover.run.result import HoleResult
from prover.tasks import TheoremTask
from search.base import (
    Advanced,
    Candidate,
    Crashed,
    Environment,
    ProofState,
    Proved,
    Rejected,
    TacticCall,
    TacticLimits,
    TimedOut,
)
from search.budget import StopReason
from search.extract import Proof
from search.split import merge_key


class MakeSeeker(Protocol):
    """Makes the search of a hole from its environment; `note` names its trace, and `extra` is tried at every state."""

    def __call__(self, environment: Environment, note: str, extra: tuple[Candidate, ...] = ()) -> Seeker: ...


@dataclass(slots=True)
class HoleSearch:
    """One `sorry`, number `index` of its theorem, whose `task` has it as its only one. Once it is opened it has an
    environment and a search, once it is proved the forms of its proof, the best first, and the `script` in use.

    `reason` says why it is not proved; with `is_over` it will not be searched again. `is_polished`: its script was
    shortened. `refuter` tries small values, `tried` are the scripts that were run on it without a search. `is_value`:
    its goal is no proposition, so that what stands behind it may depend on its script (None: not asked yet).
    `earlier` is the script that it had behind another value; `hunter` looks for a proof of its negation."""

    index: int
    task: TheoremTask
    environment: Environment | None = None
    seeker: Seeker | None = None
    forms: list[Proof] = field(default_factory=list)
    script: str | None = None
    reason: str = StopReason.WALL_TIME
    is_over: bool = False
    is_polished: bool = False
    refuter: Refuter | None = None
    tried: set[str] = field(default_factory=set)
    is_value: bool | None = None
    earlier: str | None = None
    hunter: Seeker | None = None

    @property
    def is_open(self) -> bool:
        return self.script is None and not self.is_over

    @property
    def root(self) -> ProofState | None:
        return None if self.environment is None else self.environment.root

    def end(self, reason: str) -> None:
        """Search it no more."""
        self.reason, self.is_over = reason, True

    def forget(self) -> None:
        """Back to a hole that is not opened: the text before it has changed."""
        self.earlier = self.script or self.earlier
        self.environment = self.seeker = self.hunter = self.script = self.refuter = None
        self.forms, self.tried, self.reason, self.is_over = [], set(), StopReason.WALL_TIME, False

    def has_goal_of(self, other: HoleSearch) -> bool:
        """Whether both are opened, and have the same goal but for names."""
        return self.root is not None and other.root is not None and merge_key(self.root) == merge_key(other.root)

    def is_twin_of(self, earlier: HoleSearch) -> bool:
        """Whether an earlier hole that is not filled has the same goal: it is searched for both."""
        return earlier.index < self.index and earlier.script is None and self.has_goal_of(earlier)

    async def said_against(self, script: str, limits: TacticLimits) -> str | None:
        """What Lean has against a script that is to close its goal, or None. Each line has the limits of a tactic."""
        assert self.environment is not None
        whole = replace(limits, heartbeats=limits.heartbeats * (script.count("\n") + 1))
        (outcome,) = await self.environment.apply((), [TacticCall(script, whole)])
        match outcome:
            case Proved():
                return None
            case Rejected():
                return outcome.message
            case Advanced():
                return f"unsolved goals\n{outcome.state.pretty}"
            case TimedOut() | Crashed():
                return "Lean took too long over it"
            case _:
                assert_never(outcome)

    def result(self) -> HoleResult:
        line, column = self.task.position
        goal = "" if self.root is None else self.root.pretty
        return HoleResult(line, column, goal, self.script, "" if self.script is not None else str(self.reason))
