"""Budgets over rounds: small ones first, larger ones for what is left, the promising first."""

from __future__ import annotations

import pytest

from search import Budget, Spent, StopReason
from search.rounds import Rounds, Signs

OPEN = Signs(StopReason.EXPANSIONS)


def take_all(rounds: Rounds) -> list[str]:
    names = []
    while (assignment := rounds.next()) is not None:
        names.append(assignment.theorem)
    return names


def test_everything_gets_a_little_first_then_more() -> None:
    rounds = Rounds(["a", "b"], first=Budget(expansions=10, wall_s=1.0), growth=3.0, rounds=3)
    seen = []
    while (assignment := rounds.next()) is not None:
        seen.append((assignment.theorem, assignment.round, assignment.budget.expansions, assignment.budget.wall_s))
        rounds.tell(assignment.theorem, Spent(), OPEN)
    assert seen[:2] == [("a", 0, 10, 1.0), ("b", 0, 10, 1.0)]
    assert seen[2:4] == [("a", 1, 30, 3.0), ("b", 1, 30, 3.0)]
    assert seen[4:] == [("a", 2, 90, 9.0), ("b", 2, 90, 9.0)]


def test_what_is_settled_does_not_come_back() -> None:
    rounds = Rounds(["a", "b"], first=Budget(expansions=1))
    assert take_all(rounds) == ["a", "b"]
    rounds.tell("a", Spent(), None)
    rounds.tell("b", Spent(), OPEN)
    assert take_all(rounds) == ["b"]


def test_the_more_promising_half_comes_first() -> None:
    rounds = Rounds(["a", "b", "c", "d"], first=Budget(expansions=1))
    take_all(rounds)
    for name, value in (("a", 0.1), ("b", 0.8), ("c", 0.3), ("d", 0.9)):
        rounds.tell(name, Spent(), Signs(StopReason.EXPANSIONS, value=value))
    assert take_all(rounds) == ["b", "d", "c", "a"]


def test_an_exhausted_search_comes_last() -> None:
    rounds = Rounds(["a", "b"], first=Budget(expansions=1))
    take_all(rounds)
    rounds.tell("a", Spent(), Signs(StopReason.EXHAUSTED, value=1.0, closed_share=0.9))
    rounds.tell("b", Spent(), Signs(StopReason.WALL_TIME, value=0.0))
    assert take_all(rounds) == ["b", "a"]


def test_a_round_does_not_wait_for_the_slowest() -> None:
    rounds = Rounds(["a", "b"], first=Budget(expansions=1), rounds=2)
    take_all(rounds)
    rounds.tell("a", Spent(), OPEN)
    assert take_all(rounds) == ["a"]
    rounds.tell("b", Spent(), OPEN)
    assert take_all(rounds) == ["b"]


def test_the_budget_of_the_run_ends_it() -> None:
    rounds = Rounds(["a", "b"], first=Budget(expansions=1), total=Budget(lean_s=5.0))
    assert rounds.next() is not None
    rounds.tell("a", Spent(lean_s=6.0), OPEN)
    assert rounds.next() is None


def test_impossible_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="different names"):
        Rounds(["a", "a"], first=Budget())
    with pytest.raises(ValueError, match="no such rounds"):
        Rounds(["a"], first=Budget(), growth=0.5)
