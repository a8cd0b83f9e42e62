"""The fault drill: workers that are killed, hang, flood, answer garbage, eat memory, die at their start; full disks.

Whatever happens, each tactic ends in exactly one outcome within its deadline, what is answered is right, the pool
serves on afterwards, and no process is left behind.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest

from prover.confine.launch import Launch
from prover.confine.process_tree import process_tree
from prover.errors import LeanFault
from prover.keeper import Patience
from prover.lean.embedded import ensure_embedded
from prover.lean.pool import LeanPool
from prover.lean.pool_health import PoolEvent
from prover.lean.problem import Problem
from prover.lean.process_seat import ProcessLimits, local_pool
from prover.lean.session import SessionLimits
from prover.lean.theorem import OpenTheorem
from prover.lean.toolchain import Embedded, Toolchain
from search.base import Advanced, Crashed, Outcome, Proved, Rejected, Step, TacticCall, TacticLimits, TimedOut
from search.base import Path as TacticPath
from tests.fakes.toolchain import FakeToolchain, launch
from tests.processes import gone

pytestmark = [pytest.mark.timeout(1200)]

LIMITS = ProcessLimits(starts=Patience(retries=19, pause_s=0.02), max_uses=400)
WALL = TacticLimits(wall_s=0.5)


@dataclass
class Tally:
    """What became of the tactics of a drill, and how long the slowest request took."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0

    async def apply(
        self, theorem: OpenTheorem, path: TacticPath, texts: list[str], limits: TacticLimits
    ) -> list[Outcome]:
        began = time.monotonic()
        outcomes = list(await theorem.apply(path, [TacticCall(text, limits) for text in texts]))
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        assert len(outcomes) == len(texts)
        self.outcomes.update(type(outcome).__name__ for outcome in outcomes)
        return outcomes


def problem(name: str) -> Problem:
    return Problem(name, "import Init\n", f"theorem {name} : p := by sorry")


async def opened(pool: LeanPool, problem: Problem) -> OpenTheorem:
    """Opening says honestly when its worker was lost; the drill tries again."""
    while True:
        try:
            theorem = await pool.open(problem)
        except LeanFault:
            continue
        assert isinstance(theorem, OpenTheorem)
        return theorem


def mine() -> set[int]:
    return set(process_tree(os.getpid())) - {os.getpid()}


async def killer(random: Random, every_s: float, seen: set[int]) -> None:
    """Kill a process of ours now and then, whatever it is: a guard, the first of a namespace, a server."""
    while True:
        await asyncio.sleep(random.uniform(0.5, 1.5) * every_s)
        found = mine()
        seen |= found
        if found:
            try:
                os.kill(random.choice(sorted(found)), random.choice([signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP]))
            except ProcessLookupError:
                continue


async def fake_search(theorem: OpenTheorem, name: str, random: Random, tally: Tally, until: float) -> None:
    """Go up and down paths of fake tactics and hold every answer against what it has to be."""
    while time.monotonic() < until:
        steps = [f"ok {random.randrange(4)}" for _ in range(random.randrange(6))]
        texts = [f"ok {random.randrange(9)}" for _ in range(4)] + ["done", "fail"]
        outcomes = await tally.apply(theorem, tuple(map(Step, steps)), texts, WALL)
        for text, outcome in zip(texts, outcomes, strict=True):
            if isinstance(outcome, Advanced):
                assert outcome.state.key == "/".join([name, *steps, text])
            elif isinstance(outcome, Proved):
                assert text == "done"
            elif isinstance(outcome, Rejected):
                assert text == "fail"
            else:
                assert isinstance(outcome, Crashed | TimedOut)


async def test_chaos_costs_outcomes_and_nothing_else() -> None:
    random, tally, seen = Random(7), Tally(), set[int]()
    toolchain = FakeToolchain([("chaotic", str(seed)) for seed in range(1500)], memory_bytes=120 << 20)
    session = SessionLimits(ready_s=3.0, open_s=3.0, grace_s=0.3)
    async with local_pool(toolchain, workers=3, limits=LIMITS, session=session) as pool:
        names = [f"t{index}" for index in range(6)]
        theorems = [await opened(pool, problem(name)) for name in names]
        killing = asyncio.create_task(killer(random, 0.4, seen))
        until = time.monotonic() + 120.0
        await asyncio.gather(
            *(
                fake_search(theorem, name, Random(name), tally, until)
                for theorem, name in zip(theorems, names, strict=True)
            )
        )
        killing.cancel()
        health = pool.health()
        seen |= mine()
    assert health.restarts > 60
    assert tally.outcomes["Advanced"] > 10 * (tally.outcomes["Crashed"] + tally.outcomes["TimedOut"])
    assert tally.slowest_s < 60.0
    assert gone(*seen, within_s=10.0)


class FullDisk(FakeToolchain):
    """Servers that can't write a single byte to a file."""

    def launch(self) -> Launch:
        return replace(launch("good"), max_file_bytes=0)


async def test_a_full_disk_costs_what_wants_to_write(tmp_path: Path) -> None:
    tally = Tally()
    async with local_pool(FullDisk(), workers=1, limits=LIMITS) as pool:
        theorem = await pool.open(problem("t"))
        assert isinstance(theorem, OpenTheorem)
        write, ok = await tally.apply(theorem, (), [f"write {tmp_path / 'file'}", "ok"], WALL)
        assert isinstance(write, Rejected)
        assert "too large" in write.message
        assert isinstance(ok, Advanced)
        assert pool.health().restarts == 0


async def test_real_workers_killed_at_random_give_every_proof_in_the_end() -> None:
    toolchain: Toolchain = await Embedded.prepare(await ensure_embedded())
    random, tally, seen = Random(3), Tally(), set[int]()
    limits = TacticLimits(wall_s=5.0)
    session = SessionLimits(ready_s=60.0, open_s=20.0)  # a process that was stopped is found out by its deadline alone
    async with local_pool(toolchain, workers=2, limits=LIMITS, session=session) as pool:
        began = time.monotonic()
        await pool.ready(count=2)
        every_s = max(1.0, 2 * (time.monotonic() - began))  # workers must come up faster than they are killed
        killing = asyncio.create_task(killer(random, every_s, seen))
        await asyncio.gather(*(_prove(pool, index, tally, limits) for index in range(36)))
        killing.cancel()
        seen |= mine()
    assert tally.outcomes["Proved"] >= 36
    assert gone(*seen, within_s=10.0)


async def _prove(pool: LeanPool, index: int, tally: Tally, limits: TacticLimits) -> None:
    """A proof in four steps, each tried until it is told what becomes of it; again until nine workers were lost."""
    text = f"theorem t{index} (p q r : Prop) (h : p ∧ q ∧ r) : r ∧ q ∧ p := by sorry"
    theorem = await opened(pool, Problem(f"t{index}", "import Init\n", text))
    is_over = False
    while not is_over:
        is_over = pool.health().restarts >= 9
        path: TacticPath = ()
        for step in ("obtain ⟨a, b, c⟩ := h", "refine ⟨c, ?_⟩", "constructor", "all_goals assumption"):
            outcome: Outcome = Crashed("not tried")
            while isinstance(outcome, Crashed | TimedOut):
                (outcome,) = await tally.apply(theorem, path, [step], limits)
            path = (*path, Step(step))
        assert isinstance(outcome, Proved), outcome
    await theorem.close()


LINGERING = """import Lean
open Lean Elab Tactic
elab "linger" : tactic => do
  let rec compute : Nat → BaseIO Unit
    | 0 => pure ()
    | n + 1 => do
      compute n
      compute n
  let _ ← BaseIO.asTask (prio := .dedicated) (compute 60)
"""


async def test_a_thread_that_a_tactic_leaves_running_ends_with_its_worker() -> None:
    toolchain: Toolchain = await Embedded.prepare(await ensure_embedded())
    replaced = asyncio.Event()

    def note(event: PoolEvent) -> None:
        if event.kind == "recycled":
            assert "went on running" in event.detail
            replaced.set()

    tally, limits = Tally(), TacticLimits()
    strays = ProcessLimits(max_stray_s=8.0)
    async with local_pool(toolchain, workers=1, limits=strays, on_event=note) as pool:
        theorem = await opened(pool, Problem("two", LINGERING, "theorem two : 1 + 1 = 2 := by sorry"))
        (lingering,) = await tally.apply(theorem, (), ["linger"], limits)
        assert isinstance(lingering, Advanced)
        await asyncio.wait_for(replaced.wait(), 60)
        (proved,) = await tally.apply(theorem, (), ["rfl"], limits)
        assert isinstance(proved, Proved)
