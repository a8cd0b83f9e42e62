"""Makes the search for a theorem that the settings describe: rule, budget, sampling; and the problem for Lean."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from prover.config import SearchConfig
from prover.errors import UsageError
from prover.lean.problem import Problem
from prover.tasks import TheoremTask
from search.base import Candidate, ProofState, TacticLimits, Theorem
from search.budget import Budget
from search.engine import Search
from search.events import Event
from search.expansion import SearchOptions
from search.experience import PROBES, Experience
from search.rules import Rule, rules_of
from search.side_by_side import AnySearch, SideBySide, pass_seed


def problem_of(task: TheoremTask, limit_s: float | None = None) -> Problem:
    """The problem that Lean has to open for a task, at its (first) hole, within so many seconds."""
    return Problem(task.name, task.context, f"{task.declaration}\n", task.hole_position, limit_s)


@functools.cache
def rules_named(word: str) -> tuple[Rule, ...]:
    """The rules that `search.rule` names. Raises UsageError, with what there is, for an unknown rule or parameter."""
    try:
        return rules_of(word)
    except ValueError as error:
        raise UsageError(str(error)) from error


def budget_of(settings: SearchConfig, time_limit_s: float) -> Budget:
    """The budget of one pass over a theorem."""
    return Budget(
        expansions=settings.expansions,
        tactics=settings.tactics,
        tokens=settings.tokens,
        lean_s=settings.lean_s,
        wall_s=time_limit_s,
    )


def notation(settings: SearchConfig) -> str:
    """The whole budget of a theorem as papers give it: passes × samples × expansions."""
    return f"{settings.passes}×{settings.samples}×{settings.expansions}"


def temperature_of(settings: SearchConfig, number: int) -> float:
    """The temperature of a pass: from `temperature` in the first to `last_temperature` in the last, in equal steps."""
    if settings.last_temperature is None or settings.passes < 2:
        return settings.temperature
    share = min(1.0, number / (settings.passes - 1))
    return settings.temperature + share * (settings.last_temperature - settings.temperature)


def _sampling_of(settings: SearchConfig, number: int) -> SearchOptions:
    """The sampling options of pass `number`."""
    return SearchOptions(
        num_samples=settings.samples,
        temperature=temperature_of(settings, number),
        max_attempts=settings.attempts,
        max_tactics=settings.max_tactics,
        piece=settings.piece,
        max_depth=settings.max_depth,
        collect=settings.collect,
    )


def make_search(
    theorem: Theorem,
    root: ProofState,
    settings: SearchConfig,
    number: int,
    budget: Budget,
    *,
    limits: TacticLimits,
    seed: int,
    clock: Callable[[], float],
    record: Callable[[Event], None] | None = None,
    experience: Experience | None = None,
    extra: tuple[Candidate, ...] = (),
) -> AnySearch:
    """The search of pass `number` under `budget`. If the settings name several rules, the passes take them in turn
    (InternLM2.5-StepProver, arXiv 2410.15700); with fewer passes than rules, each pass searches with all rules side by
    side, which share its expansions equally. `extra` candidates are tried at every state."""
    rules = rules_named(settings.rule)
    options = replace(
        _sampling_of(settings, number),
        limits=limits,
        probes=(*extra, *(PROBES if settings.probes else ())),
    )
    make: Callable[..., AnySearch] = (
        partial(Search, rule=rules[number % len(rules)])
        if settings.passes >= len(rules)
        else partial(SideBySide, rules=rules)
    )
    return make(
        theorem,
        root,
        budget=budget,
        options=options,
        seed=pass_seed(seed, number),
        clock=clock,
        record=record,
        experience=experience,
    )
