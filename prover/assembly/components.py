"""Makes the components of a run from its settings, each in one function, and assembles those that theorems share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from prover.ask.tape import Tape
from prover.assembly.capacity import judges_beside
from prover.assembly.judging import judge_with
from prover.assembly.listener import Listener
from prover.assembly.spares import Spares
from prover.cluster.placement import memory_parts
from prover.config import Config, LeanConfig, PolicyConfig
from prover.driver.before import Before
from prover.driver.parts import Components, Opener
from prover.judge import Judging
from prover.lean.pool import LeanPool
from prover.lean.pool_health import PoolEvent
from prover.lean.process_seat import local_pool
from prover.lean.toolchain import Toolchain
from prover.policy.critics import check_critic, open_critic
from prover.policy.opened import OpenCritic, OpenPolicy, facts_json, full_path, nothing_to_close, with_full_paths
from prover.policy.registry import check_policy, open_policy
from prover.policy.rule_models import misfit, uses_rules, with_rule_model
from search.base import Critic, Policy, TacticLimits


def assemble(
    config: Config,
    *,
    lean: Opener,
    policy: Policy,
    critic: Critic | None,
    judge: Judging,
    tell: Callable[[str], None] = lambda _: None,
) -> Components:
    """The components that every theorem of a run shares. Lean and the models may be near or far; `tell` takes lines
    for people."""
    return Components(
        lean=lean,
        policy=policy,
        critic=critic,
        judge=judge,
        settings=config.search,
        limits=tactic_limits(config.lean),
        time_limit_s=config.time_limit_s,
        seed=config.seed,
        before=Before(tell),
    )


def tactic_limits(lean: LeanConfig) -> TacticLimits:
    """The limits of a tactic for which the policy sets none."""
    return TacticLimits(lean.heartbeats, lean.tactic_s)


# --------------------------------------------------------------------------------------------------------- models


@dataclass(frozen=True, slots=True)
class Own:
    """A policy or a critic that the caller brings, in place of what the settings name; the caller closes it."""

    policy: Policy | None = None
    critic: Critic | None = None


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """A policy or a critic to be opened: its name, its device (None leaves the choice to the engine), and the part of
    the device's memory that it may fill."""

    name: str
    device: str | None
    memory: float


def model_orders(config: Config) -> tuple[ModelOrder, ModelOrder]:
    """The policy and the critic that the settings name, as one process opens them."""
    models, memory = config.models, memory_parts(config)
    return (
        ModelOrder(with_rule_model(models.policy, config.policy.model), models.chosen_device, memory[0]),
        ModelOrder(models.chosen_critic, models.chosen_device, memory[1]),
    )


def with_fitting_model(config: Config, toolchains: Collection[str], listener: Listener) -> Config:
    """The settings without their rule model, and a warning, if it was trained with another Lean than these and the
    policy would use it."""
    model = config.policy.model
    reason = "" if model is None or not uses_rules(config.models.policy) else misfit(model, toolchains)
    if not reason:
        return config
    listener.warn(reason)
    return replace(config, policy=PolicyConfig())


def with_places(config: Config) -> Config:
    """The settings with the full paths of the models and their files that lie here."""
    models, rules = config.models, config.policy.model
    critic = None if models.critic is None else with_full_paths(models.critic)
    return replace(
        config,
        models=replace(models, policy=with_full_paths(models.policy), critic=critic),
        policy=replace(config.policy, model=None if rules is None else full_path(rules)),
    )


def check_models(config: Config, own: Own) -> None:
    """Check the settings' policy and critic without reading weights. Raises UsageError or ModelError."""
    policy, critic = model_orders(config)
    if own.policy is None:
        check_policy(policy.name, device=policy.device)
    if own.critic is None:
        check_critic(critic.name, device=critic.device)


async def enter_policy(config: Config, stack: AsyncExitStack, tape: Tape | None = None) -> OpenPolicy:
    """The policy that the settings name, closed with the stack; requests to servers go through the tape. Raises
    UsageError or ModelError."""
    order, _ = model_orders(config)
    opened = await open_policy(order.name, device=order.device, memory=order.memory, tape=tape)
    stack.push_async_callback(opened.close)
    return opened


async def enter_critic(config: Config, stack: AsyncExitStack) -> OpenCritic:
    """The critic that the settings name, closed with the stack. Raises UsageError or ModelError."""
    _, order = model_orders(config)
    opened = await open_critic(order.name, device=order.device, memory=order.memory)
    stack.push_async_callback(opened.close)
    return opened


# ----------------------------------------------------------------------------------------------------------- near


@asynccontextmanager
async def open_components(
    toolchains: Sequence[Toolchain],
    config: Config,
    listener: Listener,
    own: Own | None = None,
    note_models: Callable[[Mapping[str, Any]], None] = lambda _: None,
    spares: Spares | None = None,
    tape: Tape | None = None,
    *,
    for_one: bool = False,
    on_demand: bool = False,
) -> AsyncIterator[tuple[Components, ...]]:
    """Open the components in this process: the models once, and workers and a judge for each Lean; close them on exit.
    For one theorem alone no more processes are started at once than it needs where it is easy; on demand the judge's
    start with the first proof, and end when there was none for a while.

    `note_models` is called with the known facts of the models, by role. Raises UsageError or ModelError for a model
    that can't be opened, before any Lean is started; WorkerStartFailed if no worker of some Lean starts.
    """
    own, spares = own or Own(), spares or Spares()
    config = with_fitting_model(config, [toolchain.fingerprint for toolchain in toolchains], listener)
    async with AsyncExitStack() as stack:
        policy = OpenPolicy(own.policy, nothing_to_close) if own.policy else await enter_policy(config, stack, tape)
        critic = OpenCritic(own.critic, nothing_to_close) if own.critic else await enter_critic(config, stack)
        facts = {"policy": policy.facts, "critic": critic.facts}
        for kind, known in facts.items():
            for each in known:
                listener.note(f"{kind}: {each}")
        note_models(facts_json(facts))
        parallel = judges_beside(config.lean.workers)
        judge_each = partial(judge_with, lean=config.lean, parallel=parallel, for_one=for_one)
        at_first = 1 if for_one or on_demand else None
        starting = pools_of(toolchains, config.lean, listener, spares, at_first=at_first)
        pools = [await stack.enter_async_context(pool) for pool in starting]
        judges = [spares.take_judge(each.fingerprint) or judge_each(each) for each in toolchains]
        judging = [await stack.enter_async_context(judge) for judge in judges]
        for pool in pools:
            await pool.ready()
        for judge in [] if on_demand else judging:
            judge.begin()  # not before the workers, which a search needs first
        yield tuple(
            assemble(config, lean=pool, policy=policy.policy, critic=critic.critic, judge=judge, tell=listener.note)
            for pool, judge in zip(pools, judging, strict=True)
        )


def pools_of(
    toolchains: Sequence[Toolchain],
    lean: LeanConfig,
    listener: Listener,
    spares: Spares | None = None,
    *,
    at_first: int | None = None,
) -> list[LeanPool]:
    """A pool for each Lean, not yet started but for a spare worker; the listener is told of workers numbered over all
    pools. `at_first` is how many workers of each start at once (None: all)."""
    spares = spares or Spares()

    def numbered(first: int) -> Callable[[PoolEvent], None]:
        return lambda event: listener.lean(replace(event, slot=first + event.slot))

    return [
        local_pool(
            toolchain,
            workers=lean.workers,
            on_event=numbered(index * lean.workers),
            first=spares.take(toolchain.fingerprint),
            at_first=at_first,
        )
        for index, toolchain in enumerate(toolchains)
    ]
