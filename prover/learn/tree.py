"""The tree of a search, read from its trace: states, the tactics tried at them, the shortest proofs, the judged one."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from prover.learn.judged import steps_of
from prover.run.trace import TraceExpansion, TraceTactic


@dataclass(slots=True)
class StateNode:
    """A state of the trace. `tactics` are all tactics tried there, over all its expansions; `order` is the number of
    its first expansion (None: never expanded), `is_cut` says that its last one left something untried, `path` the
    tactics to it from the root, `value` the critic's and `priority` the search rule's number for it then. Where the
    search proved the state, `proof` is the first tactic of its proof, the judged one if that goes through it, otherwise
    the shortest, and `remaining` the number of tactics in the shortest."""

    key: str
    goals: str = ""
    order: int | None = None
    is_cut: bool = False
    at_s: float = 0.0
    depth: int = 0
    path: tuple[str, ...] = ()
    foci: tuple[str, ...] = ()
    value: float | None = None
    priority: float | None = None
    tactics: list[TraceTactic] = field(default_factory=list)
    proof: TraceTactic | None = None
    remaining: int | None = None

    @property
    def is_proved(self) -> bool:
        return self.proof is not None

    @property
    def is_expanded(self) -> bool:
        return self.order is not None


@dataclass(frozen=True, slots=True)
class SearchTree:
    """All states of a trace by key. The root is the first one expanded. `judged` is the script of the proof that was
    judged, if there is one."""

    root: StateNode
    states: dict[str, StateNode]
    judged: str = ""

    def on_proof(self) -> dict[str, TraceTactic]:
        """The tactic at each state of the proof, from the root: of the judged one, otherwise of the shortest; empty
        without a proof."""
        if self.judged:
            return steps_of(self.judged, self.root.key, {key: node.tactics for key, node in self.states.items()})
        chosen: dict[str, TraceTactic] = {}
        pending = [self.root.key] if self.root.is_proved else []
        while pending:
            node = self.states[pending.pop()]
            if node.proof is not None and node.key not in chosen:
                chosen[node.key] = node.proof
                pending += node.proof.children
        return chosen

    def text(self, keys: Iterable[str]) -> str:
        """The goals of several states as one text."""
        return "\n\n".join(self.states[key].goals for key in keys)

    def is_success(self, tactic: TraceTactic) -> bool:
        """Whether a tactic closed its state, or led to parts that were all proved."""
        return tactic.outcome == "proved" or (
            leads_on(tactic) and all(self.states[child].is_proved for child in tactic.children)
        )

    def is_decided(self, tactic: TraceTactic) -> bool:
        """Whether it is known if a tactic was a success: of one that left parts, the search expanded one at least."""
        return tactic.outcome != "advanced" or any(self.states[child].is_expanded for child in tactic.children)


def build_tree(expansions: Iterable[TraceExpansion], judged: str = "") -> SearchTree | None:
    """The tree of a trace, or of several of one theorem; None without an expansion.

    A judged proof that the search did not find in this form (it was shortened, or comes from a search beside this one)
    becomes one more tactic at the root, which closes it: as one tactic, Lean took it there.
    """
    states: dict[str, StateNode] = {}
    root: StateNode | None = None
    for expansion in expansions:
        node = grow(states, expansion)
        if root is None or node.depth < root.depth:
            root = node
    if root is None:
        return None
    _prove(states)
    tree = SearchTree(root, states, judged)
    steps = tree.on_proof()
    for key, step in steps.items():
        states[key].proof = step
    if judged and not steps:
        whole = TraceTactic(judged, "proved", None, origin="shortened")
        root.tactics.append(whole)
        if root.proof is None:
            root.proof, root.remaining = whole, 1
    return tree


def grow(states: dict[str, StateNode], expansion: TraceExpansion) -> StateNode:
    """Add an expansion to the states of its search, with the states that are new; returns the expanded one."""
    node = states.setdefault(expansion.key, StateNode(expansion.key))
    if node.order is None:
        node.order, node.goals, node.at_s = expansion.index, expansion.goals, expansion.at_s
        node.depth, node.path = len(expansion.path), expansion.path
        node.foci = expansion.foci
        node.value, node.priority = expansion.value, expansion.priority
    node.is_cut = expansion.is_cut
    node.tactics += expansion.tactics
    for tactic in expansion.tactics:
        for child in tactic.children:
            reached = states.setdefault(child, StateNode(child, depth=len(expansion.path) + 1))
            reached.goals = reached.goals or expansion.states.get(child, "")
    return node


def leads_on(tactic: TraceTactic) -> bool:
    """Whether a tactic was accepted and left states to prove."""
    return tactic.outcome == "advanced" and bool(tactic.children)


@dataclass(slots=True)
class _Step:
    """An accepted tactic; `missing` of its children are not proved yet. `number` breaks ties: first tried, first
    taken."""

    number: int
    node: StateNode
    tactic: TraceTactic
    missing: int


def _prove(states: dict[str, StateNode]) -> None:
    """Shortest proofs of all provable states, by Knuth's generalisation of Dijkstra's algorithm: a state is settled
    when all children of its cheapest tactic are, so that no proof is circular."""
    above: dict[str, list[_Step]] = {}
    ready: list[tuple[int, int, _Step]] = []
    numbers = itertools.count()
    for node in states.values():
        for tactic in node.tactics:
            children = set(tactic.children)
            step = _Step(next(numbers), node, tactic, len(children))
            if tactic.outcome == "proved":
                ready.append((1, step.number, step))
            elif leads_on(tactic):
                for child in children:
                    above.setdefault(child, []).append(step)
    heapq.heapify(ready)
    while ready:
        cost, _, step = heapq.heappop(ready)
        if step.node.is_proved:
            continue
        step.node.proof, step.node.remaining = step.tactic, cost
        for upper in above.get(step.node.key, ()):
            upper.missing -= 1
            if upper.missing == 0:
                left = sum(states[child].remaining or 0 for child in upper.tactic.children)
                heapq.heappush(ready, (1 + left, upper.number, upper))
