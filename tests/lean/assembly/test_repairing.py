"""Proofs that real Lean no longer takes are mended, finished ones made shorter, false statements refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prover.assembly.filling import Part
from prover.assembly.minimising import minimise_document
from prover.assembly.repairing import repair_document
from prover.assembly.warm import Warm
from prover.driver.tracer import Untraced
from prover.run.result import Status
from prover.tasks import TheoremTask
from prover.tasks.document import document_of

BROKEN = """\
/-- A lemma that has another name. -/
theorem renamed (a b : Nat) : a + b = b + a := by
  -- turned round
  rw [Nat.add_com]

theorem works (p : Prop) (h : p) : p := by
  exact h

theorem one_goal_more (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact hp

theorem one_step_more (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact hp
    exact hp
  · exact hq

theorem other_case (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h with
  | left h => exact Or.inr h
  | inr h => exact Or.inl h

theorem false_one (n : Nat) : n < n := by
  exact Nat.lt_irrefl n
"""
TERMS = """\
theorem chain (a b c d : Nat) (h : a ≤ b) (g : b < c) (k : c ≤ d) : a < d := by
  have first : a < c := Nat.lt_of_le_of_ltX h g   -- kept
  have second : a < d := Nat.lt_of_lt_of_le first k
  exact second

theorem steps (a b c : Nat) (h : a = b) : a * c + 0 = c * b :=
  calc a * c + 0 = a * c := Nat.add_zero_ _   -- kept
    _ = b * c := by rw [h]
    _ = c * b := Nat.mul_comm b c

theorem arms (p q r : Prop) (h : p ∨ q) (hp : p → r) (hq : q → r) : r :=
  match h with
  | .inl a => hp a
  | .inr b => hqX b  -- kept

theorem body (a b c : Nat) : a + b + c = a + (b + c) := Nat.add_asoc a b c
"""
LONG = "theorem long (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  have h : p := by\n    skip\n    exact hp\n"
LONG += "  constructor\n  · skip\n    exact hp\n  · exact hq\n"
FALSE = """\
theorem sums (a b : Nat) : a - b + b = a := by
  sorry

theorem turned (p q : Prop) (h : p → q) : q → p := by
  sorry

theorem shorter (xs : List Nat) : xs.tail.length < xs.length := by
  sorry

theorem whatever (n : Nat) (h : n < n) : n = 7 := by
  sorry

theorem swapped (h : ∀ x : Nat, ∃ y : Nat, x < y) : ∃ y : Nat, ∀ x : Nat, x < y := by
  sorry
"""


pytestmark = [pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def warm(opened: Warm) -> Warm:
    """With ten seconds for a theorem."""
    return replace(opened, parts=replace(opened.parts, time_limit_s=10.0))


@pytest.mark.long
async def test_broken_proofs_are_mended_where_they_broke_and_the_rest_of_the_file_stays(warm: Warm) -> None:
    done = await repair_document(document_of(BROKEN, "a.lean"), Part("a.lean"), warm)
    ends = {each.proof.name: each.is_repaired for each in done.theorems}
    assert ends == {
        "renamed": True,
        "one_goal_more": True,
        "one_step_more": True,
        "other_case": True,
        "false_one": False,
    }
    assert done.working == 1
    assert "  · exact hp\n    exact hp" not in done.text
    assert "| inl h => exact Or.inr h\n  | inr h => exact Or.inl h" in done.text
    assert done.text.endswith(BROKEN[BROKEN.index("theorem false_one") :])
    again = await repair_document(document_of(done.text, "a.lean"), Part("a.lean", 1, 23), warm)
    assert (again.theorems, again.working) == ((), 5)


@pytest.mark.long
async def test_of_a_broken_term_the_rest_stays_as_it_was_written(warm: Warm) -> None:
    done = await repair_document(document_of(TERMS, "a.lean"), Part("a.lean"), warm)
    assert [each.is_repaired for each in done.theorems] == [True] * 4
    lines = zip(TERMS.split("\n"), done.text.split("\n"), strict=True)
    changed = [new for old, new in lines if new != old]
    assert changed[:2] == [
        "  have first : a < c := Nat.lt_of_le_of_lt h g   -- kept",
        "  calc a * c + 0 = a * c := Nat.add_zero _   -- kept",
    ]
    assert changed[2].startswith("  | .inr b => ") and changed[2].endswith("  -- kept")
    assert changed[3].endswith(":= Nat.add_assoc a b c")


@pytest.mark.long
async def test_a_proof_that_a_person_wrote_is_made_shorter(warm: Warm) -> None:
    done = await minimise_document(document_of(LONG, "a.lean"), Part("a.lean", 3, 3), warm)
    assert "skip" not in done.text and "have" not in done.text
    assert done.text.startswith(LONG.partition(":=")[0])


@pytest.mark.long
async def test_small_values_refute_what_is_false_and_nothing_that_is_vacuous(warm: Warm) -> None:
    reading = await warm.read(document_of(FALSE, "a.lean"))
    results = {}
    for task in reading.records:
        assert isinstance(task, TheoremTask)
        results[task.name] = await warm.prove(task, lambda *_: Untraced(), time_limit_s=20.0, disprove=0.3)
    first = {name: (result.proof or "").split("\n")[0] for name, result in results.items()}
    assert [results[name].status for name in results] == [Status.DISPROVED] * 3 + [Status.PROVED, Status.DISPROVED]
    assert first["sums"] == "-- a := 0, b := 1"
    assert first["turned"] == "-- p := False, q := True"
    assert first["shorter"] == "-- xs := []"
    assert first["swapped"].startswith("-- the hypotheses hold")


TOGETHER = """\
class C where
  g : Nat → Nat
  k : Nat → Nat
  gk : ∀ n, g n = k n
  gn : ∀ n, g n = n
open C
attribute [simp] gn

@[simp high] theorem turns [C] (n : Nat) : g n = k n := by
  exact gk n

theorem needs [C] (n : Nat) (l : List Nat) : l ++ [g n] ++ [] = l ++ [n] := by
  rw [gn]
  rw [List.append_nil]

theorem with_own : 1 + 1 = 2 := nope
where
  val : Nat := 5

theorem uses : with_own.val = 5 := rfl
"""


@pytest.mark.long
async def test_what_only_holds_without_the_others_is_not_written_and_own_declarations_stay(warm: Warm) -> None:
    shorter = await minimise_document(document_of(TOGETHER, "a.lean"), Part("a.lean"), warm)
    assert shorter.text == TOGETHER, "`simp` proves `needs` alone, and not beside `turns`"
    mended = await repair_document(document_of(TOGETHER, "a.lean"), Part("a.lean"), warm)
    assert mended.text == TOGETHER
    assert "where" in mended.theorems[0].reason
