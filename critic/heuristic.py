"""A critic without a model: estimates the value of a state from the shape of its goals alone.

It is the baseline that a trained critic has to beat, and guides the search where no model is loaded. It is a pure
function of the state and never sees the theorem's name or Lean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from search.base import Goal, ProofState, Theorem, Value

_BINDERS = ("∀", "∃", "Σ", "∑", "∏", "λ", "fun ")
_CHEAP_HEADS = frozenset({"True", "Eq", "LE.le", "LT.lt", "Ne", "Dvd.dvd", "Iff", "And"})
_HARD_HEADS = frozenset({"Exists", "False", "Or"})


class HeuristicCritic:
    """`search.base.Critic` by `state_value`."""

    async def score(self, theorem: Theorem, states: Sequence[ProofState]) -> Sequence[Value]:  # noqa: ARG002
        """One value per state, at once."""
        return [state_value(state) for state in states]


def state_value(state: ProofState) -> Value:
    """exp(-difficulty / 8), the goals' difficulties summed: 1 for a state without goals.

    The scale puts a small equation without binders near 0.8 and a screen of nested quantifiers below 0.1.
    """
    return Value(math.exp(-sum(map(_goal_difficulty, state.goals)) / 8.0))


def _goal_difficulty(goal: Goal) -> float:
    """The estimated work left at one goal, at least 0.5, from its size, binders and head, and whether it is trivial.

    Size counts tokens of the target, slowly (a square root); hypotheses cost a little each, since every one is a
    choice, except one that is the target itself. Metavariables cost most: something still has to be invented.
    """
    target = goal.target
    if any(hypothesis.type == target for hypothesis in goal.hypotheses):
        return 0.5
    difficulty = 0.5 + 0.45 * math.sqrt(_num_tokens(target))
    difficulty += 0.7 * sum(target.count(binder) for binder in _BINDERS)
    difficulty += 1.5 * target.count("?")
    if goal.head in _HARD_HEADS:
        difficulty += 1.0
    elif goal.head in _CHEAP_HEADS:
        difficulty -= 0.3
    facts = sum(hypothesis.is_prop for hypothesis in goal.hypotheses)
    difficulty += 0.05 * (len(goal.hypotheses) - facts)
    difficulty += 0.1 * max(0, facts - 4)
    if any(h.head in ("And", "Or", "Exists", "False") for h in goal.hypotheses):
        difficulty -= 0.3
    return max(0.5, difficulty)


def _num_tokens(text: str) -> int:
    """Words and symbols, roughly as a reader counts them: brackets don't count."""
    return len(text.replace("(", " ").replace(")", " ").split())
