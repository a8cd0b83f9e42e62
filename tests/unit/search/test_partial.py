"""The best unfinished proof: what closes most, with a `sorry` for each goal that is left."""

from __future__ import annotations

import pytest

from search.graph import Graph
from search.partial import best_partial
from tests.fakes.drive import drive, start
from tests.fakes.environment import FakeEnvironment, World
from tests.unit.search.test_script import add, state


def test_what_is_proven_stays_and_each_goal_that_is_left_has_a_sorry() -> None:
    graph = Graph(state("r"))
    left, right = add(graph, graph.root, "constructor", state("a", "b"))
    (inner,) = add(graph, left, "intro h", state("c"))
    one, two = add(graph, inner, "cases h", state("d", "e"))
    add(graph, one, "rfl")
    add(graph, right, "omega")
    add(graph, two, "simp", state("f"))
    partial = best_partial(graph)
    assert partial is not None
    assert partial.proof.script == "constructor\n· intro h\n  cases h\n  · rfl\n  · sorry\n· omega"
    assert ([goal.target for goal in partial.left], partial.closed, partial.gain) == (["e"], 2, 1)


def test_nothing_is_gained_by_tactics_that_close_nothing() -> None:
    graph = Graph(state("r"))
    (inner,) = add(graph, graph.root, "intro h", state("a"))
    add(graph, inner, "constructor", state("b", "c"))
    assert best_partial(graph) is None


def test_a_tactic_that_leaves_more_than_it_closes_is_not_followed() -> None:
    graph = Graph(state("r"))
    first, _, _ = add(graph, graph.root, "split", state("a", "b", "c"))
    add(graph, first, "rfl")
    assert best_partial(graph) is None
    one, _ = add(graph, graph.root, "other", state("d", "e"))
    add(graph, one, "rfl")
    partial = best_partial(graph)
    assert partial is not None
    assert partial.proof.script == "other\n· rfl\n· sorry"


def test_goals_that_share_a_metavariable_have_a_sorry_each() -> None:
    graph = Graph(state("r"))
    one, two, _ = add(graph, graph.root, "refine", state("a", "b", "c", "d", groups=((0,), (1, 2), (3,))))
    add(graph, one, "rfl")
    add(graph, two, "simp")
    partial = best_partial(graph)
    assert partial is not None
    assert partial.proof.script == "refine\n· rfl\nrotate_left 2\n· simp\nsorry\nsorry"


def test_a_way_back_is_not_followed() -> None:
    graph = Graph(state("r"))
    (inner,) = add(graph, graph.root, "unfold", state("a"))
    one, _ = add(graph, inner, "fold", state("b", "r"))
    add(graph, one, "rfl")
    assert best_partial(graph) is None


def test_a_proof_is_no_partial_one() -> None:
    graph = Graph(state("r"))
    add(graph, graph.root, "rfl")
    assert best_partial(graph) is None


@pytest.mark.parametrize("seed", range(40))
def test_in_a_random_graph_the_partial_proof_has_a_sorry_for_each_goal_that_it_leaves(seed: int) -> None:
    world = World(seed=seed, num_goals=200, shares=(50, 3, 1, 4, 42))
    search = start(FakeEnvironment(world))
    drive(search, FakeEnvironment(world))
    partial = search.partial()
    if partial is not None:
        assert partial.closed > 0
        assert partial.proof.script.count("sorry") == len(partial.left)
