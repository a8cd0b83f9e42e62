"""Opens a run on a Ray cluster: the components inside a driver actor, and the near end of the whole run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

from prover.assembly.components import assemble, enter_critic, enter_policy, with_fitting_model
from prover.assembly.judging import judge_with
from prover.assembly.listener import Listener
from prover.assembly.runtime import Begin, Runtime, balanced
from prover.assembly.toolchains import open_toolchain
from prover.cluster.actor_seat import actor_pool
from prover.cluster.cluster import (
    Cluster,
    DriverPlan,
    all_needs,
    fleet_of,
    lean_needs,
    num_judges,
    open_cluster,
)
from prover.cluster.driver_host import DriverComponents
from prover.cluster.engines import FarCritic, FarPolicy
from prover.cluster.fleet import Fleet
from prover.cluster.handle import Handle, System
from prover.cluster.lean_host import LeanHost
from prover.config import Config
from prover.policy.opened import OpenCritic, OpenPolicy, nothing_to_close
from prover.run.folder import RunFolder
from prover.tasks import TheoremTask


@asynccontextmanager
async def join(config: Config, address: str | None, listener: Listener) -> AsyncIterator[System | None]:
    """The Ray cluster at `address`; `local` is a Ray of our own, which ends with the block. Nothing without one."""
    if address is None:
        yield None
        return
    listener.note(
        "starting a Ray on this machine …" if address == "local" else f"joining the Ray cluster ({address}) …"
    )
    from prover.cluster.actors import ray_system

    async with ray_system(address, local=all_needs(config)) as system:
        yield system


@asynccontextmanager
async def open_far(config: Config, system: System, fingerprint: str, listener: Listener) -> AsyncIterator[Begin]:
    """Start the run's actors on a Ray cluster, all with the Lean of that fingerprint. Raises the fault that keeps
    engines or drivers from finding a place or becoming ready."""
    config = with_fitting_model(config, fingerprint.split("+"), listener)
    opening = open_cluster(system, config, open_driver, fingerprint=fingerprint, say=listener.note)
    async with opening as cluster:
        yield partial(_far_runtime, config, cluster)


def _far_runtime(config: Config, cluster: Cluster, folder: RunFolder) -> Runtime:
    from prover.cluster.metrics import Metrics

    def store_trace(task: TheoremTask, attempt: int, beside: str, data: bytes) -> None:
        folder.write_trace(task.id, attempt, data, beside)

    folder.note_models(cluster.models)
    metrics = Metrics(folder.path.resolve().name)
    runtime = Runtime(cluster.prover(store_trace), cluster.load, listeners=(metrics.sample,), on_result=metrics.result)
    return balanced(runtime, config)


# ------------------------------------------------------------------------------------------------ inside a driver


@asynccontextmanager
async def open_driver(plan: DriverPlan) -> AsyncIterator[DriverComponents]:
    """Open the components inside a driver actor: its Lean actors, its judge, and the models, its own or the run's."""
    config = plan.config
    lean = replace(config.lean, project=config.lean.first_project, build=False)  # built where the run was begun
    prepare = partial(open_toolchain, lean)
    toolchain = await prepare()
    async with AsyncExitStack() as stack:
        handles = [
            plan.system.spawn(f"lean {plan.index}.{number}", partial(LeanHost, prepare), lean_needs(config))
            for number in range(plan.lean_workers)
        ]
        actors = await stack.enter_async_context(actor_pool(handles, fingerprint=plan.fingerprint))
        policies, critics = await _fleet("policy", plan, stack), await _fleet("critic", plan, stack)
        policy = await (enter_policy(config, stack) if policies is None else _shared_policy(policies))
        critic = await enter_critic(config, stack) if critics is None else _shared_critic(critics)
        judge = await stack.enter_async_context(judge_with(toolchain, lean, parallel=num_judges(plan.lean_workers)))
        judge.begin()
        components = assemble(config, lean=actors, policy=policy.policy, critic=critic.critic, judge=judge)
        fleets = tuple(fleet for fleet in (policies, critics) if fleet is not None)
        yield DriverComponents(components, actors, fleets, {"policy": policy.facts, "critic": critic.facts})


async def _shared_policy(engines: Fleet) -> OpenPolicy:
    return OpenPolicy(await FarPolicy.open(engines), nothing_to_close)


def _shared_critic(engines: Fleet) -> OpenCritic:
    return OpenCritic(FarCritic(engines), nothing_to_close)


async def _fleet(kind: str, plan: DriverPlan, stack: AsyncExitStack) -> Fleet | None:
    """The run's engines of a kind; None if it has none, and a driver opens the model itself."""
    engines: dict[str, tuple[Handle, ...]] = {"policy": plan.policy, "critic": plan.critic}
    if not engines[kind]:
        return None
    return await stack.enter_async_context(fleet_of(f"{kind} engine", engines[kind], plan.config))
