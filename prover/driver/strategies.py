"""The search rules by the names that users type."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from prover.config import SearchConfig
from prover.errors import UsageError
from search.best_first import Strategy
from search.strategies import STRATEGIES, make_strategy


def strategy_factory(settings: SearchConfig) -> Callable[[], Strategy]:
    """Makes the strategy of one search. Raises UsageError for a rule that isn't known."""
    if settings.rule not in STRATEGIES:
        raise UsageError(f"no search rule is called {settings.rule!r}; there are: {', '.join(STRATEGIES)}")
    return partial(make_strategy, settings.rule, alpha=settings.alpha)
