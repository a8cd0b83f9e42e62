"""Preference pairs from searched trees, as the published critic was trained on them.

On a proof, a later state is better than an earlier one; a state on a proof is better than a sibling that led nowhere;
the finished state is better than any. Critics' training and the export of preferences both use these pairs.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from critic.model import NO_GOALS
from critic.pairs import Family, Pair, PairKind
from prover.learn.tree import SearchTree, StateNode, leads_on


def pairs_of(tree: SearchTree) -> list[Pair]:
    """All pairs of one theorem, each once. Pairs that occur in both orders say nothing and are left out."""
    siblings = (Pair(family.on_path, other, PairKind.SIBLING) for family in families(tree) for other in family.siblings)
    return _consistent((*siblings, *_later(tree)))


def make_pairs(
    trees: Iterable[SearchTree], *, rng: random.Random, terminal_share: float = 0.1, max_per_theorem: int = 2000
) -> list[Pair]:
    """The pairs of several theorems, those with the finished state thinned to `terminal_share` of themselves."""
    chosen: list[Pair] = []
    for tree in trees:
        own = [pair for pair in pairs_of(tree) if pair.kind is not PairKind.TERMINAL or rng.random() < terminal_share]
        chosen += rng.sample(own, min(len(own), max_per_theorem))
    return _consistent(chosen)


def families(tree: SearchTree) -> Iterator[Family]:
    """A family for each provable state: the goals to which its proof leads, and as siblings the goals to which other
    accepted tactics led and which were not proved."""
    for node in tree.states.values():
        if node.proof is None or not node.proof.children:
            continue
        on_path = tree.text(node.proof.children)
        others = {
            tree.text(tactic.children): None
            for tactic in node.tactics
            if leads_on(tactic) and not tree.is_success(tactic)
        }
        others.pop(on_path, None)
        if others:
            yield Family(on_path, tuple(others))


def _later(tree: SearchTree) -> Iterator[Pair]:
    """Pairs of each provable state with all later states of its proof, and of the last with the finished one."""
    for node in tree.states.values():
        if node.proof is None:
            continue
        if not node.proof.children:
            yield Pair(NO_GOALS, node.goals, PairKind.TERMINAL)
        for later in _after(tree, node):
            yield Pair(later.goals, node.goals, PairKind.LATER)


def _after(tree: SearchTree, node: StateNode) -> Iterator[StateNode]:
    """The states after `node` on its proof, of every branch."""
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        proof = waiting.pop().proof
        for child in proof.children if proof is not None else ():
            if child not in seen:
                seen.add(child)
                waiting.append(tree.states[child])
                yield tree.states[child]


def _consistent(pairs: Iterable[Pair]) -> list[Pair]:
    first: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        if pair.better != pair.worse and pair.better and pair.worse:
            first.setdefault((pair.better, pair.worse), pair)
    return [pair for (better, worse), pair in first.items() if (worse, better) not in first]
