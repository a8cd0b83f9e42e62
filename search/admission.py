"""Which nodes of a search may be expanded now: those that are neither too deep, nor without the value that the strategy
wants, nor waiting for a twin. Tells the strategy of every node when its time has come."""

from __future__ import annotations

from collections.abc import Iterator

from search.base import Candidate, Value
from search.best_first import Strategy
from search.expansion import Expansion, SearchOptions
from search.frontier import is_expandable
from search.nodes import OPEN, PROVEN, Node
from search.result import Statistics
from search.tree import Graph
from search.twins import Twins, offers


class Admission:
    """The gate between the graph, which finds nodes, and the strategy, which chooses among them.

    `unscored` are the nodes that wait for a value, by the number that names them to a critic, each with the expansion
    that found it; `too_deep` those beyond the depth limit, by index.
    """

    def __init__(
        self,
        graph: Graph,
        strategy: Strategy,
        options: SearchOptions,
        *,
        statistics: Statistics,
        numbers: Iterator[int],
    ) -> None:
        self._graph = graph
        self._strategy = strategy
        self._options = options
        self._statistics = statistics
        self._numbers = numbers
        self._offers: dict[int, list[Candidate]] = {}
        self.unscored: dict[int, tuple[Node, Expansion | None]] = {}
        self.too_deep: dict[int, Node] = {}
        self._deepest = options.max_depth
        self.twins = Twins(strategy.path_score)

    def enter(self, node: Node, expansion: Expansion | None, *, may_wait: bool = True) -> None:
        """Make a node selectable, or `unscored` if the strategy wants its value first."""
        depth = node.trail.steps
        if depth > self._statistics.depth:
            self._statistics.depth = depth
        if self._is_too_deep(node):
            self.too_deep[node.index] = node
            return
        if node.twin is not None and may_wait and self._is_left_to_twin(node):
            return
        if not self._strategy.needs_values or node.status is not OPEN or node.value is not None:
            self._strategy.add(node)
            return
        number = next(self._numbers)
        self.unscored[number] = (node, expansion)
        if expansion is not None:
            expansion.unscored += 1

    def readmit(self, node: Node) -> None:
        """The node may be expanded again, or for the first time after all."""
        if self._is_too_deep(node):
            self._hold_back(node)
        else:
            self._strategy.add(node)

    def want_below(self, count: int | None) -> None:
        """Let those states alone be expanded that a proof of fewer tactics can go through; all again if it is None."""
        limits = [
            limit for limit in (self._options.max_depth, None if count is None else count - 1) if limit is not None
        ]
        self._deepest = min(limits, default=None)
        for node in list(self.too_deep.values()):
            if not self._is_too_deep(node):
                self.enter(self.too_deep.pop(node.index), None)
        for node in self._graph.nodes:
            if node.ticket and is_expandable(node) and self._is_too_deep(node):
                self._hold_back(node)

    def _is_too_deep(self, node: Node) -> bool:
        return self._deepest is not None and node.trail.steps >= self._deepest

    def _hold_back(self, node: Node) -> None:
        node.ticket = 0  # takes it out of the strategy's hands
        self.too_deep[node.index] = node

    def take_value(self, number: int, value: Value) -> Expansion | None:
        """A critic's value came in; the node may be expanded. Returns the expansion that found it, if one did.

        Raises KeyError for a number that isn't waiting, ValueError for a value outside of [0, 1].
        """
        checked = Value(value)
        node, expansion = self.unscored.pop(number)
        node.value = checked
        if not self.twins.is_held(node):
            self.readmit(node)
        return expansion

    def take_offers(self, node: Node) -> list[Candidate]:
        """What a proven twin's proof suggests for the node, once."""
        return self._offers.pop(node.index, [])

    def has_next(self) -> bool:
        """Whether a state can be expanded now; if only states that wait for a twin are left, they wait no longer."""
        if not self._strategy.has_next() and self.twins:
            for node in self.twins.release_all():
                self.enter(node, None, may_wait=False)
        return self._strategy.has_next()

    def _is_left_to_twin(self, node: Node) -> bool:
        """Whether a state that differs in names alone is searched in this one's place, or has decided it."""
        settled = self.twins.settled_twin(node)
        if settled is not None:
            self._follow(settled, node)
            return node.status is not OPEN
        waits, given_way = self.twins.hold(node)
        for other in given_way:
            other.ticket = 0
        self._statistics.twins += waits
        return waits

    def _follow(self, settled: Node, node: Node) -> None:
        """A twin was proven: its proof is tried here first. It died: so does this."""
        if settled.status is PROVEN:
            self._offers[node.index] = offers(settled, node)
        elif node.status is OPEN:
            node.attempts = self._options.max_attempts
            self._graph.close(node)

    def start_over(self) -> None:
        """Something was taken back: which state waits for which twin is decided anew."""
        for node in self.twins.release_all():
            self.enter(node, None)
        root = self._graph.root
        if root.ticket and is_expandable(root):
            self._strategy.add(root)
        self.reconsider()

    def reconsider(self) -> None:
        """Tell the strategy of nodes whose path got better, that matter again, or whose twin was settled."""
        graph = self._graph
        if not (graph.improved or graph.revived or graph.let_down):
            return
        for node in graph.improved:
            if node.index in self.too_deep:
                self.enter(self.too_deep.pop(node.index), None)
            elif self.twins.is_held(node):
                self.twins.release_one(node)
                self.enter(node, None)
            elif node.ticket and is_expandable(node):
                if self._is_too_deep(node):
                    self._hold_back(node)
                else:
                    self._strategy.update(node)
        graph.improved.clear()
        for node in graph.revived:
            if node.ticket and is_expandable(node):
                self.readmit(node)
        graph.revived.clear()
        for node in graph.let_down:  # grows while it is worked through: a twin's death can kill others
            if node.status is not OPEN or not node.is_relevant:
                for freed in self.twins.release(node):
                    self.enter(freed, None)
        graph.let_down.clear()
