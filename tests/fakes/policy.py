"""Policies without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.base import Candidate, LogProb, ProofState, ProposalRequest
from tests.fakes.environment import draw


class HashPolicy:
    """Proposes `t0` … in an order and with log-probabilities that depend on the state and the request's seed alone.

    Of `num_tactics` tactics each request names `num_samples` at random, with repetitions.
    """

    num_premises = 0

    def __init__(self, num_tactics: int = 6, seed: int = 0) -> None:
        self._num_tactics = num_tactics
        self._seed = seed

    def answer(self, request: ProposalRequest) -> list[Candidate]:
        """The candidates for one request."""
        key = request.state.key
        drawn = [
            draw(self._seed, key, request.seed, request.attempt, i) % self._num_tactics
            for i in range(request.num_samples)
        ]
        return [self._candidate(request.state, n) for n in drawn]

    def _candidate(self, state: ProofState, number: int) -> Candidate:
        log_prob = -0.05 - (draw(self._seed, "p", state.key, number) % 4000) / 1000.0
        names = state.goals[0].hypotheses
        tactic = f"t{number} {names[0].name}" if names else f"t{number}"
        return Candidate(tactic, LogProb(log_prob), num_tokens=1 + number % 4)

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """One answer per request."""
        return [self.answer(request) for request in requests]


class AllTactics(HashPolicy):
    """Proposes every tactic of the world, each once: with it an exhausted search has tried everything."""

    def answer(self, request: ProposalRequest) -> list[Candidate]:
        """All tactics, most likely first."""
        candidates = [self._candidate(request.state, n) for n in range(self._num_tactics)]
        return sorted(candidates, key=lambda c: -c.log_prob)


class TablePolicy:
    """Proposes what a table says for a state's key, and nothing elsewhere."""

    num_premises = 0

    def __init__(self, table: Mapping[str, Sequence[tuple[str, float]]]) -> None:
        self._table = table

    def answer(self, request: ProposalRequest) -> list[Candidate]:
        """The row of the state."""
        return [Candidate(tactic, LogProb(p)) for tactic, p in self._table.get(request.state.key, ())]

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """One answer per request."""
        return [self.answer(request) for request in requests]
