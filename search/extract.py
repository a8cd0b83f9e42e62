"""Extracts the shortest proof from a proven graph, as Lean text.

The choice is Knuth's generalisation of Dijkstra's algorithm: a node is settled when the cheapest of its proven edges
has all its children settled, so the result is well-founded whatever cycles the graph has.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TypeAlias

from search.graph import Graph
from search.nodes import PROVEN, Edge, Node

_Cost = tuple[int, int]
"""Tactics, then characters."""


Block: TypeAlias = "list[str | Block]"
"""Tactics one after the other; a list among them is the block of a bullet. `rotate_left n` stands there as text."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A tactic block that closes the root. `script` starts in column 0 and ends without a newline; `block` is the same
    script as nested blocks, to be read only.
    """

    script: str
    block: Block

    @classmethod
    def of(cls, block: Block) -> Proof:
        """The proof whose script is `block`."""
        return cls("\n".join(_lines(block)), block)

    def in_words(self) -> Proof:
        """The proof with `next =>` for each bullet: the first files of Lean's own library can't read bullets yet."""
        return Proof("\n".join(_lines(self.block, has_bullets=False)), self.block)

    @property
    def tactics(self) -> tuple[str, ...]:
        """The tactics in the order written, without bullets and goal rotations."""
        return tuple(text for text in _texts(self.block) if not text.startswith("rotate_left"))

    def indented(self, columns: int = 2) -> str:
        """The script with every line moved right, as it stands below `:= by`."""
        return "\n".join(_shift(line, columns) for line in self.script.split("\n"))


def extract(graph: Graph) -> Proof:
    """The shortest proof of the root, in tactics and then in characters. Raises ValueError if it isn't proven."""
    if graph.root.status is not PROVEN:
        raise ValueError("the root is not proven")
    return write(graph.root, cheapest(graph.root))


def closing(graph: Graph) -> list[Edge]:
    """The edges of the shortest proof that left no goal at their state. Raises ValueError as `extract`."""
    if graph.root.status is not PROVEN:
        raise ValueError("the root is not proven")
    choice = cheapest(graph.root)
    used: dict[Edge, None] = {}
    work, seen = [graph.root], {graph.root}
    while work:
        edge = choice[work.pop()]
        if not edge.children:
            used[edge] = None
        fresh = [child for child in edge.distinct_children() if child not in seen]
        seen.update(fresh)
        work.extend(fresh)
    return list(used)


def cheapest(root: Node) -> dict[Node, Edge]:
    """The first edge of the shortest proof, for every proven node below `root`."""
    edges = _proven_edges(root)
    missing = {edge: len(edge.distinct_children()) for edge in edges}
    above: dict[Node, list[Edge]] = {}
    heap: list[tuple[_Cost, int, Edge]] = []
    for number, edge in enumerate(edges):
        for child in edge.distinct_children():
            above.setdefault(child, []).append(edge)
        if not edge.children:
            heap.append((_cost(edge, {}), number, edge))
    heapq.heapify(heap)
    number = len(edges)
    costs: dict[Node, _Cost] = {}
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


def _cost(edge: Edge, costs: dict[Node, _Cost]) -> _Cost:
    tactics, characters = 1, len(edge.text)
    for child in edge.children:
        below = costs[child]
        tactics += below[0]
        characters += below[1]
    return tactics, characters


# ------------------------------------------------------------------------------------------------------- writing


def write(root: Node, choice: dict[Node, Edge]) -> Proof:
    """The proof of `root` that follows `choice`, with a bullet for every goal that is proved by itself. A node without
    a choice is left: it has a `sorry` for each of its goals."""
    whole: Block = []
    work: list[tuple[Node, Block]] = [(root, whole)]
    while work:
        start, block = work.pop()
        node: Node | None = start
        while node is not None:
            edge = choice.get(node)
            if edge is None:
                block += ["sorry"] * len(node.state.goals)
                break
            block.append(edge.text.strip())
            node = _write_children(edge, block, work)
    return Proof.of(whole)


def _write_children(edge: Edge, block: Block, work: list[tuple[Node, Block]]) -> Node | None:
    """Write a bullet into `block` for each of a tactic's children that gets one, and note it in `work`; returns the
    child that continues in the same block, if there is one.

    A goal that is a part by itself gets a bullet, behind a `rotate_left` where it isn't the first goal. Goals that
    share metavariables come last, without a bullet, in their order.
    """
    if edge.focuses is None:
        return edge.children[0] if edge.children else None
    goals = sorted(index for focus in edge.focuses for index in focus)
    for child, focus in zip(edge.children, edge.focuses, strict=True):
        turns = goals.index(focus[0])
        if turns:
            block.append(f"rotate_left {turns}")
            goals = goals[turns:] + goals[:turns]
        if len(focus) > 1:
            return child
        bullet: Block = []
        block.append(bullet)
        work.append((child, bullet))
        goals = goals[1:]
    return None


def _lines(block: Block, *, has_bullets: bool = True) -> list[str]:
    """A block's lines from column 0. The lines of one tactic keep their places relative to each other."""
    lines: list[str] = []
    work: list[tuple[str | Block, int, bool]] = [(item, 0, False) for item in reversed(block)]
    while work:
        item, column, is_first = work.pop()
        if isinstance(item, str):
            placed = [_shift(line.rstrip(), column) for line in item.split("\n")]
            if is_first:
                placed[0] = " " * (column - 2) + "· " + placed[0][column:]
            lines.extend(placed)
        else:
            if not has_bullets:
                lines.append(" " * column + "next =>")
            inside = reversed(list(enumerate(item)))
            work.extend((inner, column + 2, has_bullets and number == 0) for number, inner in inside)
    return lines


def _texts(block: Block) -> list[str]:
    texts: list[str] = []
    work: list[str | Block] = list(reversed(block))
    while work:
        item = work.pop()
        if isinstance(item, str):
            texts.append(item)
        else:
            work.extend(reversed(item))
    return texts


def _shift(line: str, columns: int) -> str:
    return " " * columns + line if line else line
