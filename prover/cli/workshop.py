"""Where a run's theorems are proved: in this process, or on actors of a Ray cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from prover.cli.console import Console
from prover.cli.parts import open_parts
from prover.config import Config
from prover.driver.loop import Observer
from prover.driver.run import Prover
from prover.driver.theorem import Parts, TheoremProver
from prover.driver.trace import Tracer, Untraced
from prover.lean.pool import LeanPool
from prover.lean.toolchain import Toolchain
from prover.run.folder import RunFolder
from prover.run.loads import Meter, MeteredCritic, MeteredPolicy, lean_load, meter_load
from prover.run.trace import TraceWriter
from prover.run.utilisation import Load, merged
from prover.tasks import TheoremTask


@dataclass(frozen=True, slots=True)
class Workshop:
    """What proves, and how busy it is."""

    prover: Prover
    load: Callable[[], Load]


@asynccontextmanager
async def open_here(
    config: Config, toolchain: Toolchain, folder: RunFolder, console: Console
) -> AsyncIterator[Workshop]:
    """Everything in this process and the Lean processes below it."""

    def observer(task: TheoremTask, attempt: int) -> Observer:
        if not config.trace:
            return Untraced()
        path = folder.trace_path(task.id, attempt)
        header = {"id": task.id, "name": task.name, "attempt": attempt, "statement": task.statement}
        return Tracer(partial(TraceWriter, path, header))

    async with open_parts(config, toolchain, console) as parts:
        policy = MeteredPolicy(parts.policy)
        meters = {"policy": policy.meter}
        metered = replace(parts, policy=policy)
        if parts.critic is not None:
            critic = MeteredCritic(parts.critic)
            meters["critic"] = critic.meter
            metered = replace(metered, critic=critic)
        yield Workshop(TheoremProver(metered, observer), partial(load, parts, meters))


def load(parts: Parts, meters: dict[str, Meter]) -> Load:
    """How busy the parts of this process are."""
    lean = lean_load(parts.lean.health()) if isinstance(parts.lean, LeanPool) else Load()
    return merged([lean, *(meter_load(kind, meter) for kind, meter in meters.items())])


@asynccontextmanager
async def open_far(config: Config, address: str, toolchain: Toolchain, folder: RunFolder) -> AsyncIterator[Workshop]:
    """Actors of the Ray cluster at `address`; `local` is a Ray of our own, which ends with the block."""
    from prover.cluster.actors import ray_system
    from prover.cluster.cluster import all_needs, open_cluster

    def store_trace(task: TheoremTask, attempt: int, data: bytes) -> None:
        folder.write_trace(task.id, attempt, data)

    async with (
        ray_system(address, local=all_needs(config)) as system,
        open_cluster(system, config, fingerprint=toolchain.fingerprint, store_trace=store_trace) as cluster,
    ):
        yield Workshop(cluster.prover, cluster.load)
