"""A finished or running search as a networkx graph, and from there as GraphML, Graphviz text, or points to draw.

The only module of the search that needs networkx. OR nodes are named "s0", "s1", … after their states' indices; a
tactic that left several goals is an AND node "t0", "t1", … between its state and its goals, every other tactic is one
arrow. A state that a tactic closed has the attribute `closed_by`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import networkx as nx

from search.extract import cheapest
from search.nodes import PROVEN, Edge, Node
from search.tree import Graph

View: TypeAlias = "nx.DiGraph[str]"
"""Every node has `kind` ("state" or "tactic") and `status`; states have `goals`, `depth`, `log_prob`, `value` (-1 if
unknown), `expansions` and `on_proof`; arrows have `tactic`, `log_prob`, `count` and `on_proof`."""


def view(graph: Graph, *, limit: int | None = None) -> View:
    """The states found so far, the first `limit` of them, with the tactics between them."""
    made: View = nx.DiGraph()
    proof = set(_proof_edges(graph))
    on_proof = {graph.root, *(child for edge in proof for child in edge.children)} if proof else set()
    nodes = graph.nodes if limit is None else graph.nodes[:limit]
    for node in nodes:
        made.add_node(f"s{node.index}", **_attributes(node, is_on_proof=node in on_proof))
    number = 0
    for node in nodes:
        for edge in node.edges:
            if any(limit is not None and child.index >= limit for child in edge.children):
                continue
            if len(edge.children) > 1:
                _add_and_node(made, edge, f"t{number}", is_on_proof=edge in proof)
                number += 1
            elif edge.children:
                _add_arrow(made, edge, f"s{node.index}", f"s{edge.children[0].index}", is_on_proof=edge in proof)
    return made


def _proof_edges(graph: Graph) -> list[Edge]:
    if graph.root.status is not PROVEN:
        return []
    choice = cheapest(graph.root)
    edges, work, seen = [], [graph.root], {graph.root}
    while work:
        edge = choice[work.pop()]
        edges.append(edge)
        for child in edge.distinct_children():
            if child not in seen:
                seen.add(child)
                work.append(child)
    return edges


def _attributes(node: Node, *, is_on_proof: bool) -> dict[str, str | int | float | bool]:
    closed = [edge.text for edge in node.edges if not edge.children]
    return {
        "kind": "state",
        "status": node.status.value,
        "goals": node.state.pretty,
        "depth": node.trail.steps,
        "log_prob": round(node.trail.log_prob, 4),
        "value": round(-1.0 if node.value is None else node.value, 4),
        "expansions": node.attempts,
        "on_proof": is_on_proof,
        "closed_by": closed[0] if closed else "",
    }


def _add_and_node(made: View, edge: Edge, name: str, *, is_on_proof: bool) -> None:
    made.add_node(name, kind="tactic", status=edge.status.value, on_proof=is_on_proof)
    _add_arrow(made, edge, f"s{edge.source.index}", name, is_on_proof=is_on_proof)
    for child in edge.distinct_children():
        made.add_edge(name, f"s{child.index}", tactic="", log_prob=0.0, count=1, on_proof=is_on_proof)


def _add_arrow(made: View, edge: Edge, start: str, end: str, *, is_on_proof: bool) -> None:
    made.add_edge(
        start,
        end,
        tactic=edge.text,
        log_prob=round(edge.log_prob, 4) if edge.log_prob > float("-inf") else -1e9,
        count=edge.count,
        on_proof=is_on_proof,
    )


# ------------------------------------------------------------------------------------------------------- formats


def write_graphml(graph: Graph, path: Path, *, limit: int | None = None) -> None:
    """Write GraphML, which Gephi, yEd and networkx read. Control characters, which XML can't hold, become spaces."""
    made = view(graph, limit=limit)
    for attributes in (*(data for _, data in made.nodes(data=True)), *(data for _, _, data in made.edges(data=True))):
        for key, held in attributes.items():
            if isinstance(held, str):
                attributes[key] = "".join(c if c >= " " or c in "\n\t" else " " for c in held)
    nx.write_graphml(made, path)


_COLOURS = {"open": "#e8e8e8", "proven": "#b7e1b0", "dead": "#f0c0bc"}


def to_dot(graph: Graph, *, limit: int | None = 500) -> str:
    """Graphviz text: states as boxes coloured by status, AND nodes as points, the proof in bold."""
    made = view(graph, limit=limit)
    lines = ["digraph search {", '  node [fontname="monospace", fontsize=9, style=filled];']
    for name, data in made.nodes(data=True):
        colour = _COLOURS[data["status"]]
        width = 2 if data["on_proof"] else 1
        if data["kind"] == "tactic":
            lines.append(f'  {name} [shape=point, color="{colour}", penwidth={width}];')
        else:
            label = _quoted(_short(data["goals"]) + (f"\n✓ {_short(data['closed_by'])}" if data["closed_by"] else ""))
            lines.append(f'  {name} [shape=box, fillcolor="{colour}", penwidth={width}, label={label}];')
    for start, end, data in made.edges(data=True):
        width = 2 if data["on_proof"] else 1
        lines.append(f"  {start} -> {end} [label={_quoted(_short(data['tactic']))}, penwidth={width}];")
    return "\n".join([*lines, "}"]) + "\n"


def _short(text: str, *, lines: int = 6, columns: int = 48) -> str:
    kept = [line if len(line) <= columns else line[: columns - 1] + "…" for line in text.split("\n")]
    return "\n".join(kept if len(kept) <= lines else ["…", *kept[1 - lines :]])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", "\\l")
    return f'"{escaped}\\l"' if "\\l" in escaped else f'"{escaped}"'


# -------------------------------------------------------------------------------------------------------- layout


@dataclass(frozen=True, slots=True)
class Point:
    """Where a state is drawn: `x` from 0 (left) to 1, `y` its depth in tactics, with what a picture shows of it."""

    index: int
    x: float
    y: int
    status: str
    on_proof: bool
    goals: str
    parent: int | None
    tactic: str


def layout(graph: Graph, *, limit: int = 2000) -> list[Point]:
    """A tidy tree of the best paths: leaves side by side, every state above the middle of its children.

    Takes the first `limit` states and whatever is on the proof. Other edges than the best paths' are not in it.
    """
    proof = _proof_edges(graph)
    on_proof = {child for edge in proof for child in edge.children} | ({graph.root} if proof else set())
    shown = [node for node in graph.nodes if node.index < limit or node in on_proof]
    kept = set(shown)
    below: dict[Node, list[Node]] = {node: [] for node in shown}
    roots: list[Node] = []
    for node in shown:
        parent = node.best_in.source if node.best_in is not None else None
        (below[parent] if parent in kept else roots).append(node)
    places = _places(roots, below)
    width = max(1, sum(not children for children in below.values()) - 1)
    return [
        Point(
            index=node.index,
            x=places[node] / width,
            y=node.trail.steps,
            status=node.status.value,
            on_proof=node in on_proof,
            goals=node.state.pretty,
            parent=node.best_in.source.index if node.best_in is not None and node not in roots else None,
            tactic=node.best_in.text if node.best_in is not None else "",
        )
        for node in shown
    ]


def _places(roots: list[Node], below: dict[Node, list[Node]]) -> dict[Node, float]:
    """Leaves at 0, 1, 2, … from left to right; every other node in the middle of its children."""
    places: dict[Node, float] = {}
    leaves = 0
    work = [(root, False) for root in reversed(roots)]
    while work:
        node, is_done = work.pop()
        children = below[node]
        if is_done:
            places[node] = (places[children[0]] + places[children[-1]]) / 2
        elif children:
            work.append((node, True))
            work.extend((child, False) for child in reversed(children))
        else:
            places[node] = float(leaves)
            leaves += 1
    return places
