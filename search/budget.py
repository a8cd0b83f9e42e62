"""What a search may use, what it has used, and why it stopped.

Running out is a reason to stop and never says anything about a state. What was handed out before a limit was reached is
still absorbed, so a proof found in the step that exhausts a budget counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class StopReason(StrEnum):
    """Why a search has nothing more to do."""

    PROVED = "proved"
    EXHAUSTED = "exhausted"  # every tactic that the policy offers was tried
    EXPANSIONS = "expansions"
    TACTICS = "tactics"
    TOKENS = "tokens"
    LEAN_TIME = "lean_time"
    WALL_TIME = "wall_time"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one search; None means no limit, 0 that nothing may be used.

    `expansions` counts policy requests, `tactics` calls handed to Lean, `tokens` what the policy's candidates cost,
    `lean_s` Lean's own time as the outcomes report it, `wall_s` time on the injected clock since the search was made.
    """

    expansions: int | None = None
    tactics: int | None = None
    tokens: int | None = None
    lean_s: float | None = None
    wall_s: float | None = None

    def scaled(self, factor: float) -> Budget:
        """Every limit times `factor`; counts are rounded down but stay at least 1."""
        return Budget(
            expansions=_scaled(self.expansions, factor),
            tactics=_scaled(self.tactics, factor),
            tokens=_scaled(self.tokens, factor),
            lean_s=None if self.lean_s is None else self.lean_s * factor,
            wall_s=None if self.wall_s is None else self.wall_s * factor,
        )

    def longer(self, seconds: float) -> Budget:
        """So many seconds of wall-clock time more, and every other limit in proportion. A budget without a limit of
        wall-clock time stays as it is."""
        if self.wall_s is None:
            return self
        return self.scaled(1 + seconds / self.wall_s) if self.wall_s else self.with_wall(seconds)

    def with_wall(self, wall_s: float | None) -> Budget:
        """The same budget with another wall-clock limit."""
        return replace(self, wall_s=wall_s)


def _scaled(limit: int | None, factor: float) -> int | None:
    if limit is None:
        return None
    return max(1, int(limit * factor)) if limit else 0


@dataclass(slots=True)
class Spent:
    """What a search has used so far, in the units of `Budget`."""

    expansions: int = 0
    tactics: int = 0
    tokens: int = 0
    lean_s: float = 0.0
    wall_s: float = 0.0

    def limit_reached(self, budget: Budget) -> StopReason | None:
        """The first limit that is used up, in the order of the fields."""
        if budget.expansions is not None and self.expansions >= budget.expansions:
            return StopReason.EXPANSIONS
        if budget.tactics is not None and self.tactics >= budget.tactics:
            return StopReason.TACTICS
        if budget.tokens is not None and self.tokens >= budget.tokens:
            return StopReason.TOKENS
        if budget.lean_s is not None and self.lean_s >= budget.lean_s:
            return StopReason.LEAN_TIME
        if budget.wall_s is not None and self.wall_s >= budget.wall_s:
            return StopReason.WALL_TIME
        return None

    def add(self, other: Spent) -> None:
        """Add what another search used; wall-clock times add up too, as for searches one after the other."""
        self.expansions += other.expansions
        self.tactics += other.tactics
        self.tokens += other.tokens
        self.lean_s += other.lean_s
        self.wall_s += other.wall_s
