"""The AND-OR graph: merging, better paths, what becomes proven, dead, or of no use."""

from __future__ import annotations

from search.base import Goal, Hypothesis, LogProb, ProofState
from search.check import check_best_paths, check_graph
from search.graph import Graph
from search.nodes import DEAD, OPEN, PROVEN, Edge, Eligibility, Node


def state(*names: str, shown: str = "") -> ProofState:
    goals = tuple(Goal(target=n, pretty=shown or f"⊢ {n}", key=n) for n in names)
    return ProofState(goals, key="|".join(names), groups=tuple((i,) for i in range(len(names))))


def add(graph: Graph, source: Node, tactic: str, *after: str, log_prob: float = -1.0) -> Edge:
    added = graph.add(source, tactic, state(*after) if after else None, text=tactic, log_prob=LogProb(log_prob))
    check_graph(graph)
    assert added.edge is not None
    return added.edge


def close(graph: Graph, *nodes: Node) -> None:
    for node in nodes:
        graph.close(node)
        check_graph(graph)


def test_two_ways_to_a_state_meet_in_one_node() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", "a").children
    (b,) = add(graph, graph.root, "u", "b").children
    (c,) = add(graph, a, "v", "c").children
    assert add(graph, b, "w", "c").children == (c,)
    assert len(graph.nodes) == 4


def test_states_with_other_names_for_the_same_things_are_apart() -> None:
    def named(name: str) -> ProofState:
        goal = Goal("q", (Hypothesis(name, "p"),), pretty=f"{name} : p\n⊢ q", key="k")
        return ProofState((goal,), key="k", groups=((0,),))

    graph = Graph(state("r"))
    nodes = [
        graph.add(graph.root, f"intro {n}", named(n), text=f"intro {n}", log_prob=LogProb(-1.0)).new[0]
        for n in ("h", "x", "y")
    ]
    again = graph.add(nodes[0], "t", named("x"), text="t", log_prob=LogProb(-1.0))
    check_graph(graph)
    assert again.edge is not None
    assert again.edge.children == (nodes[1],)
    assert len(graph.nodes) == 4


def test_case_names_keep_no_states_apart() -> None:
    graph = Graph(state("r"))
    for tag in ("inl", "inr"):
        graph.add(graph.root, tag, state("a", shown=f"case {tag}\n⊢ a"), text=tag, log_prob=LogProb(-1.0))
    assert len(graph.nodes) == 2
    assert graph.nodes[1].parents[0].count == 2


def test_tactics_to_the_same_states_count_as_one() -> None:
    graph = Graph(state("r"))
    first = add(graph, graph.root, "intro  h", "a", log_prob=-3.0)
    assert add(graph, graph.root, "intro h", "a", log_prob=-1.0) is first
    assert (first.count, first.log_prob, first.tactic, first.text) == (2, -1.0, "intro  h", "intro h")
    assert first.children[0].cost.log_prob == -1.0


def test_a_better_path_reaches_everything_below() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", "a", log_prob=-9.0).children
    (b,) = add(graph, a, "u", "b").children
    (c,) = add(graph, b, "v", "c").children
    (d,) = add(graph, graph.root, "w", "d").children
    add(graph, d, "x", "a")
    assert [node.cost.log_prob for node in (a, b, c)] == [-2.0, -3.0, -4.0]
    assert [step.tactic for step in graph.path(c)] == ["w", "x", "u", "v"]
    assert set(graph.improved) == {a, b, c}
    check_best_paths(graph)


def test_a_worse_path_changes_nothing() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", "a").children
    (b,) = add(graph, graph.root, "u", "b").children
    add(graph, b, "v", "a")
    assert a.cost.log_prob == -1.0
    assert graph.improved == []


def test_paths_never_go_in_a_circle_even_if_that_scores_better() -> None:
    graph = Graph(state("r"), path_score=lambda cost: cost.log_prob / max(1, cost.steps))
    (a,) = add(graph, graph.root, "t", "a", log_prob=-8.0).children
    (b,) = add(graph, a, "u", "b", log_prob=-0.1).children
    add(graph, b, "back", "a", log_prob=-0.1)
    assert [step.tactic for step in graph.path(b)] == ["t", "u"]


def test_every_goal_of_a_split_state_has_to_be_proven() -> None:
    graph = Graph(state("r"))
    a, b = add(graph, graph.root, "t", "a", "b").children
    add(graph, a, "rfl")
    assert (a.status, graph.root.status) == (PROVEN, OPEN)
    add(graph, b, "rfl")
    assert graph.root.status is PROVEN


def test_one_dead_goal_kills_its_tactic_and_makes_the_others_useless() -> None:
    graph = Graph(state("r"))
    edge = add(graph, graph.root, "t", "a", "b")
    a, b = edge.children
    close(graph, a)
    assert (edge.status, a.status, b.status, graph.root.status) == (DEAD, DEAD, OPEN, OPEN)
    assert not b.is_relevant
    close(graph, graph.root)
    assert graph.root.status is DEAD


def test_a_tactic_to_a_proven_state_proves() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", "a").children
    (b,) = add(graph, graph.root, "u", "b").children
    add(graph, b, "v", "c")
    add(graph, a, "rfl")
    assert graph.root.status is PROVEN
    assert add(graph, b, "w", "a").status is PROVEN
    assert b.status is PROVEN


def test_a_useless_node_is_revived_by_a_new_way_to_it() -> None:
    graph = Graph(state("r"))
    a, b = add(graph, graph.root, "t", "a", "b").children
    (c,) = add(graph, b, "u", "c").children
    c.eligibility = Eligibility.ADMITTED
    close(graph, a)
    assert (b.is_relevant, c.is_relevant) == (False, False)
    add(graph, graph.root, "v", "b")
    assert (b.is_relevant, c.is_relevant) == (True, True)
    assert graph.revived == [c]


def test_below_a_proven_node_nothing_matters() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", "a", "z").children[:1]
    (b,) = add(graph, a, "u", "b").children
    (c,) = add(graph, b, "v", "c").children
    add(graph, a, "rfl")
    assert (b.is_relevant, c.is_relevant) == (False, False)


def test_dead_ends_in_a_cycle_leave_nothing_to_do_but_prove_nothing() -> None:
    graph = Graph(state("r"))
    (a,) = add(graph, graph.root, "t", "a").children
    (b,) = add(graph, a, "u", "b").children
    add(graph, b, "back", "a")
    close(graph, a, b, graph.root)
    assert graph.root.status is OPEN  # only the empty frontier says that it is over
