"""Canonical keys: equal exactly where goals can stand for each other."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.lean.lean_project.step_client import Answer, StepServer


def key_of(server: StepServer, text: str) -> str:
    key = server.ask(cmd=text)["sorries"][-1]["key"]
    assert isinstance(key, str)
    return key


def test_the_key_ignores_the_names_of_hypotheses(server: StepServer) -> None:
    first = key_of(server, "theorem k (a b : Nat) (h : a = b) : b = a := by sorry")
    second = key_of(server, "theorem k (x y : Nat) (e : x = y) : y = x := by sorry")
    assert first == second


@pytest.mark.parametrize(
    "other",
    [
        "theorem k (a b : Nat) (h : a = b) : a = b := by sorry",
        "theorem k (a b : Nat) (h : b = a) : b = a := by sorry",
        "theorem k (a b : Int) (h : a = b) : b = a := by sorry",
        "theorem k (a b : Nat) : b = a := by sorry",
        "theorem k (a b : Nat) (h g : a = b) : b = a := by sorry",
        "theorem k (a b : Nat) (h : a = b) : b = a ∧ True := by sorry",
        "theorem k.{u} (α : Sort u) (a b : α) (h : a = b) : b = a := by sorry",
    ],
)
def test_the_key_tells_different_goals_apart(server: StepServer, other: str) -> None:
    assert key_of(server, "theorem k (a b : Nat) (h : a = b) : b = a := by sorry") != key_of(server, other)


def test_the_order_of_what_the_target_reaches_does_not_matter(server: StepServer) -> None:
    first = key_of(server, "theorem k (a b : Nat) : b < a := by sorry")
    second = key_of(server, "theorem k (a b : Nat) : a < b := by sorry")
    assert first == second


def test_a_local_value_counts_in_the_key(server: StepServer) -> None:
    state = server.open("theorem k (n : Nat) : n = n := by sorry")
    keys = {server.run(state, t)["key"] for t in ("have x := 5\nskip", "let x := 5\nskip", "let x := 6\nskip")}
    assert len(keys) == 3


# Goals that differ in the names and the order of hypotheses alone.
TWINS = [
    ["(a b : Nat) (h : a = b) : b = a", "(x y : Nat) (e : x = y) : y = x"],
    ["(a b : Nat) : a < b → a ≤ b", "(b a : Nat) : a < b → a ≤ b", "(m k : Nat) : k < m → k ≤ m"],
    ["(p q : Prop) (hp : p) (hq : q) : q ∧ p", "(u v : Prop) (x : u) (y : v) : v ∧ u"],
    ["(xs ys : List Nat) (h : xs = ys) : ys.length = xs.length", "(l r : List Nat) (g : l = r) : r.length = l.length"],
    ["{α : Type} [Inhabited α] (x : α) : ∃ y : α, y = x", "{β : Type} [inst : Inhabited β] (z : β) : ∃ y : β, y = z"],
    ["(f : Nat → Nat) (h : ∀ n, f n = n) : f (f 1) = 1", "(g : Nat → Nat) (e : ∀ n, g n = n) : g (g 1) = 1"],
    ["(p q : Prop) : p ∨ q → q ∨ p", "(q p : Prop) : p ∨ q → q ∨ p"],
]
NAMELESS = [
    "constructor",
    "simp_all",
    "omega",
    "grind",
    "assumption",
    "rfl",
    "decide",
    "intro h",
    "intros; subst_vars; rfl",
    "exact ⟨_, rfl⟩",
    "and_intros <;> assumption",
    "rintro (h | h)",
    "contradiction",
    "symm; assumption",
    "simp only [*]",
]


def lasting(answer: Answer) -> tuple[object, ...]:
    """What may not differ between interchangeable states: the outcome, and the keys of what is left."""
    keys = tuple(goal["key"] for goal in answer.get("goals", []))
    return (answer.get("proved"), answer.get("error"), answer.get("limit"), answer.get("key"), keys)


@pytest.mark.parametrize("twins", TWINS)
def test_states_with_one_key_are_interchangeable(server: StepServer, twins: list[str]) -> None:
    calls = [{"tactic": tactic} for tactic in NAMELESS]
    opened = [server.ask(cmd=f"theorem k {text} := by sorry")["sorries"][0] for text in twins]
    for one, other in combinations(opened, 2):
        assert one["key"] == other["key"]
        here = [lasting(a) for a in server.batch(one["proofState"], calls)]
        assert here == [lasting(a) for a in server.batch(other["proofState"], calls)]


def test_different_goals_have_different_keys(server: StepServer) -> None:
    keys = [key_of(server, f"theorem k {twins[0]} := by sorry") for twins in TWINS]
    assert len(set(keys)) == len(TWINS)


def test_keys_are_the_same_in_another_process(server: StepServer) -> None:
    """The pool merges what different workers found."""
    text = "theorem k (n : Nat) : (∃ m, n < m ∧ m < n + 2) ∧ n = n := by sorry"
    tactic = "refine ⟨⟨?_, ?_, ?_⟩, ?_⟩"
    with StepServer() as second:
        assert lasting(server.run(server.open(text), tactic)) == lasting(second.run(second.open(text), tactic))
