"""The text of a theorem with several `sorry`s as far as they are filled, in which Lean opens those that are left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.driver.hole_search import HoleSearch, MakeSeeker
from prover.driver.job import Fault, FaultKind
from prover.driver.parts import Opener
from prover.driver.searches import problem_of
from prover.errors import LeanFault
from prover.lean.problem import OpenFailed
from prover.tasks import TheoremTask
from search.base import Environment

_LEAST_OPENING_S = 2.0
DEPENDS = "it depends on a value that was not found"


@dataclass(slots=True)
class HoleText:
    """The theorem of a task, and how far each of its holes has come. Lean has `left_s` seconds for each text; `fault`
    is set once it was lost."""

    task: TheoremTask
    holes: Sequence[HoleSearch]
    lean: Opener
    make: MakeSeeker
    left_s: Callable[[], float]
    fault: Fault | None = None

    @property
    def scripts(self) -> list[str | None]:
        """The script that was found for each hole."""
        return [hole.script for hole in self.holes]

    def enter(self, hole: HoleSearch, environment: Environment) -> None:
        """Begin the search of a hole that Lean has opened."""
        hole.environment = environment
        hole.seeker = self.make(environment, f"hole{hole.index + 1}")

    async def open(self, hole: HoleSearch) -> bool:
        """Open a hole in the text as it stands; it is over if that fails."""
        opened = await self.opened_in(self.scripts, hole)
        if isinstance(opened, OpenFailed):
            is_value_missing = any(each.is_value and each.script is None for each in self.holes[: hole.index])
            hole.end(DEPENDS if is_value_missing else opened.text)
        elif opened is not None:
            self.enter(hole, opened)
        return hole.seeker is not None

    async def opened_in(self, scripts: Sequence[str | None], hole: HoleSearch) -> Environment | OpenFailed | None:
        """A hole opened in the text with these scripts; None if Lean was lost."""
        place = self._place(scripts, hole)
        try:
            return await self.lean.open(problem_of(place, max(_LEAST_OPENING_S, self.left_s())))
        except LeanFault as fault:
            self.fault = Fault(FaultKind.LEAN, str(fault))
            hole.end(FaultKind.LEAN)
            return None

    def place(self, hole: HoleSearch) -> TheoremTask:
        """The theorem as it stands, to be proved at this hole alone."""
        return self._place(self.scripts, hole)

    async def fits(self, hole: HoleSearch, script: str) -> bool:
        """Whether Lean accepts the text with the script in it; the next hole that is open is opened by the way. Where
        it fills the last hole the judge decides."""
        left = [each for each in self.holes if each.script is None and each is not hole]
        after = min(left, key=lambda each: 0 if each.is_open else 2 - (each.seeker is not None), default=None)
        if after is None:
            return True
        scripts = self.scripts
        opened = await self.opened_in([*scripts[: hole.index], script, *scripts[hole.index + 1 :]], after)
        if isinstance(opened, OpenFailed):
            return not opened.is_late and not await self._is_readable(after)
        if opened is not None and after.seeker is None and after.is_open:
            self.enter(after, opened)
        elif opened is not None:
            await opened.close()
        return True

    def _place(self, scripts: Sequence[str | None], hole: HoleSearch) -> TheoremTask:
        return self.task.filled(scripts).places[sum(script is None for script in scripts[: hole.index])]

    async def close(self) -> None:
        """Close what was opened beside the first hole, which is its owner's."""
        for hole in self.holes[1:]:
            if hole.environment is not None:
                await hole.environment.close()

    async def can_open(self, hole: HoleSearch) -> bool:
        """Whether Lean accepts the text with the hole's `sorry` in it."""
        opened = await self.opened_in(self.scripts, hole)
        if opened is None or isinstance(opened, OpenFailed):
            return False
        await opened.close()
        return True

    async def _is_readable(self, hole: HoleSearch) -> bool:
        """Whether the hole can be opened without the script that is tried; one that can't be says nothing about it."""
        return hole.seeker is not None or await (self.open(hole) if hole.is_open else self.can_open(hole))
