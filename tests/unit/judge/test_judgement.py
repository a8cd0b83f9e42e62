"""From two texts to a verdict, with processes that are no processes: what each answer and each fault comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from prover.errors import DeathReason, UsageError, WorkerDied, WorkerStartFailed
from prover.judge import JudgeLimits, Reason, Verdict, VerdictStatus
from prover.judge.judgement import Judgement, open_theorems
from tests.fakes.judge_server import Died, Hung, serve

_LIMITS = JudgeLimits()
REJECTED, UNKNOWN = VerdictStatus.REJECTED, VerdictStatus.UNKNOWN

# challenge, solution, what the judge says
_FAULTS: list[tuple[dict[str, Any], dict[str, Any], VerdictStatus, Reason]] = [
    ({}, {"errors": ["unknown identifier"]}, REJECTED, Reason.ELABORATION),
    ({}, {"errors": ["x", "(deterministic) timeout at `whnf`"]}, UNKNOWN, Reason.LIMIT),
    ({}, {"found": 0}, REJECTED, Reason.MISSING),
    ({}, {"found": 2}, REJECTED, Reason.MISSING),
    ({}, {"fault": "no"}, UNKNOWN, Reason.MALFORMED),
    ({}, {"export": 5}, UNKNOWN, Reason.MALFORMED),
    ({}, {"do": "garbage"}, UNKNOWN, Reason.MALFORMED),
    ({}, {"do": "die"}, UNKNOWN, Reason.CRASH),
    ({}, {"do": "hang"}, UNKNOWN, Reason.TIME),
    ({}, {"compare": {"do": "die"}}, UNKNOWN, Reason.CRASH),
    ({}, {"compare": {"do": "hang"}}, UNKNOWN, Reason.TIME),
    ({}, {"compare": {"fault": "no"}}, UNKNOWN, Reason.MALFORMED),
    ({}, {"compare": {"verdict": "rejected", "kind": "axiom", "reason": "x"}}, REJECTED, Reason.AXIOM),
    ({}, {"compare": {"verdict": "rejected", "kind": "inductive", "reason": "x"}}, REJECTED, Reason.INDUCTIVE),
    ({}, {"compare": {"inductives": None}}, UNKNOWN, Reason.MALFORMED),
    ({}, {"compare": {"verdict": "splendid"}}, UNKNOWN, Reason.MALFORMED),
    ({}, {"compare": {"verdict": "rejected", "kind": "mood", "reason": ""}}, UNKNOWN, Reason.MALFORMED),
    ({"errors": ["unknown identifier"]}, {}, REJECTED, Reason.CHALLENGE),
    ({"found": 0}, {}, REJECTED, Reason.CHALLENGE),
    ({"found": 2}, {}, REJECTED, Reason.CHALLENGE),
    ({"do": "hang"}, {}, UNKNOWN, Reason.TIME),
    ({"do": "die"}, {}, UNKNOWN, Reason.CRASH),
]


async def ask(request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
    """What a process of the fake server would answer."""
    assert timeout_s > 0
    try:
        return serve(dict(request))
    except Died:
        raise WorkerDied("it ended", reason=DeathReason.EXITED) from None
    except Hung:
        raise WorkerDied("too late", reason=DeathReason.DEADLINE) from None


def judgement(challenge: Mapping[str, Any], solution: Mapping[str, Any]) -> Judgement:
    return Judgement(json.dumps(challenge), json.dumps(solution), "t", _LIMITS)


async def test_an_accepted_proof_carries_what_it_was_judged_with() -> None:
    verdict = await judgement({}, {}).run(ask, ask)
    assert verdict.is_accepted
    assert (verdict.theorem, verdict.kind) == ("N.t", None)
    assert set(verdict.hashes or {}) == {"challenge", "solution", "statement"}
    assert verdict.to_json()["verdict"] == "accepted"


@pytest.mark.parametrize(("challenge", "solution", "status", "kind"), _FAULTS)
async def test_what_goes_wrong_is_never_an_acceptance(
    challenge: Mapping[str, Any], solution: Mapping[str, Any], status: VerdictStatus, kind: Reason
) -> None:
    verdict = await judgement(challenge, solution).run(ask, ask)
    assert (verdict.status, verdict.kind) == (status, kind), verdict.reason


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (DeathReason.MEMORY, Reason.MEMORY),
        (DeathReason.GARBAGE, Reason.MALFORMED),
        (DeathReason.CLOSED, Reason.CRASH),
    ],
)
async def test_every_death_is_unknown(reason: DeathReason, kind: Reason) -> None:
    async def die(request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
        raise WorkerDied("gone", reason=reason)

    verdict = await judgement({}, {}).run(ask, die)
    assert (verdict.status, verdict.kind) == (UNKNOWN, kind)


def test_no_process_means_unknown() -> None:
    verdict: Verdict = judgement({}, {}).fault(WorkerStartFailed("no Lean here"))
    assert (verdict.status, verdict.kind, verdict.reason) == (UNKNOWN, Reason.UNAVAILABLE, "no Lean here")


async def test_windows_line_ends_are_read_as_lean_reads_them() -> None:
    seen: list[str] = []

    async def listen(request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
        seen.append(request["text"])
        return await ask({**request, "text": "{}"}, timeout_s=timeout_s)

    await Judgement("a\r\nb", "c\r\n", "t", _LIMITS).run(listen, ask)
    assert seen == ["a\nb", "c\n"]


async def test_the_open_theorems_of_a_challenge_are_listed() -> None:
    assert await open_theorems(ask, "{}", _LIMITS) == ("N.s", "N.t")
    with pytest.raises(UsageError, match="unknown identifier"):
        await open_theorems(ask, json.dumps({"errors": ["unknown identifier"]}), _LIMITS)
