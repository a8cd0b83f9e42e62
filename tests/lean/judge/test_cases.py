"""Every case of the judge on the real Lean, without the ban list: the Lean side has to hold by itself.

They pass through one line of processes, as a judge's usual form has it; a few cases go the whole way of a judgement, in
the strict form as well and with the ban list.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from prover.judge import Judge, JudgeLimits, Reason, VerdictStatus
from prover.judge.judgement import Judgement, Text
from prover.judge.line import Line
from prover.lean.toolchain import Embedded
from tests.cases import Case, cases
from tests.lean.judge.processes import MEMORY_BYTES

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

_LIMITS = JudgeLimits(challenge_s=120.0, solution_s=120.0, compare_s=120.0, start_s=180.0, memory_bytes=MEMORY_BYTES)
_IMPATIENT = replace(_LIMITS, solution_s=8.0, compare_s=8.0)  # for what is to end at a limit
_BOTH = (
    "sorry_in_lemma",
    "skip_kernel",
    "instance_of_order",
    "prints_an_answer",
    "mutual_helpers",
    "match_in_statement",
)


def question(case: Case, *, is_whole: bool) -> Judgement:
    limits = _IMPATIENT if case.status is VerdictStatus.UNKNOWN else _LIMITS
    return Judgement(Text(case.challenge), Text(case.solution), case.theorem, limits, is_whole=is_whole)


@pytest.mark.parametrize("case", cases("attacks") + cases("honest"), ids=lambda case: case.name)
async def test_lean_alone_says_what_the_case_says(case: Case, line: Line) -> None:
    verdict = await line.judge(question(case, is_whole=case.is_whole), file="")
    assert verdict.status is case.status, verdict
    assert verdict.kind is None if verdict.is_accepted else verdict.kind in case.kinds, verdict
    assert verdict.is_accepted or verdict.is_fresh


@pytest.mark.parametrize(
    "case", [case for case in cases("attacks") if Reason.ELABORATION in case.kinds], ids=lambda case: case.name
)
async def test_no_attack_is_better_off_in_a_persons_file(case: Case, line: Line) -> None:
    verdict = await line.judge(question(case, is_whole=False), file="")
    assert not verdict.is_accepted, verdict


async def test_both_forms_of_the_judge_say_the_same(toolchain: Embedded) -> None:
    chosen = [case for case in cases("attacks") + cases("honest") if case.name in _BOTH]
    assert len(chosen) == len(_BOTH)
    async with Judge(toolchain, limits=_LIMITS, is_strict=True) as strict, Judge(toolchain, limits=_LIMITS) as usual:
        for case in chosen:
            verdict = await strict.judge(case.challenge, case.solution, case.theorem)
            other = await usual.judge(case.challenge, case.solution, case.theorem)
            assert verdict.is_accepted == (case.status is VerdictStatus.ACCEPTED), (case.name, verdict)
            assert (verdict.status, verdict.kind) == (other.status, other.kind), (case.name, verdict, other)
            if case.scan:
                assert verdict.kind is Reason.SCAN
            assert verdict.is_fresh
            assert verdict.hashes is not None
            assert {"challenge", "solution", "toolchain"} <= set(verdict.hashes)
            assert verdict.hashes == other.hashes


_SPOILS = """#eval (do
  let _ ← IO.asTask (IO.sleep 600000) .dedicated
  let _ ← IO.asTask (IO.sleep 600000) .dedicated : IO Unit)
"""
"""Where this has run, threads are left that go on whatever the process is asked. (Code that reaches into Lean itself is
not run by the embedded Lean, which has none of it to run.)"""
_PARTS = (("challenge", "sorry"), ("solution", "omega"))
_HONEST = "theorem honest (a b : Nat) : a + b = b + a := by "


@pytest.mark.parametrize("where", ["solution", "challenge", "both"])
async def test_what_a_hostile_text_does_to_its_process_is_none_of_the_next_ones(line: Line, where: str) -> None:
    asked, given = (f"{_HONEST}{end}\n{_SPOILS if where in (part, 'both') else ''}" for part, end in _PARTS)
    await line.judge(Judgement(Text(asked), Text(given), "honest", _LIMITS), file="hostile")
    for file in ("mine", "mine", ""):
        honest = Judgement(Text(_HONEST + "sorry"), Text(_HONEST + "omega"), "honest", _LIMITS)
        verdict = await line.judge(honest, file=file)
        assert verdict.is_accepted, verdict


async def test_texts_that_begin_alike_share_their_beginning_and_nothing_else(line: Line) -> None:
    context = "def f (n : Nat) : Nat := n + 1\n\ntheorem first (n : Nat) : f n = n + 1 := by rfl\n\n"
    other = context.replace("n + 1\n", "n + 2\n", 1)
    asked = "theorem t : f 1 = 2 := by "
    for prefix, is_true in [(context, True), (other, False), (context, True), (f"\n{context}", True)]:
        said = Judgement(Text(f"{prefix}{asked}sorry"), Text(f"{prefix}{asked}rfl"), "t", _LIMITS)
        verdict = await line.judge(said, file="alike")
        assert verdict.is_accepted == is_true, verdict
