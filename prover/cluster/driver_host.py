"""The host inside a driver actor: everything that a run in one process has, except for the folder."""

from __future__ import annotations

import asyncio
import logging
import socket
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from prover.cluster.engines import FarCritic, FarPolicy
from prover.cluster.fleet import Fleet
from prover.cluster.placement import Location, naming_machine
from prover.driver.job import Attempt, Fault, FaultKind, Job, Unproved
from prover.driver.loop import Observer
from prover.driver.meters import Meters, lean_load, meter_load, metered
from prover.driver.parts import Components
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced, observer_at
from prover.lean.pool_health import PoolHealth
from prover.models.facts import FactsByRole
from prover.run.logs import theorem
from prover.run.utilisation import Load, merged
from prover.tasks import Document, TheoremTask
from search.budget import StopReason

log = logging.getLogger(__name__)

_TRACE = "trace."  # begins the name of a trace file, the rest is the alternative that was searched
_LOST_SHARE = 0.2
"""A search whose time ended is *unknown* if there was no Lean, or no model, for so large a part of it."""


class LeanSide(Protocol):
    """A driver's Lean actors, apart from opening theorems."""

    def outage_s(self) -> float:
        """The seconds so far in which no actor was ready."""
        ...

    def health(self) -> PoolHealth: ...

    async def ready(self, *, count: int = 1) -> None: ...


@dataclass(frozen=True, slots=True)
class DriverComponents:
    """A driver's components. `lean` are its Lean actors, `engines` the run's engines that it uses, `facts` those of the
    models that it opened itself, by role."""

    parts: Components
    lean: LeanSide
    engines: tuple[Fleet, ...] = ()
    facts: FactsByRole = field(default_factory=dict)

    def outages_s(self) -> dict[FaultKind, float]:
        """The seconds so far without a Lean actor, and without an engine of some model."""
        models_s = max((fleet.outage_s() for fleet in self.engines), default=0.0)
        return {FaultKind.LEAN: self.lean.outage_s(), FaultKind.MODEL: models_s}


OpenParts = Callable[[], AbstractAsyncContextManager[DriverComponents]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A finished attempt on its way to the run's folder. `traces` are its trace files, by the alternative that was
    searched ("" for the statement itself)."""

    attempt: Attempt
    traces: Mapping[str, bytes]


class DriverHost:
    """Proves theorems, several at once, with components that are opened at the first call."""

    def __init__(self, open_parts: OpenParts, *, is_traced: bool) -> None:
        self._open_parts = open_parts
        self._is_traced = is_traced
        self._stack = AsyncExitStack()
        self._opened: DriverComponents | None = None
        self._meters: Meters = ()
        self._prover: TheoremProver | None = None
        self._folder = ""  # of its own, in which each attempt has one: ended in the middle of some, it leaves none
        self._paths: dict[tuple[str, int], Path] = {}  # where the traces of attempts under way are written
        self._turn = asyncio.Lock()

    async def place(self) -> Location:
        """The host of this process; answered without the components."""
        return Location(socket.gethostname())

    async def ready(self) -> None:
        """Open the components and wait for the first Lean actor. Raises their faults."""
        await (await self._open()).lean.ready()

    async def facts(self) -> FactsByRole:
        """The known facts of the models that it opened itself."""
        return (await self._open()).facts

    async def prove(self, job: Job, document: Document) -> Delivery:
        """Do a job, whose task's document is sent separately.

        The theorem's time begins when a Lean worker is ready. Raises LeanFault if none will be, ModelError or ActorLost
        if the models fail.
        """
        theorem.set(job.task.id)
        job = replace(job, task=replace(job.task, document=document))
        opened = await self._open()
        await opened.lean.ready()
        before = opened.outages_s()
        with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as folder:
            self._paths[job.task.id, job.attempt] = Path(folder)
            assert self._prover is not None
            try:
                attempt = await self._prover.prove(job)
            finally:
                del self._paths[job.task.id, job.attempt]
            traces = await asyncio.to_thread(_read_all, Path(folder))
        lost = {kind: outage_s - before[kind] for kind, outage_s in opened.outages_s().items()}
        return Delivery(_without_outages(attempt, lost), traces)

    async def load(self) -> Load:
        """The load of its Lean workers, its judge, and those of policy and critic that run in this process."""
        if self._opened is None:
            return Load()
        parts = self._opened.parts
        far = {"policy": isinstance(parts.policy, FarPolicy), "critic": isinstance(parts.critic, FarCritic)}
        own = [meter_load(kind, meter) for kind, meter in self._meters if not far.get(kind)]
        return merged([lean_load(self._opened.lean.health()), *own])

    async def close(self) -> None:
        """Close the components, and end the Lean actors."""
        self._opened = None
        await self._stack.aclose()

    def _observer(self, task: TheoremTask, attempt: int, beside: str = "") -> Observer:
        if not self._is_traced:
            return Untraced()
        path = self._paths[task.id, attempt] / f"{_TRACE}{beside}"
        return observer_at(path, task, attempt)

    async def _open(self) -> DriverComponents:
        async with self._turn:
            if self._opened is None:
                with naming_machine():
                    opened = await self._stack.enter_async_context(self._open_parts())
                made = tempfile.TemporaryDirectory(prefix="stepwise-", ignore_cleanup_errors=True)
                self._folder = self._stack.enter_context(made)
                (parts,), self._meters = metered([opened.parts])
                self._prover = TheoremProver(parts, self._observer)
                self._opened = opened
            return self._opened


def _read_all(folder: Path) -> dict[str, bytes]:
    """The trace files in a folder, by the alternative that was searched."""
    return {path.name.removeprefix(_TRACE): path.read_bytes() for path in sorted(folder.glob(f"{_TRACE}*"))}


_MISSING = {FaultKind.LEAN: "Lean", FaultKind.MODEL: "model"}


def _without_outages(attempt: Attempt, lost_s: Mapping[FaultKind, float]) -> Attempt:
    """The attempt, except that one without a proof that had no Lean, or no model, for a good part of its time ends with
    that fault: its search says nothing about the theorem."""
    if not isinstance(attempt.ending, Unproved) or attempt.ending.reason is StopReason.CANCELLED:
        return attempt
    for kind, seconds in lost_s.items():
        if seconds > _LOST_SHARE * attempt.spent.wall_s:
            error = f"there was no {_MISSING[kind]} for {seconds:.0f} s of its time"
            return replace(attempt, ending=Fault(kind, error))
    return attempt
