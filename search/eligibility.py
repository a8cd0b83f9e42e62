"""Which nodes of a search may be expanded now: those that are neither too deep, nor without the value that the strategy
wants, nor waiting for an equivalent state. Nothing else moves a node's `eligibility`."""

from __future__ import annotations

from collections.abc import Iterator

from search.base import Candidate, Value
from search.best_first import Strategy
from search.equivalents import Equivalents, offers
from search.expansion import Expansion, SearchOptions
from search.frontier import is_expandable
from search.nodes import ADMITTED, OPEN, PROVEN, Eligibility, Node
from search.tree import Graph


class Gate:
    """The gate between the graph, which finds nodes, and the strategy, which chooses among them.

    `unscored` are the nodes that wait for a value, by the number that names them to a critic, each with the expansion
    that found it. `too_deep` are those beyond the depth limit, by index. `depth` is that of the deepest node so far, in
    tactics; `num_held` counts how often a node was left to an equivalent one.
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
        self.equivalents = Equivalents(strategy.path_score)
        self.depth = 0
        self.num_held = 0

    def enter(self, node: Node, expansion: Expansion | None, *, may_wait: bool = True) -> None:
        """Decide on a node that is new or was held back until now; `expansion` is the one that found it."""
        depth = node.trail.steps
        if depth > self.depth:
            self.depth = depth
        if self._deepest is not None and depth >= self._deepest:
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
        """The node may be expanded again, or for the first time after all."""
        if self._is_too_deep(node):
            self._hold_back(node)
        else:
            node.eligibility = ADMITTED
            self._strategy.add(node)

    def take_value(self, number: int, value: Value) -> Expansion | None:
        """A critic's value came in; the node may be expanded. Returns the expansion that found it, if one did.

        Raises KeyError for a number that isn't waiting, ValueError for a value outside of [0, 1].
        """
        checked = Value(value)
        node, expansion = self.unscored.pop(number)
        node.value = checked
        if node.eligibility is not Eligibility.HELD:
            self.readmit(node)
        return expansion

    def take_offers(self, node: Node) -> list[Candidate]:
        """Candidates from the proof of an equivalent node, once."""
        return self._offers.pop(node.index, [])

    def has_next(self) -> bool:
        """Whether a state can be expanded now; if only states that wait for an equivalent are left, they are let in."""
        if not self._strategy.has_next() and self.equivalents:
            for node in self.equivalents.release_all():
                self.enter(node, None, may_wait=False)
        return self._strategy.has_next()

    # -------------------------------------------------------------------------------------------------- changes

    def want_below(self, count: int | None) -> None:
        """Let those states alone be expanded that a proof of fewer tactics can go through; all again if it is None."""
        limits = (self._options.max_depth, None if count is None else count - 1)
        self._deepest = min((limit for limit in limits if limit is not None), default=None)
        for node in list(self.too_deep.values()):
            if not self._is_too_deep(node):
                self.enter(self.too_deep.pop(node.index), None)
        for node in self._graph.nodes:
            if is_expandable(node) and self._is_too_deep(node):
                self._hold_back(node)

    def start_over(self) -> None:
        """A proof was taken back: which state waits for which equivalent one is decided anew."""
        for node in self.equivalents.release_all():
            self.enter(node, None)
        if is_expandable(self._graph.root):
            self._strategy.add(self._graph.root)
        self.reconsider()

    def reconsider(self) -> None:
        """Take up the changes that the graph has collected: nodes with a better path, nodes that matter again, and
        nodes that others waited for and that were settled."""
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
        """The node has a better path."""
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

    def _hold_back(self, node: Node) -> None:
        node.eligibility = Eligibility.TOO_DEEP
        self.too_deep[node.index] = node

    def _is_too_deep(self, node: Node) -> bool:
        return self._deepest is not None and node.trail.steps >= self._deepest

    def _is_left_to_another(self, node: Node) -> bool:
        """Whether a state that differs in names alone is searched in this one's place, or has decided it."""
        settled = self.equivalents.settled(node)
        if settled is not None:
            node.eligibility = Eligibility.UNDECIDED
            self._follow(settled, node)
            return node.status is not OPEN
        waits, given_way = self.equivalents.hold(node)
        for other in (*given_way, *([node] if waits else ())):
            other.eligibility = Eligibility.HELD
            self.too_deep.pop(other.index, None)
        self.num_held += waits
        return waits

    def _follow(self, settled: Node, node: Node) -> None:
        """An equivalent node was proven: its proof is tried here first. It died: so does this one."""
        if settled.status is PROVEN:
            self._offers[node.index] = offers(settled, node)
        elif node.status is OPEN:
            node.is_exhausted, node.rest = True, None
            self._graph.close(node)
