"""Two Lean workers on two cores, through Ray and without it: a loop of tactics, and searches."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from critic.heuristic import HeuristicCritic
from prover.cluster.actors import LOCAL, ray_system
from prover.cluster.cluster import prepare_toolchain
from prover.cluster.handle import Needs
from prover.cluster.lean import LeanActors
from prover.cluster.lean_host import LeanHost
from prover.config import SearchConfig
from prover.driver.parts import Parts
from prover.driver.theorem import TheoremProver
from prover.driver.trace import Untraced
from prover.lean.health import PoolHealth
from prover.lean.pool import LeanPool
from prover.lean.problem import Problem
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
EXPANSIONS = 24
CALLERS = 4
"""Two for each worker: what a run without Ray has at work."""


@dataclass(frozen=True, slots=True)
class Leans:
    """Two workers that are up, and what they have done so far."""

    pool: LeanPool | LeanActors
    healths: Callable[[], Awaitable[list[PoolHealth]]]

    async def tactics(self) -> int:
        """How many they have run."""
        return sum(worker.tactics for health in await self.healths() for worker in health.workers)


Load = Callable[[Leans, float], Awaitable[float]]


async def measure_lean(rounds: int, seconds: float) -> int:
    """Both loads on two workers, through Ray and without, by turns; 0 if Ray costs neither more than a twentieth.

    A worker's host compiles what is used often for some twenty seconds, with up to a core of its own; what it takes
    from whom in that time is chance, so nothing is counted before.
    """
    await prepare_toolchain(None)
    loads: dict[str, Load] = {"a loop of tactics, tactics/s": looped, "searches, expansions/s": searched}
    rates: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for load_name, load in loads.items():
            for place, opened in (("without", local_leans), ("through Ray", ray_leans)):
                async with opened() as leans:
                    rates.setdefault((load_name, place), []).append(await load(leans, seconds))
            shown = (f"{place}: {rates[load_name, place][-1]:.2f}" for place in ("without", "through Ray"))
            print(f"{load_name}: ", "  ".join(shown), flush=True)
    is_met = [say_ratio(load_name, rates) for load_name in loads]
    return 0 if all(is_met) else 1


def say_ratio(load: str, rates: dict[tuple[str, str], list[float]]) -> bool:
    """Print what Ray leaves of the rate, by the medians; whether it is enough."""
    without, through = (statistics.median(rates[load, place]) for place in ("without", "through Ray"))
    ratio = through / without
    medians = f"without {without:.2f}, through Ray {through:.2f} by the medians"
    print(f"{load}: {medians}; ratio {ratio:.3f} (asked: 0.95)")
    return ratio >= 0.95


@asynccontextmanager
async def local_leans() -> AsyncIterator[Leans]:
    """A pool of this process."""
    async with LeanPool(await prepare_toolchain(None), workers=2) as pool:
        await pool.ready(count=2)

        async def healths() -> list[PoolHealth]:
            return [pool.health()]

        yield Leans(pool, healths)


@asynccontextmanager
async def ray_leans() -> AsyncIterator[Leans]:
    """Two actors on a Ray of our own."""
    async with ray_system(LOCAL, local=Needs(2)) as system:
        make = partial(LeanHost, partial(prepare_toolchain, None))
        handles = [system.spawn(f"lean {i}", make, Needs()) for i in range(2)]
        async with LeanActors(handles) as actors:
            await actors.ready(count=2)

            async def healths() -> list[PoolHealth]:
                return [await handle.call("health", deadline_s=60.0) for handle in handles]

            yield Leans(actors, healths)


async def looped(leans: Leans, seconds: float) -> float:
    """Tactics a second: batches of eight over all theorems for `seconds`, after as long to warm up."""
    theorems = []
    for index, statement in enumerate(STATEMENTS):
        theorem = await leans.pool.open(Problem(f"t{index}", "", f"theorem t{index} {statement} := by sorry"))
        assert isinstance(theorem, OpenTheorem), theorem
        theorems.append(theorem)
    numbers = itertools.count()

    async def caller() -> None:
        while True:
            await theorems[next(numbers) % len(theorems)].apply((), [TacticCall(text) for text in TACTICS])

    return await tactics_a_second(leans, caller, seconds)


async def searched(leans: Leans, seconds: float) -> float:
    """Expansions a second: one search a statement with the built-in policy, to its budget, all at once, after `seconds`
    of the same to warm up.

    It is the same work each time; tactics of searches differ too much in price to be counted over a stretch of time.
    """
    opened = open_policy("builtin")
    texts = [f"theorem t{index} {statement} := by sorry" for index, statement in enumerate(UNPROVABLE)]
    tasks = load_tasks([], texts, stdin=BytesIO()).tasks
    parts = Parts(
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
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                await asyncio.gather(*(prover.prove(task) for task in tasks))
    began = time.perf_counter()
    attempts = await asyncio.gather(*(prover.prove(task) for task in tasks))
    rate = sum(attempt.result.expansions for attempt in attempts) / (time.perf_counter() - began)
    await opened.close()
    return rate


async def tactics_a_second(leans: Leans, caller: Callable[[], Awaitable[None]], seconds: float) -> float:
    """What the workers do with four callers at a time for `seconds`, after as long to warm up."""
    callers = [asyncio.ensure_future(caller()) for _ in range(CALLERS)]
    await asyncio.sleep(seconds)
    before, began = await leans.tactics(), time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (await leans.tactics() - before) / (time.perf_counter() - began)
    for each in callers:
        each.cancel()
    ended = await asyncio.gather(*callers, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended
    return rate
