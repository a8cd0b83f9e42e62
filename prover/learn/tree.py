"""The search tree of one theorem, rebuilt from its trace: states, the tactics that lead on, and which ones prove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from prover.run.trace import TraceExpansion, TraceTactic


@dataclass(slots=True)
class StateNode:
    """A state of the trace. `tactics` are all that were tried, over all its expansions; `order` is when it was first
    expanded (None: never)."""

    key: str
    goals: str = ""
    order: int | None = None
    at_s: float = 0.0
    depth: int = 0
    value: float | None = None
    tactics: list[TraceTactic] = field(default_factory=list)
    is_proved: bool = False
    proof: TraceTactic | None = None


@dataclass(frozen=True, slots=True)
class SearchTree:
    """All states of a trace by key. The root is the first one expanded."""

    root: StateNode
    states: dict[str, StateNode]

    def on_proof(self) -> dict[str, TraceTactic]:
        """The tactic used at each state of the proof, from the root; empty without one."""
        chosen: dict[str, TraceTactic] = {}
        pending = [self.root.key] if self.root.is_proved else []
        while pending:
            node = self.states[pending.pop()]
            if node.proof is not None and node.key not in chosen:
                chosen[node.key] = node.proof
                pending += node.proof.children
        return chosen


def build_tree(expansions: Iterable[TraceExpansion]) -> SearchTree | None:
    """The tree of a trace; None for an empty one."""
    states: dict[str, StateNode] = {}
    root: StateNode | None = None
    for expansion in expansions:
        node = states.setdefault(expansion.key, StateNode(expansion.key))
        if node.order is None:
            node.order, node.goals, node.at_s = expansion.index, expansion.goals, expansion.at_s
            node.depth, node.value = len(expansion.path), expansion.value
        if root is None or node.depth < root.depth:
            root = node
        node.tactics += expansion.tactics
        for tactic in expansion.tactics:
            for child in tactic.children:
                reached = states.setdefault(child, StateNode(child, depth=len(expansion.path) + 1))
                reached.goals = reached.goals or expansion.states.get(child, "")
    if root is None:
        return None
    _propagate(states)
    return SearchTree(root, states)


def _propagate(states: dict[str, StateNode]) -> None:
    """Marks proved states in rounds: in the round of its mark a state rests only on earlier ones, so a proof that is
    read off the marks is never circular."""
    changed = True
    while changed:
        ready = [
            (node, tactic)
            for node in states.values()
            if not node.is_proved
            for tactic in node.tactics
            if _closes(tactic, states)
        ]
        changed = bool(ready)
        for node, tactic in ready:
            if not node.is_proved:
                node.is_proved, node.proof = True, tactic


def _closes(tactic: TraceTactic, states: dict[str, StateNode]) -> bool:
    if tactic.outcome == "proved":
        return True
    return tactic.outcome == "advanced" and bool(tactic.children) and all(states[c].is_proved for c in tactic.children)
