"""Functions that an accumulating helper computes, and arrays gone over to lists."""

from __future__ import annotations

import pytest

from prover.policy.builtin.accumulators import accumulators, unknown_functions
from prover.policy.builtin.calls import num_arguments
from prover.policy.builtin.counterparts import counterparts
from prover.policy.builtin.view import OWN_DEFINITION, View
from search.base import Hypothesis, Premise
from tests.unit.policy.goals import data, goal, proof

TYPE = Hypothesis("α", "Type u_1")
FUNCTION = Hypothesis("p", "α → Bool")
TALLY = goal(
    "List.tally p (xs ++ ys) = List.tally p xs + List.tally p ys",
    TYPE,
    FUNCTION,
    data("xs", "List α"),
    data("ys", "List α"),
    constants=("List.tally",),
)
LIBRARY = Premise("List.tally", "def", 0.001)


def texts(view: View) -> list[str]:
    return [proposal.tactic for proposal in accumulators(view)]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("List.tally p (xs ++ ys) = List.tally p xs + 1", "List.tally", 2),
        ("(List.range n).length = n", "List.length", 1),
        ("(List.range n).length = n", "List.range", 1),
        ("xs.length + n = xs.lengthAux n", "List.lengthAux", 2),
        ("xs.length + n = xs.lengthAux n", "List.length", 1),
        ("sum (map f xs.tail) 0 = 0", "sum", 2),
        ("f xs = 0", "g", 0),
        ("List.count a xs.toList = Array.count a xs", "Array.count", 2),
    ],
)
def test_arguments_are_counted_in_both_notations(text: str, name: str, expected: int) -> None:
    assert num_arguments(text, name) == expected


def test_a_function_of_which_nothing_is_known_gets_equations_through_its_helper() -> None:
    (text, *_) = texts(View(TALLY, (LIBRARY,)))
    assert "∀ x0 (as : List α) n, List.tally.go x0 as n = List.tally x0 as + n" in text
    assert "∀ x0 a (as : List α), List.tally x0 (a :: as) = List.tally.go x0 (a :: as) 0" in text
    assert "List.tally x0 (as ++ bs) = List.tally x0 as + List.tally x0 bs" in text


def test_a_function_with_lemmas_needs_no_equations() -> None:
    lemmas = (Premise("List.tally_cons", "eq", 0.5), Premise("List.tally_append", "eq", 0.5))
    assert texts(View(TALLY, (LIBRARY, *lemmas))) == []
    assert [f.name for f in unknown_functions(View(TALLY, (LIBRARY, Premise("List.tallyBy_nil", "eq"))))] == [
        "List.tally"
    ]


def test_a_helper_on_numbers_gets_the_equations_of_numbers() -> None:
    of = goal("(List.upTo n).length = n", data("n", "Nat"), constants=("List.upTo", "List.length"))
    (text, *_) = texts(View(of, (Premise("List.upTo", "def", 0.001),)))
    assert "∀ (as : Nat) n1, List.upTo.loop as n1 = List.upTo as ++ n1" in text
    assert "List.upTo (as + 1) = List.upTo.loop (as + 1) []" in text


def test_the_helper_of_a_function_of_the_file_is_the_one_that_it_calls() -> None:
    header = "def sumTo (xs : List Nat) (n : Nat) : Nat := n\ndef total xs :=\n  sumTo xs 0\ndef other := 1"
    of = goal("total xs = 0", data("xs", "List Nat"), constants=("total",))
    premises = tuple(Premise(name, "def", OWN_DEFINITION) for name in ("total", "sumTo", "other"))
    (text, *_) = texts(View(of, premises, header))
    assert "sumTo as n = total as + n" in text
    assert "total.go" not in text and "other" not in text


def test_an_accumulator_may_stand_before_what_the_helper_of_the_file_recurses_on() -> None:
    of = goal("total xs = 0", data("xs", "List Nat"), constants=("total",))
    premises = tuple(Premise(name, "def", OWN_DEFINITION) for name in ("total", "sumTo"))
    (text, *_) = texts(View(of, premises, "def total (xs : List Nat) : Nat := sumTo 0 xs"))
    assert "∀ (as : List Nat) n, sumTo n as = total as + n" in text


def test_a_function_of_the_file_that_calls_no_other_starts_no_helper() -> None:
    of = goal("total xs = 0", data("xs", "List Nat"), constants=("total",))
    header = "def total : List Nat → Nat\n  | [] => 0\n  | x :: xs => x + total xs"
    assert texts(View(of, (Premise("total", "def", OWN_DEFINITION),), header)) == []


def test_with_equations_in_sight_they_are_used_and_not_made_again() -> None:
    of = goal(
        "List.tally p xs ≤ List.tally p ys",
        *(TYPE, FUNCTION, data("xs", "List α"), data("ys", "List α")),
        proof("h", "xs <+: ys", "List.IsPrefix"),
        proof("eqc0", "∀ (a : α) (as : List α), List.tally p (a :: as) = List.tally p as", "Eq"),
        constants=("List.tally",),
    )
    found = texts(View(of, (LIBRARY,)))
    assert any(text.startswith("(induction xs") for text in found)
    assert any("rcases h with ⟨_, rfl⟩" in text for text in found)
    assert not any("List.tally.go" in text for text in found)


def test_an_array_function_goes_over_to_its_namesake_on_lists() -> None:
    of = goal("Array.tally p xs = 0", TYPE, FUNCTION, data("xs", "Array α"), constants=("Array.tally",))
    closing, left = counterparts(View(of, (Premise("Array.tally", "def", 0.001),)))
    for proposal in (closing, left):
        assert "∀ x0 (l : List α), Array.tally x0 l.toArray = List.tally x0 l" in proposal.tactic
        assert "rcases xs with ⟨xs⟩" in proposal.tactic
    assert "done" in closing.tactic.rpartition("rcases")[2]
