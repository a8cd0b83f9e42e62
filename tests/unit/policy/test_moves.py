"""The basic moves: lemmas that unify, constructors that a definition hides, hypotheses as they are."""

from __future__ import annotations

from prover.policy.builtin.moves import moves
from prover.policy.builtin.view import View
from search.base import Goal, Premise
from tests.unit.policy.goals import data, goal, proof


def tactics(of: Goal, *premises: Premise) -> list[str]:
    return [proposal.tactic for proposal in moves(View(of, premises))]


def test_a_lemma_that_leaves_nothing_closes_the_goal_by_its_hypotheses() -> None:
    assert tactics(goal("a ≤ a + b"), Premise("Nat.le_add_right", "unify", 1.0)) == [
        "apply Nat.le_add_right <;> assumption"
    ]


def test_a_lemma_that_leaves_goals_is_applied_either_way_round() -> None:
    assert tactics(goal("p", head="p"), Premise("imp", "unify", 0.5), Premise("iff", "unify_mpr", 0.5)) == [
        "(apply imp <;> first | assumption | omega | (simp_all; done))",
        "apply imp",
        "(apply (iff ..).mpr <;> first | assumption | omega | (simp_all; done))",
        "apply (iff ..).mpr",
    ]


def test_from_the_simpler_side_of_an_equivalence_goals_are_closed_alone() -> None:
    assert tactics(goal("xs = []"), Premise("List.reverse_eq_nil_iff", "unify_mp", 0.5)) == [
        "(apply (List.reverse_eq_nil_iff ..).mp <;> first | assumption | omega | (simp_all; done))"
    ]


def test_what_a_hypothesis_wraps_is_among_what_a_lemma_may_need() -> None:
    raw = goal("m.toArray = m.array", proof("h", "m.WF", "HashMap.Raw.WF"), head="Eq")
    finish, _, _, _ = tactics(raw, Premise("DHashMap.Raw.toArray_eq", "unify", 0.5))
    assert "first | assumption | exact h.1 | omega" in finish


def test_equations_that_unify_with_a_part_rewrite_it_in_both_directions() -> None:
    named = (Premise("one", "rewrite", 1.0), Premise("two", "rewrite_back", 1.0))
    assert tactics(goal("f (a + b) = c", head="Eq"), *named) == ["rw [one]", "rw [← two]"]


def test_fewer_goals_weigh_more() -> None:
    few, many = (Premise(f"leaves{n}", "unify", 1 / (1 + n)) for n in (1, 3))
    _, first, _, second = moves(View(goal("p", head="p"), (few, many)))
    assert first.factor > second.factor


def test_a_witness_is_given_where_a_definition_hides_the_existence() -> None:
    divides = goal("a ∣ a * b", data("a", "Nat"), data("b", "Nat"), head="Dvd.dvd")
    assert tactics(divides, Premise("Exists", "shape")) == [
        "exact ⟨_, rfl⟩",
        "refine ⟨b, ?_⟩",
        "refine ⟨a, ?_⟩",
        "refine ⟨0, ?_⟩",
        "refine ⟨1, ?_⟩",
    ]


def test_what_unfolds_to_a_statement_is_introduced() -> None:
    assert tactics(goal("xs ⊆ ys", head="HasSubset.Subset"), Premise("∀", "shape")) == ["intro x"]
    assert tactics(goal("a ≠ b", head="Ne"), Premise("∀", "shape")) == []


def test_each_way_of_an_equivalence_is_applied() -> None:
    assert tactics(goal("p", proof("h", "q ↔ p", "Iff"))) == ["apply h.mp", "apply h.mpr"]


def test_a_hypothesis_under_a_definition_is_applied() -> None:
    assert tactics(goal("x ∈ ys", proof("h", "xs ⊆ ys", "HasSubset.Subset"))) == ["apply h", "exact h"]
