"""The near end of one Lean actor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prover.cluster.handle import ActorLost, Handle
from prover.cluster.lean_host import Unheard
from prover.errors import LeanFault
from prover.lean.problem import Opened, OpenFailed, Problem
from search.base import Outcome, Path, Premise, TacticCall


@dataclass(frozen=True, slots=True)
class ActorLimits:
    """Deadlines and waits, in seconds. `start_s` has to outlast an autoscaler that brings a machine."""

    start_s: float = 1800.0
    call_s: float = 420.0  # beside the tactics' own limits: a start, an elaboration and a replay may come first
    in_flight: int = 2
    max_waiting: int = 8192
    steal_after_s: float = 0.02
    start_attempts: int = 5  # in a row, before a place is given up
    backoff_s: float = 1.0
    health_every_s: float = 5.0
    health_calls_a_second: float = 20.0  # at most, over all actors: each costs the driver as much as an expansion
    calls_a_second: float = 300.0  # aimed at; the requests are made longer where there are many actors


class FarWorker:
    """The near end of one actor, for as long as it keeps its state (`prover.lean.theorem.TheoremWorker`)."""

    def __init__(self, handle: Handle, limits: ActorLimits) -> None:
        self.knows: set[int] = set()
        self._handle = handle
        self._limits = limits

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        answer: Opened | OpenFailed = await self._handle.call("open", key, problem, deadline_s=self._limits.call_s)
        self.knows.add(key)
        return answer

    async def apply(self, key: int, problem: Problem, path: Path, calls: Sequence[TacticCall]) -> list[Outcome]:
        deadline_s = self._limits.call_s + sum(call.limits.wall_s for call in calls)
        answer: list[Outcome] = await self._told(key, problem, "apply", path, tuple(calls), deadline_s=deadline_s)
        return answer

    async def premises(self, key: int, problem: Problem, path: Path, limit: int) -> tuple[Premise, ...]:
        answer: tuple[Premise, ...] = await self._told(
            key, problem, "premises", path, limit, deadline_s=self._limits.call_s
        )
        return answer

    async def _told(self, key: int, problem: Problem, method: str, *arguments: object, deadline_s: float) -> Any:
        """Ask about a theorem; tell it first where the actor never heard of it."""
        if key in self.knows:
            answer = await self._handle.call(method, key, *arguments, deadline_s=deadline_s)
            if not isinstance(answer, Unheard):
                return answer
        opened = await self.open(key, problem)
        if isinstance(opened, OpenFailed):
            raise LeanFault(f"the statement no longer elaborates: {opened.messages[0]}")
        answer = await self._handle.call(method, key, *arguments, deadline_s=deadline_s)
        if isinstance(answer, Unheard):
            raise ActorLost("the actor was started again under a request")
        return answer
