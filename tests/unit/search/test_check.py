"""Each invariant is broken once by hand, and the check has to notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search import Budget, Search
from search.base import LogProb, ProofState, Value
from search.check import InvariantBroken, check_best_paths, check_search
from search.nodes import DEAD, OPEN, PROVEN, Edge, Eligibility, Node
from tests.fakes.drive import drive, start
from tests.fakes.graph import GraphEnvironment, Picture, proposing

PICTURE: Picture = {
    "root": {"split": ["easy", "hard"], "step": ["meeting point"]},
    "easy": {"done": []},
    "hard": {"on": ["meeting point"], "astray": ["dead end"]},
    "meeting point": {"one way": ["far"], "other way": ["farther"]},
    "far": {"on": ["farther"]},
    "farther": {"on": ["farthest"]},
    "farthest": {},
    "dead end": {},
}


@pytest.fixture
def search() -> Search:
    """A search with open, proven and dead nodes and edges, splits, merges, and an expansion in flight."""
    environment = GraphEnvironment(PICTURE)
    search = start(environment, rule="breadth-first", budget=Budget(expansions=6))
    drive(search, environment, proposing({goal: list(tactics) for goal, tactics in PICTURE.items()}))
    search.budget = Budget(expansions=7)
    assert len(search.plan(1)) == 1
    check_search(search)
    everything = [node.status for node in search.graph.nodes], [edge.status for edge in search.graph.edges()]
    assert all(set(found) == {OPEN, PROVEN, DEAD} for found in everything)
    return search


def node_with(search: Search, wanted: Callable[[Node], bool]) -> Node:
    return next(node for node in search.graph.nodes if node.index and wanted(node))


def edge_with(search: Search, wanted: Callable[[Edge], bool]) -> Edge:
    return next(edge for edge in search.graph.edges() if wanted(edge))


def wrong_index(search: Search) -> None:
    search.graph.nodes[3].index = 4


def wrong_key(search: Search) -> None:
    search.graph.nodes[3].state = ProofState((), "elsewhere")


def same_state_twice(search: Search) -> None:
    a, b = search.graph.nodes[2], search.graph.nodes[3]
    b.state = a.state


def wrong_root(search: Search) -> None:
    search.graph.root = search.graph.nodes[1]


def parallel_edges(search: Search) -> None:
    node = node_with(search, lambda n: len(n.edges) > 1)
    node.edges[1].children = node.edges[0].children


def foreign_source(search: Search) -> None:
    edge_with(search, lambda e: bool(e.children)).source = search.graph.nodes[-1]


def loop_to_itself(search: Search) -> None:
    edge = edge_with(search, lambda e: len(e.children) == 1)
    edge.children = (edge.source,)


def lost_focus(search: Search) -> None:
    edge_with(search, lambda e: len(e.children) > 1).focuses = None


def focus_too_many(search: Search) -> None:
    edge_with(search, lambda e: len(e.children) > 1).focuses = ((0,),)


def unknown_parent(search: Search) -> None:
    edge_with(search, lambda e: len(e.children) == 1).children[0].first_parent = None


def unknown_child(search: Search) -> None:
    edge = edge_with(search, lambda e: len(e.children) == 1)
    search.graph.nodes[-1].add_parent(edge)


def detached_edge(search: Search) -> None:
    edge = edge_with(search, lambda e: len(e.children) == 1 and len(e.source.edges) > 1)
    edge.source.edges = tuple(other for other in edge.source.edges if other is not edge)


def wrong_waiting(search: Search) -> None:
    edge_with(search, lambda e: e.status is OPEN).waiting += 1


def never_drawn(search: Search) -> None:
    edge_with(search, lambda e: True).count = 0


def forgotten_proof(search: Search) -> None:
    node_with(search, lambda n: n.status is PROVEN).status = OPEN


def false_proof(search: Search) -> None:
    node_with(search, lambda n: n.status is OPEN and not n.edges).status = PROVEN


def forgotten_death(search: Search) -> None:
    node_with(search, lambda n: n.status is DEAD).status = OPEN


def false_death(search: Search) -> None:
    node_with(search, lambda n: n.status is OPEN and not n.edges).status = DEAD


def dead_edge_forgotten(search: Search) -> None:
    edge_with(search, lambda e: e.status is DEAD).status = OPEN


def wrong_live(search: Search) -> None:
    search.graph.nodes[2].live += 1


def wrong_counted(search: Search) -> None:
    edge = edge_with(search, lambda e: e.counted)
    edge.counted = False
    for child in edge.children:
        child.live -= 1


def root_with_a_path(search: Search) -> None:
    search.graph.root.best_in = search.graph.nodes[-1].best_in


def no_path(search: Search) -> None:
    search.graph.nodes[3].best_in = None


def stale_cost(search: Search) -> None:
    node = search.graph.nodes[3]
    node.cost = node.cost._replace(log_prob=node.cost.log_prob - 1.0)


def in_flight_forgotten(search: Search) -> None:
    node_with(search, lambda n: n.eligibility is Eligibility.IN_FLIGHT).eligibility = Eligibility.ADMITTED


def in_flight_for_nothing(search: Search) -> None:
    search.graph.nodes[0].eligibility = Eligibility.IN_FLIGHT


def closed_too_early(search: Search) -> None:
    node_with(search, lambda n: n.status is OPEN and n.eligibility is not Eligibility.CLOSED).attempts = 1


def wild_value(search: Search) -> None:
    search.graph.nodes[1].value = float.__new__(Value, 1.5)


def untold_improvement(search: Search) -> None:
    search.graph.improved.append(search.graph.nodes[1])


def answers_from_nowhere(search: Search) -> None:
    search._answers.counts.advanced += 1000


def expansions_for_free(search: Search) -> None:
    search.spent.expansions = 0


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (wrong_index, "wrong index"),
        (wrong_key, "wrong key"),
        (same_state_twice, "two nodes are the same state"),
        (wrong_root, "not the root"),
        (parallel_edges, "two edges lead to the same states"),
        (foreign_source, "hangs at the wrong node"),
        (loop_to_itself, "back to its own state"),
        (lost_focus, "children without a focus"),
        (focus_too_many, "focus without a child"),
        (unknown_parent, "does not know its parent"),
        (unknown_child, "does not know its child"),
        (detached_edge, "a parent edge is not in the graph"),
        (wrong_waiting, "waiting is wrong"),
        (never_drawn, "never drawn"),
        (forgotten_proof, "proven|waiting"),
        (false_proof, "proven is wrong|waiting"),
        (forgotten_death, "dead is wrong"),
        (false_death, "dead is wrong"),
        (dead_edge_forgotten, "dead is wrong"),
        (wrong_live, "live is wrong"),
        (wrong_counted, "counted is wrong"),
        (root_with_a_path, "the root has a path"),
        (no_path, "not a path"),
        (stale_cost, "a path cost is stale"),
        (in_flight_forgotten, "in flight is wrong"),
        (in_flight_for_nothing, "in flight is wrong"),
        (closed_too_early, "closed does not follow"),
        (wild_value, "out of range"),
        (untold_improvement, "not passed on"),
        (answers_from_nowhere, "more answers than calls"),
        (expansions_for_free, "more in flight than planned"),
    ],
)
def test_damage_is_noticed(search: Search, damage: Callable[[Search], None], message: str) -> None:
    damage(search)
    with pytest.raises(InvariantBroken, match=message):
        check_search(search)


def test_a_circular_path_is_noticed(search: Search) -> None:
    graph = search.graph
    node = node_with(search, lambda n: bool(n.edges) and any(e.children and e.children[0].index for e in n.edges))
    below = next(e for e in node.edges if e.children and e.children[0].index)
    child = below.children[0]
    back = graph.add(child, "back", node.state, text="back", log_prob=LogProb(-1.0)).edge
    assert back is not None
    node.best_in, child.best_in = back, below
    with pytest.raises(InvariantBroken, match="circle"):
        check_search(search)


def test_a_missed_better_path_is_noticed(search: Search) -> None:
    check_best_paths(search.graph)
    edge = edge_with(search, lambda e: len(e.children) == 1 and e.children[0].best_in is e)
    edge.log_prob = LogProb(0.0)
    with pytest.raises(InvariantBroken, match="better path"):
        check_best_paths(search.graph)


def test_a_state_without_a_parent_is_noticed(search: Search) -> None:
    search.graph._node(ProofState((), key="stray"), search.graph.root.cost)
    with pytest.raises(InvariantBroken, match="no parent"):
        check_search(search)
