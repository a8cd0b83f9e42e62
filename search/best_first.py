"""Best-first search: the open node of highest priority is expanded next, whatever the priority is."""

from __future__ import annotations

from typing import Protocol

from search.frontier import Frontier
from search.nodes import Edge, Node, PathScore
from search.scoring import UNKNOWN_VALUE, Rule
from search.tree import Graph


class Strategy(Protocol):
    """Which node a search expands next. Told of everything that changes; owns no node."""

    @property
    def name(self) -> str:
        """What results are filed under."""
        ...

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
        """The node's trail or value changed."""
        ...

    def select(self) -> Node | None:
        """The node to expand next; it is in flight from now on. None: nothing can be expanded now."""
        ...

    def has_next(self) -> bool:
        """Whether `select` would return a node."""
        ...

    def absorbed(self, node: Node, edges: tuple[Edge, ...]) -> None:
        """The expansion of a node that was selected has ended; `edges` are those it brought or strengthened."""
        ...


class BestFirst:
    """Expand by `rule`. A state that was expanded `k` times ranks `retry_penalty * k` lower when it is asked again."""

    def __init__(self, rule: Rule, *, retry_penalty: float = 1.0) -> None:
        self._rule = rule
        self._priority = rule.priority
        self._retry_penalty = retry_penalty
        self._frontier = Frontier(())

    @property
    def name(self) -> str:
        """The rule's name."""
        return self._rule.name

    @property
    def needs_values(self) -> bool:
        """Whether the rule looks at values."""
        return self._rule.needs_values

    @property
    def path_score(self) -> PathScore:
        """As the rule compares paths."""
        return self._rule.path_score

    def start(self, graph: Graph) -> None:
        """An empty frontier over the graph's nodes."""
        self._frontier = Frontier(graph.nodes)

    def add(self, node: Node) -> None:
        """Enqueue at the node's priority."""
        value = node.value if node.value >= 0.0 else UNKNOWN_VALUE
        self._frontier.push(node, self._priority(node.outlook, value) - self._retry_penalty * node.attempts)

    def update(self, node: Node) -> None:
        """Enqueue anew at the changed priority; the old entry no longer counts."""
        if node.ticket:
            self.add(node)

    def select(self) -> Node | None:
        """The best node; of equal ones, the one that has waited longest."""
        return self._frontier.pop()

    def has_next(self) -> bool:
        """Whether an expandable node is enqueued."""
        return self._frontier.peek() is not None

    def absorbed(self, node: Node, edges: tuple[Edge, ...]) -> None:
        """Nothing is backed up in best-first search."""
