"""The heuristic critic: bounded, pure, and ordered as a reader would order states."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from critic.heuristic import HeuristicCritic, state_value
from search.base import Goal, Hypothesis, ProofState, Theorem


def state(*targets: str, hypotheses: tuple[Hypothesis, ...] = (), head: str = "") -> ProofState:
    return ProofState(tuple(Goal(target, hypotheses, head=head) for target in targets), key="")


def test_a_state_without_goals_is_worth_1() -> None:
    assert state_value(state()) == 1.0


def test_fewer_goals_are_better() -> None:
    assert state_value(state("a = b")) > state_value(state("a = b", "a = b"))


def test_smaller_goals_are_better() -> None:
    assert state_value(state("a = b")) > state_value(state("a + b + c + d = f (g x) y"))


def test_a_goal_that_is_a_hypothesis_is_nearly_done() -> None:
    hypothesis = Hypothesis("h", "a * b = c * d + e", is_prop=True)
    assert state_value(state("a * b = c * d + e", hypotheses=(hypothesis,))) > 0.9


def test_something_to_be_invented_is_harder() -> None:
    assert state_value(state("f ?x = b")) < state_value(state("f x = b"))
    assert state_value(state("∃ x, f x = b", head="Exists")) < state_value(state("f x = b", head="Eq"))


async def test_one_value_for_each_state_in_order() -> None:
    states = [state("a = b"), state(), state("a = b", "c")]
    assert await HeuristicCritic().score(Theorem("t"), states) == [state_value(s) for s in states]


@given(st.lists(st.text(max_size=400), max_size=12))
def test_values_are_never_0_for_what_can_be_finished_and_never_above_1(targets: list[str]) -> None:
    assert 0.0 <= state_value(state(*targets)) <= 1.0
