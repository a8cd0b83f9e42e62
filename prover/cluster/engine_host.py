"""The host inside an engine actor: a policy or a critic, opened at the first call and shared by all drivers."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from logging.handlers import QueueHandler
from queue import SimpleQueue
from typing import ClassVar, Generic, TypeVar

from critic.model import ModelCritic
from prover.batching import Batcher
from prover.cluster.handle import ActorLost
from prover.cluster.placement import Location, naming_machine
from prover.driver.meters import Meter
from prover.errors import ModelError
from prover.models.facts import FactsByRole
from prover.policy.critics import open_critic
from prover.policy.opened import OpenCritic, OpenPolicy, counted, fault_of
from prover.policy.registry import open_policy
from prover.run.utilisation import Load
from search.base import Candidate, ProofState, ProposalRequest, Theorem, Value

T = TypeVar("T", OpenPolicy, OpenCritic)

_MAX_STATES = 512
_LOG_OF_MODELS = logging.getLogger("prover.models")


class _Host(Generic[T]):
    """A policy or a critic, opened at the first call."""

    role: ClassVar[str]

    def __init__(self, opening: Callable[[], Awaitable[T]]) -> None:
        self._opening: Callable[[], Awaitable[T]] = opening
        self._opened: T | None = None
        self._turn = asyncio.Lock()
        # Who types the command sees no log of this machine.
        self._warned: SimpleQueue[logging.LogRecord] = SimpleQueue()
        self._warnings = QueueHandler(self._warned)
        self._warnings.setLevel(logging.WARNING)

    async def place(self) -> Location:
        """The host and GPUs of this process; known before the model is loaded."""
        return Location(socket.gethostname(), os.environ.get("CUDA_VISIBLE_DEVICES", ""))

    async def ready(self) -> None:
        """Have the model loaded. Raises UsageError or ModelError."""
        await self._open()

    async def facts(self) -> FactsByRole:
        """The known facts of the models."""
        return {self.role: (await self._open()).facts}

    async def warnings(self) -> list[str]:
        """What its model warned of since the last question."""
        return [self._warned.get().getMessage().partition("\n")[0] for _ in range(self._warned.qsize())]

    async def close(self) -> None:
        """Free the model."""
        _LOG_OF_MODELS.removeHandler(self._warnings)
        if self._opened is not None:
            await self._opened.close()

    async def _open(self) -> T:
        async with self._turn:
            if self._opened is None:
                _LOG_OF_MODELS.addHandler(self._warnings)
                with naming_machine():
                    self._opened = await self._opening()
            return self._opened


class PolicyHost(_Host[OpenPolicy]):
    """A policy by its name, in its part of its device's memory. Its own engine joins the requests of all callers, so
    they are handed on as they come."""

    role = "policy"

    def __init__(self, spec: str, device: str | None, memory: float | None = None) -> None:
        super().__init__(partial(open_policy, spec, device=device, memory=memory))
        self._meter = Meter()

    async def num_premises(self) -> int:
        """How many premises it wants with each request."""
        return (await self._open()).policy.num_premises

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """Candidates for each request. A cancelled call frees its rows. Raises ActorLost once its engine has ended: in
        a process of its own another may do."""
        opened = await self._open()
        with self._meter.at_work(len(requests)):
            try:
                return await opened.policy.propose(requests)
            except ModelError as fault:
                if fault_of(opened.policy) is not None:
                    raise ActorLost(f"on {socket.gethostname()}: {fault}") from fault
                raise

    async def load(self) -> Load:
        """The actor's load so far."""
        counts = {} if self._opened is None else counted(self._opened.policy)
        gauges = {"policy_in_flight": self._meter.in_flight, **counts}
        return Load({"policy": self._meter.busy_s()}, gauges, {"policy": 1})


class CriticHost(_Host[OpenCritic]):
    """A critic by its name. States that arrive while it scores are its next batch, whatever theorem they are of."""

    role = "critic"

    def __init__(self, spec: str, device: str | None, memory: float | None = None) -> None:
        super().__init__(partial(open_critic, spec, device=device, memory=memory))
        self._batcher = Batcher(self._score_batch, max_batch=_MAX_STATES)

    async def score(self, theorem: Theorem, states: Sequence[ProofState]) -> Sequence[Value]:
        """One value per state."""
        await self._open()
        return await self._batcher.submit([(theorem, state) for state in states])

    async def load(self) -> Load:
        """The actor's load so far."""
        statistics = self._batcher.statistics
        size = statistics.items / max(1, statistics.batches)
        return Load({"critic": statistics.busy_s}, {"critic_batch": round(size, 1)}, {"critic": 1})

    async def _score_batch(self, items: Sequence[tuple[Theorem, ProofState]]) -> Sequence[Value]:
        critic = (await self._open()).critic
        if isinstance(critic, ModelCritic):  # it looks at the states alone
            return await critic.score(items[0][0], [state for _, state in items])
        by_theorem: dict[Theorem, list[int]] = {}
        for index, (theorem, _) in enumerate(items):
            by_theorem.setdefault(theorem, []).append(index)
        values: dict[int, Value] = {}
        for theorem, indices in by_theorem.items():
            scored = await critic.score(theorem, [items[index][1] for index in indices])
            values.update(zip(indices, scored, strict=True))
        return [values[index] for index in range(len(items))]
