"""The AND-OR graph of one search.

It grows by one accepted tactic at a time (`Graph.add`), recognises states that it already has, and propagates which
nodes are proven, dead or relevant and which paths are better. It knows nothing of the priorities' meaning, budgets,
policies or Lean.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from search.base import LogProb, Path, ProofState, Step
from search.nodes import ADMITTED, CLOSED, DEAD, OPEN, PROVEN, Edge, Node, PathCost, PathScore, more_likely
from search.split import merge_key, rendering, split


class Added(NamedTuple):
    """The effect of `Graph.add`. `edge` is None if the tactic led back to its own state."""

    edge: Edge | None
    new: Sequence[Node]
    merged: int
    same_state: bool


class Graph:
    """The nodes of one search, with the propagation of status, relevance and best paths.

    `revived` collects nodes that became relevant again, `improved` nodes with a better path, `let_down` nodes that were
    settled or lost their relevance while α-equivalent ones may be held for them. The gate (`search.eligibility`)
    processes and empties these lists.
    """

    def __init__(self, root: ProofState, *, path_score: PathScore = more_likely) -> None:
        self.path_score = path_score
        self._by_key: dict[str, Node] = {}
        self.nodes: list[Node] = []
        self.revived: list[Node] = []
        self.improved: list[Node] = []
        self.let_down: list[Node] = []
        self.root = self._node(root, PathCost())

    # ------------------------------------------------------------------------------------------------- reading

    def path(self, node: Node) -> Path:
        """The best known path from the root; replaying it in Lean gives the node's state."""
        steps: list[Step] = []
        edge = node.best_in
        while edge is not None:
            steps.append(Step(edge.tactic, edge.focus_of(node)))
            node = edge.source
            edge = node.best_in
        steps.reverse()
        return tuple(steps)

    def edges(self) -> Iterator[Edge]:
        """All edges, in node order."""
        for node in self.nodes:
            yield from node.edges

    # ------------------------------------------------------------------------------------------------- growing

    def add(
        self,
        source: Node,
        tactic: str,
        state: ProofState | None,
        *,
        text: str,
        log_prob: LogProb,
        num_tokens: int = 1,
        count: int = 1,
    ) -> Added:
        """Record that `tactic` was accepted at `source` and left `state` (None: nothing).

        A second tactic to the same states becomes part of the first one's edge: its `count` is added, its text taken if
        shorter, its log-probability if higher. All consequences are propagated.
        """
        first_new = len(self.nodes)
        parts = None if state is None else split(state)
        states = [] if state is None else [state] if parts is None else [part for _, part in parts]
        for each in states:
            if self.find(each) is source:
                return Added(None, (), 0, same_state=False)
        cost = source.cost.extend(log_prob, num_tokens)
        children = tuple([self._node(each, cost) for each in states])
        focuses = None if parts is None else tuple(focus for focus, _ in parts)
        for edge in source.edges:
            if edge.children == children:
                self._strengthen(edge, text, log_prob, num_tokens, count)
                return Added(edge, (), 0, same_state=True)
        edge = Edge(
            source,
            tactic,
            text=text,
            log_prob=log_prob,
            num_tokens=num_tokens,
            count=count,
            children=children,
            focuses=focuses,
        )
        merged = self._link(edge)
        return Added(edge, self.nodes[first_new:], merged, same_state=False)

    def find(self, state: ProofState) -> Node | None:
        """The node of exactly this state: same key, and same names."""
        first = self._by_key.get(merge_key(state))
        return None if first is None else _shown_so(first, state)

    def with_key(self, key: str) -> list[Node]:
        """The nodes of that canonical key, which are α-equivalent; the oldest first."""
        first = self._by_key.get(key)
        return [] if first is None else sorted(first.ring(), key=lambda node: node.index)

    def _node(self, state: ProofState, cost: PathCost) -> Node:
        """The node of exactly this state; a new one, without a parent yet, if there is none."""
        node = Node(len(self.nodes), state, cost=cost)
        first = self._by_key.setdefault(merge_key(state), node)
        if first is not node:
            known = _shown_so(first, state)
            if known is not None:
                return known
            node.next_equivalent = first.next_equivalent or first
            first.next_equivalent = node
        self.nodes.append(node)
        return node

    def _link(self, edge: Edge) -> int:
        """Link a new edge into the graph and propagate the consequences. Returns how many of its children were there
        before."""
        source = edge.source
        source.edges = (*source.edges, edge)
        is_dead, merged = False, 0
        for child in edge.distinct_children():
            if child.first_parent is None and child.index:
                child.first_parent = child.best_in = edge
                edge.waiting += 1
                continue
            merged += 1
            child.add_parent(edge)
            self._offer(child, edge)
            if child.status is not PROVEN:
                edge.waiting += 1
                is_dead = is_dead or child.status is DEAD
        if edge.waiting == 0:
            self._prove_edge(edge)
        elif is_dead:
            self._kill_edge(edge)
        elif source.status is OPEN and (source.live > 0 or source.index == 0):
            if merged:
                self._count(edge)
            else:
                edge.counted = True
                for child in edge.children:
                    child.live = 1
        return merged

    def _strengthen(self, edge: Edge, text: str, log_prob: LogProb, num_tokens: int, count: int) -> None:
        edge.count += count
        if len(text) < len(edge.text):
            edge.text = text
        if log_prob > edge.log_prob:
            edge.log_prob = log_prob
            edge.num_tokens = num_tokens
            for child in edge.distinct_children():
                if child.best_in is edge:
                    self._relax(child)
                else:
                    self._offer(child, edge)

    # ------------------------------------------------------------------------------------------- better paths

    def _offer(self, child: Node, edge: Edge) -> None:
        """Make `edge` the last one of the best path to `child` if that path is better and has no cycle."""
        cost = edge.source.cost.extend(edge.log_prob, edge.num_tokens)
        if self._is_improvement(child, edge, cost):
            child.best_in = edge
            self._relax(child)

    def _is_improvement(self, child: Node, edge: Edge, cost: PathCost) -> bool:
        score = self.path_score
        return child.index > 0 and score(cost) > score(child.cost) and not self._is_on_path(child, edge.source)

    @staticmethod
    def _is_on_path(node: Node, below: Node) -> bool:
        """Whether the best path to `below` goes through `node`."""
        while below is not node:
            if below.best_in is None:
                return False
            below = below.best_in.source
        return True

    def _relax(self, start: Node) -> None:
        """Recompute the path costs of `start` and of the nodes below it, best first.

        Each node is settled at most once, so this ends with every path score. Paths are optimal for scores that never
        rise along a path (sums), and form a consistent tree for all.
        """
        edge = start.best_in
        if edge is None:
            return
        settled: set[Node] = set()
        work: list[tuple[float, int, Node, Edge]] = [(0.0, 0, start, edge)]
        pushed = 0
        while work:
            _, _, node, edge = heapq.heappop(work)
            cost = edge.source.cost.extend(edge.log_prob, edge.num_tokens)
            if node in settled or (edge is not node.best_in and not self._is_improvement(node, edge, cost)):
                continue
            settled.add(node)
            node.best_in = edge
            node.cost = cost
            self.improved.append(node)
            for below in node.edges:
                score = self.path_score(cost.extend(below.log_prob, below.num_tokens))
                for child in below.distinct_children():
                    if child.index and child not in settled:
                        pushed += 1
                        heapq.heappush(work, (-score, pushed, child, below))

    # --------------------------------------------------------------------------------------- proven and dead

    def close(self, node: Node) -> None:
        """Close `node`: no further expansion will come, so it dies once its edges are dead."""
        node.eligibility = CLOSED
        if node.status is OPEN and node.is_hopeless:
            self._kill(node)

    def _prove_edge(self, edge: Edge) -> None:
        """Mark an edge whose children are all proven as proven, with its source and all that follows. Iterative: proofs
        may be thousands of tactics deep."""
        work = [edge]
        while work:
            edge = work.pop()
            edge.status = PROVEN
            node = edge.source
            if edge.counted:
                self._uncount([edge])
            if node.status is not OPEN:
                continue
            node.status = PROVEN
            if node.next_equivalent is not None:
                self.let_down.append(node)
            self._uncount([other for other in node.edges if other.counted])
            for parent in node.parents:
                parent.waiting -= 1
                if parent.waiting == 0 and parent.status is OPEN:
                    work.append(parent)

    def _kill_edge(self, edge: Edge) -> None:
        """Mark an edge with a dead child as dead; its source dies too if it is closed and has no open edge left."""
        work = [edge]
        while work:
            edge = work.pop()
            if edge.status is not OPEN:
                continue
            edge.status = DEAD
            node = edge.source
            if edge.counted:
                self._uncount([edge])
            if node.status is OPEN and node.is_hopeless:
                self._bury(node)
                work.extend(node.parents)

    def _bury(self, node: Node) -> None:
        node.status = DEAD
        if node.next_equivalent is not None:
            self.let_down.append(node)

    def _kill(self, node: Node) -> None:
        self._bury(node)
        for parent in node.parents:
            self._kill_edge(parent)

    # --------------------------------------------------------------------------------------------- retracting

    def retract(self, edges: Sequence[Edge]) -> None:
        """Remove accepted tactics that left no goal, and recompute status and relevance without them.

        Nodes that become relevant again are added to `revived`. Costs a pass over the whole graph.
        """
        for edge in edges:
            if edge.children:
                raise ValueError(f"{edge.tactic!r} left goals and can't be taken back")
            edge.source.edges = tuple(kept for kept in edge.source.edges if kept is not edge)
        for node in self.nodes:
            node.status, node.live = OPEN, 0
            for edge in node.edges:
                edge.status, edge.counted, edge.waiting = OPEN, False, len(edge.distinct_children())
        for edge in self.edges():
            if not edge.children:
                self._prove_edge(edge)
        for node in self.nodes:
            if node.status is OPEN and node.is_hopeless:
                self._kill(node)
        if self.root.status is OPEN:
            for edge in self.root.edges:
                if edge.status is OPEN and not edge.counted:
                    self._count(edge)

    # --------------------------------------------------------------------------------------------- relevance

    def _count(self, edge: Edge) -> None:
        """Count an edge that can help the root: its children and the nodes below them become relevant."""
        work = [edge]
        while work:
            edge = work.pop()
            edge.counted = True
            for child in edge.distinct_children():
                child.live += 1
                if child.live == 1 and child.index and child.status is OPEN:
                    if child.eligibility is ADMITTED:
                        self.revived.append(child)
                    work.extend(below for below in child.edges if below.status is OPEN and not below.counted)

    def _uncount(self, edges: list[Edge]) -> None:
        """Uncount edges that can't help the root any more; nodes that only they made relevant lose their relevance."""
        work = edges
        while work:
            edge = work.pop()
            if not edge.counted:
                continue
            edge.counted = False
            for child in edge.distinct_children():
                child.live -= 1
                if child.live == 0 and child.index:
                    if child.next_equivalent is not None:
                        self.let_down.append(child)
                    work.extend(below for below in child.edges if below.counted)


def _shown_so(first: Node, state: ProofState) -> Node | None:
    """The node among `first` and its α-equivalent ones that Lean prints as it prints the state."""
    shown = rendering(state)
    return next((node for node in first.ring() if rendering(node.state) == shown), None)
