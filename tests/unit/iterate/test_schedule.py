"""The shares of the rounds grow, what is left over goes on, and the better half is searched again."""

from __future__ import annotations

import pytest

from prover.errors import UsageError
from prover.iterate.schedule import Schedule, better_half


def test_each_round_has_so_many_times_the_seconds_of_the_one_before_and_all_have_the_budget() -> None:
    schedule = Schedule(rounds=3, budget_s=130.0, growth=3.0)
    shares, spent = [], 0.0
    for number in range(3):
        shares.append(schedule.share_s(number, spent))
        spent += shares[-1]
    assert shares == pytest.approx([10.0, 30.0, 90.0])


def test_what_a_round_leaves_over_goes_to_the_later_ones() -> None:
    schedule = Schedule(rounds=2, budget_s=40.0, growth=3.0)
    assert schedule.share_s(1, spent_s=2.0) == pytest.approx(38.0)
    assert schedule.share_s(1, spent_s=99.0) == 0.0


def test_too_few_seconds_for_each_theorem_are_none() -> None:
    assert Schedule(rounds=1, budget_s=10.0, growth=1.0).each_s(0, 0.0, 10) == pytest.approx(1.0)
    assert Schedule(rounds=1, budget_s=10.0, growth=1.0).each_s(0, 0.0, 100) == 0.0


@pytest.mark.parametrize(("rounds", "budget", "growth"), [(0, 1.0, 1.0), (1, 0.0, 1.0), (1, 1.0, 0.5)])
def test_a_plan_that_says_nothing_is_refused(rounds: int, budget: float, growth: float) -> None:
    with pytest.raises(UsageError, match="positive"):
        Schedule(rounds, budget, growth)


def test_the_better_half_keeps_the_order_of_the_list_and_is_never_empty() -> None:
    promise = {"a": 0.1, "b": 0.9, "c": 0.5, "d": 0.7}
    assert better_half(["a", "b", "c", "d"], promise) == ["b", "d"]
    assert better_half(["a", "c"], {}) == ["a"]
    assert better_half(["a"], {}) == ["a"]
    assert better_half([], {}) == []
