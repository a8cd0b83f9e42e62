"""Trains critics of our own on preference pairs: a line through features, or heads on a frozen transformer.

Bradley–Terry throughout: the better state's score minus the worse one's is the log-odds of being right. The torch-free
form is for `critic.features`, the other for hidden states of any small model.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Line:
    """score = weights · (x − means) / spreads."""

    weights: tuple[float, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]

    def score(self, x: Sequence[float]) -> float:
        """The raw score of a feature vector."""
        return math.fsum(
            w * (value - mean) / spread
            for w, value, mean, spread in zip(self.weights, x, self.means, self.spreads, strict=True)
        )


def fit_line(
    pairs: Sequence[tuple[Sequence[float], Sequence[float]]],
    *,
    rng: random.Random,
    epochs: int = 20,
    rate: float = 0.05,
    decay: float = 1e-3,
) -> Line:
    """Stochastic gradient descent on (better, worse) feature vectors. Raises ValueError without pairs."""
    if not pairs:
        raise ValueError("no pairs to learn from")
    columns = list(zip(*(x for pair in pairs for x in pair), strict=True))
    means = tuple(math.fsum(column) / len(column) for column in columns)
    spreads = tuple(
        math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column)) or 1.0
        for column, mean in zip(columns, means, strict=True)
    )
    differences = [
        [(a - b) / spread for a, b, spread in zip(better, worse, spreads, strict=True)] for better, worse in pairs
    ]
    weights = [0.0] * len(means)
    for epoch in range(epochs):
        step = rate / (1 + epoch)
        for index in rng.sample(range(len(differences)), len(differences)):
            difference = differences[index]
            margin = sum(w * d for w, d in zip(weights, difference, strict=True))
            pull = 1.0 / (1.0 + math.exp(min(margin, 700.0)))
            weights = [w + step * (pull * d - decay * w) for w, d in zip(weights, difference, strict=True)]
    return Line(tuple(weights), means, spreads)


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads on a hidden state: preference value and, where asked for, log(1 + remaining steps)."""

    value: tuple[float, ...]
    steps: tuple[float, ...] | None = None
    steps_bias: float = 0.0


def fit_heads(
    better: torch.Tensor,
    worse: torch.Tensor,
    *,
    states: torch.Tensor | None = None,
    remaining: torch.Tensor | None = None,
    epochs: int = 200,
    rate: float = 1e-2,
    decay: float = 1e-2,
) -> Heads:
    """Heads from hidden states [pairs, hidden] of better and worse states, and [states, hidden] with known steps.

    Hidden states are scaled to unit spread for the fit, and the scale folded into the heads. Full-batch AdamW from
    zero: deterministic.
    """
    import torch
    import torch.nn.functional as F  # noqa: N812 - its usual name

    scale = 1.0 / torch.cat([better, worse]).float().std(0).clamp_min(1e-6)
    value = torch.zeros(better.shape[1], requires_grad=True)
    steps = torch.zeros(better.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    difference = (better.float() - worse.float()) * scale
    optimizer = torch.optim.AdamW([value, steps, bias], lr=rate, weight_decay=decay)
    for _ in range(epochs):
        loss = F.softplus(-(difference @ value)).mean()
        if states is not None and remaining is not None:
            predicted = (states.float() * scale) @ steps + bias
            loss = loss + F.smooth_l1_loss(predicted, torch.log1p(remaining.float()))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with torch.no_grad():
        folded = tuple((value * scale).tolist())
        has_steps = states is not None and remaining is not None
        return Heads(folded, tuple((steps * scale).tolist()) if has_steps else None, float(bias))
