"""Which values are tried against a goal, and what becomes of those that refute it."""

from __future__ import annotations

import pytest

from prover.driver.small_values import Counterexample, counterexamples, refuting
from search.base import Goal, Hypothesis
from tests.fakes.graph import GraphEnvironment


def goal(*hypotheses: Hypothesis) -> Goal:
    return Goal("p", hypotheses)


def values(*types: str) -> list[str]:
    return [each.values for each in counterexamples(goal(*(Hypothesis(f"x{i}", of) for i, of in enumerate(types))))]


@pytest.mark.parametrize(
    ("type_", "first"),
    [
        ("Nat", ["x0 := 0", "x0 := 1"]),
        ("ℤ", ["x0 := 0", "x0 := 1", "x0 := (-1)"]),
        ("Bool", ["x0 := true", "x0 := false"]),
        ("Prop", ["x0 := True", "x0 := False"]),
        ("Fin 2", ["x0 := 0", "x0 := 1"]),
        ("List Bool", ["x0 := []", "x0 := [true]", "x0 := [false]", "x0 := [true, false]"]),
        ("List (List Nat)", ["x0 := []", "x0 := [[]]"]),
    ],
)
def test_each_type_has_small_values_the_simplest_first(type_: str, first: list[str]) -> None:
    assert values(type_)[: len(first)] == first


def test_pairs_come_in_the_order_of_their_size_and_there_is_an_end() -> None:
    assert values("Nat", "Bool")[:3] == ["x0 := 0, x1 := true", "x0 := 0, x1 := false", "x0 := 1, x1 := true"]
    assert len(set(values(*["Nat"] * 5))) == 64


@pytest.mark.parametrize("types", [("Real",), ("Nat", "Type"), ("Fin n",), ()])
def test_a_variable_of_another_type_leaves_nothing_to_try(types: tuple[str, ...]) -> None:
    assert values(*types) == []


def test_every_hypothesis_is_proved_at_the_values() -> None:
    tried = next(counterexamples(goal(Hypothesis("n", "Nat"), Hypothesis("h", "n < n", is_prop=True))))
    start = "exact fun all => absurd (@all 0 (by decide)) (by decide)"
    assert tried.script.split("\n")[0] == "-- n := 0"
    assert tried.script.split("\n")[1] == start


def test_a_local_definition_is_not_guessed_at() -> None:
    assert list(counterexamples(goal(Hypothesis("n", "Nat"), Hypothesis("m", "Nat", value="n + 1")))) == []


async def test_only_what_lean_takes_refutes_and_nothing_is_tried_when_the_time_is_over() -> None:
    negation = GraphEnvironment({"not": {"two": [], "three": []}})
    known = [Counterexample(f"n := {number}", number) for number in ("one", "two", "three")]
    assert [each.values async for each in refuting(known, negation, lambda: False)] == ["n := two", "n := three"]
    assert [each async for each in refuting(known, negation, lambda: True)] == []


def test_many_variables_take_no_more_memory_or_time_than_few() -> None:
    assert len(set(values(*["Nat"] * 40))) == 64
    assert values(*["Nat"] * 40)[0] == ", ".join(f"x{i} := 0" for i in range(40))
