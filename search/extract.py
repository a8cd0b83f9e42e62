"""From a proven graph to the shortest proof in it, as Lean text.

The choice is Knuth's generalisation of Dijkstra's algorithm: a node is settled when the cheapest of its proven edges
has all its children settled, so the result is well-founded whatever cycles the graph has.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from search.nodes import PROVEN, Edge, Node
from search.tree import Graph

Cost = tuple[int, int]
"""Tactics, then characters."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A tactic block that closes the root: `script` starts in column 0 and ends without a newline.

    `tactics` are the tactics in the order written, without bullets and goal rotations.
    """

    script: str
    tactics: tuple[str, ...]

    def indented(self, columns: int = 2) -> str:
        """The script with every line moved right, as it stands below `:= by`."""
        return "\n".join(_shift(line, columns) for line in self.script.split("\n"))


def extract(graph: Graph) -> Proof:
    """The shortest proof of the root, in tactics and then in characters. Raises ValueError if it isn't proven."""
    if graph.root.status is not PROVEN:
        raise ValueError("the root is not proven")
    return write(graph.root, cheapest(graph.root))


def cheapest(root: Node) -> dict[Node, Edge]:
    """For every proven node below `root` the edge of its shortest proof."""
    edges = _proven_edges(root)
    missing = {edge: len(edge.distinct_children()) for edge in edges}
    above: dict[Node, list[Edge]] = {}
    heap: list[tuple[Cost, int, Edge]] = []
    for number, edge in enumerate(edges):
        for child in edge.distinct_children():
            above.setdefault(child, []).append(edge)
        if not edge.children:
            heap.append((_cost(edge, {}), number, edge))
    heapq.heapify(heap)
    number = len(edges)
    costs: dict[Node, Cost] = {}
    choice: dict[Node, Edge] = {}
    while heap:
        cost, _, edge = heapq.heappop(heap)
        if edge.source in choice:
            continue
        choice[edge.source] = edge
        costs[edge.source] = cost
        for parent in above.get(edge.source, ()):
            missing[parent] -= 1
            if missing[parent] == 0:
                number += 1
                heapq.heappush(heap, (_cost(parent, costs), number, parent))
    return choice


def _proven_edges(root: Node) -> list[Edge]:
    seen = {root}
    work = [root]
    edges: list[Edge] = []
    while work:
        node = work.pop()
        for edge in node.edges:
            if edge.status is PROVEN:
                edges.append(edge)
                for child in edge.children:
                    if child not in seen:
                        seen.add(child)
                        work.append(child)
    return edges


def _cost(edge: Edge, costs: dict[Node, Cost]) -> Cost:
    tactics, characters = 1, len(edge.text)
    for child in edge.children:
        below = costs[child]
        tactics += below[0]
        characters += below[1]
    return tactics, characters


# ------------------------------------------------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class _Block:
    """A proof of `node` still to be written at `column`, after a bullet or not."""

    node: Node
    column: int
    bullet: bool = False


def write(root: Node, choice: dict[Node, Edge]) -> Proof:
    """The proof of `root` that follows `choice`, with a bullet for every goal that is proved by itself."""
    lines: list[str] = []
    tactics: list[str] = []
    work: list[_Block | str] = [_Block(root, 0)]
    while work:
        item = work.pop()
        if isinstance(item, str):
            lines.append(item)
            continue
        edge = choice[item.node]
        tactics.append(edge.text)
        lines.extend(_placed(edge.text, item.column, bullet=item.bullet))
        work.extend(reversed(_below(edge, item.column)))
    return Proof("\n".join(lines), tuple(tactics))


def _placed(text: str, column: int, *, bullet: bool) -> list[str]:
    """A tactic's lines at a column; the lines of one tactic keep their places relative to each other."""
    lines = [_shift(line.rstrip(), column) for line in text.strip().split("\n")]
    if bullet:
        lines[0] = " " * (column - 2) + "· " + lines[0][column:]
    return lines


def _shift(line: str, columns: int) -> str:
    return " " * columns + line if line else line


def _below(edge: Edge, column: int) -> list[_Block | str]:
    """What is to be written after a tactic: its children, each where it is the first goal.

    A goal that stands alone gets a bullet. Goals that share metavariables come last, without one, in their order.
    """
    if edge.focuses is None:
        return [_Block(child, column) for child in edge.children]
    items: list[_Block | str] = []
    goals = sorted(index for focus in edge.focuses for index in focus)
    for child, focus in zip(edge.children, edge.focuses, strict=True):
        turns = goals.index(focus[0])
        if turns:
            items.append(_shift(f"rotate_left {turns}", column))
            goals = goals[turns:] + goals[:turns]
        if len(focus) == 1:
            items.append(_Block(child, column + 2, bullet=True))
            goals = goals[1:]
        else:
            items.append(_Block(child, column))
    return items
