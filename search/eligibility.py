"""Eligibility: which nodes may be expanded now. A node may not while it is too deep, lacks the value that the strategy
wants, lies outside of the region to which a person keeps the search, or is held for an α-equivalent node. Only this
module changes a node's `eligibility`, but for the beginning and the end of an expansion (`Flights`) and for the last
one (`Graph.close`)."""

from __future__ import annotations

from collections.abc import Iterator

from search.base import Candidate, Value
from search.best_first import Strategy
from search.equivalents import Equivalents, offers
from search.expansion import Expansion, SearchOptions
from search.frontier import is_expandable
from search.graph import Graph
from search.nodes import ADMITTED, CLOSED, IN_FLIGHT, OPEN, PROVEN, UNDECIDED, Eligibility, Node
from search.region import Region


class Gate:
    """The gate between the graph, which finds nodes, and the strategy, which chooses among them.

    `unscored` are the nodes that wait for a value, by the id under which the critic is asked, each with the expansion
    that found it. `too_deep` are the nodes beyond the depth limit, `pruned` those outside of the `region`, by index.
    `depth` is the depth of the deepest node so far, in tactics; `num_held` counts how often a node was held for an
    α-equivalent one.
    """

    def __init__(self, graph: Graph, strategy: Strategy, options: SearchOptions, *, numbers: Iterator[int]) -> None:
        self._graph = graph
        self._strategy = strategy
        self._needs_values = strategy.needs_values
        self._options = options
        self._numbers = numbers
        self._offers: dict[int, list[Candidate]] = {}
        self._deepest = options.max_depth
        self.unscored: dict[int, tuple[Node, Expansion | None]] = {}
        self.too_deep: dict[int, Node] = {}
        self.region = Region(graph)
        self.pruned: dict[int, Node] = {}
        self.equivalents = Equivalents(strategy.path_score)
        self.depth = 0
        self.num_held = 0

    def enter(self, node: Node, expansion: Expansion | None, *, may_wait: bool = True) -> None:
        """Decide the eligibility of a node that is new or was held back; `expansion` is the one that found it."""
        depth = node.cost.steps
        if depth > self.depth:
            self.depth = depth
        if self.region.has_border and not self.region.contains(node):
            self._prune(node)
        elif self._deepest is not None and depth >= self._deepest:
            self._hold_back(node)
        elif node.next_equivalent is not None and may_wait and self._is_left_to_another(node):
            return
        elif not self._needs_values or node.status is not OPEN or node.value is not None:
            node.eligibility = ADMITTED
            self._strategy.add(node)
        else:
            node.eligibility = Eligibility.UNSCORED
            self.unscored[next(self._numbers)] = (node, expansion)
            if expansion is not None:
                expansion.unscored += 1

    def readmit(self, node: Node) -> None:
        """Make the node eligible for an expansion, its first or a further one, unless it is too deep."""
        if not self.region.contains(node):
            self._prune(node)
        elif self._is_too_deep(node):
            self._hold_back(node)
        else:
            node.eligibility = ADMITTED
            self._strategy.add(node)

    def take_value(self, number: int, value: Value) -> Expansion | None:
        """Take a critic's value; the node may be expanded. Returns the expansion that waits for the value, if any.

        Raises KeyError for a number that isn't waiting, ValueError for a value outside of [0, 1].
        """
        checked = Value(value)
        node, expansion = self.unscored.pop(number)
        node.value = checked
        if node.eligibility not in (Eligibility.HELD, IN_FLIGHT, CLOSED, Eligibility.PRUNED):
            self.readmit(node)
        return expansion

    def take_offers(self, node: Node) -> list[Candidate]:
        """The candidates from the proof of an α-equivalent node, handed out once."""
        return self._offers.pop(node.index, [])

    def has_next(self) -> bool:
        """Whether a node can be expanded now. If only held nodes are left, they are admitted."""
        if not self._strategy.has_next() and self.equivalents:
            for node in self.equivalents.release_all():
                self.enter(node, None, may_wait=False)
        return self._strategy.has_next()

    # -------------------------------------------------------------------------------------------------- changes

    def want_below(self, count: int | None) -> None:
        """Admit only nodes through which a proof of fewer than `count` tactics can go; every node if it is None."""
        limits = (self._options.max_depth, None if count is None else count - 1)
        self._deepest = min((limit for limit in limits if limit is not None), default=None)
        for node in list(self.too_deep.values()):
            if not self._is_too_deep(node):
                self.enter(self.too_deep.pop(node.index), None)
        for node in self._graph.nodes:
            if is_expandable(node) and self._is_too_deep(node):
                self._hold_back(node)

    def redraw(self) -> None:
        """Decide anew, after a command moved the region's borders, which nodes lie outside."""
        for node in self._graph.nodes:
            if node.eligibility is ADMITTED and not self.region.contains(node):
                self._prune(node)
        self.let_in()

    def let_in(self) -> None:
        """Admit the pruned nodes to which a way inside of the region leads by now."""
        for node in list(self.pruned.values()):
            if self.region.contains(node):
                self.enter(self.pruned.pop(node.index), None)

    def start_over(self) -> None:
        """Decide anew, after a proof was taken back, which nodes are held."""
        for node in self.equivalents.release_all():
            self.enter(node, None)
        if is_expandable(self._graph.root):
            self._strategy.add(self._graph.root)
        self.reconsider()

    def reconsider(self) -> None:
        """Process the changes that the graph has collected: nodes with a better path, nodes that became relevant
        again, and settled nodes for which others were held."""
        graph = self._graph
        if not (graph.improved or graph.revived or graph.let_down):
            return
        for node in graph.improved:
            self._reconsider_depth(node)
        graph.improved.clear()
        for node in graph.revived:
            if is_expandable(node):
                self.readmit(node)
        graph.revived.clear()
        for node in graph.let_down:  # grows while it is worked through: the death of a node can kill equivalent ones
            if node.status is not OPEN or not node.is_relevant:
                for freed in self.equivalents.release(node):
                    self.enter(freed, None)
        graph.let_down.clear()

    def _reconsider_depth(self, node: Node) -> None:
        """Decide the eligibility of a node that has a better path now."""
        if node.eligibility is Eligibility.TOO_DEEP:
            self.enter(self.too_deep.pop(node.index), None)
        elif node.eligibility is Eligibility.HELD:
            self.equivalents.release_one(node)
            self.enter(node, None)
        elif is_expandable(node):
            if self._is_too_deep(node):
                self._hold_back(node)
            else:
                self._strategy.update(node)

    # -------------------------------------------------------------------------------------------------- moves

    def _prune(self, node: Node) -> None:
        node.eligibility = Eligibility.PRUNED
        self.pruned[node.index] = node

    def _hold_back(self, node: Node) -> None:
        node.eligibility = Eligibility.TOO_DEEP
        self.too_deep[node.index] = node

    def _is_too_deep(self, node: Node) -> bool:
        return self._deepest is not None and node.cost.steps >= self._deepest

    def _is_left_to_another(self, node: Node) -> bool:
        """Whether the node needs no expansion: an α-equivalent node is searched in its place, or has decided it."""
        settled = self.equivalents.settled(node)
        if settled is not None:
            node.eligibility = UNDECIDED
            self._follow(settled, node)
            return node.status is not OPEN
        waits, given_way = self.equivalents.hold(node)
        for other in (*given_way, *([node] if waits else ())):
            other.eligibility = Eligibility.HELD
            self.too_deep.pop(other.index, None)
        self.num_held += waits
        return waits

    def _follow(self, settled: Node, node: Node) -> None:
        """Follow an α-equivalent node: if it was proven, try its proof at `node` first; if it died, `node` dies too."""
        if settled.status is PROVEN:
            self._offers[node.index] = offers(settled, node)
        elif node.status is OPEN:
            node.is_exhausted, node.rest = True, None
            self._graph.close(node)
