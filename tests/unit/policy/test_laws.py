"""Laws that stand in no hypothesis: fields of instances, arithmetic before the library has it, bits of vectors."""

from __future__ import annotations

from prover.policy.builtin.bitvectors import bitvectors
from prover.policy.builtin.classes import classes
from prover.policy.builtin.differences import differences
from prover.policy.builtin.divisions import divisions
from prover.policy.builtin.laws import laws_of, stated
from prover.policy.builtin.naturals import naturals
from prover.policy.builtin.proposal import Generator
from prover.policy.builtin.view import View
from search.base import Hypothesis, Premise
from tests.unit.policy.goals import data, goal, proof

EARLY = "import Init.PropLemmas"


def instance(type_: str, name: str = "inst✝") -> Hypothesis:
    head = type_.split()[0]
    return Hypothesis(name, type_, head=head, is_prop=True, is_accessible="✝" not in name, is_instance=True)


def tactics(family: Generator, view: View, template: str = "") -> list[str]:
    return [p.tactic for p in family(view) if template in p.template]


def test_the_law_of_an_instance_becomes_a_fact() -> None:
    view = View(goal("r b a", Hypothesis("a", "α"), Hypothesis("b", "α"), instance("Std.Total r")))
    assert tactics(classes, view, "class_facts") == ["(have htotal := ‹Std.Total r›.total)"]
    assert any("have := htotal a b" in text for text in tactics(classes, view, "class_simp"))


def test_an_instance_with_a_name_is_called_by_it() -> None:
    view = View(goal("Std.Asymm r", instance("Std.Total fun x y => ¬r x y", "i"), head="Std.Asymm"))
    assert "(have htotal := i.total)" in tactics(classes, view)


def test_laws_that_are_stated_already_are_not_stated_again() -> None:
    view = View(goal("r a a", Hypothesis("a", "α"), instance("Std.Total r"), proof("htotal", "∀ (a b : α), r a b")))
    assert not tactics(classes, view)


def test_a_class_on_top_of_others_gets_its_fields() -> None:
    assert "refine { eq_of_beq := ?_, rfl := ?_ }" in tactics(classes, View(goal("LawfulBEq α", head="LawfulBEq")))


def test_pairs_are_compared_part_by_part() -> None:
    view = View(goal("(p == p) = true", Hypothesis("p", "α × β", head="Prod"), head="Eq"))
    assert tactics(classes, view, "beq_pairs") == ["(cases p <;> (show (_ && _) = true; simp_all))"]


def test_bounds_are_equal_by_antisymmetry() -> None:
    hyps = (
        Hypothesis("a", "α"),
        Hypothesis("b", "α"),
        instance("Std.IsLinearOrder α"),
        instance("Std.LawfulOrderInf α"),
    )
    (found,) = tactics(classes, View(goal("min a b = a ∨ min a b = b", *hyps, head="Or")), "order_equal")
    assert "cases hle_total a b" in found and "apply hle_antisymm" in found


def test_early_integers_are_differences() -> None:
    of = goal("a + b = b + a", data("a", "Int"), data("b", "Int"), head="Eq")
    (found,) = tactics(differences, View(of, header=EARLY))
    assert "(int_difference a).elim" in found and "int_mul" not in found
    assert not tactics(differences, View(of))


def test_only_products_need_the_law_of_products() -> None:
    of = goal("a * (b + 1) = a * b + a", data("a", "Int"), data("b", "Int"), head="Eq")
    (found,) = tactics(differences, View(of, header=EARLY))
    assert "have int_mul :" in found


def test_products_alone_are_a_matter_of_signs() -> None:
    of = goal("a * -b = -(a * b)", data("a", "Int"), data("b", "Int"), head="Eq")
    (found,) = tactics(differences, View(of, header=EARLY), "int_signs")
    assert "cases a <;> cases b <;> simp only" in found


def test_early_naturals_bring_their_laws() -> None:
    of = goal("n + m - m = n", data("n", "Nat"), data("m", "Nat"), head="Eq")
    (found,) = tactics(naturals, View(of, header=EARLY))
    assert "have nat_add_comm : ∀ m n : Nat, m + n = n + m" in found and "cases nat_trichotomy n m" in found
    assert not tactics(naturals, View(of))


def test_a_law_comes_with_what_it_rests_on_and_nothing_else() -> None:
    laws = laws_of("Integers")
    names = [text.split()[1] for text in stated(laws, ["int_of_zero", "int_above"])]
    assert names == ["int_shift", "int_same", "int_of_zero", "int_above"]


def test_naturals_with_their_laws_need_none() -> None:
    of = goal("n + m - m = n", data("n", "Nat"), data("m", "Nat"), head="Eq")
    assert not tactics(naturals, View(of, (Premise("Nat.add_comm", "eq"),), EARLY))
    with_others = goal("n + m - m = n", Hypothesis("α", "Type"), data("n", "Nat"), data("m", "Nat"), head="Eq")
    assert not tactics(naturals, View(with_others, header=EARLY))


def test_an_early_inequality_becomes_a_sum() -> None:
    of = goal("0 < n - m", data("n", "Nat"), data("m", "Nat"), proof("h", "m < n", "LT.lt"), head="LT.lt")
    (found,) = tactics(naturals, View(of, header=EARLY))
    assert "((nat_le_iff _ _).1 h).elim" in found


def test_vectors_are_equal_as_numbers_and_bit_by_bit() -> None:
    of = goal("x &&& y = y &&& x", data("x", "BitVec w"), data("y", "BitVec w"), head="Eq")
    found = tactics(bitvectors, View(of))
    assert any("BitVec.eq_of_toNat_eq" in text and "x.toNat &&& y.toNat" in text for text in found)
    assert any("BitVec.eq_of_getLsbD_eq" in text for text in found)


def test_goals_without_vectors_are_left_alone() -> None:
    assert not tactics(bitvectors, View(goal("a = b", data("a", "Nat"), data("b", "Nat"), head="Eq")))


def test_a_division_by_a_variable_is_explained_to_omega() -> None:
    of = goal("n / s ≤ 0", data("n", "Int"), data("s", "Int"), proof("h", "n ≤ 0", "LE.le"), head="LE.le")
    (found,) = tactics(divisions, View(of), "div_signs")
    assert "have := Int.mul_ediv_add_emod n s" in found and found.endswith("\nomega")


def test_a_truncating_division_gets_its_identity() -> None:
    of = goal("b ∣ a - a.tmod b", data("a", "Int"), data("b", "Int"), head="Dvd.dvd")
    (found,) = tactics(divisions, View(of), "div_identity")
    assert "have := tdiv_add_tmod a b" in found and "exact ⟨a.tdiv b, by omega⟩" in found


def test_a_divisor_is_cancelled() -> None:
    hyps = (data("a", "Int"), data("b", "Int"), data("c", "Int"), proof("h", "c ∣ b", "Dvd.dvd"))
    (found,) = tactics(divisions, View(goal("a ≤ b / c ↔ c * a ≤ b", *hyps, head="Iff")), "div_cancel")
    assert "obtain ⟨k, rfl⟩ := h" in found and "Int.mul_ediv_cancel_left (a := c) k" in found


def test_remainders_of_numbers_that_differ_by_the_modulus_are_equal() -> None:
    of = goal("(-a + b) % a = b % a", data("a", "Int"), data("b", "Int"), head="Eq")
    (found,) = tactics(divisions, View(of), "emod_shift")
    assert "Int.add_mul_emod_self_left (b) a (-1)" in found


def test_a_truncated_quotient_of_a_multiple_is_its_factor() -> None:
    hyps = (data("a", "Int"), data("b", "Int"), data("d", "Int"), proof("h", "d ∣ a", "Dvd.dvd"))
    (found,) = tactics(divisions, View(goal("a.tdiv d = b ↔ a = d * b", *hyps, head="Iff")), "div_exact")
    assert "obtain ⟨k, rfl⟩ := h" in found and "by_cases hd : d = 0" in found


def test_a_floored_quotient_is_that_of_euclidean_division_by_the_divisors_sign() -> None:
    hyps = (data("a", "Int"), data("b", "Int"), proof("h", "b ∣ a", "Dvd.dvd"))
    (found,) = tactics(divisions, View(goal("b * a.fdiv b = a", *hyps, head="Eq")), "div_exact")
    assert "by_cases hd : b < 0" in found and "fdiv_of_neg _ _ hd" in found
