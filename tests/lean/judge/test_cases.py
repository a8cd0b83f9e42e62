"""Every case of the judge on the real Lean, without the ban list: the Lean side has to hold by itself.

One elaborating process serves many cases here, to save starts; a few cases go the whole way of a judgement, each in a
fresh process and with the ban list.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from prover.judge import Judge, JudgeLimits, Reason, VerdictStatus
from prover.judge.judgement import Judgement, Text
from prover.judge.processes import ComparingProcess
from prover.lean.toolchain import Embedded
from tests.cases import Case, cases
from tests.lean.judge.processes import MEMORY_BYTES, SharedProcess

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

_LIMITS = JudgeLimits(challenge_s=120.0, solution_s=120.0, compare_s=120.0, start_s=180.0, memory_bytes=MEMORY_BYTES)
_IMPATIENT = replace(_LIMITS, solution_s=8.0, compare_s=8.0)  # for what is to end at a limit
_FRESH = (
    "sorry_in_lemma",
    "skip_kernel",
    "instance_of_order",
    "prints_an_answer",
    "mutual_helpers",
    "match_in_statement",
)


@pytest.mark.parametrize("case", cases("attacks") + cases("honest"), ids=lambda case: case.name)
async def test_lean_alone_says_what_the_case_says(
    case: Case, elaborating: SharedProcess, comparing: ComparingProcess
) -> None:
    limits = _IMPATIENT if case.status is VerdictStatus.UNKNOWN else _LIMITS
    judgement = Judgement(Text(case.challenge), Text(case.solution), case.theorem, limits, is_whole=case.is_whole)
    verdict = await judgement.run(elaborating.ask, comparing.ask)
    assert verdict.status is case.status, verdict
    assert verdict.kind is None if verdict.is_accepted else verdict.kind in case.kinds, verdict


@pytest.mark.parametrize(
    "case", [case for case in cases("attacks") if Reason.ELABORATION in case.kinds], ids=lambda case: case.name
)
async def test_no_attack_is_better_off_in_a_persons_file(
    case: Case, elaborating: SharedProcess, comparing: ComparingProcess
) -> None:
    texts = Text(case.challenge), Text(case.solution)
    verdict = await Judgement(*texts, case.theorem, _LIMITS, is_whole=False).run(elaborating.ask, comparing.ask)
    assert not verdict.is_accepted, verdict


async def test_whole_judgements_in_fresh_processes(toolchain: Embedded) -> None:
    chosen = [case for case in cases("attacks") + cases("honest") if case.name in _FRESH]
    assert len(chosen) == len(_FRESH)
    async with Judge(toolchain, limits=_LIMITS) as judge:
        asked = [judge.judge(case.challenge, case.solution, case.theorem) for case in chosen]
        verdicts = await asyncio.gather(*asked)
    for case, verdict in zip(chosen, verdicts, strict=True):
        assert verdict.is_accepted == (case.status is VerdictStatus.ACCEPTED), (case.name, verdict)
        if case.scan:
            assert verdict.kind is Reason.SCAN
        assert verdict.hashes is not None
        assert {"challenge", "solution", "toolchain"} <= set(verdict.hashes)
