"""What single families read off a goal."""

from __future__ import annotations

from prover.policy.builtin.elimination import conjuncts
from prover.policy.builtin.functions import functions, tabulated
from prover.policy.builtin.induction import recursive_candidates
from prover.policy.builtin.policy import proposals
from prover.policy.builtin.residues import order_of, residue_cases
from prover.policy.builtin.rewriting import if_conditions
from prover.policy.builtin.terms import bound_types, known_terms, split_top
from prover.policy.builtin.view import View
from search.base import Premise
from tests.unit.policy.goals import data, goal, proof


def templates(view: View) -> dict[str, str]:
    """The first tactic of each template."""
    first: dict[str, str] = {}
    for proposal in proposals(view):
        first.setdefault(proposal.template, proposal.tactic)
    return first


def test_a_function_is_read_off_its_table() -> None:
    assert tabulated("f", "f 1 = 2 ∧ f 2 = 5") == "fun x0 => if x0 = 1 then 2 else 5"
    table = tabulated("g", "g true false = true ∧ g false false = false")
    assert table == "fun x0 x1 => if x0 = true ∧ x1 = false then true else false"
    assert tabulated("f", "∀ n, f n = n") is None


def test_a_promised_witness_becomes_a_function() -> None:
    view = View(goal("∃ f, ∀ x, p x (f x)", proof("h", "∀ (x : α), ∃ y, p x y"), head="Exists"))
    assert any("Classical.choose (h x)" in p.tactic for p in functions(view))


def test_residues_list_every_case_once() -> None:
    have, split = residue_cases("n", 3, "h")
    assert have == "have h : n % 3 = 0 ∨ n % 3 = 1 ∨ n % 3 = 2 := (by omega)"
    assert split == "rcases h with h | h | h"


def test_conditions_of_ifs_are_found() -> None:
    assert if_conditions("(if x = y then 1 else 2) = if z < 3 then a else b") == ["x = y", "z < 3"]


def test_recursive_data_is_opened_by_induction_with_generalisation() -> None:
    view = View(goal("rev xs ys = zs", data("xs", "List Nat"), data("ys", "List Nat"), head="Eq"))
    assert "generalizing ys" in templates(view)["induction_general_simp_all"]


def test_squares_are_hints_for_a_nonlinear_inequality() -> None:
    view = View(goal("a ^ 2 + b ^ 2 ≥ 2 * a * b", data("a", "Int"), data("b", "Int"), head="GE.ge"))
    assert "(a - b)" in templates(view)["squares"]


def test_universal_hypotheses_are_instantiated() -> None:
    view = View(goal("q", data("b", "person"), proof("h", "∀ (p : person), s b p ↔ ¬s p p")))
    assert templates(view)["instance_grind"] == "(have hx := h b; grind)"


def test_conjunctions_are_taken_apart_whole_and_together() -> None:
    assert conjuncts("a ∧ (b ∧ c) ∧ ∃ x, p x ∧ q x") == 3
    view = View(goal("r", proof("h", "p ∧ q ∧ r", "And"), proof("k", "∃ x, p x", "Exists")))
    assert templates(view)["cases_all"] == "(obtain ⟨h1, h2, h3⟩ := h; obtain ⟨x, hx⟩ := k)"


def test_a_rewrite_is_proposed_only_where_its_side_may_occur() -> None:
    view = View(goal("f a = c", proof("h", "f a = b", "Eq"), proof("k", "g a = b", "Eq"), head="Eq"))
    rewrites = [p.tactic for p in proposals(view) if p.template == "rw_hyp"]
    assert rewrites == ["rw [h]"]


def test_types_are_taken_apart_outside_brackets() -> None:
    assert split_top("(α → β) → γ → ∀ x, p → q", " → ") == ["(α → β)", "γ", "∀ x, p → q"]
    assert bound_types("∀ (a b : α) (f : α → (β × γ)), p a") == ["α", "α", "α → (β × γ)"]
    assert bound_types("p → q") == []


def test_terms_come_from_functions_and_pairs_in_sight() -> None:
    view = View(goal("Nonempty γ", data("x", "α × β"), data("f", "α → β → γ"), head="Nonempty"))
    assert known_terms(view) == [("x.1", "α"), ("x.2", "β"), ("f x.1 x.2", "γ")]
    assert templates(view)["term_exact"] == "exact ⟨f x.1 x.2⟩"


def test_universal_hypotheses_are_instantiated_at_all_variables_at_once() -> None:
    view = View(goal("p", data("a", "α"), data("b", "β"), proof("r", "∀ (x : α) (y : β), q x y")))
    assert templates(view)["instance_full"] == "have hx := r a b"


def test_unequal_values_of_a_function_are_refuted_at_a_point() -> None:
    view = View(goal("False", proof("h", "∀ (x y : Nat), f (x = y) ≠ f True"), head="False"))
    assert templates(view)["congruence_absurd"].startswith("(apply h 0 0; congr 1")


def test_a_period_of_powers_comes_from_the_order_of_the_base() -> None:
    assert (order_of(2, 7), order_of(10, 9), order_of(2, 10), order_of(3, 1)) == (3, 1, None, None)
    view = View(goal("3 ∣ n", data("n", "Nat"), proof("h", "7 ∣ 2 ^ n - 1", "Dvd.dvd"), head="Dvd.dvd"))
    known = [p.tactic for p in proposals(view) if p.template == "period_known"]
    assert any("n = 3 * k + 2" in tactic and "(2 ^ 3) ^ k % 7 = 1" in tactic for tactic in known)


def test_there_is_no_induction_on_what_does_not_recurse() -> None:
    opened = goal("f t = t", data("t", "Tree"), proof("h", "Good t", "Good"))
    assert {"induction", "cases_data", "induction_prop", "cases_prop"} <= templates(View(opened)).keys()
    flat = templates(View(opened, (Premise("Tree", "flat"), Premise("Good", "flat"))))
    assert {"cases_data", "cases_prop"} <= flat.keys()
    assert not {name for name in flat if name.startswith("induction")}


def test_an_induction_along_an_exponent_is_tried_without_what_is_known_of_it() -> None:
    view = View(goal("9 ∣ 10 ^ n - 1", data("n", "Nat"), proof("h", "0 < n", "LT.lt"), head="Dvd.dvd"))
    assert templates(view)["pow_induction_cleared"].startswith("(clear h; induction n <;> ")


SORT = (Premise("insort", "def", 2.0), Premise("sort", "def", 2.0))


def test_a_recursive_call_inside_another_function_is_generalised() -> None:
    mine = goal(
        "sorted (sort xs) = true", data("xs", "List Nat"), head="Eq", constants=("Eq", "sorted", "sort", "Bool.true")
    )
    tactic = templates(View(mine, SORT))["induction_generalized"]
    assert tactic.startswith("induction xs with | nil => ") and "generalize sort as = l" in tactic


def test_the_length_of_a_result_is_bounded_by_a_lemma() -> None:
    mine = goal(
        "(splitAt n xs).snd.length < k",
        data("n", "Nat"),
        data("xs", "List Nat"),
        proof("h", "xs.length = k", "Eq"),
        head="LT.lt",
        constants=("LT.lt", "splitAt"),
    )
    tactic = templates(View(mine, (Premise("splitAt", "def", 2.0),)))["length_lemmas"]
    assert "∀ x0 x1, (splitAt x0 x1).snd.length ≤ x1.length" in tactic
    assert "clear h" in tactic and "have := hl0 n xs" in tactic


def test_constructors_have_no_induction_of_their_own() -> None:
    mine = goal("x ∈ xs", data("xs", "List Nat"), constants=("List.cons", "Option.some", "Option.instBEq", "List.find"))
    assert recursive_candidates(View(mine)) == ["List.find"]


def test_a_finite_variable_that_only_hypotheses_mention_is_taken_case_by_case() -> None:
    view = View(goal("p false ∨ p true", data("b", "Bool"), proof("h", "p b"), head="Or"))
    assert templates(view)["cases_data"] == "cases b"


def test_what_a_hypothesis_decides_is_not_split_on() -> None:
    view = View(goal("q", data("p", "Prop"), data("q", "Prop"), proof("h", "¬p", "Not"), proof("k", "p → q")))
    splits = {p.tactic for p in proposals(view) if p.template.startswith("by_cases")}
    assert splits == {"by_cases hp : q", "by_cases hp : q <;> (try simp_all)"}


def test_the_negation_of_the_target_is_assumed_once() -> None:
    once = View(goal("q", proof("h", "p")))
    again = View(goal("q", proof("h", "p"), proof("h1", "¬q", "Not")))
    assert "by_contra" in templates(once) and "by_contra" not in templates(again)


def test_divisors_are_written_out_all_at_once_for_a_divisor() -> None:
    both = (proof("h", "a ∣ b", "Dvd.dvd"), proof("h1", "b ∣ c", "Dvd.dvd"))
    assert templates(View(goal("a ∣ c", *both, head="Dvd.dvd")))["cases_all"] == (
        "(obtain ⟨k, hk⟩ := h; obtain ⟨k1, hk1⟩ := h1)"
    )
