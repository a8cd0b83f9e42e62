"""A search tree is read from its trace, drawn, and written for other programs."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest

from prover.cli.main import main
from prover.learn.tree import SearchTree, build_tree
from prover.report.tree_files import FORMATS, draw_tree, to_dot, to_graphml, to_json, to_svg
from prover.report.tree_graph import positions, tree_graph
from prover.run.trace import TraceExpansion, TraceTactic
from tests.fakes.run_folder import expansions, make_run


@pytest.fixture
def proved() -> SearchTree:
    """Five states: the root k0, a dead end, and k1, whose tactic leaves the parts l and r."""
    tree = build_tree(expansions(is_proved=True))
    assert tree is not None
    return tree


def chain(length: int, *, goals: str = "⊢ p") -> SearchTree:
    """States one below the other, each with a second way to a state that is never expanded; the last is proved."""
    steps = [
        TraceExpansion(
            index,
            f"k{index}",
            goals,
            ("t",) * index,
            0.0,
            (
                TraceTactic("side", "advanced", -1.0, children=(f"side{index}",)),
                TraceTactic("down", "advanced", None, children=(f"k{index + 1}",)),
            ),
        )
        for index in range(length)
    ]
    last = TraceExpansion(length, f"k{length}", goals, ("t",) * length, 0.0, (TraceTactic("rfl", "proved", 0.0),))
    tree = build_tree([*steps, last])
    assert tree is not None
    return tree


def test_the_proof_is_read_off_the_tree_without_going_in_circles(proved: SearchTree) -> None:
    assert {key: used.tactic for key, used in proved.on_proof().items()} == {
        "k0": "intro h",
        "k1": "constructor",
        "l": "exact h",
        "r": "exact h",
    }
    assert not proved.states["dead"].is_proved


def test_an_empty_trace_has_no_tree_and_an_unsolved_one_no_proof() -> None:
    assert build_tree([]) is None
    tree = build_tree(expansions(is_proved=False))
    assert tree is not None
    assert tree.on_proof() == {}
    assert 'class="edge proof"' not in draw_tree(tree)


def test_the_graph_has_every_state_and_a_node_for_a_tactic_with_several_parts(proved: SearchTree) -> None:
    graph = tree_graph(proved)
    states = {data["goals"]: name for name, data in graph.nodes(data=True) if data["kind"] == "state"}
    assert len([name for name, data in graph.nodes(data=True) if data["kind"] == "state"]) == len(proved.states)
    (split,) = [name for name, data in graph.nodes(data=True) if data["kind"] == "tactic"]
    assert list(graph.predecessors(split)) == [states["h : p\n⊢ p ∧ p"]]
    assert graph.out_degree(split) == 2
    assert nx.is_weakly_connected(graph)
    assert {data["closed_by"] for _, data in graph.nodes(data=True) if "closed_by" in data} == {"exact h"}
    assert graph.nodes[states["x : p\n⊢ p ∧ p"]]["on_proof"] is False


def test_first_ways_make_a_tree_that_is_drawn_tidily(proved: SearchTree) -> None:
    graph = tree_graph(proved)
    places = positions(graph)
    assert places.keys() == set(graph.nodes)
    assert len(set(places.values())) == len(places)
    for name in graph:
        below = [places[end][0] for end, arrow in graph[name].items() if arrow["is_first"]]
        assert not below or places[name][0] == (below[0] + below[-1]) / 2
    leftmost = min(places, key=lambda name: places[name])
    assert graph.nodes[leftmost]["on_proof"]


def test_a_bound_keeps_the_proof_then_expanded_states_and_says_what_is_left_out() -> None:
    tree = chain(50)
    graph = tree_graph(tree, most=60)
    assert sum(data["on_proof"] for _, data in graph.nodes(data=True)) == 51
    assert graph.graph["left_out"] == 101 - 60
    assert sum(data["hidden"] for _, data in graph.nodes(data=True)) == 101 - 60
    assert tree_graph(tree, most=10).number_of_nodes() == 51  # a proof is never cut
    assert "41 more states are not drawn" in draw_tree(tree, most=60)
    assert "41 more states are not drawn" in to_dot(tree, most=60)
    assert "not drawn" not in draw_tree(tree)


def test_a_deep_tree_of_ten_thousand_states_is_drawn() -> None:
    root = ElementTree.fromstring(to_svg(chain(5000)))
    assert len(root.findall("{*}circle")) == 5001


def test_a_tree_in_a_file_of_its_own_is_whole_xml(proved: SearchTree) -> None:
    root = ElementTree.fromstring(to_svg(proved))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root.findall("{*}circle")) == 5
    labels = [text.text for text in root.findall("{*}text") if text.get("class") == "tactic"]
    assert labels == ["intro h", "constructor", "exact h", "exact h"]


@pytest.mark.parametrize("nasty", ['x : "a\\b" <&>\x00\n⊢ "' + "y" * 200, "⊢ «\ud800»", "]]>--><script>"])
def test_text_that_a_format_dislikes_survives(nasty: str) -> None:
    tree = chain(1, goals=nasty)
    assert "<script" not in draw_tree(tree)
    ElementTree.fromstring(to_svg(tree))
    graph = nx.parse_graphml(to_graphml(tree).encode(errors="backslashreplace").decode())
    assert graph.nodes["s0"]["goals"].endswith(nasty[-9:].replace("\ud800", " "))
    assert json.loads(to_json(tree))["nodes"][0]["goals"] == nasty


def test_graphviz_text_escapes_quotes_and_backslashes() -> None:
    assert '\\"a\\\\b\\" \\l⊢ p' in to_dot(chain(1, goals='"a\\b" \n⊢ p'))


def test_graphml_and_json_are_read_back(proved: SearchTree) -> None:
    graph = tree_graph(proved)
    for read in (nx.parse_graphml(to_graphml(proved)), nx.node_link_graph(json.loads(to_json(proved)), edges="edges")):
        assert set(read.edges) == set(graph.edges)
        assert dict(read.nodes["s0"]) == graph.nodes["s0"]


def test_graphviz_text_names_all_nodes_and_arrows(proved: SearchTree) -> None:
    graph = tree_graph(proved)
    text = to_dot(proved)
    assert text.count(" -> ") == graph.number_of_edges()
    assert text.count("shape=") == graph.number_of_nodes()


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_writes_a_tree_in_each_format(tmp_path: Path, form: str) -> None:
    target = tmp_path / f"tree.{form}"
    options = ["--tree", "A.one", "--format", form, "--out", str(target)]
    assert main(["report", str(make_run(tmp_path)), *options]) == 0
    assert "p ∧ p" in unescape(target.read_text(encoding="utf-8")).replace("\\u2227", "∧")
