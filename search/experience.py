"""What a run has seen close goals: which kinds of tactics did better than the place that the policy gave them.

The candidates of any policy can be run in an order that the run corrects, and cheap solvers can be tried at every state
in addition to the policy's candidates. The searches of a run share one experience, so a search that uses it is
reproducible only if the searches before it are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from search.base import Candidate, LogProb, TacticLimits

_FIRST_CHANCE = 0.3
"""Of the first call at a state to close its goal, before anything is known."""
_TRIALS = 8.0
"""Calls that this guess weighs as much as."""
_TRUST = 1.0
"""Expected successes after which a kind's own counts weigh as much as the policy's order."""


@dataclass(slots=True)
class _Count:
    closed: float = 0.0
    expected: float = 0.0


class Experience:
    """For each kind of tactic, the goals that it closed and those that calls at the same places close in the mean."""

    def __init__(self) -> None:
        self._kinds: defaultdict[str, _Count] = defaultdict(_Count)
        self._places: dict[int, _Count] = {}

    def observe(self, candidate: Candidate, place: int, *, is_closed: bool) -> None:
        """Count a call that was run as number `place` (from 0) of its expansion."""
        kind = self._kinds[_kind_of(candidate)]
        kind.closed += is_closed
        kind.expected += self._chance(place)
        count = self._places.setdefault(place.bit_length(), _Count())
        count.closed += is_closed
        count.expected += 1.0

    def ordered(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The same candidates, given in the policy's order, in the order to run them."""
        worth = [self._chance(place) * self._factor(candidate) for place, candidate in enumerate(candidates)]
        return [candidates[index] for index in sorted(range(len(candidates)), key=lambda index: -worth[index])]

    def _chance(self, place: int) -> float:
        """How often a call at such a place closes its goal; places count alike from one power of two to the next."""
        count = self._places.get(place.bit_length(), _Count())
        guess = _FIRST_CHANCE / (1 << place.bit_length())
        return (count.closed + _TRIALS * guess) / (count.expected + _TRIALS)

    def _factor(self, candidate: Candidate) -> float:
        """By how much a candidate's kind does better than its places."""
        kind = self._kinds.get(_kind_of(candidate), _Count())
        return (kind.closed + _TRUST) / (kind.expected + _TRUST)


def _kind_of(candidate: Candidate) -> str:
    """The kind under which a candidate is counted: its `origin` if it has one, else its first word."""
    return candidate.origin or candidate.tactic.split(maxsplit=1)[0]


PROBES = tuple(
    Candidate(text, LogProb(-3.0), limits=TacticLimits(heartbeats=40_000, wall_s=1.0), origin=f"probe:{text}")
    for text in ("rfl", "assumption", "contradiction", "omega", "decide", "simp_all", "grind")
)
"""Tactics of core Lean that need no arguments and end quickly, cheapest first, for `SearchOptions.probes`."""
