"""The health of a pool and its workers: work, memory, restarts and waiting times, for progress, reports, benchmarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from prover.errors import DeathReason
from prover.lean.session import Worker


class EventKind(StrEnum):
    """What happens to a worker."""

    STARTING = "starting"
    START_FAILED = "start failed"
    READY = "ready"
    DIED = "died"
    RECYCLED = "recycled"


@dataclass(frozen=True, slots=True)
class PoolEvent:
    """Something happened to the worker in a seat; `detail` is for people, `reason` says why it died."""

    slot: int
    kind: EventKind
    detail: str = ""
    reason: DeathReason | None = None


@dataclass(slots=True)
class WorkerHealth:
    """The sums over all workers that a seat has had. Times in seconds, sizes in bytes."""

    busy_s: float = 0.0  # with a request on it
    lean_s: float = 0.0  # Lean's own time for tactics, as the server measured it
    requests: int = 0
    tactics: int = 0
    restarts: int = 0
    rss_bytes: int = 0
    peak_rss_bytes: int = 0
    is_ready: bool = False
    starts_s: list[float] = field(default_factory=list)

    def add(self, worker: Worker) -> None:
        """Add the work of `worker`."""
        use = worker.process.use
        self.busy_s += use.busy_s
        self.lean_s += worker.lean_s
        self.requests += use.requests
        self.tactics += worker.tactics
        self.peak_rss_bytes = max(self.peak_rss_bytes, use.peak_rss_bytes)

    def with_current(self, worker: Worker | None, *, restarts: int) -> WorkerHealth:
        """A copy to which the work of the seat's present worker is added."""
        copy = WorkerHealth(
            self.busy_s,
            self.lean_s,
            self.requests,
            self.tactics,
            restarts,
            0,
            self.peak_rss_bytes,
            starts_s=list(self.starts_s),
        )
        if worker is not None:
            copy.add(worker)
            copy.rss_bytes = worker.process.use.rss_bytes
        return copy


@dataclass(slots=True)
class WaitTimes:
    """How long requests waited for a worker, in seconds."""

    count: int = 0
    total_s: float = 0.0
    longest_s: float = 0.0

    def add(self, waited_s: float) -> None:
        self.count += 1
        self.total_s += waited_s
        self.longest_s = max(self.longest_s, waited_s)


@dataclass(frozen=True, slots=True)
class PoolHealth:
    """The health of a pool since its start: `waiting` is the number of requests that wait now."""

    elapsed_s: float
    workers: tuple[WorkerHealth, ...]
    waiting: int
    waits: WaitTimes

    @property
    def restarts(self) -> int:
        return sum(worker.restarts for worker in self.workers)
