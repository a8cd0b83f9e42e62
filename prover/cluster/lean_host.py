"""The host inside a Lean actor: one Lean process, kept up, whose answers are plain values."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from prover.lean.pool import Work
from prover.lean.pool_health import WorkerHealth
from prover.lean.problem import Opened, OpenFailed, Problem
from prover.lean.process_seat import ProcessLimits, ProcessSeat
from prover.lean.session import SessionLimits
from prover.lean.toolchain import Toolchain
from prover.run.logs import theorem
from search.base import Outcome, Path, Premise, TacticCall

T = TypeVar("T")
MakeToolchain = Callable[[], Awaitable[Toolchain]]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The host and the process of an actor, and the fingerprint of its Lean."""

    host: str
    pid: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """The answer about a theorem that this actor does not know, as after it was started again."""


class LeanHost:
    """One Lean worker behind calls whose arguments and answers are plain values. Raises LeanFaults to the caller.

    A theorem is sent once, by `open`; later calls name it by its key.
    """

    def __init__(
        self,
        make_toolchain: MakeToolchain,
        limits: ProcessLimits = ProcessLimits(),  # noqa: B008 (frozen)
        session: SessionLimits = SessionLimits(),  # noqa: B008 (frozen)
    ) -> None:
        self._make_toolchain = make_toolchain
        self._limits = limits
        self._session = session
        self._seat: ProcessSeat | None = None
        self._fingerprint = ""
        self._turn = asyncio.Lock()
        self._problems: dict[int, Problem] = {}

    async def ready(self) -> Whereabouts:
        """Install Lean if needed and start a worker. Raises ToolchainError or WorkerStartFailed."""
        seat = await self._open_seat()
        await seat.ready()
        return Whereabouts(socket.gethostname(), os.getpid(), self._fingerprint)

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        """Elaborate a theorem; its state ids mean nothing outside."""
        answer = await self._run(key, lambda worker: worker.open(key, problem))
        if isinstance(answer, Opened):
            self._problems[key] = problem
        return answer

    async def apply(self, key: int, path: Path, calls: Sequence[TacticCall], left_s: float) -> list[Outcome] | Unheard:
        """One outcome a call, from the state at `path`; those of the first calls if `left_s` seconds don't suffice."""
        problem = self._problems.get(key)
        if problem is None:
            return Unheard()
        return await self._run(key, lambda worker: worker.apply(key, problem, path, calls, left_s))

    async def premises(self, key: int, path: Path, limit: int) -> tuple[Premise, ...] | Unheard:
        """Library lemmas for the state at `path`."""
        problem = self._problems.get(key)
        if problem is None:
            return Unheard()
        return await self._run(key, lambda worker: worker.premises(key, problem, path, limit))

    async def forget(self, key: int) -> None:
        """Drop a theorem and its states."""
        if self._problems.pop(key, None) is not None and self._seat is not None:
            self._seat.forget(key)

    async def health(self) -> WorkerHealth | None:
        """The worker's figures; None before it was started."""
        return None if self._seat is None else self._seat.health()

    async def close(self) -> None:
        """End the worker. Safe to call twice."""
        if self._seat is not None:
            await self._seat.close()

    async def _run(self, key: int, work: Work[T]) -> T:
        if key in self._problems:
            theorem.set(self._problems[key].name)
        return await (await self._open_seat()).run(work)

    async def _open_seat(self) -> ProcessSeat:
        async with self._turn:
            if self._seat is None:
                toolchain = await self._make_toolchain()
                self._fingerprint = toolchain.fingerprint
                self._seat = ProcessSeat(toolchain, limits=self._limits, session=self._session)
            self._seat.begin()
            return self._seat
