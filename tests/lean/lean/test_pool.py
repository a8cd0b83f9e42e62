"""The pool on the real Lean: outcomes, limits, replay, headers, confinement."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from prover.confine.isolation import in_force
from prover.confine.process_tree import process_tree
from prover.lean.pool import LeanPool
from prover.lean.pool_health import PoolEvent
from prover.lean.problem import OpenFailed, Problem
from prover.lean.process_seat import local_pool
from prover.lean.theorem import OpenTheorem
from prover.lean.toolchain import Embedded
from search.base import (
    Advanced,
    Crashed,
    LimitKind,
    Outcome,
    Proved,
    Rejected,
    RejectKind,
    Step,
    TacticCall,
    TacticLimits,
    TimedOut,
)

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

AND = Problem("and_swap", "import Init\n", "theorem and_swap (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry")


@pytest_asyncio.fixture(loop_scope="session")
async def pool(toolchain: Embedded) -> AsyncIterator[LeanPool]:
    """With one worker, for a test that harms it or counts what becomes of it."""
    async with local_pool(toolchain, workers=1) as workers:
        yield workers


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(toolchain: Embedded) -> AsyncIterator[LeanPool]:
    """With one worker, for all others."""
    async with local_pool(toolchain, workers=1) as workers:
        yield workers


async def opened(pool: LeanPool, problem: Problem = AND) -> OpenTheorem:
    theorem = await pool.open(problem)
    assert isinstance(theorem, OpenTheorem), theorem
    return theorem


async def one(theorem: OpenTheorem, text: str, *path: str, limits: TacticLimits = TacticLimits()) -> Outcome:  # noqa: B008
    (outcome,) = await theorem.apply(tuple(Step(step) for step in path), [TacticCall(text, limits)])
    return outcome


async def test_every_kind_of_outcome(shared: LeanPool) -> None:
    theorem = await opened(shared)
    assert [goal.target for goal in theorem.root.goals] == ["q ∧ p"]
    texts = ("constructor", "exact ⟨h.2, h.1⟩", "exact h", "no such tactic", "omega", "exact sorry")
    split, done, mismatch, parse, failed, cheat = await theorem.apply((), [TacticCall(text) for text in texts])
    assert isinstance(split, Advanced)
    assert [goal.target for goal in split.state.goals] == ["q", "p"]
    assert split.state.groups == ((0,), (1,))
    assert isinstance(done, Proved)
    for outcome, kind in ((parse, RejectKind.PARSE), (cheat, RejectKind.SORRY), (mismatch, RejectKind.ELABORATION)):
        assert isinstance(outcome, Rejected), outcome
        assert outcome.kind is kind
    assert isinstance(failed, Rejected)
    assert "omega" in failed.message


async def test_goals_are_chosen_and_a_killed_worker_is_replaced_by_replay(pool: LeanPool) -> None:
    theorem = await opened(pool)
    path = (Step("have ⟨a, b⟩ := h"), Step("constructor", (1,)))
    before = await theorem.apply(path, [TacticCall("exact a"), TacticCall("exact b"), TacticCall("skip")])
    assert [type(outcome) for outcome in before] == [Proved, Rejected, Advanced]
    os.kill(youngest(list(process_tree(os.getpid()))), signal.SIGKILL)  # the server itself
    after = await theorem.apply(path, [TacticCall("skip")])
    assert isinstance(after[0], Advanced)
    assert isinstance(before[2], Advanced)
    assert after[0].state.key == before[2].state.key
    assert pool.health().restarts == 1


async def test_a_wall_clock_limit_leaves_the_worker_and_its_states_alive(pool: LeanPool) -> None:
    theorem = await opened(pool)
    assert isinstance(await one(theorem, "constructor"), Advanced)
    long = TacticLimits(heartbeats=100_000_000, wall_s=1.0)
    outcome = await one(theorem, "repeat (first | skip)", limits=long)
    assert isinstance(outcome, TimedOut | Rejected)  # the recursion limit may be met first
    spin = "have : ∀ n : Fin 3000, ∀ m : Fin 3000, n.val + m.val = m.val + n.val := by decide +kernel"
    outcome = await one(theorem, spin, limits=long)
    assert not isinstance(outcome, Proved | Crashed)
    assert isinstance(await one(theorem, "exact h.2", "constructor"), Advanced)
    assert pool.health().restarts <= 1


async def test_a_heartbeat_limit_is_a_time_out(shared: LeanPool) -> None:
    theorem = await opened(
        shared, Problem("sum", "import Init\n", "theorem sum (a b c : Nat) : a + b + c = c + b + a := by sorry")
    )
    outcome = await one(theorem, "omega", limits=TacticLimits(heartbeats=1))
    assert isinstance(outcome, TimedOut)
    assert outcome.limit is LimitKind.HEARTBEATS
    assert isinstance(await one(theorem, "omega"), Proved)


async def test_recursion_and_memory_bombs_are_unknown_or_refused_and_the_pool_serves_on(pool: LeanPool) -> None:
    theorem = await opened(pool)
    limits = TacticLimits(heartbeats=400_000, wall_s=5.0)
    for bomb in (
        "exact absurd (rfl : (List.replicate 100000000 1).length = 100000000) (by decide)",
        "have : (List.range 100000000).length = 100000000 := by decide",
        "exact (" * 5000 + "h" + ")" * 5000,
        "let x := 2 ^ 2 ^ 60; exact absurd (by decide : x = x + 0) id",
    ):
        assert not isinstance(await one(theorem, bomb, limits=limits), Proved), bomb[:60]
    assert isinstance(await one(theorem, "exact ⟨h.2, h.1⟩"), Proved)


@pytest.mark.parametrize(
    ("header", "statement", "word"),
    [
        ("import Init\n", "theorem bad : 1 + = 2 := by sorry", "="),
        ("import Init\n", "theorem bad : (1 : Nat) = True := by sorry", "mismatch"),
        ("import Mathlib.Tactic\n", "theorem bad : True := by sorry", "Mathlib"),
        ("import Init\n", "theorem bad : True := trivial", "no sorry"),
    ],
)
async def test_a_statement_that_does_not_elaborate_is_a_value(
    shared: LeanPool, header: str, statement: str, word: str
) -> None:
    result = await shared.open(Problem("bad", header, statement))
    assert isinstance(result, OpenFailed)
    assert word in " ".join(result.messages)
    assert isinstance(await opened(shared), OpenTheorem)


STUCK = """def gate (h : 0 = 0) : Type := Eq.rec (motive := fun _ _ => Type) Prop h
inductive Owner : (h : 0 = 0) → gate h where
  | mk (h : 0 = 0) (bit : Bool) : Owner h
"""


@pytest.mark.parametrize("header", [STUCK, "def fine := 1\n"])
async def test_a_theorem_is_refused_whose_text_declares_a_type_that_the_judge_refuses(
    shared: LeanPool, header: str
) -> None:
    """In the context that it shares with others, or in the text that is its own."""
    own = "" if header == STUCK else STUCK
    result = await shared.open(Problem("t", f"import Init\n{header}", f"{own}theorem t : 1 = 1 := by sorry"))
    assert isinstance(result, OpenFailed)
    assert result.is_refused
    assert "Owner does not end in a sort" in " ".join(result.messages)
    other = await shared.open(Problem("t", "import Init\ninductive Fine | mk\n", "theorem t : 1 = 1 := by sorry"))
    assert isinstance(other, OpenTheorem)


async def test_headers_change_in_a_live_worker(pool: LeanPool) -> None:
    lists = Problem("len", "import Std.Data.HashMap\n", "theorem len (m : Std.HashMap Nat Nat) : m = m := by sorry")
    theorems = [await opened(pool), await opened(pool, lists), await opened(pool)]
    outcomes = [
        await one(theorems[1], "rfl"),
        await one(theorems[0], "exact h.symm"),
        await one(theorems[2], "exact h.symm"),
    ]
    assert [type(outcome) for outcome in outcomes] == [Proved, Proved, Proved]
    assert pool.health().restarts == 0


async def test_two_workers_share_the_work_of_many_theorems(toolchain: Embedded) -> None:
    events: list[PoolEvent] = []
    async with local_pool(toolchain, workers=2, on_event=events.append) as workers:
        await workers.ready(count=2)
        theorems = [await opened(workers) for _ in range(6)]
        outcomes = await asyncio.gather(*(one(theorem, "exact h.symm") for theorem in theorems for _ in range(5)))
        assert all(isinstance(outcome, Proved) for outcome in outcomes)
        assert all(worker.tactics > 0 for worker in workers.health().workers)
    said = [event.detail for event in events if event.kind == "ready"]
    assert all(measure in said[0] for measure in await in_force(toolchain.launch()))


def youngest(tree: Sequence[int]) -> int:
    """The process that was started last; numbers say nothing of it, as they start over. Of several that were started in
    one tick of the clock it is the last of the tree, in which children stand after their parents."""
    started = [int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]) for pid in tree]
    return tree[max(range(len(tree)), key=lambda at: (started[at], at))]
