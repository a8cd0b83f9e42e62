"""Lean actors that are not: they answer after the times that real tactics took, and count how busy they were."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from prover.cluster.handle import Handle
from prover.cluster.lean_host import Unheard, Whereabouts
from prover.judge import Verdict, VerdictStatus
from prover.lean.pool_health import WorkerHealth
from prover.lean.problem import Opened, OpenFailed, Problem
from search.base import (
    Advanced,
    Candidate,
    Goal,
    Hypothesis,
    LimitKind,
    LogProb,
    Outcome,
    ProofState,
    ProposalRequest,
    Rejected,
    RejectKind,
    TacticCall,
    TimedOut,
)
from search.base import Path as TacticPath

RECORDED = Path(__file__).parent / "data" / "latencies.json"


@dataclass(frozen=True)
class Recorded:
    """What tactics came to, and how long they took: (outcome, seconds, characters of the message)."""

    tactics: tuple[tuple[str, float, int], ...]

    @classmethod
    def load(cls) -> Recorded:
        """The latencies in `data/`."""
        rows = json.loads(RECORDED.read_text())["tactics"]
        return cls(tuple((outcome, ms / 1000, size) for outcome, ms, size in rows))

    @property
    def mean_s(self) -> float:
        return sum(seconds for _, seconds, _ in self.tactics) / len(self.tactics)

    def draw(self, *parts: object) -> tuple[str, float, int]:
        """The one that belongs to these parts, always the same."""
        digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
        return self.tactics[int.from_bytes(digest, "big") % len(self.tactics)]


def state(name: str) -> ProofState:
    """A state of ordinary size."""
    context = tuple(Hypothesis(f"h{i}", "a * b ≤ c + d", head="LE.le", is_prop=True) for i in range(4))
    pretty = "\n".join(f"{h.name} : {h.type}" for h in context) + f"\n⊢ {name} = a * b + c"
    return ProofState((Goal(name, context, "", pretty, name, "Eq", ("Eq", "HAdd.hAdd")),), name, ((0,),))


class SimulatedLeans:
    """Several simulated Lean actors in one process; `index` says which is asked."""

    def __init__(self, count: int) -> None:
        self._recorded = Recorded.load()
        self._known: list[set[int]] = [set() for _ in range(count)]
        self._turns = [asyncio.Lock() for _ in range(count)]
        self._busy_s = [0.0] * count
        self._tactics = 0

    async def ready(self, index: int) -> Whereabouts:
        return Whereabouts("simulated", index, "simulated")

    async def open(self, index: int, key: int, problem: Problem) -> Opened | OpenFailed:
        self._known[index].add(key)
        await self._work(index, 0.3)
        return Opened(0, 0, state(problem.name))

    async def apply(
        self, index: int, key: int, path: TacticPath, calls: Sequence[TacticCall]
    ) -> list[Outcome] | Unheard:
        if key not in self._known[index]:
            return Unheard()
        steps = tuple(step.tactic for step in path)
        drawn = [self._recorded.draw(key, steps, call.text) for call in calls]
        await self._work(index, sum(seconds for _, seconds, _ in drawn))
        self._tactics += len(calls)
        return [outcome(call.text, *each, (key, steps)) for call, each in zip(calls, drawn, strict=True)]

    async def premises(self, *_: object) -> tuple[()]:
        return ()

    async def forget(self, index: int, key: int) -> None:
        self._known[index].discard(key)

    async def health(self, _: int) -> WorkerHealth | None:
        return None

    async def close(self, _: int) -> None:
        pass

    async def totals(self) -> tuple[float, int, float]:
        """Busy seconds of all, tactics of all, CPU seconds of this process."""
        return sum(self._busy_s), self._tactics, time.process_time()

    async def _work(self, index: int, seconds: float) -> None:
        async with self._turns[index]:  # one after the other, like a Lean process
            began = time.monotonic()
            await asyncio.sleep(seconds)
            self._busy_s[index] += min(seconds, time.monotonic() - began)


def outcome(text: str, kind: str, seconds: float, size: int, where: tuple[int, tuple[str, ...]]) -> Outcome:
    """A recorded outcome in the vocabulary of the search; proofs are left out, so that searches last."""
    if kind in ("advanced", "proved"):
        return Advanced(state(f"s{hash((where, text)) & 0xFFFFFFFF:x}"), text, seconds)
    if kind == "timed_out":
        return TimedOut(LimitKind.HEARTBEATS, seconds)
    return Rejected(RejectKind.ERROR, "x" * size, seconds)


@dataclass(frozen=True)
class OneOf:
    """A handle on one simulated actor of a process that holds several."""

    inner: Handle
    index: int

    @property
    def name(self) -> str:
        return f"{self.inner.name}.{self.index}"

    async def call(self, method: str, *arguments: object, deadline_s: float) -> Any:
        return await self.inner.call(method, self.index, *arguments, deadline_s=deadline_s)

    def end(self) -> None:
        """The process ends with the benchmark."""


class SimulatedPolicy:
    """Proposes `samples` tactics after `delay_s`, as an engine elsewhere would."""

    num_premises = 0

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        await asyncio.sleep(self._delay_s)
        return [self._candidates(request) for request in requests]

    def _candidates(self, request: ProposalRequest) -> list[Candidate]:
        random = Random(request.state.key)
        return sorted(
            (
                Candidate(f"simp only [lemma_{random.randrange(10**6)}] at h{i % 4}", LogProb(-random.uniform(0.5, 9)))
                for i in range(request.num_samples)
            ),
            key=lambda candidate: -candidate.log_prob,
        )


class NoJudge:
    """Nothing is proved, so nothing is judged."""

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:  # noqa: ARG002
        return Verdict(VerdictStatus.UNKNOWN, theorem)

    async def ready(self) -> None:
        pass
