"""Waits for jobs on behalf of a caller who will not wait for long, and reads answers from their events."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from prover.errors import UsageError
from prover.mcp.answers import Edit, OpenHole, Proof, Step
from prover.workbench.bench import Bench, fault_of
from prover.workbench.jobs import Json

_SHOWN_STEPS = 20
Report = Callable[[str], Awaitable[None]]
"""Tells the caller that the work goes on."""


async def followed(bench: Bench, job: str, limit_s: float, report: Report) -> list[Json]:
    """The events of a job so far, when it is over or the time is. The caller hears of it once a second."""
    events: list[Json] = []
    until = time.monotonic() + limit_s
    while not is_over(events) and (left_s := until - time.monotonic()) > 0:
        events += await bench.wait(job, len(events), min(1.0, left_s))
        await report(_progress(events))
    return events


def is_over(events: Sequence[Json]) -> bool:
    return bool(events) and events[-1]["event"] == "ended"


def result_in(events: Sequence[Json]) -> Json | None:
    """The result, if there is one."""
    return next((event for event in reversed(events) if event["event"] == "result"), None)


def fault_in(events: Sequence[Json]) -> str:
    """Why the job has no result; empty if it has one or goes on. Raises UsageError if the caller can mend it."""
    if not is_over(events) or events[-1]["state"] == "done":
        return ""
    end = events[-1]
    fault = fault_of(end["fault"], end["message"])
    if isinstance(fault, UsageError):
        raise fault
    return str(end["message"])


def proof_in(events: Sequence[Json], job: str, since: int = 0) -> Proof:
    """How far a proof is. Raises UsageError if the caller can mend what ended it."""
    answer = Proof(status="running", job=job, next_since=events[-1]["number"] + 1 if events else since)
    answer.news = [_step(event) for event in events if event["event"] == "expansion" and event["number"] >= since]
    answer.news = answer.news[-_SHOWN_STEPS:]
    for event in reversed(events):
        if event["event"] == "expansion":
            answer.expansions, answer.tactics = event["totals"]["expansions"], event["totals"]["tactics"]
            break
    answer.theorem = next((event["theorem"] for event in events if event["event"] == "begun"), "")
    answer.elapsed_s = events[-1]["at_s"] if events else 0.0
    fault, result = fault_in(events), result_in(events)
    if result is not None:
        _add(answer, result)
    elif is_over(events):
        answer.status = "stopped" if events[-1]["state"] == "stopped" else "unknown"
        answer.reason = fault
    return answer


def _add(answer: Proof, result: Json) -> None:
    """Add what the search came to. A proof that was not accepted is none."""
    answer.status = result["status"]
    answer.reason = result["error"] or result["stop_reason"]
    if result["status"] in ("proved", "disproved"):
        answer.proof, answer.reason = result["proof"], ""
        answer.axioms = (result["verdict"] or {}).get("axioms", [])
    answer.edits = [Edit(**edit) for edit in result["edits"]]
    answer.open = [OpenHole(**hole) for hole in result["open"]]
    answer.elapsed_s = result["elapsed_s"]
    answer.expansions, answer.tactics = result["expansions"], result["tactics"]


def _step(event: Json) -> Step:
    expansion: dict[str, Any] = event["expansion"]
    tried = expansion.get("tactics", [])
    accepted = [each for each in tried if each["outcome"] in ("advanced", "proved")]
    return Step(
        number=event["number"],
        key=expansion["key"],
        state=expansion["goals"],
        tried=len(tried),
        accepted=[each["tactic"] for each in accepted],
        leads_to=[list(each.get("children", ())) for each in accepted],
    )


def _progress(events: Sequence[Json]) -> str:
    for event in reversed(events):
        match event["event"]:
            case "expansion":
                totals = event["totals"]
                return f"{totals['expansions']} states, {totals['tactics']} tactics, {event['at_s']:.1f} s"
            case "suggestion":
                return f"{sum(each['event'] == 'suggestion' for each in events)} tactics accepted"
            case "note":
                return str(event["text"])
    return "waiting for Lean"
