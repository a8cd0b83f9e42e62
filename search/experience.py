"""Success rates of tactics over a run: which kinds closed goals, and at what cost in Lean's time.

Candidates of any policy can be run in the order of their success per second, and cheap solvers can be tried at every
state in addition to the policy's candidates. The searches of a run share one experience, so a search that uses it is
reproducible only if the searches before it are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.base import Candidate, LogProb, Outcome, Proved, TacticLimits

_PRIOR_TRIES = 4.0
_PRIOR_CLOSED = 0.2
_PRIOR_COST_S = 0.02


@dataclass(slots=True)
class _Record:
    closed: int = 0
    lean_s: float = 0.0


class Experience:
    """Success per second of Lean's time, for each kind of tactic."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}

    def observe(self, candidate: Candidate, outcome: Outcome) -> None:
        """Count the outcome of one call."""
        record = self._records.setdefault(_kind_of(candidate), _Record())
        record.closed += isinstance(outcome, Proved)
        record.lean_s += outcome.lean_s

    def worth(self, candidate: Candidate) -> float:
        """Goals closed per second, smoothed: an unknown kind counts as a few tries with moderate luck."""
        record = self._records.get(_kind_of(candidate), _Record())
        closed = record.closed + _PRIOR_CLOSED
        return closed / (record.lean_s + _PRIOR_TRIES * _PRIOR_COST_S)

    def ordered(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The same candidates in the order to run them: by goals closed per second, highest first."""
        return sorted(candidates, key=lambda candidate: -self.worth(candidate))


def _kind_of(candidate: Candidate) -> str:
    """The kind under which a candidate is counted: its `origin` if it has one, else its first word."""
    return candidate.origin or candidate.tactic.split(maxsplit=1)[0]


PROBES = tuple(
    Candidate(text, LogProb(-3.0), limits=TacticLimits(heartbeats=40_000, wall_s=1.0), origin=f"probe:{text}")
    for text in ("rfl", "assumption", "contradiction", "omega", "decide", "simp_all", "grind")
)
"""Tactics of core Lean that need no arguments and end quickly, cheapest first, for `SearchOptions.probes`."""
