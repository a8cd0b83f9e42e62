"""Every published priority of a state, one function each: higher is expanded first.

A rule sees the trail of the best path to a state and the critic's value of the state (in [0, 1]; 0.5 while unknown to
rules that don't ask for one). Rules that need parameters are made by a function that returns the rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from search.nodes import PathCost, PathScore, more_likely

Priority: TypeAlias = Callable[[PathCost, float], float]
"""From a path and a value to a priority. Pure, and never NaN."""

UNKNOWN_VALUE = 0.5
"""What stands for a value that no critic has given."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A priority with the name that results are filed under.

    `needs_values`: states are held back until a critic has scored them. `ranks_paths`: of two paths to one state the
    priority also says which is better; else the more likely one is.
    """

    name: str
    priority: Priority
    needs_values: bool = False
    ranks_paths: bool = True

    @property
    def path_score(self) -> PathScore:
        """How paths to the same state are compared."""
        if not self.ranks_paths:
            return more_likely
        priority = self.priority
        return lambda trail: priority(trail, UNKNOWN_VALUE)


def sum_log_prob(trail: PathCost, value: float) -> float:  # noqa: ARG001
    """Sum of the tactics' log-probabilities, as GPT-f (Polu & Sutskever 2020), ReProver and 3D-Prover rank."""
    return trail.log_prob


def token_mean_sum(trail: PathCost, value: float) -> float:  # noqa: ARG001
    """Sum over steps of the per-token mean log-probability: what InternLM-Math's `minif2f` scripts compute."""
    return trail.mean_log_prob


def average_log_prob(trail: PathCost, value: float) -> float:  # noqa: ARG001
    """Log-probability per token over the whole path: the "averaging log probability" of the InternLM2.5-StepProver
    paper (arXiv 2410.15700), read literally. The root ranks at 0."""
    return trail.log_prob / trail.tokens if trail.tokens else 0.0


def length_normalised(alpha: float) -> Priority:
    """Sum of log-probabilities over L^alpha, L the path's length in tactics (BFS-Prover, arXiv 2502.03438).

    alpha = 0 is the plain sum; larger alpha favours deep states.
    """
    if not 0.0 <= alpha <= 2.0:
        raise ValueError(f"alpha lies between 0 and 2, not {alpha!r}")

    def priority(trail: PathCost, value: float) -> float:  # noqa: ARG001
        return trail.log_prob / trail.steps**alpha if trail.steps else 0.0

    return priority


def critic_value(trail: PathCost, value: float) -> float:
    """The critic's value alone (InternLM2.5-StepProver's critic-guided search); a hair's breadth for likely paths
    breaks ties between equal values."""
    return value + 1e-9 * max(trail.log_prob, -1e3)


def blended(weight: float, *, ramp_from: int = 0, ramp_to: int = 0, alpha: float = 0.5) -> Priority:
    """`(1 - w) * exp(length-normalised log-probability) + w * value`, both terms in [0, 1].

    w grows linearly from 0 at depth `ramp_from` to `weight` at `ramp_to`: early states are all alike to a critic
    (the depth ramp and the 50/50 to 90/10 weights are those of BurnQED's hybrid search; LeanProgress mixes likewise).
    """
    if not 0.0 <= weight <= 1.0 or not 0 <= ramp_from <= ramp_to:
        raise ValueError(f"no such blend: weight {weight!r}, ramp {ramp_from!r} to {ramp_to!r}")
    likely = length_normalised(alpha)
    span = ramp_to - ramp_from

    def priority(trail: PathCost, value: float) -> float:
        if trail.steps <= ramp_from and span:
            share = 0.0
        else:
            share = weight * min(1.0, (trail.steps - ramp_from) / span) if span else weight
        return (1.0 - share) * math.exp(likely(trail, value)) + share * value

    return priority


def depth_first(trail: PathCost, value: float) -> float:  # noqa: ARG001
    """Deepest first, the most likely of them (baseline)."""
    return trail.steps + math.exp(max(trail.log_prob, -700.0)) / 2.0


def breadth_first(trail: PathCost, value: float) -> float:  # noqa: ARG001
    """Shallowest first, the most likely of them (baseline)."""
    return -trail.steps + math.exp(max(trail.log_prob, -700.0)) / 2.0


def rules() -> dict[str, Rule]:
    """The named rules, with the parameters their papers give or, lacking those, moderate ones."""
    named = (
        Rule("sum", sum_log_prob),
        Rule("token-mean", token_mean_sum),
        Rule("average", average_log_prob),
        Rule("length-normalised", length_normalised(0.5)),
        Rule("critic", critic_value, needs_values=True, ranks_paths=False),
        Rule("blended", blended(0.5, ramp_from=2, ramp_to=4), needs_values=True, ranks_paths=False),
        Rule("depth-first", depth_first, ranks_paths=False),
        Rule("breadth-first", breadth_first, ranks_paths=False),
    )
    return {rule.name: rule for rule in named}
