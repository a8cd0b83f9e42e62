"""One theorem on a pool: the search's `Environment`, which turns lost workers into outcomes.

A lost worker never shows as an exception. If a worker dies while it runs a batch of tactics, the batch is run again
tactic by tactic, so that one bad tactic costs the others nothing. If two workers in a row die while they run the same
tactic, or if the process hangs, the tactic's outcome is `Crashed` or `TimedOut`: nothing is known about the tactic.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from prover.errors import DeathReason, LeanFault, WorkerDied
from prover.lean.pieces import REQUEST_S, Pieces
from prover.lean.problem import Opened, OpenFailed, Problem
from search.base import (
    Crashed,
    LimitKind,
    Outcome,
    Path,
    Premise,
    ProofState,
    TacticCall,
    TimedOut,
)

T = TypeVar("T")

_RETRIES = 3  # of a request that died through no fault of its own
_MAX_DEATHS = 2  # under one batch; the rest of it is then given up
_ANSWER_S = 0.15  # between an interruption and its answer
_WORKER_S = 10.0
"""How long calls without an end of their own wait beyond their limits: for their turn, or for a worker to come up."""
_REMEMBERED = 512  # questions for premises


class TheoremWorker(Protocol):
    """The interface of workers, as a theorem uses it: `session.Worker`, or a worker on another machine."""

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed: ...

    async def apply(
        self, key: int, problem: Problem, path: Path, calls: Sequence[TacticCall], left_s: float
    ) -> list[Outcome]:
        """One outcome a call, in order; fewer if the worker was interrupted after `left_s` seconds."""
        ...

    async def premises(self, key: int, problem: Problem, path: Path, limit: int) -> tuple[Premise, ...]: ...


class Workers(Protocol):
    """The interface of worker pools, as a theorem uses it."""

    @property
    def pieces(self) -> Pieces:
        """The sizes of the requests into which tactic calls are cut for these workers."""
        ...

    async def run(self, key: int, path: Path, work: Callable[[TheoremWorker], Awaitable[T]]) -> T: ...

    def forget(self, key: int) -> None: ...


class OpenTheorem:
    """A theorem that Lean has elaborated, open for search (`search.base.Environment`). `opening_s` are the seconds that
    its declaration took, `before_s` those of what stands before it; `is_term` says of its `sorry` that it is a term."""

    def __init__(
        self,
        workers: Workers,
        key: int,
        problem: Problem,
        root: ProofState,
        *,
        opening_s: float = 0.0,
        before_s: float = 0.0,
        is_term: bool = False,
    ) -> None:
        self.problem = problem
        self.opening_s = opening_s
        self.before_s = before_s
        self.is_term = is_term
        self._workers = workers
        self._key = key
        self._root = root
        self._is_closed = False
        self._tactic_s = REQUEST_S / 8  # what a tactic takes, a moving average
        self._asked: dict[tuple[Path, int], asyncio.Task[Sequence[Premise]]] = {}

    @classmethod
    async def open(cls, workers: Workers, key: int, problem: Problem) -> OpenTheorem | OpenFailed:
        """Elaborate the problem on a worker. Raises LeanFault if every worker that tried was lost."""

        async def elaborate(worker: TheoremWorker) -> Opened | OpenFailed:
            return await worker.open(key, problem)

        for attempt in range(_RETRIES):
            try:
                result = await workers.run(key, (), elaborate)
            except WorkerDied as death:
                if attempt == _RETRIES - 1 or death.reason in (DeathReason.CLOSED, DeathReason.DEADLINE):
                    raise
            else:
                if isinstance(result, OpenFailed):
                    return result
                root, opening_s, before_s = result.root, result.took_s, result.before_s
                return cls(workers, key, problem, root, opening_s=opening_s, before_s=before_s, is_term=result.is_term)
        raise AssertionError("the last attempt returns or raises")

    @property
    def root(self) -> ProofState:
        return self._root

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        limit_s = _WORKER_S + sum(call.limits.wall_s for call in calls)
        try:
            async with asyncio.timeout(limit_s):
                return await self._apply(path, calls, math.inf)
        except TimeoutError:
            return [TimedOut(LimitKind.WALL, limit_s)] * len(calls)

    async def stream(
        self, path: Path, calls: Sequence[TacticCall], left_s: float = math.inf
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        until = asyncio.get_running_loop().time() + max(left_s - _ANSWER_S, left_s / 2)
        for handful in self._workers.pieces.handfuls(calls):
            outcomes = await self._apply(path, handful, until)
            if outcomes:
                yield outcomes
            if len(outcomes) < len(handful):
                return

    async def _apply(self, path: Path, calls: Sequence[TacticCall], until: float) -> list[Outcome]:
        """The outcomes of the calls, or of the first of them if the rest was interrupted at `until` (loop time)."""
        requests = self._workers.pieces.requests(calls, self._tactic_s)
        results = await asyncio.gather(*(self._request(path, request, until) for request in requests))
        outcomes: list[Outcome] = []
        for request, result in zip(requests, results, strict=True):
            outcomes += result
            if len(result) < len(request):
                break
        return outcomes

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
        """Each state is asked about once: whoever stops waiting leaves the question at work for whoever comes next."""
        asked = self._asked.get((path, limit))
        if asked is None:
            asked = self._asked[path, limit] = asyncio.create_task(self._ask_premises(path, limit))
            if len(self._asked) > _REMEMBERED:
                del self._asked[next(iter(self._asked))]
        return await asyncio.shield(asked)

    async def _ask_premises(self, path: Path, limit: int) -> Sequence[Premise]:
        async def ask(worker: TheoremWorker) -> Sequence[Premise]:
            return await worker.premises(self._key, self.problem, path, limit)

        try:
            return await self._run(path, ask)
        except LeanFault:
            self._asked.pop((path, limit), None)
            return ()  # a ranking is a help, not an answer: do without

    async def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            for asked in self._asked.values():
                asked.cancel()
            self._workers.forget(self._key)

    async def _request(self, path: Path, calls: Sequence[TacticCall], until: float) -> list[Outcome]:
        try:
            return await self._attempt(path, calls, until)
        except LeanFault as fault:
            if _is_final(fault, len(calls)):
                return [_lost(fault)] * len(calls)
        outcomes: list[Outcome] = []
        faults: list[LeanFault] = []
        for call in calls:
            if len(faults) >= _MAX_DEATHS:
                outcomes.append(Crashed(f"given up with its batch: {faults[-1]}"))
                continue
            try:
                answered = await self._attempt(path, [call], until)
            except LeanFault as fault:
                faults.append(fault)
                answered = [_lost(fault)]
            if not answered:
                break
            outcomes += answered
        return outcomes

    async def _attempt(self, path: Path, calls: Sequence[TacticCall], until: float) -> list[Outcome]:
        async def tactics(worker: TheoremWorker) -> list[Outcome]:
            left_s = max(0.0, until - asyncio.get_running_loop().time())
            return await worker.apply(self._key, self.problem, path, calls, left_s)

        outcomes = await self._run(path, tactics)
        if outcomes:
            average = sum(outcome.lean_s for outcome in outcomes) / len(outcomes)
            self._tactic_s += 0.2 * (max(average, 1e-4) - self._tactic_s)
        return outcomes

    async def _run(self, path: Path, work: Callable[[TheoremWorker], Awaitable[T]]) -> T:
        """Do `work` on a worker; if the worker is lost while it serves another request, do it again on another one."""
        if self._is_closed:
            raise WorkerDied("the theorem was closed", reason=DeathReason.CLOSED, was_running=False)
        for _ in range(_RETRIES):
            try:
                return await self._workers.run(self._key, path, work)
            except WorkerDied as death:
                if death.was_running or death.reason is DeathReason.CLOSED:
                    raise
        return await self._workers.run(self._key, path, work)


def _is_final(fault: LeanFault, num_calls: int) -> bool:
    """Whether trying again is pointless. If a process just ended, something outside may have killed it: the request
    gets one more try."""
    if not isinstance(fault, WorkerDied):
        return num_calls == 1
    return fault.reason is DeathReason.CLOSED or (num_calls == 1 and fault.reason is not DeathReason.EXITED)


def _lost(fault: LeanFault) -> Outcome:
    """The outcome of a tactic whose worker was lost under it: unknown, whatever the reason."""
    if isinstance(fault, WorkerDied):
        if fault.reason is DeathReason.DEADLINE:
            return TimedOut(LimitKind.WALL, fault.elapsed_s)
        if fault.reason is DeathReason.MEMORY:
            return TimedOut(LimitKind.MEMORY, fault.elapsed_s)
        return Crashed(str(fault), fault.elapsed_s)
    return Crashed(str(fault))
