"""A critic that runs a model: states are scored in batches, each once, and the scores become values.

Knows nothing of torch: the model is a function from texts to raw scores. A state without goals is never shown to it;
scores that can't be right (NaN, all the same, a finished proof below an open one) are errors, never values.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from search.base import ProofState, Theorem, Value

Scorer = Callable[[Sequence[str]], Awaitable[Sequence[float]]]
"""Raw scores of states, each all goals in one text; higher is closer to finished."""

NO_GOALS = "no goals"
SANITY_STATE = "x : ℕ\nh₀ : ↑x + 4 / 100 * ↑x = 598\n⊢ 100 * x = 100 * 575"
"""The open state of the published critic's own example: a finished proof must score higher."""

_EQUAL_ENOUGH = 8
"""So many different states with one score between them are no coincidence."""


class CriticFailed(Exception):
    """The model's scores can't be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """value = logistic(scale · score + shift), fitted on states known to be provable or not.

    Raises ValueError for a scale that isn't positive, since a value must never fall where the score rises, and for
    numbers that are not finite.
    """

    scale: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        if not self.scale > 0:
            raise ValueError(f"scale={self.scale:g} would rank states backwards: it must be positive")
        if not (math.isfinite(self.scale) and math.isfinite(self.shift)):
            raise ValueError(f"scale={self.scale:g} and shift={self.shift:g} must be finite numbers")

    def value(self, score: float) -> Value:
        """The value of a raw score."""
        return Value(logistic(self.scale * score + self.shift))


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow."""
    if x < 0:
        return math.exp(max(x, -700.0)) / (1.0 + math.exp(max(x, -700.0)))
    return 1.0 / (1.0 + math.exp(-min(x, 700.0)))


class ModelCritic:
    """`search.base.Critic` over a scorer.

    The scores of `cache_size` states are cached by text, the least recently used dropped first. Failures are raised as
    the exception that `fault` makes of a message.
    """

    def __init__(
        self,
        scorer: Scorer,
        calibration: Calibration | None = None,
        *,
        cache_size: int = 200_000,
        fault: Callable[[str], Exception] = CriticFailed,
    ) -> None:
        self._scorer = scorer
        self._calibration = calibration or Calibration()
        self._known: OrderedDict[str, float] = OrderedDict()
        self._cache_size = cache_size
        self._fault = fault
        self.num_scored = 0
        self.num_cached = 0

    @property
    def scorer(self) -> Scorer:
        """The function from texts to raw scores."""
        return self._scorer

    async def score(self, theorem: Theorem, states: Sequence[ProofState]) -> Sequence[Value]:  # noqa: ARG002
        """One value per state, in order; 1 for a state without goals."""
        texts = [state.pretty for state in states if state.goals]
        scores = iter(await self.raw_scores(texts))
        return [self._calibration.value(next(scores)) if state.goals else Value(1.0) for state in states]

    async def raw_scores(self, texts: Sequence[str]) -> list[float]:
        """The model's own scores, cached by text."""
        found = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            fresh = list(await self._scorer(new))
            self._check(new, fresh)
            found.update(zip(new, fresh, strict=True))
        self.num_scored += len(new)
        self.num_cached += len(texts) - len(new)
        for text in texts:
            self._known[text] = found[text]
            self._known.move_to_end(text)
        while len(self._known) > self._cache_size:
            self._known.popitem(last=False)
        return [found[text] for text in texts]

    async def check_sanity(self) -> None:
        """Raise unless a finished proof scores above an open state. Wrong prompts and wrong weights fail this check."""
        finished, unfinished = await self._scorer([NO_GOALS, SANITY_STATE])
        if not finished > unfinished:
            raise self._fault(
                f"the critic scores '{NO_GOALS}' {finished:.3f}, below an open state's {unfinished:.3f}: "
                "wrong weights, wrong tokenizer, or the wrong number of beginning-of-text tokens (try bos=1 or bos=2)"
            )

    def _check(self, texts: Sequence[str], scores: Sequence[float]) -> None:
        if len(scores) != len(texts):
            raise self._fault(f"the critic gave {len(scores)} scores for {len(texts)} states")
        if any(math.isnan(score) for score in scores):
            raise self._fault("the critic gave NaN: damaged weights, or a precision too low")
        if len(texts) >= _EQUAL_ENOUGH and len(set(scores)) == 1:
            raise self._fault(f"the critic gave {len(texts)} different states the same score, {scores[0]}")
