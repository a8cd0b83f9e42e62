"""Which side of the pipeline starves: Lean with a policy that answers at once, and a policy with a Lean that does."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from random import Random

from prover.assembly.toolchains import open_toolchain
from prover.batching import Batcher
from prover.config import LeanConfig
from prover.driver.loop import SearchLoop
from prover.driver.searches import problem_of
from prover.driver.tracer import Untraced
from prover.lean.pieces import Pieces
from prover.lean.pool import LeanPool
from prover.lean.problem import OpenFailed
from prover.lean.process_seat import local_pool
from prover.tasks import TheoremTask, load_tasks
from scripts.benchmarks._worlds import World, planted_policy
from search import Budget, Rule, Search, SearchOptions
from search.base import (
    Advanced,
    Candidate,
    Environment,
    LogProb,
    Outcome,
    Path,
    Policy,
    Premise,
    ProofState,
    ProposalRequest,
    TacticCall,
    Theorem,
)
from search.split import split

_TEXTS = (
    *("intro x", "intros", "constructor", "apply And.intro", "left", "right", "ext x", "funext x", "exfalso"),
    *("cases x", "induction x", "rcases h with ⟨a, b⟩", "subst h", "symm", "rfl", "rw [Nat.add_comm]"),
    *("simp only [Nat.add_comm]", "simp at *", "simp", "simp_all", "split", "unfold id", "refine ⟨?_, ?_⟩"),
    *("by_cases h : True", "have h := Nat.le_refl 0", "omega", "assumption", "contradiction", "decide", "trivial"),
    *("exists 0", "exact ⟨0, rfl⟩"),
)
_WARM_UP_S = 4.0
_BATCH_S = 0.1
_SEARCH_S = 8.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured: for `seconds` each, with `workers` Lean processes and as many searches, as a run has them."""

    files: Sequence[str]
    seconds: float
    workers: int


def measure_busy(wanted: Wanted) -> int:
    """Print both figures; 0 if both are at least 95 %."""
    lean = asyncio.run(_lean_busy(wanted)) if wanted.files else 1.0
    policy = asyncio.run(_policy_busy(wanted))
    return 0 if min(lean, policy) >= 0.95 else 1


class Instant:
    """Thirty-two tactics that fit many goals a little, at once."""

    num_premises = 0

    async def propose(self, requests: Sequence[ProposalRequest]) -> list[list[Candidate]]:
        """The same for every state, likelier ones first."""
        return [[Candidate(t, LogProb(-0.5 - 0.1 * i)) for i, t in enumerate(_TEXTS)] for _ in requests]


async def _search(theorem: Theorem, environment: Environment, policy: Policy, seconds: float) -> None:
    search = Search(
        theorem,
        environment.root,
        rule=Rule.of("token-mean"),
        budget=Budget(wall_s=seconds),
        options=SearchOptions(max_attempts=1),
    )
    loop = SearchLoop(search, environment, policy, None, width=2, observe=Untraced(), clock=time.monotonic)
    await loop.run()


# ----------------------------------------------------------------------------------------------------------- Lean


async def _lean_busy(wanted: Wanted) -> float:
    """The share of the time in which a Lean worker has something to do, once all have begun."""
    tasks = load_tasks(list(wanted.files)).tasks
    toolchain = await open_toolchain(LeanConfig(workers=wanted.workers))
    async with local_pool(toolchain, workers=wanted.workers) as pool:
        await pool.ready(count=wanted.workers)
        queue = itertools.cycle(tasks)
        end = time.monotonic() + _WARM_UP_S + wanted.seconds
        works = [asyncio.create_task(_work(pool, queue, end)) for _ in range(wanted.workers)]
        await asyncio.sleep(_WARM_UP_S)
        before, began = _worked(pool), time.monotonic()
        await asyncio.sleep(wanted.seconds)
        share = (_worked(pool) - before) / (time.monotonic() - began) / wanted.workers
        await asyncio.gather(*works)
    print(f"Lean busy with an instantaneous policy: {share:.1%} ({wanted.workers} workers, {wanted.workers} searches)")
    return share


def _worked(pool: LeanPool) -> float:
    return sum(worker.busy_s for worker in pool.health().workers)


async def _work(pool: LeanPool, queue: itertools.cycle[TheoremTask], end: float) -> None:
    while (left_s := end - time.monotonic()) > 0:
        task = next(queue)
        environment = await pool.open(problem_of(task))
        if not isinstance(environment, OpenFailed):
            await _search(task.theorem(), environment, Instant(), min(left_s, _SEARCH_S))
            await environment.close()


# --------------------------------------------------------------------------------------------------------- policy


class _Instantly:
    """A generated world as a Lean that answers at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._states: dict[Path, ProofState] = {(): world.root}

    @property
    def root(self) -> ProofState:
        return self._world.root

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        return self._world.run(self._at(path), [call.text for call in calls])

    async def stream(
        self,
        path: Path,
        calls: Sequence[TacticCall],
        left_s: float = 0.0,  # noqa: ARG002 (it has no time)
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        """The outcomes in the pieces that the Lean layer would cut."""
        for handful in Pieces().handfuls(calls):
            yield await self.apply(path, handful)

    def _at(self, path: Path) -> ProofState:
        """The state at a path, one step from that of the path before it."""
        if path not in self._states:
            step = path[-1]
            (outcome,) = self._world.run(self._at(path[:-1]), [step.tactic])
            assert isinstance(outcome, Advanced)
            parts = dict(split(outcome.state) or ())
            self._states[path] = outcome.state if step.focus is None else parts[step.focus]
        return self._states[path]

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:  # noqa: ARG002
        return ()

    async def close(self) -> None:
        """Nothing to release."""


class _Slow:
    """A policy whose engine takes a fixed time for a batch, and has places for half of what is asked at once."""

    num_premises = 0

    def __init__(self, world: World, *, max_batch: int) -> None:
        self._world = world
        self.batcher: Batcher[ProofState, list[Candidate]] = Batcher(self._run, max_batch=max_batch)

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """What the world plants."""
        return await self.batcher.submit([request.state for request in requests])

    async def _run(self, states: Sequence[ProofState]) -> list[list[Candidate]]:
        await asyncio.sleep(_BATCH_S)
        return [list(planted_policy(self._world, state)) for state in states]


async def _policy_busy(wanted: Wanted) -> float:
    """The share of the time in which the policy's engine has something to do."""
    world = World(Random(0).getrandbits(32))
    policy = _Slow(world, max_batch=wanted.workers)
    end = time.monotonic() + wanted.seconds

    async def work() -> None:
        while (left_s := end - time.monotonic()) > 0:
            await _search(Theorem("world"), _Instantly(world), policy, min(left_s, 1.0))

    began = time.monotonic()
    await asyncio.gather(*(work() for _ in range(wanted.workers)))
    share = policy.batcher.statistics.busy_s / (time.monotonic() - began)
    print(f"policy busy with an instantaneous Lean: {share:.1%} ({wanted.workers} searches, {_BATCH_S:g} s a batch)")
    return share
