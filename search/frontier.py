"""Which open node comes next: a heap ordered by tuples, with stale entries skipped when they surface.

Entries are (-priority, ticket, node index). Tickets count up, so of equal priorities the one that has waited longest
comes first: an endless supply of equally good states can't starve one of them.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator

from search.nodes import OPEN, Node


def is_expandable(node: Node) -> bool:
    """Whether a policy request for the node could help the root now."""
    return node.status is OPEN and not node.in_flight and not node.closed and (node.live > 0 or node.index == 0)


class Frontier:
    """A priority queue of nodes. A node is in it at most once in effect: only its newest entry counts.

    Frontiers that share `tickets` share that: a node is in one of them.
    """

    def __init__(self, tickets: Iterator[int] | None = None) -> None:
        self._heap: list[tuple[float, int, Node]] = []
        self._tickets = tickets if tickets is not None else itertools.count(1)

    def push(self, node: Node) -> None:
        """Enqueue the node at `node.priority`, in place of any earlier entry."""
        node.ticket = next(self._tickets)
        heapq.heappush(self._heap, (-node.priority, node.ticket, node))

    def pop(self) -> Node | None:
        """The best expandable node, or None. Nodes that aren't expandable now are dropped: whoever revives one pushes
        it again."""
        heap = self._heap
        while heap:
            _, ticket, node = heapq.heappop(heap)
            if ticket == node.ticket and is_expandable(node):
                return node
        return None

    def peek(self) -> Node | None:
        """What `pop` would return, left in place."""
        heap = self._heap
        while heap:
            _, ticket, node = heap[0]
            if ticket == node.ticket and is_expandable(node):
                return node
            heapq.heappop(heap)
        return None
