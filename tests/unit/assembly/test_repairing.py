"""Broken proofs of a file mended, and finished ones made shorter, in a world without Lean."""

from __future__ import annotations

import pytest

from prover.assembly.filling import Part
from prover.assembly.mending import Mended
from prover.assembly.minimising import minimise_document
from prover.assembly.repairing import Repair, repair_document
from prover.errors import UsageError
from prover.tasks.document import document_of
from tests.fakes.graph import Picture
from tests.fakes.judge import FakeJudge
from tests.fakes.warm import warm_with

GOOD = "theorem good : p := by\n  end\n"
BROKEN = "theorem bad : p := by\n  go -- first\n  oops\n"
PICTURE: Picture = {"root": {"go": ["left"], "end": []}, "left": {"end": []}}


async def repaired(text: str, part: Part | None = None, judge: FakeJudge | None = None) -> Repair:
    warm = warm_with({"left": {"end": []}}, judge=judge)
    return await repair_document(document_of(text, "a.lean"), part or Part("a.lean"), warm)


async def test_a_broken_proof_is_mended_and_nothing_else_is_changed() -> None:
    text = f"-- ⟨⟩\r\n{GOOD}\n{BROKEN}\n\ntheorem last : p := by\n  end".replace("\n", "\r\n").replace("\r\r", "\r")
    done = await repaired(text)
    assert done.text == text.replace("oops", "end")
    assert [(each.proof.name, each.is_repaired, each.kept, each.steps) for each in done.theorems] == [
        ("bad", True, 1, 2)
    ]
    assert (done.working, len(done.edits)) == (2, 1)


async def test_a_file_that_works_is_left_alone() -> None:
    judge = FakeJudge()
    done = await repaired(GOOD, judge=judge)
    assert (done.text, done.theorems, done.working, judge.asked) == (GOOD, (), 1, [])


async def test_only_proofs_on_the_lines_that_are_named_are_mended() -> None:
    text = f"{BROKEN}\n{BROKEN.replace('bad', 'worse')}"
    done = await repaired(text, Part("a.lean", 6, 6))
    assert [each.proof.name for each in done.theorems] == ["worse"]
    assert done.text == text[: len(BROKEN)] + text[len(BROKEN) :].replace("oops", "end")


async def test_what_the_judge_refuses_is_not_written() -> None:
    judge = FakeJudge(accepts=lambda _: False)
    done = await repaired(BROKEN, judge=judge)
    assert judge.asked
    assert done.text == BROKEN
    assert [(each.is_repaired, each.body) for each in done.theorems] == [(False, None)]


async def test_an_error_in_the_statement_is_not_for_a_search() -> None:
    text = BROKEN.replace(": p", ": oops")
    done = await repaired(text)
    assert (done.text, done.theorems[0].reason) == (text, "the error is in its statement, to which nothing is done")


async def test_what_is_broken_and_no_theorem_is_left_and_said() -> None:
    done = await repaired(f"def f : Nat :=\n  oops\n\n{BROKEN}")
    assert [each.is_repaired for each in done.theorems] == [True]
    assert done.notes == ("a.lean:1: no theorem of its own, and left as it is: f: unknown identifier",)


async def test_steps_that_find_no_goal_are_left_out_and_the_rest_is_judged_as_it_is() -> None:
    judge = FakeJudge()
    done = await repaired(BROKEN.replace("oops", "end\n  surplus"), judge=judge)
    assert done.text == BROKEN.replace("oops", "end")
    assert judge.asked == [done.text]


async def test_each_end_is_told_when_it_is_known() -> None:
    told: list[Mended] = []
    warm = warm_with({"left": {"end": []}})
    document = document_of(BROKEN, "a.lean")
    done = await repair_document(document, Part("a.lean"), warm, on_mended=told.append)
    assert tuple(told) == done.theorems


async def test_a_finished_proof_is_made_shorter_and_the_shorter_form_is_judged() -> None:
    judge = FakeJudge()
    text = "theorem long : p := by\n  go\n  end\n"
    done = await minimise_document(document_of(text, "a.lean"), Part("a.lean"), warm_with(PICTURE, judge=judge))
    assert done.text == text.replace("  go\n", "")
    assert judge.asked == [done.text]
    assert [(each.before, each.after) for each in done.theorems] == [(16, 11)]


async def test_a_proof_on_its_theorems_line_stays_on_it() -> None:
    text = "theorem long : p := by skip; go; on; end\n"
    picture: Picture = {"root": {"go": ["left"], "skip": ["root"]}, "left": {"on": ["right"]}, "right": {"end": []}}
    done = await minimise_document(document_of(text, "a.lean"), Part("a.lean"), warm_with(picture))
    assert done.text == text.replace("skip; ", "")


async def test_a_shorter_form_that_the_judge_refuses_is_not_taken() -> None:
    text = "theorem long : p := by\n  go\n  end\n"
    warm = warm_with(PICTURE, judge=FakeJudge(accepts=lambda _: False))
    done = await minimise_document(document_of(text, "a.lean"), Part("a.lean"), warm)
    assert done.text == text
    assert "judge" in done.theorems[0].reason


async def test_a_file_without_a_finished_proof_has_nothing_to_be_made_shorter() -> None:
    with pytest.raises(UsageError, match="no finished proof"):
        await minimise_document(document_of(BROKEN, "a.lean"), Part("a.lean"), warm_with(PICTURE))
