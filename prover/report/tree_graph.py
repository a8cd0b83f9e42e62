"""A search tree as a networkx graph, and the positions of its nodes in a picture.

The graph is made of a trace, so that any run can be drawn at any time and `search/` needs no library. States are nodes
"s0", "s1", …; a tactic that left several parts is a node "t0", "t1", … between its state and these parts, every other
tactic is one arrow.
"""

from __future__ import annotations

import heapq
from typing import TypeAlias

import networkx as nx

from prover.learn.tree import SearchTree, StateNode, leads_on
from prover.run.trace import TraceTactic

Picture: TypeAlias = "nx.DiGraph[str]"
"""States have `kind` "state", `goals`, `status` (proved, tried, not expanded), `depth`, `tried`, `accepted`,
`on_proof`, `hidden` (how many states below were left out), and where they are known `order`, `value` and `closed_by`.
Tactics with several parts have `kind` "tactic" and `on_proof`. Arrows have `tactic`, `on_proof`, `is_first` (the first
way to that node: these arrows make a tree) and, where it is known, `log_prob`. The graph has `left_out`, the number of
states left out."""


def tree_graph(tree: SearchTree, *, most: int | None = None) -> Picture:
    """The graph of at most `most` states of a tree: first those of the proof, then the others as they were expanded."""
    chosen = _chosen(tree, most)
    proof = tree.on_proof()
    names = {key: f"s{number}" for number, key in enumerate(chosen)}
    graph: Picture = nx.DiGraph(left_out=len(tree.states) - len(chosen))
    for key, name in names.items():
        graph.add_node(name, **_attributes(tree.states[key], proof.get(key)))
    met = {tree.root.key}
    for key, name in names.items():
        used = proof.get(key)
        for tactic in sorted(tree.states[key].tactics, key=lambda tactic: tactic is not used):
            if leads_on(tactic):
                _add_tactic(graph, name, tactic, names, met, is_on_proof=tactic is used)
        below = {child for tactic in tree.states[key].tactics for child in tactic.children}
        graph.nodes[name]["hidden"] = sum(child not in names for child in below)
    return graph


def positions(graph: Picture) -> dict[str, tuple[float, float]]:
    """The position (x, y) of each node in a tidy tree: x counts leaves from 0, y tactics from the root. A node stands
    below the first one that led to it and above the middle of its children, the proof at the left."""
    tree: Picture = nx.DiGraph()
    tree.add_node("s0")
    tree.add_edges_from((start, end) for start, end, arrow in graph.edges(data=True) if arrow["is_first"])
    rows = {"s0": 0.0}
    for start, end in nx.dfs_edges(tree, "s0"):
        rows[end] = rows[start] + (0.5 if "tactic" in (graph.nodes[start]["kind"], graph.nodes[end]["kind"]) else 1.0)
    columns: dict[str, float] = {}
    leaves = 0
    for name in nx.dfs_postorder_nodes(tree, "s0"):
        below = [columns[child] for child in tree.successors(name)]
        columns[name] = (below[0] + below[-1]) / 2 if below else float(leaves)
        leaves += not below
    return {name: (columns[name], row) for name, row in rows.items()}


def _chosen(tree: SearchTree, most: int | None) -> list[str]:
    proof = tree.on_proof()
    room = len(tree.states) if most is None else most
    chosen: dict[str, None] = {}
    seen = {tree.root.key}
    waiting = [_rank(tree.root, 0, is_on_proof=True)]
    while waiting:
        is_off_proof, *_, key = heapq.heappop(waiting)
        if is_off_proof and len(chosen) >= room:
            break
        chosen[key] = None
        for tactic in tree.states[key].tactics:
            for child in tactic.children:
                if child not in seen:
                    seen.add(child)
                    heapq.heappush(waiting, _rank(tree.states[child], len(seen), is_on_proof=child in proof))
    return list(chosen)


def _rank(node: StateNode, number: int, *, is_on_proof: bool) -> tuple[bool, bool, int, int, str]:
    return not is_on_proof, not node.is_expanded, node.order or 0, number, node.key


def _attributes(node: StateNode, used: TraceTactic | None) -> dict[str, str | int | float | bool]:
    closing = used or node.proof
    known: dict[str, str | int | float | bool | None] = {
        "kind": "state",
        "goals": node.goals,
        "status": "proved" if node.is_proved else "tried" if node.is_expanded else "not expanded",
        "depth": node.depth,
        "tried": len(node.tactics),
        "accepted": sum(tactic.is_accepted for tactic in node.tactics),
        "on_proof": used is not None,
        "order": node.order,
        "value": node.value,
        "closed_by": closing.written if closing is not None and not closing.children else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _add_tactic(
    graph: Picture, start: str, tactic: TraceTactic, names: dict[str, str], met: set[str], *, is_on_proof: bool
) -> None:
    """Add the arrows of one tactic to its shown parts; `met` are the states that already have an arrow."""
    children = [child for child in tactic.children if child in names]
    if not children:
        return
    said = {"tactic": tactic.written, "on_proof": is_on_proof}
    if tactic.log_prob is not None:
        said["log_prob"] = round(tactic.log_prob, 4)
    fresh = {child for child in children if child not in met}
    met |= fresh
    if len(tactic.children) > 1:
        middle = f"t{graph.number_of_nodes()}"
        graph.add_node(middle, kind="tactic", on_proof=is_on_proof)
        graph.add_edge(start, middle, **said, is_first=bool(fresh))
        start, said = middle, {"tactic": "", "on_proof": is_on_proof}
    for child in children:
        if not graph.has_edge(start, names[child]):
            graph.add_edge(start, names[child], **said, is_first=child in fresh)
