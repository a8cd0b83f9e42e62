"""Help at one `sorry`: tactics that Lean accepts there, each as it is known, and a proof if a search finds one."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from prover.assembly.components import Own
from prover.assembly.listener import Listener
from prover.assembly.reading import lean_file
from prover.assembly.warm import Warm, open_warm
from prover.config import Config
from prover.driver.loop import SearchLoop
from prover.driver.parts import Components
from prover.driver.searches import budget_of, make_search, problem_of
from prover.driver.tracer import Untraced
from prover.errors import UsageError
from prover.lean.problem import OpenFailed
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status, in_words
from prover.tasks import Document, Refused, TheoremTask
from prover.tasks.record import Reading
from search.base import (
    Advanced,
    Candidate,
    Environment,
    LimitKind,
    Outcome,
    ProposalRequest,
    Proved,
    TacticCall,
    TimedOut,
)

_PLACE = re.compile(r"(?P<name>.+?):(?P<line>\d+)(:(?P<column>\d+))?")
_MORE_FOR_PREFIX = 4
_QUICK_S = 0.5
"""A tactic that takes longer is left for later: what waits behind it is mostly done in milliseconds."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tactic that Lean accepted at the place, the goals that it leaves, its rank's log-probability, and the
    milliseconds that Lean took."""

    tactic: str
    goals: tuple[str, ...]
    log_prob: float
    ms: float = 0.0

    @property
    def order(self) -> tuple[int, float]:
        """Suggestions are shown in this order: those that finish first, then by the number of goals and likelihood."""
        return len(self.goals), -self.log_prob

    def to_json(self) -> dict[str, Any]:
        return {
            "tactic": self.tactic,
            "goals": list(self.goals),
            "closes": not self.goals,
            "log_prob": float(self.log_prob),
            "ms": round(self.ms, 1),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: a proof and what it is worth, or why there is none."""

    proof: str | None
    said: str
    is_judged: bool = False


Help: TypeAlias = Suggestion | Found


# --------------------------------------------------------------------------------------------------------- places


@dataclass(frozen=True, slots=True)
class OpenSorry:
    """A `sorry`: the task there alone, and the `whole` theorem, which may hold others."""

    task: TheoremTask
    whole: TheoremTask

    @property
    def is_one_of_several(self) -> bool:
        """Whether its theorem holds others, so that no proof of it can be judged yet."""
        return bool(self.whole.further)

    @property
    def line(self) -> int:
        """The line of the file on which the `sorry` stands, from 1."""
        return self.task.position[0]

    @property
    def column(self) -> int:
        """Its column there, from 1, in code points."""
        return self.task.position[1] + 1


def places_of(reading: Reading) -> list[OpenSorry]:
    """Every `sorry` of a text that can be worked at, in order."""
    wholes = [record for record in reading.records if isinstance(record, TheoremTask)]
    return [OpenSorry(task, whole) for whole in wholes for task in whole.places]


def place_at(reading: Reading, path: str, line: int, column: int = 0) -> OpenSorry:
    """The `sorry` on that line (of several the first that ends behind the column, from 1), or the first one from there
    on in the declaration there. Raises UsageError saying where there is one."""
    here = place_in(reading, line, column)
    if here is not None:
        return here
    lines = ", ".join(f"{each.line} ({each.task.name})" for each in places_of(reading))
    refused = (str(record) for record in reading.records if isinstance(record, Refused))
    reasons = "; ".join((*refused, *reading.notes))
    raise UsageError(
        f"no `sorry` to prove at line {line} of {path}; "
        + ("; ".join(filter(None, (f"there is one at: {lines}", reasons))) if lines else reasons or "it holds none")
    )


def place_in(reading: Reading, line: int, column: int = 0) -> OpenSorry | None:
    """The same; None if there is no such place."""
    for here in places_of(reading):
        is_behind = here.line > line or here.column + len("sorry") > column
        if here.task.line <= line <= here.line and is_behind:
            return here
    return None


# ----------------------------------------------------------------------------------------------------------- help


@contextlib.asynccontextmanager
async def opened_at(place: OpenSorry, parts: Components) -> AsyncGenerator[OpenTheorem, None]:
    """The place, open on a Lean. Raises UsageError if it does not elaborate, LeanFault if every worker was lost."""
    task = place.task
    environment = await parts.lean.open(problem_of(task))
    if isinstance(environment, OpenFailed):
        raise UsageError(f"{task.source}:{task.line}: {environment.text}")
    try:
        yield environment
    finally:
        await environment.close()


async def outcomes_as_they_come(
    environment: Environment, calls: Sequence[TacticCall]
) -> AsyncGenerator[tuple[int, Outcome], None]:
    """Run each call at the root as a request of its own; the call's number and its outcome as soon as it is there.

    What takes longer than half a second is run again when all others are done, and then has its whole time.
    """
    slow: list[int] = []
    quick = [replace(call, limits=replace(call.limits, wall_s=min(call.limits.wall_s, _QUICK_S))) for call in calls]
    async for index, outcome in _as_they_come(environment, dict(enumerate(quick))):
        if _is_out_of_time(outcome) and calls[index].limits.wall_s > _QUICK_S:
            slow.append(index)
        else:
            yield index, outcome
    async for index, outcome in _as_they_come(environment, {index: calls[index] for index in slow}):
        yield index, outcome


def _is_out_of_time(outcome: Outcome) -> bool:
    return isinstance(outcome, TimedOut) and outcome.limit is LimitKind.WALL


async def _as_they_come(
    environment: Environment, calls: dict[int, TacticCall]
) -> AsyncGenerator[tuple[int, Outcome], None]:
    running = {asyncio.create_task(_alone(environment, call)): index for index, call in calls.items()}
    try:
        while running:
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(ended, key=lambda task: running[task]):
                yield running.pop(task), task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _alone(environment: Environment, call: TacticCall) -> Outcome:
    (outcome,) = await environment.apply((), [call])
    return outcome


async def proposed(
    place: OpenSorry, environment: Environment, parts: Components, *, samples: int, prefix: str = ""
) -> list[Candidate]:
    """The first `samples` tactics that the policy proposes, and that begin with `prefix` (of several times as many,
    where there is one)."""
    premises = await environment.premises((), parts.policy.num_premises) if parts.policy.num_premises else ()
    asked_for = samples * _MORE_FOR_PREFIX if prefix else samples
    request = ProposalRequest(place.task.theorem(), environment.root, num_samples=asked_for, premises=tuple(premises))
    (candidates,) = await parts.policy.propose([request])
    return [candidate for candidate in candidates if candidate.tactic.startswith(prefix)][:samples]


async def _suggestions(
    place: OpenSorry, environment: Environment, parts: Components, *, samples: int, prefix: str = ""
) -> AsyncGenerator[Suggestion, None]:
    """Those of them that Lean accepts, each as soon as it is known, one per result."""
    candidates = await proposed(place, environment, parts, samples=samples, prefix=prefix)
    calls = [TacticCall(each.tactic, each.limits or parts.limits) for each in candidates]
    known: set[str] = set()
    async with contextlib.aclosing(outcomes_as_they_come(environment, calls)) as answered:
        async for index, outcome in answered:
            suggestion, key = _suggestion_of(candidates[index], outcome)
            if suggestion is not None and key not in known:
                known.add(key)
                yield suggestion


def _suggestion_of(candidate: Candidate, outcome: Outcome) -> tuple[Suggestion | None, str]:
    """A suggestion and the key of what it leads to, if the tactic was accepted."""
    match outcome:
        case Proved(text=text):
            return Suggestion(text, (), candidate.log_prob, outcome.lean_s * 1000), f"proved by {text}"
        case Advanced(state=state, text=text):
            goals = tuple(goal.pretty for goal in state.goals)
            return Suggestion(text, goals, candidate.log_prob, outcome.lean_s * 1000), state.key
        case _:
            return None, ""


async def helped(
    place: OpenSorry, warm: Warm, *, samples: int, prefix: str = "", search_s: float = 0.0
) -> AsyncGenerator[Help, None]:
    """The suggestions at a place, and last, if it may search for `search_s` seconds, what the search came to. Raises
    UsageError if the place does not elaborate."""
    async with opened_at(place, warm.parts) as environment:
        known = _suggestions(place, environment, warm.parts, samples=samples, prefix=prefix)
        async with contextlib.aclosing(known) as each:
            async for suggestion in each:
                yield suggestion
        if search_s and place.is_one_of_several:
            yield await _search_here(place.task, environment, warm.parts, search_s)
    if search_s and not place.is_one_of_several:
        yield await _search(place.task, warm, search_s)


async def _search(task: TheoremTask, warm: Warm, limit_s: float) -> Found:
    """A short search, judged like any other."""
    result = await warm.prove(task, lambda *_: Untraced(), time_limit_s=limit_s)
    if result.status is Status.PROVED:
        return Found(result.proof, "proof, judged", is_judged=True)
    return Found(None, in_words(result.stop_reason))


async def _search_here(task: TheoremTask, environment: Environment, parts: Components, limit_s: float) -> Found:
    """A short search at a `sorry` beside others: Lean took each step, but nothing can be judged before the last."""
    looked = make_search(
        task.theorem(),
        environment.root,
        parts.settings,
        0,
        budget_of(parts.settings, limit_s),
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


# ---------------------------------------------------------------------------------------------------- from Python


def file_at(place: str) -> tuple[Document, int, int]:
    """The file, the line and the column (0 without one) of FILE:LINE or FILE:LINE:COLUMN. Raises UsageError if it is
    none, or no file of Lean text."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise UsageError(f"suggest takes FILE:LINE or FILE:LINE:COLUMN, not {place!r}")
    return lean_file(found["name"]), int(found["line"]), int(found["column"] or 0)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The accepted tactics at a place, those that finish first, then those that leave fewer goals; `found` is None
    where nobody searched."""

    place: OpenSorry
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
    on_help: Callable[[Help], None] = lambda _: None,
) -> Suggestions:
    """Try `search.samples` tactics of the policy at the `sorry` at FILE:LINE, or the first one from there on in the
    declaration there, and with `searches` look for a proof from there.

    `on_help` hears of each tactic and of the search's end as soon as they are known. Raises UsageError if there is no
    such place, or the theorem does not elaborate.
    """
    file, line, column = file_at(place)
    async with open_warm(config, listener or Listener(), own) as warm:
        here = place_at(await warm.read(file), file.path, line, column)
        answer = Suggestions(here, ())
        search_s = config.time_limit_s if searches else 0.0
        async for each in helped(here, warm, samples=config.search.samples, search_s=search_s):
            on_help(each)
            if isinstance(each, Found):
                answer = replace(answer, found=each)
            else:
                answer = replace(answer, tactics=(*answer.tactics, each))
    return replace(answer, tactics=tuple(sorted(answer.tactics, key=lambda each: each.order)))
