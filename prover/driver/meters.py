"""Measures how busy the components of a run are: read from the Lean pool, metered at policy, critic and judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from prover.driver.parts import Components
from prover.judge import Judging, Verdict
from prover.lean.pool_health import PoolHealth
from prover.policy.opened import counted
from prover.run.utilisation import Load
from search.base import Candidate, Critic, Policy, ProofState, ProposalRequest, Theorem, Value


class Meter:
    """The seconds with at least one request at work, the number of requests at work now, and of all so far."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        counts: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self.counts = counts
        self.in_flight = 0
        self.items = 0
        self._clock = clock
        self._busy_s = 0.0
        self._since = 0.0

    @contextmanager
    def at_work(self, items: int = 1) -> Iterator[None]:
        """Count `items` requests as at work until the block ends."""
        if self.in_flight == 0:
            self._since = self._clock()
        self.in_flight += items
        self.items += items
        try:
            yield
        finally:
            self.in_flight -= items
            if self.in_flight == 0:
                self._busy_s += self._clock() - self._since

    def busy_s(self) -> float:
        """The seconds so far."""
        return self._busy_s + (self._clock() - self._since if self.in_flight else 0.0)


class _MeteredPolicy:
    """A policy with a meter on it."""

    def __init__(self, policy: Policy, clock: Callable[[], float] = time.monotonic) -> None:
        self.meter = Meter(clock, partial(counted, policy))
        self._policy = policy

    @property
    def num_premises(self) -> int:
        return self._policy.num_premises

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        with self.meter.at_work(max(1, len(requests))):
            return await self._policy.propose(requests)


class _MeteredCritic:
    """A critic with a meter on it."""

    def __init__(self, critic: Critic, clock: Callable[[], float] = time.monotonic) -> None:
        self.meter = Meter(clock)
        self._critic = critic

    async def score(self, theorem: Theorem, states: Sequence[ProofState]) -> Sequence[Value]:
        with self.meter.at_work(max(1, len(states))):
            return await self._critic.score(theorem, states)


class _MeteredJudge:
    """A judge with a meter on it, which counts proofs that wait as well as those being judged."""

    def __init__(self, judge: Judging, clock: Callable[[], float] = time.monotonic) -> None:
        self.meter = Meter(clock)
        self._judge = judge

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
        with self.meter.at_work():
            return await self._judge.judge(challenge, solution, theorem, file=file)

    async def ready(self) -> None:
        await self._judge.ready()


Meters = Sequence[tuple[str, Meter]]
"""Meters by the kind of what they are on: `policy`, `critic`, `judge`."""


def metered(opened: Sequence[Components]) -> tuple[list[Components], Meters]:
    """The components for each Lean with a meter on the policy and the critic that all share and on each judge."""
    policy = _MeteredPolicy(opened[0].policy)
    critic = None if opened[0].critic is None else _MeteredCritic(opened[0].critic)
    judges = [_MeteredJudge(each.judge) for each in opened]
    with_meters = [
        replace(each, policy=policy, critic=critic, judge=judge) for each, judge in zip(opened, judges, strict=True)
    ]
    meters = [("policy", policy.meter), *(("judge", judge.meter) for judge in judges)]
    return with_meters, meters if critic is None else [*meters, ("critic", critic.meter)]


def lean_load(health: PoolHealth) -> Load:
    """The load of a Lean pool."""
    ready = sum(worker.is_ready for worker in health.workers)
    busy_s = sum(worker.busy_s for worker in health.workers) / max(1, len(health.workers))
    megabytes = sum(worker.rss_bytes for worker in health.workers) / 2**20
    gauges = {
        "requests_waiting": health.waiting,
        "memory_of_workers_MB": round(megabytes),
        "lean_ready": ready,
        "lean_restarts": health.restarts,
    }
    return Load({"lean": busy_s}, gauges, {"lean": len(health.workers)})


def meter_load(kind: str, meter: Meter) -> Load:
    """The load of a metered policy, critic or judge."""
    return Load({kind: meter.busy_s()}, {f"{kind}_in_flight": meter.in_flight, **meter.counts()}, {kind: 1})
