"""Laws of other types that say what the goal says, and what wraps a type opened."""

from __future__ import annotations

from prover.policy.builtin.rewriting import with_laws
from prover.policy.builtin.structures import structures
from prover.policy.builtin.view import View
from search.base import Goal, Premise
from tests.unit.policy.goals import data, goal

ARRAYS = Premise("Array.map_lt", "alike", 0.8)


def tactics(of: Goal, *premises: Premise) -> list[str]:
    return [proposal.tactic for proposal in with_laws(View(of, premises))]


def test_a_law_of_another_type_is_simplified_with() -> None:
    assert tactics(goal("xs.map f < ys.map f"), ARRAYS) == ["simp_all [Array.map_lt]"]


def test_definitions_of_the_goal_are_unfolded_beside_the_laws() -> None:
    unfolded = goal("xs.map f < ys.map f", constants=("Vector.map",))
    assert "simp_all [Vector.map, Array.map_lt]" in tactics(unfolded, ARRAYS, Premise("Vector.map", "def", 0.001))


def test_nothing_is_proposed_without_such_a_law() -> None:
    assert tactics(goal("xs = ys"), Premise("Vector.map_inj", "eq", 0.8)) == []


def opened(of: Goal, rule: str, *premises: Premise) -> str:
    (tactic,) = (each.tactic for each in structures(View(of, premises)) if each.template == rule)
    return tactic


def test_vectors_of_one_length_use_it_up_once() -> None:
    two = goal("xs = ys", data("n", "Nat"), data("xs", "Vector Nat n"), data("ys", "Vector Nat n"))
    assert opened(two, "open") == "(rcases xs with ⟨xs, rfl⟩ <;> rcases ys with ⟨ys, hys⟩)"


def test_a_length_that_is_no_variable_stays_an_equation() -> None:
    empty = goal("xs = #v[]", data("xs", "Vector Nat 0"))
    assert opened(empty, "open") == "(rcases xs with ⟨xs, hxs⟩)"


def test_opened_data_is_simplified_with_laws_of_what_is_inside() -> None:
    one = goal("xs.map f < ys", data("xs", "Array Nat"))
    assert opened(one, "open_alike", ARRAYS) == "(rcases xs with ⟨xs⟩ <;> (try simp_all [Array.map_lt]))"


def test_several_variables_of_types_that_wrap_others_are_opened_at_once() -> None:
    maps = goal("m = k", data("m", "HashMap α β"), data("k", "HashMap α β"))
    assert opened(maps, "open", Premise("HashMap", "flat")) == "(rcases m with ⟨m⟩ <;> rcases k with ⟨k⟩)"
    assert not [each for each in structures(View(maps)) if each.template == "open"]
