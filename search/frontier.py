"""A priority queue of open nodes: a heap of tuples, in which stale entries are skipped when they surface.

Entries are (-priority, ticket, node index). Tickets count up, so of equal priorities the one that has waited longest
comes first: an endless supply of equally good states can't starve one of them.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence

from search.nodes import ADMITTED, OPEN, Node


def is_expandable(node: Node) -> bool:
    """Whether the node may be chosen now, and expanding it could help the root."""
    return node.eligibility is ADMITTED and node.status is OPEN and (node.live > 0 or node.index == 0)


class Frontier:
    """A priority queue over the nodes of a graph. Only the newest entry of a node counts.

    That holds across frontiers that share `tickets`: each node is in one of them. Entries hold indices and no objects,
    so that the garbage collector need not visit a million of them.
    """

    def __init__(self, nodes: Sequence[Node], tickets: Iterator[int] | None = None) -> None:
        self._nodes = nodes
        self._heap: list[tuple[float, int, int]] = []
        self._tickets = tickets if tickets is not None else itertools.count(1)

    def push(self, node: Node, priority: float) -> None:
        """Enqueue the node, in place of any earlier entry; higher priorities come first."""
        node.ticket = next(self._tickets)
        heapq.heappush(self._heap, (-priority, node.ticket, node.index))

    def pop(self) -> Node | None:
        """Remove and return the best expandable node, or None. Nodes that aren't expandable now are dropped; they have
        to be pushed again when they become so."""
        node = self.peek()
        if node is not None:
            heapq.heappop(self._heap)
        return node

    def peek(self) -> Node | None:
        """The node that `pop` would return, left in place."""
        heap = self._heap
        while heap:
            _, ticket, index = heap[0]
            node = self._nodes[index]
            if ticket == node.ticket and is_expandable(node):
                return node
            heapq.heappop(heap)
        return None
