"""The result of a search: its proof, the budget it used, and counts of what happened to the tactics."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from search.budget import Spent, StopReason
from search.extract import Proof
from search.graph import Graph
from search.nodes import OPEN, PROVEN


@dataclass(slots=True)
class Statistics:
    """Counts over one search. Every candidate is counted once in `proposed`, and every call once in one of
    `advanced`, `closed`, `refused`, `timed_out` or `crashed`."""

    proposed: int = 0
    repeated: int = 0  # candidates that Lean was not asked about: empty, said twice, or tried here before
    advanced: int = 0
    closed: int = 0  # tactics that left no goal at their state
    refused: dict[str, int] = field(default_factory=dict)  # by RejectKind
    timed_out: int = 0
    crashed: int = 0
    same_state: int = 0  # accepted, and led where another tactic of the same state had led
    circular: int = 0  # accepted, and changed nothing
    merged: int = 0  # children that were known states
    equivalents: int = 0  # states left to one that differs in names alone
    too_deep: int = 0
    abandoned: int = 0
    overruled: int = 0  # proofs that were taken back: not accepted, or to find a shorter one
    nodes: int = 0
    depth: int = 0  # of the deepest node, in tactics

    @property
    def unknown(self) -> int:
        """The number of calls that hit a limit or lost their worker: neither failures nor successes."""
        return self.timed_out + self.crashed

    def add(self, other: Statistics) -> None:
        """Add the counts of another search; `depth` becomes the greater one."""
        for item in fields(self):
            mine, theirs = getattr(self, item.name), getattr(other, item.name)
            if item.name == "refused":
                for kind, count in theirs.items():
                    mine[kind] = mine.get(kind, 0) + count
            elif item.name == "depth":
                self.depth = max(mine, theirs)
            else:
                setattr(self, item.name, mine + theirs)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A search's result so far. `proof` is a candidate that the judge has to confirm.

    `value` is the critic's best value among the open states (None if it gave none), `proven_share` the share of the
    states that are proven.
    """

    name: str
    strategy: str
    stop_reason: StopReason | None
    proof: Proof | None
    spent: Spent
    statistics: Statistics
    value: float | None = None
    proven_share: float = 0.0


def best_value_and_proven_share(graph: Graph) -> tuple[float | None, float]:
    """The critic's best value among the open states, and the share of the states that are proven."""
    values = [node.value for node in graph.nodes if node.status is OPEN and node.value is not None]
    proven = sum(node.status is PROVEN for node in graph.nodes)
    return max(values, default=None), proven / len(graph.nodes)
