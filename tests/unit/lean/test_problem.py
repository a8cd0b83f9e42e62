"""What an elaborated text offers for a theorem."""

from __future__ import annotations

from prover.lean.problem import OpenFailed, Problem, opened
from prover.lean.protocol import CommandAnswer, Message

PROBLEM = Problem("t", "", "theorem t : 1 = 1 := by sorry")


def test_a_text_with_errors_is_said_not_to_elaborate() -> None:
    failed = opened(PROBLEM, CommandAnswer(1, (Message("error", "type mismatch", 2, 4),), ()))
    assert isinstance(failed, OpenFailed)
    assert failed.text == "it does not elaborate: 2:4: type mismatch"


def test_a_text_that_declares_what_the_judge_refuses_is_said_to_do_just_that() -> None:
    failed = opened(PROBLEM, CommandAnswer(1, (), (), refused=("the type of T",)))
    assert isinstance(failed, OpenFailed)
    assert failed.is_refused
    assert failed.text == "the judge refuses what the text declares: the type of T"
