"""The negation of a task: what stands in its text."""

from __future__ import annotations

from io import BytesIO

import pytest

from prover.tasks import TheoremTask, load_tasks
from prover.tasks.negation import negation_of


def negated(text: str) -> TheoremTask:
    (task,) = load_tasks([], [text], stdin=BytesIO()).tasks
    made = negation_of(task)
    assert made is not None
    return made


def test_the_negation_stands_after_the_theorem_and_speaks_of_its_type() -> None:
    made = negated("theorem foo (n : Nat) : n = n + 1 := by sorry")
    stated = "theorem foo (n : Nat) : n = n + 1 := by\n  sorry\n\n"
    assert made.challenge == f"{stated}theorem _root_.disproof : ¬(type_of% @_root_.foo) := by\n  sorry\n"
    assert made.solution("simp").endswith("theorem _root_.disproof : ¬(type_of% @_root_.foo) := by\n  simp\n")


def test_namespaces_and_what_is_open_stay() -> None:
    made = negated("namespace A\nopen Nat in\ntheorem b.c : False := sorry")
    assert made.name == "disproof"
    assert "open Nat in\ntheorem b.c : False := by\n  sorry" in made.challenge
    assert "@_root_.A.b.c" in made.challenge


@pytest.mark.parametrize("attribute", ["@[simp] ", "@[simp, grind =]\n", "@[simp] @[aesop safe]\nprotected "])
def test_a_false_theorem_is_not_put_to_use(attribute: str) -> None:
    assert "@[" not in negated(f"namespace A\n{attribute}theorem foo : 1 = 2 := by sorry").challenge


def test_the_name_is_a_new_one() -> None:
    assert negated("def disproof := 1\ntheorem foo : disproof = 2 := by sorry").name == "disproof_1"


def test_an_example_and_a_begun_proof_can_be_negated() -> None:
    assert "¬(type_of% @_root_.example_1)" in negated("example : 1 = 2 := by\n  sorry").challenge
    assert "intro" not in negated("theorem foo (p : Prop) : p → p := by\n  intro h\n  sorry").challenge


def test_a_definition_has_no_negation() -> None:
    (task,) = load_tasks([], ["def foo : Nat := sorry"], stdin=BytesIO()).tasks
    assert negation_of(task) is None
