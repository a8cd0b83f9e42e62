"""Polynomials read off printed hypotheses, and what they say: factors, boxes, divisors, signs."""

from __future__ import annotations

from prover.policy.builtin.arithmetic import closed_forms
from prover.policy.builtin.boxes import bounded, boxes
from prover.policy.builtin.diophantine import diophantine, gcd_arguments
from prover.policy.builtin.polynomials import Polynomial, polynomial, read_term
from prover.policy.builtin.quotients import find_quotient, quotients
from prover.policy.builtin.signs import signs
from prover.policy.builtin.view import View
from tests.unit.policy.goals import data, goal, proof

X, Y = data("x", "Nat"), data("y", "Nat")


def test_a_polynomial_is_multiplied_out() -> None:
    term = read_term("(x + 1) * (y - 2) - x * y")
    assert term is not None
    assert polynomial(term) == {(("x", 1),): -2, (("y", 1),): 1, (): -2}


def test_powers_bind_closer_than_minus() -> None:
    term = read_term("-x ^ 2")
    assert term is not None
    assert polynomial(term) == {(("x", 2),): -1}


def test_what_is_no_polynomial_is_not_read() -> None:
    assert read_term("f x + 1") is None
    assert read_term("x % 2") is None
    power = read_term("2 ^ x")
    assert power is not None and polynomial(power) is None


def test_a_sum_with_a_product_is_factored() -> None:
    view = View(goal("x = 26", X, Y, proof("h", "x + y + x * y = 80", "Eq"), head="Eq"))
    tactics = [p.tactic for p in diophantine(view)]
    assert any("(x + 1) * (y + 1) = 81" in tactic and "List.range 82" in tactic for tactic in tactics)


def test_a_factored_equation_says_what_divides() -> None:
    view = View(goal("n = 9", data("n", "Int"), proof("h", "(n - 1) * n = 72", "Eq"), head="Eq"))
    assert any("Int.natAbs (n) ∈ (List.range 73).filter" in p.tactic for p in diophantine(view))


def test_equations_in_other_functions_are_left_alone() -> None:
    view = View(goal("x = 1", X, Y, proof("h", "x * f y = 6", "Eq"), head="Eq"))
    assert not list(diophantine(view))


def test_a_common_divisor_of_linear_forms_divides_a_number() -> None:
    assert gcd_arguments("Nat.gcd (n + 7) (2 * n + 1) ≤ 13") == [("n + 7", "2 * n + 1")]
    assert gcd_arguments("(n + 7).gcd (2 * n + 1) = 1") == [("n + 7", "2 * n + 1")]
    view = View(goal("(n + 7).gcd (2 * n + 1) ≤ 13", data("n", "Nat"), head="LE.le"))
    (proposal,) = diophantine(view)
    assert "2 * (n + 7) - 1 * (2 * n + 1) = 13" in proposal.tactic


def test_bounds_come_from_comparisons_and_from_sums() -> None:
    below = proof("h", "10 ≤ x ∧ x < 20", "And")
    sides = bounded(View(goal("x = 11", X, Y, below, proof("k", "y ^ 2 + x = 30", "Eq"), head="Eq")))
    assert {side.var.name: (side.low, side.high) for side in sides} == {"x": (10, 19), "y": (0, 5)}


def test_exponents_are_bounded_by_the_size_of_the_power() -> None:
    sides = bounded(View(goal("x + y = 8", X, Y, proof("h", "2 ^ x * 3 ^ y = 1296", "Eq"), head="Eq")))
    assert {side.var.name: side.high for side in sides} == {"x": 10, "y": 6}


def test_a_bounded_goal_is_computed_with_what_speaks_of_its_variables_alone() -> None:
    about = (proof("h", "x < 9"), proof("k", "x * x % 7 = 2", "Eq"), proof("q", "∀ z, x < z"))
    (proposal, *_) = boxes(View(goal("x = 3 ∨ x = 4", X, *about, head="Or")))
    assert "clear q" in proposal.tactic and "revert h; revert k; revert x" in proposal.tactic


def test_unbounded_variables_give_no_box() -> None:
    view = View(goal("x = y", X, Y, proof("h", "x < 9", "LT.lt"), head="Eq"))
    assert {p.template for p in boxes(view)} == {"box_cases"}


def test_towers_of_powers_are_not_computed() -> None:
    view = View(goal("2 ^ 2 ^ x % 7 = 2", X, proof("h", "x < 99", "LT.lt"), head="Eq"))
    assert not list(boxes(view))


def test_the_sign_of_a_product_follows_from_its_factors() -> None:
    known = (data("a", "Int"), data("b", "Int"), proof("ha", "a < 0"), proof("hb", "b > 0"))
    (proposal,) = signs(View(goal("a * b < 0", *known, head="LT.lt")))
    assert proposal.tactic == "exact (Int.mul_neg_of_neg_of_pos ha hb)"
    assert not list(signs(View(goal("a * b > 0", *known, head="GT.gt"))))
    assert not list(signs(View(goal("a * c < 0", *known, data("c", "Int"), head="LT.lt"))))


def test_a_difference_becomes_a_sum_before_the_induction() -> None:
    view = View(goal("u n = 2 ^ (n + 1) - (n + 2)", data("n", "Nat"), head="Eq"))
    assert any("u n + (n + 2) = 2 ^ (n + 1)" in p.tactic for p in closed_forms(view))


def test_the_quotient_of_polynomials_is_found() -> None:
    n: Polynomial = {(("n", 1),): 1}
    divisor: Polynomial = {**n, (): 1}
    cube: Polynomial = {(("n", 3),): 1, (): 1}
    assert find_quotient(divisor, cube, []) == {(("n", 2),): 1, (("n", 1),): -1, (): 1}
    assert find_quotient(divisor, {(("n", 3),): 1}, []) is None
    assert find_quotient({(("n", 1),): 2}, n, []) is None


def test_a_quotient_may_need_an_equation() -> None:
    assert find_quotient({(("y", 1),): 1}, {(("x", 1),): 1}, [{(("x", 1),): 1, (("y", 1),): -3}]) == {(): 3}
    view = View(goal("y ∣ x", data("x", "Int"), data("y", "Int"), proof("h", "x = 3 * y", "Eq"), head="Dvd.dvd"))
    assert [p.tactic for p in quotients(view)] == ["exact ⟨(3), by grind⟩"]


def test_what_contradicts_the_target_bounds_its_variables() -> None:
    known = (proof("h", "0 < x", "LT.lt"), proof("k", "0 < y", "LT.lt"), proof("q", "x * y % 7 = 5", "Eq"))
    view = View(goal("6 ≤ x + y", data("x", "Int"), data("y", "Int"), *known, head="LE.le"))
    (found,) = [p.tactic for p in boxes(view) if p.template == "box"]
    assert "have hn : x + y < 6 := (by omega); clear hc" in found
    assert "1 ≤ x ∧ x ≤ 4" in found
