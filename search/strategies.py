"""Every strategy by its name, as users and benchmarks type it."""

from __future__ import annotations

from search.beam import Beam
from search.best_first import BestFirst, Strategy
from search.mcts import Mcts
from search.scoring import Rule, blended, length_normalised, rules

STRATEGIES = (*rules(), "mcts", "mcts+critic", "beam")
"""The names that `make_strategy` knows."""


def make_strategy(
    name: str, *, alpha: float | None = None, weight: float | None = None, beam_width: int = 16
) -> Strategy:
    """A fresh strategy; one object serves one search.

    `alpha` is the exponent of "length-normalised" and of the log-probability in "blended", `weight` the critic's share
    in "blended". Raises KeyError for a name that isn't in `STRATEGIES`, ValueError for parameters out of range.
    """
    match name:
        case "mcts" | "mcts+critic":
            return Mcts(with_critic=name == "mcts+critic")
        case "beam":
            return Beam(rules()["token-mean"], width=beam_width)
        case "length-normalised" if alpha is not None:
            return BestFirst(Rule(f"length-normalised({alpha:g})", length_normalised(alpha)))
        case "blended" if alpha is not None or weight is not None:
            share, power = 0.5 if weight is None else weight, 0.5 if alpha is None else alpha
            priority = blended(share, ramp_from=2, ramp_to=4, alpha=power)
            return BestFirst(Rule(f"blended({share:g},{power:g})", priority, needs_values=True, ranks_paths=False))
        case _:
            return BestFirst(rules()[name])
