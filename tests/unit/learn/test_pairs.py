"""Pairs say what a searched tree shows: which states are nearer to a proof."""

from __future__ import annotations

import random

from critic.model import NO_GOALS
from critic.pairs import PairKind
from prover.learn.pairs import families, make_pairs, pairs_of
from prover.learn.tree import SearchTree, build_tree
from prover.run.trace import TraceExpansion, TraceTactic

WORLD: dict[str, list[tuple[str, ...]]] = {
    "root": [("a", "b"), ("d",), ("e",)],
    "a": [()],
    "b": [("c",), ("d",)],
    "c": [()],
    "d": [],
    "e": [("root",)],
}
"""By state, what each accepted tactic left; a tactic that left nothing finished it."""


def tree_of(world: dict[str, list[tuple[str, ...]]], judged: str = "") -> SearchTree:
    """Its tree; the tactics at a state are `t0`, `t1`, …"""
    expansions = (
        TraceExpansion(
            index,
            key,
            f"⊢ {key}",
            (),
            0.0,
            tuple(
                TraceTactic(f"t{number}", "advanced" if left else "proved", -1.0, children=left)
                for number, left in enumerate(ways)
            ),
        )
        for index, (key, ways) in enumerate(world.items())
    )
    tree = build_tree(expansions, judged)
    assert tree is not None
    return tree


TREE = tree_of(WORLD)


def test_remaining_steps_count_every_branch() -> None:
    found = {key: node.remaining for key, node in TREE.states.items()}
    assert found == {"a": 1, "c": 1, "b": 2, "root": 4, "e": 5, "d": None}


def test_a_circle_of_tactics_proves_nothing() -> None:
    tree = tree_of({"r": [("a",)], "a": [("b",)], "b": [("a",)]})
    assert not any(node.is_proved for node in tree.states.values())


def test_later_states_of_a_proof_are_better() -> None:
    later = {(p.worse, p.better) for p in pairs_of(TREE) if p.kind is PairKind.LATER and "e" not in p.worse}
    assert later == {("⊢ root", "⊢ a"), ("⊢ root", "⊢ b"), ("⊢ root", "⊢ c"), ("⊢ b", "⊢ c")}


def test_the_finished_state_beats_the_last_ones() -> None:
    terminal = [pair for pair in pairs_of(TREE) if pair.kind is PairKind.TERMINAL]
    assert {pair.worse for pair in terminal} == {"⊢ a", "⊢ c"}
    assert all(pair.better == NO_GOALS for pair in terminal)


def test_a_provable_child_beats_siblings_that_led_nowhere() -> None:
    found = {(family.on_path, family.siblings) for family in families(TREE)}
    assert found == {("⊢ a\n\n⊢ b", ("⊢ d",)), ("⊢ c", ("⊢ d",))}


def test_pairs_follow_the_judged_proof_though_a_shorter_one_was_found() -> None:
    world: dict[str, list[tuple[str, ...]]] = {"r": [("long",), (), ("dead",)], "long": [()], "dead": []}
    tree = tree_of(world, judged="t0\nt0")
    assert tree.states["r"].remaining == 1
    assert {(p.kind, p.worse, p.better) for p in pairs_of(tree)} == {
        (PairKind.LATER, "⊢ r", "⊢ long"),
        (PairKind.SIBLING, "⊢ dead", "⊢ long"),
        (PairKind.TERMINAL, "⊢ long", NO_GOALS),
    }
    assert {p.kind for p in pairs_of(tree_of(world))} == {PairKind.TERMINAL}


def test_pairs_are_unique_consistent_and_terminal_ones_are_thinned() -> None:
    pairs = make_pairs([TREE, TREE], rng=random.Random(0), terminal_share=0.0)
    both = [(p.better, p.worse) for p in pairs]
    assert len(set(both)) == len(both) and not any((w, b) in both for b, w in both)
    assert all(p.kind is not PairKind.TERMINAL for p in pairs)
    assert len(make_pairs([TREE], rng=random.Random(0), terminal_share=1.0)) == len(pairs) + 2
