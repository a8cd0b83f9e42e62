"""Two Lean workers on two cores, through Ray and without it: a loop of tactics, and searches.

The speed of a machine that others use too changes by a third within minutes. So both are up all the time and measured
by turns, a pair within a minute, and what is not being measured is stopped whole: Ray's own processes, too, take
nothing from the workers that go without it. The figure is the median of the pairs' ratios.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import psutil

from critic.heuristic import HeuristicCritic
from prover.assembly.toolchains import open_toolchain
from prover.cluster.actor_seat import actor_pool
from prover.cluster.actors import LOCAL, ray_system
from prover.cluster.handle import Needs
from prover.cluster.lean_host import LeanHost
from prover.config import LeanConfig, SearchConfig
from prover.confine.process_tree import process_tree
from prover.driver.job import Job
from prover.driver.parts import Components
from prover.driver.searches import budget_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced
from prover.lean.pool import LeanPool
from prover.lean.problem import Problem
from prover.lean.process_seat import local_pool
from prover.lean.theorem import OpenTheorem
from prover.policy.registry import open_policy
from prover.tasks import load_tasks
from scripts.benchmarks._simulated import NoJudge
from search.base import TacticCall, TacticLimits

STATEMENTS = (
    "(p q r : Prop) (h : p ∧ q ∧ r) : r ∧ q ∧ p",
    "(a b c : Nat) (h : a ≤ b) : a + c ≤ b + c",
    "(xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length",
    "(a b : Int) (h : a < b) : 2 * a + 1 ≤ 2 * b",
    "(f : Nat → Nat) (h : ∀ x, f x = x) : f (f 3) = 3",
    "(n : Nat) (h : n % 2 = 1) : n * n % 2 = 1",
)
TACTICS = ("simp_all", "omega", "grind", "constructor", "intro x", "exact h", "simp", "rw [Nat.add_comm]")
UNPROVABLE = (
    "(a b : Nat) : a - b + b = a",
    "(p : Nat) (h : 1 < p) (hp : ∀ d, d ∣ p → d = 1 ∨ d = p) : p % 2 = 1",
    "(p q : Prop) (h : p → q) : q → p",
    "(h : ∀ x : Nat, ∃ y : Nat, x < y) : ∃ y : Nat, ∀ x : Nat, x < y",
    "(xs : List Nat) : xs.tail.length < xs.length",
    "(xs ys : List Nat) (h : xs.length = ys.length) : xs ++ ys = ys ++ xs",
)
"""A search for any of them lasts for its whole budget."""
EXPANSIONS = 10
CALLERS = 4
"""Two for each worker: what a run without Ray has at work."""
WARM_S = 20.0
"""A worker's host compiles what is used often for about as long, with up to a core of its own."""


@dataclass(frozen=True, slots=True)
class Toolchains:
    """Two workers that are up, with the theorems of the loop open on them, and where their processes are."""

    name: str
    pool: LeanPool
    theorems: list[OpenTheorem]
    processes: Callable[[], list[int]]


Load = Callable[[Toolchains, float], Awaitable[float]]


async def measure_lean(rounds: int, seconds: float) -> int:
    """Both loads on two workers, through Ray and without, by turns; 0 if Ray costs neither more than a twentieth."""
    await open_toolchain(LeanConfig())
    loads: dict[str, Load] = {"a loop of tactics, tactics/s": looped, "searches, expansions/s": searched}
    ratios: dict[str, list[float]] = {name: [] for name in loads}
    async with local_leans() as without, ray_leans() as through:
        pair = [(without, through), (through, without)]
        for turn in pair:
            with stopped(turn[1]):
                await looped(turn[0], WARM_S)
                await searched(turn[0], seconds)
        for number in range(rounds):
            for name, load in loads.items():
                rates = {}
                for here, other in pair if number % 2 == 0 else pair[::-1]:
                    with stopped(other):
                        rates[here.name] = await load(here, seconds)
                ratios[name].append(rates[through.name] / rates[without.name])
                shown = "  ".join(f"{side.name}: {rates[side.name]:.2f}" for side in (without, through))
                print(f"{name}:  {shown}  ratio {ratios[name][-1]:.3f}", flush=True)
    for name, found in ratios.items():
        low, middle, high = min(found), statistics.median(found), max(found)
        print(f"{name}: ratio {middle:.3f}, the median of {rounds} from {low:.3f} to {high:.3f} (asked: 0.95)")
    return 0 if all(statistics.median(found) >= 0.95 for found in ratios.values()) else 1


@asynccontextmanager
async def local_leans() -> AsyncIterator[Toolchains]:
    """A pool of this process."""
    others = children()
    async with local_pool(await open_toolchain(LeanConfig()), workers=2) as pool:
        await pool.ready(count=2)
        mine = children() - others
        yield Toolchains("without", pool, await open_theorems(pool), lambda: below(mine))


@asynccontextmanager
async def ray_leans() -> AsyncIterator[Toolchains]:
    """Two actors on a Ray of our own."""
    others = children()
    async with ray_system(LOCAL, local=Needs(2)) as system:
        make = partial(LeanHost, partial(open_toolchain, LeanConfig()))
        handles = [system.spawn(f"lean {i}", make, Needs()) for i in range(2)]
        async with actor_pool(handles) as actors:
            await actors.ready(count=2)
            mine = children() - others
            yield Toolchains("through Ray", actors, await open_theorems(actors), lambda: below(mine))


async def open_theorems(pool: LeanPool) -> list[OpenTheorem]:
    """The theorems of the loop, opened on the pool."""
    theorems = []
    for index, statement in enumerate(STATEMENTS):
        theorem = await pool.open(Problem(f"t{index}", "", f"theorem t{index} {statement} := by sorry"))
        assert isinstance(theorem, OpenTheorem), theorem
        theorems.append(theorem)
    return theorems


# ------------------------------------------------------------------------------------------------------------- loads


async def looped(leans: Toolchains, seconds: float) -> float:
    """Tactics a second for `seconds`: batches of eight over all theorems, four callers at a time."""
    numbers = itertools.count()
    done = 0
    is_over = False

    async def caller() -> None:
        nonlocal done
        while not is_over:
            theorem = leans.theorems[next(numbers) % len(leans.theorems)]
            outcomes = await theorem.apply((), [TacticCall(text) for text in TACTICS])
            done += len(outcomes)

    callers = [asyncio.create_task(caller()) for _ in range(CALLERS)]
    await asyncio.sleep(seconds / 10)
    before, began = done, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (done - before) / (time.perf_counter() - began)
    is_over = True
    await asyncio.gather(*callers)
    return rate


async def searched(leans: Toolchains, seconds: float) -> float:  # noqa: ARG001 (the same work each time takes what it takes)
    """Expansions a second: one search a statement with the built-in policy, to its budget, all at once.

    Tactics of searches differ too much in price to be counted over a stretch of time.
    """
    opened = await open_policy("builtin")
    texts = [f"theorem t{index} {statement} := by sorry" for index, statement in enumerate(UNPROVABLE)]
    tasks = load_tasks([], texts, stdin=BytesIO()).tasks
    parts = Components(
        lean=leans.pool,
        policy=opened.policy,
        critic=HeuristicCritic(),
        judge=NoJudge(),
        settings=SearchConfig(expansions=EXPANSIONS),
        limits=TacticLimits(),
        time_limit_s=600.0,
        seed=0,
    )
    prover = TheoremProver(parts, lambda *_: Untraced())
    budget = budget_of(parts.settings, parts.time_limit_s)
    began = time.perf_counter()
    attempts = await asyncio.gather(*(prover.prove(Job(task, 0, 0, budget)) for task in tasks))
    rate = sum(attempt.spent.expansions for attempt in attempts) / (time.perf_counter() - began)
    await opened.close()
    return rate


# --------------------------------------------------------------------------------------------------------- processes


@contextmanager
def stopped(leans: Toolchains) -> Iterator[None]:
    """Nothing of these workers runs meanwhile; nothing may be at work on them."""
    pids = leans.processes()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def children() -> frozenset[int]:
    return frozenset(child.pid for child in psutil.Process().children())


def below(pids: frozenset[int]) -> list[int]:
    """These processes and all below them."""
    return [each for pid in pids for each in process_tree(pid)]
