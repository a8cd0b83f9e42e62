"""What was printed before is used again, and nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lean.lean_project.step_client import Answer, StepServer

STATEMENT = """theorem t (a b : Nat) (xs : List Nat) (h : a = b ∨ b = a) (f : Nat → Prop) (hf : ∀ n, f n) :
    (a = b ∧ f a) ∧ xs.length = xs.length := by sorry"""
TACTICS = [
    "constructor",
    "refine ⟨?left, ?_⟩",
    "refine ⟨?renamed, ?right⟩",
    "refine ⟨⟨?_, hf a⟩, ?_⟩",
    "rename_i",
    "have a := 1",
    "have g : f a := hf a",
    "have g : f b := hf b",
    "have g' : f a := hf a",
    "let n := 1",
    "let n := 2",
    "cases h",
    "rcases h with e | e",
    "rcases h with e | h",
    "subst_vars",
    "revert h",
    "clear hf\nclear f",
    "generalize a = c at *",
    "refine ⟨⟨?_, ?x⟩, ?_⟩\nexact (?y : a = b)",
    "suffices _ : f a ∧ a = b from ⟨this.symm, rfl⟩",
    "by_cases a = b",
    "cases xs",
    "cases xs with | nil => skip | cons x xs => skip",
    "induction xs",
    "simp",
    "exact ⟨⟨?_, ?_⟩, rfl⟩",
]


def seen(answer: Answer) -> Any:
    """What an answer says, without ids and costs."""
    return {name: value for name, value in answer.items() if name not in ("proofState", "ms", "heartbeats")}


def test_a_goal_is_printed_the_same_whatever_was_printed_before(server: StepServer) -> None:
    with StepServer() as other:
        state, backwards = server.open(STATEMENT), other.open(STATEMENT)
        first = {tactic: seen(server.run(state, tactic)) for tactic in TACTICS}
        second = {tactic: seen(other.run(backwards, tactic)) for tactic in reversed(TACTICS)}
        assert first == second
        assert first == {tactic: seen(server.run(state, tactic)) for tactic in TACTICS}


def test_a_state_asked_for_again_is_the_same_after_many_others_were_printed(server: StepServer) -> None:
    """After two hundred, which fall to a third of the places of what is kept; the drills leave none of it."""
    hold_printed_again(server, others=200)


def hold_printed_again(server: StepServer, others: int) -> None:
    """A state is asked for again after so many others."""
    state = server.open(STATEMENT)
    answer = server.run(state, "constructor")
    calls = [{"tactic": f"have h{n} : {n} = {n} := rfl"} for n in range(others)]
    for start in range(0, others, 100):
        server.batch(state, calls[start : start + 100])
    again = server.ask(state=answer["proofState"])
    assert again == {name: answer[name] for name in ("key", "goals", "groups")}


@pytest.mark.parametrize(
    "before", ["set_option pp.explicit true", "open Function", 'notation "succ\' " n => Nat.succ n']
)
def test_how_a_file_wants_terms_printed_stays_in_that_file(server: StepServer, before: str) -> None:
    theorem = "theorem t (n : Nat) (h : Nat.succ n = n) : Nat.succ n = Function.const Nat n 0 := by sorry"
    plain = server.ask(cmd=theorem)["sorries"][0]["goalInfo"]
    special = server.ask(cmd=f"{before}\n{theorem}")["sorries"][0]["goalInfo"]
    again = server.ask(cmd=theorem)["sorries"][0]["goalInfo"]
    assert plain == again
    assert plain["pretty"] != special["pretty"]
    assert plain["target"] != special["target"]
