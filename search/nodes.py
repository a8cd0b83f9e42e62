"""The nodes and edges of a search's graph: OR nodes, AND edges, and the status of each.

An OR node is a state to be proved: one independent group of goals. An edge is a tactic that Lean accepted there; its
children are the independent groups that the tactic left (AND). A tactic that closed everything is a proven edge
without children.

Every node is exactly one of open, proven or dead, and leaves the last two only by `Graph.retract`. Proven is
well-founded: a node is proven by an edge whose children were all proven before it, so cycles never prove anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from search.base import Candidate, LogProb, ProofState, Value


class Status(Enum):
    """Whether a node or an edge is proven, dead, or neither yet."""

    OPEN = "open"
    PROVEN = "proven"
    DEAD = "dead"  # nothing is left to try; `Node.unknown` says whether a limit or a crash had a part in it


OPEN, PROVEN, DEAD = Status.OPEN, Status.PROVEN, Status.DEAD


class Eligibility(Enum):
    """Whether the strategy may choose a node to be expanded, and if not, what the node waits for."""

    UNDECIDED = "undecided"
    TOO_DEEP = "too deep"  # waits for a better path, or another limit of depth
    UNSCORED = "unscored"  # waits for a critic's value
    HELD = "held"  # waits for an equivalent node that is searched in its place
    PRUNED = "pruned"  # lies outside of the region to which a person keeps the search
    ADMITTED = "admitted"
    IN_FLIGHT = "in flight"  # is being expanded
    CLOSED = "closed"  # no further expansion will come


UNDECIDED, ADMITTED = Eligibility.UNDECIDED, Eligibility.ADMITTED
IN_FLIGHT, CLOSED = Eligibility.IN_FLIGHT, Eligibility.CLOSED


class PathCost(NamedTuple):
    """The cost of the best path to a node, in the units that the published priorities need.

    `log_prob` sums the tactics' log-probabilities, `mean_log_prob` their per-token means; both are at most 0.
    """

    steps: int = 0
    tokens: int = 0
    log_prob: float = 0.0
    mean_log_prob: float = 0.0

    def extend(self, log_prob: float, num_tokens: int) -> PathCost:
        """The path cost after one more tactic of `num_tokens` >= 1 tokens."""
        return PathCost(
            self.steps + 1,
            self.tokens + num_tokens,
            self.log_prob + log_prob,
            self.mean_log_prob + log_prob / num_tokens,
        )


class Edge:
    """A tactic that Lean accepted at `source`, and the states it left.

    `tactic` is the text that was run and that paths replay, `text` the one for a written proof. `focuses` has the goals
    that make up each child (None: all that the tactic left). `waiting` counts the distinct children not proven yet.
    `counted` is true while the edge makes its children relevant. `count` is how often the tactic, or another one to the
    same states, was drawn.
    """

    __slots__ = (
        "children",
        "count",
        "counted",
        "focuses",
        "log_prob",
        "num_tokens",
        "source",
        "status",
        "tactic",
        "text",
        "waiting",
    )

    def __init__(
        self,
        source: Node,
        tactic: str,
        *,
        text: str,
        log_prob: LogProb,
        num_tokens: int,
        count: int,
        children: tuple[Node, ...],
        focuses: tuple[tuple[int, ...], ...] | None,
    ) -> None:
        self.source = source
        self.tactic = tactic
        self.text = text
        self.log_prob = log_prob
        self.num_tokens = num_tokens
        self.count = count
        self.children = children
        self.focuses = focuses
        self.status: Status = OPEN
        self.counted = False
        self.waiting = 0

    def distinct_children(self) -> tuple[Node, ...]:
        """The children without repetition, in order (a tactic may leave the same goal twice)."""
        children = self.children
        return children if len(children) < 2 else tuple(dict.fromkeys(children))

    def focus_of(self, child: Node) -> tuple[int, ...] | None:
        """The indices of the goals that make up `child`, among those that the tactic left; None for all of them."""
        return None if self.focuses is None else self.focuses[self.children.index(child)]


class Node:
    """A state to be proved. `index` numbers nodes in the order they were found; the root is 0.

    `best_in` is the last edge of the best known path from the root. `live` counts the counted edges into the node: at 0
    its proof can't help the root (the root itself is always relevant). `attempts` counts finished expansions,
    `is_exhausted` means that the policy had no new candidates in the last one, `unknown` counts the tactics that ran
    into a limit or a crash. `next_equivalent` is the next in a ring of α-equivalent nodes (the same key, other names).
    `rest` are the candidates of the last expansion that were not run yet. `value` is the critic's, None while unknown.
    `ticket` is that of the node's newest entry in a frontier.
    """

    __slots__ = (
        "attempts",
        "best_in",
        "cost",
        "edges",
        "eligibility",
        "first_parent",
        "index",
        "is_exhausted",
        "live",
        "next_equivalent",
        "other_parents",
        "rest",
        "state",
        "status",
        "ticket",
        "tried",
        "unknown",
        "value",
    )

    def __init__(self, index: int, state: ProofState, *, cost: PathCost) -> None:
        self.index = index
        self.state = state
        self.cost = cost
        self.best_in: Edge | None = None
        self.next_equivalent: Node | None = None
        self.status: Status = OPEN
        self.edges: tuple[Edge, ...] = ()
        self.first_parent: Edge | None = None
        self.other_parents: list[Edge] | None = None
        self.live = 0
        self.is_exhausted = False
        self.attempts = 0
        self.unknown = 0
        self.tried: dict[str, str] | None = None
        self.rest: list[Candidate] | None = None
        self.value: Value | None = None
        self.eligibility = UNDECIDED
        self.ticket = 0

    @property
    def parents(self) -> Sequence[Edge]:
        """The edges that lead here, in the order they were found. Most nodes have one, so one costs no list."""
        if self.first_parent is None:
            return ()
        return (self.first_parent,) if self.other_parents is None else [self.first_parent, *self.other_parents]

    def add_parent(self, edge: Edge) -> None:
        """Record one more edge that leads here."""
        if self.first_parent is None:
            self.first_parent = edge
        elif self.other_parents is None:
            self.other_parents = [edge]
        else:
            self.other_parents.append(edge)

    def ring(self) -> list[Node]:
        """The node and those that are α-equivalent to it, in the order of the ring that `next_equivalent` makes."""
        ring = [self]
        node = self.next_equivalent
        while node is not None and node is not self:
            ring.append(node)
            node = node.next_equivalent
        return ring

    @property
    def next_cost(self) -> PathCost:
        """The path cost that ranks the next expansion of a node with candidates in `rest`: that of the likeliest state
        to which they can lead (as in partial-expansion A*)."""
        best = max(self.rest or (), key=lambda candidate: candidate.log_prob)
        return self.cost.extend(best.log_prob, max(1, best.num_tokens))

    @property
    def is_hopeless(self) -> bool:
        """Whether the node is closed and none of its edges is open; unless one of them is proven, the node is dead."""
        if self.eligibility is not CLOSED:
            return False
        for edge in self.edges:  # noqa: SIM110 (this runs once an expansion, and a generator costs more than the loop)
            if edge.status is OPEN:
                return False
        return True

    @property
    def is_relevant(self) -> bool:
        """Whether proving this node could still help the root."""
        return self.live > 0 or self.index == 0


PathScore = Callable[[PathCost], float]
"""Which of several paths to one state is better: the one with the higher score."""


def more_likely(cost: PathCost) -> float:
    """The default: paths are compared by their log-probability."""
    return cost.log_prob
