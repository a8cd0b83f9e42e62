"""Theorems that fail alone in ten seconds, and are proved in as many after one tactic that a person typed."""

from __future__ import annotations

from typing import Any

import pytest

from prover.assembly.warm import open_warm
from prover.config import Config, LeanConfig
from prover.lean.toolchain import Embedded
from prover.workbench.bench import Workbench
from prover.workbench.client import result_of
from prover.workbench.requests import Prove

CONFIG = Config(lean=LeanConfig(workers=1))
TYPED = {
    "theorem pythagoras : ∃ a b c : Nat, a * a + b * b = c * c ∧ a + b + c = 1000 ∧ 0 < a ∧ a < b":
        "refine ⟨200, 375, 425, ?_⟩",
    "theorem taxicab : ∃ a b c : Nat, a ^ 3 + b ^ 3 = c ∧ c = 1729 ∧ a < b ∧ 9 ≤ a":
        "refine ⟨9, 10, 1729, ?_⟩",
    "def rev {α : Type} : List α → List α → List α\n"
    "  | [], acc => acc\n"
    "  | x :: xs, acc => rev xs (x :: acc)\n"
    "theorem rev_rev {α : Type} (xs : List α) : rev (rev xs []) [] = xs":
        "have h : ∀ xs ys : List α, rev (rev xs ys) [] = rev ys xs := by\n"
        "  intro xs\n  induction xs with\n  | nil => intro ys; rfl\n  | cons x xs ih => intro ys; simp [rev, ih]",
}  # fmt: skip


async def prove(bench: Workbench, statement: str, tactic: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The result of ten seconds, and what became of the tactic that was typed at their beginning."""
    job = await bench.start(Prove(path="t.lean", text=f"{statement} := by\n  sorry\n", time_limit_s=10.0))
    answer: dict[str, Any] = {}
    seen = 0
    while not answer:
        events = await bench.wait(job, seen)
        seen += len(events)
        for event in events:
            if event["event"] == "steerable":
                answer = await bench.steer(job, {"act": "try", "tactic": tactic})
    return await result_of(bench, job), answer


async def hold_difference(statement: str) -> None:
    """A typed tactic makes the difference for the statement, and a refused one makes none."""
    async with Workbench(lambda listener: open_warm(CONFIG, listener)) as bench:
        alone, refusal = await prove(bench, statement, "exact rfl")
        steered, answer = await prove(bench, statement, TYPED[statement])
    assert (refusal["done"], alone["status"], alone["stop_reason"]) == (False, "failed", "wall_time")
    assert "rfl" in refusal["said"]
    assert answer["done"], answer
    assert (steered["status"], steered["verdict"]["verdict"]) == ("proved", "accepted")
    assert TYPED[statement].splitlines()[0] in steered["proof"]


@pytest.mark.long
async def test_one_typed_tactic_makes_the_difference_and_a_refused_one_makes_none(toolchain: Embedded) -> None:
    """For the first; the drills have them all."""
    await hold_difference(next(iter(TYPED)))
