"""`sorry`s that stand for a value, as the first in `⟨sorry, sorry⟩` for `∃ n, p n`: which they are, and what is tried.

Any value closes such a hole, and only what stands behind it says whether it was the right one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from prover.driver.hole_search import HoleSearch
from prover.driver.hole_text import DEPENDS, HoleText
from prover.driver.seeker import Seeker
from prover.lean.problem import OpenFailed
from search.base import Advanced, Environment, Goal, TacticCall, TacticLimits
from search.split import merge_key

_NO_VALUE = "it stands for a value, and none was found with which the rest holds"

_AS_VALUE = "refine no_implicit_lambda% ((fun {α : Type _} (x : α) => x) ?_)"
"""Lean takes it for a goal that is a type of values, and refuses it for a proposition."""
_METAVARIABLE = re.compile(r"\?\w")
"""In a goal: what a later `sorry` gives a value to (`refine ⟨?w, ?h⟩`, and `case h` first)."""
_NEAR = ("{}", "({} + 1)", "({} - 1)", "(2 * {})")
_NUMERALS = tuple(str(number) for number in range(13))
_OTHERS = ("true", "false", "[]", "fun x => x", "fun x => x + 1", "fun _ => 0")


async def stands_for_value(environment: Environment, limits: TacticLimits) -> bool:
    """Whether the environment's goal is a type of values."""
    (outcome,) = await environment.apply((), [TacticCall(_AS_VALUE, limits)])
    return isinstance(outcome, Advanced)


def small_values(goal: Goal) -> Iterator[str]:
    """Scripts that may close a goal that is a type of values: what its variables of this type suggest, small ones."""
    for each in goal.hypotheses:
        if each.is_accessible and each.type == goal.target:
            yield from (f"exact {form.format(each.name)}" for form in _NEAR)
    yield from (f"exact {value}" for value in (*_NUMERALS, *_OTHERS))


@dataclass(slots=True)
class Values:
    """The values among the holes of one attempt. `filled` has the holes that are filled, in the order in which they
    were; `former` the searches that were begun behind values that are no longer there."""

    text: HoleText
    filled: list[HoleSearch]
    former: list[Seeker] = field(default_factory=list)

    async def before(self, hole: HoleSearch) -> HoleSearch | None:
        """The last value before a hole, if the hole's goal depends on it."""
        value = next(
            (each for each in reversed(self.text.holes[: hole.index]) if each.is_value and each in self.filled), None
        )
        return value if value is not None and await self._is_needed(value, hole) else None

    async def change(self, value: HoleSearch) -> None:
        """Take a value back, so that its hole gets another one, and forget what was opened behind it."""
        self._empty(value)
        if value.seeker is not None:
            value.seeker.reject()
        await self.forget_behind(value)

    async def forget_behind(self, value: HoleSearch) -> None:
        """Forget what was opened behind a hole that gets another value than it has in the text."""
        for each in self.text.holes[value.index + 1 :]:
            if each.environment is not None or each.reason == DEPENDS:
                await self._forget(each)

    async def take_back(self) -> None:
        """Take back every value on which the goal of an open hole depends, and what then no longer holds. Says of each
        hole that such a value would have filled why it is left."""
        for value in [each for each in self.text.holes if each.is_value and each in self.filled]:
            left = [each for each in self.text.holes if each.script is None]
            behind = [each for each in left if each.index > value.index]
            if not any(map(_waits_for_value, left)) and not any(
                [await self._is_needed(value, each) for each in behind]
            ):
                continue
            self._empty(value)
            value.end(_NO_VALUE)
            while not await self.text.can_open(value) and (later := self._filled_behind(value)):
                self._empty(later[-1])
                later[-1].end(DEPENDS)
        for each in self.text.holes:
            if each.script is None and each.is_value and each.tried:
                each.end(_NO_VALUE)

    def _filled_behind(self, value: HoleSearch) -> list[HoleSearch]:
        return [each for each in self.filled if each.index > value.index]

    def _empty(self, hole: HoleSearch) -> None:
        self.filled.remove(hole)
        hole.script = None

    async def _forget(self, hole: HoleSearch) -> None:
        if hole in self.filled:
            self.filled.remove(hole)
        for seeker in (hole.seeker, hole.hunter):
            if seeker is not None:
                seeker.observer.close()
                self.former.append(seeker)
        if hole.environment is not None:
            await hole.environment.close()
        hole.forget()

    async def _is_needed(self, value: HoleSearch, hole: HoleSearch) -> bool:
        """Whether the goal of a hole is another one where the value's `sorry` stands in the text."""
        if hole.root is None:
            return True
        scripts = [None if each is value else each.script for each in self.text.holes]
        opened = await self.text.opened_in(scripts, hole)
        if opened is None or isinstance(opened, OpenFailed):
            return opened is not None
        await opened.close()
        return merge_key(opened.root) != merge_key(hole.root)


def _waits_for_value(hole: HoleSearch) -> bool:
    return hole.root is not None and any(_METAVARIABLE.search(goal.target) for goal in hole.root.goals)
