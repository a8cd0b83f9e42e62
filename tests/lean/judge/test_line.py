"""Both forms of the judge on the real Lean: one line of processes for all proofs, and fresh ones for each.

They are held to some of the cases here, and to all of them in the drills.
"""

from __future__ import annotations

import pytest

from prover.judge import Judge, Reason, VerdictStatus
from prover.judge.judgement import Judgement, Text
from prover.judge.line import Line
from prover.lean.toolchain import Embedded
from tests.cases import Case, cases
from tests.lean.judge.questions import LIMITS, hold, question
from tests.sample import one_in

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

_BOTH = (
    "sorry_in_lemma",
    "skip_kernel",
    "instance_of_order",
    "prints_an_answer",
    "mutual_helpers",
    "match_in_statement",
)
_ALL = {case.name: case for case in cases("attacks") + cases("honest")}
_SOME = [_ALL[name] for name in one_in(40, _ALL)]


@pytest.mark.parametrize("case", _SOME, ids=lambda case: case.name)
async def test_what_is_not_accepted_was_asked_where_nothing_had_run(case: Case, line: Line) -> None:
    verdict = await line.judge(question(case, is_whole=case.is_whole), file="")
    hold(case, verdict)
    assert verdict.is_accepted or verdict.is_fresh


async def test_both_forms_of_the_judge_say_the_same(toolchain: Embedded) -> None:
    chosen = [case for case in cases("attacks") + cases("honest") if case.name in _BOTH]
    assert len(chosen) == len(_BOTH)
    async with Judge(toolchain, limits=LIMITS, is_strict=True) as strict, Judge(toolchain, limits=LIMITS) as usual:
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
    await line.judge(Judgement(Text(asked), Text(given), "honest", LIMITS), file="hostile")
    for file in ("mine", "mine", ""):
        honest = Judgement(Text(_HONEST + "sorry"), Text(_HONEST + "omega"), "honest", LIMITS)
        verdict = await line.judge(honest, file=file)
        assert verdict.is_accepted, verdict


async def test_texts_that_begin_alike_share_their_beginning_and_nothing_else(line: Line) -> None:
    context = "def f (n : Nat) : Nat := n + 1\n\ntheorem first (n : Nat) : f n = n + 1 := by rfl\n\n"
    other = context.replace("n + 1\n", "n + 2\n", 1)
    asked = "theorem t : f 1 = 2 := by "
    for prefix, is_true in [(context, True), (other, False), (context, True), (f"\n{context}", True)]:
        said = Judgement(Text(f"{prefix}{asked}sorry"), Text(f"{prefix}{asked}rfl"), "t", LIMITS)
        verdict = await line.judge(said, file="alike")
        assert verdict.is_accepted == is_true, verdict
