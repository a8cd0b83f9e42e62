"""Actors without Ray: hosts in this process, which can be lost, slow or silent on demand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from prover.cluster.handle import ActorLost, Needs
from prover.cluster.lean_host import Unheard, Whereabouts
from prover.lean.pool_health import WorkerHealth
from prover.lean.problem import Opened, OpenFailed, Problem
from search.base import Advanced, Outcome, Path, Premise, ProofState, Step, TacticCall


class FakeHandle:
    """Calls a host directly. `lose()` is what a vanished process is: every call in flight ends, a new host stands."""

    def __init__(self, make: Callable[[], object], name: str = "fake") -> None:
        self.name = name
        self.calls: Counter[str] = Counter()
        self.deadlines: dict[str, float] = {}
        self.is_ended = False
        self.is_final = False
        self._make = make
        self.host = make()
        self._flying: set[asyncio.Future[Any]] = set()
        self._lose_on: dict[str, int] = {}

    async def call(self, method: str, *arguments: object, deadline_s: float) -> Any:
        assert deadline_s > 0
        self.calls[method] += 1
        self.deadlines[method] = deadline_s
        if self.is_final:
            raise ActorLost(f"{self.name} is gone", is_final=True)
        if self._lose_on.get(method, 0) > 0:
            self._lose_on[method] -= 1
            self.lose()
            raise ActorLost(f"{self.name} vanished")
        task = asyncio.ensure_future(getattr(self.host, method)(*arguments))
        self._flying.add(task)
        try:
            async with asyncio.timeout(deadline_s):
                return await task
        except asyncio.CancelledError:
            if task in self._flying:
                raise
            raise ActorLost(f"{self.name} vanished", is_final=self.is_final) from None
        finally:
            self._flying.discard(task)

    def end(self) -> None:
        self.is_ended = True

    def lose(self, *, for_good: bool = False) -> None:
        """The process is gone, with all it held."""
        self.is_final = for_good
        self.host = self._make()
        flying, self._flying = self._flying, set()
        for task in flying:
            task.cancel()

    def lose_on(self, method: str, times: int = 1) -> None:
        """Vanish under the next calls of `method`."""
        self._lose_on[method] = times


@dataclass
class FakeSystem:
    """Spawns fake handles and remembers them."""

    handles: list[FakeHandle] = field(default_factory=list)
    needs: list[Needs] = field(default_factory=list)
    puts: list[object] = field(default_factory=list)
    num_gpus: float = 0.0
    can_grow: bool = False

    def gpus(self, labels: tuple[tuple[str, str], ...] = ()) -> float:
        return self.num_gpus

    def spawn(self, name: str, make: Callable[[], object], needs: Needs) -> FakeHandle:
        self.handles.append(FakeHandle(make, name))
        self.needs.append(needs)
        return self.handles[-1]

    def put(self, value: object) -> Any:
        self.puts.append(value)
        return value


@dataclass
class FakeLean:
    """A Lean host in which every tactic is accepted and names its path; `gate` holds answers back."""

    fingerprint: str = "fake"
    gate: asyncio.Event | None = None
    known: set[int] = field(default_factory=set)
    applied: list[tuple[int, Path, tuple[str, ...]]] = field(default_factory=list)
    at_work: int = 0

    async def ready(self) -> Whereabouts:
        return Whereabouts("here", 1, self.fingerprint)

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        if "ill_typed" in problem.declaration:
            return OpenFailed(("type mismatch",))
        self.known.add(key)
        return Opened(0, 0, ProofState((), problem.name))

    async def apply(self, key: int, path: Path, calls: Sequence[TacticCall], left_s: float) -> list[Outcome] | Unheard:
        if key not in self.known:
            return Unheard()
        self.at_work += 1
        try:
            if self.gate is not None:
                await self.gate.wait()
        finally:
            self.at_work -= 1
        self.applied.append((key, path, tuple(call.text for call in calls)))
        return [Advanced(ProofState((), _where((*path, Step(call.text)))), call.text, 0.001) for call in calls]

    async def premises(self, key: int, path: Path, limit: int) -> tuple[Premise, ...] | Unheard:
        return tuple(Premise(f"lemma{i}", "eq") for i in range(limit)) if key in self.known else Unheard()

    async def forget(self, key: int) -> None:
        self.known.discard(key)

    async def health(self) -> WorkerHealth:
        return WorkerHealth(rss_bytes=1 << 20)

    async def close(self) -> None:
        pass


def _where(path: Path) -> str:
    return "/".join(step.tactic for step in path)
