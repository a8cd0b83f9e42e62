"""Induction with the variables beside it taken apart in the same step."""

from __future__ import annotations

from prover.policy.builtin.proposal import Proposal
from prover.policy.builtin.simultaneous import simultaneous
from prover.policy.builtin.view import View
from search.base import Hypothesis, Premise
from tests.unit.policy.goals import data, goal, proof

EARLY = "import Init.Data.List.Find"


def proposals(target: str, *hyps: Hypothesis, header: str = EARLY, constants: tuple[str, ...] = ()) -> list[Proposal]:
    premises = tuple(Premise(name, "def", 1.0) for name in constants)
    return list(simultaneous(View(goal(target, *hyps, head="Eq", constants=constants), premises, header)))


def test_a_number_beside_a_list_stays_general_and_is_split_where_nothing_closes_a_case() -> None:
    (first, *_) = proposals("take i l = l", data("l", "List α"), data("i", "Nat"))
    start, _, rest = first.tactic.partition(" <;> ")
    assert start == "induction l generalizing i"
    assert rest.startswith("(first | (simp_all; done) | ")
    assert rest.count("(cases i <;> ") == 1


def test_two_variables_beside_a_list_are_split_one_inside_the_other() -> None:
    hyps = (data("l", "List α"), data("i", "Nat"), data("j", "Nat"))
    (first, *_) = proposals("take i (drop j l) = take i l", *hyps)
    assert first.tactic.startswith("induction l generalizing i j <;> ")
    assert 0 < first.tactic.find("cases i <;> (first") < first.tactic.find("cases j")


def test_what_a_hypothesis_bounds_is_split_first() -> None:
    hyps = (data("s", "Nat"), data("n", "Nat"), data("k", "Nat"), proof("h", "k ≤ n", "LE.le"))
    (first, *_) = proposals("take k (range s n) = range s k", *hyps)
    assert first.tactic.startswith("induction k generalizing s n <;> ")
    assert first.tactic.find("cases n") < first.tactic.find("cases s")


def test_cases_may_unfold_the_functions_of_the_target() -> None:
    found = proposals("zipIdx l k = m", data("l", "List α"), data("k", "Nat"), constants=("List.zipIdx",))
    assert all("simp_all +arith [List.zipIdx]" in p.tactic for p in found)
    assert any(p.tactic.startswith("fun_induction List.zipIdx <;> ") for p in found)


def test_statements_about_all_elements_are_compared_up_to_order() -> None:
    about_all = proposals("(∀ x, x ∈ l → p x) = q l", data("l", "List α"))
    assert all("forall_and" in p.tactic for p in about_all)
    assert all("forall_and" not in p.tactic for p in proposals("f l = l", data("l", "List α")))


def test_where_solvers_work_nothing_is_proposed() -> None:
    assert not proposals("take i l = l", data("l", "List α"), data("i", "Nat"), header="import Init")
