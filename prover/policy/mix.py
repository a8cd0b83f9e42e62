"""Mixes several policies: each is asked for its share of the samples, and their candidates are merged by weight."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from prover.errors import ModelError, UsageError
from prover.policy.opened import counted, fault_of
from search.base import Candidate, LogProb, Policy, ProposalRequest


class MixedPolicy:
    """A mixture distribution: a tactic's probability is the weighted sum of its probabilities under the sources.

    A source that did not propose a tactic counts as giving it none, so log-probabilities are lower bounds.
    """

    def __init__(self, sources: Sequence[tuple[Policy, float]]) -> None:
        total = math.fsum(weight for _, weight in sources)
        if not sources or any(not weight > 0 for _, weight in sources):
            raise UsageError("a mix needs sources, each with a positive weight")
        self._sources = [(policy, weight / total) for policy, weight in sources]

    @property
    def num_premises(self) -> int:
        """The most premises that any source wants."""
        return max(policy.num_premises for policy, _ in self._sources)

    def counts(self) -> Mapping[str, int]:
        """The counts of answers so far, added over all sources that keep them."""
        total: Counter[str] = Counter()
        for policy, _ in self._sources:
            total.update(counted(policy))
        return total

    @property
    def fault(self) -> ModelError | None:
        """Why it can't answer any more: the fault of a source that has ended."""
        return next((fault_of(policy) for policy, _ in self._sources if fault_of(policy) is not None), None)

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """The sources' candidates, equal tactics merged, most likely first."""
        answers = await asyncio.gather(*(self._ask(index, requests) for index in range(len(self._sources))))
        return [self._merge([answer[i] for answer in answers]) for i in range(len(requests))]

    async def _ask(self, index: int, requests: Sequence[ProposalRequest]) -> list[Sequence[Candidate]]:
        policy, _ = self._sources[index]
        shares = [self._shares(request.num_samples)[index] for request in requests]
        asked = [replace(r, num_samples=share) for r, share in zip(requests, shares, strict=True) if share]
        answered = iter(await policy.propose(asked) if asked else ())
        return [next(answered) if share else () for share in shares]

    def _shares(self, num_samples: int) -> list[int]:
        """`num_samples` split by weight, largest remainders first; no sample is lost."""
        exact = [weight * num_samples for _, weight in self._sources]
        shares = [math.floor(value) for value in exact]
        by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
        for index in by_remainder[: num_samples - sum(shares)]:
            shares[index] += 1
        return shares

    def _merge(self, answers: Sequence[Sequence[Candidate]]) -> list[Candidate]:
        merged: dict[str, Candidate] = {}
        for (_, weight), candidates in zip(self._sources, answers, strict=True):
            for candidate in candidates:
                log_prob = LogProb(min(candidate.log_prob + math.log(weight), 0.0))
                weighed = replace(candidate, log_prob=log_prob)
                known = merged.get(candidate.tactic)
                merged[candidate.tactic] = _both(known, weighed) if known else weighed
        return sorted(merged.values(), key=lambda candidate: -candidate.log_prob)


def _both(one: Candidate, other: Candidate) -> Candidate:
    """Two proposals of one tactic: probabilities and counts add, the likelier one's other fields stay."""
    likelier, less = (one, other) if one.log_prob >= other.log_prob else (other, one)
    if likelier.log_prob == -math.inf:
        return likelier
    total = likelier.log_prob + math.log1p(math.exp(less.log_prob - likelier.log_prob))
    return replace(
        likelier,
        log_prob=LogProb(min(total, 0.0)),
        count=one.count + other.count,
        origin=f"{one.origin}+{other.origin}",
    )
