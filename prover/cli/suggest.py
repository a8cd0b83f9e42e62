"""`stepwise suggest FILE:LINE`: what Lean accepts at a `sorry`, and a whole proof where a short search finds one."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.assembly.components import add_project_arguments, open_parts, open_toolchain
from prover.cli.console import Console
from prover.config import Config, LeanConfig, ModelConfig
from prover.driver.job import Job
from prover.driver.loop import Observer, SearchLoop
from prover.driver.parts import Components
from prover.driver.results import result_of
from prover.driver.searches import budget_of, make_search
from prover.driver.theorem import TheoremProver, problem_of
from prover.driver.trace import Untraced
from prover.errors import UsageError
from prover.lean.problem import OpenFailed
from prover.run.result import Status
from prover.tasks import TheoremTask, load_tasks
from search.base import Advanced, Candidate, Environment, ProposalRequest, Proved, TacticCall


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tactic that Lean accepted at the place, what remains after it, and its rank's log-probability."""

    tactic: str
    goals: tuple[str, ...]
    log_prob: float

    def to_json(self) -> dict[str, Any]:
        return {"tactic": self.tactic, "goals": list(self.goals), "log_prob": self.log_prob}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("place", metavar="FILE:LINE", help="a .lean file and the line of a `sorry` (or of its theorem)")
    parser.add_argument("--samples", type=int, default=32, metavar="N", help="tactics to try (default 32)")
    parser.add_argument("--time-limit", type=float, default=5.0, metavar="SECONDS", help="for the search (default 5)")
    parser.add_argument("--policy", default="builtin", metavar="SPEC", help="as in `stepwise prove`")
    add_project_arguments(parser)
    parser.add_argument("--no-search", action="store_true", help="tactics only")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """0 if there is anything to suggest, 1 if not."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    place = place_at(options.place)
    config = Config(
        time_limit_s=options.time_limit,
        lean=LeanConfig(workers=1, project=options.project, build=bool(options.build)),
        models=ModelConfig(policy=options.policy),
    )
    return asyncio.run(suggest(place, config, options, console))


@dataclass(frozen=True, slots=True)
class Place:
    """A `sorry`; `is_one_of_several` if its theorem holds others, so that no proof of it can be judged yet."""

    task: TheoremTask
    is_one_of_several: bool = False


def place_at(place: str) -> Place:
    """The `sorry` at FILE:LINE, or that of the declaration there. Raises UsageError saying where there is one."""
    name, separator, number = place.rpartition(":")
    if not separator or not number.isdigit():
        raise UsageError(f"suggest takes FILE:LINE, not {place!r}")
    if not Path(name).is_file():
        raise UsageError(f"there is no file {name}")
    tasks = load_tasks([name])
    spans = [(task.line, sorry_line(task), task) for task in tasks.tasks]
    for first, last, task in spans:
        if first <= int(number) <= last:
            return Place(task)
    for task in (place for refused in tasks.refused for place in refused.places):
        if sorry_line(task) == int(number):
            return Place(task, is_one_of_several=True)
    known = ", ".join(f"{last} ({task.name})" for _, last, task in spans)
    reasons = "; ".join(str(refused) for refused in tasks.refused)
    raise UsageError(
        f"no `sorry` at line {number} of {name}; there is one at: {known or 'no line'}. {reasons}".rstrip()
    )


def sorry_line(task: TheoremTask) -> int:
    """The line of the file on which the task's `sorry` stands."""
    return task.document.text.count("\n", 0, task.document_hole.end) + 1


async def suggest(place: Place, config: Config, options: argparse.Namespace, console: Console) -> int:
    """Say the accepted tactics first, since they are quick; then search."""
    task = place.task
    toolchain = await open_toolchain(config, console)
    async with open_parts(config, toolchain, console) as parts:
        environment = await parts.lean.open(problem_of(task))
        if isinstance(environment, OpenFailed):
            raise UsageError(f"{task.source}:{task.line}: {environment.text}")
        suggestions = await accepted(task, environment, parts, options.samples)
        say_suggestions(suggestions, task, console)
        found = None
        if not options.no_search:
            found = await (search_here(task, environment, parts) if place.is_one_of_several else search(task, parts))
        await environment.close()
    if found is not None:
        console.line(f"\n{found.said}:\n{indent(found.proof)}" if found.proof else f"\nno proof ({found.said})")
    proof = None if found is None else found.proof
    is_judged = proof is not None and not place.is_one_of_several
    answer = {"theorem": task.name, "suggestions": [s.to_json() for s in suggestions], "proof": proof}
    console.json({**answer, "judged": is_judged})
    return 0 if suggestions or proof else 1


async def accepted(task: TheoremTask, environment: Environment, parts: Components, samples: int) -> list[Suggestion]:
    """The policy's tactics that Lean accepts here: those that finish first, then by likelihood; one per result."""
    premises = await environment.premises((), parts.policy.num_premises) if parts.policy.num_premises else ()
    request = ProposalRequest(task.theorem(), environment.root, num_samples=samples, premises=tuple(premises))
    (candidates,) = await parts.policy.propose([request])
    outcomes = await environment.apply((), [TacticCall(c.tactic, c.limits or parts.limits) for c in candidates])
    found: dict[str, Suggestion] = {}
    for candidate, outcome in zip(candidates, outcomes, strict=True):
        suggestion, key = suggestion_of(candidate, outcome)
        if suggestion is not None and (key not in found or len(suggestion.tactic) < len(found[key].tactic)):
            found[key] = suggestion
    return sorted(found.values(), key=lambda s: (len(s.goals) > 0, -s.log_prob))


def suggestion_of(candidate: Candidate, outcome: object) -> tuple[Suggestion | None, str]:
    """A suggestion and the key of what it leads to, if the tactic was accepted."""
    match outcome:
        case Proved(text=text):
            return Suggestion(text, (), candidate.log_prob), "proved"
        case Advanced(state=state, text=text):
            return Suggestion(text, tuple(goal.pretty for goal in state.goals), candidate.log_prob), state.key
        case _:
            return None, ""


def say_suggestions(suggestions: list[Suggestion], task: TheoremTask, console: Console) -> None:
    """For people."""
    console.line(f"{task.source}:{sorry_line(task)}  {task.name}: {len(suggestions)} ways on\n")
    for suggestion in suggestions:
        console.line(f"{suggestion.tactic}")
        for goal in suggestion.goals:
            console.line(indent(goal))
        if not suggestion.goals:
            console.line("    no goals")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: a proof and what it is worth, or why there is none."""

    proof: str | None
    said: str


async def search(task: TheoremTask, parts: Components) -> Found:
    """A short search, judged like any other."""

    def untraced(task: TheoremTask, attempt: int, beside: str) -> Observer:  # noqa: ARG001
        return Untraced()

    job = Job(task, 0, 0, budget_of(parts.settings, parts.time_limit_s))
    result = result_of(job, await TheoremProver(parts, untraced).prove(job))
    return Found(result.proof, "proof, judged") if result.status is Status.PROVED else Found(None, result.stop_reason)


async def search_here(task: TheoremTask, environment: Environment, parts: Components) -> Found:
    """A short search at a `sorry` beside others: Lean took each step, but nothing can be judged before the last."""
    looked = make_search(
        task.theorem(),
        environment.root,
        parts.settings,
        0,
        budget_of(parts.settings, parts.time_limit_s),
        limits=parts.limits,
        seed=parts.seed,
        clock=parts.clock,
    )
    await SearchLoop(
        looked,
        environment,
        parts.policy,
        parts.critic,
        width=parts.settings.in_flight,
        observe=Untraced(),
        clock=parts.clock,
    ).run()
    proof = looked.result().proof
    if proof is None:
        return Found(None, str(looked.done))
    return Found(proof.script, "closes this goal (the theorem's other `sorry`s are open, so nothing is judged yet)")


def indent(text: str | None) -> str:
    """Moved right, as it stands below what it belongs to."""
    return "\n".join(f"    {line}" for line in (text or "").splitlines())
