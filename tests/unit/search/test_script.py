"""From a proven graph to text: bullets, indentation, goal order, and the shortest of several proofs."""

from __future__ import annotations

import pytest

from search.base import Goal, LogProb, ProofState
from search.check import check_graph
from search.extract import extract
from search.graph import Graph
from search.nodes import Node


def goal(name: str) -> Goal:
    return Goal(target=name, pretty=f"⊢ {name}", key=name)


def state(*names: str, groups: tuple[tuple[int, ...], ...] | None = None) -> ProofState:
    apart = tuple((i,) for i in range(len(names)))
    return ProofState(tuple(map(goal, names)), key="|".join(names), groups=groups or apart)


def add(graph: Graph, source: Node, tactic: str, after: ProofState | None = None) -> tuple[Node, ...]:
    added = graph.add(source, tactic, after, text=tactic, log_prob=LogProb(-1.0))
    check_graph(graph)
    assert added.edge is not None
    return added.edge.children


def test_independent_goals_get_bullets() -> None:
    graph = Graph(state("r"))
    left, right = add(graph, graph.root, "constructor", state("a", "b"))
    add(graph, right, "omega")
    (inner,) = add(graph, left, "intro h", state("c"))
    add(graph, inner, "exact h")
    assert extract(graph).script == "constructor\n· intro h\n  exact h\n· omega"
    assert extract(graph).tactics == ("constructor", "intro h", "exact h", "omega")
    in_words = extract(graph).in_words()
    assert in_words.script == "constructor\nnext =>\n  intro h\n  exact h\nnext =>\n  omega"
    assert in_words.tactics == extract(graph).tactics


def test_lines_of_a_tactic_keep_their_places() -> None:
    graph = Graph(state("r"))
    left, right = add(graph, graph.root, "constructor", state("a", "b"))
    (inner,) = add(graph, left, "have h : p := by\n  simp\n\n  omega", state("c"))
    add(graph, inner, "cases h with\n| inl h =>\n  exact h\n| inr h => omega")
    add(graph, right, "rfl")
    assert extract(graph).script.split("\n") == [
        "constructor",
        "· have h : p := by",
        "    simp",
        "",
        "    omega",
        "  cases h with",
        "  | inl h =>",
        "    exact h",
        "  | inr h => omega",
        "· rfl",
    ]
    assert extract(graph).indented().split("\n")[:3] == ["  constructor", "  · have h : p := by", "      simp"]


def test_bullets_nest() -> None:
    graph = Graph(state("r"))
    left, right = add(graph, graph.root, "t", state("a", "b"))
    inner = add(graph, left, "u", state("c", "d"))
    for node in (right, *inner):
        add(graph, node, "rfl")
    assert extract(graph).script == "t\n· u\n  · rfl\n  · rfl\n· rfl"


def test_coupled_goals_come_last_and_in_their_order() -> None:
    graph = Graph(state("r"))
    single, coupled = add(graph, graph.root, "t", state("a", "b", "c", groups=((0, 2), (1,))))
    assert [g.target for g in coupled.state.goals] == ["a", "c"]
    add(graph, single, "rfl")
    add(graph, coupled, "exact ⟨_, h⟩")
    # the goals are a b c; b is proved first, and a c have to be in front again
    assert extract(graph).script == "t\nrotate_left 1\n· rfl\nrotate_left 1\nexact ⟨_, h⟩"


def test_several_coupled_groups_stay_together() -> None:
    graph = Graph(state("r"))
    groups = ((0, 3), (1, 4), (2,))
    single, rest = add(graph, graph.root, "t", state("a", "b", "c", "d", "e", groups=groups))
    assert [g.target for g in rest.state.goals] == ["a", "b", "d", "e"]
    assert rest.state.groups == ((0, 2), (1, 3))
    add(graph, single, "rfl")
    add(graph, rest, "simp_all")
    assert extract(graph).script == "t\nrotate_left 2\n· rfl\nrotate_left 2\nsimp_all"


def test_a_state_of_one_group_is_kept_whole() -> None:
    graph = Graph(state("r"))
    children = add(graph, graph.root, "apply h", state("a", "b", groups=((0, 1),)))
    assert len(children) == 1
    assert graph.path(children[0])[0].focus is None


@pytest.mark.parametrize("groups", [((0,),), ((0,), (0,)), ((0,), (2,)), ()])
def test_groups_that_are_no_partition_are_not_trusted(groups: tuple[tuple[int, ...], ...]) -> None:
    graph = Graph(state("r"))
    after = ProofState((goal("a"), goal("b")), key="ab", groups=groups)
    assert len(add(graph, graph.root, "t", after)) == 1


def test_a_goal_that_is_left_twice_is_proved_once_and_written_twice() -> None:
    graph = Graph(state("r"))
    first, second = add(graph, graph.root, "t", state("a", "a"))
    assert first is second
    add(graph, first, "rfl")
    assert extract(graph).script == "t\n· rfl\n· rfl"


def test_the_shortest_proof_is_written() -> None:
    graph = Graph(state("r"))
    (long,) = add(graph, graph.root, "long", state("a"))
    (longer,) = add(graph, long, "longer", state("b"))
    (short,) = add(graph, graph.root, "short", state("c"))
    add(graph, longer, "rfl")
    add(graph, short, "simp_all")
    add(graph, short, "simp")
    assert extract(graph).script == "short\nsimp"


def test_a_cycle_is_not_a_proof() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", state("a"))
    (b,) = add(graph, a, "u", state("b"))
    assert add(graph, b, "back", state("a")) == (a,)
    with pytest.raises(ValueError, match="not proven"):
        extract(graph)
    add(graph, b, "rfl")
    assert extract(graph).script == "t\nu\nrfl"


def test_a_proof_goes_around_a_cycle() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", state("a"))
    (b,) = add(graph, a, "u", state("b"))
    add(graph, b, "back", state("a"))
    add(graph, a, "rfl")
    assert extract(graph).script == "t\nrfl"


def test_a_proof_of_thousands_of_tactics_is_written() -> None:
    graph = Graph(state("r"))
    node = graph.root
    for number in range(5000):
        node = graph.add(node, "t", state(f"n{number}"), text="t", log_prob=LogProb(-1.0)).new[0]
    graph.add(node, "rfl", None, text="rfl", log_prob=LogProb(-1.0))
    assert len(extract(graph).tactics) == 5001
