"""From an attempt to its line in the journal."""

from __future__ import annotations

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
from search.budget import StopReason


class _Told(NamedTuple):
    status: Status
    stop_reason: str
    error: str = ""
    proof: JudgedProof | None = None


def result_of(job: Job, attempt: Attempt) -> TheoremResult:
    """The result of a job."""
    told, task, spent = _told(attempt.ending), job.task, attempt.spent
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
        usage=attempt.usage,
    )


def _told(ending: Ending) -> _Told:
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
            return _Told(Status.INVALID, stop_reason, "\n".join(messages))
        case Fault(kind, error):
            return _Told(Status.UNKNOWN, str(kind), error)
        case _:
            assert_never(ending)
