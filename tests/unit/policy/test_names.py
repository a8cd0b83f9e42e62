"""Names: hidden hypotheses become sayable, and new names never clash."""

from __future__ import annotations

from prover.policy.builtin.introduction import binder_names, introduction
from prover.policy.builtin.policy import proposals
from prover.policy.builtin.view import View, fresh_name
from search.base import Hypothesis
from tests.unit.policy.goals import data, goal, proof


def test_a_hidden_hypothesis_is_named_before_it_is_used() -> None:
    view = View(goal("q", proof("h✝", "p ∧ q", "And", accessible=False)))
    named = [view.naming(p.tactic) for p in proposals(view) if p.template == "cases_and"]
    assert named == ["rename_i h\nobtain ⟨hl, hr⟩ := h"]


def test_a_shadowed_hypothesis_counts_as_hidden() -> None:
    view = View(goal("p", proof("h", "p ∨ q", "Or"), proof("h", "q")))
    assert [local.name for local in view.locals] == ["h1", "h"]
    assert view.naming("cases h1") == "rename_i h1\ncases h1"


def test_a_tactic_without_hidden_names_stays_as_it_is() -> None:
    view = View(goal("q", proof("h✝", "p ∧ q", "And", accessible=False)))
    assert view.naming("simp_all") == "simp_all"


def test_fresh_names_avoid_everything_in_sight() -> None:
    assert fresh_name("h", {"h", "h1"}) == "h2"
    view = View(goal("∀ x, x = k", proof("h", "k = 1", "Eq"), data("k", "Nat")))
    assert not set(view.fresh("h", "k", "x")) & {"h", "k", "x"}


def test_two_fresh_names_of_one_stem_differ() -> None:
    first, second = View(goal("p")).fresh("k", "k")
    assert first != second


def test_binders_give_their_own_names() -> None:
    assert binder_names("∀ (a b : Nat), a = b → b = a") == ["a", "b", "h"]
    assert binder_names("∀ x y, p x y") == ["x", "y"]
    assert binder_names("∀ x ∈ xs, p x") == ["x", "h"]
    assert binder_names("p → q → r") == ["h", "h"]
    assert binder_names("p → (q → r) → s") == ["h", "h"]
    assert binder_names("p ↔ q → r") == []


def test_an_introduced_name_does_not_shadow() -> None:
    view = View(goal("∀ (x : Nat), x = y", data("x", "Nat"), data("y", "Nat")))
    intros = [p.tactic for p in introduction(view) if p.template == "intro"]
    assert intros == ["intro x1"]


def test_early_in_the_library_only_tactics_that_exist_there_are_used() -> None:
    disjunction = goal("q", proof("h", "p ∨ q", "Or"))
    early, late = View(disjunction, header="prelude\nimport Init.NotationExtra"), View(disjunction)
    assert "cases h with | inl h => ?_ | inr h => ?_" in [p.tactic for p in proposals(early)]
    assert "rcases h with h | h" in [p.tactic for p in proposals(late)]


def test_the_element_of_a_nonempty_type_is_taken_out_by_name() -> None:
    instance = Hypothesis("inst✝", "Nonempty α", head="Nonempty", is_prop=True, is_instance=True, is_accessible=False)
    view = View(goal("∃ y : α, True", instance, head="Exists"))
    named = [view.naming(p.tactic) for p in proposals(view) if p.template == "cases_exists"]
    assert named == ["rename_i h\nobtain ⟨x⟩ := h"]
