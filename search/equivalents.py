"""α-equivalent states, which differ only in the names of their hypotheses: one is searched, the others are held.

α-equivalent states have equal canonical keys. A tactic that uses a name can't be carried from one to the other
unchanged, so they are different nodes, of which one is expanded. If it is proven, the others are offered its proof,
with the names exchanged, as a first tactic that Lean has to accept like any other. If it dies, so do they.
"""

from __future__ import annotations

import re

from search.base import Candidate, LogProb, ProofState
from search.extract import cheapest, write
from search.nodes import IN_FLIGHT, OPEN, Node, PathScore

_OFFER = LogProb(-0.01)


class Equivalents:
    """The held nodes, each with the α-equivalent node it waits for. Only the gate calls it; it knows no strategy."""

    def __init__(self, path_score: PathScore) -> None:
        self._path_score = path_score
        self._waiting: dict[Node, list[Node]] = {}
        self._first: dict[Node, Node] = {}

    def __len__(self) -> int:
        return len(self._first)

    def is_held(self, node: Node) -> bool:
        """Whether the node waits."""
        return node in self._first

    def pairs(self) -> list[tuple[Node, Node]]:
        """Every waiting node with the one it waits for."""
        return list(self._first.items())

    def settled(self, node: Node) -> Node | None:
        """An equivalent node that is proven or dead, if there is one."""
        return next((other for other in node.ring()[1:] if other.status is not OPEN), None)

    def hold(self, node: Node) -> tuple[bool, list[Node]]:
        """Hold the node if an α-equivalent one is searched. Returns whether it is held, and the nodes held for it.

        A node that was not expanded yet is held in its turn for one with a better path.
        """
        if node in self._first:
            return True, []
        ring = node.ring()[1:]
        first = next((t for t in ring if t.status is OPEN and t.is_relevant and t not in self._first), None)
        if first is None:
            return False, []
        is_untouched = not (first.attempts or first.eligibility is IN_FLIGHT or first.edges or first.rest)
        if is_untouched and node.is_relevant and self._path_score(node.cost) > self._path_score(first.cost):
            self._wait(first, node)
            return False, [first]
        self._wait(node, first)
        return True, []

    def release(self, first: Node) -> list[Node]:
        """Release every node that is held for `first`, and return them."""
        released = self._waiting.pop(first, [])
        for node in released:
            del self._first[node]
        return released

    def release_one(self, node: Node) -> None:
        """Release one held node."""
        first = self._first.pop(node)
        self._waiting[first].remove(node)
        if not self._waiting[first]:
            del self._waiting[first]

    def release_all(self) -> list[Node]:
        """Release every held node; returns them in the order they were found."""
        released = sorted(self._first, key=lambda node: node.index)
        self._first.clear()
        self._waiting.clear()
        return released

    def _wait(self, node: Node, first: Node) -> None:
        """Hold `node` for `first`, with every node that was held for `node`."""
        for waiting in (node, *self._waiting.pop(node, ())):
            self._first[waiting] = first
            self._waiting.setdefault(first, []).append(waiting)


def offers(proven: Node, node: Node) -> list[Candidate]:
    """The proof of an α-equivalent node as candidates: with the names exchanged, if they correspond, and unchanged."""
    script = write(proven, cheapest(proven)).script
    texts = dict.fromkeys((renamed(script, proven.state, node.state), script))
    return [Candidate(text, _OFFER, origin="equivalent") for text in texts if text is not None]


_IDENTIFIER = re.compile(r"(?<![\w.'!?✝])([^\W\d][\w'!?✝]*)")


def renamed(script: str, source: ProofState, target: ProofState) -> str | None:
    """The script with the hypothesis names of `source` replaced by those of `target`, taken in order; None if their
    types don't agree in that order."""
    names: dict[str, str] = {}
    if len(source.goals) != len(target.goals):
        return None
    for old, new in zip(source.goals, target.goals, strict=True):
        if len(old.hypotheses) != len(new.hypotheses):
            return None
        for before, after in zip(old.hypotheses, new.hypotheses, strict=True):
            if _exchanged(before.type, names) != after.type or names.get(before.name, after.name) != after.name:
                return None
            names[before.name] = after.name
    return _exchanged(script, names)


def _exchanged(text: str, names: dict[str, str]) -> str:
    return _IDENTIFIER.sub(lambda match: names.get(match[1], match[1]), text)
