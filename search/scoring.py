"""How best-first rules rank states: one function for each published priority, whose arguments are its parameters.

A priority sees the cost of the best path to a state and the critic's value of the state; the higher, the sooner the
state is expanded. `search.rules` has the names.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from search.nodes import Node, PathCost, PathScore, more_likely

Priority: TypeAlias = Callable[[PathCost, float], float]
"""From a path's cost and a value in [0, 1] to a priority. Pure, and never NaN."""

_UNKNOWN_VALUE = 0.5
"""What stands for a value that no critic has given."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A priority with what it needs.

    With `needs_values`, states are held back until a critic has scored them. With `ranks_paths`, the priority also
    compares two paths to one state; otherwise the likelier path is the better one.
    """

    priority: Priority
    needs_values: bool = False
    ranks_paths: bool = True

    @property
    def path_score(self) -> PathScore:
        """How paths to the same state are compared."""
        if not self.ranks_paths:
            return more_likely
        priority = self.priority
        return lambda cost: priority(cost, _UNKNOWN_VALUE)

    def rank(self, node: Node) -> float:
        """The priority of a node; each expansion it has had already costs it 1, so that other states come first."""
        value = _UNKNOWN_VALUE if node.value is None else node.value
        return self.priority(node.next_cost if node.rest else node.cost, value) - node.attempts


def sum_log_prob() -> Ranking:
    """Sum of the tactics' log-probabilities, as GPT-f (Polu & Sutskever 2020), ReProver and 3D-Prover rank."""
    return Ranking(lambda cost, _: cost.log_prob)


def token_mean_sum() -> Ranking:
    """Sum over steps of the per-token mean log-probability: what InternLM-Math's `minif2f` scripts compute."""
    return Ranking(lambda cost, _: cost.mean_log_prob)


def average_log_prob() -> Ranking:
    """Log-probability per token over the whole path: the "averaging log probability" of the InternLM2.5-StepProver
    paper (arXiv 2410.15700), read literally. The root ranks at 0."""
    return Ranking(lambda cost, _: cost.log_prob / cost.tokens if cost.tokens else 0.0)


def length_normalised(alpha: float = 0.5) -> Ranking:
    """Sum of log-probabilities over L^alpha, L the path's length in tactics (BFS-Prover, arXiv 2502.03438).

    alpha = 0 is the plain sum; larger alpha favours deep states.
    """
    _require(0.0 <= alpha <= 2.0, f"alpha lies between 0 and 2, not {alpha!r}")
    return Ranking(lambda cost, _: cost.log_prob / cost.steps**alpha if cost.steps else 0.0)


def critic_value() -> Ranking:
    """The critic's value alone (InternLM2.5-StepProver's critic-guided search); the likelier path breaks ties between
    equal values."""
    return Ranking(lambda cost, value: value + 1e-9 * max(cost.log_prob, -1e3), needs_values=True, ranks_paths=False)


def blended(alpha: float = 0.5, weight: float = 0.5, ramp_from: int = 2, ramp_to: int = 4) -> Ranking:
    """`(1 - w) * exp(length-normalised log-probability) + w * value`, both terms in [0, 1].

    w grows linearly from 0 at depth `ramp_from` to `weight` at `ramp_to`: early states are all alike to a critic
    (the depth ramp and the 50/50 to 90/10 weights are those of BurnQED's hybrid search; LeanProgress mixes likewise).
    """
    _require(0.0 <= weight <= 1.0, f"weight lies between 0 and 1, not {weight!r}")
    _require(0 <= ramp_from <= ramp_to, f"ramp_from lies between 0 and ramp_to, not {ramp_from!r}")
    likely = length_normalised(alpha).priority
    span = ramp_to - ramp_from

    def priority(cost: PathCost, value: float) -> float:
        if cost.steps <= ramp_from and span:
            share = 0.0
        else:
            share = weight * min(1.0, (cost.steps - ramp_from) / span) if span else weight
        return (1.0 - share) * math.exp(likely(cost, value)) + share * value

    return Ranking(priority, needs_values=True, ranks_paths=False)


def depth_first() -> Ranking:
    """Deepest first, the most likely of them (baseline)."""
    return Ranking(lambda cost, _: cost.steps + _likelihood(cost) / 2.0, ranks_paths=False)


def breadth_first() -> Ranking:
    """Shallowest first, the most likely of them (baseline)."""
    return Ranking(lambda cost, _: -cost.steps + _likelihood(cost) / 2.0, ranks_paths=False)


def _likelihood(cost: PathCost) -> float:
    return math.exp(max(cost.log_prob, -700.0))


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
