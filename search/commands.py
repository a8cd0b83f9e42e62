"""What a person may tell a search while it runs.

Commands name a state by its canonical key (`search.split.merge_key`), so a command means every α-equivalent node, and
in searches side by side every graph. They are events of the search like any other: `search.replay` makes a steered
search again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from search.base import Outcome


@dataclass(frozen=True, slots=True)
class Pin:
    """Expand this state next."""

    state: str


@dataclass(frozen=True, slots=True)
class Boost:
    """Take every second expansion from this state or from below it, the best by the rule's own priority."""

    state: str


@dataclass(frozen=True, slots=True)
class Prune:
    """Expand neither this state nor what can be reached through it alone."""

    state: str


@dataclass(frozen=True, slots=True)
class Focus:
    """Expand only this state, what is below it, and the other goals that the tactics on the way to it left. The root
    stands for everything."""

    state: str


@dataclass(frozen=True, slots=True)
class Release:
    """Take back what was told of this state: pin, boost and prune."""

    state: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A person's tactic was run at this state, and Lean accepted it with this outcome."""

    state: str
    tactic: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Add to the budget of wall-clock time; the other limits grow in the same proportion."""

    seconds: float


Command: TypeAlias = Pin | Boost | Prune | Focus | Release | Typed | MoreTime
