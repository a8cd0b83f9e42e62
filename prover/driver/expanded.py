"""What became of one expansion, as traces and watchers are told it."""

from __future__ import annotations

from dataclasses import dataclass, field

from search.base import Candidate, Outcome
from search.expansion import Expansion


@dataclass(slots=True)
class Expanded:
    """One ended expansion: `tried` are the calls that were run, each with its outcome, in order. `is_cut` says that
    more was to be run at its state: the time ended, nobody wanted it any more, or its turn comes again."""

    expansion: Expansion
    policy_s: float = 0.0
    tried: list[tuple[Candidate, Outcome]] = field(default_factory=list)
    is_cut: bool = False

    def end(self, *, is_answered: bool) -> Expanded:
        """Itself, at its end: whether every call has its outcome."""
        self.is_cut = not is_answered or self.expansion.node.rest is not None
        return self
