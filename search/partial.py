"""The best unfinished proof in a graph: what closes most, with a `sorry` for each goal that is left.

The best paths to the nodes form a tree, in which each node that is not proven is either left or followed by one of its
tactics; so nothing goes round. Each part that is proven counts one, each goal that is left costs one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from search.base import Goal
from search.extract import Proof, cheapest, write
from search.graph import Graph
from search.nodes import PROVEN, Edge, Node


@dataclass(frozen=True, slots=True)
class Partial:
    """A script that holds a `sorry` for each of the goals in `left`, in the order of the text. `closed` is the number
    of parts that it proves, `proof` the script with its blocks."""

    proof: Proof
    left: tuple[Goal, ...]
    closed: int

    @property
    def gain(self) -> int:
        """What it closes against what it leaves: the higher the better."""
        return self.closed - len(self.left)


class _Worth(NamedTuple):
    """How good it is to continue from a node, in the order of comparison."""

    gain: int
    left: int  # negative, so that fewer are better
    tactics: int  # negative too


def best_partial(graph: Graph) -> Partial | None:
    """The unfinished proof of the root that gains most, of equal ones the one that leaves fewer goals, then the
    shortest. None if the root is proven, or if no tactic closes anything."""
    root = graph.root
    if root.status is PROVEN:
        return None
    worth: dict[Node, _Worth] = {}
    choice: dict[Node, Edge] = {}
    for node in reversed(_from_above(root)):
        goals = len(node.state.goals)
        worth[node] = _Worth(-goals, -goals, 0)
        for edge in node.edges:
            below = _followed(edge, worth)
            if below is not None and below > worth[node]:
                worth[node], choice[node] = below, edge
    leaves, proven = _ends(root, choice)
    if not proven:
        return None
    for node in proven:
        for inner, edge in cheapest(node).items():
            choice.setdefault(inner, edge)
    left = tuple(goal for node in leaves for goal in node.state.goals)
    return Partial(write(root, choice), left, len(proven))


def _from_above(root: Node) -> list[Node]:
    """The nodes that are not proven, each behind the one before it on its best path."""
    found, work = list[Node](), [root]
    while work:
        node = work.pop()
        found.append(node)
        for edge in node.edges:
            work += (
                child for child in edge.distinct_children() if child.best_in is edge and child.status is not PROVEN
            )
    return found


def _followed(edge: Edge, worth: dict[Node, _Worth]) -> _Worth | None:
    """What following a tactic comes to; None if it leads to a node that is reached better by another way."""
    gain, left, tactics = 0, 0, -1
    for child in edge.children:
        if child.status is PROVEN:
            gain += 1
        elif child.best_in is edge:
            below = worth[child]
            gain, left, tactics = gain + below.gain, left + below.left, tactics + below.tactics
        else:
            return None
    return _Worth(gain, left, tactics)


def _ends(root: Node, choice: dict[Node, Edge]) -> tuple[list[Node], list[Node]]:
    """The nodes that the choice leaves and those that it has proven, in the order of the text."""
    leaves, proven, work = list[Node](), list[Node](), [root]
    while work:
        node = work.pop()
        if node.status is PROVEN:
            proven.append(node)
        elif node in choice:
            work += reversed(choice[node].children)
        else:
            leaves.append(node)
    return leaves, proven
