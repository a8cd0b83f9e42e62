"""What the tests of the Lean layer share: a toolchain that starts the fake server, and pools of such servers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from prover.cluster.actor_seat import ActorLimits, actor_pool
from prover.cluster.lean_host import LeanHost
from prover.confine.launch import Launch
from prover.keeper import Patience
from prover.lean.pool import LeanPool, Queueing
from prover.lean.problem import Problem
from prover.lean.process_seat import ProcessLimits, local_pool
from prover.lean.session import SessionLimits
from prover.lean.theorem import OpenTheorem
from search.base import Path as TacticPath
from search.base import Rejected, TacticCall, TacticLimits
from tests.fakes.cluster import FakeHandle

FAKE = Path(__file__).with_name("lean_server.py")
UPSTREAM = FAKE.with_name("upstream_repl.py")
QUICK = SessionLimits(ready_s=5.0, open_s=5.0, grace_s=0.3)
POOL = ProcessLimits(starts=Patience(retries=2, pause_s=0.01))
SIMPLE = Problem("foo", "import Init\n", "theorem foo : p := by sorry")


def launch(scenario: str = "good", *arguments: str, memory_bytes: int | None = None, cancels: bool = False) -> Launch:
    argv = (sys.executable, "-I", "-S", str(FAKE), scenario, *arguments)
    return Launch(argv, {"PATH": os.environ["PATH"]}, Path("/"), memory_bytes=memory_bytes, cancels=cancels)


@dataclass
class FakeToolchain:
    """Starts the fake; `scenarios` says how for the first starts, the last of them for all others."""

    scenarios: list[tuple[str, ...]] = field(default_factory=lambda: [("good",)])
    memory_bytes: int | None = None
    cancels: bool = False
    starts: int = 0
    name: str = "fake"
    caution: str = ""
    fingerprint: str = "fake"

    def judge_launch(self) -> Launch:
        raise NotImplementedError

    def launch(self) -> Launch:
        scenario = self.scenarios[min(self.starts, len(self.scenarios) - 1)]
        self.starts += 1
        return launch(*scenario, memory_bytes=self.memory_bytes, cancels=self.cancels)


def pool(
    *scenarios: str,
    workers: int = 1,
    limits: ProcessLimits = POOL,
    memory_bytes: int | None = None,
    session: SessionLimits = QUICK,
    queueing: Queueing = Queueing(),  # noqa: B008 (frozen)
    cancels: bool = False,
) -> LeanPool:
    """Fake servers as processes of this machine."""
    toolchain = FakeToolchain([tuple(each.split()) for each in scenarios or ("good",)], memory_bytes, cancels)
    return local_pool(toolchain, workers=workers, limits=limits, session=session, queueing=queueing)


def far_pool(
    *scenarios: str,
    workers: int = 1,
    limits: ProcessLimits = POOL,
    memory_bytes: int | None = None,
    session: SessionLimits = QUICK,
    queueing: Queueing = Queueing(),  # noqa: B008 (frozen)
    cancels: bool = False,
) -> LeanPool:
    """The same behind actors."""
    toolchain = FakeToolchain([tuple(each.split()) for each in scenarios or ("good",)], memory_bytes, cancels)

    async def make() -> FakeToolchain:
        return toolchain

    handles = [FakeHandle(lambda: LeanHost(make, limits, session), f"lean {index}") for index in range(workers)]
    actors = ActorLimits(starts=Patience(retries=0, pause_s=0.01), call_s=20.0, queueing=queueing, health_every_s=0.05)
    return actor_pool(handles, fingerprint="fake", limits=actors)


MakePool = Callable[..., LeanPool]
"""`pool` or `far_pool`."""


def upstream_launch(*arguments: str) -> Launch:
    """The community REPL's stand-in."""
    argv = (sys.executable, "-I", "-S", str(UPSTREAM), *arguments)
    return Launch(argv, {"PATH": os.environ["PATH"]}, Path("/"), is_upstream=True)


class UpstreamToolchain(FakeToolchain):
    """Starts that stand-in."""

    def launch(self) -> Launch:
        return upstream_launch()


def upstream_pool() -> LeanPool:
    return local_pool(UpstreamToolchain(), workers=1, limits=POOL, session=QUICK)


def call(text: str, wall_s: float = 0.5) -> TacticCall:
    return TacticCall(text, TacticLimits(wall_s=wall_s))


def calls(*texts: str) -> list[TacticCall]:
    return [call(text) for text in texts]


async def opened(pool: LeanPool, problem: Problem = SIMPLE) -> OpenTheorem:
    theorem = await pool.open(problem)
    assert isinstance(theorem, OpenTheorem)
    return theorem


async def census(theorem: OpenTheorem, path: TacticPath = ()) -> dict[str, int]:
    """What the fake server that serves the theorem holds and has done."""
    (outcome,) = await theorem.apply(path, [call("census")])
    assert isinstance(outcome, Rejected)
    numbers: dict[str, int] = json.loads(outcome.message)
    return numbers
