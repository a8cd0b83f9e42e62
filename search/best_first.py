"""The interface of strategies, which choose the state to expand next, and the commonest one, best-first search."""

from __future__ import annotations

from typing import Protocol

from search.frontier import Frontier
from search.graph import Graph
from search.nodes import Edge, Node, PathScore
from search.scoring import Ranking


class Strategy(Protocol):
    """Chooses the node that a search expands next. It is told of every change and owns no node."""

    @property
    def needs_values(self) -> bool:
        """Whether new nodes are held back until `Search.absorb_values` has brought their value."""
        ...

    @property
    def path_score(self) -> PathScore:
        """How several paths to one state are compared."""
        ...

    def start(self, graph: Graph) -> None:
        """Begin with a graph that holds the root alone. Called once, before everything else."""
        ...

    def add(self, node: Node) -> None:
        """The node can be expanded: it is new, has its value, was revived, or may be asked for again."""
        ...

    def update(self, node: Node) -> None:
        """The path or the value of a node that can be expanded has changed."""
        ...

    def select(self) -> Node | None:
        """The node to expand next; it is in flight from now on. None: nothing can be expanded now."""
        ...

    def has_next(self) -> bool:
        """Whether `select` would return a node."""
        ...

    def priority(self, node: Node) -> float:
        """The number by which the node is chosen now, for people who look on; higher is sooner."""
        ...

    def absorbed(self, node: Node, edges: tuple[Edge, ...]) -> None:
        """The expansion of a node that was selected has ended; `edges` are those it brought or strengthened."""
        ...


class Ranked:
    """The half of a strategy that its ranking decides."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking
        self.priority = ranking.rank  # the ranking's own: nothing stands between

    @property
    def needs_values(self) -> bool:
        """Whether the ranking looks at values."""
        return self._ranking.needs_values

    @property
    def path_score(self) -> PathScore:
        """How the ranking compares paths to one state."""
        return self._ranking.path_score


class BestFirst(Ranked):
    """Expand the state that `ranking` puts first."""

    def __init__(self, ranking: Ranking) -> None:
        super().__init__(ranking)
        self._frontier = Frontier(())

    def start(self, graph: Graph) -> None:
        """Begin with an empty frontier over the graph's nodes."""
        self._frontier = Frontier(graph.nodes)

    def add(self, node: Node) -> None:
        """Enqueue at the node's priority."""
        self._frontier.push(node, self.priority(node))

    def update(self, node: Node) -> None:
        """Enqueue anew at the changed priority; the old entry no longer counts."""
        self.add(node)

    def select(self) -> Node | None:
        """The best node; of equal ones, the one that has waited longest."""
        return self._frontier.pop()

    def has_next(self) -> bool:
        """Whether an expandable node is enqueued."""
        return self._frontier.peek() is not None

    def absorbed(self, node: Node, edges: tuple[Edge, ...]) -> None:
        """Nothing is backed up in best-first search."""
