"""A state too long for the context is cut so that its goal stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.errors import UsageError
from prover.models.fit import fit_question, split_goal
from prover.models.prompts import STYLES, Question

GOAL = "α : Type\nx y : α\nh₁ : x = y ∧\n    y = x\nh₂ : x = x\n⊢ y = x ∧\n  x = y"
OTHER = "case b\n⊢ True"


def length(question: Question) -> int:
    return len(STYLES["stepprover2.5"].build(question).text)


def fitted(budget: int, before: tuple[str, ...] = ("intro x", "intro y")) -> tuple[Question, tuple[str, ...]]:
    question = Question("t", f"{GOAL}\n\n{OTHER}", before)
    result = fit_question(question, goals=[GOAL, OTHER], budget=budget, count=length)
    return result.question, result.omitted


FULL = length(Question("t", f"{GOAL}\n\n{OTHER}", ("intro x", "intro y")))


def test_what_fits_is_left_alone() -> None:
    question, omitted = fitted(FULL)
    assert omitted == () and question.tactics_before == ("intro x", "intro y")


def test_the_oldest_tactics_go_first() -> None:
    question, omitted = fitted(FULL - 1)
    assert question.tactics_before == ("intro y",)
    assert omitted == ("1 earlier tactics",)


def test_then_the_later_goals_go() -> None:
    question, omitted = fitted(FULL - 20)
    assert question.state == GOAL
    assert omitted == ("2 earlier tactics", "1 later goals")


def test_then_the_oldest_hypotheses_go_whole() -> None:
    question, omitted = fitted(FULL - 35)
    assert question.state == "x y : α\nh₁ : x = y ∧\n    y = x\nh₂ : x = x\n⊢ y = x ∧\n  x = y"
    assert omitted[-1] == "1 hypotheses"


def test_the_target_is_the_last_to_go_and_keeps_its_beginning() -> None:
    question, omitted = fitted(length(Question("t", "⊢ y = x")))
    assert question.state == "⊢ y = x"
    assert omitted[-1] == "the last 10 characters of the target"


def test_a_budget_below_the_template_is_refused() -> None:
    with pytest.raises(UsageError, match="too small for any state"):
        fitted(10)


def test_a_goal_splits_into_whole_hypotheses_and_its_target() -> None:
    assert split_goal(GOAL) == (
        ["α : Type", "x y : α", "h₁ : x = y ∧\n    y = x", "h₂ : x = x"],
        "⊢ y = x ∧\n  x = y",
    )


@given(st.integers(60, FULL + 5))
def test_every_cut_is_within_the_budget_and_keeps_a_turnstile(budget: int) -> None:
    if budget < length(Question("t", "⊢")):
        return
    question, _ = fitted(budget)
    assert length(question) <= budget
    assert "⊢" in question.state
