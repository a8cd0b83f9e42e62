"""The built-in policy as the search sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prover.policy.builtin import BuiltinPolicy
from prover.policy.builtin.view import View
from search.base import Goal, Premise, ProofState
from tests.unit.policy.goals import data, goal, proof, request

CONJUNCTION = goal("p ∧ q", proof("hp", "p"), proof("hq", "q"), head="And", constants=("And",))
LENGTH = goal(
    "(xs ++ ys).length = xs.length + ys.length",
    data("xs", "List Nat"),
    data("ys", "List Nat"),
    head="Eq",
    constants=("Eq", "Nat", "List.length", "HAppend.hAppend", "HAdd.hAdd"),
)
ARITHMETIC = goal("a * b ≤ c", data("a", "Nat"), data("b", "Nat"), data("c", "Nat"), head="LE.le")


def tactics(of: Goal, *premises: Premise, samples: int = 400, attempt: int = 0, seed: int = 0) -> list[str]:
    asked = request(of, *premises, samples=samples, attempt=attempt, seed=seed)
    return [candidate.tactic for candidate in BuiltinPolicy().candidates(asked)]


@pytest.mark.parametrize("of", [CONJUNCTION, LENGTH, ARITHMETIC])
def test_no_tactic_is_proposed_twice(of: Goal) -> None:
    assert len(set(tactics(of))) == len(tactics(of)) > 10


def test_a_conjunction_is_split_first_among_the_steps_that_leave_goals() -> None:
    assert "constructor" in tactics(CONJUNCTION, samples=12)


def test_equal_requests_get_equal_answers() -> None:
    assert tactics(LENGTH, seed=3) == tactics(LENGTH, seed=3)


def test_a_later_attempt_brings_only_fresh_candidates() -> None:
    first, second = tactics(LENGTH, samples=12), tactics(LENGTH, samples=12, attempt=1)
    assert first and second and not set(first) & set(second)


def test_attempts_end_when_everything_was_proposed() -> None:
    assert tactics(LENGTH, samples=100, attempt=50) == []


def test_what_lean_refused_here_is_not_proposed_again() -> None:
    asked = request(LENGTH)
    refused = replace(asked, errors=(("omega", "omega could not prove the goal"),))
    policy = BuiltinPolicy()
    assert "omega" in [c.tactic for c in policy.candidates(asked)]
    assert "omega" not in [c.tactic for c in policy.candidates(refused)]


async def test_requests_of_many_theorems_are_answered_in_order() -> None:
    answers = await BuiltinPolicy().propose([request(CONJUNCTION), request(LENGTH)])
    assert len(answers) == 2
    assert any(candidate.tactic == "constructor" for candidate in answers[0])
    assert any(candidate.tactic.startswith("induction xs") for candidate in answers[1])


def test_a_state_without_goals_gets_no_candidates() -> None:
    done = replace(request(CONJUNCTION), state=ProofState((), "done"))
    assert BuiltinPolicy().candidates(done) == []


def test_every_candidate_carries_its_own_limits_and_its_template() -> None:
    for candidate in BuiltinPolicy().candidates(request(LENGTH)):
        assert candidate.limits is not None and candidate.limits.wall_s <= 5
        assert candidate.origin.startswith("builtin:")


def test_library_lemmas_are_offered_as_rewrites_and_as_parameters_of_solvers() -> None:
    named = (Premise("List.length_append", kind, 0.9) for kind in ("eq", "rewrite"))
    offered = tactics(LENGTH, *named)
    assert "rw [List.length_append]" in offered
    assert any(t.startswith("grind [") and "List.length_append" in t for t in offered)


def test_definitions_of_the_file_reach_simp_and_grind() -> None:
    mine = goal("size t = 0", data("t", "Tree"), head="Eq", constants=("Eq", "size"))
    offered = tactics(mine, Premise("size", "def", 2.0))
    assert "induction t <;> (try simp_all [size])" in offered
    assert "fun_induction size <;> grind [size]" in offered


def test_functions_that_call_each_other_get_an_induction_along_the_length() -> None:
    mine = goal("evens xs ++ odds xs = ys", data("xs", "List Nat"), head="Eq", constants=("Eq", "evens", "odds"))
    both = (Premise("evens", "def", 2.0), Premise("odds", "def", 2.0))
    (found,) = [tactic for tactic in tactics(mine, *both) if "xs.length using Nat.strongRecOn" in tactic]
    assert "rcases xs with _ | ⟨a, _ | ⟨b, rest⟩⟩ <;> " in found
    assert "@ih rest.length" in found
    assert not any("strongRecOn" in tactic for tactic in tactics(mine, both[0]))


def test_what_is_defined_in_one_mutual_block_is_known_together() -> None:
    header = "def size := 0\nmutual\n  def evens : Nat\n  noncomputable def odds (n : Nat) : Nat\nend\ndef other := 1"
    mine = goal("evens = 0", head="Eq", constants=("Eq", "evens"))
    assert View(mine, (Premise("evens", "def", 2.0),), header).own_definitions == ("evens", "odds")
    assert View(mine, (Premise("size", "def", 2.0),), header).own_definitions == ("size",)
