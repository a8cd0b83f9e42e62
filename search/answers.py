"""What answers mean for a search: which of the policy's candidates are run, what Lean's outcomes do to its graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from search.base import Advanced, Candidate, Crashed, Outcome, ProofState, Proved, Rejected, TimedOut
from search.budget import Spent
from search.candidates import distinct
from search.expansion import Expansion, SearchOptions
from search.experience import Experience
from search.nodes import Node
from search.result import Statistics
from search.tree import Graph


class Answers:
    """Takes answers in for one search: `graph`, `statistics` and `spent` are the search's own and grow here."""

    def __init__(
        self,
        graph: Graph,
        options: SearchOptions,
        *,
        statistics: Statistics,
        spent: Spent,
        experience: Experience | None,
    ) -> None:
        self._graph = graph
        self._options = options
        self._statistics = statistics
        self._spent = spent
        self._experience = experience

    @property
    def are_ordered(self) -> bool:
        """Whether experience has a say in the order of calls, so that it does not follow from the policy's answer."""
        return self._experience is not None

    def fresh(self, node: Node, candidates: Sequence[Candidate]) -> list[Candidate]:
        """What of the policy's answer is to be run, with the probes, in order."""
        options, statistics = self._options, self._statistics
        self._spent.tokens += sum(candidate.num_tokens * candidate.count for candidate in candidates)
        fresh, repeated = distinct(candidates, tried=node.tried or ())
        statistics.proposed += sum(candidate.count for candidate in candidates)
        statistics.repeated += repeated
        fresh = fresh[: options.max_tactics]
        if node.attempts == 0 and options.probes:
            fresh, _ = distinct([*fresh, *options.probes], tried=())
        if not fresh:
            node.attempts = options.max_attempts  # the policy has no more to offer here
        return fresh if self._experience is None else self._experience.ordered(fresh)

    def absorb(self, expansion: Expansion, candidate: Candidate, outcome: Outcome) -> Sequence[Node]:
        """Take in what became of one call; the states that nobody knew before."""
        node, statistics = expansion.node, self._statistics
        self._spent.lean_s += outcome.lean_s
        message = ""
        new: Sequence[Node] = ()
        match outcome:
            case Advanced(state=state, text=text):
                statistics.advanced += 1
                new = self._add_edge(expansion, candidate, state, text)
            case Proved(text=text):
                statistics.closed += 1
                new = self._add_edge(expansion, candidate, None, text)
            case Rejected(kind=kind, message=message):
                statistics.refused[kind] = statistics.refused.get(kind, 0) + 1
            case TimedOut():
                statistics.timed_out += 1
                node.unknown += 1
            case Crashed():
                statistics.crashed += 1
                node.unknown += 1
            case _:
                assert_never(outcome)
        if self._options.max_attempts > 1:
            if node.tried is None:
                node.tried = {}
            node.tried[candidate.tactic] = message
        if self._experience is not None:
            self._experience.observe(candidate, outcome)
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
            self._statistics.circular += 1
            return ()
        expansion.edges.append(added.edge)
        self._statistics.same_state += added.same_state
        self._statistics.merged += added.merged
        return added.new
