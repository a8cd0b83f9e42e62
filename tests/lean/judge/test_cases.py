"""Every case of the judge on the real Lean, without the ban list: the Lean side has to hold by itself.

One elaborating process serves many cases here, to save starts; a few cases go the whole way of a judgement, each in a
fresh process and with the ban list.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from prover.judge import Judge, JudgeLimits, Reason, VerdictStatus
from prover.judge.judgement import Judgement
from prover.judge.processes import ComparingProcess, start_process
from prover.lean.embedded import ensure_embedded
from prover.lean.toolchain import Embedded
from prover.lean.transport import LeanProcess
from tests.cases import Case, cases

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

_LIMITS = JudgeLimits(challenge_s=120.0, solution_s=120.0, compare_s=120.0, start_s=180.0, memory_bytes=3 << 30)
_IMPATIENT = replace(_LIMITS, solution_s=8.0, compare_s=8.0)  # for what is to end at a limit
_FRESH = (
    "sorry_in_lemma",
    "skip_kernel",
    "instance_of_order",
    "prints_an_answer",
    "mutual_helpers",
    "match_in_statement",
)


class SharedProcess:
    """Elaborates case after case in one process, which a case may end; the next one then gets another."""

    def __init__(self, toolchain: Embedded) -> None:
        self._toolchain = toolchain
        self._process: LeanProcess | None = None

    async def ask(self, request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
        if self._process is None or not self._process.is_alive:
            await self.close()
            self._process = await _start(self._toolchain)
        return await self._process.submit(request, timeout_s=timeout_s)

    async def close(self) -> None:
        if self._process is not None:
            await self._process.close(grace_s=0.0)


async def _start(toolchain: Embedded) -> LeanProcess:
    return await start_process(toolchain, memory_bytes=_LIMITS.memory_bytes, start_timeout_s=_LIMITS.start_s)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def toolchain() -> Embedded:
    return await Embedded.prepare(await ensure_embedded())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def elaborating(toolchain: Embedded) -> AsyncIterator[SharedProcess]:
    process = SharedProcess(toolchain)
    yield process
    await process.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def comparing(toolchain: Embedded) -> AsyncIterator[ComparingProcess]:
    async def start() -> LeanProcess:
        return await _start(toolchain)

    process = ComparingProcess(start)
    yield process
    await process.close()


@pytest.mark.parametrize("case", cases("attacks") + cases("honest"), ids=lambda case: case.name)
async def test_lean_alone_says_what_the_case_says(
    case: Case, elaborating: SharedProcess, comparing: ComparingProcess
) -> None:
    limits = _IMPATIENT if case.status is VerdictStatus.UNKNOWN else _LIMITS
    judgement = Judgement(case.challenge, case.solution, case.theorem, limits)
    verdict = await judgement.run(elaborating.ask, comparing.ask)
    assert verdict.status is case.status, verdict
    assert verdict.kind is None if verdict.is_accepted else verdict.kind in case.kinds, verdict


async def test_whole_judgements_in_fresh_processes(toolchain: Embedded) -> None:
    chosen = [case for case in cases("attacks") + cases("honest") if case.name in _FRESH]
    assert len(chosen) == len(_FRESH)
    async with Judge(toolchain, limits=_LIMITS) as judge:
        verdicts = await judge.judge_many((case.challenge, case.solution, case.theorem) for case in chosen)
    for case, verdict in zip(chosen, verdicts, strict=True):
        assert verdict.is_accepted == (case.status is VerdictStatus.ACCEPTED), (case.name, verdict)
        if case.scan:
            assert verdict.kind is Reason.SCAN
        assert verdict.hashes is not None
        assert {"challenge", "solution", "toolchain"} <= set(verdict.hashes)
