"""What the judge makes of its processes, against a fake one: no Lean."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from prover.errors import UsageError
from prover.judge import Judge, JudgeLimits, Reason, Verdict, VerdictStatus, judge
from prover.lean.transport import Launch

_FAKE = Path(__file__).parents[2] / "fakes" / "judge_server.py"
_LIMITS = JudgeLimits(challenge_s=0.8, solution_s=0.8, compare_s=0.8, start_s=20.0)


@dataclass(frozen=True)
class FakeToolchain:
    arguments: tuple[str, ...] = ()
    name: str = "Lean 0"
    fingerprint: str = "f" * 64

    def judge_launch(self) -> Launch:
        return Launch((sys.executable, "-I", str(_FAKE), *self.arguments), {}, _FAKE.parent)


@pytest.fixture
async def fake() -> AsyncIterator[Judge]:
    async with Judge(FakeToolchain(), limits=_LIMITS) as judge:
        yield judge
    assert not psutil.Process().children(recursive=True)


def text(**content: Any) -> str:
    return json.dumps(content)


async def verdict_on(fake: Judge, solution: dict[str, Any], challenge: dict[str, Any] | None = None) -> Verdict:
    return await fake.judge(text(**(challenge or {})), text(**solution), "t")


async def test_an_accepted_proof_carries_what_it_was_judged_with(fake: Judge) -> None:
    verdict = await verdict_on(fake, {})
    assert verdict.is_accepted
    assert (verdict.theorem, verdict.kind, verdict.toolchain) == ("N.t", None, "Lean 0")
    assert set(verdict.hashes or {}) == {"challenge", "solution", "statement", "toolchain"}
    assert verdict.to_json()["verdict"] == "accepted"


async def test_each_proof_is_elaborated_in_a_process_of_its_own(fake: Judge) -> None:
    first, second = (await verdict_on(fake, {})).axioms, (await verdict_on(fake, {})).axioms
    assert first[0] == first[1] != second[0] == second[1]
    assert first[2] == second[2]
    assert first[2] not in (first[0], second[0])


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
    ({}, {"compare": {"verdict": "splendid"}}, UNKNOWN, Reason.MALFORMED),
    ({}, {"compare": {"verdict": "rejected", "kind": "mood", "reason": ""}}, UNKNOWN, Reason.MALFORMED),
    ({"errors": ["unknown identifier"]}, {}, REJECTED, Reason.CHALLENGE),
    ({"found": 0}, {}, REJECTED, Reason.CHALLENGE),
    ({"found": 2}, {}, REJECTED, Reason.CHALLENGE),
    ({"do": "hang"}, {}, UNKNOWN, Reason.TIME),
    ({"do": "die"}, {}, UNKNOWN, Reason.CRASH),
]


async def test_what_goes_wrong_is_never_an_acceptance_and_harms_no_other_proof() -> None:
    proofs = [(text(**challenge), text(**solution), "t") for challenge, solution, *_ in _FAULTS]
    good = (text(), text(), "t")
    async with Judge(FakeToolchain(), limits=_LIMITS, parallel=4) as fake:
        *verdicts, last = await fake.judge_many([*proofs, good])
    for (*_, status, kind), verdict in zip(_FAULTS, verdicts, strict=True):
        assert (verdict.status, verdict.kind) == (status, kind), verdict.reason
    assert last.is_accepted


async def test_a_comparing_process_that_ended_is_replaced(fake: Judge) -> None:
    before = (await verdict_on(fake, {})).axioms[2]
    assert not (await verdict_on(fake, {"compare": {"do": "die"}})).is_accepted
    after = (await verdict_on(fake, {})).axioms[2]
    assert before != after


async def test_the_ban_list_needs_no_process() -> None:
    async with Judge(FakeToolchain(("never",)), limits=_LIMITS) as fake:
        verdict = await fake.judge("theorem t : 1 = 1 := by sorry", "theorem t : 1 = 1 := by native_decide", "t")
    assert (verdict.status, verdict.kind) == (VerdictStatus.REJECTED, Reason.SCAN)


async def test_no_process_means_unknown() -> None:
    verdict = await judge(text(), text(), "t", toolchain=FakeToolchain(("never",)), limits=_LIMITS)
    assert (verdict.status, verdict.kind) == (VerdictStatus.UNKNOWN, Reason.UNAVAILABLE)
    assert "no Lean here" in verdict.reason


async def test_cancelling_leaves_no_process() -> None:
    async with Judge(FakeToolchain(), limits=JudgeLimits(solution_s=60.0), parallel=3) as fake:
        tasks = [asyncio.create_task(fake.judge(text(), text(do="hang"), "t")) for _ in range(3)]
        await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert not psutil.Process().children(recursive=True)


async def test_the_open_theorems_of_a_challenge_are_listed(fake: Judge) -> None:
    assert await fake.open_theorems(text()) == ("N.s", "N.t")
    with pytest.raises(UsageError, match="unknown identifier"):
        await fake.open_theorems(text(errors=["unknown identifier"]))
