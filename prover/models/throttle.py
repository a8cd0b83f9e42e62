"""A limit that falls when memory runs out, and rises again after a while without a shortage."""

from __future__ import annotations

_LONGEST_CALM = 1 << 16


class Throttle:
    """`value` starts at `most`, halves at each shortage and doubles after `calm` rounds without one.

    Each shortage also doubles `calm`, so that a permanent limit is tested ever more rarely.
    """

    def __init__(self, most: int, *, calm: int = 256) -> None:
        self.most = self.value = most
        self._calm = calm
        self._num_calm = 0

    def halve(self) -> int:
        """Note a shortage. Returns the new value, at least 1."""
        self.value = max(self.value // 2, 1)
        self._calm = min(self._calm * 2, _LONGEST_CALM)
        self._num_calm = 0
        return self.value

    def held(self) -> None:
        """Note a round without a shortage."""
        if self.value == self.most:
            return
        self._num_calm += 1
        if self._num_calm >= self._calm:
            self.value, self._num_calm = min(self.value * 2, self.most), 0
