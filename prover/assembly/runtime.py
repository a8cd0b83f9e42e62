"""Where a run's theorems are proved: in this process, or on actors of a Ray cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from prover.assembly.components import open_each
from prover.assembly.toolchains import Toolchains
from prover.cli.console import Console
from prover.cluster.handle import System
from prover.config import Config
from prover.driver.job import Attempt, Job, Prover
from prover.driver.loop import Observer
from prover.driver.meters import Meter, MeteredCritic, MeteredJudge, MeteredPolicy, lean_load, meter_load
from prover.driver.parts import Components, Opener
from prover.driver.several import Several
from prover.driver.theorem import TheoremProver
from prover.driver.trace import Tracer, Untraced
from prover.lean.pool import LeanPool
from prover.policy.opened import needs_engine
from prover.run.balance import Balance
from prover.run.folder import RunFolder
from prover.run.result import TheoremResult
from prover.run.trace import TraceWriter
from prover.run.utilisation import Load, Sample, merged
from prover.tasks import TheoremTask

_MOST_A_WORKER = 4  # theorems at once for each Lean worker


@dataclass(frozen=True, slots=True)
class Runtime:
    """What proves, with how many toolchains, and how busy it is. `balance` is there where the number of theorems at
    once follows the queues; `listeners` want to be told of every sample, `on_result` of every result."""

    prover: Prover
    load: Callable[[], Load]
    leans: int = 1
    balance: Balance | None = None
    listeners: tuple[Callable[[Sample], None], ...] = ()
    on_result: Callable[[TheoremResult], None] = lambda _: None


class Admitted:
    """A prover who takes as many theorems at once as the balance allows."""

    def __init__(self, prover: Prover, balance: Balance) -> None:
        self._prover = prover
        self._balance = balance

    async def prove(self, job: Job) -> Attempt:
        async with self._balance.admit():
            return await self._prover.prove(job)


def balanced(runtime: Runtime, config: Config) -> Runtime:
    """The runtime with its number of theorems at once following the queues, unless the settings say a number."""
    if config.concurrency is not None:
        return runtime
    workers = runtime.leans * config.lean.workers
    balance = Balance(workers, _MOST_A_WORKER * workers)

    def load() -> Load:
        return merged([runtime.load(), Load(gauges=balance.gauges())])

    return replace(
        runtime,
        prover=Admitted(runtime.prover, balance),
        load=load,
        balance=balance,
        listeners=(*runtime.listeners, balance.adjust),
    )


@asynccontextmanager
async def open_here(config: Config, leans: Toolchains, folder: RunFolder, console: Console) -> AsyncIterator[Runtime]:
    """Everything in this process and the Lean processes below it: workers and a judge for each Lean, models for all."""

    def observer(task: TheoremTask, attempt: int, beside: str = "") -> Observer:
        if not config.trace:
            return Untraced()
        path = folder.trace_path(task.id, attempt, beside)
        header = {"id": task.id, "name": task.name, "attempt": attempt, "statement": task.statement}
        return Tracer(partial(TraceWriter, path, header))

    async with open_each(leans.toolchains, config, console, folder.note_models) as opened:
        metered, meters = with_meters(opened)
        is_balanced = needs_engine(config.models.policy)
        provers = [TheoremProver(parts, observer) for parts in metered]
        prover = Several(provers, leans.index_of, at_once=most_at_once(config, is_balanced=is_balanced))
        runtime = Runtime(prover, partial(load, [parts.lean for parts in opened], meters), len(opened))
        yield balanced(runtime, config) if is_balanced else runtime


def most_at_once(config: Config, *, is_balanced: bool) -> int:
    """How many theorems one Lean is given at once at most: what a run with that Lean alone has."""
    return config.concurrency or config.lean.workers * (_MOST_A_WORKER if is_balanced else 1)


def with_meters(opened: Sequence[Components]) -> tuple[list[Components], list[tuple[str, Meter]]]:
    """The parts for each Lean with meters on all that they share and on each judge; the meters, by kind."""
    policy = MeteredPolicy(opened[0].policy)
    critic = MeteredCritic(opened[0].critic) if opened[0].critic is not None else None
    judges = [MeteredJudge(parts.judge) for parts in opened]
    metered = [
        replace(parts, policy=policy, critic=critic, judge=judge) for parts, judge in zip(opened, judges, strict=True)
    ]
    meters = [("policy", policy.meter), *(("judge", judge.meter) for judge in judges)]
    return metered, meters if critic is None else [*meters, ("critic", critic.meter)]


def load(pools: Iterable[Opener], meters: Iterable[tuple[str, Meter]]) -> Load:
    """How busy the parts of this process are, those of all toolchains together."""
    lean = (lean_load(pool.health()) for pool in pools if isinstance(pool, LeanPool))
    return merged([*lean, *(meter_load(kind, meter) for kind, meter in meters)])


@asynccontextmanager
async def join(config: Config, address: str | None, console: Console) -> AsyncIterator[System | None]:
    """The Ray cluster at `address`; `local` is a Ray of our own, which ends with the block. Nothing without one."""
    if address is None:
        yield None
        return
    console.note("starting a Ray on this machine …" if address == "local" else f"joining the Ray cluster ({address}) …")
    from prover.cluster.actors import ray_system
    from prover.cluster.cluster import all_needs

    async with ray_system(address, local=all_needs(config)) as system:
        yield system


@asynccontextmanager
async def open_far(
    config: Config, system: System, fingerprint: str, folder: RunFolder, console: Console
) -> AsyncIterator[Runtime]:
    """Actors of a Ray cluster, all with the one Lean of that fingerprint."""
    from prover.cluster.cluster import open_cluster
    from prover.cluster.metrics import Metrics

    def store_trace(task: TheoremTask, attempt: int, beside: str, data: bytes) -> None:
        folder.write_trace(task.id, attempt, data, beside)

    opening = open_cluster(
        system,
        config,
        fingerprint=fingerprint,
        store_trace=store_trace,
        say=console.note,
        note_models=folder.note_models,
    )
    async with opening as cluster:
        metrics = Metrics(folder.path.resolve().name)
        yield balanced(
            Runtime(cluster.prover, cluster.load, listeners=(metrics.sample,), on_result=metrics.result),
            config,
        )
