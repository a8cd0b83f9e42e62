"""The search as a networkx graph, as GraphML and Graphviz text, and as points."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from search import Search
from search.base import Goal, ProofState
from search.graph import layout, to_dot, view, write_graphml
from search.nodes import PROVEN
from search.tree import Graph
from tests.fakes.drive import drive, start
from tests.fakes.environment import FakeEnvironment, World


@pytest.fixture
def proved() -> Search:
    """A finished search with a proof that splits."""
    for seed in range(200):
        environment = FakeEnvironment(World(seed=seed, num_goals=40, coupled=0))
        search = start(environment)
        drive(search, environment, check=False)
        proof = search.result().proof
        if proof is not None and "·" in proof.script:
            return search
    raise AssertionError("no world has such a proof")


def test_the_view_has_every_state_and_its_status(proved: Search) -> None:
    made = view(proved.graph)
    states = [name for name, data in made.nodes(data=True) if data["kind"] == "state"]
    assert len(states) == len(proved.graph.nodes)
    assert made.nodes["s0"]["status"] == "proven"
    assert nx.is_weakly_connected(made)


def test_the_proof_is_marked(proved: Search) -> None:
    made = view(proved.graph)
    marked = [name for name, data in made.nodes(data=True) if data["on_proof"]]
    assert "s0" in marked
    assert all(made.nodes[name]["status"] == "proven" for name in marked)
    leaves = [n for n in marked if not any(made.edges[n, m]["on_proof"] for m in made.successors(n))]
    assert leaves
    assert all(made.nodes[name]["closed_by"] for name in leaves)


def test_graphml_is_read_back(proved: Search, tmp_path: Path) -> None:
    write_graphml(proved.graph, tmp_path / "search.graphml")
    read = nx.read_graphml(tmp_path / "search.graphml")
    assert set(read.nodes) == set(view(proved.graph).nodes)
    assert read.nodes["s0"]["goals"] == "⊢ P 0"


def test_text_that_xml_and_graphviz_dislike_survives(tmp_path: Path) -> None:
    nasty = 'x : "a\\b" <&>\x00\n⊢ "' + "y" * 200
    graph = Graph(ProofState((Goal("", pretty=nasty, key="k"),), key="k"))
    write_graphml(graph, tmp_path / "nasty.graphml")
    assert "<&>" in nx.read_graphml(tmp_path / "nasty.graphml").nodes["s0"]["goals"]
    assert '\\"a\\\\b\\"' in to_dot(graph)


def test_graphviz_text_names_all_states_and_arrows(proved: Search) -> None:
    text = to_dot(proved.graph, limit=None)
    made = view(proved.graph)
    assert text.count(" -> ") == made.number_of_edges()
    assert text.count("shape=") == made.number_of_nodes()


def test_a_limit_keeps_the_first_states(proved: Search) -> None:
    made = view(proved.graph, limit=3)
    assert {name for name in made if name.startswith("s")} == {"s0", "s1", "s2"}


def test_points_lie_apart_and_parents_in_the_middle(proved: Search) -> None:
    points = {point.index: point for point in layout(proved.graph)}
    assert len(points) == len(proved.graph.nodes)
    assert len({(p.x, p.y) for p in points.values()}) == len(points)
    for index, point in points.items():
        below = [p.x for p in points.values() if p.parent == index]
        assert not below or point.x == pytest.approx((min(below) + max(below)) / 2)
        assert 0.0 <= point.x <= 1.0
    assert points[0].status == PROVEN.value


def test_a_limit_of_points_keeps_the_proof(proved: Search) -> None:
    points = layout(proved.graph, limit=1)
    everything = layout(proved.graph)
    assert sum(p.on_proof for p in points) == sum(p.on_proof for p in everything)
