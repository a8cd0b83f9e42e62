"""Small values against one goal in its context, a few at a time beside its search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prover.driver.alternatives import open_negation_of_goal
from prover.driver.small_values import Counterexample, counterexamples, introduced, refuting
from search.base import Environment, TacticLimits

_AT_ONCE = 8


@dataclass(slots=True)
class Refuter:
    """The values of an environment's goal that were not tried yet; each is to prove its `negation`."""

    negation: Environment | None
    values: list[Counterexample]

    @classmethod
    async def of(cls, environment: Environment, limits: TacticLimits) -> Refuter:
        """With nothing to try where no small values are known."""
        goal = await introduced(environment, limits)
        values = [] if goal is None else list(counterexamples(goal, needs_values=False))
        return cls(await open_negation_of_goal(environment, limits) if values else None, values)

    async def look(self, is_over: Callable[[], bool]) -> Counterexample | None:
        """One that makes the goal false with all its hypotheses true; None if there is none, or the time is over."""
        while self.negation is not None and self.values and not is_over():
            some, self.values = self.values[:_AT_ONCE], self.values[_AT_ONCE:]
            async for found in refuting(some, self.negation, lambda: False):
                return found
        return None
