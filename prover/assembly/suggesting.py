"""Help at one `sorry`: tactics that Lean accepts there, and a whole proof where a short search finds one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

from prover.assembly.components import Own, open_components
from prover.assembly.listener import Listener
from prover.assembly.reading import lean_file, opened_reader
from prover.assembly.spares import Spares
from prover.assembly.toolchains import open_toolchain
from prover.config import Config, refuse_out_of_range
from prover.driver.job import Job
from prover.driver.loop import Observer, SearchLoop
from prover.driver.parts import Components
from prover.driver.results import result_of
from prover.driver.searches import budget_of, make_search, problem_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced
from prover.errors import UsageError
from prover.lean.problem import OpenFailed
from prover.lean.toolchain import Toolchain
from prover.run.result import Status, in_words
from prover.tasks import Document, Refused, TheoremTask
from search.base import Advanced, Candidate, Environment, ProposalRequest, Proved, TacticCall


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tactic that Lean accepted at the place, what remains after it, and its rank's log-probability."""

    tactic: str
    goals: tuple[str, ...]
    log_prob: float

    def to_json(self) -> dict[str, Any]:
        return {"tactic": self.tactic, "goals": list(self.goals), "log_prob": self.log_prob}


@dataclass(frozen=True, slots=True)
class Place:
    """A `sorry`; `is_one_of_several` if its theorem holds others, so that no proof of it can be judged yet."""

    task: TheoremTask
    is_one_of_several: bool = False


def _file_at(place: str) -> tuple[Document, int]:
    """The file and the line of FILE:LINE. Raises UsageError if it is none, or no file of Lean text."""
    name, separator, line = place.rpartition(":")
    if not separator or not line.isdigit():
        raise UsageError(f"suggest takes FILE:LINE, not {place!r}")
    return lean_file(name), int(line)


async def _place_at(file: Document, line: int, toolchain: Toolchain, listener: Listener, spares: Spares) -> Place:
    """The `sorry` on that line, or the first one from there on in the declaration there. Raises UsageError saying where
    there is one."""
    async with opened_reader(toolchain, listener, spares) as reader:
        records = (await reader.read(file)).records
    tasks = [record for record in records if isinstance(record, TheoremTask)]
    known = [Place(place, is_one_of_several=bool(task.further)) for task in tasks for place in task.places]
    for here in known:
        if here.task.line <= line <= sorry_line(here.task):
            return here
    lines = ", ".join(f"{sorry_line(here.task)} ({here.task.name})" for here in known)
    reasons = "; ".join(str(record) for record in records if isinstance(record, Refused))
    raise UsageError(
        f"no `sorry` at line {line} of {file.path}; "
        + (f"there is one at: {lines}. {reasons}" if lines else reasons or "it holds none")
    )


def sorry_line(task: TheoremTask) -> int:
    """The line of the file on which the task's `sorry` stands."""
    return task.document.text.count("\n", 0, task.document_hole.end) + 1


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: a proof and what it is worth, or why there is none."""

    proof: str | None
    said: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The accepted tactics at a place, those that finish first, then by likelihood; `found` is None where nobody
    searched."""

    place: Place
    tactics: tuple[Suggestion, ...]
    found: Found | None = None

    @property
    def proof(self) -> str | None:
        """The whole proof, if the search found one."""
        return None if self.found is None else self.found.proof


async def suggest(
    place: str,
    config: Config,
    listener: Listener | None = None,
    *,
    own: Own | None = None,
    searches: bool = True,
    on_tactics: Callable[[Suggestions], None] = lambda _: None,
) -> Suggestions:
    """Try `search.samples` tactics of the policy at the `sorry` at FILE:LINE, or the first one from there on in the
    declaration there, and with `searches` look for a proof from there.

    `on_tactics` hears of the tactics before the search begins. Raises UsageError if there is no such place, or the
    theorem does not elaborate.
    """
    file, line = _file_at(place)
    listener = listener or Listener()
    toolchain = await open_toolchain(refuse_out_of_range(config).lean, listener)
    async with AsyncExitStack() as stack:
        spares = await stack.enter_async_context(Spares())
        here = await _place_at(file, line, toolchain, listener, spares)
        task = here.task
        opening = open_components([toolchain], config, listener, own, spares=spares)
        (parts,) = await stack.enter_async_context(opening)
        environment = await parts.lean.open(problem_of(task))
        if isinstance(environment, OpenFailed):
            raise UsageError(f"{task.source}:{task.line}: {environment.text}")
        answer = Suggestions(here, tuple(await _accepted(task, environment, parts, config.search.samples)))
        on_tactics(answer)
        if searches:
            found = await (_search_here(task, environment, parts) if here.is_one_of_several else _search(task, parts))
            answer = replace(answer, found=found)
        await environment.close()
    return answer


async def _accepted(task: TheoremTask, environment: Environment, parts: Components, samples: int) -> list[Suggestion]:
    """The policy's tactics that Lean accepts here: those that finish first, then by likelihood; one per result."""
    premises = await environment.premises((), parts.policy.num_premises) if parts.policy.num_premises else ()
    request = ProposalRequest(task.theorem(), environment.root, num_samples=samples, premises=tuple(premises))
    (candidates,) = await parts.policy.propose([request])
    outcomes = await environment.apply((), [TacticCall(c.tactic, c.limits or parts.limits) for c in candidates])
    found: dict[str, Suggestion] = {}
    for candidate, outcome in zip(candidates, outcomes, strict=True):
        suggestion, key = _suggestion_of(candidate, outcome)
        if suggestion is not None and (key not in found or len(suggestion.tactic) < len(found[key].tactic)):
            found[key] = suggestion
    return sorted(found.values(), key=lambda s: (len(s.goals) > 0, -s.log_prob))


def _suggestion_of(candidate: Candidate, outcome: object) -> tuple[Suggestion | None, str]:
    """A suggestion and the key of what it leads to, if the tactic was accepted."""
    match outcome:
        case Proved(text=text):
            return Suggestion(text, (), candidate.log_prob), "proved"
        case Advanced(state=state, text=text):
            return Suggestion(text, tuple(goal.pretty for goal in state.goals), candidate.log_prob), state.key
        case _:
            return None, ""


async def _search(task: TheoremTask, parts: Components) -> Found:
    """A short search, judged like any other."""

    def untraced(task: TheoremTask, attempt: int, beside: str) -> Observer:  # noqa: ARG001
        return Untraced()

    job = Job(task, 0, 0, budget_of(parts.settings, parts.time_limit_s))
    result = result_of(job, await TheoremProver(parts, untraced).prove(job))
    return (
        Found(result.proof, "proof, judged")
        if result.status is Status.PROVED
        else Found(None, in_words(result.stop_reason))
    )


async def _search_here(task: TheoremTask, environment: Environment, parts: Components) -> Found:
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
        return Found(None, in_words(str(looked.done)))
    return Found(proof.script, "closes this goal (the theorem's other `sorry`s are open, so nothing is judged yet)")
