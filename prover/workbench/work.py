"""What jobs do: a request becomes events and a result."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import Any, assert_never

from prover.assembly.filling import Part
from prover.assembly.minimising import Minimised, minimise_document
from prover.assembly.repairing import Repair, repair_document
from prover.assembly.suggesting import (
    Found,
    OpenSorry,
    Suggestion,
    helped,
    opened_at,
    outcomes_as_they_come,
    place_at,
    place_in,
    places_of,
    proposed,
)
from prover.assembly.warm import Warm
from prover.driver.loop import Observer
from prover.errors import UsageError
from prover.judge.judgement import Text
from prover.learn.failure import why
from prover.learn.tree import SearchTree, build_tree
from prover.run.result import Status, in_words
from prover.run.trace import expansion_from_json
from prover.tasks import Refused, TheoremTask
from prover.tasks.document import document_of
from prover.tasks.filled import edits_of
from prover.tasks.record import Reading
from prover.workbench.documents import Documents
from prover.workbench.jobs import Job, Json
from prover.workbench.requests import Check, Goals, Mend, Propose, Prove, Request, Suggest, Try
from prover.workbench.watching import Watched
from search.base import Advanced, Crashed, Goal, Outcome, Proved, Rejected, TacticCall, TimedOut


async def result_for(request: Request, job: Job, warm: Warm, documents: Documents) -> Json:
    """Do what is asked, telling the job what becomes known; the result. Raises StepwiseError."""
    match request:
        case Goals():
            return await _goals(request, warm, await documents.reading(request.path, request.text))
        case Suggest():
            return await _suggest(request, job, warm, await _place(request, documents, is_quick=not request.search_s))
        case Propose():
            return await _propose(request, warm, await _place(request, documents, is_quick=True))
        case Try():
            return await _try(request, job, warm, await _place(request, documents, is_quick=True))
        case Prove():
            return await _prove(request, job, warm, await documents.reading(request.path, request.text))
        case Mend():
            return await _mend(request, job, warm)
        case Check():
            return await _check(request, warm)
        case _:
            assert_never(request)


# --------------------------------------------------------------------------------------------------------- goals


async def _goals(request: Goals, warm: Warm, reading: Reading) -> Json:
    places = places_of(reading)
    if request.line:
        places = [place_at(reading, request.path, request.line, request.column)]
    holes = []
    for place in places:
        async with opened_at(place, warm.parts) as environment:
            goals = [_goal_json(goal) for goal in environment.root.goals]
        holes.append({**_place_json(place), "goals": goals})
    refused = [str(each) for each in reading.records if isinstance(each, Refused)]
    return {"holes": holes, "refused": refused, "notes": list(reading.notes)}


def _place_json(place: OpenSorry) -> Json:
    return {"theorem": place.task.name, "line": place.line, "column": place.column}


def _goal_json(goal: Goal) -> Json:
    hypotheses = [{"name": each.name, "type": each.type, "value": each.value or ""} for each in goal.hypotheses]
    return {"pretty": goal.pretty, "target": goal.target, "tag": goal.tag, "hypotheses": hypotheses}


# ------------------------------------------------------------------------------------------------------- tactics


async def _place(request: Suggest | Propose | Try, documents: Documents, *, is_quick: bool) -> OpenSorry:
    """The `sorry` that is asked about. Where it is enough to be quick, Lean reads the file as far as that."""
    if is_quick:
        near = await documents.reading(request.path, request.text, until=request.line)
        if (place := place_in(near, request.line, request.column)) is not None:
            return place
    return place_at(await documents.reading(request.path, request.text), request.path, request.line, request.column)


async def _suggest(request: Suggest, job: Job, warm: Warm, place: OpenSorry) -> Json:
    job.tell("begun", path=request.path, **_place_json(place))
    tactics, found = [], None
    known = helped(place, warm, samples=request.samples, prefix=request.prefix, search_s=request.search_s)
    async with contextlib.aclosing(known) as each_help:
        async for each in each_help:
            if isinstance(each, Found):
                found = _found_json(each, place)
                job.tell("found", **found)
            else:
                tactics.append(each)
                job.tell("suggestion", **_suggestion_json(each, place))
    ordered = [_suggestion_json(each, place) for each in sorted(tactics, key=lambda each: each.order)]
    return {**_place_json(place), "suggestions": ordered, "found": found}


def _suggestion_json(suggestion: Suggestion, place: OpenSorry) -> Json:
    """A suggestion with the changes that put it in place; what it leaves becomes a new `sorry`."""
    script = f"{suggestion.tactic}\nsorry" if suggestion.goals else suggestion.tactic
    return {**suggestion.to_json(), "edits": [edit.to_json() for edit in edits_of(place.task, [script])]}


def _found_json(found: Found, place: OpenSorry) -> Json:
    edits = [edit.to_json() for edit in edits_of(place.task, [found.proof])]
    return {"proof": found.proof, "said": found.said, "judged": found.is_judged, "edits": edits}


async def _propose(request: Propose, warm: Warm, place: OpenSorry) -> Json:
    async with opened_at(place, warm.parts) as environment:
        candidates = await proposed(place, environment, warm.parts, samples=request.samples, prefix=request.prefix)
    return {"proposals": [{"tactic": each.tactic, "log_prob": each.log_prob} for each in candidates]}


async def _try(request: Try, job: Job, warm: Warm, place: OpenSorry) -> Json:
    calls = [TacticCall(each, warm.parts.limits) for each in request.snippets]
    items: dict[int, Json] = {}
    async with (
        opened_at(place, warm.parts) as environment,
        contextlib.aclosing(outcomes_as_they_come(environment, calls)) as answered,
    ):
        async for index, outcome in answered:
            items[index] = {"tactic": calls[index].text, **_outcome_json(outcome)}
            job.tell("tried", index=index, **items[index])
    return {**_place_json(place), "items": [items[index] for index in sorted(items)]}


def _outcome_json(outcome: Outcome) -> Json:
    """An outcome with all fields that any has, so that nobody has to ask which are there."""
    said: dict[str, Any] = {"kind": "", "message": "", "goals": [], "ms": round(outcome.lean_s * 1000, 1)}
    match outcome:
        case Proved(text=text):
            return {**said, "outcome": "proved", "text": text}
        case Advanced(state=state, text=text):
            return {**said, "outcome": "advanced", "text": text, "goals": [goal.pretty for goal in state.goals]}
        case Rejected(kind=kind, message=message):
            return {**said, "outcome": "rejected", "text": "", "kind": str(kind), "message": message}
        case TimedOut(limit=limit):
            return {**said, "outcome": "timed_out", "text": "", "kind": str(limit)}
        case Crashed(cause=cause):
            return {**said, "outcome": "crashed", "text": "", "message": cause}
        case _:
            assert_never(outcome)


# -------------------------------------------------------------------------------------------------------- proofs


async def _prove(request: Prove, job: Job, warm: Warm, reading: Reading) -> Json:
    place = place_at(reading, request.path, request.line, request.column) if request.line else _first(request, reading)
    task = place.whole
    job.tell("begun", path=request.path, statement=task.statement, **_place_json(place))

    def observer_for(task: TheoremTask, attempt: int, beside: str) -> Observer:  # noqa: ARG001
        return Watched(job, beside)

    result = await warm.prove(
        task,
        observer_for,
        time_limit_s=request.time_limit_s,
        disprove=request.disprove,
        best_effort=request.best_effort,
    )
    said = result.to_json()

    return {
        **_place_json(place),
        **{name: said[name] for name in ("status", "stop_reason", "error", "proof", "verdict", "elapsed_s")},
        "expansions": result.expansions,
        "tactics": result.tactics,
        "why": why(result, partial(_tree_of, job)).to_json(),
        "judged": result.status is Status.PROVED,
        "edits": [edit.to_json() for edit in edits_of(task, result.written)],
        "open": [
            {"line": hole.line, "column": hole.column + 1, "goal": hole.goal, "left": list(hole.left)}
            | {"reason": in_words(hole.stop_reason)}
            for hole in result.holes
            if hole.proof is None
        ],
    }


def _tree_of(job: Job, note: str) -> SearchTree | None:
    """The tree of one of the job's searches, as far as its events tell."""
    told = (event for event in job.events if event["event"] == "expansion" and event["beside"] == note)
    return build_tree(expansion_from_json(event["expansion"]) for event in told)


def _first(request: Prove, reading: Reading) -> OpenSorry:
    """The first theorem to prove. Raises UsageError, with the reasons, if there is none."""
    places = places_of(reading)
    if places:
        return places[0]
    reasons = [*(str(each) for each in reading.records if isinstance(each, Refused)), *reading.notes]
    raise UsageError(f"nothing to prove in {request.path or 'it'}: {'; '.join(reasons) or 'it holds no `sorry`'}")


async def _mend(request: Mend, job: Job, warm: Warm) -> Json:
    timed = replace(warm, parts=replace(warm.parts, time_limit_s=request.time_limit_s))
    document, part = document_of(request.text, request.path), Part(request.path, request.line, request.line)
    done: Repair | Minimised
    if request.repairs:
        done = await repair_document(document, part, timed)
        if not done.theorems:
            raise UsageError(f"{part}: Lean finds no error there")
    else:
        done = await minimise_document(document, part, timed)
    proof, reason = done.theorems[0].proof, done.theorems[0].reason
    job.tell("begun", path=request.path, theorem=proof.name, line=proof.line, column=1)
    edits = [] if reason else [edit.to_json() for edit in done.edits]
    return {"theorem": proof.name, "line": proof.line, "judged": not reason, "reason": reason, "edits": edits}


async def _check(request: Check, warm: Warm) -> Json:
    given = Text(request.text, request.path)
    asked = Text(request.challenge, "challenge") if request.challenge else given
    return {"verdicts": [verdict.to_json() for verdict in await warm.judge_file(asked, given, None)]}
