"""The expansions in flight: planned, and neither absorbed nor abandoned. The end of one decides on its node."""

from __future__ import annotations

from search.best_first import Strategy
from search.eligibility import Gate
from search.expansion import Expansion
from search.frontier import is_expandable
from search.graph import Graph
from search.nodes import ADMITTED, IN_FLIGHT, OPEN


class Flights(dict[int, Expansion]):
    """One search's expansions in flight, by id. `num_abandoned` counts those that ended before all their outcomes were
    there."""

    def __init__(self, graph: Graph, gate: Gate, strategy: Strategy, *, max_attempts: int) -> None:
        super().__init__()
        self._graph = graph
        self._gate = gate
        self._strategy = strategy
        self._max_attempts = max_attempts
        self.num_abandoned = 0

    def begin(self, expansion: Expansion) -> None:
        """The expansion is in flight from now on, and its node is not eligible for another one."""
        expansion.node.eligibility = IN_FLIGHT
        self[expansion.id] = expansion

    def is_wanted(self, expansion_id: int) -> bool:
        """Whether an answer to the expansion could still help, or is to be collected; False for one that has ended."""
        expansion = self.get(expansion_id)
        if expansion is None:
            return False
        node, region = expansion.node, self._gate.region
        if region.has_border and not region.contains(node):
            return False
        is_open = self._graph.root.status is OPEN and node.status is OPEN and node.is_relevant
        return is_open or expansion.draw.is_whole

    def finish(self, expansion: Expansion) -> None:
        """End an expansion that has all its outcomes: close its node, or make it eligible for another expansion."""
        del self[expansion.id]
        node = expansion.node
        node.eligibility = ADMITTED
        if node.rest is None:
            node.attempts += 1
        if node.attempts >= self._max_attempts or (node.is_exhausted and node.rest is None):
            node.tried = None
            self._graph.close(node)
        elif node.status is OPEN:
            self._gate.readmit(node)
        self._gate.reconsider()
        self.tell_if_over(expansion)

    def give_back(self, expansion: Expansion) -> None:
        """End an expansion early: its node keeps the calls without an outcome, and is eligible if it is still open."""
        del self[expansion.id]
        node = expansion.node
        node.eligibility = ADMITTED
        self.num_abandoned += 1
        if expansion.candidates:
            node.rest = [*expansion.candidates[expansion.answered :], *(node.rest or ())]
        if is_expandable(node):
            self._gate.readmit(node)
        self.tell_if_over(expansion)

    def tell_if_over(self, expansion: Expansion) -> None:
        """Tell the strategy of an expansion's end, once every new state has its value."""
        if expansion.unscored == 0 and expansion.id not in self:
            self._strategy.absorbed(expansion.node, tuple(expansion.edges))
