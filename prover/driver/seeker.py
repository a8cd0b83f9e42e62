"""Looks for proofs of one tactic state: search, then shorten what was found."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from prover.driver.loop import Observer, SearchLoop
from prover.driver.parts import Components
from prover.driver.polish import polish
from prover.driver.steering import Steering
from search.base import Environment
from search.budget import Spent, StopReason
from search.extract import Proof
from search.result import Statistics
from search.side_by_side import AnySearch

_POLISH_S = 2.0
"""How long a found proof may be worked on to make it shorter."""


@dataclass(slots=True)
class Seeker:
    """One search, with its budget. `until` is the end of its time on the components' clock, unless a person gives more
    (`ends_at`); `shorten_s` are the seconds
    for which it may search for shorter proofs after its first; at most `width` expansions are in flight. `reason` says
    why it looked no further."""

    parts: Components
    environment: Environment
    search: AnySearch
    observer: Observer
    until: float
    shorten_s: float = 0.0
    width: int = 2
    reason: StopReason = StopReason.CANCELLED
    steering: Steering = field(init=False)
    _before: tuple[Spent, Statistics] = field(init=False)

    def __post_init__(self) -> None:
        parts = self.parts
        self.steering = Steering(self.search, self.environment, self.observer, limits=parts.limits, clock=parts.clock)
        self.observer.steerable(self.steering)
        counts = self.search.result().statistics
        self._before = replace(self.search.spent), replace(counts, refused=dict(counts.refused))

    @property
    def ends_at(self) -> float:
        """The end of the time, with all that a person has added."""
        return self.until + self.steering.extra_s

    async def look(self, *, polishes: bool = True) -> list[Proof]:
        """The proofs to be tried, the shortest first (as it was found, if this `polishes` nothing); none if the search
        ended without one. Raises ModelError if the policy or the critic fails."""
        self.steering.looks_on(has_proof=False)
        await self._drive()
        first = self._proof()
        if first is None:
            return []
        self.steering.looks_on(has_proof=True)
        known = [first]
        if self.shorten_s and len(first.tactics) > 1:
            known += await self._others(first)
        known.sort(key=lambda proof: (len(proof.tactics), len(proof.script)))
        forms = [await self.polished(known[0])] if polishes else []
        for proof in known:
            forms += (proof, proof.in_words())
        return list({proof.script: proof for proof in forms}.values())

    def reject(self) -> None:
        """Take back the proof that was found, if there is one: `look` finds another."""
        if self._proof() is not None:
            self.search.reject()

    def stop(self) -> None:
        """End the part of the time that it has now."""
        self.search.budget = self.search.budget.with_wall(self.search.spent.wall_s)

    def used(self) -> tuple[Spent, Statistics]:
        """The usage and counts of this attempt, without those of earlier attempts of a resumed search."""
        spent, counts = self.search.spent, self.search.result().statistics
        earlier, known = self._before
        own = Spent(**{item.name: getattr(spent, item.name) - getattr(earlier, item.name) for item in fields(Spent)})
        return own, _minus(counts, known)

    async def _drive(self) -> None:
        parts = self.parts
        loop = SearchLoop(
            self.search,
            self.environment,
            parts.policy,
            parts.critic,
            width=self.width,
            observe=self.observer,
            clock=parts.clock,
            steering=self.steering,
        )
        await loop.run()
        self.reason = self.search.done or StopReason.CANCELLED

    async def _others(self, first: Proof) -> list[Proof]:
        """Further proofs that come up in the time for shortening, from states that a shorter one can go through."""
        whole = self.search.budget
        left_s = min(self.ends_at, self.parts.clock() + self.shorten_s) - self.parts.clock()
        self.search.budget = whole.with_wall(self.search.spent.wall_s + max(0.0, left_s))
        found: list[Proof] = []
        proof: Proof | None = first
        shortest = len(first.tactics)
        while proof is not None:
            shortest = min(shortest, len(proof.tactics))
            self.search.reject()
            self.search.want_below(shortest)
            await self._drive()
            proof = self._proof()
            found += [proof] if proof is not None else []
        self.search.want_below(None)
        self.search.budget = whole
        return found

    def _proof(self) -> Proof | None:
        return self.search.result().proof

    async def polished(self, proof: Proof, until: float | None = None) -> Proof:
        """The shortened proof, if shortening is wanted and time is left; else the proof itself."""
        if not self.parts.settings.minimise:
            return proof
        clock, limits = self.parts.clock, self.parts.limits
        end = min(self.ends_at if until is None else until, clock() + _POLISH_S)
        limits = replace(limits, wall_s=min(limits.wall_s, _POLISH_S))
        return await polish(proof, self.environment, limits=limits, is_over=lambda: clock() >= end)


def _minus(counts: Statistics, earlier: Statistics) -> Statistics:
    """The counts added since `earlier`; `depth` stays that of the whole search."""
    refused = {kind: count - earlier.refused.get(kind, 0) for kind, count in counts.refused.items()}
    others = (item.name for item in fields(Statistics) if item.name not in ("refused", "depth"))
    added = {name: getattr(counts, name) - getattr(earlier, name) for name in others}
    return Statistics(**added, refused=refused, depth=counts.depth)
