"""The statistics of benchmark scores: intervals with fixed denominators, and paired tests."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from critic.calibration import wilson


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `total`, with the 95 % Wilson score interval of the rate."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.total if self.total else 0.0

    def __str__(self) -> str:
        return f"{self.hits}/{self.total} = {self.share:.1%} [{self.low:.1%}, {self.high:.1%}]"


def rate(hits: int, total: int) -> Rate:
    """The rate of `hits` among `total`; without any trials the interval is [0, 1]."""
    return Rate(hits, total, *wilson(hits, total))


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value of McNemar's test: could as many discordant pairs lean this far by chance?"""
    discordant = only_first + only_second
    if discordant == 0:
        return 1.0
    tail = sum(math.comb(discordant, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, 2.0 * tail / 2.0**discordant) if discordant < 1000 else _normal_tail(only_first, only_second)


def _normal_tail(only_first: int, only_second: int) -> float:
    distance = max(0.0, abs(only_first - only_second) - 1) / math.sqrt(only_first + only_second)
    return math.erfc(distance / math.sqrt(2))


def mean_interval(values: Sequence[float], *, rng: random.Random, draws: int = 2_000) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean of `values`, which are drawn with replacement; 0 of nothing.

    With one value a theorem, its difference between two runs, this is the interval of a paired difference.
    """
    if not values:
        return 0.0, 0.0
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(draws))
    return means[int(0.025 * draws)], means[int(0.975 * draws) - 1]


def median(values: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return quantile(values, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie, interpolated; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
