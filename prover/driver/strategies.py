"""The search rules by the names that users type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from prover.config import SearchConfig
from prover.errors import UsageError
from search.best_first import Strategy
from search.strategies import STRATEGIES, make_strategy

COMBINED: Mapping[str, tuple[str, ...]] = {"bf+cg": ("token-mean", "critic")}
"""Rules that are several: each is searched by itself, and nothing of theirs is mixed."""


def strategy_factories(settings: SearchConfig) -> tuple[Callable[[], Strategy], ...]:
    """What makes the strategies that passes take turns at. Raises UsageError for a rule that isn't known."""
    names = COMBINED.get(settings.rule, (settings.rule,))
    if not set(names) <= set(STRATEGIES):
        known = ", ".join((*STRATEGIES, *COMBINED))
        raise UsageError(f"no search rule is called {settings.rule!r}; there are: {known}")
    return tuple(partial(make_strategy, name, alpha=settings.alpha) for name in names)
