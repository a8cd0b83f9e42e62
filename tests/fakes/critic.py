"""Critics without a model."""

from __future__ import annotations

from collections.abc import Sequence

from search.base import ProofState, Theorem, Value
from tests.fakes.environment import draw


class HashCritic:
    """A value that depends on the state's key alone: noise, but the same noise every time."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    def value(self, state: ProofState) -> Value:
        """The value of one state."""
        return Value((draw(self._seed, "v", state.key) % 1000) / 1000.0)

    async def score(self, theorem: Theorem, states: Sequence[ProofState]) -> Sequence[Value]:
        """One value per state."""
        return [self.value(state) for state in states]
