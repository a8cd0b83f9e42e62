"""Opens the planners that the settings name: `script:FILE`, an endpoint, a checkpoint's folder."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from prover.ask.local import LocalModel
from prover.ask.served import ServedModel, ServedOptions, urls_of
from prover.ask.tape import Tape
from prover.config import Config, PlanConfig
from prover.driver.beside import MakePlan
from prover.driver.job import Job
from prover.errors import UsageError
from prover.models.hub import find_model
from prover.models.options import PolicyOptions
from prover.plan.attempt import Note, PlanAttempt, Planning
from prover.plan.chat import ChatPlanner
from prover.plan.planner import Planner
from prover.plan.question import preset_named
from prover.plan.record import PlanRecord
from prover.plan.script import ScriptPlanner
from prover.policy.opened import options
from prover.run.folder import RunFolder
from prover.run.subgoals import Subgoals
from prover.settings import Count, NotNegative, Part

_SCRIPT = "script:"


@dataclass(frozen=True, slots=True)
class _ServedPlanner(ServedOptions):
    """How a served model is asked for sketches; without a temperature the preset has one."""

    preset: str = "sketch"
    temperature: NotNegative | None = None
    max_new: Count = 4096
    top_p: Part = 0.95


@dataclass(frozen=True, slots=True)
class _LocalPlanner(PolicyOptions):
    """The same of a checkpoint's folder."""

    preset: str = "sketch"
    temperature: NotNegative | None = None
    style: str | None = "chat"
    top_p: Part = 0.95
    usual_prompt: ClassVar[int] = 8192
    usual_new: ClassVar[int | None] = 4096


def tape_of(config: PlanConfig) -> Tape | None:
    """The file that requests to models are recorded in, or answered from. Raises UsageError for both at once."""
    if config.record is not None and config.replay is not None:
        raise UsageError("requests to models are recorded or replayed, not both")
    if config.replay is not None:
        return Tape(Path(config.replay), is_replay=True)
    return None if config.record is None else Tape(Path(config.record), is_replay=False)


async def open_planners(config: Config, tape: Tape | None, stack: AsyncExitStack) -> tuple[Planner, ...]:
    """The planners that the settings name, closed with the stack. Raises UsageError or ModelError."""
    return tuple([await _opened(spec, config, tape, stack) for spec in config.plan.planners or ()])


def plans_for(config: Config, planners: tuple[Planner, ...], folder: RunFolder) -> MakePlan | None:
    """What makes the plans of a run; None without planners. Proved goals and events go into the folder."""
    if not planners:
        return None

    def note_for(job: Job) -> Note:
        return PlanRecord(folder.plan_path(job.task.id, job.attempt))

    subgoals = Subgoals(folder.path / "subgoals.jsonl")
    return partial(PlanAttempt, Planning(planners, config.plan, subgoals, note_for))


async def _opened(spec: str, config: Config, tape: Tape | None, stack: AsyncExitStack) -> Planner:
    if spec.startswith(_SCRIPT):
        return ScriptPlanner(Path(spec.removeprefix(_SCRIPT)))
    name, _, query = spec.partition("?")
    if (urls := urls_of(name)) is not None:
        own = options(_ServedPlanner, query, spec)
        served = ServedModel(urls, own, tape=tape)
        stack.push_async_callback(served.close)
        return _planner(spec, served, own, own.max_new, config.seed)
    from prover.models.build import build_policy

    local = options(_LocalPlanner, query, spec, device=config.models.chosen_device)
    model = await asyncio.to_thread(build_policy, find_model(name), local)
    stack.push_async_callback(asyncio.to_thread, model.close)
    return _planner(spec, LocalModel(model), local, model.max_new_tokens, config.seed)


def _planner(
    spec: str, chat: ServedModel | LocalModel, asked: _ServedPlanner | _LocalPlanner, max_new: int, seed: int
) -> ChatPlanner:
    preset = preset_named(asked.preset)
    temperature = preset.temperature if asked.temperature is None else asked.temperature
    return ChatPlanner(spec, chat, preset, temperature, asked.top_p, max_new, seed)
