"""The search rules, by the word that a user types (`token-mean`, `mcts?exploration=2`): which state is expanded next.

A new rule is a function in `scoring.py` and a row in `RULES`. Its keyword arguments are the parameters that its word
may set; each needs a type (int, float or str), a default, and a ValueError where it is out of range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from search.beam import Beam, BeamOptions
from search.best_first import BestFirst, Strategy
from search.mcts import Mcts, MctsOptions
from search.scoring import (
    average_log_prob,
    blended,
    breadth_first,
    critic_value,
    depth_first,
    length_normalised,
    sum_log_prob,
    token_mean_sum,
)
from search.words import defaults, parse_arguments, written


class _Row(NamedTuple):
    """A rule: `parameters` takes those of its word as keyword arguments, `strategy` takes the value it returns."""

    parameters: Callable[..., Any]
    strategy: Callable[[Any], Strategy] = BestFirst


RULES: Mapping[str, _Row] = {
    "sum": _Row(sum_log_prob),
    "token-mean": _Row(token_mean_sum),
    "average": _Row(average_log_prob),
    "length-normalised": _Row(length_normalised),
    "critic": _Row(critic_value),
    "blended": _Row(blended),
    "depth-first": _Row(depth_first),
    "breadth-first": _Row(breadth_first),
    "mcts": _Row(MctsOptions, Mcts),
    "mcts+critic": _Row(MctsOptions, partial(Mcts, with_critic=True)),
    "beam": _Row(BeamOptions, Beam),
}
"""Every rule by its name."""

SIDE_BY_SIDE: Mapping[str, tuple[str, ...]] = {"bf+cg": ("token-mean", "critic")}
"""Names that stand for several rules, each of which searches by itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its parameters. `word` is its name with the parameters that differ from their defaults, under which
    results are filed. `strategy` makes the strategy of one search; every search needs a fresh one."""

    word: str
    strategy: Callable[[], Strategy]

    @classmethod
    def of(cls, word: str) -> Rule:
        """The rule that a word names.

        Raises ValueError, with the known rules and their parameters, for an unknown name; with the rule's own
        parameters for one that it doesn't have or that is out of range.
        """
        name, _, query = word.partition("?")
        row = RULES.get(name)
        if row is None:
            raise ValueError(f"no search rule is called {name!r}; there are: {', '.join(known_rules())}")
        try:
            values = parse_arguments(row.parameters, query)
            parameters = row.parameters(**values)
        except ValueError as error:
            raise ValueError(f"search rule {word!r}: {error} (the rule and its defaults: {_in_full(name)})") from error
        usual = defaults(row.parameters)
        changed = {key: values[key] for key in usual if values.get(key, usual[key]) != usual[key]}
        return cls(written(name, changed), partial(row.strategy, parameters))


def rules_of(word: str) -> tuple[Rule, ...]:
    """The rules that a word stands for: one, or the several of `SIDE_BY_SIDE`. Raises ValueError as `Rule.of`."""
    name, _, query = word.partition("?")
    if query and name in SIDE_BY_SIDE:
        raise ValueError(f"search rule {name!r} has no parameters of its own: it is {' and '.join(SIDE_BY_SIDE[name])}")
    return tuple(Rule.of(each) for each in SIDE_BY_SIDE.get(name, (word,)))


def known_rules() -> tuple[str, ...]:
    """The words that name rules, each with all its parameters at their defaults."""
    return (*map(_in_full, RULES), *SIDE_BY_SIDE)


def _in_full(name: str) -> str:
    return written(name, defaults(RULES[name].parameters))
