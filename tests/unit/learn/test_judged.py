"""The judged proof among what a search tried: a row on the proof is a step of what the judge saw."""

from __future__ import annotations

import pytest

from prover.learn.tree import SearchTree, build_tree
from prover.run.trace import TraceExpansion, TraceTactic


def step(text: str, *children: str, written: str = "") -> TraceTactic:
    return TraceTactic(text, "advanced" if children else "proved", -1.0, children=children, text=written)


def tree(judged: str, **tried: list[TraceTactic]) -> SearchTree:
    """The tree of states that are named by letters; `r` is the root."""
    expansions = [
        TraceExpansion(n, key, f"⊢ {key}", (), 0.0, tuple(made)) for n, (key, made) in enumerate(tried.items())
    ]
    built = build_tree(expansions, judged)
    assert built is not None
    return built


def steps(found: SearchTree) -> dict[str, str]:
    return {key: tactic.tactic for key, tactic in found.on_proof().items()}


def test_of_two_closers_the_judged_one_is_on_the_proof() -> None:
    assert steps(tree("rfl", r=[step("congr 1"), step("simp"), step("rfl")])) == {"r": "rfl"}


def test_of_two_ways_the_judged_one_is_followed_though_another_is_shorter() -> None:
    found = tree("intro h\nexact h", r=[step("trivial"), step("intro h", "a")], a=[step("simp"), step("exact h")])
    assert steps(found) == {"r": "intro h", "a": "exact h"}


def test_a_tactic_is_known_by_what_lean_wrote_and_by_all_its_lines() -> None:
    long = step("cases h", "a", written="cases h\nrename_i k")
    found = tree("cases h\nrename_i k\nsimp", r=[step("cases h", "b"), long], a=[step("simp")], b=[step("simp")])
    assert found.on_proof() == {"r": long, "a": found.states["a"].tactics[0]}


@pytest.mark.parametrize(
    "script",
    [
        "constructor\n· intro h\n  simp\n· rfl",
        "constructor\nrotate_left 1\n· rfl\nrotate_left 1\n· intro h\n  simp",
        "constructor\nnext =>\n  intro h\n  simp\nnext =>\n  rfl",
        "constructor\n· intro h\n  simp\nrfl",
    ],
)
def test_each_part_of_a_split_has_its_own_steps(script: str) -> None:
    found = tree(script, r=[step("constructor", "a", "b")], a=[step("intro h", "c")], b=[step("rfl")], c=[step("simp")])
    assert steps(found) == {"r": "constructor", "a": "intro h", "b": "rfl", "c": "simp"}


def test_two_equal_parts_are_one_state() -> None:
    assert steps(tree("constructor\n· rfl\n· rfl", r=[step("constructor", "a")], a=[step("rfl")])) == {
        "r": "constructor",
        "a": "rfl",
    }


@pytest.mark.parametrize(
    "script", ["constructor <;> rfl", "intros; exfalso\nomega", "constructor\n· rfl", "constructor\n· rfl\nsimp"]
)
def test_a_proof_that_left_the_tree_is_one_tactic_at_the_root(script: str) -> None:
    found = tree(script, r=[step("constructor", "a", "b")], a=[step("rfl")], b=[step("simp_all")])
    assert steps(found) == {"r": script}
    assert found.root.tactics[-1].origin == "shortened"
