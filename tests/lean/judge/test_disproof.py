"""Negations on the real Lean: what is negated, what is refused, and that the judge accepts nothing else."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from prover.driver.alternatives import open_negation
from prover.judge import Judge, Reason, VerdictStatus
from prover.lean.process_seat import local_pool
from prover.lean.toolchain import Embedded
from prover.tasks import TheoremTask, load_tasks
from prover.tasks.negation import negation_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

OPEN = """
class Bad : Prop where
  bad : False

section
variable (p q : Prop) {α : Type u} [Inhabited α] (h : False)
theorem plain (a b : Nat) : a - b + b = a := by sorry
theorem with_variables (hpq : p → q) (x : α) : q → p := by sorry
namespace A.B
theorem _root_.by_itself (x : β) : x ≠ x := sorry
protected theorem short (n : Nat) : n < n := by sorry
end A.B
include h
theorem vacuous (n : Nat) : n = n + 1 := by sorry
end

section
variable [Bad]
theorem also_vacuous (n : Nat) : n = n + 1 := by sorry
end
"""
SAID = {
    "plain": "¬∀ (a b : Nat), a - b + b = a",
    "with_variables": "¬∀ (p q : Prop) {α : Type u_1} [Inhabited α], (p → q) → ∀ (x : α), q → p",
    "by_itself": "¬∀ {β : Sort u_1} (x : β), x ≠ x",
    "A.B.short": "¬∀ (n : Nat), n < n",
    "vacuous": None,
    "also_vacuous": None,
}


def negated(text: str) -> TheoremTask:
    (task,) = load_tasks([], [text], stdin=BytesIO()).tasks
    made = negation_of(task)
    assert made is not None
    return made


async def test_lean_says_what_is_negated_and_hypotheses_beside_it_are_refused(
    toolchain: Embedded, tmp_path: Path
) -> None:
    (tmp_path / "open.lean").write_text(OPEN)
    said: dict[str, str | None] = {}
    async with local_pool(toolchain, workers=1) as pool:
        for task in load_tasks([str(tmp_path / "open.lean")]).tasks:
            negation = negation_of(task)
            assert negation is not None
            opened = await open_negation(pool, negation)
            said[task.name] = None if opened is None else opened.root.goals[0].target
    assert said == SAID


async def test_the_judge_accepts_a_counterexample(judge: Judge) -> None:
    task = negated("theorem t (a b : Nat) : a - b + b = a := by sorry")
    verdict = await judge.judge(task.challenge, task.solution("intro h\nhave := h 0 1\nsimp at this"), task.name)
    assert (verdict.status, verdict.axioms) == (VerdictStatus.ACCEPTED, ())


@pytest.mark.parametrize("script", ["exact absurd (t 0) (by decide)", "exact fun _ => absurd (t 1) (by simp)"])
async def test_what_rests_on_the_refuted_theorem_itself_is_no_disproof(judge: Judge, script: str) -> None:
    task = negated("theorem t (n : Nat) : n < n := by sorry")
    verdict = await judge.judge(task.challenge, task.solution(script), task.name)
    assert verdict.status is VerdictStatus.REJECTED
    assert verdict.kind in (Reason.SORRY, Reason.ELABORATION)
