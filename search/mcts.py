"""Monte-Carlo graph search: PUCT over the AND-OR graph, with virtual loss and progressive widening.

A selection walks down from the root. At a state it takes the tactic of highest Q + U; among the goals that the tactic
left it takes the hardest-looking one, since the tactic is only as good as that (AlphaProof's and HTPS's AND nodes).
An expansion in flight counts as a visit of value 0, so that several selections at once spread out (virtual loss).

Sources: PUCT as in AlphaZero (Silver et al. 2018); AND nodes valued by their hardest child, and a price for every step,
as in AlphaProof (Nature 2025); re-expansion of a state once its visits outgrow its tactics, as progressive widening
(Couetoux et al. 2011; sampled anew for theorem proving in HTPS, arXiv 2205.11491).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from search.frontier import is_expandable
from search.graph import Graph
from search.nodes import DEAD, OPEN, PROVEN, Edge, Node, PathScore, more_likely


@dataclass(frozen=True, slots=True)
class MctsOptions:
    """`exploration` is c of PUCT; `discount` the price of one tactic, as a factor on values; `default_value` stands for
    values that no critic gave. Once a state with n visits has fewer than `widening * n ** widening_power` tactics, more
    of its candidates are run or asked for (where the search runs them in pieces, or allows several attempts).
    `temperature` flattens the priors: the policy's log-probabilities are divided by it. Raises ValueError for a number
    out of range.
    """

    exploration: float = 1.0
    discount: float = 0.98
    default_value: float = 0.5
    widening: float = 2.0
    widening_power: float = 0.5
    temperature: float = 2.0

    def __post_init__(self) -> None:
        for name in ("exploration", "widening", "widening_power"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is at least 0, not {getattr(self, name)!r}")
        for name in ("discount", "default_value"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} lies between 0 and 1, not {getattr(self, name)!r}")
        if not 0.0 < self.temperature < math.inf:
            raise ValueError(f"temperature is above 0, not {self.temperature!r}")


@dataclass(slots=True)
class _Count:
    """The counts of an edge: finished visits with the sum of their values, and visits in flight."""

    visits: int = 0
    total: float = 0.0
    virtual: int = 0


class Mcts:
    """PUCT. With `with_critic` the values come from a critic; without, every open leaf counts `default_value`."""

    path_score: PathScore = staticmethod(more_likely)

    def __init__(self, options: MctsOptions, *, with_critic: bool = False) -> None:
        self._options = options
        self._with_critic = with_critic
        self._counts: dict[Edge, _Count] = {}
        self._walks: dict[Node, list[Edge]] = {}
        self._root: Node | None = None

    @property
    def needs_values(self) -> bool:
        """Whether leaves are valued by a critic."""
        return self._with_critic

    def start(self, graph: Graph) -> None:
        """Begin selections at the root of `graph`."""
        self._root = graph.root

    def add(self, node: Node) -> None:
        """Do nothing: a selection looks at the nodes themselves."""

    def update(self, node: Node) -> None:
        """Do nothing: PUCT does not use path costs."""

    def has_next(self) -> bool:
        """Whether a walk from the root reaches a state that can be expanded."""
        return self._walk() is not None

    def select(self) -> Node | None:
        """Walk to a state and put a virtual loss on the way."""
        found = self._walk()
        if found is None:
            return None
        node, walk = found
        for edge in walk:
            self._counts.setdefault(edge, _Count()).virtual += 1
        self._walks[node] = walk
        return node

    def absorbed(self, node: Node, edges: tuple[Edge, ...]) -> None:
        """Take back the virtual losses of the walk and back the value of the expansion up along it."""
        walk = self._walks.pop(node, None)
        if walk is None:
            return
        value = self.state_value(node) if node.status is not OPEN else self._best_new(edges)
        for edge in reversed(walk):
            count = self._counts[edge]
            count.virtual -= 1
            value = self._options.discount * self._hardest(edge, value)
            count.visits += 1
            count.total += value

    # ------------------------------------------------------------------------------------------------- values

    def priority(self, node: Node) -> float:
        """The value of the state: a walk has no single number, since every tactic on it is chosen by one of its own."""
        return self.state_value(node)

    def state_value(self, node: Node) -> float:
        """The value of a state: 1 if proven, 0 if dead, else the mean over its visits, the critic's value or the
        default, whichever there is first."""
        if node.status is PROVEN:
            return 1.0
        if node.status is DEAD:
            return 0.0
        counts = [count for edge in node.edges if (count := self._counts.get(edge)) is not None and count.visits]
        visits = sum(count.visits for count in counts)
        if visits:
            return sum(count.total for count in counts) / visits
        return self._options.default_value if node.value is None else node.value

    def _best_new(self, edges: tuple[Edge, ...]) -> float:
        """The value of an expansion: that of its best tactic by the tactic's hardest goal; 0 if all were refused."""
        worth = (min((self.state_value(c) for c in edge.children), default=1.0) for edge in edges)
        return self._options.discount * max(worth, default=0.0)

    def _hardest(self, edge: Edge, value: float) -> float:
        """The least of `value`, which came from one goal of a tactic, and the values of its other open goals."""
        others = [self.state_value(child) for child in edge.distinct_children() if child.status is not PROVEN]
        return min(value, *others) if len(others) > 1 else value

    # ------------------------------------------------------------------------------------------------ walking

    def _walk(self) -> tuple[Node, list[Edge]] | None:
        """Walk from the root to a state that can be expanded; below a state where none can, back up and take the next
        best tactic."""
        root = self._root
        if root is None or root.status is not OPEN:
            return None
        path: list[Edge] = []
        on_path = {root}
        blocked: set[Node] = set()
        node = root
        while True:
            if is_expandable(node) and self._wants_expansion(node):
                return node, path
            step = self._step(node, on_path, blocked)
            if step is not None:
                edge, node = step
                path.append(edge)
                on_path.add(node)
                continue
            if is_expandable(node):
                return node, path  # nothing below it can be expanded, so ask it again
            blocked.add(node)
            if not path:
                return None
            on_path.discard(node)
            node = path.pop().source

    def _wants_expansion(self, node: Node) -> bool:
        if node.attempts == 0 and node.rest is None:
            return True
        options = self._options
        visits = sum(count.visits for edge in node.edges if (count := self._counts.get(edge)) is not None)
        allowed: float = options.widening * visits**options.widening_power
        return len(node.edges) < allowed

    def _step(self, node: Node, on_path: set[Node], blocked: set[Node]) -> tuple[Edge, Node] | None:
        """The best tactic with a goal that can be walked to, and that goal."""
        ways: list[tuple[Edge, Node]] = []
        for edge in node.edges:
            if edge.status is OPEN:
                goals = [c for c in edge.children if c.status is OPEN and c not in on_path and c not in blocked]
                if goals:
                    ways.append((edge, min(goals, key=self.state_value)))
        if not ways:
            return None
        scores = self._puct([edge for edge, _ in ways], node)
        return ways[max(range(len(ways)), key=lambda i: (scores[i], -i))]

    def _puct(self, edges: list[Edge], node: Node) -> list[float]:
        """Q + c * P * sqrt(N) / (1 + n) of each edge, in-flight visits counted in n and N with value 0."""
        options = self._options
        top = max(edge.log_prob for edge in edges)
        weights = [
            edge.count * math.exp((edge.log_prob - top) / options.temperature) if top > -math.inf else 1.0
            for edge in edges
        ]
        total_weight = sum(weights)
        counts = [self._counts.get(edge) or _Count() for edge in edges]
        root_of_visits = math.sqrt(1 + sum(count.visits + count.virtual for count in counts))
        unvisited = options.discount * self.state_value(node)
        scores: list[float] = []
        for weight, count in zip(weights, counts, strict=True):
            tried = count.visits + count.virtual
            mean = count.total / tried if tried else unvisited
            scores.append(mean + options.exploration * weight / total_weight * root_of_visits / (1 + tried))
        return scores
