"""A run's actors, from its settings: engines, drivers, and each driver's Lean workers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from prover.cluster.driver_host import DriverComponents, DriverHost
from prover.cluster.drivers import FarProver, StoreTrace
from prover.cluster.engine_host import CriticHost, PolicyHost
from prover.cluster.fleet import Fleet
from prover.cluster.handle import Handle, Needs, System
from prover.cluster.placement import (
    EnginePlan,
    Say,
    labels,
    plan_engines,
    refuse_unplaceable,
    wait_for_places,
    wait_until_ready,
)
from prover.config import Config
from prover.errors import StepwiseError
from prover.keeper import Patience
from prover.models.facts import FactsByRole
from prover.policy.opened import facts_json
from prover.run.utilisation import Load, merged

log = logging.getLogger(__name__)

_WORKERS_A_DRIVER = 128
"""The number of Lean workers for one search driver (docs/cluster.md has the measurement)."""

_HOST_BYTES = 256 << 20  # the actor round a Lean worker
_DRIVER_BYTES = 1024 << 20  # the driver itself
_SPARE_BYTES = 832 << 20  # a judging process as it usually is
_WORKERS_A_JUDGE = 32
_JUDGE_STEPS = 3  # each with a limit of its own
_PROVE_SLACK_S = 3600.0  # waiting for a machine and a start, beside the theorem's own time
_LOAD_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class DriverPlan:
    """The arguments of a driver, all of which can be pickled: its Lean workers and the run's engines."""

    index: int
    config: Config
    fingerprint: str
    lean_workers: int
    system: System
    policy: tuple[Handle, ...]
    critic: tuple[Handle, ...]


OpenDriver = Callable[[DriverPlan], contextlib.AbstractAsyncContextManager[DriverComponents]]
"""Opens a driver's components inside its actor; has to be a function that can be pickled."""


# ------------------------------------------------------------------------------------------------------ who needs what


def num_drivers(config: Config) -> int:
    """How many search drivers the run has."""
    return config.cluster.drivers or -(-config.lean.workers // _WORKERS_A_DRIVER)


def lean_needs(config: Config) -> Needs:
    """The reservation of a Lean worker: a core, its memory limit, and its actor's own memory."""
    memory = config.lean.worker_bytes + _HOST_BYTES
    return Needs(1.0, 0.0, memory, labels(config.cluster.lean_labels, "cluster.lean_labels"))


def shares(config: Config) -> list[int]:
    """The number of Lean workers of each driver."""
    count, workers = num_drivers(config), config.lean.workers
    return [workers // count + (index < workers % count) for index in range(count)]


def num_judges(lean_workers: int) -> int:
    """The number of proofs that a driver's judge works on at once."""
    return 1 + lean_workers // _WORKERS_A_JUDGE


def driver_needs(config: Config, lean_workers: int) -> Needs:
    """The reservation of a search driver: a core for itself and one for each proof that is judged; memory for itself,
    for the judge's processes: one that is large, and for each proof another and one of the usual size."""
    judges = num_judges(lean_workers)
    memory = _DRIVER_BYTES + config.lean.judge_bytes + judges * (config.lean.judge_bytes + _SPARE_BYTES)
    return Needs(1.0 + judges, 0.0, memory, labels(config.cluster.driver_labels, "cluster.driver_labels"))


def patience_of(config: Config) -> Patience:
    """The retries of work that was lost with its actor."""
    return Patience(retries=config.cluster.retries)


def fleet_of(name: str, handles: Sequence[Handle], config: Config) -> Fleet:
    """A fleet with the run's patience."""
    return Fleet(name, handles, patience=patience_of(config), start_s=config.cluster.start_s)


def deadline_s(config: Config) -> float:
    """Seconds after which a driver that works on one theorem counts as lost."""
    return config.time_limit_s + _JUDGE_STEPS * config.lean.judge_s + _PROVE_SLACK_S


def all_needs(config: Config) -> Needs:
    """The reservations of the whole run together, which are the size of a local Ray."""
    lean = [lean_needs(config)] * config.lean.workers
    drivers = [driver_needs(config, share) for share in shares(config)]
    engines = [plan.needs for plan in plan_engines(config, 0.0) for _ in range(plan.count)]
    everything = [*lean, *drivers, *engines]
    return Needs(sum(each.cpus for each in everything), 0.0, sum(each.memory_bytes for each in everything))


# ----------------------------------------------------------------------------------------------------------- the run


class Cluster:
    """A run's actors, seen from the command. `models` are the facts of the models, for `run.json`."""

    def __init__(
        self, drivers: Fleet, engines: Mapping[str, Fleet], system: System, config: Config, models: Mapping[str, Any]
    ) -> None:
        self.models = models
        self._drivers = drivers
        self._engines = engines
        self._fleets = [drivers, *engines.values()]
        self._system = system
        self._config = config
        self._load = Load()

    def prover(self, store_trace: StoreTrace) -> FarProver:
        """A prover on the drivers, which hands their traces to `store_trace`."""
        limit_s, patience = deadline_s(self._config), patience_of(self._config)
        return FarProver(self._drivers, self._system, store_trace, deadline_s=limit_s, patience=patience)

    def load(self) -> Load:
        """The load of all actors together, about a second old."""
        return self._load

    async def watch(self, say: Say) -> None:
        """Ask the actors for their load again and again, without end; `say` gets what the models warn of."""
        while True:
            with contextlib.suppress(StepwiseError):
                answers = [await fleet.ask_all("load", deadline_s=60.0) for fleet in self._fleets]
                self._load = merged(load for loads in answers for load in loads)
                for kind, fleet in self._engines.items():
                    for warnings in await fleet.ask_all("warnings", deadline_s=60.0):
                        for each in warnings:
                            say(f"{kind}: {each}")
            await asyncio.sleep(_LOAD_EVERY_S)


@asynccontextmanager
async def open_cluster(
    system: System, config: Config, open_driver: OpenDriver, *, fingerprint: str, say: Say
) -> AsyncIterator[Cluster]:
    """Start the run's actors and wait until all engines and one driver are ready; end the actors afterwards.

    Raises UsageError or StepwiseError if they find no place or don't start.
    """
    async with contextlib.AsyncExitStack() as stack:
        policy, critic = await start_engines(system, config, stack, say)
        plans = [
            DriverPlan(index, config, fingerprint, share, system, policy, critic)
            for index, share in enumerate(shares(config))
        ]
        drivers = _start_drivers(plans, open_driver, stack)
        fleet = await stack.enter_async_context(fleet_of("driver", drivers, config))
        engines = {
            kind: await stack.enter_async_context(fleet_of(f"{kind} engine", handles, config))
            for kind, handles in (("policy", policy), ("critic", critic))
            if handles
        }
        needs = driver_needs(config, max(shares(config)))
        await wait_for_places(drivers, needs, system, place_s=config.cluster.place_s, say=say, at_least=1)
        models = await _loaded(engines, config, say)
        await wait_until_ready(fleet, "the first Lean worker", start_s=config.cluster.start_s, say=say, at_least=1)
        models |= await _told(fleet, say)
        cluster = Cluster(fleet, engines, system, config, models)
        watching = asyncio.create_task(cluster.watch(say))
        try:
            yield cluster
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def _loaded(engines: Mapping[str, Fleet], config: Config, say: Say) -> dict[str, Any]:
    """Wait until the engines of each kind are ready; the facts of their models."""
    models: dict[str, Any] = {}
    for kind, fleet in engines.items():
        await wait_until_ready(fleet, f"the {kind} to be loaded", start_s=config.cluster.start_s, say=say)
        models |= await _told(fleet, say)
    return models


async def _told(fleet: Fleet, say: Say) -> dict[str, Any]:
    """The facts of the models that one of these actors opened, for `run.json`; `say` gets them for people."""
    facts: FactsByRole = await fleet.call("facts", deadline_s=60.0)
    for role, known in facts.items():
        for each in known:
            say(f"{role}: {each}")
    return facts_json(facts)


async def start_engines(
    system: System, config: Config, stack: contextlib.AsyncExitStack, say: Say
) -> tuple[tuple[Handle, ...], tuple[Handle, ...]]:
    """Start the policy's engines and the critic's, and wait for their places. Raises as `wait_for_places`."""
    wanted = labels(config.cluster.engine_labels, "cluster.engine_labels")
    gpus = system.gpus(wanted)
    plans = plan_engines(config, gpus if gpus or not system.can_grow else None)
    if not system.can_grow:
        refuse_unplaceable(plans, gpus)
    hosts = {"policy": PolicyHost, "critic": CriticHost}
    started: list[tuple[Handle, ...]] = []
    for plan in plans:
        make = partial(hosts[plan.kind], plan.spec, config.models.chosen_device, plan.memory_share)
        handles = _spawn(system, plan, make, stack)
        # The larger shares first, and in place: small ones that came before could leave no GPU with room for them.
        seats = await wait_for_places(handles, plan.needs, system, place_s=config.cluster.place_s, say=say)
        if plan.needs.gpus:
            where = ", ".join(f"{seat.host} GPU {seat.gpus}" for seat in seats)
            say(f"{plan} ({plan.memory_share:.0%} of its memory), on {where}")
        started.append(handles)
    return started[0], started[1]


def _spawn(
    system: System, plan: EnginePlan, make: Callable[[], object], stack: contextlib.AsyncExitStack
) -> tuple[Handle, ...]:
    handles = tuple(system.spawn(f"{plan.kind} {index}", make, plan.needs) for index in range(plan.count))
    stack.push_async_callback(_end_all, handles)
    return handles


def _start_drivers(
    plans: Sequence[DriverPlan], open_driver: OpenDriver, stack: contextlib.AsyncExitStack
) -> tuple[Handle, ...]:
    handles = tuple(
        plan.system.spawn(
            f"driver {plan.index}",
            partial(DriverHost, partial(open_driver, plan), is_traced=plan.config.trace),
            driver_needs(plan.config, plan.lean_workers),
        )
        for plan in plans
    )
    stack.push_async_callback(_end_all, handles)
    return handles


async def _end_all(handles: tuple[Handle, ...]) -> None:
    await asyncio.gather(*(_end(handle) for handle in handles))


async def _end(handle: Handle) -> None:
    """Close an actor's host, then end the actor."""
    with contextlib.suppress(StepwiseError):
        await handle.call("close", deadline_s=20.0)
    handle.end()
