"""Every setting does something: with another value, something is put together, or asked for, in another way."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import tempfile
import types
import typing
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from prover.assembly.components import assemble, model_orders, pools_of
from prover.assembly.judging import judge_with
from prover.assembly.listener import Listener
from prover.assembly.runtime import near_runtime
from prover.assembly.toolchains import Toolchains, project_options
from prover.cluster.cluster import (
    all_needs,
    deadline_s,
    driver_needs,
    fleet_of,
    lean_needs,
    patience_of,
    shares,
    start_engines,
)
from prover.config import ClusterConfig, Config, LeanConfig, ModelConfig, SearchConfig
from prover.driver.agenda import make_agenda
from prover.driver.run import Run
from prover.errors import UsageError
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.folder import RunFolder
from prover.settings import Range, leaves, nested, overlay, refuse_out_of_range
from prover.tasks import load_tasks
from search.base import Candidate, Outcome, ProposalRequest, TacticCall
from search.base import Path as TacticPath
from search.words import alternatives
from tests.fakes.cluster import FakeSystem
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener
from tests.fakes.policy import HashPolicy
from tests.fakes.toolchain import FakeToolchain

RECORDED = {"preset": "run.json keeps, for the report, which published budget the settings began from"}
"""Settings that are there to be written down, each with the reason."""

WORDS = {
    "preset": "workbook-scan",
    "search.rule": "critic",
    "lean.project": "/another",
    "lean.repl": "/repl",
    "models.policy": "/another/model",
    "models.critic": "/another/model",
    "models.device": "cpu",
    "policy.model": "/another/rules.json",
    "cluster.lean_labels": "kind=lean",
    "cluster.engine_labels": "kind=engine",
    "cluster.driver_labels": "kind=driver",
}
"""Another value for each setting that is a text."""

SEARCH = SearchConfig(samples=4, expansions=12)
BASES = {
    "here, in passes": Config(time_limit_s=20.0, search=replace(SEARCH, passes=2, last_temperature=1.1)),
    "here, in rounds": Config(time_limit_s=20.0, search=replace(SEARCH, rounds=2)),
    "here, limited by time alone": Config(time_limit_s=5.0, search=replace(SEARCH, expansions=100)),
    "on a cluster, with models": Config(models=ModelConfig("/policy", "/critic"), cluster=ClusterConfig()),
    "with a project": Config(lean=LeanConfig(project="/project")),
}
"""Some settings count only beside others: each has to do something in one of these runs."""

DEEP = World(num_goals=5000, shares=(30, 10, 0, 0, 60), coupled=0)
SMALL = World(num_goals=3, shares=(50, 0, 0, 0, 50), coupled=0)


@dataclass(frozen=True)
class Stairs(World):
    """Each tactic takes one step of the four to the end of the proof; `t0` takes two."""

    @functools.cache  # noqa: B019 (a world is a few numbers)
    def goals_after(self, goal: int, tactic: str) -> tuple[int, ...] | str:
        if not tactic.startswith("t"):
            return "rejected"
        reached = goal + 1 + (tactic == "t0")
        return (reached,) if reached < 4 else ()


@dataclass(frozen=True)
class HalfWay(World):
    """`t0` leaves two goals, of which only the first can be closed."""

    @functools.cache  # noqa: B019 (a world is a few numbers)
    def goals_after(self, goal: int, tactic: str) -> tuple[int, ...] | str:
        if tactic != "t0" or goal > 1:
            return "rejected"
        return () if goal else (1, 2)


WORLDS = (DEEP, SMALL, Stairs(), HalfWay(coupled=0))


def another(name: str, value: object, hint: Any, allowed: Range | None) -> object:
    """Another value that the setting may have."""
    if name in WORDS:
        return WORDS[name]
    if isinstance(value, bool):
        return not value
    kinds = [(typing.get_origin(kind) and typing.get_args(kind)[0]) or kind for kind in alternatives(hint)]
    (kind,) = (kind for kind in kinds if kind is not types.NoneType)
    allowed = allowed or Range(-1e9)
    middle = (allowed.least + (allowed.below or allowed.least + 2)) / 2
    tries = (value / 2, value * 2, value + 1, middle) if isinstance(value, int | float) else (middle, middle + 1)
    return next(kind(new) for new in tries if kind(new) != value and allowed.holds(kind(new)))


def hints(settings: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The annotation of every single setting."""
    known = typing.get_type_hints(type(settings), include_extras=True)
    for item in fields(settings):
        value = getattr(settings, item.name)
        if is_dataclass(value):
            yield from hints(value, f"{prefix}{item.name}.")
        else:
            yield f"{prefix}{item.name}", known[item.name]


def changed(base: Config, name: str) -> Config:
    """The settings with another value for one of them."""
    hint = dict(hints(base))[name]
    value, allowed = next((value, allowed) for leaf, value, allowed in leaves(base) if leaf == name)
    return refuse_out_of_range(overlay(base, nested(name, another(name, value, hint, allowed)), "test"))


# ------------------------------------------------------------------------------------------- what is put together


def put_together(config: Config) -> list[object]:
    """What the settings make of Lean, the judge and the models in one process, as values."""
    lean, toolchain = config.lean, FakeToolchain()
    pools = pools_of([toolchain], lean, Listener())
    return [
        (lean.projects, project_options(lean), [len(pool.health().workers) for pool in pools]),
        judge_with(toolchain, lean).limits,
        model_orders(config),
    ]


async def put_together_far(config: Config) -> list[object]:
    """What they make of a cluster's actors."""
    return [
        (lean_needs(config), all_needs(config), [driver_needs(config, share) for share in shares(config)]),
        (patience_of(config), deadline_s(config)),
        await engines(config),
    ]


async def engines(config: Config) -> list[object]:
    """The engine actors that are started, and how long each may wait for its place and take to be ready."""
    system = FakeSystem(num_gpus=1.0, can_grow=True)
    async with AsyncExitStack() as stack:
        await start_engines(system, config, stack, lambda _: None)
        async with fleet_of("engine", system.handles, config):
            await asyncio.sleep(0)  # each is asked whether it is ready
        return [
            (handle.name, needs, handle.deadlines) for handle, needs in zip(system.handles, system.needs, strict=True)
        ]


# ------------------------------------------------------------------------------------------------ what is asked for


@dataclass
class Heard:
    """All that a run asks of its parts, in order."""

    asked: list[object] = field(default_factory=list)


class HeardEnvironment(FakeEnvironment):
    def __init__(self, world: World, heard: Heard) -> None:
        super().__init__(world)
        self._heard = heard

    def run(self, path: TacticPath, calls: Sequence[TacticCall]) -> list[Outcome]:
        self._heard.asked.append((path, tuple(calls)))
        return super().run(path, calls)


class HeardOpener(FakeOpener):
    def __init__(self, world: World, heard: Heard) -> None:
        super().__init__(HeardEnvironment(world, heard))
        self._heard = heard

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        self._heard.asked.append(problem)
        return await super().open(problem)


class HeardPolicy(HashPolicy):
    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._heard = heard

    def answer(self, request: ProposalRequest) -> list[Candidate]:
        self._heard.asked.append(request)
        return super().answer(request)


async def run(config: Config, world: World) -> list[object]:
    """What a run of two theorems asks the policy and Lean for, how many at once, and the files it leaves. The clock
    goes on by a twentieth of a second whenever it is read."""
    heard, ticks = Heard(), itertools.count()
    parts = assemble(
        config, lean=HeardOpener(world, heard), policy=HeardPolicy(heard), critic=HashCritic(), judge=FakeJudge()
    )
    parts = replace(parts, clock=lambda: next(ticks) / 20, wall_clock=lambda: 0.0)
    tasks = load_tasks([], ["theorem a : True", "theorem b : True"])
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "run"
        folder = RunFolder.create(path, tasks, config={}, versions={}, seed=0, toolchain="none", started_at=0.0)
        runtime = near_runtime(config, Toolchains((FakeToolchain(),)), (parts,), {}, Listener(), folder)
        agenda = make_agenda(folder.tasks.tasks, [], config)
        await Run(folder, runtime.prover, agenda, concurrency=1).work()
        folder.close()
        files = sorted(str(file.relative_to(path)) for file in path.rglob("*"))
    return [heard.asked, runtime.concurrency(config), files]


@functools.cache
def ran(config: Config, world: World) -> list[object]:
    return asyncio.run(run(config, world))


def far(config: Config) -> list[object]:
    return asyncio.run(put_together_far(config))


def pairs(name: str) -> Iterator[tuple[Config, Config]]:
    """Settings with another value for one of them, and without, where it may be changed beside the others."""
    for base in BASES.values():
        with contextlib.suppress(UsageError):
            other = changed(base, name)
            make_agenda([], [], other)
            yield base, other


# Those of plans have a table of their own in tests/unit/plan/test_settings.py.
@pytest.mark.parametrize("name", [name for name, _, _ in leaves(Config()) if not name.startswith("plan.")])
def test_another_value_of_a_setting_makes_another_run(name: str) -> None:
    if name.startswith("cluster."):
        differs = any(far(base) != far(other) for base, other in pairs(name))
    else:
        differs = any(put_together(base) != put_together(other) for base, other in pairs(name)) or any(
            ran(base, world) != ran(other, world) for base, other in pairs(name) for world in WORLDS
        )
    assert differs != (name in RECORDED), RECORDED.get(name, f"{name} does nothing")


@pytest.mark.parametrize("case", BASES)
def test_the_same_settings_make_the_same_run(case: str) -> None:
    base = BASES[case]
    assert (put_together(base), far(base)) == (put_together(base), far(base))
    assert [asyncio.run(run(base, world)) for world in WORLDS] == [ran(base, world) for world in WORLDS]
