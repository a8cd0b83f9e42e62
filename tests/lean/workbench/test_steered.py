"""Theorems that fail alone, and are proved in ten seconds after one tactic that a person typed."""

from __future__ import annotations

from typing import Any

import pytest

from prover.assembly.warm import Warm
from prover.workbench.bench import Workbench
from prover.workbench.client import result_of
from prover.workbench.requests import Prove
from tests.fakes.warm import opening

pytestmark = [pytest.mark.asyncio(loop_scope="session")]
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


async def prove(
    bench: Workbench, statement: str, tactic: str, *, limit_s: float = 10.0
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The result of so many seconds, and what became of the tactic that was typed at their beginning."""
    job = await bench.start(Prove(path="t.lean", text=f"{statement} := by\n  sorry\n", time_limit_s=limit_s))
    answer: dict[str, Any] = {}
    seen = 0
    while not answer:
        events = await bench.wait(job, seen)
        seen += len(events)
        for event in events:
            if event["event"] == "steerable":
                answer = await bench.steer(job, {"act": "try", "tactic": tactic})
    return await result_of(bench, job), answer


async def hold_difference(opened: Warm, statement: str, *, alone_s: float = 10.0) -> None:
    """A typed tactic makes the difference for the statement, and a refused one makes none in `alone_s` seconds."""
    async with Workbench(opening(opened)) as bench:
        alone, refusal = await prove(bench, statement, "exact rfl", limit_s=alone_s)
        steered, answer = await prove(bench, statement, TYPED[statement])
    assert (refusal["done"], alone["status"], alone["stop_reason"]) == (False, "failed", "wall_time")
    assert "rfl" in refusal["said"]
    assert answer["done"], answer
    assert (steered["status"], steered["verdict"]["verdict"]) == ("proved", "accepted")
    assert TYPED[statement].splitlines()[0] in steered["proof"]


@pytest.mark.long
async def test_one_typed_tactic_makes_the_difference_and_a_refused_one_makes_none(opened: Warm) -> None:
    """For the first, left alone for a short while; the drills have them all, left alone for as long as helped."""
    await hold_difference(opened, next(iter(TYPED)), alone_s=4.0)
