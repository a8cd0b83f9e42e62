"""Takes answers into a search: which of the policy's candidates are run, and what Lean's outcomes add to the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from search.base import Advanced, Candidate, Crashed, Outcome, ProofState, Proved, Rejected, TimedOut
from search.candidates import distinct
from search.expansion import Expansion, SearchOptions
from search.experience import Experience
from search.graph import Graph
from search.nodes import Node
from search.result import Statistics


class Answers:
    """Takes the answers of policy and Lean into one search's `graph`. `counts` has the fields that answers decide; the
    other fields stay 0."""

    def __init__(self, graph: Graph, options: SearchOptions, *, experience: Experience | None) -> None:
        self._graph = graph
        self._options = options
        self.counts = Statistics()
        self._experience = experience

    @property
    def are_ordered(self) -> bool:
        """Whether experience orders the calls; their order then does not follow from the policy's answer alone."""
        return self._experience is not None

    def fresh(self, expansion: Expansion, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates to run, in order: those of `candidates` not tried at this node before, and the probes."""
        node, options, counts = expansion.node, self._options, self.counts
        fresh, repeated = distinct(candidates, tried=node.tried or ())
        for candidate in candidates:
            counts.proposed += candidate.count
        counts.repeated += repeated
        fresh = expansion.draw.chosen(fresh, options.num_samples)[: options.max_tactics]
        if node.attempts == 0 and options.probes:
            fresh, _ = distinct([*fresh, *options.probes], tried=())
        node.is_exhausted = not fresh
        return fresh if self._experience is None else self._experience.ordered(fresh)

    def absorb(self, expansion: Expansion, candidate: Candidate, outcome: Outcome, *, place: int = 0) -> Sequence[Node]:
        """Take in the outcome of one call, number `place` of its expansion. Returns the nodes that are new to the
        graph."""
        node, counts = expansion.node, self.counts
        message = ""
        new: Sequence[Node] = ()
        match outcome:
            case Advanced(state=state, text=text):
                counts.advanced += 1
                new = self._add_edge(expansion, candidate, state, text)
            case Proved(text=text):
                counts.closed += 1
                new = self._add_edge(expansion, candidate, None, text)
            case Rejected(kind=kind, message=message):
                counts.refused[kind] = counts.refused.get(kind, 0) + 1
            case TimedOut():
                counts.timed_out += 1
                node.unknown += 1
            case Crashed():
                counts.crashed += 1
                node.unknown += 1
            case _:
                assert_never(outcome)
        if self._options.max_attempts > 1:
            if node.tried is None:
                node.tried = {}
            node.tried[candidate.tactic] = message
        if self._experience is not None:
            self._experience.observe(candidate, place, is_closed=isinstance(outcome, Proved))
        return new

    def _add_edge(
        self, expansion: Expansion, candidate: Candidate, state: ProofState | None, text: str
    ) -> Sequence[Node]:
        tactic = candidate.tactic
        added = self._graph.add(
            expansion.node,
            tactic,
            state,
            text=tactic if text == tactic else text,
            log_prob=candidate.log_prob,
            num_tokens=max(1, candidate.num_tokens),
            count=candidate.count,
        )
        if added.edge is None:
            self.counts.circular += 1
            return ()
        expansion.edges.append(added.edge)
        self.counts.same_state += added.same_state
        self.counts.merged += added.merged
        return added.new
