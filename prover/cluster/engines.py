"""A policy and a critic on fleets of engine actors."""

from __future__ import annotations

from collections.abc import Sequence

from prover.cluster.fleet import Fleet
from search.base import Candidate, ProofState, ProposalRequest, Theorem, Value

_LOAD_S = 1800.0  # a machine may have to be brought first, and weights be read
_ANSWER_S = 900.0


class FarPolicy:
    """`search.base.Policy` over a fleet of engine actors."""

    def __init__(self, fleet: Fleet, num_premises: int) -> None:
        self._fleet = fleet
        self._num_premises = num_premises

    @classmethod
    async def open(cls, fleet: Fleet) -> FarPolicy:
        """The policy on a fleet, one of whose engines has loaded its model."""
        return cls(fleet, await fleet.call("num_premises", deadline_s=_LOAD_S))

    @property
    def num_premises(self) -> int:
        return self._num_premises

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        answer: Sequence[Sequence[Candidate]] = await self._fleet.call("propose", tuple(requests), deadline_s=_ANSWER_S)
        return answer


class FarCritic:
    """`search.base.Critic` over a fleet of engine actors."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def score(self, theorem: Theorem, states: Sequence[ProofState]) -> Sequence[Value]:
        answer: Sequence[Value] = await self._fleet.call("score", theorem, tuple(states), deadline_s=_LOAD_S)
        return answer
