"""A search tree as SVG, Graphviz text, GraphML or JSON: for the report's pages and for files of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import networkx as nx

from prover.learn.tree import SearchTree
from prover.report.tree_graph import Picture, positions, tree_graph

_MOST_IN_A_PAGE, _MOST_IN_A_FILE = 400, 1000
_ROW, _WIDEST, _COLUMN, _MARGIN = 46, 4000, 26, 16
_LABEL, _LABEL_WIDTH = 34, 210
_NO_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STYLE = (
    "svg{background:#fff;font:11px ui-monospace,monospace}.edge{fill:none;stroke:#d3d6d2;stroke-width:1.5}"
    ".edge.proof{stroke:#3a8f5c;stroke-width:3}.dot{stroke:#fff;stroke-width:1}.dot.tried{fill:#2f6f8f}"
    ".dot.open{fill:#8d949b;opacity:.55}.dot.proved{fill:#3a8f5c;opacity:.6}.dot.proof{fill:#3a8f5c}"
    ".more{fill:#8d949b;font-size:9px;text-anchor:middle}"
    ".tactic{fill:#24292e;text-anchor:end;paint-order:stroke;stroke:#fff;stroke-width:3px}"
)


def draw_tree(tree: SearchTree, *, most: int = _MOST_IN_A_PAGE) -> str:
    """The tree as part of a page, each state drawn once below the first state that led to it.

    States are dots, the text of goals and tactics is in the hover titles, the proof's tactics are written beside its
    dots. At most `most` states are drawn, those never expanded left out first; `+n` below a dot counts the states
    left out there.
    """
    return f'<div class="scroll">{_svg(tree_graph(tree, most=most), style="")}</div>'


def to_svg(tree: SearchTree, *, most: int = _MOST_IN_A_FILE) -> str:
    """The picture of `draw_tree` as an SVG file of its own, with its style inside."""
    return _svg(tree_graph(tree, most=most), style=f"<style>{_STYLE}</style>") + "\n"


def to_dot(tree: SearchTree, *, most: int = _MOST_IN_A_FILE) -> str:
    """Graphviz text: states as boxes coloured by status, tactics with several parts as points, the proof in bold."""
    graph = tree_graph(tree, most=most)
    lines = ["digraph search {", '  node [fontname="monospace", fontsize=9, style=filled];']
    if graph.graph["left_out"]:
        lines.append(f"  label={_quoted(_left_out(graph))};")
    for name, data in graph.nodes(data=True):
        width = 2 if data["on_proof"] else 1
        if data["kind"] == "tactic":
            lines.append(f"  {name} [shape=point, penwidth={width}];")
        else:
            closing = f"\n✓ {_short(data['closed_by'])}" if "closed_by" in data else ""
            label, colour = _quoted(_short(data["goals"]) + closing), _COLOURS[data["status"]]
            lines.append(f'  {name} [shape=box, fillcolor="{colour}", penwidth={width}, label={label}];')
    for start, end, data in graph.edges(data=True):
        width = 2 if data["on_proof"] else 1
        lines.append(f"  {start} -> {end} [label={_quoted(_short(data['tactic']))}, penwidth={width}];")
    return "\n".join([*lines, "}"]) + "\n"


def to_graphml(tree: SearchTree) -> str:
    """GraphML of the whole tree, which Gephi, yEd and networkx read. What XML can't hold becomes a space."""
    graph = tree_graph(tree)
    for data in (*(data for _, data in graph.nodes(data=True)), *(data for _, _, data in graph.edges(data=True))):
        data.update({key: _NO_XML.sub(" ", held) for key, held in data.items() if isinstance(held, str)})
    return "\n".join(nx.generate_graphml(graph)) + "\n"


def to_json(tree: SearchTree) -> str:
    """The whole tree as networkx's node-link JSON: `nodes` with an `id`, `edges` with `source` and `target`."""
    return json.dumps(nx.node_link_data(tree_graph(tree), edges="edges"), indent=1) + "\n"


FORMATS: Mapping[str, Callable[[SearchTree], str]] = {
    "svg": to_svg,
    "dot": to_dot,
    "graphml": to_graphml,
    "json": to_json,
}

_COLOURS = {"not expanded": "#e8e8e8", "tried": "#bcd3de", "proved": "#b7e1b0"}


def _left_out(graph: Picture) -> str:
    count = graph.graph["left_out"]
    return f"{count} more states are not drawn: never expanded ones first, then those expanded last" if count else ""


# -------------------------------------------------------------------------------------------------------------- svg


def _svg(graph: Picture, *, style: str) -> str:
    places = positions(graph)
    leaves, rows = (1 + max(place[axis] for place in places.values()) for axis in (0, 1))
    column = max(3.0, min(_COLUMN, _WIDEST / leaves))
    left = _MARGIN + (_LABEL_WIDTH if graph.nodes["s0"]["on_proof"] else 0)
    width, height = left + max(leaves * column, 320) + _MARGIN, rows * _ROW + 2 * _MARGIN
    at = {name: (left + (x + 0.5) * column, _MARGIN + 8 + y * _ROW) for name, (x, y) in places.items()}
    edges = [
        _edge(at[start], at[end], data)
        for start, end, data in graph.edges(data=True)
        if data["is_first"] and start in at and end in at
    ]
    radius = min(5.0, 0.45 * column)
    states = [(name, graph.nodes[name]) for name in at if graph.nodes[name]["kind"] == "state"]
    ways = {end: data["tactic"] for _, end, data in graph.edges(data=True) if data["is_first"]}
    dots = [_dot(at[name], data, ways.get(name, ""), radius) for name, data in states]
    labels = [
        _label(at[end], data["tactic"], 4) for _, end, data in graph.edges(data=True) if data["on_proof"] and end in at
    ]
    labels += [_closing(at[name], data, _place_among_siblings(graph, name)) for name, data in states if _is_end(data)]
    note = f'<text x="{_MARGIN}" y="{height - 6:g}">{_left_out(graph)}</text>' if graph.graph["left_out"] else ""
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="tree" {size} role="img" aria-label="search tree">'
    return f"{head}{style}{''.join(edges)}{''.join(dots)}{''.join(labels)}{note}</svg>"


def _is_end(data: Mapping[str, Any]) -> bool:
    return data["on_proof"] and "closed_by" in data


def _edge(start: tuple[float, float], end: tuple[float, float], data: Mapping[str, Any]) -> str:
    (x, y), (x2, y2) = start, end
    bend = (y2 - y) / 2
    path = f"M{x:.1f},{y:.1f} C{x:.1f},{y + bend:.1f} {x2:.1f},{y2 - bend:.1f} {x2:.1f},{y2:.1f}"
    kind = "edge proof" if data["on_proof"] else "edge"
    return f'<path class="{kind}" d="{path}"><title>{_xml(data["tactic"])}</title></path>'


def _dot(place: tuple[float, float], data: Mapping[str, Any], tactic: str, radius: float) -> str:
    x, y = place
    kind = "proof" if data["on_proof"] else {"not expanded": "open"}.get(data["status"], data["status"])
    head = "not expanded"
    if "order" in data:
        head = f"expansion {data['order'] + 1}, {data['accepted']} of {data['tried']} tactics accepted"
    parts = [f"after: {tactic}"] if tactic else []
    parts += [head, *([f"closed by: {data['closed_by']}"] if "closed_by" in data else []), "", data["goals"]]
    size = max(radius, 3.0) + 2 if data["on_proof"] else radius
    title = _xml("\n".join(parts))
    dot = f'<circle class="dot {kind}" cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}"><title>{title}</title></circle>'
    more = f'<text class="more" x="{x:.1f}" y="{y + size + 10:.1f}">+{data["hidden"]}</text>' if data["hidden"] else ""
    return dot + more


def _closing(place: tuple[float, float], data: Mapping[str, Any], number: int) -> str:
    """The label of the tactic that closed a state, below its dot; labels of sibling parts stand one below the other."""
    return _label(place, data["closed_by"], 18 + 12 * (number % 3))


def _place_among_siblings(graph: Picture, name: str) -> int:
    parents = [start for start, _, arrow in graph.in_edges(name, data=True) if arrow["is_first"]]
    return list(graph[parents[0]]).index(name) if parents else 0


def _label(place: tuple[float, float], tactic: str, down: float) -> str:
    """The label of a proof's tactic, left of the dot to which it led and `down` below it."""
    line = _short(tactic, lines=1, columns=_LABEL).replace("\n", " ")
    text = f'<text class="tactic" x="{place[0] - 12:.1f}" y="{place[1] + down:.1f}">{_xml(line)}</text>'
    return text if line else ""


def _xml(text: str) -> str:
    return escape(_NO_XML.sub(" ", text))


# ------------------------------------------------------------------------------------------------------------- text


def _short(text: str, *, lines: int = 6, columns: int = 48) -> str:
    """The last `lines` lines, where the goal stands, each cut to `columns` letters."""
    kept = [line if len(line) <= columns else line[: columns - 1] + "…" for line in text.split("\n")]
    return "\n".join(kept if len(kept) <= lines else ["…", *kept[len(kept) - lines + 1 :]])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\0", " ").replace("\r", " ").replace("\n", "\\l")
    return f'"{escaped}\\l"' if "\\l" in escaped else f'"{escaped}"'
