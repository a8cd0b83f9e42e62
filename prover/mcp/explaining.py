"""Why a job has no proof, and what an agent may do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prover.learn.failure import IN_WORDS, Cause
from prover.mcp.answers import Cost, Explanation, Near
from prover.mcp.following import proof_in, result_in
from prover.workbench.jobs import Json

_LEMMA = "state a lemma for a goal of `nearest` and prove it first, or try steps of your own there by `try_tactics`"
_TIME = "`prove` with a longer `time_limit_s`, or `steer` it: prune what leads nowhere, try a step of your own"
_NEXT: Mapping[Cause, str] = {
    Cause.PROVED: "apply the `edits`",
    Cause.FALSE_STATEMENT: "correct the statement",
    Cause.MISSING_IMPORT: "import what it needs, if the project has it",
    Cause.MISSING_NAMES: "import what `missing` names, if the project has it",
    Cause.DOES_NOT_ELABORATE: "correct the text where the message says",
    Cause.REFUSED_INPUT: "correct the text where the message says",
    Cause.WORKER_LOST: "ask again",
    Cause.UNANSWERED: "ask again, with a longer `time_limit_s`",
    Cause.MODEL_FAULT: "tell the user: the policy does not work",
    Cause.REJECTED: "tell the user: the judge refuses what Lean accepted",
    Cause.UNJUDGED: "ask again",
    Cause.FALSE_HOLE: "correct what stands before the `sorry` that is false, or the statement",
    Cause.ALL_REFUSED: "`try_tactics` shows what Lean says to steps of your own",
    Cause.OUT_OF_TIME: _TIME,
    Cause.OUT_OF_BUDGET: _TIME,
    Cause.EXHAUSTED: _LEMMA,
    Cause.INTERRUPTED: "ask again",
    Cause.NOT_REACHED: "ask again",
}


def explanation_in(events: Sequence[Json], job: str) -> Explanation:
    """What the events of a proof's job say. Raises UsageError if the caller can mend what ended it."""
    proof, result = proof_in(events, job), result_in(events)
    answer = Explanation(status=proof.status, reason=proof.reason, job=job, theorem=proof.theorem)
    if result is None:
        answer.next = "ask `job` until it is over" if proof.status == "running" else "ask again"
        return answer
    why, cause = result["why"], Cause(result["why"]["cause"])
    answer.cause, answer.said, answer.next = str(cause), IN_WORDS[cause], _NEXT[cause]
    answer.limits, answer.used, answer.states = dict(why["limits"]), dict(why["used"]), dict(why["states"])
    answer.nearest = [
        Near(**{**near, "value": -1.0 if near["value"] is None else near["value"]}) for near in why["nearest"]
    ]
    answer.costliest = [Cost(**cost) for cost in why["costliest"]]
    answer.refusals, answer.missing, answer.beside = dict(why["refusals"]), list(why["missing"]), dict(why["beside"])
    return answer
