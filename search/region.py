"""The part of a graph to which a person keeps a search."""

from __future__ import annotations

from search.graph import Graph
from search.nodes import Node
from search.split import merge_key


class Region:
    """The part of a graph in which states may be expanded: all of it until a command says otherwise. While no command
    has, `has_border` is false, and nobody needs to ask for single nodes."""

    def __init__(self, graph: Graph) -> None:
        self.has_border = False
        self._pruned: set[str] = set()
        self._within: frozenset[Node] = frozenset((graph.root,))

    def prune(self, key: str) -> None:
        self._pruned.add(key)
        self.has_border = True

    def restore(self, key: str) -> None:
        self._pruned.discard(key)

    def focus(self, node: Node) -> None:
        """Keep to the node and to the siblings that a proof through it needs as well."""
        on_way, beside = {node}, {node}
        edge = node.best_in
        while edge is not None:
            beside.update(child for child in edge.children if child not in on_way)
            on_way.add(edge.source)
            edge = edge.source.best_in
        self._within = frozenset(beside)
        self.has_border = True

    def contains(self, node: Node) -> bool:
        """Whether a way leads to the node, from where the search is to be, that meets no pruned state."""
        met = {node}
        work = [node]
        while work:
            node = work.pop()
            if merge_key(node.state) in self._pruned:
                continue
            if node in self._within:
                return True
            above = [edge.source for edge in node.parents if edge.source not in met]
            met.update(above)
            work += above
        return False
