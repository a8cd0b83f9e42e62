"""The invariants of a search, recomputed from scratch without any of its caches.

Slow on purpose; on in every test. `InvariantBroken` means a bug in this package, never bad input.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from search.graph import Graph
from search.nodes import CLOSED, DEAD, IN_FLIGHT, OPEN, PROVEN, Edge, Eligibility, Node
from search.split import merge_key, rendering

if TYPE_CHECKING:
    from search.engine import Search


class InvariantBroken(AssertionError):
    """A search contradicts itself."""


def _require(holds: bool, what: str, *where: object) -> None:
    if not holds:
        raise InvariantBroken(f"{what}: {', '.join(map(str, where))}")


def check_graph(graph: Graph) -> None:
    """Check the invariants of the graph by itself. Raises InvariantBroken."""
    _check_identity(graph)
    _check_links(graph)
    _check_counters(graph)
    _check_proven(graph)
    _check_dead(graph)
    _check_relevance(graph)
    _check_costs(graph)


def check_search(search: Search) -> None:
    """Check the graph and the search's records of it. Raises InvariantBroken."""
    graph = search.graph
    check_graph(graph)
    flying = search.flying_nodes
    _require(len(set(flying)) == len(flying), "a node is expanded twice at once")
    for node in graph.nodes:
        is_in_flight, is_closed = node.eligibility is IN_FLIGHT, node.eligibility is CLOSED
        _require(is_in_flight == (node in set(flying)), "in flight is wrong", node.index)
        is_over = node.attempts >= search.options.max_attempts or (
            node.is_exhausted and node.rest is None and not is_in_flight
        )
        _require(is_closed == is_over, "closed does not follow from the attempts", node.index)
        _require(node.rest != [] and not (is_closed and node.rest), "a closed node has a rest", node.index)
        _require(node.value is None or 0.0 <= node.value <= 1.0, "the value is out of range", node.index)
    told = not graph.improved and not graph.revived and not graph.let_down
    _require(told, "changes were not passed on to the strategy")
    _check_eligibility(search)
    spent, statistics = search.spent, search.statistics
    answered = statistics.advanced + statistics.closed + sum(statistics.refused.values()) + statistics.unknown
    _require(answered <= spent.tactics, "more answers than calls", answered, spent.tactics)
    _require(len(flying) <= spent.expansions, "more in flight than planned")


def _check_eligibility(search: Search) -> None:
    gate = search.gate
    unscored = {node for node, _ in gate.unscored.values()}
    for node in search.graph.nodes:
        eligibility = node.eligibility
        is_held, is_too_deep = eligibility is Eligibility.HELD, eligibility is Eligibility.TOO_DEEP
        _require(is_held == gate.equivalents.is_held(node), "held is wrong", node.index)
        is_pruned = eligibility is Eligibility.PRUNED
        _require(is_pruned == (node.index in gate.pruned), "pruned is wrong", node.index)
        _require(not is_pruned or not gate.region.contains(node), "a pruned node lies inside", node.index)
        _require(is_too_deep == (node.index in gate.too_deep), "too deep is wrong", node.index)
        _require(eligibility is not Eligibility.UNSCORED or node in unscored, "no value will come", node.index)
    for node, first in gate.equivalents.pairs():
        _require(
            merge_key(node.state) == merge_key(first.state) and node is not first,
            "a node waits for a stranger",
            node.index,
        )
        _require(first.status is OPEN and first.is_relevant, "a node waits for nothing", node.index, first.index)
        _require(not gate.equivalents.is_held(first), "a node waits for one that waits", node.index, first.index)


def _check_identity(graph: Graph) -> None:
    seen: dict[tuple[str, str], int] = {}
    for position, node in enumerate(graph.nodes):
        _require(node.index == position, "a node has the wrong index", position, node.index)
        identity = (merge_key(node.state), rendering(node.state))
        _require(identity not in seen, "two nodes are the same state", position, seen.get(identity))
        seen[identity] = position
        _require(graph.find(node.state) is node, "a node has the wrong key", position)
    _require(graph.nodes[0] is graph.root, "the first node is not the root")


def _check_links(graph: Graph) -> None:
    for node in graph.nodes:
        children = [edge.children for edge in node.edges]
        _require(len(set(children)) == len(children), "two edges lead to the same states", node.index)
        for edge in node.edges:
            _require(edge.source is node, "an edge hangs at the wrong node", node.index, edge.tactic)
            _require(node not in edge.children, "an edge leads back to its own state", node.index, edge.tactic)
            focuses = edge.focuses
            _require(focuses is None or len(focuses) == len(edge.children), "focus without a child", node.index)
            _require(focuses is not None or len(edge.children) < 2, "children without a focus", node.index)
            for child in edge.children:
                _require(list(child.parents).count(edge) == 1, "a child does not know its parent", child.index)
        for parent in node.parents:
            _require(node in parent.children, "a parent does not know its child", node.index)
            _require(parent in parent.source.edges, "a parent edge is not in the graph", node.index)
        _require(bool(node.parents) or node is graph.root, "a node has no parent", node.index)
        _require(
            node.next_equivalent is None or merge_key(node.next_equivalent.state) == merge_key(node.state),
            "an equivalent node has another key",
            node.index,
        )


def _check_counters(graph: Graph) -> None:
    for node in graph.nodes:
        for edge in node.edges:
            waiting = sum(child.status is not PROVEN for child in set(edge.children))
            _require(edge.waiting == waiting, "waiting is wrong", node.index, edge.tactic)
            _require(edge.count >= 1, "an edge was never drawn", node.index, edge.tactic)


def _check_proven(graph: Graph) -> None:
    """The proven nodes are the least fixed point of their edges; in any greater one cycles would prove themselves."""
    proven: set[Node] = set()
    changed = True
    while changed:
        changed = False
        for node in graph.nodes:
            if node not in proven and any(all(child in proven for child in edge.children) for edge in node.edges):
                proven.add(node)
                changed = True
    for node in graph.nodes:
        _require((node.status is PROVEN) == (node in proven), "proven is wrong", node.index)
        for edge in node.edges:
            holds = all(child in proven for child in edge.children)
            _require((edge.status is PROVEN) == holds, "an edge's proven is wrong", node.index, edge.tactic)


def _check_dead(graph: Graph) -> None:
    for node in graph.nodes:
        for edge in node.edges:
            hopeless = any(child.status is DEAD for child in edge.children)
            _require((edge.status is DEAD) == hopeless, "an edge's dead is wrong", node.index, edge.tactic)
        hopeless = node.eligibility is CLOSED and not any(edge.status is not DEAD for edge in node.edges)
        _require((node.status is DEAD) == hopeless, "dead is wrong", node.index)


def _check_relevance(graph: Graph) -> None:
    """`counted` and `live` agree with each other everywhere, and what the root reaches is relevant.

    The converse can fail on purpose: a cycle that lost its last way in from outside keeps itself relevant. That costs
    expansions, never a proof.
    """
    for node in graph.nodes:
        live = sum(edge.counted for edge in node.parents)
        _require(node.live == live, "live is wrong", node.index, node.live, live)
        for edge in node.edges:
            counts = edge.status is OPEN and node.status is OPEN and node.is_relevant
            _require(edge.counted == counts, "counted is wrong", node.index, edge.tactic)


def _check_costs(graph: Graph) -> None:
    for node in graph.nodes:
        if node is graph.root:
            _require(node.best_in is None and node.cost.steps == 0, "the root has a path")
            continue
        edge = node.best_in
        _require(edge is not None and edge in node.parents, "the best path is not a path", node.index)
        assert edge is not None
        _require(_reaches_root(node, graph), "the best path goes in a circle", node.index)
        expected = edge.source.cost.extend(edge.log_prob, edge.num_tokens)
        close = all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(node.cost, expected, strict=True))
        _require(close or node.cost == expected, "a path cost is stale", node.index, node.cost, expected)


def _reaches_root(node: Node, graph: Graph) -> bool:
    seen: set[Node] = set()
    while node is not graph.root:
        edge: Edge | None = node.best_in
        if node in seen or edge is None:
            return False
        seen.add(node)
        node = edge.source
    return True


def check_best_paths(graph: Graph) -> None:
    """For path scores that never rise along a path: no edge offers a better way to any node than its own.

    Raises InvariantBroken.
    """
    score = graph.path_score
    for node in graph.nodes:
        for edge in node.parents:
            offered = score(edge.source.cost.extend(edge.log_prob, edge.num_tokens))
            better = node.index > 0 and offered > score(node.cost) + 1e-9
            _require(not better, "a better path was missed", node.index, edge.tactic)
