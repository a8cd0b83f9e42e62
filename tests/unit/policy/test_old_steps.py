"""The steps of an earlier proof as candidates."""

from __future__ import annotations

from dataclasses import replace

from prover.policy.old_steps import OldStepsFirst
from search.base import Goal, Hypothesis, Premise, ProofState, ProposalRequest, Theorem
from tests.fakes.policy import TablePolicy

STATE = ProofState((Goal("p", (Hypothesis("h", "q"),)),), "root")
REQUEST = ProposalRequest(Theorem("t"), STATE, premises=(Premise("Nat.add_comm", "eq"), Premise("Nat.mul_one", "eq")))


def policy(*steps: str) -> OldStepsFirst:
    return OldStepsFirst(TablePolicy({"root": [("grind", -0.5)]}), {"t": steps})


async def asked(*steps: str, request: ProposalRequest = REQUEST) -> list[str]:
    (answer,) = await policy(*steps).propose([request])
    assert list(answer) == sorted(answer, key=lambda each: -each.log_prob)
    return [candidate.tactic for candidate in answer]


async def test_old_steps_come_in_the_order_of_the_proof_and_the_policy_when_a_state_is_expanded_again() -> None:
    assert await asked("intro", "skip", "done") == ["intro", "skip", "done"]
    assert await asked("intro", request=replace(REQUEST, attempt=1)) == ["grind"]


async def test_the_step_behind_the_last_one_that_was_used_comes_first() -> None:
    used = replace(REQUEST, tactics_before=("intro", "clear g", "skip"))
    assert (await asked("intro", "skip", "done", request=used))[0] == "done"


async def test_a_theorem_without_old_steps_is_left_to_the_policy() -> None:
    other = replace(REQUEST, theorem=Theorem("u"))
    answers = await policy("intro").propose([other, REQUEST, replace(other, attempt=1)])
    assert [[each.tactic for each in answer] for answer in answers] == [["grind"], ["intro"], ["grind"]]


async def test_a_lemma_that_is_gone_is_tried_under_names_like_its_own() -> None:
    assert "rw [Nat.add_comm]" in await asked("rw [Nat.add_com]")
    assert "rw [Nat.add_comm]" not in await asked("rw [h]")


async def test_lists_are_tried_with_an_entry_more_and_one_less() -> None:
    tried = await asked("simp only [a, b]")
    assert {"simp [a, b]", "simp only [a]", "simp only [b]", "simp only [a, b, Nat.add_comm]"} <= set(tried)
    assert "rw [← a]" in await asked("rw [a]")


async def test_sides_and_directions_are_turned() -> None:
    assert {"exact Or.inr h", "apply Or.inl h"} <= set(await asked("exact Or.inl h"))
