"""Half-finished theorems on real Lean: a `sorry` in every position that it can have, and files read as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from prover.assembly.filling import Filling, Part, fill_orders, orders_in
from prover.assembly.rebodied import outlined
from prover.assembly.together import not_fitting
from prover.assembly.warm import Warm
from prover.run.result import Status
from prover.tasks.document import document_of
from prover.tasks.proofs import proofs_of

POSITIONS = {
    "tactic_block": "(p : Prop) (h : p) : p := by\n  sorry",
    "on_the_line_of_by": "(p : Prop) (h : p) : p := by sorry",
    "term": "(p : Prop) (h : p) : p := sorry",
    "bullets": "(p q : Prop) (h : p) (g : q) : p ∧ q := by\n  constructor\n  · sorry\n  · sorry",
    "cases_with": "(p q : Prop) (h : p ∨ q) : q ∨ p := by\n  cases h with\n  | inl h => sorry\n  | inr h =>\n    sorry",
    "case_tag": "(p q : Prop) (h : p) (g : q) : p ∧ q := by\n  constructor\n  case left => sorry\n  exact g",
    "next_arm": "(p q : Prop) (h : p) (g : q) : p ∧ q := by\n  constructor\n  next => sorry\n  exact g",
    "inner_have": "(p q : Prop) (h : p) (g : p → q) : q := by\n  have k : p := by\n    sorry\n  exact g k",
    "inner_have_term": "(p q : Prop) (h : p) (g : p → q) : q := by\n  have k : p := sorry\n  exact g k",
    "calc_steps": "(a b c : Nat) (h : a = b) (g : b = c) : a = c :=\n  calc a = b := sorry\n    _ = c := by sorry",
    "argument": "(p q : Prop) (h : p) (g : p → q) : q := g sorry",
    "constructor": "(p q : Prop) (h : p) (g : q) : p ∧ q := ⟨sorry, by sorry⟩",
    "equations": ": ∀ n : Nat, n * 2 = 2 * n\n  | 0 => sorry\n  | n + 1 => by\n    sorry",
    "match_arm": "(p q : Prop) (h : p ∨ q) : q ∨ p :=\n  match h with\n  | .inl h => sorry\n  | .inr h => .inl h",
    "function_body": "(p q : Prop) (h : q) : p → q := fun _ => sorry",
    "show_from": "(p q : Prop) (h : p) (g : p → q) : q := g (show p from sorry)",
    "where": "(p : Prop) (h : p) : p :=\n  go\nwhere\n  go : p := sorry",
    "decreasing_by": ": ∀ n m : Nat, n + m = m + n\n  | 0, m => by omega\n"
    "  | n + 1, m => by have := decreasing_by_ n m; omega\ntermination_by n => n\ndecreasing_by sorry",
    "suffices": "(p q : Prop) (h : p) (g : p → q) : q := by\n  suffices k : p by\n    sorry\n  sorry",
    "obtain": "(p q : Prop) (h : p ∧ q) : q := by\n  obtain ⟨a, b⟩ : p ∧ q := sorry\n  exact b",
    "conditional": "(a b : Nat) (h : a ≤ b) : a < b + 1 :=\n  if e : a = b then by sorry else sorry",
    "rewriting": "(a b : Nat) (h : a = b) : b = a := by\n  rw [show b = a from sorry]",
    "value": ": ∃ n : Nat, n * n = 49 ∧ 5 < n := ⟨sorry, sorry, by sorry⟩",
    "refine": "(p q : Prop) (h : p) (g : q) : p ∧ q := by\n  refine ⟨sorry, ?_⟩\n  sorry",
}
"""By the position of the `sorry`, the statement and its half-finished proof."""
BESIDE = """\
def f (n : Nat) : Nat := n

@[simp] theorem plain (n : Nat) : f n = n := by
  sorry

theorem other (n : Nat) : f n = n := by
  sorry
"""


pytestmark = [pytest.mark.asyncio(loop_scope="session")]


async def test_sorries_are_filled_in_their_positions_and_the_file_elaborates(opened: Warm) -> None:
    """In each second position; the drills have every one."""
    await hold_filled(opened, list(POSITIONS)[1::2])


async def hold_filled(opened: Warm, positions: Sequence[str]) -> None:
    """Every `sorry` in these positions is filled."""
    text = "\n\n".join(f"theorem {name}_ {POSITIONS[name]}" for name in positions) + "\n"
    document = document_of(text, "a.lean")
    filling = await fill_orders(Filling(document), orders_in(await opened.read(document), Part("a.lean")), opened.parts)
    left = {
        each.result.name: each.result.stop_reason
        for each in filling.theorems
        if each.result.status is not Status.PROVED
    }
    assert left == {}
    assert len(filling.theorems) == len(positions)
    back = proofs_of(filling.text, await outlined(document_of(filling.text, "a.lean"), opened))
    assert [proof.name for proof in back if proof.errors or proof.has_sorry] == []


async def test_a_proof_that_fails_beside_a_new_simp_lemma_is_found(opened: Warm) -> None:
    document = document_of(BESIDE, "a.lean")
    plain, other = (order.task for order in orders_in(await opened.read(document), Part("a.lean")))
    alone = "fail_if_success simp\nrfl"
    assert await not_fitting(document, [(plain, ["rfl"]), (other, [alone])], opened.outline) == [other]
    assert await not_fitting(document, [(plain, [alone]), (other, ["rfl"])], opened.outline) == []
