"""One `sorry` of a theorem that holds several, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, field

from prover.driver.refuter import Refuter
from prover.driver.seeker import Seeker
from prover.run.result import HoleResult
from prover.tasks import TheoremTask
from search.base import Environment, ProofState
from search.budget import StopReason
from search.extract import Proof
from search.split import merge_key


@dataclass(slots=True)
class HoleSearch:
    """One `sorry`, number `index` of its theorem, whose `task` has it as its only one. Once it is opened it has an
    environment and a search, once it is proved the forms of its proof, the best first, and the `script` in use.

    `reason` says why it is not proved; with `is_over` it will not be searched again. `is_polished`: its script was
    shortened. `refuter` tries small values, `tried` are the scripts that were run on it without a search."""

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

    @property
    def is_open(self) -> bool:
        return self.script is None and not self.is_over

    @property
    def root(self) -> ProofState | None:
        return None if self.environment is None else self.environment.root

    def end(self, reason: str) -> None:
        """Search it no more."""
        self.reason, self.is_over = reason, True

    def has_goal_of(self, other: HoleSearch) -> bool:
        """Whether both are opened, and have the same goal but for names."""
        return self.root is not None and other.root is not None and merge_key(self.root) == merge_key(other.root)

    def is_twin_of(self, earlier: HoleSearch) -> bool:
        """Whether an earlier hole that is not filled has the same goal: it is searched for both."""
        return earlier.index < self.index and earlier.script is None and self.has_goal_of(earlier)

    def result(self) -> HoleResult:
        line, column = self.task.position
        goal = "" if self.root is None else self.root.pretty
        return HoleResult(line, column, goal, self.script, "" if self.script is not None else str(self.reason))
