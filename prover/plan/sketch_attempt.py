"""One sketch at work: its holes are searched in rounds with growing parts of the time, and beside each its negation.

A hole whose goal was proved before is filled with the script that Lean accepted there, run again. A hole that is
disproved ends the sketch, and so does one whose goal is that of the theorem, or of a hole around it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

from prover.driver.alternatives import DISPROVING, open_negation_of_goal
from prover.driver.hole_search import HoleSearch, MakeSeeker
from prover.driver.holes import LIMITED, HolesAttempt
from prover.driver.job import Job
from prover.driver.parts import Components
from prover.driver.seeker import Seeker
from prover.lean.problem import OpenFailed
from prover.run.subgoals import Subgoal, Subgoals
from prover.tasks import TheoremTask
from prover.tasks.sketch import Sketch
from search.base import Environment, ProofState
from search.split import merge_key

_FIRST_S = 2.0
"""The part of the quick pass that each hole gets at least."""
_OPENINGS = 3.0
"""On a busy machine it gets so many times what its opening took: a search that is cut off before its first answer has
learnt nothing."""
_GROWTH = 3.0
_LEAST_HUNT_S = 0.5
_RESTATED, _DISPROVED = "restated", "disproved"


@dataclass(frozen=True, slots=True)
class Disproof:
    """A goal of a sketch that is false: as Lean renders it, and the script that closes its negation, with all
    hypotheses as premises of what is negated."""

    goal: str
    script: str


Offer: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Takes a script for one of several `sorry`s of a theorem; returns what Lean has against it there, or None."""


class SketchAttempt(HolesAttempt):
    """Fills the holes of `sketch` by the time `until`, and goes on where it stopped when it is given more. `first` is
    the environment of its first hole; `around` has the keys of the goals that it is a part of. What is filled is
    judged, or offered to who asked for it."""

    def __init__(
        self,
        parts: Components,
        job: Job,
        sketch: Sketch,
        first: Environment,
        make: MakeSeeker,
        until: float,
        *,
        around: frozenset[str],
        subgoals: Subgoals,
        disprove: float,
        offer: Offer | None = None,
    ) -> None:
        own = replace(job, task=sketch.task, scripts=(), holes=None)
        super().__init__(parts, own, first, make, until)
        self.sketch = sketch
        self.disproofs: list[Disproof] = []
        self.num_known = 0
        self._around = around
        self._subgoals = subgoals
        self._disprove = disprove
        self._offer = offer
        self._offered: dict[str, Subgoal] = {}
        self._part_s = _FIRST_S
        self._is_surveyed = False

    async def go_on(self, until: float) -> None:
        """Run until `until`."""
        self.until = until
        await self.run()

    def is_over(self) -> bool:
        """Whether more time would change nothing: a hole restates a goal around it, or is disproved, or every search
        has ended."""
        return self.is_ended or not any(hole.is_open or self._is_hunted(hole) for hole in self.searches)

    @property
    def is_ended(self) -> bool:
        """Whether a hole restates a goal around it, or is disproved."""
        return any(hole.reason in (_RESTATED, _DISPROVED) for hole in self.searches)

    @property
    def is_restated(self) -> bool:
        return any(hole.reason == _RESTATED for hole in self.searches)

    @property
    def scripts(self) -> list[str | None]:
        """The script found for each hole."""
        return self.text.scripts

    @property
    def stuck(self) -> list[tuple[int, ProofState]]:
        """The holes that are left, by number, with their goals as far as Lean has opened them."""
        left = ((hole.index, hole.root) for hole in self.searches if hole.script is None)
        return [(index, root) for index, root in left if root is not None]

    def to_json(self) -> dict[str, Any]:
        """The sketch and what became of each hole, for the record of a plan."""
        holes = [
            {"goal": result.goal, "proof": result.proof, "stop_reason": result.stop_reason}
            | ({} if hole.root is None else {"key": merge_key(hole.root)})
            for result, hole in zip(self.holes, self.searches, strict=True)
        ]
        disproofs = [asdict(each) for each in self.disproofs]
        return {"script": self.sketch.script, "holes": holes, "disproofs": disproofs, "from_board": self.num_known}

    @property
    def all_seekers(self) -> list[Seeker]:
        return [*super().all_seekers, *(hole.hunter for hole in self.searches if hole.hunter is not None)]

    # ---------------------------------------------------------------------------------------------------- searching

    async def fill(self) -> bool:
        if not self._is_surveyed:
            await self._survey()
        while not self.is_over() and self.has_time():
            for hole in self.searches:
                if self.is_ended or not self.has_time():
                    break
                share = min(1.0, self._part_s / self.left_s())
                if hole.is_open:
                    if await self.work_at(hole, share):
                        break
                elif self._is_hunted(hole):
                    await self._hunt(hole, share * self._disprove)
            await self.polish()
            self._part_s *= _GROWTH
        return all(hole.script is not None for hole in self.searches)

    def _is_hunted(self, hole: HoleSearch) -> bool:
        """Whether the negation of a hole that is left is worth more time, though its own search has ended."""
        return hole.script is None and hole.hunter is not None and hole.hunter.reason in LIMITED

    async def _survey(self) -> None:
        """Open every hole, learn which are terms, and see whether the sketch gains anything. A hole that depends on
        what stands in one before it can't be opened yet."""
        self._is_surveyed = True
        began, others = self.parts.clock(), self.searches[1:]
        for hole in others:
            opened = await self.text.opened_in([None] * len(self.searches), hole)
            if opened is not None and not isinstance(opened, OpenFailed):
                self.text.enter(hole, opened)
        usual_s = _OPENINGS * (self.parts.clock() - began) / max(1, len(others))
        self._part_s = max(_FIRST_S, min(usual_s, self.left_s() / (2 * len(self.searches))))
        guesses = [hole.style.is_term for hole in self.sketch.holes]
        terms = [
            guess if hole.environment is None else bool(getattr(hole.environment, "is_term", guess))
            for hole, guess in zip(self.searches, guesses, strict=True)
        ]
        self.sketch = replace(self.sketch, are_terms=tuple(terms))
        self.text.task = self.sketch.task
        for hole in self.searches:
            if hole.root is not None and merge_key(hole.root) in self._around:
                hole.end(_RESTATED)

    async def seek(self, hole: HoleSearch, seeker: Seeker, share: float) -> None:
        await super().seek(hole, seeker, share)
        if self._disprove and hole.script is None and self.has_time():
            await self._hunt(hole, share * self._disprove)

    async def _hunt(self, hole: HoleSearch, share: float) -> None:
        """Look for a proof of the negation of a hole's goal for a while."""
        if hole.hunter is None and not hole.is_value:
            hole.hunter = await self._hunter(hole)
        if hole.hunter is None:
            return
        self.allow(hole.hunter, share, _LEAST_HUNT_S)
        proofs = await hole.hunter.look()
        if proofs:
            self.refute(hole, proofs[0].script)

    def refute(self, hole: HoleSearch, script: str, values: str = "") -> None:  # noqa: ARG002
        if hole.root is not None:
            self.disproofs.append(Disproof(hole.root.pretty, script))
        hole.end(_DISPROVED)

    async def _hunter(self, hole: HoleSearch) -> Seeker | None:
        """The search of the negation of a hole's goal under all its hypotheses; None where that is no proposition."""
        assert hole.environment is not None
        below = await open_negation_of_goal(hole.environment, self.parts.limits)
        if below is None:
            return None
        return self.text.make(below, f"hole{hole.index + 1}_negation", DISPROVING)

    # ------------------------------------------------------------------------------------------------- known scripts

    def known_for(self, hole: HoleSearch) -> Iterator[str]:
        yield from super().known_for(hole)
        assert hole.root is not None, "it is open"
        for entry in self._subgoals.known_for(hole.root):
            for form in entry.forms_for(hole.root):
                if form not in hole.tried:
                    self._offered[form] = entry
                    yield form

    async def closes(self, hole: HoleSearch, script: str) -> bool:
        closes = await super().closes(hole, script)
        entry = self._offered.get(script)
        if entry is not None and closes:
            self.num_known += 1
        elif entry is not None and script == entry.script:
            self._subgoals.drop(entry)
        return closes

    def keep(self, hole: HoleSearch) -> None:
        if hole.root is not None and hole.script is not None:
            self._subgoals.add(Subgoal.of(hole.root, hole.script))

    def take_back(self) -> bool:
        """The script with which the judge refused the whole is no suggestion any more."""
        last = self.filled[-1]
        if last.root is not None and not self.is_unjudged:
            for form in last.forms:
                self._subgoals.drop(Subgoal.of(last.root, form.script))
        return super().take_back()

    @property
    def posed(self) -> TheoremTask:
        return self.sketch.posed

    async def accepts_whole(self) -> bool:
        if self._offer is None:
            return await super().accepts_whole()
        return await self._offer(self.sketch.filled(self.scripts)) is None

    def whole(self, scripts: Sequence[str]) -> tuple[str, str]:
        script = self.sketch.filled(scripts)
        return self.sketch.posed.solution(script), script
