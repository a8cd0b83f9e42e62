"""Measures of a critic: pair accuracy, the rank of the right sibling against chance, and the calibration of its
values."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from critic.model import Calibration, logistic
from critic.pairs import Family, Pair

_LEAST_RISE = 0.1
_Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class PairAccuracy:
    """Share of pairs in the right order, ties counted half, with its 95 % interval (Wilson)."""

    num_pairs: int
    accuracy: float
    low: float
    high: float

    @property
    def is_worse_than_chance(self) -> bool:
        """Whether the accuracy is below one half; False without pairs."""
        return self.num_pairs > 0 and self.accuracy < 0.5

    def __str__(self) -> str:
        """The accuracy as a part of a sentence."""
        return f"orders {self.accuracy:.1%} of {self.num_pairs} pairs of held-out theorems rightly"


@dataclass(frozen=True, slots=True)
class SiblingRank:
    """The rank of the child on a proof among its siblings (1 is best), and how often it is first: means over families,
    each with the value expected by chance."""

    num_families: int
    mean_rank: float
    chance_rank: float
    top_share: float
    chance_top_share: float


@dataclass(frozen=True, slots=True)
class Bin:
    """States with predictions in one range: how many, their mean prediction, and the share that was provable."""

    count: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Brier score, expected calibration error, and the bins behind it."""

    brier: float
    error: float
    bins: tuple[Bin, ...]


def pair_accuracy(pairs: Sequence[Pair], scores: Mapping[str, float]) -> PairAccuracy:
    """The share of pairs in the right order, over the pairs of which both texts have a score."""
    right = math.fsum(
        1.0 if scores[p.better] > scores[p.worse] else 0.5 if scores[p.better] == scores[p.worse] else 0.0
        for p in pairs
    )
    low, high = wilson(right, len(pairs))
    return PairAccuracy(len(pairs), right / len(pairs) if pairs else math.nan, low, high)


def sibling_rank(families: Sequence[Family], scores: Mapping[str, float]) -> SiblingRank:
    """The mean rank of the right sibling by the scores; ties count half a place each."""
    ranks: list[float] = []
    for family in families:
        own = scores[family.on_path]
        above = sum(scores[other] > own for other in family.siblings)
        level = sum(scores[other] == own for other in family.siblings)
        ranks.append(1 + above + level / 2)
    count = len(families)
    if not count:
        return SiblingRank(0, math.nan, math.nan, math.nan, math.nan)
    sizes = [1 + len(family.siblings) for family in families]
    return SiblingRank(
        num_families=count,
        mean_rank=math.fsum(ranks) / count,
        chance_rank=math.fsum((size + 1) / 2 for size in sizes) / count,
        top_share=sum(rank == 1 for rank in ranks) / count,
        chance_top_share=math.fsum(1 / size for size in sizes) / count,
    )


def fit_calibration(scores: Sequence[float], outcomes: Sequence[bool], *, num_steps: int = 100) -> Calibration:
    """Fit a logistic curve to scores and outcomes (True: the state was provable), by Newton's method with a weak prior.

    The curve always rises, so that values keep the order of the scores. Scores compare states of one theorem; over many
    theorems the data may ask for a falling curve, and then it rises by `_LEAST_RISE` log-odds over a standard deviation
    of the scores. The targets are smoothed as Platt proposed, so that separable data gives finite numbers.
    """
    good = sum(outcomes)
    bad = len(outcomes) - good
    high, low = (good + 1) / (good + 2), 1 / (bad + 2)
    targets = [high if outcome else low for outcome in outcomes]
    start = math.log((good + 1) / (bad + 1))
    scale, shift = _newton(scores, targets, 0.0, start, num_steps=num_steps)
    least = _LEAST_RISE / (statistics.pstdev(scores) or 1.0) if scores else 1.0
    if scale < least:
        scale, shift = _newton(scores, targets, least, start, num_steps=num_steps, is_scale_fixed=True)
    return Calibration(scale, shift)


def _newton(
    scores: Sequence[float],
    targets: Sequence[float],
    scale: float,
    shift: float,
    *,
    num_steps: int,
    is_scale_fixed: bool = False,
) -> tuple[float, float]:
    """The likeliest scale and shift, starting from the given ones; with `is_scale_fixed` only the shift is fitted."""
    for _ in range(num_steps):
        gradient_scale, gradient_shift = -1e-3 * scale, 0.0
        h_scale, h_both, h_shift = 1e-3, 0.0, 1e-9
        for score, target in zip(scores, targets, strict=True):
            chance = logistic(scale * score + shift)
            weight = chance * (1 - chance)
            gradient_scale += (target - chance) * score
            gradient_shift += target - chance
            h_scale += weight * score * score
            h_both += weight * score
            h_shift += weight
        if is_scale_fixed:
            step_scale, step_shift = 0.0, gradient_shift / h_shift
        else:
            determinant = h_scale * h_shift - h_both * h_both
            step_scale = (gradient_scale * h_shift - gradient_shift * h_both) / determinant
            step_shift = (gradient_shift * h_scale - gradient_scale * h_both) / determinant
        size = max(abs(step_scale), abs(step_shift))
        damping = min(1.0, 5.0 / size) if size else 1.0
        scale, shift = scale + damping * step_scale, shift + damping * step_shift
        if size < 1e-9:
            break
    return scale, shift


def reliability(values: Sequence[float], outcomes: Sequence[bool], *, num_bins: int = 10) -> Reliability:
    """Compare predicted values with outcomes, in equal-width bins over [0, 1]; empty bins are left out."""
    inside: list[list[tuple[float, bool]]] = [[] for _ in range(num_bins)]
    for value, outcome in zip(values, outcomes, strict=True):
        inside[min(int(value * num_bins), num_bins - 1)].append((value, outcome))
    bins = tuple(
        Bin(len(part), math.fsum(v for v, _ in part) / len(part), sum(o for _, o in part) / len(part))
        for part in inside
        if part
    )
    total = len(values)
    brier = math.fsum((v - o) ** 2 for v, o in zip(values, outcomes, strict=True)) / total if total else math.nan
    error = math.fsum(b.count * abs(b.predicted - b.observed) for b in bins) / total if total else math.nan
    return Reliability(brier, error, bins)


def wilson(successes: float, count: int) -> tuple[float, float]:
    """The 95 % score interval (Wilson 1927) of the share of `successes` among `count`; [0, 1] if `count` is 0."""
    if count == 0:
        return 0.0, 1.0
    share, z2 = successes / count, _Z_95**2
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z_95 * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return max(0.0, centre - half), min(1.0, centre + half)
