"""Beam search: level by level, the best `width` states of each depth.

When a beam has nothing left to expand, the best of the states that were left behind become the next one, so nothing is
lost for good and the search ends only when everything is tried (a complete beam, as in Zhou & Hansen 2005).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from search.best_first import Ranked
from search.frontier import Frontier, is_expandable
from search.graph import Graph
from search.nodes import Edge, Node
from search.scoring import token_mean_sum


@dataclass(frozen=True, slots=True)
class BeamOptions:
    """How many states make a beam."""

    width: int = 16

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError(f"width is at least 1, not {self.width!r}")


class Beam(Ranked):
    """A beam of the `options.width` likeliest states by token means. A level is complete before the next one begins."""

    def __init__(self, options: BeamOptions) -> None:
        super().__init__(token_mean_sum())
        self._width = options.width
        self._nodes: Sequence[Node] = ()
        self._level: list[Node] = []
        self._waiting: dict[int, Frontier] = {}
        self._tickets = itertools.count(1)
        self._in_flight = 0

    def start(self, graph: Graph) -> None:
        """Begin with the nodes of `graph`."""
        self._nodes = graph.nodes

    def add(self, node: Node) -> None:
        """Make the node a candidate for the next beam."""
        depth = node.cost.steps
        if depth not in self._waiting:
            self._waiting[depth] = Frontier(self._nodes, self._tickets)
        self._waiting[depth].push(node, self.priority(node))

    def update(self, node: Node) -> None:
        """Rank the candidate anew; a state that is in the beam stays there."""
        if node not in self._level:
            self.add(node)

    def has_next(self) -> bool:
        """Whether there is a state to expand, in this beam or the next."""
        waiting = any(frontier.peek() is not None for frontier in self._waiting.values())
        return waiting or any(map(is_expandable, self._level))

    def select(self) -> Node | None:
        """The next state of the beam; None while the rest of a level is still in flight."""
        while True:
            while self._level:
                node = self._level.pop(0)
                if is_expandable(node):
                    self._in_flight += 1
                    return node
            if self._in_flight or not self._fill():
                return None

    def absorbed(self, node: Node, edges: tuple[Edge, ...]) -> None:  # noqa: ARG002
        """Count one state of the level as done."""
        self._in_flight -= 1

    def _fill(self) -> bool:
        """Begin the next level with the best states of the greatest depth that has any."""
        for depth in sorted(self._waiting, reverse=True):
            frontier = self._waiting[depth]
            while len(self._level) < self._width and (node := frontier.pop()) is not None:
                self._level.append(node)
            if self._level:
                return True
            del self._waiting[depth]
        return False
