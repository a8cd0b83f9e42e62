"""A search tree as SVG: states as dots, accepted tactics as edges, the proof in colour. Text is in the hover titles."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from prover.learn.tree import SearchTree, StateNode

_ROW, _COLUMN, _MARGIN = 46, 26, 16
_STYLE = (
    "svg{background:#fff}.edge{fill:none;stroke:#d3d6d2;stroke-width:1.5}.edge.proof{stroke:#3a8f5c;stroke-width:3}"
    ".dot{stroke:#fff;stroke-width:1.5}.dot.tried{fill:#2f6f8f}.dot.open{fill:#8d949b;opacity:.55}"
    ".dot.proved{fill:#3a8f5c;opacity:.6}.dot.proof{fill:#3a8f5c}"
)


@dataclass(slots=True)
class _Place:
    node: StateNode
    row: int
    tactic: str = ""
    on_proof: bool = False
    children: list[_Place] = field(default_factory=list)
    x: float = 0.0


def draw_tree(tree: SearchTree, *, most: int = 400) -> str:
    """The tree as part of a page, each state drawn once below the first state that led to it.

    At most `most` states are drawn, those on the proof and the earliest expanded first; what is left out is said.
    """
    svg, left_out = _picture(tree, most, style="")
    note = f'<p class="note">{left_out} more states are not drawn.</p>' if left_out else ""
    return f'<div class="scroll">{svg}</div>{note}'


def tree_file(tree: SearchTree, *, most: int = 4000) -> str:
    """The tree as an SVG file of its own, with its style inside."""
    svg, _ = _picture(tree, most, style=f"<style>{_STYLE}</style>")
    return f"{svg}\n"


def _picture(tree: SearchTree, most: int, *, style: str) -> tuple[str, int]:
    """The SVG element, and how many states were left out."""
    root, left_out = _spanning(tree, most)
    leaves = _layout(root)
    width, height = max(leaves * _COLUMN, 120) + 2 * _MARGIN, _deepest(root) * _ROW + 2 * _MARGIN + 16
    edges: list[str] = []
    dots: list[str] = []
    _draw(root, edges, dots)
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="tree" {size} role="img" aria-label="search tree">'
    return f"{head}{style}{''.join(edges)}{''.join(dots)}</svg>", left_out


def _spanning(tree: SearchTree, most: int) -> tuple[_Place, int]:
    proof = tree.on_proof()
    root = _Place(tree.root, 0, on_proof=tree.root.key in proof)
    places = {tree.root.key: root}
    waiting, reachable = [root], {tree.root.key}
    while waiting:
        waiting.sort(key=lambda place: (not place.on_proof, _order(place.node)))
        place = waiting.pop(0)
        used = proof.get(place.node.key)
        for tactic in sorted(place.node.tactics, key=lambda tactic: tactic is not used):
            for key in tactic.children:
                reachable.add(key)
                if key in places or (len(places) >= most and key not in proof):
                    continue
                child = _Place(tree.states[key], place.row + 1, tactic.text or tactic.tactic, tactic is used)
                places[key] = child
                place.children.append(child)
                waiting.append(child)
    return root, len(reachable) - len(places)


def _order(node: StateNode) -> int:
    return node.order if node.order is not None else 1 << 30


def _layout(root: _Place) -> int:
    """Leaves side by side, parents above the middle of their children; how many columns that takes."""
    leaves = 0
    stack = [(root, False)]
    while stack:
        place, is_done = stack.pop()
        if not place.children:
            place.x = _MARGIN + (leaves + 0.5) * _COLUMN
            leaves += 1
        elif is_done:
            place.x = (place.children[0].x + place.children[-1].x) / 2
        else:
            stack.append((place, True))
            stack += [(child, False) for child in reversed(place.children)]
    return leaves


def _deepest(root: _Place) -> int:
    rows, stack = 0, [root]
    while stack:
        place = stack.pop()
        rows = max(rows, place.row)
        stack += place.children
    return rows


def _draw(root: _Place, edges: list[str], dots: list[str]) -> None:
    stack = [root]
    while stack:
        place = stack.pop()
        x, y = place.x, _MARGIN + place.row * _ROW + 8
        dots.append(_dot(place, x, y))
        for child in place.children:
            below = y + _ROW
            bend = f"M{x:.1f},{y:.1f} C{x:.1f},{y + 24:.1f} {child.x:.1f},{below - 24:.1f} {child.x:.1f},{below:.1f}"
            kind = "edge proof" if child.on_proof else "edge"
            edges.append(f'<path class="{kind}" d="{bend}"><title>{escape(child.tactic)}</title></path>')
            stack.append(child)


def _dot(place: _Place, x: float, y: float) -> str:
    node = place.node
    kind = "proof" if place.on_proof else "proved" if node.is_proved else "open" if node.order is None else "tried"
    tried = len(node.tactics)
    accepted = sum(tactic.outcome in ("advanced", "proved") for tactic in node.tactics)
    head = (
        "not expanded" if node.order is None else f"expansion {node.order + 1}, {accepted} of {tried} tactics accepted"
    )
    closing = f"\nclosed by: {node.proof.tactic}" if node.proof is not None and not node.proof.children else ""
    title = f"{'after: ' + place.tactic + chr(10) if place.tactic else ''}{head}{closing}\n\n{node.goals}"
    radius = 7 if place.on_proof else 5
    return f'<circle class="dot {kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"><title>{escape(title)}</title></circle>'
