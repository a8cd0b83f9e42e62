"""The data that critics are trained and measured on: pairs of states of one theorem, and families of siblings.

States are texts, as a critic sees them; `prover.learn.pairs` finds them in the traces of searches.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PairKind(StrEnum):
    """The origin of a pair: two states of one proof, siblings of which one is on a proof, or the finished state."""

    LATER = "later"
    SIBLING = "sibling"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two states of one theorem, the better one known."""

    better: str
    worse: str
    kind: PairKind


@dataclass(frozen=True, slots=True)
class Family:
    """The children of one state by different tactics: one on a proof, the others not. For ranking."""

    on_path: str
    siblings: tuple[str, ...]
