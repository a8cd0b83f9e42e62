"""A Lean worker in an actor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prover.cluster.handle import ActorLost, Handle
from prover.cluster.lean_host import Unheard
from prover.errors import LeanFault
from prover.lean.problem import Opened, OpenFailed, Problem
from search.base import Outcome, Path, Premise, TacticCall


class FarWorker:
    """A `prover.lean.theorem.TheoremWorker` on one actor, for as long as that keeps its state.

    A call ends within `call_s` seconds beside its tactics' own limits; otherwise it raises ActorLost.
    """

    def __init__(self, handle: Handle, call_s: float) -> None:
        self.knows: set[int] = set()
        self._handle = handle
        self._call_s = call_s

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        answer: Opened | OpenFailed = await self._handle.call("open", key, problem, deadline_s=self._call_s)
        self.knows.add(key)
        return answer

    async def apply(
        self, key: int, problem: Problem, path: Path, calls: Sequence[TacticCall], left_s: float
    ) -> list[Outcome]:
        deadline_s = self._call_s + sum(call.limits.wall_s for call in calls)
        asked = (path, tuple(calls), left_s)
        answer: list[Outcome] = await self._told(key, problem, "apply", *asked, deadline_s=deadline_s)
        return answer

    async def premises(self, key: int, problem: Problem, path: Path, limit: int) -> tuple[Premise, ...]:
        answer: tuple[Premise, ...] = await self._told(key, problem, "premises", path, limit, deadline_s=self._call_s)
        return answer

    async def _told(self, key: int, problem: Problem, method: str, *arguments: object, deadline_s: float) -> Any:
        """Call a method for a theorem, which is opened first if the actor does not know it."""
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
