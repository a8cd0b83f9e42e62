"""How a search heeds a person: the strategy that puts pins and boosts before its own choice, and what commands do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from search.best_first import Strategy
from search.commands import Boost, Focus, Pin, Prune, Release
from search.frontier import is_expandable
from search.graph import Graph
from search.nodes import DEAD, IN_FLIGHT, OPEN, Edge, Node, PathScore
from search.region import Region


class Steered:
    """A strategy that serves pinned and boosted nodes first, and leaves everything else to the one that it wraps."""

    def __init__(self, inner: Strategy) -> None:
        self._inner = inner
        self._pinned: list[Node] = []
        self._boosted: list[Node] = []
        self._is_boosts_turn = True
        self._own: set[Node] = set()
        self.start = inner.start  # these five are the inner one's own: nothing stands between
        self.add = inner.add
        self.update = inner.update
        self.has_next = inner.has_next
        self.priority = inner.priority  # pins and boosts are no numbers

    @property
    def needs_values(self) -> bool:
        """As the inner strategy."""
        return self._inner.needs_values

    @property
    def path_score(self) -> PathScore:
        """As the inner strategy."""
        return self._inner.path_score

    def pin(self, node: Node) -> None:
        self._pinned.append(node)

    def boost(self, node: Node) -> None:
        self._boosted.append(node)

    def release(self, node: Node) -> None:
        self._pinned = [kept for kept in self._pinned if kept is not node]
        self._boosted = [kept for kept in self._boosted if kept is not node]

    def select(self) -> Node | None:
        """The oldest pin, then, at every second turn, the best boosted node, then the inner strategy's.

        Nothing changes where no node is returned: such a call is no event, and is not replayed.
        """
        if self._pinned or self._boosted:
            node = self._wished()
            if node is not None:
                self._own.add(node)
                return node
        node = self._inner.select()
        if node is not None:
            self._is_boosts_turn = True
        return node

    def absorbed(self, node: Node, edges: tuple[Edge, ...]) -> None:
        """Tell the inner strategy of what it selected itself."""
        if node in self._own:
            self._own.discard(node)
        else:
            self._inner.absorbed(node, edges)

    def _wished(self) -> Node | None:
        node = next(filter(is_expandable, self._pinned), None)
        if node is not None:
            self._pinned.remove(node)
        elif self._is_boosts_turn:
            node = max(filter(is_expandable, _below(self._boosted)), key=self._inner.priority, default=None)
            self._is_boosts_turn = node is None
        return node


def _below(nodes: Iterable[Node]) -> list[Node]:
    """The nodes and all below them, in the order in which they are reached."""
    met = dict.fromkeys(nodes)
    work = list(met)
    while work:
        fresh = [child for edge in work.pop().edges for child in edge.children if child not in met]
        met.update(dict.fromkeys(fresh))
        work += fresh
    return [node for node in met if node.status is not DEAD]


def known(graph: Graph, key: str) -> list[Node]:
    """The nodes of a key, first the one that speaks for them: the oldest that was expanded. Raises ValueError if there
    is none."""
    nodes = graph.with_key(key)
    if not nodes:
        raise ValueError("the search has no such state")
    return sorted(nodes, key=lambda node: node.eligibility is not IN_FLIGHT and not node.attempts)


def carry_out(command: Pin | Boost | Prune | Focus | Release, graph: Graph, region: Region, strategy: Steered) -> None:
    """Do what a command says of a state. Raises ValueError, with the reason, if that can't be done."""
    nodes = known(graph, command.state)
    match command:
        case Pin():
            strategy.pin(_expandable(nodes))
        case Boost():
            for node in nodes:
                strategy.boost(node)
        case Prune(state=key):
            if graph.root in nodes:
                raise ValueError("the theorem itself can't be pruned")
            region.prune(key)
        case Focus():
            region.focus(nodes[0])
        case Release(state=key):
            region.restore(key)
            for node in nodes:
                strategy.release(node)
        case _:
            assert_never(command)


def _expandable(nodes: list[Node]) -> Node:
    """The first node that can be expanded now; ValueError, with the reason, if none can."""
    for node in nodes:
        if is_expandable(node):
            return node
    first = nodes[0]
    reason = first.status.value if first.status is not OPEN else first.eligibility.value
    raise ValueError(f"the state can't be expanded now: it is {reason}")
