"""What became of one expansion, as traces and watchers are told it."""

from __future__ import annotations

from dataclasses import dataclass, field

from search.base import Candidate, Outcome
from search.expansion import Expansion


@dataclass(slots=True)
class Expanded:
    """One ended expansion: `tried` are the calls that were run, each with its outcome, in order."""

    expansion: Expansion
    policy_s: float = 0.0
    tried: list[tuple[Candidate, Outcome]] = field(default_factory=list)
