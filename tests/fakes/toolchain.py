"""What the tests of the Lean layer share: a toolchain that starts the fake server, and what is left of a process."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from prover.confine.launch import Launch
from prover.lean.pool import LeanPool, PoolLimits
from prover.lean.problem import Problem
from prover.lean.session import SessionLimits
from prover.lean.theorem import OpenTheorem
from search.base import Path as TacticPath
from search.base import Rejected, TacticCall, TacticLimits

FAKE = Path(__file__).with_name("lean_server.py")
UPSTREAM = FAKE.with_name("upstream_repl.py")
QUICK = SessionLimits(ready_s=5.0, open_s=5.0, grace_s=0.3)
POOL = PoolLimits(backoff_s=0.01, start_attempts=3)
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


def pool(*scenarios: str, workers: int = 1, limits: PoolLimits = POOL, memory_bytes: int | None = None) -> LeanPool:
    toolchain = FakeToolchain([tuple(each.split()) for each in scenarios or ("good",)], memory_bytes)
    return LeanPool(toolchain, workers=workers, limits=limits, session=QUICK)


def upstream_launch(*arguments: str) -> Launch:
    """The community REPL's stand-in."""
    argv = (sys.executable, "-I", "-S", str(UPSTREAM), *arguments)
    return Launch(argv, {"PATH": os.environ["PATH"]}, Path("/"), is_upstream=True)


class UpstreamToolchain(FakeToolchain):
    """Starts that stand-in."""

    def launch(self) -> Launch:
        return upstream_launch()


def upstream_pool() -> LeanPool:
    return LeanPool(UpstreamToolchain(), workers=1, limits=POOL, session=QUICK)


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


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(*pids: int, within_s: float = 3.0) -> bool:
    deadline = time.monotonic() + within_s
    while any(is_running(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
