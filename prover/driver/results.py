"""From an attempt to its line in the journal."""

from __future__ import annotations

import re
from typing import NamedTuple, assert_never

from prover.driver.job import (
    Accepted,
    Attempt,
    Contradicted,
    Ending,
    Fault,
    Job,
    JudgedProof,
    Rejected,
    Unanswered,
    Unjudged,
    Unproved,
)
from prover.lean.problem import OpenFailed
from prover.run.result import Status, TheoremResult
from prover.tasks import TheoremTask
from search.budget import StopReason

_PLACE = re.compile(r"(\d+):(\d+): ")


class _Told(NamedTuple):
    status: Status
    stop_reason: str
    error: str = ""
    proof: JudgedProof | None = None


def result_of(job: Job, attempt: Attempt) -> TheoremResult:
    """The result of a job."""
    task, spent = job.task, attempt.spent
    told = _told(attempt.ending, task)
    return TheoremResult(
        id=task.id,
        name=task.name,
        status=told.status,
        stop_reason=told.stop_reason,
        attempt=job.attempt,
        proof=told.proof.script if told.proof is not None else None,
        verdict=told.proof.verdict.to_json() if told.proof is not None else None,
        elapsed_s=spent.wall_s,
        expansions=spent.expansions,
        tactics=spent.tactics,
        lean_s=spent.lean_s,
        proof_steps=told.proof.steps if told.proof is not None else None,
        error=told.error,
        fingerprint=task.fingerprint,
        split=task.split,
        source=task.source,
        line=task.line,
        started_at=attempt.started_at,
        holes=attempt.holes,
        usage=attempt.usage,
    )


def _told(ending: Ending, task: TheoremTask) -> _Told:
    match ending:
        case Accepted(proof, status):
            return _Told(status, str(status), proof=proof)
        case Rejected(proof):
            return _Told(Status.FAILED, "rejected", f"the judge rejected the proof: {proof.verdict.reason}", proof)
        case Unjudged(proof, reason):
            return _Told(Status.UNKNOWN, "unjudged", f"the judge could not tell: {reason}", proof)
        case Unproved(reason):
            return _Told(Status.UNKNOWN if reason is StopReason.CANCELLED else Status.FAILED, str(reason))
        case Unanswered(awaited):
            return _Told(Status.UNKNOWN, "unanswered", f"its time ended in the wait for {awaited}")
        case Contradicted():
            error = "the judge accepted the statement and its negation: what the file says before it can't be trusted"
            return _Told(Status.UNKNOWN, "contradiction", error)
        case OpenFailed(messages, is_refused):
            stop_reason = "refused_type" if is_refused else "does_not_elaborate"
            said = "\n".join(_located(message, task) for message in messages)
            return _Told(Status.INVALID, stop_reason, said)
        case Fault(kind, error):
            return _Told(Status.UNKNOWN, str(kind), error)
        case _:
            assert_never(ending)


def _located(message: str, task: TheoremTask) -> str:
    """A message of Lean with the place that it speaks of: of the file, or the line of a statement that is in none."""
    place = _PLACE.match(message)
    if place is None:
        return message
    if task.is_lean_file:
        return f"{task.source}:{message}"
    line, column = int(place[1]), int(place[2])
    lines = task.challenge.splitlines()
    if line > len(lines):
        return message
    return f"{message}\n  {line} | {lines[line - 1]}\n  {' ' * len(place[1])} | {' ' * column}^"
