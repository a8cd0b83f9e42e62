"""Searches that collect: at some states chance decides what is run, not the policy's order.

What a search tries follows its order, and it stops at the first success: whoever learns from its outcomes alone learns
the order that it had. So a share of the states, drawn at random, is tried *whole*: every candidate, in random order,
also after a success. At a part of the others a random choice of the candidates is run in place of the first ones; each
then has the chance with which it was chosen as its `propensity`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.base import Candidate

_MORE = 16
"""How many times the usual number of candidates a policy is asked for, so that all it has come."""
_RANDOM = 0.2
"""The share of the states that are not tried whole with a random choice of candidates."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What chance decided for one state. `seed` orders its candidates."""

    is_whole: bool = False
    is_random: bool = False
    seed: str = ""

    def wanted(self, usual: int) -> int:
        """The number of candidates to ask for, where a search usually asks for `usual`."""
        return usual * _MORE if self.is_whole or self.is_random else usual

    def chosen(self, candidates: Sequence[Candidate], usual: int) -> list[Candidate]:
        """The candidates to run, in order."""
        if not (self.is_whole or self.is_random):
            return list(candidates)
        shuffled = sorted(candidates, key=lambda candidate: _place(f"{self.seed}/{candidate.tactic}"))
        if self.is_whole or len(shuffled) <= usual:
            return shuffled
        return [replace(candidate, propensity=usual / len(shuffled)) for candidate in shuffled[:usual]]


USUAL = Draw()


def draw(share: float, seed: str) -> Draw:
    """Draw for one state, of which `share` are tried whole."""
    if not share:
        return USUAL
    is_whole = _place(f"whole/{seed}") < share
    return Draw(is_whole, not is_whole and _place(f"random/{seed}") < _RANDOM, seed)


def _place(text: str) -> float:
    """A place in [0, 1) that a hash draws."""
    return int.from_bytes(hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:6]) / 2**48
