"""The judge's cases as questions to it, and the answers that they expect."""

from __future__ import annotations

from dataclasses import replace

from prover.judge import JudgeLimits, Reason
from prover.judge.judgement import Judgement, Text
from prover.judge.verdict import Verdict
from tests.cases import Case
from tests.lean.judge.processes import MEMORY_BYTES

LIMITS = JudgeLimits(challenge_s=120.0, solution_s=120.0, compare_s=120.0, start_s=180.0, memory_bytes=MEMORY_BYTES)
_IMPATIENT = replace(LIMITS, solution_s=3.0, compare_s=3.0)  # for what is to end at a limit; the drills have 8 s


def question(case: Case, *, is_whole: bool) -> Judgement:
    limits = _IMPATIENT if Reason.TIME in case.kinds else LIMITS
    return Judgement(Text(case.challenge), Text(case.solution), case.theorem, limits, is_whole=is_whole)


def hold(case: Case, verdict: Verdict) -> None:
    """Refuse a verdict that the case does not expect."""
    assert verdict.status is case.status, verdict
    assert verdict.kind is None if verdict.is_accepted else verdict.kind in case.kinds, verdict
