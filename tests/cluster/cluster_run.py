"""A run on Ray whose Lean, policy and judge are fakes: `python -m tests.cluster.cluster_run FOLDER THEOREMS [here]`.

Begins a run in FOLDER, or resumes it. Every theorem is a world of hashes of its own, named by its number; a proof
is what replays there. With `here` there is no Ray, only this process.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from prover.cluster.actor_seat import ActorLimits, actor_pool
from prover.cluster.actors import LOCAL, ray_system
from prover.cluster.driver_host import DriverComponents, DriverHost
from prover.cluster.drivers import FarProver
from prover.cluster.engines import FarPolicy
from prover.cluster.fleet import Fleet
from prover.cluster.handle import Handle, Needs, System
from prover.cluster.lean_host import Unheard, Whereabouts
from prover.config import Config, SearchConfig
from prover.driver.agenda import make_agenda
from prover.driver.job import Prover
from prover.driver.parts import Components
from prover.driver.run import Run
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Tracer
from prover.judge import Verdict, VerdictStatus
from prover.keeper import Patience
from prover.lean.pieces import Pieces
from prover.lean.pool_health import WorkerHealth
from prover.lean.problem import Opened, OpenFailed, Problem
from prover.lean.theorem import OpenTheorem, TheoremWorker
from prover.run.folder import RunFolder
from prover.run.trace import TraceWriter
from prover.tasks import TheoremTask, load_tasks
from search.base import Candidate, Outcome, ProposalRequest, TacticCall, TacticLimits
from search.base import Path as TacticPath
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.policy import HashPolicy

T = TypeVar("T")

Labels = tuple[tuple[str, str], ...]
CONFIG = Config(search=SearchConfig(expansions=60, samples=6, in_flight=1, minimise=False), seed=5)
QUICK = ActorLimits(start_s=60.0, call_s=20.0, starts=Patience(retries=19, pause_s=0.1))
PATIENCE = Patience(retries=30, pause_s=0.1, longest_pause_s=2.0)


def environment(name: str) -> FakeEnvironment:
    """The world of a theorem, in which nothing but Lean's answers counts: no limits, no crashes of its own."""
    return FakeEnvironment(World(seed=int(name[1:]), shares=(56, 0, 0, 4, 40)))


@dataclass
class FakeLeanHost:
    """A Lean actor of worlds."""

    pause_s: float = 0.004
    known: dict[int, FakeEnvironment] = field(default_factory=dict)

    async def ready(self) -> Whereabouts:
        return Whereabouts("here", 0, "fake")

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        self.known[key] = environment(problem.name)
        return Opened(0, 0, self.known[key].root)

    async def apply(
        self, key: int, path: TacticPath, calls: Sequence[TacticCall], left_s: float
    ) -> list[Outcome] | Unheard:
        if key not in self.known:
            return Unheard()
        await asyncio.sleep(self.pause_s * len(calls))
        return self.known[key].run(path, calls)

    async def forget(self, key: int) -> None:
        self.known.pop(key, None)

    async def health(self) -> WorkerHealth | None:
        return None

    async def close(self) -> None:
        pass


class FakePolicyHost:
    """An engine actor without a model."""

    async def ready(self) -> None:
        pass

    async def num_premises(self) -> int:
        return 0

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        await asyncio.sleep(0.002)
        return await HashPolicy().propose(requests)

    async def close(self) -> None:
        pass


class Believer:
    """A judge who accepts: the script was made of answers that are checked by the test."""

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
        return Verdict(VerdictStatus.ACCEPTED, theorem)

    async def ready(self) -> None:
        pass


@asynccontextmanager
async def driver_parts(
    system: System, number: int, engines: tuple[Handle, ...], labels: Labels
) -> AsyncIterator[DriverComponents]:
    """Inside a driver actor: two Lean actors of its own, the run's engines."""
    handles = [system.spawn(f"lean {number}.{i}", FakeLeanHost, Needs(0.1, labels=labels)) for i in range(2)]
    async with (
        actor_pool(handles, fingerprint="fake", limits=QUICK) as lean,
        Fleet("policy engine", engines, patience=PATIENCE, rest_s=0.5) as fleet,
    ):
        policy = await FarPolicy.open(fleet)
        parts = Components(lean, policy, None, Believer(), CONFIG.search, TacticLimits(), 3600.0, CONFIG.seed)
        yield DriverComponents(parts, lean)


class Worlds:
    """Lean without actors."""

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        return await OpenTheorem.open(LocalWorkers(), 0, problem)


@dataclass
class LocalWorkers:
    """One fake worker in this process."""

    host: FakeLeanHost = field(default_factory=partial(FakeLeanHost, pause_s=0.0))
    pieces: Pieces = Pieces()  # noqa: RUF009 (frozen)

    async def run(self, key: int, path: TacticPath, work: Callable[[TheoremWorker], Awaitable[T]]) -> T:
        return await work(self)

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        return await self.host.open(key, problem)

    async def apply(
        self, key: int, problem: Problem, path: TacticPath, calls: Sequence[TacticCall], left_s: float
    ) -> list[Outcome]:
        outcomes = await self.host.apply(key, path, calls, left_s)
        assert not isinstance(outcomes, Unheard)
        return outcomes

    async def premises(self, key: int, problem: Problem, path: TacticPath, limit: int) -> tuple[()]:
        return ()

    def forget(self, key: int) -> None:
        pass


def open_folder(path: Path, count: int) -> RunFolder:
    if (path / "run.json").exists():
        return RunFolder.resume(path)
    statements = [f"theorem t{number} : {number} = {number} := by sorry" for number in range(count)]
    tasks = load_tasks([], statements)
    return RunFolder.create(
        path, tasks, config=CONFIG.to_json(), versions={}, seed=CONFIG.seed, toolchain="fake", started_at=0.0
    )


async def work(folder: RunFolder, prover: Prover) -> None:
    agenda = make_agenda(folder.tasks.tasks, folder.results(), CONFIG)
    await Run(folder, prover, agenda, concurrency=6).work()


async def far(folder: RunFolder, address: str = LOCAL, labels: Labels = ()) -> None:
    """Two drivers with two Lean actors each, one engine; the Lean actors on nodes with these labels."""

    def store(task: TheoremTask, attempt: int, beside: str, data: bytes) -> None:
        folder.write_trace(task.id, attempt, data, beside)

    async with ray_system(address, local=Needs(4)) as system:
        engines = (system.spawn("policy 0", FakePolicyHost, Needs(0.1)),)
        drivers = [
            system.spawn(
                f"driver {number}",
                partial(DriverHost, partial(driver_parts, system, number, engines, labels), is_traced=True),
                Needs(0.1),
            )
            for number in range(2)
        ]
        async with Fleet("driver", drivers, rest_s=0.5) as fleet:
            await work(folder, FarProver(fleet, system, store, deadline_s=120.0, patience=PATIENCE))


async def here(folder: RunFolder) -> None:
    """The same without Ray."""

    def observer(task: TheoremTask, attempt: int, beside: str = "") -> Tracer:
        return Tracer(partial(TraceWriter, folder.trace_path(task.id, attempt, beside), {"id": task.id}))

    parts = Components(Worlds(), HashPolicy(), None, Believer(), CONFIG.search, TacticLimits(), 3600.0, CONFIG.seed)
    await work(folder, TheoremProver(parts, observer))


def main(path: str, count: str, *where: str) -> None:
    folder = open_folder(Path(path), int(count))
    try:
        asyncio.run(here(folder) if where else far(folder))
    finally:
        folder.close()


if __name__ == "__main__":
    from tests.cluster import cluster_run  # by its name, so that actors get references and no copies of this file

    cluster_run.main(*sys.argv[1:])
