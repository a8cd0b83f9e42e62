"""A run's actors, from its settings: engines, drivers, and each driver's Lean workers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from critic.heuristic import HeuristicCritic
from prover.cluster.driver_host import DriverComponents, DriverHost
from prover.cluster.drivers import FarProver, StoreTrace
from prover.cluster.engine_host import CriticHost, PolicyHost
from prover.cluster.engines import FarCritic, FarPolicy
from prover.cluster.fleet import Fleet
from prover.cluster.handle import Handle, Needs, Patience, System
from prover.cluster.lean import LeanActors
from prover.cluster.lean_host import LeanHost
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
from prover.driver.parts import Components
from prover.errors import StepwiseError
from prover.judge import Judge
from prover.lean.embedded import ensure_embedded
from prover.lean.project import Project
from prover.lean.toolchain import Embedded, Toolchain
from prover.models.facts import ModelFacts
from prover.policy.critics import open_critic
from prover.policy.opened import facts_json
from prover.policy.registry import open_policy
from prover.run.utilisation import Load, merged
from search.base import Critic, Policy, TacticLimits

log = logging.getLogger(__name__)

WORKERS_A_DRIVER = 128
"""As many Lean workers one search driver keeps busy (docs/cluster.md has the measurement)."""

_EMBEDDED_BYTES = 2816 << 20  # a worker's limit and its host
_DRIVER_BYTES = 2048 << 20  # itself, and the judge's comparing process
_JUDGE_BYTES = 2048 << 20  # a judging process and the next one, warm
_WORKERS_A_JUDGE = 32
_PROVE_SLACK_S = 3600.0  # waiting for a machine and a start, beside the theorem's own time
_LOAD_EVERY_S = 1.0

NoteModels = Callable[[Mapping[str, Any]], None]
"""Is told what is known of a kind of engine's models, for `run.json`."""


@dataclass(frozen=True, slots=True)
class DriverPlan:
    """What a driver is started with: values that can be sent."""

    index: int
    config: Config
    fingerprint: str
    lean_workers: int
    system: System
    policy: tuple[Handle, ...]
    critic: tuple[Handle, ...]


async def prepare_toolchain(project: str | None, repl: str | None = None) -> Toolchain:
    """The run's Lean on the machine where this is called."""
    if project is not None:
        return await Project.prepare(Path(project), repl=repl)
    return await Embedded.prepare(await ensure_embedded())


# ------------------------------------------------------------------------------------------------------ who needs what


def num_drivers(config: Config) -> int:
    """How many search drivers the run has."""
    return config.cluster.drivers or -(-config.lean.workers // WORKERS_A_DRIVER)


def lean_needs(config: Config) -> Needs:
    """Of one Lean worker: a core, and its whole memory limit reserved."""
    memory = _EMBEDDED_BYTES if config.lean.project is None else config.lean.memory_mb << 20
    return Needs(1.0, 0.0, memory, labels(config.cluster.lean_labels, "cluster.lean_labels"))


def shares(config: Config) -> list[int]:
    """How many Lean workers each driver has."""
    count, workers = num_drivers(config), config.lean.workers
    return [workers // count + (index < workers % count) for index in range(count)]


def num_judges(lean_workers: int) -> int:
    """How many proofs a driver has judged at once."""
    return 1 + lean_workers // _WORKERS_A_JUDGE


def driver_needs(config: Config, lean_workers: int) -> Needs:
    """Of one search driver: a core for itself, one for each proof that is judged."""
    judges = num_judges(lean_workers)
    memory = _DRIVER_BYTES + judges * _JUDGE_BYTES
    return Needs(1.0 + judges, 0.0, memory, labels(config.cluster.driver_labels, "cluster.driver_labels"))


def all_needs(config: Config) -> Needs:
    """Of the whole run: the size of a Ray of our own."""
    lean = [lean_needs(config)] * config.lean.workers
    drivers = [driver_needs(config, share) for share in shares(config)]
    engines = [plan.needs for plan in plan_engines(config, 0.0) for _ in range(plan.count)]
    everything = [*lean, *drivers, *engines]
    return Needs(sum(each.cpus for each in everything), 0.0, sum(each.memory_bytes for each in everything))


# -------------------------------------------------------------------------------------------------------- one driver


@asynccontextmanager
async def open_driver(plan: DriverPlan) -> AsyncIterator[DriverComponents]:
    """Inside a driver actor: its Lean actors, its judge, and the models, its own or the run's."""
    config = plan.config
    prepare = partial(prepare_toolchain, config.lean.first_project, config.lean.repl)
    toolchain = await prepare()
    make = partial(LeanHost, prepare)
    async with contextlib.AsyncExitStack() as stack:
        handles = [
            plan.system.spawn(f"lean {plan.index}.{number}", make, lean_needs(config))
            for number in range(plan.lean_workers)
        ]
        lean = await stack.enter_async_context(LeanActors(handles, fingerprint=plan.fingerprint))
        policy, critic, engines = await _open_models(plan, stack)
        judge = await stack.enter_async_context(Judge(toolchain, parallel=num_judges(plan.lean_workers)))
        yield DriverComponents(
            Components(
                lean=lean,
                policy=policy,
                critic=critic,
                judge=judge,
                settings=config.search,
                limits=TacticLimits(config.lean.heartbeats, config.lean.tactic_s),
                time_limit_s=config.time_limit_s,
                seed=config.seed,
            ),
            lean,
            engines,
        )


async def _open_models(plan: DriverPlan, stack: contextlib.AsyncExitStack) -> tuple[Policy, Critic, tuple[Fleet, ...]]:
    config, patience = plan.config, Patience(retries=plan.config.cluster.retries)
    device = None if config.models.device == "auto" else config.models.device
    policy: Policy
    critic: Critic
    fleets = [
        await stack.enter_async_context(Fleet(f"{kind} engine", handles, patience=patience))
        for kind, handles in (("policy", plan.policy), ("critic", plan.critic))
        if handles
    ]
    if plan.policy:
        policy = await FarPolicy.open(fleets[0])
    else:
        opened = await asyncio.to_thread(open_policy, config.models.policy, device=device)
        stack.push_async_callback(opened.close)
        policy = opened.policy
    if plan.critic:
        critic = FarCritic(fleets[-1])
    elif config.models.critic is None:
        critic = HeuristicCritic()
    else:
        ranked = await open_critic(config.models.critic, device=device)
        stack.push_async_callback(ranked.close)
        critic = ranked.critic
    return policy, critic, tuple(fleets)


# ----------------------------------------------------------------------------------------------------------- the run


class Cluster:
    """The near end of a whole run: `prover` proves, `load` says how busy everything is, as of the last second."""

    def __init__(self, prover: FarProver, fleets: list[Fleet]) -> None:
        self.prover = prover
        self._fleets = fleets
        self._load = Load()

    def load(self) -> Load:
        """As of the last time everybody answered."""
        return self._load

    async def watch(self) -> None:
        """Ask everybody, for ever."""
        while True:
            with contextlib.suppress(StepwiseError):
                answers = [await fleet.ask_all("load", deadline_s=60.0) for fleet in self._fleets]
                self._load = merged(load for loads in answers for load in loads)
            await asyncio.sleep(_LOAD_EVERY_S)


@asynccontextmanager
async def open_cluster(
    system: System,
    config: Config,
    *,
    fingerprint: str,
    store_trace: StoreTrace,
    say: Say,
    note_models: NoteModels = lambda _: None,
) -> AsyncIterator[Cluster]:
    """Start the run's actors; all are ended on the way out. Begins when every engine and a driver are ready.

    Raises UsageError or StepwiseError, before any theorem is begun, if they find no place or don't start.
    """
    async with contextlib.AsyncExitStack() as stack:
        policy, critic = await start_engines(system, config, stack, say)
        drivers = _start_drivers(system, config, fingerprint, (policy, critic), stack)
        patience = Patience(retries=config.cluster.retries)
        fleet = await stack.enter_async_context(Fleet("driver", drivers, patience=patience))
        engines = {
            kind: await stack.enter_async_context(Fleet(f"{kind} engine", handles, patience=patience))
            for kind, handles in (("policy", policy), ("critic", critic))
            if handles
        }
        needs = driver_needs(config, max(shares(config)))
        await wait_for_places(drivers, needs, system, place_s=config.cluster.place_s, say=say, at_least=1)
        for kind, each in engines.items():
            await wait_until_ready(each, f"the {kind} to be loaded", say=say)
            facts: tuple[ModelFacts, ...] = await each.call("facts", deadline_s=60.0)
            for known in facts:
                say(f"{kind}: {known}")
            note_models(facts_json({kind: facts}))
        await wait_until_ready(fleet, "the first Lean worker", say=say, at_least=1)
        deadline_s = config.time_limit_s + config.lean.judge_s * 2 + _PROVE_SLACK_S
        prover = FarProver(fleet, system, store_trace, deadline_s=deadline_s, patience=patience)
        cluster = Cluster(prover, [fleet, *engines.values()])
        watching = asyncio.create_task(cluster.watch())
        try:
            yield cluster
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def start_engines(
    system: System, config: Config, stack: contextlib.AsyncExitStack, say: Say
) -> tuple[tuple[Handle, ...], tuple[Handle, ...]]:
    """The policy's engines and the critic's, each in its place."""
    wanted = labels(config.cluster.engine_labels, "cluster.engine_labels")
    gpus = system.gpus(wanted)
    plans = plan_engines(config, gpus if gpus or not system.can_grow else None)
    if not system.can_grow:
        refuse_unplaceable(plans, gpus)
    hosts = {"policy": PolicyHost, "critic": CriticHost}
    device = None if config.models.device == "auto" else config.models.device
    started: list[tuple[Handle, ...]] = []
    for plan in plans:
        make = partial(hosts[plan.kind], plan.spec, device, plan.memory_share)
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
    system: System,
    config: Config,
    fingerprint: str,
    engines: tuple[tuple[Handle, ...], tuple[Handle, ...]],
    stack: contextlib.AsyncExitStack,
) -> tuple[Handle, ...]:
    plans = [
        DriverPlan(index, config, fingerprint, share, system, *engines) for index, share in enumerate(shares(config))
    ]
    handles = tuple(
        system.spawn(
            f"driver {plan.index}",
            partial(DriverHost, partial(open_driver, plan), is_traced=config.trace),
            driver_needs(config, plan.lean_workers),
        )
        for plan in plans
    )
    stack.push_async_callback(_end_all, handles)
    return handles


async def _end_all(handles: tuple[Handle, ...]) -> None:
    await asyncio.gather(*(_end(handle) for handle in handles))


async def _end(handle: Handle) -> None:
    """Let an actor put its things away, then end it."""
    with contextlib.suppress(StepwiseError):
        await handle.call("close", deadline_s=20.0)
    handle.end()
